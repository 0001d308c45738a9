#!/usr/bin/env python3
"""Goodput of wye under twice the load that it can serve, beside its own peak, in one run: a closed
loop finds the peak, an open loop then offers twice as much. Prints a Markdown table and asserts
nothing."""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True

from parties import CLIENT_KEY, HERE, Machine, Mock, Proxy, Setup

ROOT = HERE.parent.parent


def load(setup, proxy, seconds, **options):
    command = [str(setup.tools / "bench_load"), "--port", proxy.port, "--key", CLIENT_KEY,
               "--window-s", seconds, "--warm-s", 1]
    for name, value in options.items():
        command += ["--" + name.replace("_", "-"), value]
    run = setup.machine.start("load", command, stdout=subprocess.PIPE)
    return json.loads(run.communicate()[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wye", default=str(ROOT / "build/release/wye"))
    parser.add_argument("--tools", default=str(ROOT / "build/bench/bench/gateway"))
    parser.add_argument("--seconds", type=float, default=4)
    arguments = parser.parse_args()
    setup = Setup()
    setup.tools = pathlib.Path(arguments.tools)
    setup.machine = Machine(real_time=False)
    setup.programs = {"wye": arguments.wye}
    setup.connections_max = 2048
    setup.work = ROOT / "build/bench/overload"
    setup.mock = Mock(setup.machine, setup.tools / "bench_mock_upstream")
    shutil.rmtree(setup.work, ignore_errors=True)
    proxy = Proxy("wye", setup)
    proxy.start()
    print("| Load | Offered/s | Answered/s | Turned away/s | p50 ms | p99 ms of the answered |")
    print("|---|---|---|---|---|---|")
    peak = 0
    for name, factor in (("peak", 0), ("half", 0.5), ("twice", 2), ("peak again", 0)):
        if factor:
            told = load(setup, proxy, arguments.seconds, mode="open", rate=int(peak * factor),
                        connections=1024)
        else:
            told = load(setup, proxy, arguments.seconds, mode="closed", connections=32)
        rate = told["window_completed"] / told["window_s"]
        peak = max(peak, rate) if not factor else peak
        shed = told["errors"]["status"] / told["window_s"]
        offered = peak * factor if factor else rate
        print(f"| {name} | {offered:.0f} | {rate:.0f} ({100 * rate / peak:.0f} % of the peak) | "
              f"{shed:.0f} | {told['p50_us'] / 1000:.1f} | {told['p99_us'] / 1000:.1f} |", flush=True)
    proxy.stop()


main()
