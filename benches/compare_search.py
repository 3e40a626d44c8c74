#!/usr/bin/env python3
"""Compares the totals of `qplan search` with `rg --count-matches` over the same files.

usage: compare_search.py CORPUS [--program qplan] [--rg rg]
"""

import argparse
import json
import subprocess
import sys

SEARCHES = [
    ("get_queryset", "auto"), ("self", "identifier"), ("request.user", "auto"), ("os.path", "identifier"),
    ("def", "literal"), ("test_", "literal"), ("a.b", "literal"), ("hello world", "auto"), ("-> ", "literal"),
    (r"def \w+_set\b", "regex"), (r"^import\s+\w+$", "regex"), (r"[A-Z]{3,}", "regex"), (r"foo|bar", "auto"),
    (r"\bé", "regex"), (r"x*", "regex"), ("unwrap", "identifier"), (r"fn\s+\w+", "regex"), ("Poll::Ready", "auto"),
]
FLAGS = {"identifier": ["-w", "-F"], "regex": [], "literal": ["-F"]}
TYPES = ["-g", "*.py", "-g", "*.pyi", "-g", "*.rs"]


def theirs(args, text, mode, extra):
    command = [args.rg, "--no-config", "--no-messages", "--count-matches", "--no-filename", "--include-zero", *TYPES]
    command += [*FLAGS[mode], *extra, "-e", text, "."]
    done = subprocess.run(command, cwd=args.corpus, capture_output=True, text=True, check=False)
    return sum(int(line) for line in done.stdout.split())


def ours(args, text, mode, extra):
    command = [args.program, "search", text, "--mode", mode, "--limit", "0", "--root", args.corpus, "--format", "json"]
    command += ["--ignore_case", "true"] if extra else []
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        sys.exit(done.stderr)
    action = json.loads(done.stdout)["actions"][0]
    return action["count"], action["summary"]["mode"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--program", default="target/release/qplan")
    parser.add_argument("--rg", default="rg")
    args = parser.parse_args()
    different = 0
    for text, mode in SEARCHES:
        for extra in ([], ["-i"]):
            count, effective = ours(args, text, mode, extra)
            expected = theirs(args, text, effective, extra)
            different += count != expected
            state = "equal" if count == expected else "DIFFERENT"
            print(f"{state}\t{text}\t{effective}{' -i' if extra else ''}\trg {expected}\tqplan {count}")
    print(f"{different} searches differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
