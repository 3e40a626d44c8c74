//! The codes of running a plan, each explained.

use super::{Code, Explanation};

/// The run was aborted.
pub const ABORTED: Code = Code("QP0501");
/// A step or the plan took too long.
pub const TIMEOUT: Code = Code("QP0502");
/// Too many jumps.
pub const TOO_MANY_JUMPS: Code = Code("QP0503");
/// Too many statements.
pub const TOO_MANY_STATEMENTS: Code = Code("QP0504");
/// A name without a known value.
pub const UNKNOWN_NAME: Code = Code("QP0505");
/// A function that does not exist.
pub const UNKNOWN_FUNCTION: Code = Code("QP0506");
/// Text that could not be read.
pub const UNREADABLE: Code = Code("QP0507");
/// A value that cannot be gone through.
pub const NOT_ITERABLE: Code = Code("QP0508");
/// More output than can be held.
pub const TOO_MUCH_OUTPUT: Code = Code("QP0509");
/// Modules that call each other too deep.
pub const TOO_DEEP: Code = Code("QP0510");
/// More memory than the run may take.
pub const TOO_MUCH_MEMORY: Code = Code("QP0511");
/// An operator got values it does not work on.
pub const OPERAND: Code = Code("QP0520");
/// A result that no number holds.
pub const OVERFLOW: Code = Code("QP0521");
/// A division by zero.
pub const DIVISION_BY_ZERO: Code = Code("QP0522");
/// Two values that have no order.
pub const NO_ORDER: Code = Code("QP0523");
/// A field or index of a number or boolean.
pub const NO_FIELDS: Code = Code("QP0524");
/// An index of the wrong kind.
pub const BAD_INDEX: Code = Code("QP0525");
/// A `set` through something that is not there.
pub const CANNOT_SET: Code = Code("QP0526");
/// A value over the bounds.
pub const TOO_BIG: Code = Code("QP0527");
/// A value a function cannot take.
pub const FUNCTION_VALUE: Code = Code("QP0528");
/// A path of a field that is not of the form.
pub const BAD_PATH: Code = Code("QP0529");
/// A computed text that is no regular expression.
pub const BAD_REGEX: Code = Code("QP0530");
/// A computed text that is no glob.
pub const BAD_GLOB: Code = Code("QP0531");
/// A failed `assert`.
pub const ASSERTION: Code = Code("QP0532");
/// A text that is no JSON.
pub const BAD_JSON: Code = Code("QP0533");
/// A text that is no time, date or format.
pub const BAD_TIME: Code = Code("QP0534");
/// A value an action cannot work on.
pub const ACTION_VALUE: Code = Code("QP0535");

/// Every code of this stage, in order.
pub(super) static TABLE: &[Explanation] = &[
    Explanation {
        code: ABORTED,
        title: "the run was aborted",
        text: "Ctrl-C, a signal or the library's handle ended the run. What is known until then is printed.",
        wrong: "",
        right: "",
    },
    Explanation {
        code: TIMEOUT,
        title: "the time given is over",
        text: "A step's `timeout` counts each attempt with its sub-steps; `--timeout` counts the whole plan.",
        wrong: "step \"Slow\" timeout=10ms {\n  sleep 1s\n}\n",
        right: "step \"Slow\" timeout=5s {\n  sleep 1ms\n}\n",
    },
    Explanation {
        code: TOO_MANY_JUMPS,
        title: "too many jumps",
        text: "A plan that jumps `--max-jumps` times is taken for endless; the message names the circle of steps.",
        wrong: "step \"A\" id=a {\n  print \"again\"\n}\nstep \"B\" {\n  jump to=\"a\"\n}\n",
        right: "step \"Start\" {\n  var n = 0\n}\nstep \"A\" id=a {\n  var n = n + 1\n}\nstep \"B\" {\n  if n < 3 { jump to=\"a\" }\n}\n",
    },
    Explanation {
        code: TOO_MANY_STATEMENTS,
        title: "too many statements",
        text: "A plan that runs `--max-statements` statements, each turn of a loop counted, is taken for endless.",
        wrong: "step \"A\" {\n  while true { var x = 1 }\n}\n",
        right: "step \"A\" {\n  var x = 0\n  while x < 3 { var x = x + 1 }\n}\n",
    },
    Explanation {
        code: UNKNOWN_NAME,
        title: "a name without a known value",
        text: "Where only constants and parameters can be read, a name has to be a parameter.",
        wrong: "",
        right: "",
    },
    Explanation {
        code: UNKNOWN_FUNCTION,
        title: "a function that does not exist",
        text: "Functions are built in; the check before a run finds this first.",
        wrong: "",
        right: "",
    },
    Explanation {
        code: UNREADABLE,
        title: "a part of the plan that could not be read",
        text: "The check before a run says what is wrong with it.",
        wrong: "",
        right: "",
    },
    Explanation {
        code: NOT_ITERABLE,
        title: "a value that cannot be gone through",
        text: "`each` goes over lists, tables, objects and the characters of strings.",
        wrong: "step \"A\" {\n  var n = 3\n  each x in n { print x }\n}\n",
        right: "step \"A\" {\n  var n = [3]\n  each x in n { print x }\n}\n",
    },
    Explanation {
        code: TOO_MUCH_OUTPUT,
        title: "more output than can be held",
        text: "`--format json` holds every printed line until the end; `--format text` holds none.",
        wrong: "// qplan plan.qp --format json\nstep \"Print\" {\n  var text = \"0123456789abcdef\"\n  var n = 0\n  while n < 20 { set text = text + text; set n = n + 1 }\n  while n < 40 { print text; set n = n + 1 }\n}\n",
        right: "// qplan plan.qp --format json\nstep \"Print\" {\n  var text = \"0123456789abcdef\"\n  var n = 0\n  while n < 20 { set text = text + text; set n = n + 1 }\n  while n < 40 { print len(text); set n = n + 1 }\n}\n",
    },
    Explanation {
        code: TOO_DEEP,
        title: "modules that call each other without an end",
        text: "A module may call modules, itself too, 32 deep. A condition has to end the calls before.",
        wrong: "// `.qplan/modules/endless.qp` calls itself\nstep \"Work\" {\n  endless -> found\n  print found\n}\n",
        right: "step \"Work\" {\n  api-surface -> found\n  print found.count\n}\n",
    },
    Explanation {
        code: TOO_MUCH_MEMORY,
        title: "more memory than the run may take",
        text: "`--max-memory`, 8 GiB where nothing else is said, bounds what the whole program holds while a plan runs; it is looked at many times a second. No error policy sees it, and what is known until then is printed. Systems other than Linux do not tell what a program holds: there nothing is bounded.",
        wrong: "// qplan plan.qp --max-memory 64m\nstep \"Gather\" {\n  var text = \"0123456789abcdef\"\n  var n = 0\n  while n < 23 { set text = text + text; set n = n + 1 }\n  sleep 1m\n}\n",
        right: "// qplan plan.qp --max-memory 1g\nstep \"Gather\" {\n  var text = \"0123456789abcdef\"\n  var n = 0\n  while n < 3 { set text = text + text; set n = n + 1 }\n  sleep 1ms\n}\n",
    },
    Explanation {
        code: OPERAND,
        title: "an operator cannot work on these values",
        text: "`+` adds numbers, concatenates if a side is a string, and joins lists; `- * / %` work on numbers alone; `in` looks into lists, tables, strings and objects. Nothing is converted in silence: write `num(…)` or `str(…)`. A name that was not written yet is `null`.",
        wrong: "step \"Total\" {\n  var parts = [\"12\", \"30\"]\n  print parts[0] * 2\n}\n",
        right: "step \"Total\" {\n  var parts = [\"12\", \"30\"]\n  print num(parts[0]) * 2\n}\n",
    },
    Explanation {
        code: OVERFLOW,
        title: "a number that is too large",
        text: "Integers have 64 bits and floats are finite; a result outside is an error, not another number. Make one side a float, as in `1.0`, if the exact value does not matter.",
        wrong: "step \"Big\" {\n  var n = 9223372036854775807\n  print n + 1\n}\n",
        right: "step \"Big\" {\n  var n = 9223372036854775807\n  print n + 1.0\n}\n",
    },
    Explanation {
        code: DIVISION_BY_ZERO,
        title: "a division by zero",
        text: "`/` and `%` have no answer for a divisor of zero. Test it first.",
        wrong: "step \"Mean\" {\n  var rows = []\n  print 10 / len(rows)\n}\n",
        right: "step \"Mean\" {\n  var rows = []\n  if rows { print 10 / len(rows) }\n}\n",
    },
    Explanation {
        code: NO_ORDER,
        title: "values of different types have no order",
        text: "`< <= > >=`, `sort`, `min` and `max` order numbers among numbers and strings among strings. Convert one side, or test with `exists` where a value may be missing.",
        wrong: "step \"Order\" {\n  print sort([2, \"10\"])\n}\n",
        right: "step \"Order\" {\n  print sort([2, num(\"10\")])\n}\n",
    },
    Explanation {
        code: NO_FIELDS,
        title: "a number or boolean has no fields",
        text: "A missing field, and a field of `null`, is `null`; a field of a number or boolean is a slip, since nothing can be there.",
        wrong: "step \"Field\" {\n  var row = {line: 7}\n  print row.line.start\n}\n",
        right: "step \"Field\" {\n  var row = {line: 7}\n  print row.line\n}\n",
    },
    Explanation {
        code: BAD_INDEX,
        title: "an index of the wrong kind",
        text: "Lists, tables and strings are indexed by integers, negative ones from the end; objects by strings.",
        wrong: "step \"Index\" {\n  var rows = [1, 2]\n  var at = \"0\"\n  print rows[at]\n}\n",
        right: "step \"Index\" {\n  var rows = [1, 2]\n  var at = \"0\"\n  print rows[num(at)]\n}\n",
    },
    Explanation {
        code: CANNOT_SET,
        title: "a part of the path does not exist",
        text: "`set x.y[0] = e` changes what exists: only the last field of an object may be new. A missing parent or an index outside is an error, so that a misspelt path is found.",
        wrong: "step \"Set\" {\n  var x = {}\n  set x.a.b = 1\n  print x\n}\n",
        right: "step \"Set\" {\n  var x = {}\n  set x.a = {b: 1}\n  print x\n}\n",
    },
    Explanation {
        code: TOO_BIG,
        title: "a value grows too big",
        text: "A value may nest 256 levels and weigh 512 MiB. A plan that doubles a string or nests a list for ever meets this bound; no error policy sees it.",
        wrong: "step \"Grow\" {\n  var x = []\n  while true { set x = [x] }\n}\n",
        right: "step \"Grow\" {\n  var x = []\n  while not x { set x = [x] }\n}\n",
    },
    Explanation {
        code: FUNCTION_VALUE,
        title: "a value that the function cannot take",
        text: "The message names the function, what it takes and what it got; `null` there is often a name that was not written, or a missing field.",
        wrong: "step \"Count\" {\n  print len(5)\n}\n",
        right: "step \"Count\" {\n  print len([5])\n}\n",
    },
    Explanation {
        code: BAD_PATH,
        title: "text that is no path of a field",
        text: "`map filter group sort sum` take a path as text: a name, then `.name` or `[0]` for each further part.",
        wrong: "step \"Names\" {\n  var key = \"a..b\"\n  print map([{a: 1}], key)\n}\n",
        right: "step \"Names\" {\n  var key = \"a.b\"\n  print map([{a: {b: 1}}], key)\n}\n",
    },
    Explanation {
        code: BAD_REGEX,
        title: "text that is no regular expression",
        text: "Regular expressions are those of the crate `regex`: no look-around and no back-references, and never slow. Write them as raw strings, `r\"\\d+\"`.",
        wrong: "step \"Match\" {\n  var open = \"(\"\n  print matches(\"f(x)\", open)\n}\n",
        right: "step \"Match\" {\n  var open = r\"\\(\"\n  print matches(\"f(x)\", open)\n}\n",
    },
    Explanation {
        code: BAD_GLOB,
        title: "text that is no glob",
        text: "In a glob `*` matches within one part of a path, `**` any number of parts, `?` one character, `[ab]` one of several, `{a,b}` alternatives.",
        wrong: "step \"Match\" {\n  var open = \"[a\"\n  print glob(\"a.py\", open)\n}\n",
        right: "step \"Match\" {\n  var open = \"[a]*\"\n  print glob(\"a.py\", open)\n}\n",
    },
    Explanation {
        code: ASSERTION,
        title: "a condition that had to hold does not",
        text: "`assert` fails its step with an error of kind `assertion`; `message` says what it means.",
        wrong: "step \"Check\" {\n  assert 1 > 2 message=\"one is not more than two\"\n}\n",
        right: "step \"Check\" {\n  assert 2 > 1 message=\"one is not more than two\"\n}\n",
    },
    Explanation {
        code: BAD_JSON,
        title: "text that is no JSON",
        text: "`json parse` takes one JSON value of at most 127 levels; the message names the line and column where it ends to be one.",
        wrong: "step \"Read\" {\n  json parse \"{a: 1}\" -> value\n  print value\n}\n",
        right: "step \"Read\" {\n  json parse \"{\\\"a\\\": 1}\" -> value\n  print value\n}\n",
    },
    Explanation {
        code: BAD_TIME,
        title: "text that is no time, date or format",
        text: "Times are RFC 3339, as in `2024-05-01T12:00:00Z`, or milliseconds since 1970; dates are `2024-05-01`; formats are those of `strftime`. All times are UTC.",
        wrong: "step \"When\" {\n  date diff from=\"2024-02-30\" to=\"2024-03-01\" -> days\n  print days\n}\n",
        right: "step \"When\" {\n  date diff from=\"2024-02-29\" to=\"2024-03-01\" -> days\n  print days\n}\n",
    },
    Explanation {
        code: ACTION_VALUE,
        title: "a value that the action cannot work on",
        text: "The value has the kind that the parameter asks for, but the action cannot work on it; the message says why.",
        wrong: "step \"Mean\" {\n  math avg [1, \"2\"] -> mean\n  print mean\n}\n",
        right: "step \"Mean\" {\n  math avg [1, 2] -> mean\n  print mean\n}\n",
    },
];
