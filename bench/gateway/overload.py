#!/usr/bin/env python3
"""How wye fares under more load than it can serve. A closed loop finds its peak; an open loop then
offers shares and multiples of that peak by a schedule that does not wait for answers. One core is
wye's, the other the load's and the mock's. Prints Markdown tables and asserts nothing."""
import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import sys

sys.dont_write_bytecode = True

from parties import CLIENT_KEY, HERE, Machine, Mock, Proxy, Setup

ROOT = HERE.parent.parent
FACTORS = (0.5, 0.8, 1, 1.5, 2, 3)
LEVELS = ("low", "medium", "high", "critical")


def load(setup, proxy, arguments, rate):
    """One window; what the load tells of it, with CPU as shares of one core."""
    watch = f"wye={proxy.process.pid};mock={setup.mock.process.pid}"
    command = [setup.tools / "bench_overload_load", "--port", proxy.port, "--key", CLIENT_KEY,
               "--models", ",".join("task/" + level for level in arguments.levels),
               "--rate", rate, "--connections", arguments.connections, "--window-s", arguments.seconds, "--warm-s", arguments.warm_seconds,
               "--body-bytes", arguments.body_kb * 1024, "--deadline-ms", arguments.deadline_ms,
               "--watch", watch]
    run = setup.machine.start("load", command, stdout=subprocess.PIPE)
    told = json.loads(run.communicate()[0])
    told["goodput"] = told["good"] / told["window_s"]
    told["shed_rate"] = told["shed"] / told["window_s"]
    for name, seconds in told["cpu_s"].items():
        told["cpu_" + name] = 100 * seconds / told["window_s"]
    told["cpu_others"] = told["cpu_load"] + told["cpu_mock"]
    for level in arguments.levels:
        of = told["models"]["task/" + level]
        told["served_" + level] = 100 * of["good"] / max(1, of["due"])
    return told


def run_round(setup, proxy, arguments):
    """The peak, every factor of it, and the peak again: the machine may have changed meanwhile."""
    peaks = [load(setup, proxy, arguments, 0)["goodput"]]
    samples = {factor: load(setup, proxy, arguments, int(factor * peaks[0])) for factor in FACTORS}
    peaks.append(load(setup, proxy, arguments, 0)["goodput"])
    peak = statistics.mean(peaks)
    for factor, told in samples.items():
        told["share"] = 100 * told["goodput"] / peak
        told["offered"] = factor * peaks[0]
        print(f"  {factor}x of {peaks[0]:.0f}/s: good {told['share']:.0f} %, wrong {told['wrong']},"
              f" late {told['late']}, unanswered {told['unanswered']}, connections opened"
              f" {told['opened']}, slip p99 {told['slip_p99_ms']:.2f} ms {told['first_wrong']}",
              file=sys.stderr)
    return peaks, samples


def print_tables(arguments, rounds):
    peaks = [peak for pair, _ in rounds for peak in pair]
    print(f"Peak {statistics.median(peaks):.0f}/s ({min(peaks):.0f} to {max(peaks):.0f} over "
          f"{len(peaks)} windows); {arguments.body_kb} KB a request, good within "
          f"{arguments.deadline_ms} ms.\n")
    served = "".join(f" {level} |" for level in arguments.levels)
    print("| offered | good/s | of peak | 503/s | 503 p50 ms | p99 | good p50 ms | p99 | wye's core "
          f"| load and mock |{served}")
    print("|---" * (10 + len(arguments.levels)) + "|")
    for factor in FACTORS:
        def median(name):
            return statistics.median(samples[factor][name] for _, samples in rounds)
        served = "".join(f" {median('served_' + level):.0f} % |" for level in arguments.levels)
        print(f"| {factor}x | {median('goodput'):.0f} | {median('share'):.0f} % | "
              f"{median('shed_rate'):.0f} | {median('shed_p50_ms'):.1f} | "
              f"{median('shed_p99_ms'):.1f} | {median('accepted_p50_ms'):.1f} | "
              f"{median('accepted_p99_ms'):.1f} | {median('cpu_wye'):.0f} % | "
              f"{median('cpu_others'):.0f} % |{served}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wye", default=str(ROOT / "build/release/wye"))
    parser.add_argument("--tools", default=str(ROOT / "build/bench/bench/gateway"))
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--warm-seconds", type=float, default=1.5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=4,
                        help="of the closed loop; so few that nobody is turned away")
    parser.add_argument("--body-kb", type=int, default=100)
    parser.add_argument("--deadline-ms", type=int, default=1000)
    parser.add_argument("--levels", type=lambda text: text.split(","), default=list(LEVELS),
                        help="criticalities that take turns")
    arguments = parser.parse_args()
    setup = Setup()
    setup.tools = pathlib.Path(arguments.tools)
    setup.machine = Machine(real_time=False)
    setup.programs = {"wye": arguments.wye}
    setup.connections_max = 16384
    setup.wye_template = "overload.yaml.in"
    setup.work = ROOT / "build/bench/overload"
    setup.mock = Mock(setup.machine, setup.tools / "bench_mock_upstream")
    shutil.rmtree(setup.work, ignore_errors=True)
    proxy = Proxy("wye", setup)
    proxy.start()
    rounds = [run_round(setup, proxy, arguments) for _ in range(arguments.rounds)]
    proxy.stop()
    print_tables(arguments, rounds)


main()
