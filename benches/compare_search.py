#!/usr/bin/env python3
"""Compares the totals of `qplan search` with `rg --count-matches` over the same files.

usage: compare_search.py [CORPUS] [--program qplan] [--rg rg]

A ripgrep with PCRE2 is needed. Without a corpus, each search is asked of Django and of tokio, as corpora.py fetches them.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys

import corpora

SEARCHES = [
    ("get_queryset", "auto"), ("self", "identifier"), ("request.user", "auto"), ("os.path", "identifier"),
    ("def", "literal"), ("test_", "literal"), ("a.b", "literal"), ("hello world", "auto"), ("-> ", "literal"),
    (r"def \w+_set\b", "regex"), (r"^import\s+\w+$", "regex"), (r"[A-Z]{3,}", "regex"), (r"foo|bar", "auto"),
    (r"\bé", "regex"), (r"x*", "regex"), ("unwrap", "identifier"), (r"fn\s+\w+", "regex"), ("Poll::Ready", "auto"),
    ("_", "identifier"), ("Model", "auto"), ("None", "identifier"), ("nowhere_at_all", "auto"), ("é", "literal"),
    ("#[cfg(", "literal"), ("\\n", "literal"), ("->", "auto"), (r"\s+$", "regex"), (r"^\s*#", "regex"), (r"^$", "regex"),
    (r"\p{Lu}\p{Ll}+Error\b", "regex"), (r"(?i)todo|fixme", "regex"), (r"\d+(\.\d+)+", "regex"),
    (r"self\.\w+\(", "regex"), (r"[^\x00-\x7f]+", "regex"), (r".{100,}", "regex"), (r"\b\w{20,30}\b", "regex"),
]
# What only PCRE2 searches: `rg -P`. Without what looks at the sign in front of a line: there ripgrep counts by what it
# has of the text before, where it decided that the line matches by the line alone.
LOOK_AROUND = [
    r"\w+(?=\()", r"\bself\b(?!\.)", r"(?<=def )\w+", r"(?<!\.)\bopen\(", r"(?<=fn )\w+(?=<)", r"\b(\w)\1\w*",
    r"(['\"])\w+\1", r"\b(\w+) \1\b", r"^(?=.*import)(?=.*as ).*$", r"(?<![\w.])None(?!\w)", r"(?<=é)\w", r"\b(?=\p{Lu})",
    r"(?!\s)$", r"(?<=\bimpl )(?!<)\w+", r"x(?=y)|(?<=y)x",
]
SEARCHES += [(text, "look-around") for text in LOOK_AROUND]
FLAGS = {"identifier": ["-w", "-F"], "regex": [], "literal": ["-F"], "look-around": ["-P"]}
TYPES = ["-g", "*.py", "-g", "*.pyi", "-g", "*.rs"]


def theirs(args, corpus, text, mode, extra):
    command = [args.rg, "--no-config", "--no-messages", "--count-matches", "--no-filename", "--include-zero", *TYPES]
    command += [*FLAGS[mode], *extra, "-e", text, "."]
    done = subprocess.run(command, cwd=corpus, capture_output=True, text=True, check=False)
    return sum(int(line) for line in done.stdout.split())


def ours(args, corpus, text, mode, extra):
    asked = "regex" if mode == "look-around" else mode
    command = [args.program, "search", text, "--mode", asked, "--limit", "0", "--root", corpus, "--format", "json", "--no-cache"]
    command += ["--ignore-case"] if extra else []
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        sys.exit(done.stderr)
    action = json.loads(done.stdout)["actions"][0]
    for part in action["coverage"]["unparsable"]:
        if part["reason"].startswith("too many steps"):
            print(f"in part: {part}")
    return action["count"], mode if mode == "look-around" else action["summary"]["mode"]


def program(name):
    """The program's whole path, since it runs in the corpus."""
    found = shutil.which(name)
    if found is None:
        sys.exit(f"there is no program `{name}`")
    return str(pathlib.Path(found).absolute())


def compare(args, corpus):
    """How many searches differ."""
    print(corpus)
    different = 0
    for text, mode in SEARCHES:
        for extra in ([], ["-i"]):
            count, effective = ours(args, corpus, text, mode, extra)
            expected = theirs(args, corpus, text, effective, extra)
            different += count != expected
            state = "equal" if count == expected else "DIFFERENT"
            print(f"{state}\t{text}\t{effective}{' -i' if extra else ''}\trg {expected}\tqplan {count}")
    return different


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="?")
    parser.add_argument("--program", default="target/release/qplan")
    parser.add_argument("--rg", default="rg")
    args = parser.parse_args()
    args.rg, args.program = program(args.rg), program(args.program)
    if subprocess.run([args.rg, "--pcre2-version"], capture_output=True, check=False).returncode != 0:
        sys.exit(f"{args.rg} has no PCRE2: `cargo install ripgrep --features pcre2 --root DIR`, then `--rg DIR/bin/rg`")
    places = [args.corpus] if args.corpus else [corpora.fetch()[0][name] for name in ("django", "tokio")]
    different = sum(compare(args, corpus) for corpus in places)
    print(f"{different} of {len(SEARCHES) * 2 * len(places)} searches differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
