#!/usr/bin/env python3
"""Compares what `q entity=…` lists of Python sources with CPython's own `ast`, row by row with file, place and name.

usage: compare_entities.py [CORPUS] [--program qplan]

Without a corpus, Django and the standard library are compared, as corpora.py fetches them. Files that CPython rejects and
files that the program left out are counted apart; in all others every row must be the other's, and the sums must add up.
The local Python must be 3.10 or later. Before 3.12 it does not say where what stands in f-strings is: that is compared by
file and name alone. An entity that the program refuses is named, and nothing is said of it.
"""

import argparse
import ast
import collections
import io
import json
import pathlib
import subprocess
import sys
import tokenize
import warnings

import corpora

ENTITIES = ["function", "method", "class", "callsite", "import", "decorator", "parameter"]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Oracle:
    """The rows of one file as CPython tells them: entity → (line, column, name), no place where it is not known."""

    def __init__(self, text, tree):
        self.lines = [line.encode() for line in io.StringIO(text, newline=None).read().split("\n")]
        self.found = collections.defaultdict(collections.Counter)
        holes = [n for n in ast.walk(tree) if isinstance(n, ast.JoinedStr)]
        self.placeless = {id(n) for hole in holes for n in ast.walk(hole) if sys.version_info < (3, 12)}
        self.walk(tree)

    def walk(self, tree):
        """Every node with whether the innermost definition around it is a class."""
        waiting = [(tree, False)]
        while waiting:
            node, in_class = waiting.pop()
            self.node(node, in_class)
            if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                body = {id(n) for n in node.body}
                inner = isinstance(node, ast.ClassDef)
                waiting += [(n, inner if id(n) in body else in_class) for n in ast.iter_child_nodes(node)]
            else:
                waiting += [(n, in_class) for n in ast.iter_child_nodes(node)]

    def add(self, entity, node, name):
        place = (None, None)
        if id(node) not in self.placeless:
            place = node.lineno, len(self.lines[node.lineno - 1][:node.col_offset].decode()) + 1
        self.found[entity][*place, name] += 1

    def node(self, node, in_class):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and node.decorator_list:
            self.add("decorator", node, node.name)
        if isinstance(node, FUNCTIONS):
            self.add("function", node, node.name)
            if in_class:
                self.add("method", node, node.name)
        elif isinstance(node, ast.ClassDef):
            self.add("class", node, node.name)
        elif isinstance(node, ast.arg):
            self.add("parameter", node, node.arg)
        elif isinstance(node, ast.Call):
            callee = node.func
            self.add("callsite", node, getattr(callee, "id", None) or getattr(callee, "attr", None))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                plain = alias.name.split(".")[0] if isinstance(node, ast.Import) else alias.name
                self.add("import", alias, alias.asname or plain)


def oracle(path):
    """None where CPython rejects the file."""
    try:
        with tokenize.open(path) as source:
            text = source.read()
        return Oracle(text, ast.parse(text)).found
    except (SyntaxError, ValueError):
        return None


def answer(args, corpus, entity):
    """The rows by file, and the files and directories left out; no rows, and why, where the program refuses."""
    command = [args.program, "q", f"entity={entity}", "--lang", "python", "--root", corpus, "--format", "json", "--no-cache"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        return None, done.stderr.strip().splitlines()[0]
    action = json.loads(done.stdout)["actions"][0]
    if action.get("error"):
        return None, action["error"]["message"]
    if action["count"] != len(action["rows"]):
        sys.exit(f"{entity}: {action['count']} counted, {len(action['rows'])} shown")
    rows = collections.defaultdict(collections.Counter)
    for row in action["rows"]:
        rows[row["file"]][row["line"], row["col"], row.get("name")] += 1
    return rows, [skipped["file"] for skipped in action["coverage"]["skipped"]]


def different(have, want):
    """The rows that only one of them has, once those without places are matched by name."""
    extra, missing = have - want, want - have
    for row in [r for r in missing if r[0] is None]:
        for other in [r for r in extra if r[-1] == row[-1]]:
            both = min(extra[other], missing[row])
            extra[other] -= both
            missing[row] -= both
    return +extra, +missing


def compare(entity, rows, skipped, files):
    """Prints the sums and what differs of one entity; gives how many rows differ."""
    sums = collections.Counter()
    differing = 0
    for file, found in files.items():
        have = rows.get(file, collections.Counter())
        want = found[entity] if found is not None else collections.Counter()
        sums["CPython"] += want.total()
        if found is None:
            sums["recovered of rejected files"] += have.total()
            continue
        if any(file == left or file.startswith(left + "/") for left in skipped):
            sums["in files left out"] -= want.total()
            want = collections.Counter()
        for sign, only in zip("+-", different(have, want)):
            differing += only.total()
            for line, column, name in sorted(only, key=str)[:5]:
                print(f"{file}:{line}:{column}: {sign} {entity} {name}")
    ours = sum(found.total() for found in rows.values())
    strange = sorted(set(rows) - set(files))
    parts = "".join(f" {count:+} {what}" for what, count in sums.items() if what != "CPython" and count)
    unexplained = ours - sums.total()
    print(f"{entity}: {sums['CPython']} by CPython{parts} = {sums.total()}, {ours} listed, {differing} rows differ")
    for file in strange:
        print(f"{file}: listed, but no file of the corpus")
    return differing + abs(unexplained) + len(strange)


def compared(args, corpus):
    """Prints the comparison of one corpus; gives how many rows of it are unexplained."""
    found = (f for kind in ("*.py", "*.pyi") for f in corpus.rglob(kind) if f.is_file() and not f.is_symlink())
    files = {str(f.relative_to(corpus)): oracle(f) for f in sorted(found)}
    rejected = [file for file, rows in files.items() if rows is None]
    print(f"{corpus.name}: {len(files)} files; {len(rejected)} rejected by CPython: {rejected}")
    wrong, left, refused = 0, set(), 0
    for entity in ENTITIES:
        rows, skipped = answer(args, str(corpus), entity)
        if rows is None:
            print(f"{entity}: refused: {skipped}")
            refused += 1
            continue
        wrong += compare(entity, rows, skipped, files)
        left |= {f for f in files if any(f == s or f.startswith(s + "/") for s in skipped)}
    print(f"{corpus.name}: {len(left)} files left out by the program: {sorted(left)}")
    print(f"{corpus.name}: {wrong} unexplained, {refused} entities refused")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="?")
    parser.add_argument("--program", default="target/release/qplan")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    places = [args.corpus] if args.corpus else [corpora.sdist("Django", "5.2", corpora.venv()), corpora.stdlib()]
    wrong = sum([compared(args, pathlib.Path(place)) for place in places])
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
