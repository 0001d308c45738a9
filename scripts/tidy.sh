#!/bin/sh
# clang-tidy over the sources (tests and third-party headers left out); fails on any finding.
set -eu
build=$1
cd "$(dirname "$0")/.."
git ls-files --cached --others --exclude-standard 'src/*.cc' | grep -v _test.cc |
  xargs -P "$(nproc)" -n 4 clang-tidy -p "$build" --quiet --warnings-as-errors='*'
