#!/usr/bin/env python3
"""Compares pattern matches with ast-grep's: spans and captures must be equal.

usage: compare_patterns.py [CORPUS] [--program qplan] [--ast-grep ast-grep] [--patterns FILE] [--relations FILE] [--lang LANG]

Without a corpus, Python patterns are asked of Django and Rust patterns of tokio, as corpora.py fetches them, ast-grep too.
Patterns whose language has no file in the corpus compare as equal (no match on either side).
A pattern that qplan refuses is shown with the reason: ast-grep takes patterns that do not parse.
ast-grep answers `signature` only for files that hold the pattern's longest text; its own library, which ignores texts
there, does not, and neither does qplan: such files are left out of the comparison.
Patterns with relations are compared with a rule of `ast-grep scan`; without their captures of many nodes, which it mixes
with its labels.
"""

import argparse
import collections
import json
import pathlib
import shutil
import subprocess
import sys

import corpora


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="?")
    parser.add_argument("--program", default="target/release/qplan")
    parser.add_argument("--ast-grep")
    parser.add_argument("--patterns", default=str(pathlib.Path(__file__).with_name("patterns.txt")))
    parser.add_argument("--relations", default=str(pathlib.Path(__file__).with_name("relations.txt")))
    parser.add_argument("--lang")
    args = parser.parse_args()
    places, fetched = ({}, None) if args.corpus and args.ast_grep else corpora.fetch()
    args.ast_grep = program(args.ast_grep or fetched)
    args.program = program(args.program)
    args.corpora = {"python": args.corpus or places["django"], "rust": args.corpus or places["tokio"]}
    return args


def program(name):
    """The program's whole path, since it runs in the corpus."""
    found = shutil.which(name)
    if found is None:
        sys.exit(f"there is no program `{name}`")
    return str(pathlib.Path(found).absolute())


def patterns(path, lang):
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            language, pattern, *strictness = line.split("\t")
            if lang in (None, language):
                yield language, pattern, strictness[0] if strictness else "smart"


def related(path, lang):
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            language, pattern, *parts = line.split("\t")
            if lang in (None, language):
                yield language, pattern, dict(part.split("=", 1) for part in parts)


def rule_of(language, pattern, parts):
    """The same as a rule of ast-grep's, whose format JSON is a part of."""
    rule = {"pattern": pattern}
    for key, value in parts.items():
        side, _, part = key.partition(".")
        relation = rule.setdefault(side, {})
        if part == "stopBy" and value not in ("neighbor", "end"):
            value = {"pattern": value}
        relation[part or "pattern"] = value
    return json.dumps({"id": "r", "language": language, "rule": rule})


def theirs(args, language, pattern, strictness):
    command = [args.ast_grep, "run", "-p", pattern, "-l", language, "--strictness", strictness, "--json=stream", "."]
    return found_by(args, language, command)


def found_by(args, language, command):
    done = subprocess.run(command, cwd=args.corpora[language], capture_output=True, text=True, check=False)
    found = collections.Counter()
    for line in done.stdout.splitlines():
        match = json.loads(line)
        start, end = match["range"]["start"], match["range"]["end"]
        span = (start["line"] + 1, start["column"] + 1, end["line"] + 1, end["column"] + 1)
        variables = match.get("metaVariables") or {"single": {}, "multi": {}}
        captures = {name: node["text"] for name, node in variables["single"].items()}
        captures |= {name: [node["text"] for node in nodes] for name, nodes in variables["multi"].items()}
        found[key(match["file"].removeprefix("./"), span, captures)] += 1
    return found


def ours(args, language, pattern, options):
    command = [args.program, "q", "--pattern", pattern, "--lang", language]
    command += [text for key, value in options.items() for text in (f"--{key}", value)]
    command += ["--root", args.corpora[language], "--format", "json", "--no-cache"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        return None, done.stderr.strip()
    answer = json.loads(done.stdout)["actions"][0]
    if answer.get("error"):
        return None, answer["error"]["message"]
    found = collections.Counter()
    for row in answer["rows"]:
        span = (row["line"], row["col"], row["end_line"], row["end_col"])
        found[key(row["file"], span, row.get("captures", {}))] += 1
    return found, None


def key(file, span, captures):
    # An ellipsis that took nothing is an empty list here and absent there.
    filled = {name: value for name, value in captures.items() if value != []}
    return file, span, json.dumps(filled, sort_keys=True, ensure_ascii=False)


def without_literal(corpus, pattern, found):
    longest = max(pattern.replace("(", " ").replace(")", " ").split(), key=len)
    held = {}

    def holds(file):
        if file not in held:
            held[file] = longest in pathlib.Path(corpus, file).read_text(encoding="utf-8", errors="replace")
        return held[file]

    return collections.Counter({k: n for k, n in found.items() if holds(k[0])})


def differs(label, expected, found, refused):
    if refused is not None:
        print(f"refused\t{label}\tast-grep: {sum(expected.values())}\t{refused.splitlines()[0]}")
        return False
    missing, extra = expected - found, found - expected
    print(f"{'DIFFERENT' if missing or extra else 'equal'}\t{label}\t{sum(expected.values())}")
    for name, rows in (("only ast-grep", missing), ("only qplan", extra)):
        for row in list(rows)[:5]:
            print(f"    {name}: {row}")
    return bool(missing or extra)


def without_lists(found):
    """Captures of one node each."""
    plain = collections.Counter()
    for (file, span, captures), number in found.items():
        single = {name: text for name, text in json.loads(captures).items() if isinstance(text, str)}
        plain[key(file, span, single)] += number
    return plain


def main():
    args = arguments()
    different = 0
    for language, pattern, strictness in patterns(args.patterns, args.lang):
        expected = theirs(args, language, pattern, strictness)
        found, refused = ours(args, language, pattern, {"pattern.strictness": strictness})
        if strictness == "signature" and found is not None:
            found = without_literal(args.corpora[language], pattern, found)
        different += differs(f"{language}\t{pattern}\t{strictness}", expected, found, refused)
    for language, pattern, parts in related(args.relations, args.lang):
        command = [args.ast_grep, "scan", "--inline-rules", rule_of(language, pattern, parts), "--json=stream", "."]
        expected = without_lists(found_by(args, language, command))
        found, refused = ours(args, language, pattern, parts)
        found = without_lists(found) if found is not None else None
        different += differs(f"{language}\t{pattern}\t{parts}", expected, found, refused)
    print(f"{different} patterns differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
