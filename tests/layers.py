#!/usr/bin/env python3
"""Keeps the rooms of src/ apart: who may include whom, no cycles between files, no banned names.

Prints every breach as file:line and exits 1. `--self-test` proves that the check can fail.
"""
import os
import re
import sys

MAY_INCLUDE = {
    "base": set(),
    "wire": {"base"},
    "core": {"base", "wire"},
    "config": {"base", "wire", "core"},
    "dialect": {"base", "wire", "core"},
    "policy": {"base", "core"},
    "io": {"base", "wire"},
    "gateway": {"base", "wire", "core", "dialect", "policy", "io"},
    "lab": {"base", "wire", "core", "config", "dialect", "policy", "io", "gateway"},
    "app": {"base", "wire", "core", "config", "dialect", "policy", "io", "gateway", "lab"},
}
# A library may be seen only by the rooms (or files) that own its use.
LIBRARIES = {
    r"boost/": set(),
    r"openssl/": {"io", "base/hash.cc", "lab/sim_embeddings.cc"},
    r"sqlite3\.h": {"io"},
    r"yaml-cpp/": {"config"},
    r"CLI/": {"app/command_line.cc"},
    r"spdlog/": {"app/log.cc"},
    r"simdjson": {"wire", "config", "lab/sim_dom.h"},
    r"(sys/socket|netinet/|sys/epoll|unistd|fcntl)": {"io", "lab", "app"},
    r"arpa/inet": {"io", "wire/url.cc"},
    r"(valijson|nlohmann)/": {"wire/json_schema.cc"},
}
# Words that have no business in pure rooms; tests may do what they like.
PURE = {"policy", "dialect", "core"}
IMPURE = re.compile(
    r"\b(system_clock|steady_clock|random_device|std::rand|getenv|fopen|ifstream|ofstream|std::thread|"
    r"std::mutex|std::cout|std::cerr|printf)\b")
# g++ 12 compiles a coroutine with a wait in the condition of if, while or switch to code that never runs.
WAIT_IN_CONDITION = re.compile(r"\b(if|while|switch)\s*\(\s*!?\s*co_await\b")
THROWS = re.compile(r"^\s*throw\b|[;{]\s*throw\b")
INCLUDE = re.compile(r'^\s*#include\s+(?:"([^"]+)"|<([^>]+)>)')


def sources(root):
    for folder, _, names in sorted(os.walk(os.path.join(root, "src"))):
        for name in sorted(names):
            if name.endswith((".h", ".cc")):
                yield os.path.relpath(os.path.join(folder, name), os.path.join(root, "src"))


def code_only(line):
    return re.sub(r'"(\\.|[^"\\])*"', '""', line.split("//")[0])


def check_file(path, text, breaches, graph):
    room = path.split("/")[0]
    name = path.split("/")[-1]
    is_test = name.endswith("_test.cc") or name.startswith("test_")
    if room not in MAY_INCLUDE:
        breaches.append(f"src/{path}:1: room {room!r} is not in the table of tests/layers.py")
        return
    for number, line in enumerate(text.splitlines(), 1):
        found = INCLUDE.match(line)
        if found and found.group(1):
            target = found.group(1)
            graph.setdefault(path, []).append(target)
            other = target.split("/")[0]
            if "/" not in target:
                breaches.append(f"src/{path}:{number}: include {target!r} by its room, as in \"base/text.h\"")
            elif other != room and other not in MAY_INCLUDE[room]:
                breaches.append(f"src/{path}:{number}: {room} may not include {other}")
        elif found and not is_test:
            for pattern, owners in LIBRARIES.items():
                if re.match(pattern, found.group(2)) and room not in owners and path not in owners:
                    breaches.append(f"src/{path}:{number}: <{found.group(2)}> belongs to {sorted(owners)}")
        if is_test:
            continue
        code = code_only(line)
        if room in PURE and IMPURE.search(code):
            breaches.append(f"src/{path}:{number}: {IMPURE.search(code).group(1)} in the pure room {room}")
        if WAIT_IN_CONDITION.search(code):
            breaches.append(f"src/{path}:{number}: co_await in a condition; name its result first")
        if THROWS.search(code):
            breaches.append(f"src/{path}:{number}: house code does not throw; return a Result")


def cycles(graph):
    state, found = {}, []

    def visit(node, trail):
        if state.get(node) == "done":
            return
        if state.get(node) == "open":
            found.append(" -> ".join(trail[trail.index(node):] + [node]))
            return
        state[node] = "open"
        for target in graph.get(node, []):
            visit(target, trail + [node])
        state[node] = "done"

    for node in sorted(graph):
        visit(node, [])
    return found


def check(files):
    breaches, graph = [], {}
    for path, text in files:
        check_file(path, text, breaches, graph)
    breaches += [f"include cycle: {cycle}" for cycle in cycles(graph)]
    return breaches


def self_test():
    bad = [
        ("policy/x.cc", '#include "io/world.h"\n'),
        ("policy/y.cc", "auto t = std::chrono::system_clock::now();\n"),
        ("gateway/z.cc", "#include <boost/asio.hpp>\n"),
        ("core/w.cc", "  throw 1;\n"),
        ("io/v.cc", "  while (co_await step()) {}\n"),
        ("attic/q.cc", "\n"),
    ]
    for path, text in bad:
        if not check([(path, text)]):
            sys.exit(f"self-test: {path} should have been refused")
    if not check([("core/a.h", '#include "core/b.h"\n'), ("core/b.h", '#include "core/a.h"\n')]):
        sys.exit("self-test: a cycle should have been found")
    if check([("gateway/ok.cc", '#include "policy/decide.h"\n')]):
        sys.exit("self-test: a permitted include was refused")


def main():
    self_test()
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    files = [(path, open(os.path.join(root, "src", path), encoding="utf-8").read()) for path in sources(root)]
    if not files:
        sys.exit("no sources found")
    breaches = check(files)
    print("\n".join(breaches) or f"{len(files)} files keep their layers")
    sys.exit(1 if breaches else 0)


main()
