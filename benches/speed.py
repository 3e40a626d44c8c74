#!/usr/bin/env python3
"""How long QPlan takes beside what a user would pick instead: whole processes, in turn, medians and ratios.

Prints the table, writes benches/results.json and the table of benches/README.md. `benches/speed.py [RUNS]`; needs `rg` and `jq` on the path, fetches
the rest. A reference that is missing is shown as missing."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time

import corpora

HERE = os.path.dirname(os.path.abspath(__file__))
QPLAN = os.path.join(os.path.dirname(HERE), "target", "release", "qplan")
ONE = "getattr($X, $Y, $Z)"
RARE = [ONE, "setattr($X, $Y, $Z)", "warnings.warn($$$A)", "functools.partial($$$A)", "hasattr($X, $Y)"]
COMMON = [ONE, "super().__init__($$$A)", "raise $E from $X", "warnings.warn($$$A)", "$X.objects.filter($$$A)"]
ANY = "$F($X)"
TURNS = 1_000_000


def once(command):
    """Wall seconds and peak memory in MB of one run; its output is thrown away."""
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(child.pid, 0)
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def pair(ours, theirs, runs):
    """Runs both in turn, once to warm up, then `runs` times."""
    rows = [(once(ours), once(theirs) if theirs else None) for _ in range(runs + 1)][1:]
    mine = statistics.median(a[0] for a, _ in rows)
    memory = statistics.median(a[1] for a, _ in rows)
    if not theirs:
        return {"seconds": mine, "memory_mb": memory}
    other = statistics.median(b[0] for _, b in rows)
    ratio = statistics.median(a[0] / b[0] for a, b in rows)
    return {"seconds": mine, "memory_mb": memory, "reference_seconds": other, "ratio": ratio,
            "reference_memory_mb": statistics.median(b[1] for _, b in rows)}


def plan(name, text):
    path = os.path.join(corpora.BENCH, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def rows(places, ast_grep):
    """Each row: what is done, the reference, our command, the reference's, the goal for the ratio."""
    django = places["django"]
    five = {name: plan(f"five-{name}.qp", "step \"Five\" {\n" + "".join(
        f"  q pattern=r'{pattern}' -> p{i}\n" for i, pattern in enumerate(patterns)) + "  print p0.count\n}\n")
        for name, patterns in [("rare", RARE), ("common", COMMON)]}
    meaning = plan("meaning.qp", 'step "Meaning" {\n  q "entity=function name=get_queryset" -> functions\n'
                   '  search get_queryset -> hits\n  calls get_object_or_404 -> sites\n'
                   '  print functions.count, hits.count, sites.count\n}\n')
    hi = plan("hi.qp", 'step "Hi" { print "hi" }\n')
    turns = plan("turns.qp", f'step "Turns" {{\n  var i = 0\n  while i < {TURNS} {{ var i = i + 1 }}\n  print i\n}}\n')
    rg, jq = shutil.which("rg"), shutil.which("jq")
    grep = [ast_grep, "run", "-p", ONE, "-l", "py", django]
    here = ["--root", django]
    yield f"one pattern, `{ONE}`", "the same by `ast-grep run` 0.51.1", [
        QPLAN, "q", f"pattern='{ONE}'", *here, "--lang", "python"], grep, 0.4
    for name, path in five.items():
        yield f"five patterns of {name} names in one plan", "that one pattern", [
            QPLAN, path, *here, "--lang", "python"], grep, 0.6
    yield f"`{ANY}`, which names nothing", "the same by `ast-grep run`", [
        QPLAN, "q", f"pattern='{ANY}'", *here, "--lang", "python"], [
        ast_grep, "run", "-p", ANY, "-l", "py", django], 1.3
    yield "`search get_queryset`", "`rg -n get_queryset`", [
        QPLAN, "search", "get_queryset", *here], rg and [rg, "-n", "get_queryset", django], 4
    yield "q + search + calls in one plan, nothing cached", "that one pattern", [QPLAN, meaning, *here], grep, 0.4
    yield "the same on one thread, `--jobs 1`", "the same on two, `--jobs 2`", [
        QPLAN, meaning, *here, "--jobs", "1"], [QPLAN, meaning, *here, "--jobs", "2"], 2
    yield "`print \"hi\"`", "`jq -n 1`", [QPLAN, hi], jq and [jq, "-n", "1"], 2
    loop = f"0 | until(. >= {TURNS}; . + 1)"
    yield "a million turns of `while`", "the same loop by `jq`", [QPLAN, turns], jq and [jq, "-n", loop], 10


def table(results):
    """The rows as README.md shows them."""
    lines = ["| work, over Django 5.2 | reference | ours | ratio | goal | memory |", "|---|---|---|---|---|---|"]
    for row in results:
        ratio = f"{row['ratio']:.2f} ×" if "ratio" in row else "reference missing"
        lines.append(f"| {row['work']} | {row['reference']} | {row['seconds'] * 1e3:.0f} ms | {ratio} | {row['goal']} × "
                     f"| {row['memory_mb']:.0f} MB |")
    return "\n".join(lines)


def publish(runs, results):
    """Writes results.json and the table of README.md."""
    with open(os.path.join(HERE, "results.json"), "w") as file:
        json.dump({"runs": runs, "rows": results}, file, indent=2)
        file.write("\n")
    path = os.path.join(HERE, "README.md")
    with open(path) as file:
        text = file.read()
    before, rest = text.split("| work, over Django 5.2 |", 1)
    _, behind = rest.split("\n\n", 1)
    with open(path, "w") as file:
        file.write(before + table(results) + "\n\n" + behind)


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    subprocess.run(["cargo", "build", "--release", "-q"], check=True, cwd=os.path.dirname(HERE))
    places, ast_grep = corpora.fetch()
    results = []
    print(f"{'work':<50} {'ours':>9} {'theirs':>9} {'ratio':>7} {'goal':>6} {'memory':>9}")
    for work, reference, ours, theirs, goal in rows(places, ast_grep):
        row = {"work": work, "reference": reference, "goal": goal, **pair(ours, theirs, runs)}
        results.append(row)
        other = f"{row['reference_seconds'] * 1e3:6.0f} ms" if theirs else "missing"
        ratio = f"{row['ratio']:.2f} ×" if theirs else ""
        print(f"{work:<50} {row['seconds'] * 1e3:6.0f} ms {other:>9} {ratio:>7} {goal:>4} × {row['memory_mb']:6.0f} MB")
    publish(runs, results)


if __name__ == "__main__":
    main()
