#!/bin/sh
# clang-tidy over sources and tests (third-party headers left out); fails on any finding. Takes the
# build folder of the preset tidy, and perhaps the files to look at instead of all.
set -eu
build=$1
shift
cd "$(dirname "$0")/.."
if [ $# -eq 0 ]; then
  set -- $(git ls-files --cached --others --exclude-standard 'src/*.cc' 'tests/*.cc')
fi
printf '%s\n' "$@" | xargs -P "$(nproc)" -n 4 clang-tidy -p "$build" --quiet --warnings-as-errors='*'
