#!/usr/bin/env python3
"""Runs wye, nginx and haproxy before the same mock upstream in alternating rounds on loopback, and
prints what each costs as a Markdown table (standard output) and with every raw sample as JSON
(build/bench/gateway.json). Progress and notes go to standard error. It never asserts: whoever wants
a bar compares the JSON. How it measures, and what the numbers do not say, is in README.md.
"""
import argparse
import atexit
import json
import os
import pathlib
import platform
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # a benchmark leaves no __pycache__ in the source tree

from measure import GROUPS, LOADS, count_syscalls, hold_streams, measure_in_peace
from parties import HERE, Direct, GatewayDied, Machine, Mock, Proxy, Setup, stop
from table import print_table, remarks, summarise

ROOT = HERE.parent.parent
SCENARIOS = ["2k", "20k", "100k", "latency", "ttfb", "sse", "rss", "syscalls"]


def say(text):
    print(text, file=sys.stderr, flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0],
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="about a minute, rough numbers")
    parser.add_argument("--only", default="", help="comma list of " + ",".join(SCENARIOS))
    parser.add_argument("--without", default="", help="comma list of wye,nginx,haproxy")
    parser.add_argument("--wye", default=str(ROOT / "build/release/wye"), metavar="PATH")
    parser.add_argument("--tools", metavar="DIR",
                        help="where bench_load and bench_mock_upstream are")
    parser.add_argument("--rounds", type=int, help="default 4, with --quick 2")
    parser.add_argument("--streams", type=int, default=1000, help="open streams for RSS")
    parser.add_argument("--syscall-rate", type=int, default=100)
    parser.add_argument("--no-real-time", action="store_true",
                        help="leave proxies and load in the ordinary scheduling class")
    parser.add_argument("--out", default=str(ROOT / "build/bench/gateway.json"), metavar="FILE")
    parser.add_argument("--keep", action="store_true", help="keep configs and logs of the proxies")
    arguments = parser.parse_args()
    chosen = [word for word in arguments.only.split(",") if word] or SCENARIOS
    for word in chosen:
        if word not in SCENARIOS:
            parser.error(f"--only knows {','.join(SCENARIOS)}, not {word}")
    arguments.only = chosen
    arguments.without = set(filter(None, arguments.without.split(",")))
    if unknown := arguments.without - {"wye", "nginx", "haproxy"}:
        parser.error(f"--without knows wye,nginx,haproxy, not {','.join(unknown)}")
    return arguments


def find_tools(arguments):
    wye_dir = pathlib.Path(arguments.wye).resolve().parent
    places = [pathlib.Path(arguments.tools)] if arguments.tools else [
        wye_dir / "bench/gateway", wye_dir, wye_dir / "bin", ROOT / "build/bench/bench/gateway",
        ROOT / "build/release/bench/gateway"]
    for place in places:
        if (place / "bench_load").exists() and (place / "bench_mock_upstream").exists():
            return place.resolve()
    sys.exit("bench_load and bench_mock_upstream not found in " + ", ".join(map(str, places)) +
             "; build the targets of those names, or say --tools DIR")


def find_programs(arguments, skipped):
    programs = {}
    for name in ("nginx", "haproxy", "wye"):
        if name in arguments.without:
            continue
        if name == "wye":
            path = arguments.wye if os.access(arguments.wye, os.X_OK) else None
            why = f"binary not found at {arguments.wye}, skipped"
        else:
            path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
            why = f"not installed (Debian package {name}), skipped"
        if path:
            programs[name] = str(pathlib.Path(path).resolve())
        else:
            skipped[name] = why
            say(f"{name}: {why}")
    return programs


def version(program, flag):
    run = subprocess.run([program, flag], capture_output=True, text=True, timeout=10)
    return (run.stdout + run.stderr).strip().splitlines()[:1]


class Party:
    """The gateways still in the run. One that does not start, or dies, leaves it with a remark."""

    def __init__(self, proxies, skipped):
        self.proxies, self.skipped = proxies, skipped

    def attempt(self, proxy, work):
        try:
            return work()
        except GatewayDied as error:
            self.skipped[proxy.name] = f"out of the run: {error}"
            say(f"{proxy.name}: {error}")
            self.proxies.remove(proxy)
            return None

    def start_all(self):
        for proxy in list(self.proxies):
            self.attempt(proxy, proxy.start)


def run_memory(setup, party, samples, streams):
    for proxy in list(party.proxies):
        say(f"rss: {proxy.name}")
        if sample := party.attempt(proxy, lambda: hold_streams(setup, proxy, streams)):
            samples.append(dict(sample, pair=0))


def run_rounds(setup, party, samples, arguments, keep):
    quick = arguments.quick
    rounds = arguments.rounds or (2 if quick else 4)
    # Scenario -> (warm-up, window, repetitions a round). Short windows next to each other compare
    # better than long ones far apart, because the host drifts.
    closed, stream = ((0.2, 0.5, 1), (0.4, 1.2, 1)) if quick else ((0.2, 0.6, 3), (0.5, 2.0, 1))
    slow = (0.3, 0.9, 1) if quick else (0.3, 1.5, 2)
    plans = {"2k": closed, "20k": closed, "100k": closed, "latency": slow, "ttfb": slow,
             "sse_600": stream, "sse_200": stream}
    loads = [load for name in arguments.only for load in GROUPS.get(name, [name]) if load in plans]
    if quick and "sse_200" in loads and "sse_600" in loads:
        loads.remove("sse_200")
    direct = Direct(setup)
    started = time.monotonic()
    pair = {name: 0 for name in loads}
    for round_number in range(rounds if loads else 0):
        for name in loads:
            warm_s, window_s, repetitions = plans[name]
            for _ in range(repetitions):
                order = party.proxies + ([direct] if LOADS[name]["mode"] == "open" else [])
                if pair[name] % 2:
                    order.reverse()
                for proxy in order:
                    party.attempt(proxy, lambda: measure_in_peace(
                        setup, proxy, name, pair[name], warm_s, window_s, samples))
                pair[name] += 1
        say(f"round {round_number + 1} of {rounds}, {time.monotonic() - started:.0f} s")
        keep()


def run_syscalls(setup, party, samples, arguments):
    if not shutil.which("strace"):
        party.skipped["syscalls"] = "strace not installed (Debian package strace), skipped"
        say(party.skipped["syscalls"])
        return
    window_s = 1.5 if arguments.quick else 3
    for proxy in list(party.proxies):
        say(f"syscalls: {proxy.name}")
        if sample := party.attempt(
                proxy, lambda: count_syscalls(setup, proxy, arguments.syscall_rate, window_s)):
            samples.append(dict(sample, pair=0))


def main():
    arguments = parse_arguments()
    setup = Setup()
    setup.tools = find_tools(arguments)
    skipped = {}
    setup.programs = find_programs(arguments, skipped)
    if not setup.programs:
        sys.exit("nothing to measure")
    out = pathlib.Path(arguments.out)
    setup.work = out.resolve().parent / f"gateway-run-{os.getpid()}"
    setup.work.mkdir(parents=True)
    setup.machine = Machine(not arguments.no_real_time)
    setup.quiet_budget_s = 5 if arguments.quick else 30
    setup.repeat_budget_s = 8 if arguments.quick else 60
    setup.connections_max = max(4096, 2 * arguments.streams + 1000)
    setup.mock = Mock(setup.machine, setup.tools / "bench_mock_upstream")
    atexit.register(stop, setup.mock.process)
    proxies = [Proxy(name, setup) for name in ("nginx", "haproxy", "wye") if name in setup.programs]
    for proxy in proxies:
        atexit.register(proxy.stop)
    names = [proxy.name for proxy in proxies]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    report = {"started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
              "machine": {"kernel": platform.release(), "cores": setup.machine.cores,
                          "real_time": setup.machine.real_time},
              "versions": {name: version(program, "--version" if name == "wye" else "-v")
                           for name, program in setup.programs.items()},
              "loads": LOADS, "streams": arguments.streams, "samples": []}
    samples = report["samples"]

    def keep():
        report["summary"] = summarise(samples, names)
        report["remarks"] = remarks(samples, report["summary"], setup.machine, skipped)
        out.write_text(json.dumps(report, indent=1) + "\n")

    party = Party(list(proxies), skipped)
    try:
        party.start_all()
        if "rss" in arguments.only and party.proxies:
            run_memory(setup, party, samples, arguments.streams)
            # Fresh processes again, so that the streams just held colour nothing below.
            for proxy in party.proxies:
                proxy.stop()
            party.start_all()
        if party.proxies:
            run_rounds(setup, party, samples, arguments, keep)
        if "syscalls" in arguments.only:
            run_syscalls(setup, party, samples, arguments)
    except KeyboardInterrupt:
        say("interrupted: the table holds what was measured so far")
    finally:
        for proxy in proxies:
            proxy.stop()
        stop(setup.mock.process)
        if not arguments.keep:
            shutil.rmtree(setup.work, ignore_errors=True)
    keep()
    names = [name for name in names if any(s["proxy"] == name for s in samples)]
    print_table(report["summary"], names,
                {"streams": f"{arguments.streams:,}", "syscall_rate": arguments.syscall_rate})
    print()
    for line in report["remarks"]:
        print(f"- {line}")
    say(f"raw samples: {out}")


if __name__ == "__main__":
    main()
