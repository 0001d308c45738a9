"""Turns samples into medians, quartiles and paired ratios, and these into a Markdown table with
remarks on what to doubt."""
import statistics

from measure import STEAL_SHARE_MAX, STEAL_SHARE_MAX_OPEN


def quartiles(values):
    if len(values) == 1:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high


def number(value):
    if abs(value) >= 10_000:
        return f"{value / 1000:.1f}k"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.1f}"


ROWS = [  # title, scenario, figure, less direct
    ("CPU us a request, 2 KB in, 600 B out", "2k", "cpu_us", False),
    ("requests/s on one core, 2 KB", "2k", "per_s", False),
    ("CPU us a request, 20 KB in, 4 KB out", "20k", "cpu_us", False),
    ("CPU us a request, 100 KB in, 4 KB out", "100k", "cpu_us", False),
    ("added p50 us at 500/s", "latency", "p50_us", True),
    ("added p99 us at 500/s", "latency", "p99_us", True),
    ("CPU us a request at 500/s", "latency", "cpu_us_at_rate", False),
    ("added p50 us to the first event, 50 streams/s", "ttfb", "p50_us", True),
    ("CPU us an SSE event, 600 streams, 30k/s", "sse_600", "cpu_us", False),
    ("CPU us an SSE event, 200 streams, 20k/s", "sse_200", "cpu_us", False),
    ("RSS idle, MB", "rss", "idle_mb", False),
    ("RSS with {streams} open streams, MB", "rss", "held_mb", False),
    ("KB a stream above idle", "rss", "stream_kb", False),
    ("syscalls a request at {syscall_rate}/s", "syscalls", "calls", False),
]


def values_by_round(samples, scenario, figure, proxy):
    return {s["pair"]: s["figures"][figure] for s in samples
            if s["scenario"] == scenario and s["proxy"] == proxy and not s["problems"]
            and figure in s["figures"]}


def summarise(samples, names):
    """For every row and proxy: the value and its ratio to nginx, paired within each round."""
    summary = []
    for title, scenario, figure, less_direct in ROWS:
        row = {"title": title, "scenario": scenario, "figure": figure, "proxies": {}}
        direct = values_by_round(samples, scenario, figure, "direct") if less_direct else {}
        table = {}
        for name in names:
            values = values_by_round(samples, scenario, figure, name)
            if less_direct:
                values = {pair: v - direct[pair] for pair, v in values.items() if pair in direct}
            table[name] = values
        for name, values in table.items():
            if not values:
                continue
            low, middle, high = quartiles(list(values.values()))
            cell = {"median": middle, "q1": low, "q3": high, "samples": len(values),
                    "negative": sum(1 for v in values.values() if v < 0)}
            base = table.get("nginx", {})
            # Two rounds near zero have no ratio worth printing (added latency can be that small).
            ratios = [v / base[pair] for pair, v in values.items() if base.get(pair, 0) > 0]
            if ratios and name != "nginx":
                low, middle, high = quartiles(ratios)
                cell["ratio"] = {"median": middle, "q1": low, "q3": high, "samples": len(ratios)}
            row["proxies"][name] = cell
        if row["proxies"]:
            summary.append(row)
    return summary


def print_table(summary, names, words):
    def cell(entry):
        if not entry:
            return "-"
        if entry["samples"] == 1:
            return number(entry["median"])
        return f"{number(entry['median'])} [{number(entry['q1'])}-{number(entry['q3'])}]"

    def ratio(entry):
        if not entry or "ratio" not in entry:
            return "-"
        r = entry["ratio"]
        if r["samples"] == 1:
            return f"{r['median']:.2f}"
        return f"{r['median']:.2f} [{r['q1']:.2f}-{r['q3']:.2f}]"

    head = ["median [IQR] over rounds"]
    for name in names:
        head += [name] if name == "nginx" else [name, f"{name} / nginx"]
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in summary:
        line = [row["title"].format(**words)]
        for name in names:
            entry = row["proxies"].get(name)
            line += [cell(entry)] if name == "nginx" else [cell(entry), ratio(entry)]
        print("| " + " | ".join(line) + " |")


def remarks(samples, summary, machine, skipped):
    lines = [f"{name}: {why}" for name, why in skipped.items()] + list(machine.notes)
    bad = [s for s in samples if s["problems"] and not s.get("repeated")]
    if repeated := sum(1 for s in samples if s.get("repeated")):
        lines.append(f"{repeated} windows were measured again because the hypervisor took over "
                     f"{STEAL_SHARE_MAX:.0%} of the machine ({STEAL_SHARE_MAX_OPEN:.1%} at a fixed "
                     "rate)")
    for s in bad[:12]:
        lines.append(f"left out: {s['proxy']} {s['scenario']} round {s['pair']}: "
                     + "; ".join(s["problems"])[:300])
    if len(bad) > 12:
        lines.append(f"left out: {len(bad) - 12} more samples, see the JSON")
    stolen = [s for s in samples
              if s.get("steal_share", 0) > STEAL_SHARE_MAX and not s.get("repeated")]
    if stolen:
        lines.append(f"{len(stolen)} windows that count lost over {STEAL_SHARE_MAX:.0%} too")
    for row in summary:
        if count := sum(cell["negative"] for cell in row["proxies"].values()):
            lines.append(f"{row['title']}: {count} values below zero, so this row is noise of the "
                         "host; run it again at a quieter time")
    late = {s["proxy"] for s in samples
            if s.get("late_events", 0) > 0.02 * max(1, s.get("events", 0))}
    if late:
        lines.append("the mock was late with over 2 % of the events to: " + ", ".join(sorted(late)))
    # Then the proxy waited for the load: its CPU figures hold, its requests/s do not.
    idle = sorted({f"{s['proxy']} {s['scenario']}" for s in samples
                   if s["scenario"] in ("2k", "20k", "100k")
                   and s.get("proxy_core_share", 1) < 0.9 < s["load_core_share"]})
    if idle:
        lines.append("the load, not the proxy, limited requests/s at times for: " + ", ".join(idle))
    full = sorted({f"{s['proxy']} {s['scenario']}" for s in samples
                   if s["scenario"].startswith("sse_") and s.get("proxy_core_share", 0) > 0.92})
    if full:
        lines.append("the proxy's core was full at times, so events were bundled and look cheaper: "
                     + ", ".join(full))
    if any(s.get("echo_missing") for s in samples):
        names = sorted({s["proxy"] for s in samples if s.get("echo_missing")})
        lines.append("no request number in the answers of: " + ", ".join(names) +
                     " (the check for swapped answers was off)")
    return lines
