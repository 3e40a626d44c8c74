#!/usr/bin/env python3
"""Whether a result depends on how it came about: the whole JSON of every plan, on every corpus, in every state.

usage: same_answers.py [--program PATH] [--corpus NAME]… [--only SUBSTRING]

Without a cache = with one that is being filled = with a filled one = edited and reverted = touched = moved = by one, two
and four threads = with what other plans left in the cache, byte for byte but for what tells of the run itself (VOLATILE);
an edited file's answer equals that of a run without a cache. Prints each difference, and how many there were.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys

import corpora
import plans
from measure import ENVIRONMENT, Program, clear

HERE = os.path.dirname(os.path.abspath(__file__))
# What tells of the run, not of the code: times, names and places of the run, what was read and what was known before.
VOLATILE = {"run", "elapsed_ms", "cached", "parsed", "bytes_read", "scans", "parses_per_file", "files_cached"}
PYTHON = {
    "functions": ['q "entity=function name=*e*" limit=20000'],
    "methods": ['q "entity=method name=get*"', 'q "entity=method name=~^(set|add)_"'],
    "classes": ['q entity=class'],
    "callsites": ['q "entity=callsite name=append"', 'q "entity=callsite name=~^get_" limit=5000'],
    "imports": ['q entity=import limit=20000'],
    "patterns": [f"q pattern=r'{pattern}'" for pattern in sorted({*plans.FIVE["rare"], *plans.FIVE["common"]})],
    "pattern without names": [f"q pattern=r'{plans.ANY}' limit=5000"],
    "relations": ["q 'entity=callsite name=append inside=\"class $C\"'",
                  "q pattern='return $X' inside='def $F($$$A): $$$B' inside.stopBy=end has='len($Z)' has.stopBy=end"],
    "searches": ["search get", "search self limit=2000", 'search "^import [a-z]+$" mode=regex',
                 'search "os.path" include_strings=true', "search error ignore_case=true limit=2000"],
    "calls": ["calls __init__", "calls get", "calls close", "calls exists"],
}
RUST = {
    "functions": ['q "entity=function name=*"'],
    "methods": ['q "entity=method name=new"', 'q "entity=method name=~^(set|poll)_"'],
    "classes": ['q entity=class'],
    "callsites": ['q "entity=callsite name=unwrap"', 'q "entity=callsite name=~^is_"'],
    "imports": ['q entity=import'],
    "patterns": [f"q pattern='{pattern}'" for pattern in ["$X.unwrap()", "Some($X)", "$X.clone()", "unsafe { $$$B }"]],
    "pattern without names": ["q pattern='$F($X)' limit=5000"],
    "relations": ["q pattern='$X.unwrap()' inside='impl $T { $$$B }' inside.stopBy=end"],
    "searches": ["search new", "search self limit=2000", r'search r"fn\s+\w+" mode=regex', "search poll ignore_case=true"],
    "calls": ["calls new", "calls is_empty", "calls clone"],
}
PLANS = {"django": PYTHON, "stdlib": PYTHON, "tokio": RUST, "syn": RUST}


class Corpus:
    """A copy of a corpus, with the file in it that is edited."""

    def __init__(self, name, source):
        self.name, self.folder = name, os.path.join(corpora.BENCH, "same", name)
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(source, self.folder, symlinks=True)
        self.files = sorted(os.path.join(folder, name) for folder, _, names in os.walk(self.folder)
                            for name in names if name.endswith(corpora.SOURCES))
        self.edited = max(self.files, key=lambda path: (os.path.getsize(path), path))

    def edit(self):
        """Gives a file an end that most of the questions see."""
        more = {".rs": "\n\npub fn get_edited() { new(1).unwrap().parse(); }\n"}
        with open(self.edited, "ab") as file:
            file.write(more.get(os.path.splitext(self.edited)[1], "\n\ndef get_edited(x):\n    x.append(get(x))\n").encode())

    def revert(self, text):
        with open(self.edited, "wb") as file:
            file.write(text)

    def touch(self):
        for path in self.files:
            os.utime(path)

    def text(self):
        with open(self.edited, "rb") as file:
            return file.read()


class Comparison:
    """One plan over one corpus: runs it and holds each result to the first."""

    def __init__(self, program, corpus, name, path):
        self.program, self.corpus, self.name, self.path = program, corpus, name, path
        self.cache = os.path.join(program.scratch, "same")
        self.runs = self.differences = 0

    def run(self, *options, root=None):
        """The result of a run, without what is volatile."""
        command = [self.program.path, self.path, "--root", root or self.corpus.folder, "--format", "json", *options]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT, check=False)
        if not done.stdout:
            sys.exit(f"{' '.join(command)}\n{done.stderr.decode(errors='replace')}")
        self.runs += 1
        return stripped(json.loads(done.stdout))

    def cold(self, *options):
        return self.run(*options, *(["--no-cache"] if self.program.has_cache else []))

    def cached(self, *options, root=None):
        return self.run(*options, "--cache-dir", self.cache, root=root)

    def hold(self, state, result, expected):
        """Says where the two part, if they do."""
        if json.dumps(result) != json.dumps(expected):
            self.differences += 1
            print(f"DIFFERENT\t{self.corpus.name}\t{self.name}\t{state}\t{parting(expected, result)}", flush=True)

    def all(self):
        expected = self.cold("--jobs", "1")
        for jobs in "24":
            self.hold(f"--jobs {jobs}", self.cold("--jobs", jobs), expected)
        if self.program.has_cache:
            self.states(expected)
        state = "DIFFERENT" if self.differences else "equal"
        print(f"{state}\t{self.corpus.name}\t{self.name}\t{self.runs} runs\t{counts(expected)}", flush=True)
        return self.differences

    def states(self, expected):
        """Each state of the cache, one after another, in one folder."""
        clear(self.cache)
        self.hold("cache written", self.cached(), expected)
        for jobs in "124":
            self.hold(f"cached, --jobs {jobs}", self.cached("--jobs", jobs), expected)
        text = self.corpus.text()
        self.corpus.edit()
        changed = self.cold()
        self.hold("edited", self.cached(), changed)
        self.hold("edited, cached", self.cached(), changed)
        self.corpus.revert(text)
        self.hold("edited and reverted", self.cached(), expected)
        self.corpus.touch()
        self.hold("touched", self.cached(), expected)
        moved = self.corpus.folder + ".moved"
        os.rename(self.corpus.folder, moved)
        self.hold("moved", self.cached(root=moved), expected)
        os.rename(moved, self.corpus.folder)
        shared = os.path.join(self.program.scratch, "shared")
        self.hold("with what other plans left", self.run("--cache-dir", shared), expected)


def stripped(value):
    """A result without what is volatile, at any depth."""
    if isinstance(value, dict):
        return {name: stripped(part) for name, part in value.items() if name not in VOLATILE}
    return [stripped(part) for part in value] if isinstance(value, list) else value


def parting(one, other, way="result"):
    """The first place where two values differ, and how."""
    if isinstance(one, dict) and isinstance(other, dict) and list(one) == list(other):
        pairs = [(f"{way}.{name}", one[name], other[name]) for name in one]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = [(f"{way}[{i}]", *pair) for i, pair in enumerate(zip(one, other))]
    else:
        return f"{way}: {json.dumps(one)[:120]} became {json.dumps(other)[:120]}"
    return next((parting(a, b, inner) for inner, a, b in pairs if json.dumps(a) != json.dumps(b)), way)


def counts(result):
    """How much was compared: the rows of each answer."""
    return " ".join(str(action.get("count")) for action in result["actions"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(os.path.dirname(HERE), "target", "release", "qplan"))
    parser.add_argument("--corpus", action="append", choices=PLANS, help="only this one")
    parser.add_argument("--only", default="", help="only plans whose name holds this")
    args = parser.parse_args()
    program = Program(os.path.abspath(args.program), corpora.scratch())
    if not program.has_cache:
        print("this program has no cache: only numbers of threads are compared")
    places = {**corpora.fetch()[0], "stdlib": corpora.stdlib()}
    differences = 0
    clear(os.path.join(program.scratch, "shared"))
    for name in args.corpus or PLANS:
        corpus = Corpus(name, places[name])
        for kind, statements in PLANS[name].items():
            if args.only in kind:
                path = plans.asking(f"same-{name}-{kind.replace(' ', '-')}", statements)
                differences += Comparison(program, corpus, kind, path).all()
    for left in (program.scratch, os.path.join(corpora.BENCH, "same")):
        shutil.rmtree(left, ignore_errors=True)
    print(f"{differences} results differ")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
