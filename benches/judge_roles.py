#!/usr/bin/env python3
"""Judges the roles of hits: words drawn at random, each searched for in its file, in Python by CPython's own parser, in
Rust by tree-sitter's grammar (`rust_roles.py`).

usage: judge_roles.py [CORPUS …] [--lang python|rust] [--program qplan] [--hits 200] [--seed 1]

Without a corpus, Django is taken for Python, tokio and syn for Rust, as corpora.py fetches them. Words in the holes of
f-strings are not drawn: CPython before 3.12 does not say where they stand.
"""

import argparse
import ast
import io
import json
import pathlib
import random
import re
import subprocess
import sys
import tokenize

import corpora

WORD = re.compile(r"\b[A-Za-z_]\w*\b")


class Judge(ast.NodeVisitor):
    """Roles of the names of one file by line and column."""

    def __init__(self, source):
        self.lines = source.splitlines(keepends=True)
        self.roles = {}
        self.regions = []
        self.docstrings = set()
        self.exports = set()
        self.quoted = []
        self.tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
        self.visit(ast.parse(source))
        self.keywords()

    def column(self, line, offset):
        return len(self.lines[line - 1].encode()[:offset].decode())

    def at(self, node):
        return node.lineno, self.column(node.lineno, node.col_offset)

    def end(self, node, name):
        return node.end_lineno, self.column(node.end_lineno, node.end_col_offset) - len(name)

    def put(self, place, role):
        self.roles.setdefault(place, role)

    def keywords(self):
        """Names that the tree does not place: behind `def`, `class`, and `as` of an `except`."""
        names = [t for t in self.tokens if t.type not in (tokenize.NL, tokenize.COMMENT)]
        for before, token in zip(names, names[1:]):
            if before.string in ("def", "class") and token.type == tokenize.NAME:
                self.put(token.start, "definition")
            if before.string == "as" and token.type == tokenize.NAME:
                self.put(token.start, "assignment")

    def region(self, node, role):
        self.regions.append((self.at(node), (node.end_lineno, self.column(node.end_lineno, node.end_col_offset)), role))

    def visit_Import(self, node):
        self.region(node, "import")

    def visit_ImportFrom(self, node):
        self.region(node, "from_import")

    def visit_Global(self, node):
        self.region(node, "reference")

    visit_Nonlocal = visit_Global

    def document(self, node):
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            self.docstrings.add(first.value.lineno)

    def visit_Module(self, node):
        self.document(node)
        for stmt in node.body:
            self.export(stmt)
        self.generic_visit(node)

    def export(self, stmt):
        """Strings of `__all__`, set, added to, extended or appended to."""
        targets = getattr(stmt, "targets", [getattr(stmt, "target", None)])
        is_all = lambda node: isinstance(node, ast.Name) and node.id == "__all__"
        call = stmt.value if isinstance(stmt, ast.Expr) and isinstance(stmt.value, ast.Call) else None
        calls = call and isinstance(call.func, ast.Attribute) and is_all(call.func.value)
        if any(map(is_all, targets)) or calls:
            for node in ast.walk(stmt):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    self.exports.add(self.at(node))

    def decorators(self, node):
        for decorator in node.decorator_list:
            head = decorator.func if isinstance(decorator, ast.Call) else decorator
            while isinstance(head, ast.Attribute):
                self.put(self.end(head, head.attr), "decorator")
                head = head.value
            if isinstance(head, ast.Name):
                self.put(self.at(head), "decorator")

    def visit_FunctionDef(self, node):
        self.document(node)
        self.decorators(node)
        self.annotation(node.returns)
        self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        self.document(node)
        self.decorators(node)
        self.generic_visit(node)

    def annotation(self, node):
        if node is None:
            return
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call):
                self.call(inner)
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name):
                self.put(self.at(inner), "annotation")
            elif isinstance(inner, ast.Attribute):
                self.put(self.end(inner, inner.attr), "annotation")
            elif isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                self.quoted.append(self.at(inner))

    def visit_AnnAssign(self, node):
        self.annotation(node.annotation)
        self.generic_visit(node)

    def visit_arg(self, node):
        self.put(self.at(node), "parameter")
        self.annotation(node.annotation)
        self.generic_visit(node)

    def call(self, node):
        if isinstance(node.func, ast.Name):
            self.put(self.at(node.func), "callsite")
        elif isinstance(node.func, ast.Attribute):
            self.put(self.end(node.func, node.func.attr), "callsite")

    def visit_Call(self, node):
        self.call(node)
        self.generic_visit(node)

    def visit_keyword(self, node):
        if node.arg is not None:
            self.put(self.at(node), "keyword_argument")
        self.generic_visit(node)

    def visit_Name(self, node):
        self.put(self.at(node), "reference" if isinstance(node.ctx, ast.Load) else "assignment")

    def visit_Attribute(self, node):
        role = "attribute" if isinstance(node.ctx, ast.Load) else "assignment"
        self.put(self.end(node, node.attr), role)
        self.generic_visit(node)

    def visit_MatchAs(self, node):
        if node.name is not None:
            self.put(self.end(node, node.name), "assignment")
        self.generic_visit(node)

    def role(self, line, column):
        """The role of the word at a place; `None` where CPython does not tell."""
        place = (line, column)
        for token in self.tokens:
            if token.start <= place < token.end and token.type == tokenize.COMMENT:
                return "comment_match"
            if token.start <= place < token.end and token.type == tokenize.STRING:
                return self.string(token)
        if place in self.roles:
            return self.roles[place]
        for start, end, role in self.regions:
            if start <= place < end:
                return None if self.lines[line - 1][column:].startswith(("global", "nonlocal")) else role
        return "text_match"

    def string(self, token):
        prefix = token.string.split(token.string.lstrip("rRbBuUfF")[0])[0].lower()
        if "f" in prefix and "{" in token.string or token.start in self.quoted:
            return None
        if token.start in self.exports:
            return "export"
        return "docstring_match" if token.start[0] in self.docstrings else "string_match"


def python_sources(corpus):
    """Files that CPython's parser reads, as text."""
    for path in sorted(pathlib.Path(corpus).rglob("*.py")):
        try:
            with tokenize.open(path) as file:
                text = file.read()
            ast.parse(text)
            yield path, text
        except (SyntaxError, UnicodeDecodeError, ValueError):
            continue


def python_role(text, line, column):
    role = Judge(text).role(line, column)
    return role and {role}


def rust_sources(corpus):
    """Files that the grammar reads, as text."""
    import rust_roles
    for path in sorted(pathlib.Path(corpus).rglob("*.rs")):
        text = path.read_bytes().decode()
        if rust_roles.Judge(text).is_whole:
            yield path, text


def rust_role(text, line, column):
    import rust_roles
    return rust_roles.Judge(text).role(line, column)


LANGUAGES = {
    "python": ("CPython", ["django"], python_sources, python_role),
    "rust": ("the grammar", ["tokio", "syn"], rust_sources, rust_role),
}


def ours(args, path, word):
    """Roles by line and column."""
    command = [args.program, "search", rf"\b{word}\b", "--mode", "regex", "--include-strings", "--in", path.name]
    command += ["--root", str(path.parent), "--format", "json", "--no-cache"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        sys.exit(done.stderr)
    rows = json.loads(done.stdout)["actions"][0]["rows"]
    return {(row["line"], row["col"]): row["kind"] for row in rows}


def judge(args, language):
    """Whether 99 of 100 roles are right."""
    authority, names, sources, role = LANGUAGES[language]
    corpora_of = args.corpus or [corpora.fetch()[0][name] for name in names]
    draw = random.Random(args.seed)
    files = [file for corpus in corpora_of for file in sources(corpus)]
    weights = [len(text) for _, text in files]
    judged = right = 0
    while judged < args.hits:
        path, text = draw.choices(files, weights)[0]
        words = [(n, hit) for n, line in enumerate(text.split("\n"), 1) for hit in WORD.finditer(line)]
        if not words:
            continue
        line, hit = draw.choice(words)
        expected = role(text, line, hit.start())
        if expected is None:
            continue
        actual = ours(args, path, hit.group()).get((line, hit.start() + 1))
        judged += 1
        right += actual in expected
        if actual not in expected:
            said = " or ".join(sorted(expected))
            print(f"{path}:{line}:{hit.start() + 1}: {hit.group()}: {authority} {said}, qplan {actual}")
    print(f"{language}: {right} of {judged} right ({100 * right / judged:.1f} %)")
    return right >= 0.99 * judged


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="*")
    parser.add_argument("--lang", choices=sorted(LANGUAGES), action="append")
    parser.add_argument("--program", default="target/release/qplan")
    parser.add_argument("--hits", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    sys.path.append(corpora.grammars())
    is_right = [judge(args, language) for language in args.lang or sorted(LANGUAGES)]
    return 0 if all(is_right) else 1


if __name__ == "__main__":
    sys.exit(main())
