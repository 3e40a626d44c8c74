"""The 5 million lines: time and memory as they grow, cold and warm, and whether the whole is the sum of its parts."""

import subprocess

import corpora
import plans
from measure import ENVIRONMENT, alone

FRACTIONS = [1, 2, 4, 8]
# Peak memory in MB, and how much more processor time a line may take in the whole than in an eighth.
MEMORY, STEEPER = 1024, 1.25


def measured(program, runs, only=""):
    """Rows of growth for each plan, and the sums, printed as they come."""
    folder, parts = corpora.large()
    results = {"lines": sum(part["lines"] for part in parts), "files": sum(part["files"] for part in parts),
               "growth": [], "sums": sums(program, folder) if only in "the sum of the parts" else []}
    for name, path in [("q + search + calls", plans.meaning(plans.LARGE)),
                       (f"{len(plans.STEPS)} of the 12 steps", plans.twelve(plans.LARGE))]:
        for state in ["nothing cached", "nothing cached, cache written", "cached"]:
            if only in f"{name}, {state}" and (program.has_cache or state == "nothing cached"):
                results["growth"] += growth(program, f"{name}, {state}", state, path, folder, parts, runs)
    print(*lines(results), sep="\n")
    return results


def growth(program, work, state, path, folder, parts, runs):
    """One plan over an eighth, a quarter, a half and the whole."""
    run = {"nothing cached": program.cold, "cached": program.warm}.get(state, program.filling)
    rows = []
    for taken in FRACTIONS:
        scope = [word for part in range(taken) for word in ("--in", f"part-{part}")]
        took = alone(run(path, "--root", folder, *scope), runs)
        rows.append({"work": work, "lines": sum(part["lines"] for part in parts[:taken]), **took})
        rows[-1]["a_line"] = a_line(rows[-1]) / a_line(rows[0])
    return rows


def a_line(row):
    return row["processor_seconds"] / row["lines"]


def sums(program, folder):
    """Counts over the whole beside the sum of those over each part alone."""
    path = plans.sums()
    whole = counts(program, path, folder, range(corpora.PARTS))
    alone_each = [counts(program, path, folder, [part]) for part in range(corpora.PARTS)]
    return [{"question": question, "whole": whole[i], "parts": sum(each[i] for each in alone_each)}
            for i, question in enumerate(plans.SUMS)]


def counts(program, path, folder, parts):
    """What the plan prints: a count for each question."""
    scope = [word for part in parts for word in ("--in", f"part-{part}")]
    command = program.cold(path, "--root", folder, *scope, "--quiet").command
    done = subprocess.run(command, stdout=subprocess.PIPE, env=ENVIRONMENT, text=True, check=True)
    return [int(count) for count in done.stdout.split()]


def lines(results):
    """The tables as Markdown."""
    if not results:
        return ["5 million lines were not measured in this run."]
    rows = [f"| {row['work']} | {row['lines'] / 1e6:.2f} | {row['seconds']:.2f} s "
            f"({row['seconds_spread'][0]:.2f}–{row['seconds_spread'][1]:.2f}) | {steepness(row)} "
            f"| {memory(row)} |" for row in results["growth"]]
    return [f"Over {results['lines'] / 1e6:.1f} million lines of Python and Rust in {results['files']:,} files, and over "
            "an eighth, a quarter and a half of them:", "",
            "| work | million lines | took | processor time a line, an eighth = 1 | memory |", "|---|---|---|---|---|", *rows, "",
            *summed(results["sums"])]


def steepness(row):
    return f"{row['a_line']:.2f} ×" + ("; goal ≤ 1.25 × missed" if row["a_line"] > STEEPER else "")


def memory(row):
    return f"{row['memory_mb']:.0f} MB" + ("; goal ≤ 1 GB missed" if row["memory_mb"] > MEMORY else "")


def summed(rows):
    """Whether the counts are the sums, and each that is not."""
    if not rows:
        return []
    wrong = [f"- `{row['question']}`: {row['whole']} over the whole, {row['parts']} over the parts"
             for row in rows if row["whole"] != row["parts"]]
    if wrong:
        return [f"Of {len(rows)} questions that nothing has to be resolved for, these are not the sum of the eight parts:",
                "", *wrong]
    return [f"The counts of {len(rows)} questions that nothing has to be resolved for are, over the whole, the sums of "
            "those over the eight parts."]
