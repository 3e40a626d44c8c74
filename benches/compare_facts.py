#!/usr/bin/env python3
"""Compares the facts of Python sources with CPython's own `ast` and `symtable`, record by record with places.

usage: compare_facts.py [CORPUS] [--program qplan]

Without a corpus, Django is compared, as corpora.py fetches it. Of the tables definitions, parameters, imports, names,
attributes, calls, keys, operators and simple statements are compared, and what each scope does with each name. The
local Python must be 3.10 or 3.11: later ones have no scopes for comprehensions, earlier ones no patterns. What stands in
f-strings has no places there and is compared by kind and name alone.
"""

import argparse
import ast
import collections
import io
import json
import pathlib
import subprocess
import symtable
import sys
import tokenize

import corpora

TABLES = "errors,defs,params,imports,scopes,symbols,stmts,exprs"
SOME = 40  # files a call of the program
SIMPLE = {"Return": "return", "Raise": "raise", "Assert": "assert", "Break": "break", "Continue": "continue",
          "Pass": "pass", "Expr": "expr", "Import": "import", "ImportFrom": "import"}
PARAMS = [("posonlyargs", "positional_only"), ("args", "positional"), ("vararg", "star"),
          ("kwonlyargs", "keyword_only"), ("kwarg", "double_star")]
BINDS = {"assigned", "defined", "deleted", "iterated"}


class Oracle:
    """The records of one file as CPython tells them."""

    def __init__(self, text, tree):
        self.lines = [line.encode() for line in io.StringIO(text, newline=None).read().split("\n")]
        self.found = collections.Counter()
        holes = [n for n in ast.walk(tree) if isinstance(n, ast.JoinedStr)]
        self.placeless = {id(n) for hole in holes for n in ast.walk(hole) if sys.version_info < (3, 12)}
        for node in ast.walk(tree):
            self.node(node)

    def at(self, node):
        if id(node) in self.placeless:
            return None
        return "-".join(
            f"{line}:{len(self.lines[line - 1][:col].decode()) + 1}"
            for line, col in ((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)))

    def add(self, *record):
        self.found[record] += 1

    def node(self, n):
        kind = type(n).__name__
        if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            start = self.at(n).split("-")[0]
            word = "class" if kind == "ClassDef" else "async" if kind[0] == "A" else "function"
            self.add("def", word, n.name, start, len(n.decorator_list))
        if isinstance(n, ast.arguments):
            for field, word in PARAMS:
                found = getattr(n, field)
                for arg in found if isinstance(found, list) else [found] if found else []:
                    self.add("param", word, arg.arg, arg.annotation is not None)
        elif isinstance(n, (ast.Import, ast.ImportFrom)):
            for alias in n.names:
                plain = alias.name.split(".")[0] if kind == "Import" else alias.name
                binds = "" if alias.name == "*" else alias.asname or plain
                self.add("import", binds, getattr(n, "level", 0), self.at(alias))
        elif isinstance(n, ast.Name):
            self.add("name", n.id, type(n.ctx).__name__.lower(), self.at(n))
        elif isinstance(n, ast.Attribute):
            self.add("attr", n.attr, type(n.ctx).__name__.lower(), self.at(n))
        elif isinstance(n, (ast.Call, ast.Subscript, ast.BinOp, ast.Await, ast.Yield, ast.YieldFrom)):
            words = {"Subscript": "index", "BinOp": "binary", "YieldFrom": "yield_from"}
            self.add(words.get(kind, kind.lower()), "", "", self.at(n))
        if isinstance(n, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and n.name:
            self.add("name", n.name, "store", None)
        if isinstance(n, ast.MatchMapping) and n.rest:
            self.add("name", n.rest, "store", None)
        if kind in SIMPLE:
            self.add("stmt", SIMPLE[kind], self.at(n))


def ours(tables):
    """The same records as the program tells them."""
    found = collections.Counter()
    for d in tables["defs"]:
        if d["kind"] in ("function", "class"):
            word = "async" if "async" in d.get("flags", []) else d["kind"]
            found["def", word, d["name"], d["head"].split("-")[0], len(d.get("decorators", []))] += 1
    for p in tables["params"]:
        found["param", p["kind"], p["name"], "type" in p] += 1
    for i in tables["imports"]:
        found["import", i.get("binds", ""), i.get("level", 0), i["at"]] += 1
    for e in tables["exprs"]:
        flags = e.get("flags", [])
        if "quoted" in flags:
            continue
        context = "store" if "store" in flags else "del" if "del" in flags else "load"
        if e["kind"] in ("name", "attr"):
            found[e["kind"], e["name"], context, e["at"]] += 1
        elif e["kind"] in ("call", "index", "binary", "await", "yield", "yield_from"):
            found[e["kind"], "", "", e["at"]] += 1
    for s in tables["stmts"]:
        if s["kind"] in SIMPLE.values():
            found["stmt", s["kind"], s["at"]] += 1
    return found


def different(have, want):
    """The records that only one of them has, once those without places are matched."""
    extra, missing = have - want, want - have
    for record in [r for r in missing if r[-1] is None]:
        for other in [r for r in extra if r[:-1] == record[:-1]]:
            both = min(extra[other], missing[record])
            extra[other] -= both
            missing[record] -= both
    return +extra, +missing


def mangled(name, owner):
    bare = (owner or "").lstrip("_")
    return f"_{bare}{name}" if bare and name.startswith("__") and not name.endswith("__") else name


def symbols(top):
    """(name, what is done with it) by scope as a sorted list: scopes are compared as a bag."""
    found = collections.Counter()
    waiting = [top]
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        names = []
        for s in table.get_symbols():
            flags = s._Symbol__flags
            # What a scope has only because an inner one declares or needs it says nothing about the scope itself.
            own = s.is_referenced() or s.is_parameter() or s.is_imported() or flags & 0b1010
            if s.get_name() not in (".0", "__class__") and own:
                names.append((s.get_name(), s.is_parameter(), bool(flags & 2), s.is_referenced(), s.is_imported()))
        found[table.get_type(), tuple(sorted(names))] += 1
    return found


def run_of(run):
    if run is None:
        return range(0)
    first, _, last = run.partition("-")
    return range(int(first[1:]) - 1, int((last or first)[1:]))


def our_symbols(tables):
    found = collections.Counter()
    defs, scopes = tables["defs"], tables["scopes"]
    for scope in scopes:
        around, owner = scope, None
        while around and not owner:
            owner = defs[int(around["def"][1:]) - 1].get("name") if around["kind"] == "class" else None
            around = scopes[int(around["parent"][1:]) - 1] if "parent" in around else None
        names = []
        for index in run_of(scope.get("symbols")):
            symbol = tables["symbols"][index]
            flags = set(symbol["flags"])
            if flags & {"global"} == flags or symbol["name"] == "__class__":
                continue
            names.append((mangled(symbol["name"], owner), "param" in flags, bool(flags & BINDS),
                          "referenced" in flags, "imported" in flags))
        kind = scope["kind"] if scope["kind"] in ("module", "class") else "function"
        found[kind, tuple(sorted(names))] += 1
    return found


def compare(file, totals):
    """Prints what differs in a file; gives whether anything does."""
    path, tables = file["file"], file["tables"]
    try:
        with tokenize.open(path) as source:
            text = source.read()
        tree = ast.parse(text)
        table = symtable.symtable(text, path, "exec")
    except (SyntaxError, ValueError):
        totals["rejected by CPython"] += 1
        return not tables["errors"]
    have, want = ours(tables), Oracle(text, tree).found
    for record, count in have.items():
        totals[record[0]] += count
    differing = [*different(have, want), *different(our_symbols(tables), symbols(table))]
    for sign, records in zip("+-+-", differing):
        for record in list(records)[:3]:
            print(path, sign, str(record)[:200])
    return any(differing)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", nargs="?")
    parser.add_argument("--program", default="qplan")
    args = parser.parse_args()
    corpus = args.corpus or corpora.sdist("Django", "5.2", corpora.venv())
    files = sorted(str(f) for f in pathlib.Path(corpus).rglob("*.py"))
    totals, wrong = collections.Counter(), 0
    for start in range(0, len(files), SOME):
        command = [args.program, "facts", *files[start:start + SOME], "--table", TABLES, "--format", "json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        wrong += sum(compare(file, totals) for file in json.loads(done.stdout))
    print(dict(totals), f"{len(files)} files, {wrong} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
