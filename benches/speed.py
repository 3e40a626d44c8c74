#!/usr/bin/env python3
"""Times the program beside what a user would take instead, in turns within one run, and prints the ratios.

usage: speed.py DJANGO [--program qplan] [--ast-grep ast-grep] [--rg rg] [--jq jq] [--runs 7]

Every command runs once unmeasured; then all take turns, so that what else the machine does hits all alike. Times are
medians in milliseconds, memory is the largest resident size of one run. The table goes to results.json beside this file.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

FIVE = [
    "getattr($X, $Y, $Z)", "super().__init__($$$A)", "raise $E from $X", "warnings.warn($$$A)", "$X.objects.filter($$$A)",
]


def plan(statements):
    return 'step "Bench" {\n' + "".join(f"  {line}\n" for line in statements) + "}\n"


def measure(command):
    start = time.perf_counter()
    with open(os.devnull, "wb") as nowhere:
        child = subprocess.Popen(command, stdout=nowhere, stderr=nowhere)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        sys.exit(f"failed: {' '.join(command)}")
    return (time.perf_counter() - start) * 1000, usage.ru_maxrss / 1024


def rows(args, folder):
    def script(name, statements):
        path = pathlib.Path(folder, name)
        path.write_text(plan(statements), encoding="utf-8")
        return [args.program, str(path), "--root", args.django, "--format", "summary"]

    def ast_grep(pattern):
        return [args.ast_grep, "run", "-p", pattern, "-l", "py", "--json=stream", args.django]

    one = ast_grep(FIVE[0])
    return [
        ("one pattern", script("one.qp", [f'q pattern="{FIVE[0]}" lang=python']), one, 0.4),
        ("five patterns, one ast-grep", script("five.qp", [f'q pattern="{p}" lang=python' for p in FIVE]), one, 0.6),
        ("pattern without a literal", script("any.qp", ['q pattern="$F($X)" lang=python']), ast_grep("$F($X)"), 1.3),
        ("search get_queryset", script("search.qp", ["search get_queryset"]), [args.rg, "-n", "get_queryset", args.django], 4),
        ("start-up", script("start.qp", ['print "hi"']), [args.jq, "-n", "1"], 2),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("django")
    parser.add_argument("--program", default="target/release/qplan")
    parser.add_argument("--ast-grep", default="ast-grep")
    parser.add_argument("--rg", default="rg")
    parser.add_argument("--jq", default="jq")
    parser.add_argument("--runs", type=int, default=7)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = rows(args, folder)
        commands = [command for _, ours, theirs, _ in table for command in (ours, theirs)]
        seen = [[measure(command) for command in commands] for _ in range(args.runs + 1)][1:]
    results = []
    print(f"{'work':30} {'qplan':>9} {'reference':>10} {'ratio':>7} {'goal':>6} {'memory':>9}")
    for number, (work, _, theirs, goal) in enumerate(table):
        ours, other = (statistics.median(turn[2 * number + side][0] for turn in seen) for side in (0, 1))
        memory = max(turn[2 * number][1] for turn in seen)
        print(f"{work:30} {ours:6.0f} ms {other:7.0f} ms {ours / other:7.2f} {goal:6} {memory:6.0f} MB")
        results.append({"work": work, "reference": os.path.basename(theirs[0]), "ratio": round(ours / other, 3), "goal": goal,
                        "ms": round(ours, 1), "reference_ms": round(other, 1), "memory_mb": round(memory, 1)})
    out = pathlib.Path(__file__).with_name("results.json")
    out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
