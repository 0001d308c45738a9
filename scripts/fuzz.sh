#!/bin/sh
# Runs each fuzz target for FUZZ_SECONDS (60 by default); a finding stops with its input kept.
set -eu
build=$1
for target in "$build"/tests/fuzz/*_fuzz; do
  echo "== $(basename "$target")"
  mkdir -p "$build/corpus/$(basename "$target")"
  "$target" -max_total_time="${FUZZ_SECONDS:-60}" -print_final_stats=1 \
    -artifact_prefix="$build/" "$build/corpus/$(basename "$target")" 2>&1 | tail -8
done
