#!/usr/bin/env python3
"""Where a run spends its instructions, by stage: q + search + calls over Django on one thread, cold and warm.

usage: profile.py [--program PATH] [--plan FILE] [--root DIR] [--top N] [--counts FILE]

Counted by callgrind (`valgrind` on the path), printed as Markdown for NOTES.md. A function belongs to the stage its name
tells; one that serves all (copies, allocation, tables, iterators) to the stages that call it, by what each of them spends
in it. `--counts` reads a file that callgrind wrote before, instead of running anything.
"""

import argparse
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile

import corpora
import plans
from measure import ENVIRONMENT, Program

HERE = os.path.dirname(os.path.abspath(__file__))
# The first that is found in a function's name is its stage.
STAGES = [
    ("drop of ruff's tree", r"^core::ptr::drop_in_place<.*ruff_python_ast|^thin_vec::drop_non_singleton"),
    ("serves all", r"^<?(core|alloc|std|hashbrown|rayon|rayon_core|memchr|rustc_hash|thin_vec|smallvec|crossbeam\w*"
                   r"|indexmap)::|^<.* as core::(iter|clone|cmp|fmt|hash|ops)|^(mi|_mi)_|^_*(mem|str)\w+$"),
    ("ruff's lexer and parser", r"ruff_python_parser|ruff_python_ast|ruff_text_size"),
    ("look at the depth", r"qplan::languages::python::facts::depth"),
    ("lines", r"qplan::facts::lines"),
    ("encode of facts", r"Encoder|bitcode::.*(encod|(?<!un)pack_)|qplan::facts::(codec|segment)::.*(encode|write)"),
    ("decode of facts", r"Decoder|bitcode::|qplan::facts::(codec|segment)::"),
    ("statements to look at", r"qplan::languages::(statements|python::facts::extents)|qplan::scan::pattern::statement"),
    ("visit to facts", r"qplan::languages::(python|rust)::|qplan::facts::(build|trivia)"),
    ("tree-sitter", r"^ts_|tree_sitter|qplan::languages::(tree|grammars|allocator)"),
    ("cache", r"qplan::scan::cache|qplan::cli::cache"),
    ("manifest", r"qplan::scan::(manifest|stamp|digest)"),
    ("hash of bytes", r"blake3"),
    ("literals first", r"qplan::scan::prefilter|aho_corasick"),
    ("text search", r"qplan::scan::search|grep_\w+::|regex_automata|regex_syntax|regex::"),
    ("patterns", r"ast_grep|qplan::scan::(pattern|ruled|visit::matches)|qplan::query"),
    ("walk", r"qplan::scan::(walk|scope)|ignore::|globset::|walkdir::"),
    ("read", r"qplan::scan::read|qplan::system|encoding_rs|qplan::languages::(text|encoding)"),
    ("session", r"qplan::scan"),
    ("facts looked at", r"qplan::facts"),
    ("model and resolution", r"qplan::project"),
    ("actions", r"qplan::actions|qplan::action"),
    ("output", r"qplan::report|qplan::run|qplan::cli|serde_json|qplan::value"),
    ("start", r"qplan::(syntax|step|check|exec|diagnostic|main)|chumsky|clap|^_dl_|^do_lookup|^dl_|^check_match|^_start"),
]
PATTERNS = [(stage, re.compile(text)) for stage, text in STAGES]


class Counts:
    """What callgrind wrote: instructions by function, and of each call by its two ends."""

    def __init__(self, path):
        self.own, self.calls = collections.Counter(), collections.Counter()
        self.names = {}
        with open(path) as file:
            self.read(file)

    def read(self, file):
        caller = callee = None
        for text in file:
            if text.startswith("fn="):
                caller = self.name(text[3:])
            elif text.startswith("cfn="):
                callee = self.name(text[4:])
            elif text[0] in "0123456789+-*":
                spent = int(text.split()[1])
                if callee is None:
                    self.own[caller] += spent
                else:
                    self.calls[caller, callee] += spent
                    callee = None

    def name(self, text):
        """A name, written out once and then by its number; recursion's cycles are one function."""
        number, _, name = text.strip().partition(" ")
        if name:
            self.names[number] = re.sub(r"'\d+$", "", name)
        return self.names[number]


def stage_of(function):
    """The stage that a function's name tells; nothing where it serves all."""
    for stage, pattern in PATTERNS:
        if pattern.search(function):
            return None if stage == "serves all" else stage
    return None


def shares(counts, rounds=60):
    """By stage, its instructions by function: what serves all is handed up to its callers until it has met a stage."""
    callers = collections.defaultdict(dict)
    for (caller, callee), spent in counts.calls.items():
        if caller != callee:
            callers[callee][caller] = spent
    parts = {function: {stage: 1.0} if (stage := stage_of(function)) else {}
             for function in {*counts.own, *(name for pair in counts.calls for name in pair)}}
    serving = [function for function, part in parts.items() if not part]
    for _ in range(rounds):
        for function in serving:
            parts[function] = mixed(callers[function], parts)
    found = collections.defaultdict(collections.Counter)
    for function, spent in counts.own.items():
        for stage, share in parts[function].items():
            found[stage][function] += spent * share
        found["not told apart"][function] += spent * (1 - sum(parts[function].values()))
    return found


def mixed(callers, parts):
    """The stages of those who call, by what each call spends."""
    whole = sum(callers.values())
    mixture = collections.Counter()
    for caller, spent in callers.items():
        for stage, share in parts[caller].items():
            mixture[stage] += share * spent / whole
    return mixture


def table(title, counts, top):
    """The stages by their share, as Markdown, each with the functions that spend most in it."""
    found = shares(counts)
    whole = sum(counts.own.values())
    lines = [f"| {title}: {whole / 1e6:,.0f} million instructions | share |", "|---|---|"]
    for stage, functions in sorted(found.items(), key=lambda item: -sum(item[1].values())):
        share = sum(functions.values()) / whole
        if share >= 0.0005:
            lines.append(f"| {stage} | {share:.1%} |")
            lines += [f"| … `{name}` | {spent / whole:.1%} |" for name, spent in functions.most_common(top)]
    total = sum(sum(functions.values()) for functions in found.values()) / whole
    return "\n".join([*lines, f"| sum | {total:.1%} |"])


def counted(command):
    """The counts of a run under callgrind."""
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "counts")
        done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={path}", *command],
                              env=ENVIRONMENT, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr)
        return Counts(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(os.path.dirname(HERE), "target", "release", "qplan"))
    parser.add_argument("--plan", help="another plan")
    parser.add_argument("--root", help="another repository than Django")
    parser.add_argument("--top", type=int, default=0, help="the functions that spend most in each stage")
    parser.add_argument("--counts", help="a file of callgrind's")
    args = parser.parse_args()
    if args.counts:
        print(table("counted before", Counts(args.counts), args.top))
        return
    root = args.root or corpora.fetch()[0]["django"]
    program = Program(os.path.abspath(args.program), corpora.scratch())
    ask = [args.plan or plans.meaning(), "--root", root, "--jobs", "1"]
    print(table("cold", counted(program.cold(*ask).command), args.top), flush=True)
    if not program.has_cache:
        print("\nthis program has no cache: there is no warm run")
        return
    warm = program.warm(*ask)
    warm.prepare()
    warm.run()
    print(f"\n{table('warm', counted(warm.command), args.top)}")
    shutil.rmtree(program.scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
