#!/bin/sh
# Formats all C++ sources (fix), or fails with a list of those that are not formatted (check).
set -eu
cd "$(dirname "$0")/.."
files=$(git ls-files --cached --others --exclude-standard '*.cc' '*.h')
case "${1:-check}" in
  fix) echo "$files" | xargs clang-format -i ;;
  check)
    if ! echo "$files" | xargs clang-format --dry-run -Werror 2>/tmp/wye-format.$$; then
      grep -o '^[^:]*:[0-9]*' "/tmp/wye-format.$$" | sort -u | head -40
      rm -f "/tmp/wye-format.$$"
      echo "not formatted; run: make format"
      exit 1
    fi
    rm -f "/tmp/wye-format.$$"
    echo "$(echo "$files" | wc -l) files are formatted" ;;
esac
