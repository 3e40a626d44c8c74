"""The plans and patterns that are measured and compared, and nothing of how."""

import os

import corpora

ONE = "getattr($X, $Y, $Z)"
ANY = "$F($X)"
FIVE = {
    "rare": [ONE, "setattr($X, $Y, $Z)", "warnings.warn($$$A)", "functools.partial($$$A)", "hasattr($X, $Y)"],
    "common": [ONE, "super().__init__($$$A)", "raise $E from $X", "warnings.warn($$$A)", "$X.objects.filter($$$A)"],
}
TURNS = 1_000_000

# A name that is searched and a function whose calls are listed; the large corpus has its own, which each part of it knows.
DJANGO = ("get_queryset", "get_object_or_404")
LARGE = ("create_snapshot", "create_snapshot")

# The plan of twelve questions; what has no statement yet waits for its action.
TWELVE = [
    ("q function by name", 'q "entity=function name=NAME"'),
    ("q class by regex", 'q r"entity=class name=~^Base.*Manager$"'),
    ("one pattern", f"q pattern=r'{ONE}' lang=python"),
    ("search", "search NAME"),
    ("calls", "calls TARGET"),
    ("impact", None),
    ("sig-impact", None),
    ("imports with cycles", None),
    ("exceptions", None),
    ("side-effects", None),
    ("scopes", None),
    ("neighborhood", None),
]
STEPS = [(name, statement) for name, statement in TWELVE if statement]
MISSING = [name for name, statement in TWELVE if not statement]

# Questions whose counts over a whole are the sums of those over its parts: nothing in them is resolved.
SUMS = [
    'q "entity=function name=get_*"',
    'q "entity=method name=__init__"',
    'q r"entity=class name=~^Base"',
    'q "entity=callsite name=append"',
    'q "entity=import name=os"',
    f"q pattern=r'{ONE}' lang=python",
    "q pattern='$X.unwrap()' lang=rust",
    "search request",
    'search "hello world"',
    'search "get_[a-z]+s" mode=regex',
]


def write(name, text):
    """Puts a plan beside the corpora: its path."""
    folder = os.path.join(corpora.BENCH, "plans")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def asking(name, statements):
    """A plan of these questions that prints their counts in one line."""
    asked = "".join(f"  {statement} -> r{i}\n" for i, statement in enumerate(statements))
    counts = ", ".join(f"r{i}.count" for i in range(len(statements)))
    return write(f"{name}.qp", f'step "Ask" {{\n{asked}  print {counts}\n}}\n')


def meaning(names=DJANGO):
    """q + search + calls."""
    wanted = ("q function by name", "search", "calls")
    return asking(f"meaning-{names[0]}", [about(names, statement) for name, statement in STEPS if name in wanted])


def twelve(names=DJANGO):
    """As many of the twelve questions as there are actions for, a step each."""
    steps = "".join(f'step "{name}" {{\n  {about(names, statement)} -> r\n  print r.count\n}}\n'
                    for name, statement in STEPS)
    return write(f"twelve-{names[0]}.qp", steps)


def about(names, statement):
    return statement.replace("NAME", names[0]).replace("TARGET", names[1])


def five(kind):
    """Five patterns in one plan, of `rare` or `common` names."""
    return asking(f"five-{kind}", [f"q pattern=r'{pattern}'" for pattern in FIVE[kind]])


def hi():
    return write("hi.qp", 'step "Hi" { print "hi" }\n')


def turns():
    """A loop that does nothing else."""
    return write("turns.qp", f'step "Turns" {{\n  var i = 0\n  while i < {TURNS} {{ var i = i + 1 }}\n  print i\n}}\n')


def sums():
    return asking("sums", SUMS)
