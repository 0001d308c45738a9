"""Takes the samples: one window of load through one gateway, memory with streams held open, and
system calls under strace. A sample is a dict as it goes to the JSON; `figures` in it is what gets
compared, `problems` says why it may not be."""
import json
import pathlib
import re
import signal
import subprocess
import time

from parties import memory_kb, stop

# How much of the machine the hypervisor may take from a window. CPU times do not count stolen time,
# so they bear some; the 99th percentile of a latency shows the smallest theft.
STEAL_SHARE_MAX = 0.10
STEAL_SHARE_MAX_OPEN = 0.005

# What one closed or open run of bench_load is: load options, and what the mock answers.
LOADS = {
    "2k": dict(mode="closed", connections=32, body_bytes=2048, answer_bytes=600),
    "20k": dict(mode="closed", connections=32, body_bytes=20480, answer_bytes=4096),
    "100k": dict(mode="closed", connections=16, body_bytes=102400, answer_bytes=4096),
    "latency": dict(mode="open", connections=32, rate=500, body_bytes=2048, answer_bytes=600),
    "ttfb": dict(mode="open", connections=32, rate=50, stream=1, events=20, event_rate=100),
    "sse_600": dict(mode="closed", connections=600, stream=1, events=75, event_rate=50,
                    ramp_s=1.0),
    "sse_200": dict(mode="closed", connections=200, stream=1, events=150, event_rate=100,
                    ramp_s=1.0),
}
GROUPS = {"sse": ["sse_600", "sse_200"]}
MOCK_SETTINGS = ("answer_bytes", "events", "event_rate")


def load_command(setup, proxy, load, **more):
    options = {name: value for name, value in load.items() if name != "event_rate"}
    options.update(more)
    port = proxy.stream_port if options.get("stream") or options["mode"] == "hold" else proxy.port
    command = [setup.tools / "bench_load", "--port", port, "--key", proxy.key]
    for name, value in options.items():
        command += ["--" + name.replace("_", "-"), value]
    return command


def set_mock(setup, load):
    return setup.mock.settings(**{name: load[name] for name in MOCK_SETTINGS if name in load})


def machine_times():
    fields = [int(word) for word in
              pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    user, nice, system, idle, io_wait, irq, soft_irq, steal = fields
    return {"busy": user + nice + system + irq + soft_irq, "steal": steal,
            "all": sum(fields)}


def wait_for_quiet(setup):
    """Puts off a measurement while others keep the machine busy, within a budget for the run."""
    while setup.quiet_budget_s > 0:
        before = machine_times()
        time.sleep(0.1)
        setup.quiet_budget_s -= 0.1
        after = machine_times()
        if after["busy"] - before["busy"] < 0.25 * max(1, after["all"] - before["all"]):
            setup.quiet_budget_s += 0.1  # looking is free; only waiting is counted
            return


def measure(setup, proxy, name, warm_s, window_s):
    """One window of one scenario through one proxy; gives the sample that goes to the JSON."""
    load = LOADS[name]
    wait_for_quiet(setup)
    counts_before = set_mock(setup, load)
    watch = ";".join(
        f"{who}={','.join(str(pid) for pid in pids)}"
        for who, pids in (("proxy", proxy.pids()), ("mock", [setup.mock.process.pid])) if pids)
    times_before = machine_times()
    command = load_command(setup, proxy, load, warm_s=warm_s, window_s=window_s, watch=watch)
    process = setup.machine.start("load", command, stdout=subprocess.PIPE, text=True)
    try:
        output, _ = process.communicate(timeout=window_s + warm_s + 60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise RuntimeError("bench_load did not end") from None
    if process.returncode != 0:
        raise RuntimeError(f"bench_load ended with {process.returncode}")
    sample = json.loads(output)
    counts_after = setup.mock.settings()
    times_after = machine_times()
    sample["steal_share"] = round((times_after["steal"] - times_before["steal"]) /
                                  max(1, times_after["all"] - times_before["all"]), 4)
    kind = "streams" if load.get("stream") else "answers"
    sample["upstream_calls"] = counts_after[kind] - counts_before[kind]
    sample["late_events"] = counts_after["late_events"] - counts_before["late_events"]
    sample.update(proxy=proxy.name, scenario=name)
    derive(sample, load)
    return sample


def measure_in_peace(setup, proxy, name, pair, warm_s, window_s, samples):
    """Measures, and measures again while the hypervisor takes the cores away, within a budget for
    the run; the window that lost least counts, and the others stay in the JSON. Which gateway is
    under test plays no part in the choice, so it favours none."""
    open_loop = LOADS[name]["mode"] == "open"
    limit, attempts_max = (STEAL_SHARE_MAX_OPEN, 4) if open_loop else (STEAL_SHARE_MAX, 3)
    attempts = []
    while True:
        started = time.monotonic()
        attempts.append(dict(measure(setup, proxy, name, warm_s, window_s), pair=pair))
        if (attempts[-1]["steal_share"] <= limit or len(attempts) == attempts_max
                or setup.repeat_budget_s <= 0):
            break
        setup.repeat_budget_s -= time.monotonic() - started
    best = min(attempts, key=lambda sample: sample["steal_share"])
    for sample in attempts:
        if sample is not best:
            sample["repeated"] = True
            sample["problems"].append(f"hypervisor took {sample['steal_share']:.1%} of the machine")
    samples.extend(attempts)


def derive(sample, load):
    """The figures that are compared, and whether the sample may be trusted at all."""
    figures = sample["figures"] = {}
    proxy_cpu = sample["cpu"].get("proxy")
    units = sample["window_events" if load.get("stream") else "window_completed"]
    if proxy_cpu and units:
        unit_cpu_us = proxy_cpu["ns"] / 1000 / units
        figures["cpu_us" if load["mode"] == "closed" else "cpu_us_at_rate"] = unit_cpu_us
        sample["proxy_core_share"] = round(proxy_cpu["ns"] / 1e9 / sample["window_s"], 3)
    sample["load_core_share"] = round(sum(sample["cpu"][who]["ns"] for who in ("mock", "load")) /
                                      1e9 / max(sample["window_s"], 0.001), 3)
    if load["mode"] == "closed":
        figures["per_s"] = units / sample["window_s"]
    for name in ("p50_us", "p99_us"):
        figures[name] = sample[name]
    problems = []
    attempted = sample["completed"] + sample["error_count"]
    if sample["error_count"] > 0.001 * attempted:
        problems.append(f"{sample['error_count']} errors of {attempted} ({sample['first_error']})")
    if not units:
        problems.append("nothing completed in the window")
    elif abs(sample["upstream_calls"] - sample["completed"]) > 0.02 * sample["completed"]:
        problems.append(f"{sample['completed']} answers, but {sample['upstream_calls']} calls "
                        "of the upstream")
    sample["problems"] = problems


def hold_streams(setup, proxy, streams):
    """RSS of a fresh proxy, then with that many SSE streams open, each having had some events."""
    load = dict(mode="hold", connections=streams, events=1_000_000, event_rate=2, body_bytes=2048,
                ramp_s=max(0.5, streams / 2000))
    set_mock(setup, load)
    time.sleep(0.3)
    idle = memory_kb(proxy.pids())
    process = setup.machine.start("load", load_command(setup, proxy, load), text=True,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        ready = process.stdout.readline().split()
        time.sleep(0.7)
        held = memory_kb(proxy.pids())
        output, _ = process.communicate("", timeout=60)
    finally:
        stop(process)
    result = json.loads(output)
    open_streams = result["completed"]
    sample = {"proxy": proxy.name, "scenario": "rss", "streams": open_streams,
              "ready": int(ready[1]) if len(ready) == 2 else 0, "idle": idle, "held": held,
              "errors": result["errors"], "first_error": result["first_error"], "problems": []}
    if open_streams != streams:
        sample["problems"].append(f"{open_streams} of {streams} streams stayed open "
                                  f"({result['first_error']})")
    sample["figures"] = {
        "idle_mb": idle["rss_kb"] / 1024, "held_mb": held["rss_kb"] / 1024,
        "stream_kb": (held["rss_kb"] - idle["rss_kb"]) / max(1, open_streams)}
    return sample


def count_syscalls(setup, proxy, rate, window_s):
    """Attaches strace -c while the load runs at a fixed rate. Background work of the proxy (timers,
    its writer thread) is counted too: it is a part of what a request costs at this rate."""
    load = dict(mode="open", connections=8, rate=rate, body_bytes=2048, answer_bytes=600)
    set_mock(setup, load)
    warm_s, edge_s = 1.0, 0.6
    process = setup.machine.start(
        "load", load_command(setup, proxy, load, warm_s=warm_s, window_s=window_s + 2 * edge_s),
        stdout=subprocess.PIPE, text=True)
    tracer = None
    try:
        time.sleep(warm_s + edge_s)
        report = proxy.directory / "strace.txt"
        command = ["strace", "-c", "-f", "-o", str(report)]
        for pid in proxy.pids():
            command += ["-p", str(pid)]
        tracer = setup.machine.start("load", command, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.PIPE)
        tracer.stderr.readline()  # "strace: Process N attached"
        start, answers = time.monotonic(), setup.mock.settings()["answers"]
        time.sleep(window_s)
        answers = setup.mock.settings()["answers"] - answers
        elapsed_s = time.monotonic() - start
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=20)
        output, _ = process.communicate(timeout=60)
    finally:
        for child in filter(None, (tracer, process)):
            stop(child)
    result = json.loads(output)
    calls = {}
    for line in report.read_text(errors="replace").splitlines() if report.exists() else []:
        found = re.match(r"\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?([a-z_]\w*)\s*$", line)
        if found and found[2] != "total":
            calls[found[2]] = int(found[1])
    sample = {"proxy": proxy.name, "scenario": "syscalls", "rate": rate, "answers": answers,
              "elapsed_s": elapsed_s, "calls": calls, "error_count": result["error_count"],
              "first_error": result["first_error"], "problems": [], "figures": {}}
    if not calls:
        sample["problems"].append("strace gave no table")
    elif result["error_count"] or not answers:
        sample["problems"].append(f"errors under strace: {result['first_error']}")
    else:
        sample["figures"]["calls"] = sum(calls.values()) / answers
        sample["per_request"] = {name: round(count / answers, 2)
                                 for name, count in sorted(calls.items(), key=lambda c: -c[1])
                                 if count / answers >= 0.05}
    return sample
