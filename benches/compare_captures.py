#!/usr/bin/env python3
"""Compares the names that functions share, `free` and `cells` of `q entity=function`, with CPython's code objects.

usage: compare_captures.py [CORPUS…] [--program qplan]

Without a corpus, Django and the standard library are compared, as corpora.py fetches them. The version asked for is that of
the Python that runs this, so another one compares other rules: comprehensions are functions up to 3.11. Functions that the
compiler drops, such as those under `if 0`, and files that it rejects are counted apart. Lambdas are no rows.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tokenize
import types
import warnings

import corpora

SHOWN = 20


def functions(code):
    """(first line, name) of every function in a code object → the names it takes and those taken from it."""
    found = collections.defaultdict(list)
    waiting = [code]
    while waiting:
        code = waiting.pop()
        waiting += [const for const in code.co_consts if isinstance(const, types.CodeType)]
        if not code.co_name.startswith("<") and code.co_flags & 1:
            found[code.co_firstlineno, code.co_name].append((sorted(code.co_freevars), sorted(code.co_cellvars)))
    return found


def oracle(path):
    """None where CPython rejects the file."""
    try:
        with tokenize.open(path) as source:
            return functions(compile(source.read(), str(path), "exec", dont_inherit=True))
    except (SyntaxError, ValueError, RecursionError):
        return None


def rows(program, corpus):
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    command = [program, "q", "entity=function expand=scope", "--lang", "python", "--root", str(corpus), "--python-version", version,
               "--limit", "10000000", "--format", "json", "--no-cache"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        sys.exit(done.stderr)
    action = json.loads(done.stdout)["actions"][0]
    if action["count"] != len(action["rows"]):
        sys.exit(f"{action['count']} counted, {len(action['rows'])} shown")
    return action["rows"]


def compare(program, corpus):
    """Prints the sums and what differs; gives how many functions differ."""
    known, sums, differing = {}, collections.Counter(), 0
    for row in rows(program, corpus):
        file = row["file"]
        if file not in known:
            known[file] = oracle(corpus / file)
        if known[file] is None:
            sums["in rejected files"] += 1
            continue
        same = known[file].get((row["full"][0], row["name"]))
        if not same:
            sums["dropped by the compiler"] += 1
            continue
        sums["compared"] += 1
        have = row["free"], row["cells"]
        sums["with names that cross"] += bool(have[0] or have[1])
        if have in same:
            same.remove(have)
            continue
        differing += 1
        if differing <= SHOWN:
            want = same[0]
            print(f"{file}:{row['line']}: {row['name']}: free {have[0]} for {want[0]}, cells {have[1]} for {want[1]}")
    parts = ", ".join(f"{count} {what}" for what, count in sorted(sums.items()))
    print(f"{corpus.name}, Python {sys.version.split()[0]}: {parts}; {differing} differ")
    return differing


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="*")
    parser.add_argument("--program", default="target/release/qplan")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    wanted = args.corpus or [corpora.sdist("Django", "5.2", corpora.venv()), corpora.stdlib()]
    return 1 if sum(compare(args.program, pathlib.Path(corpus)) for corpus in wanted) else 0


if __name__ == "__main__":
    sys.exit(main())
