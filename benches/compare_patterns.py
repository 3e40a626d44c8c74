#!/usr/bin/env python3
"""Compares pattern matches with ast-grep's: spans and captures must be equal.

usage: compare_patterns.py [CORPUS] [--program qplan] [--ast-grep ast-grep] [--patterns FILE] [--relations FILE] [--lang LANG]
                           [--only REGEX] [--quick] [--fresh]

Without a corpus, Python patterns are asked of Django and the standard library, Rust patterns of tokio and syn, as
corpora.py fetches them, ast-grep too, and both of samples/, where those match that no corpus has. What ast-grep answers of
the pinned ones is kept beside them, by its version and arguments, until `--fresh`.
Patterns whose language has no file in the corpus compare as equal (no match on either side).
A pattern that qplan refuses is shown with the reason: ast-grep takes patterns that do not parse.
ast-grep answers `signature` only for files that hold the pattern's longest text; its own library, which ignores texts
there, does not, and neither does qplan: such files are left out of the comparison.
It reads no file that is not UTF-8, where Python may name another encoding: what only qplan finds there is counted apart.
Of answers so long that qplan cuts them, what it shows is compared, and how many there are.
Patterns with relations, composites, positions and filters are compared with a rule of `ast-grep scan`, which is asked all
of them at once; with `--quick` the plain patterns too, instead of a run for each.
"""

import argparse
import collections
import concurrent.futures
import contextlib
import functools
import gzip
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import corpora

CORPORA = {"python": ["django", "stdlib", "samples"], "rust": ["tokio", "syn", "samples"]}
KEPT = pathlib.Path(corpora.BENCH, "ast-grep-answers")
PATTERN_KEYS = ("selector", "strictness")
FILTER = re.compile(r"(\$\w+(?:=~|!=~|=!~))(.*)", re.DOTALL)
KIND = re.compile(r"[a-z]+(_[a-z]+)*")


class Refused(Exception):
    """One of the two does not take the question."""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="?")
    parser.add_argument("--program", default="target/release/qplan")
    parser.add_argument("--ast-grep")
    parser.add_argument("--patterns", default=str(pathlib.Path(__file__).with_name("patterns.txt")))
    parser.add_argument("--relations", default=str(pathlib.Path(__file__).with_name("relations.txt")))
    parser.add_argument("--lang", choices=sorted(CORPORA))
    parser.add_argument("--only", help="an expression that the line must hold")
    parser.add_argument("--quick", action="store_true", help="ask ast-grep all plain patterns at once")
    parser.add_argument("--fresh", action="store_true", help="ask ast-grep again")
    args = parser.parse_args()
    places, fetched = ({}, None) if args.corpus and args.ast_grep else corpora.fetch()
    if not args.corpus:
        places |= {"stdlib": corpora.stdlib(), "samples": str(pathlib.Path(__file__).with_name("samples").absolute())}
    args.ast_grep = program(args.ast_grep or fetched)
    args.version = subprocess.run([args.ast_grep, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    args.program = program(args.program)
    args.corpora = {language: [(args.corpus, args.corpus)] if args.corpus else [(name, places[name]) for name in names]
                    for language, names in CORPORA.items()}
    return args


def program(name):
    """The program's whole path, since it runs in the corpus."""
    found = shutil.which(name)
    if found is None:
        sys.exit(f"there is no program `{name}`")
    return str(pathlib.Path(found).absolute())


def lines(path, args):
    """Language, pattern and what else stands in each line; `\\n` in them is the end of a line."""
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#") and (args.only is None or re.search(args.only, line)):
            language, pattern, *parts = (part.replace("\\n", "\n") for part in line.split("\t"))
            if args.lang in (None, language):
                yield language, pattern, parts


def parted(text):
    """The items of a list: at commas outside of brackets and quotes. An item that is one quoted text is that text."""
    items, depth, quote, at = [""], 0, None, 0
    while at < len(text):
        char = text[at]
        if quote and char == "\\":
            items[-1] += text[at:at + 2]
            at += 2
            continue
        if quote:
            quote = None if char == quote else quote
        elif char in "'\"":
            quote = char
        else:
            depth += (char in "([{") - (char in ")]}")
        if char == "," and depth == 0 and not quote:
            items.append("")
        else:
            items[-1] += char
        at += 1
    return [unquoted(item.strip()) for item in items]


def unquoted(item):
    whole = re.fullmatch(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", item, re.DOTALL)
    return re.sub(r"\\(['\"\\])", r"\1", whole[1] or whole[2] or "") if whole else item


def rule_of(language, pattern, parts):
    """The same as a rule of ast-grep's, whose format JSON is a part of."""
    rule, constraints = {}, {}
    own = {part: parts[part] for part in PATTERN_KEYS if part in parts}
    if pattern != "-":
        rule["pattern"] = {"context": pattern} | own if own else pattern
    for key, value in parts.items():
        side, _, part = key.partition(".")
        if key.startswith("$"):
            rules = constraints.setdefault(key[1:].rstrip("!=~"), {"all": []})["all"]
            rules.append({"not": {"regex": value}} if "!" in key else {"regex": value})
        elif key in ("all", "any"):
            rule[key] = [{"pattern": item} for item in parted(value)]
        elif key == "not":
            rule[key] = {"pattern": value}
        elif side == "nthChild":
            position = rule.setdefault(side, {})
            if part == "ofRule":
                value = {"kind" if KIND.fullmatch(value) else "pattern": value}
            elif part == "reverse":
                value = value == "true"
            elif value.isdecimal():
                value = int(value)
            position[part or "position"] = value
        elif key not in own:
            if part == "stopBy" and value not in ("neighbor", "end"):
                value = {"pattern": value}
            rule.setdefault(side, {})[part or "pattern"] = value
    return {"id": "r", "language": language, "rule": rule} | ({"constraints": constraints} if constraints else {})


def query_of(pattern, parts):
    """The same as a query of qplan's."""
    words = [] if pattern == "-" else [f"pattern={quoted(pattern)}"]
    for key, value in parts.items():
        if key.startswith("$"):
            words.append(f"{key}{quoted(value)}")
        else:
            words.append(f"{'pattern.' if key in PATTERN_KEYS else ''}{key}={quoted(value)}")
    return " ".join(words)


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def theirs(args, question):
    """Their matches: those that are kept, or asked now."""
    kept = kept_at(args, question)
    if not kept.exists():
        keep(args, [question], asked_of(args, question.place, question.command))
    with gzip.open(kept, "rt", encoding="utf-8") as file:
        return counted(json.load(file))


def kept_at(args, question):
    """Where the answer is kept: what was asked where, and which version answered, name it."""
    asked = json.dumps([args.version, os.path.basename(question.place), question.command])
    folder = KEPT if question.pinned else pathlib.Path(args.scratch)
    return folder / f"{hashlib.sha256(asked.encode()).hexdigest()}.json.gz"


def keep(args, asked, found):
    answers = collections.defaultdict(list)
    for rule, match in found:
        answers[rule].append(match)
    for number, question in enumerate(asked):
        kept = kept_at(args, question)
        handle, stage = tempfile.mkstemp(dir=args.scratch)
        os.close(handle)
        with gzip.open(stage, "wt", compresslevel=1, encoding="utf-8") as file:
            json.dump(answers[f"r{number}" if len(asked) > 1 else question.id], file)
        shutil.move(stage, kept)


def asked_of(args, place, command):
    """What they find, each with the rule that found it."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        with subprocess.Popen([args.ast_grep, *command, "--json=stream", "."], cwd=place, text=True, encoding="utf-8",
                              stdout=subprocess.PIPE, stderr=errors) as asked:
            for line in asked.stdout:
                match = json.loads(line)
                yield match.get("ruleId"), match_of(match)
        errors.seek(0)
        told = errors.read()
        if told.startswith("Error"):
            raise Refused(" ".join(told.replace("╰▻", "").split()))


def ask_rules(args, asked):
    """Asks all rules of a corpus at once; if one of them is refused, each will be asked for itself."""
    by_place = collections.defaultdict(list)
    for question in asked:
        if question.rule and not kept_at(args, question).exists():
            by_place[question.place, question.language].append(question)
    for (place, _), missing in by_place.items():
        rules = "\n---\n".join(json.dumps(question.rule | {"id": f"r{n}"}) for n, question in enumerate(missing))
        if len(missing) > 1:
            with contextlib.suppress(Refused):
                keep(args, missing, asked_of(args, place, ["scan", "--inline-rules", rules]))


def match_of(match):
    start, end = match["range"]["start"], match["range"]["end"]
    span = (start["line"] + 1, start["column"] + 1, end["line"] + 1, end["column"] + 1)
    variables = match.get("metaVariables") or {"single": {}, "multi": {}}
    captures = {name: node["text"] for name, node in variables["single"].items()}
    # What a relation found is a list beside the variables, under a name that is none.
    captures |= {name: [node["text"] for node in nodes] for name, nodes in variables["multi"].items() if name != "secondary"}
    return match["file"].removeprefix("./"), span, captures


def ours(args, place, language, query):
    command = [args.program, "q", query, "--lang", language, "--root", place, "--format", "json", "--no-cache"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        raise Refused((done.stderr.strip() or "no answer").splitlines()[0])
    action = json.loads(done.stdout)["actions"][0]
    if action.get("error"):
        raise Refused(action["error"]["message"])
    found = counted((row["file"], [row[side] for side in ("line", "col", "end_line", "end_col")], row.get("captures", {}))
                    for row in action["rows"])
    return found, action["count"] - found.total()


def counted(found):
    return collections.Counter(key(*match) for match in found)


def key(file, span, captures):
    # An ellipsis that took nothing is an empty list here and absent there.
    filled = {name: value for name, value in captures.items() if value != []}
    return file, tuple(span), json.dumps(filled, sort_keys=True, ensure_ascii=False)


@functools.cache
def is_utf8(path):
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    return True


def without_literal(place, pattern, found):
    longest = max(pattern.replace("(", " ").replace(")", " ").split(), key=len)
    held = {}

    def holds(file):
        if file not in held:
            held[file] = longest in pathlib.Path(place, file).read_text(encoding="utf-8", errors="replace")
        return held[file]

    return collections.Counter({k: n for k, n in found.items() if holds(k[0])})


class Question:
    """A line of one of the files, asked of one corpus."""

    def __init__(self, args, corpus, place, language, pattern, parts, is_rule):
        self.corpus, self.place, self.language, self.pattern, self.parts = corpus, place, language, pattern, parts
        self.pinned = corpus != "samples" and not args.corpus
        self.rule = rule_of(language, pattern, parts) if is_rule or args.quick else None
        if self.rule:
            self.command = ["scan", "--inline-rules", json.dumps(self.rule)]
        else:
            strictness, selector = parts.get("strictness", "smart"), parts.get("selector")
            self.command = ["run", "-p", pattern, "-l", language, "--strictness", strictness]
            self.command += ["--selector", selector] if selector else []
        self.id = self.rule and self.rule["id"]
        # The matches in files that ast-grep does not read, and those that qplan counts without showing them.
        self.unread = self.cut = 0
        shown = "".join(f"\t{key}{'' if key.startswith('$') else '='}{value}" for key, value in parts.items())
        self.label = f"{corpus}\t{language}\t{pattern}{shown}".replace("\n", "\\n")

    def asked(self, args):
        """The matches of both, None where one refuses, and why."""
        reasons, expected, found = [], None, None
        try:
            expected = theirs(args, self)
        except Refused as reason:
            reasons.append(f"ast-grep: {reason}")
        try:
            found, self.cut = ours(args, self.place, self.language, query_of(self.pattern, self.parts))
            if self.parts.get("strictness") == "signature" and not self.rule:
                found = without_literal(self.place, self.pattern, found)
            read = {k: n for k, n in found.items() if is_utf8(pathlib.Path(self.place, k[0]))}
            self.unread = found.total() - sum(read.values())
            found = collections.Counter(read)
        except Refused as reason:
            reasons.append(f"qplan: {reason}")
        return self, expected, found, reasons


def questions(args):
    for language, pattern, parts in lines(args.patterns, args):
        given = dict(part.split("=", 1) if "=" in part else ("strictness", part) for part in parts)
        for corpus, place in args.corpora[language]:
            yield Question(args, corpus, place, language, pattern, given, False)
    for language, pattern, parts in lines(args.relations, args):
        given = {}
        for part in parts:
            filtered = FILTER.fullmatch(part)
            name, value = filtered.groups() if filtered else part.split("=", 1)
            if name in given:
                sys.exit(f"`{name}` stands twice beside `{pattern}`")
            given[name] = value
        for corpus, place in args.corpora[language]:
            yield Question(args, corpus, place, language, pattern, given, True)


def outcome(question, expected, found, reasons):
    """Prints how one question was answered: `refused`, `equal` or `DIFFERENT`."""
    if reasons:
        known = "" if expected is None else f"\tast-grep: {expected.total()}"
        print(f"refused\t{question.label}{known}\t{'; '.join(reasons)}", flush=True)
        return "refused"
    missing, extra = expected - found, found - expected
    if missing.total() <= question.cut:
        missing.clear()
    told = "DIFFERENT" if missing or extra else "equal"
    print(f"{told}\t{question.label}\t{expected.total()}{f', {question.cut} not shown' if question.cut else ''}", flush=True)
    for name, rows in (("only ast-grep", missing), ("only qplan", extra)):
        if rows:
            print(f"    {name}: {rows.total()}")
        for file, span, captures in sorted(rows)[:5]:
            print(f"        {file}:{span[0]}:{span[1]}-{span[2]}:{span[3]} {captures[:300]}")
    return told


def main():
    args = arguments()
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=KEPT) as args.scratch:
        return compared(args)


def compared(args):
    """Asks and prints everything; gives what the process answers."""
    sums = collections.defaultdict(collections.Counter)
    asked = list(questions(args))
    if args.fresh:
        for question in asked:
            kept_at(args, question).unlink(missing_ok=True)
    ask_rules(args, asked)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for question, expected, found, reasons in pool.map(lambda question: question.asked(args), asked):
            told = outcome(question, expected, found, reasons)
            of_corpus = sums[question.corpus]
            of_corpus.update(patterns=1, matches=0 if reasons else expected.total(), unread=question.unread)
            of_corpus[told] += 1
    for corpus, of_corpus in sums.items():
        print(f"{corpus}: {of_corpus['patterns']} patterns, {of_corpus['matches']} matches compared, "
              f"{of_corpus['DIFFERENT']} patterns differ, {of_corpus['refused']} refused; "
              f"{of_corpus['unread']} matches more in files that are not UTF-8")
    total = sum(sums.values(), collections.Counter())
    print(f"all {len(sums)} corpora: {total['patterns']} questions, {total['matches']} matches compared, "
          f"{total['DIFFERENT']} differ, {total['refused']} refused")
    return 1 if total["DIFFERENT"] else 0


if __name__ == "__main__":
    sys.exit(main())
