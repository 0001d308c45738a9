#!/bin/sh
# instructions.sh [BODY_BYTES [SECONDS]]: how many instructions wye spends in user space on one
# request, and where. Counted by callgrind, so that neighbours on the machine do not disturb it: two
# runs of one binary differ by less than 1 %. What the kernel does is not in it.
#
# Needs valgrind, build/release/wye and the targets bench_load and bench_mock_upstream; other places
# are said with WYE=FILE and TOOLS=DIR. The raw output stays where OUT says
# (build/bench/instructions.callgrind), for callgrind_annotate and kcachegrind.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
body=${1:-2048}
seconds=${2:-3}
wye=${WYE:-$root/build/release/wye}
tools=${TOOLS:-$root/build/bench/bench/gateway}
out=${OUT:-$root/build/bench/instructions.callgrind}
work=$(mktemp -d)
mkdir -p "$(dirname "$out")"
export MOCK_API_KEY=mock-upstream-key-77
export WYE_BENCH_KEY=wye-bench-key-1f0c2a7d
export WYE_NIGHTLY_KEY=wye-nightly-key-5b3e9c1f

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
port=$(free_port) admin_port=$(free_port) mock_port=$(free_port)

mock= gateway=
clean_up() {
  for process in $gateway $mock; do kill "$process" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

sed -e "s|@PORT@|$port|; s|@ADMIN_PORT@|$admin_port|; s|@DIR@|$work|; s|@UPSTREAM@|$mock_port|" \
  "$(dirname "$0")/wye.yaml.in" > "$work/wye.yaml"

"$tools/bench_mock_upstream" --port "$mock_port" --key "$MOCK_API_KEY" > "$work/mock.log" 2>&1 &
mock=$!
valgrind --tool=callgrind --callgrind-out-file="$out" --instr-atstart=no \
  "$wye" serve -c "$work/wye.yaml" -q > "$work/wye.log" 2>&1 &
gateway=$!
tries=0
until curl -s -o /dev/null "http://127.0.0.1:$port/livez"; do
  tries=$((tries + 1))
  [ $tries -lt 300 ] || { cat "$work/wye.log" >&2; echo "wye did not start" >&2; exit 1; }
  sleep 0.1
done

load() {
  "$tools/bench_load" --port "$port" --key "$WYE_BENCH_KEY" --mode closed --connections 8 \
    --body-bytes "$body" --window-s "$1"
}
load 1 > /dev/null  # connections, caches and the first pages of the store
callgrind_control -i on $gateway > /dev/null
load "$seconds" > "$work/load.json"
callgrind_control -i off $gateway > /dev/null
kill $gateway
wait $gateway || true
gateway=

python3 - "$work/load.json" "$out" <<'PYTHON'
import json
import re
import subprocess
import sys

requests = json.load(open(sys.argv[1]))["completed"]

def functions(inclusive):
    """Function -> instructions a request; lines of one function in several files are added up."""
    text = subprocess.run(["callgrind_annotate", f"--inclusive={inclusive}", "--threshold=99.5",
                           "--auto=no", sys.argv[2]], capture_output=True, text=True).stdout
    found = {}
    for line in text.splitlines():
        if match := re.match(r"\s*([\d,]+) \([ \d.]+%\)\s+(.*)", line):
            name = re.sub(r"^.*?:(?!:)", "", re.sub(r" \[.*", "", match[2]))
            found[name] = found.get(name, 0) + int(match[1].replace(",", "")) / requests
    return sorted(found.items(), key=lambda item: -item[1])

own, with_callees = functions("no"), functions("yes")
total = dict(with_callees).get("PROGRAM TOTALS") or with_callees[0][1]
print(f"{requests} requests, {total:,.0f} instructions a request in user space")
for title, rows in (("in the function itself", own), ("with what it calls", with_callees)):
    print(f"\n{title}:")
    for name, count in [row for row in rows if not row[0].startswith("PROGRAM")][:40]:
        print(f"{count:10,.0f}  {name[:110]}")
PYTHON
