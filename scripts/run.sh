#!/bin/sh
# Starts the gateway on the configuration in build/run, which is written on the first run: for the
# provider keys found in the environment, or for the embedded provider simulator when there are none.
set -eu
cd "$(dirname "$0")/.."
wye=build/release/wye
config=${WYE_CONFIG:-build/run/wye.yaml}
if [ ! -e "$config" ]; then
  mkdir -p "$(dirname "$config")"
  "$wye" init --output "$config"
fi
exec "$wye" serve -c "$config" "$@"
