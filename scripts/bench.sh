#!/bin/sh
# Runs the small benchmarks and then the whole gateway beside nginx and haproxy.
set -eu
build=$1
for program in "$build"/bench/*_bench; do
  [ -x "$program" ] || continue
  echo "== $(basename "$program")"
  "$program" --benchmark_min_time=0.2
done
python3 bench/gateway/run.py --wye "$build/wye" --tools "$build/bench/gateway"
