#!/usr/bin/env python3
"""How long QPlan takes beside what a user would pick instead: whole processes, in turn, medians and ratios.

usage: speed.py [RUNS] [--only SUBSTRING] [--large] [--program PATH] | speed.py --written

Prints the tables; a whole run writes benches/results.json and the tables of README.md too, one with `--only` does not.
`--large` measures 5 million lines as well; `--written` writes the tables from results.json. Needs `rg` and `jq` on the
path and fetches the rest; a reference that is missing is shown as missing. The program is built first, unless one is
given.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from dataclasses import dataclass, field

import corpora
import large
import plans
from measure import Edited, Program, Side, alone, pair

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
EDITED = os.path.join("django", "db", "models", "query.py")
# Milliseconds of the warm run that each stage may take, and the stages that count as one.
BUDGET = [("start", ["start"], 5), ("walk and stat", ["walk", "manifest"], 20), ("facts", ["facts"], 25),
          ("model", ["model"], 15), ("actions", ["actions"], 15), ("output", ["output"], 5), ("cache", ["cache"], None)]


@dataclass
class Row:
    """One line of the table: what is done, beside what, by which commands, and how it should turn out.

    Without `ours` it is said why, in `absent`. `at_least` turns the ratio round: how many times faster."""

    work: str
    reference: str
    ours: Side | None = None
    theirs: Side | None = None
    goal: str = ""
    at_most: float | None = None
    at_least: float | None = None
    memory: float | None = None
    absent: str = field(default="")


class Bench:
    """The rows over Django, from the program, the references and where they lie."""

    def __init__(self, program, places, ast_grep):
        self.program, self.django, self.ast_grep = program, places["django"], ast_grep
        self.rg, self.jq = shutil.which("rg"), shutil.which("jq")
        self.root = ["--root", self.django]
        self.grep = Side([ast_grep, "run", "-p", plans.ONE, "-l", "py", self.django])
        self.edited = Edited(self.django, os.path.join(corpora.BENCH, "edited"), EDITED)

    def plans(self):
        return [("q + search + calls", plans.meaning()), (f"{len(plans.STEPS)} of the 12 steps", plans.twelve())]

    def rows(self):
        yield from self.pattern()
        for (name, path), at_most in zip(self.plans(), (0.4, 0.75)):
            yield from self.plan(name, path, at_most)
        yield Row("the 12 steps, whole", "that one pattern", goal="≤ 0.75 ×",
                  absent=f"not yet: {', '.join(plans.MISSING)}")
        yield Row("the 12 steps, whole", "CQ, its steps one by one", goal="≥ 100 × faster cold, ≥ 700 × warm",
                  absent="not yet: as above")
        yield from self.patterns()
        yield from self.search()
        yield Row("import graph of the package `django`", "grimp, cold and cached", goal="≤ 1.5 ×, ≤ 1 ×",
                  absent="not yet: imports")
        yield from self.language()
        yield from self.threads()

    def cached(self, *row, side, **more):
        """A row that needs a cache: absent where the program has none."""
        if self.program.has_cache:
            return Row(*row, side(), **more)
        return Row(*row, absent="this program has no cache", goal=said(more))

    def pattern(self):
        work, theirs = f"one pattern, `{plans.ONE}`", "the same by `ast-grep run`"
        ask = ["q", f"pattern='{plans.ONE}'", *self.root, "--lang", "python"]
        program = self.program
        yield Row(f"{work}, nothing cached", theirs, program.cold(*ask), self.grep, at_most=0.4)
        yield self.cached(f"{work}, nothing cached, cache written", theirs, side=lambda: program.filling(*ask),
                          theirs=self.grep, at_most=0.4)
        yield self.cached(f"{work}, cached", theirs, side=lambda: program.warm(*ask), theirs=self.grep)

    def plan(self, name, path, at_most):
        """One plan in the four states of the cache."""
        program, theirs, ask = self.program, "that one pattern", [path, *self.root]
        there = [path, "--root", self.edited.folder]
        yield Row(f"{name}, nothing cached", theirs, program.cold(*ask), self.grep, at_most=at_most, memory=150)
        yield self.cached(f"{name}, nothing cached, cache written", theirs, side=lambda: program.filling(*ask),
                          theirs=self.grep, at_most=at_most, memory=150)
        yield self.cached(f"{name}, cached", theirs, side=lambda: program.warm(*ask), theirs=self.grep, at_most=0.12)
        yield self.cached(f"{name}, one file edited", theirs, theirs=self.grep, at_most=0.15,
                          side=lambda: program.warm(*there, before=[self.edited.edit]))

    def patterns(self):
        root = [*self.root, "--lang", "python"]
        for kind in plans.FIVE:
            yield Row(f"five patterns of {kind} names in one plan, nothing cached", "that one pattern",
                      self.program.cold(plans.five(kind), *root), self.grep, at_most=0.6)
        yield Row(f"`{plans.ANY}`, which names nothing, nothing cached", "the same by `ast-grep run`",
                  self.program.cold("q", f"pattern='{plans.ANY}'", *root),
                  Side([self.ast_grep, "run", "-p", plans.ANY, "-l", "py", self.django]), at_most=1.3)

    def search(self):
        ask, theirs = ["search", "get_queryset", *self.root], "`rg -n get_queryset`"
        rg = self.rg and Side([self.rg, "--no-config", "-n", "get_queryset", self.django])
        yield Row("`search get_queryset`, nothing cached", theirs, self.program.cold(*ask), rg, at_most=4)
        yield self.cached("`search get_queryset`, cached", theirs, side=lambda: self.program.warm(*ask),
                          theirs=rg, at_most=3)

    def language(self):
        """What has nothing to do with a repository."""
        jq, loop = self.jq, f"0 | until(. >= {plans.TURNS}; . + 1)"
        yield Row('`print "hi"`', "`jq -n 1`", self.program.cold(plans.hi()), jq and Side([jq, "-n", "1"]), at_most=2)
        yield Row("a million turns of `while`", "the same loop by `jq`", self.program.cold(plans.turns()),
                  jq and Side([jq, "-n", loop]), at_most=10)

    def threads(self):
        """How many times faster two threads are than one."""
        scan = ["q", "entity=function name=get_queryset", *self.root]
        for work, ask, goal in [("the scan", scan, 1.8),
                                (f"{len(plans.STEPS)} of the 12 steps", [plans.twelve(), *self.root], 1.6)]:
            yield Row(f"{work} on two threads, nothing cached", "the same on one",
                      self.program.cold(*ask, "--jobs", "2"), self.program.cold(*ask, "--jobs", "1"), at_least=goal)


def said(goal):
    """A goal in words, from those that a row has."""
    words = {"at_most": "≤ {} ×", "at_least": "≥ {} × faster", "memory": "≤ {} MB"}
    return ", ".join(text.format(f"{goal[name]:g}") for name, text in words.items() if goal.get(name))


def measured(row, runs):
    """The row as data: what it says, and what was measured."""
    result = {"work": row.work, "reference": row.reference, "goal": row.goal or said(vars(row))}
    if not row.ours:
        return {**result, "absent": row.absent}
    result.update(pair(row.ours, row.theirs, runs) if row.theirs else alone(row.ours, runs))
    if row.at_least and row.theirs:
        result["ratio"] = 1 / result["ratio"]
        result["ratio_spread"] = sorted(1 / ratio for ratio in result["ratio_spread"])
    return {**result, "missed": missed(row, result)}


def missed(row, result):
    """Which of its goals a row falls short of."""
    ratio = result.get("ratio")
    short = {"time": ratio and row.at_most and ratio > row.at_most or ratio and row.at_least and ratio < row.at_least,
             "memory": row.memory and result["memory_mb"] > row.memory}
    return [name for name, falls in short.items() if falls]


def line(row):
    """A row of the table as Markdown."""
    if "absent" in row:
        return f"| {row['work']} | {row['reference']} | | {row['absent']} | {row['goal']} | |"
    ratio = "reference missing"
    if "ratio" in row:
        low, high = row["ratio_spread"]
        ratio = f"{row['ratio']:.2f} × ({low:.2f}–{high:.2f})"
    goal = row["goal"] + "".join(f"; {name} missed" for name in row["missed"])
    memory = f"{row['memory_mb']:.0f} MB" if row["memory_mb"] > row["memory_seen_mb"] else "not seen"
    return (f"| {row['work']} | {row['reference']} | {row['seconds'] * 1e3:.0f} ms | {ratio} | {goal} "
            f"| {memory} |")


def stage_lines(stages):
    """The budget of the warm run beside what each plan took, as Markdown; a word where the program tells no stages."""
    told = {plan: took for plan, took in stages.items() if took}
    if not told:
        return ["The stages of the cached run are not told by this program."]
    lines = [f"| stage of the cached run | budget | {' | '.join(told)} |", f"|---|---|{'---|' * len(told)}"]
    known = {part for _, parts, _ in BUDGET for part in parts}
    others = [(name, [name], None) for name in dict.fromkeys(name for took in told.values() for name in took)
              if name not in known]
    for name, parts, budget in BUDGET + others:
        took = [sum(took.get(part, 0.0) for part in parts) for took in told.values()]
        cells = [f"{each:.1f} ms" + ("; missed" if budget and each > budget else "") for each in took]
        lines.append(f"| {name} | {f'{budget} ms' if budget else ''} | {' | '.join(cells)} |")
    return lines


def tables(results):
    """All tables as README.md shows them."""
    used = ", ".join(f"{name} {version}" for name, version in results["references"].items())
    about = (f"Whole processes on {results['cores']} cores, in turn, medians of {results['runs']} pairs after one to warm "
             "up, in brackets the least and the most. Memory is the peak, where it is above that of the script that "
             f"measures. Beside {used}.")
    lines = [textwrap.fill(about, 120), "",
             "| work, over Django 5.2 | reference | ours | ratio | goal | memory |", "|---|---|---|---|---|---|",
             *map(line, results["rows"]), "", *stage_lines(results["stages"])]
    return "\n".join(lines + ["", *large.lines(results["large"])])


def versions(bench):
    """The references' versions, as they tell them."""
    asked = {"ast-grep": bench.ast_grep, "ripgrep": bench.rg, "jq": bench.jq}
    told = {name: subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
            for name, path in asked.items() if path}
    return {name: re.search(r"\d+(\.\d+)+", text)[0] for name, text in told.items()}


def publish(results):
    """Writes results.json and the tables of README.md."""
    with open(os.path.join(HERE, "results.json"), "w") as file:
        json.dump(results, file, indent=2, ensure_ascii=False)
        file.write("\n")
    path = os.path.join(ROOT, "README.md")
    with open(path) as file:
        text = file.read()
    before, rest = text.split("<!-- speed: begin -->\n", 1)
    _, behind = rest.split("<!-- speed: end -->", 1)
    with open(path, "w") as file:
        file.write(f"{before}<!-- speed: begin -->\n{tables(results)}\n<!-- speed: end -->{behind}")


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="?", type=int, default=7)
    parser.add_argument("--only", metavar="SUBSTRING", default="", help="only rows whose work holds it; write nothing")
    parser.add_argument("--large", action="store_true", help="5 million lines, too")
    parser.add_argument("--program", help="measure this one, build nothing")
    parser.add_argument("--written", action="store_true", help="measure nothing, write the tables from results.json")
    return parser.parse_args()


def main():
    args = options()
    if args.written:
        with open(os.path.join(HERE, "results.json")) as file:
            publish(json.load(file))
        return
    if not args.program:
        subprocess.run(["cargo", "build", "--release", "-q"], check=True, cwd=ROOT)
    places, ast_grep = corpora.fetch()
    program = Program(os.path.abspath(args.program or os.path.join(ROOT, "target", "release", "qplan")),
                      corpora.scratch())
    if not program.has_cache:
        print("this program has neither --cache-dir nor --no-cache: rows of a cache are left out", file=sys.stderr)
    bench = Bench(program, places, ast_grep)
    results = {"cores": len(os.sched_getaffinity(0)), "runs": args.runs, "program": program.version,
               "references": versions(bench), "rows": [], "stages": {}, "large": None}
    for row in bench.rows():
        if args.only in row.work:
            results["rows"].append(measured(row, args.runs))
            print(line(results["rows"][-1]), flush=True)
    if program.has_cache and args.only in "stages":
        results["stages"] = {name: program.stages(path, *bench.root, runs=args.runs) for name, path in bench.plans()}
        print(*stage_lines(results["stages"]), sep="\n", flush=True)
    if args.large:
        results["large"] = large.measured(program, args.runs, args.only)
    shutil.rmtree(program.scratch, ignore_errors=True)
    if not args.only:
        publish(results)


if __name__ == "__main__":
    main()
