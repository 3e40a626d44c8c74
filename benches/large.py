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
        took = alone(run(path, *root(folder, range(taken))), runs)
        rows.append({"work": work, "lines": sum(part["lines"] for part in parts[:taken]), **took})
        rows[-1]["a_line"] = a_line(rows[-1]) / a_line(rows[0])
    return rows


def a_line(row):
    return row["processor_seconds"] / row["lines"]


def sums(program, folder):
    """Counts over the whole, cold and cached, beside the sum of those over each part alone."""
    path = plans.sums()
    whole, ways = range(corpora.PARTS), {"whole": program.cold}
    if program.has_cache:
        ways.update(filling=program.warm, cached=program.warm)
        program.warm().prepare()
    told = {name: counts(way(path, *root(folder, whole))) for name, way in ways.items()}
    each = [counts(program.cold(path, *root(folder, [part]))) for part in whole]
    told["parts"] = [sum(part) for part in zip(*each)]
    return [{"question": question, **{name: found[i] for name, found in told.items()}}
            for i, question in enumerate(plans.SUMS)]


def root(folder, parts):
    return ["--root", folder, *(word for part in parts for word in ("--in", f"part-{part}"))]


def counts(side):
    """What the plan prints: a count for each question."""
    done = subprocess.run([*side.command, "--quiet"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          env=ENVIRONMENT, text=True, check=True)
    return [int(count) for count in done.stdout.split()]


def lines(results):
    """The tables as Markdown."""
    if not results:
        return ["5 million lines were not measured in this run."]
    rows = [[row for row in results["growth"] if row["work"] == work]
            for work in dict.fromkeys(row["work"] for row in results["growth"])]
    sizes = " | ".join(f"{row['lines'] / 1e6:.2f}" for row in rows[0]) if rows else ""
    return [f"Over {results['lines'] / 1e6:.1f} million lines of Python and Rust in {results['files']:,} files, and over an",
            "eighth, a quarter and a half of them; goals are 1 GB for the whole, and that a line takes no more than",
            f"{STEEPER} × the processor time that it takes in an eighth:", "",
            f"| million lines | {sizes} | processor time a line | memory |", f"|---|{'---|' * len(FRACTIONS)}---|---|",
            *map(grown, rows), "", *summed(results["sums"])]


def grown(rows):
    """One plan over all the fractions."""
    whole = rows[-1]
    steeper = "; missed" if whole["a_line"] > STEEPER else ""
    larger = "; missed" if whole["memory_mb"] > MEMORY else ""
    return (f"| {whole['work']} | {' | '.join(format(row['seconds'], '.2f') + ' s' for row in rows)} "
            f"| {' – '.join(format(row['a_line'], '.2f') for row in rows)}{steeper} "
            f"| {' – '.join(format(row['memory_mb'], '.0f') for row in rows)} MB{larger} |")


def summed(rows):
    """Whether the counts are the sums, and each that is not."""
    if not rows:
        return []
    wrong = [f"- `{row['question']}`: " + ", ".join(f"{name} {row[name]}" for name in row if name != "question")
             for row in rows if len({row[name] for name in row if name != "question"}) > 1]
    if wrong:
        return [f"Of {len(rows)} questions that nothing has to be resolved for, these count otherwise over the whole than over",
                "the parts, or cold than cached:", "", *wrong]
    cached = ", cold and cached," if "cached" in rows[0] else ""
    return [f"The counts of {len(rows)} questions that nothing has to be resolved for are, over the whole{cached} the sums",
            "of those over the eight parts."]
