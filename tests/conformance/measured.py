"""Prints what the tests over recorded traffic have counted, as tables.

Runs the test programs given as arguments with their reports on, and counts nothing itself: the rows
are those that the tests tell with test::measured() (src/base/test_measured.h) and assert.
"""

import json
import os
import subprocess
import sys
import tempfile

PREFIX = "measured: "


def report_of(program):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "report.json")
        ran = subprocess.run(
            [program, "--gtest_filter=*Corpus*:*Cross*:*Count*", f"--gtest_output=json:{path}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        with open(path, encoding="utf-8") as report:
            return ran.returncode == 0, json.load(report)


def rows_of(report):
    for suite in report["testsuites"]:
        for test in suite["testsuite"]:
            for name, value in test.items():
                if name.startswith(PREFIX):
                    table, row = name[len(PREFIX) :].split(": ", 1)
                    yield table, row, [int(number) for number in value.split()]


def main():
    tables = {}
    passed = True
    for program in sys.argv[1:]:
        good, report = report_of(program)
        passed = passed and good
        for table, row, counts in rows_of(report):
            tables.setdefault(table, []).append((row, counts))
    if not tables:
        print("no recordings: WYE_CORPUS names none")
    for table, rows in sorted(tables.items()):
        print(f"\n| {table} | of | right | justified | right, of what is not justified |")
        print("|---|---|---|---|---|")
        for row, (right, justified, every) in sorted(rows):
            share = 100 * right / max(1, every - justified)
            print(f"| {row} | {every} | {right} | {justified} | {share:.2f} % |")
    if not passed:
        print("\nA test that counted this has failed: see `make test`.")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
