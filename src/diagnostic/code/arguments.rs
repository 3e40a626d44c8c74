//! The codes of the stage `arguments`: actions and what they are given, each explained.

use super::{Code, Explanation};

/// An action that does not exist.
pub const UNKNOWN_ACTION: Code = Code("QP0401");
/// An action of a later version.
pub const UNAVAILABLE: Code = Code("QP0402");
/// An operation the action does not have.
pub const UNKNOWN_OPERATION: Code = Code("QP0403");
/// An operation is missing.
pub const MISSING_OPERATION: Code = Code("QP0404");
/// An argument the action does not take.
pub const UNKNOWN_ARGUMENT: Code = Code("QP0405");
/// An argument is missing.
pub const MISSING_ARGUMENT: Code = Code("QP0406");
/// An argument given twice.
pub const ARGUMENT_TWICE: Code = Code("QP0407");
/// An argument of the wrong kind.
pub const ARGUMENT_TYPE: Code = Code("QP0408");
/// A word the argument does not take.
pub const NOT_A_MEMBER: Code = Code("QP0409");
/// A duration without its unit.
pub const BAD_DURATION: Code = Code("QP0410");
/// A number out of range.
pub const OUT_OF_RANGE: Code = Code("QP0411");
/// A regular expression that cannot be read.
pub const BAD_REGEX: Code = Code("QP0412");
/// A glob that cannot be read.
pub const BAD_GLOB: Code = Code("QP0413");
/// A function that does not exist.
pub const UNKNOWN_FUNCTION: Code = Code("QP0414");
/// A function called with too few or too many values.
pub const FUNCTION_ARGUMENTS: Code = Code("QP0415");
/// A value the action does not take.
pub const EXTRA_VALUE: Code = Code("QP0416");
/// A parameter the plan does not declare.
pub const UNKNOWN_PARAMETER: Code = Code("QP0417");
/// A parameter without a value.
pub const MISSING_PARAMETER: Code = Code("QP0418");
/// A parameter's value of the wrong type.
pub const UNFIT_PARAMETER: Code = Code("QP0419");
/// A root that cannot be used.
pub const BAD_ROOT: Code = Code("QP0420");
/// An unknown language.
pub const UNKNOWN_LANG: Code = Code("QP0421");
/// A setting that does not exist.
pub const UNKNOWN_SETTING: Code = Code("QP0422");
/// A setting of the wrong kind, or given twice.
pub const BAD_SETTING: Code = Code("QP0423");
/// An option that no file may give.
pub const REFUSED_SETTING: Code = Code("QP0424");
/// A file of settings that cannot be read as one.
pub const BAD_CONFIG: Code = Code("QP0425");

/// Every code of this stage, in order.
pub(super) static TABLE: &[Explanation] = &[
    Explanation {
        code: UNKNOWN_ACTION,
        title: "an action that does not exist",
        text: "`qplan modules` lists the actions.",
        wrong: "step \"Work\" {\n  asert 1 == 1\n}\n",
        right: "step \"Work\" {\n  assert 1 == 1\n}\n",
    },
    Explanation {
        code: UNAVAILABLE,
        title: "an action of a later version",
        text: "The language knows this action; this version of the program does not have it yet.",
        wrong: "step \"Work\" {\n  impact function=load param=path -> found\n  print found\n}\n",
        right: "step \"Work\" {\n  calls load -> found\n  print found.count\n}\n",
    },
    Explanation {
        code: UNKNOWN_OPERATION,
        title: "an operation the action does not have",
        text: "The word behind the action's name, or `op=`, chooses what it does.",
        wrong: "step \"Work\" {\n  string uper \"a\" -> loud\n  print loud\n}\n",
        right: "step \"Work\" {\n  string upper \"a\" -> loud\n  print loud\n}\n",
    },
    Explanation {
        code: MISSING_OPERATION,
        title: "an operation is missing",
        text: "The action does several things; the word behind its name chooses one.",
        wrong: "step \"Work\" {\n  string \"a\" -> loud\n  print loud\n}\n",
        right: "step \"Work\" {\n  string upper \"a\" -> loud\n  print loud\n}\n",
    },
    Explanation {
        code: UNKNOWN_ARGUMENT,
        title: "an argument the action does not take",
        text: "`qplan modules NAME` lists what an action takes.",
        wrong: "step \"Work\" {\n  assert 1 == 1 mesage=\"odd\"\n}\n",
        right: "step \"Work\" {\n  assert 1 == 1 message=\"odd\"\n}\n",
    },
    Explanation {
        code: MISSING_ARGUMENT,
        title: "an argument is missing",
        text: "Arguments without a default must be given.",
        wrong: "step \"Work\" {\n  sleep\n}\n",
        right: "step \"Work\" {\n  sleep 1ms\n}\n",
    },
    Explanation {
        code: ARGUMENT_TWICE,
        title: "an argument given twice",
        text: "Each argument has one value; a value without a key is the action's first.",
        wrong: "step \"Work\" {\n  sleep 1ms time=2ms\n}\n",
        right: "step \"Work\" {\n  sleep 1ms\n}\n",
    },
    Explanation {
        code: ARGUMENT_TYPE,
        title: "an argument of the wrong kind",
        text: "Nothing is converted in silence: a number is written without quotes, text with quotes, a list in brackets.",
        wrong: "step \"Work\" {\n  math add a=\"1\" b=2 -> n\n  print n\n}\n",
        right: "step \"Work\" {\n  math add a=1 b=2 -> n\n  print n\n}\n",
    },
    Explanation {
        code: NOT_A_MEMBER,
        title: "a word the argument does not take",
        text: "The argument takes one word of a fixed set.",
        wrong: "step \"Work\" {\n  log \"careful\" level=wran\n}\n",
        right: "step \"Work\" {\n  log \"careful\" level=warn\n}\n",
    },
    Explanation {
        code: BAD_DURATION,
        title: "a duration without its unit",
        text: "A duration is a number glued to `ms`, `s`, `m` or `h`.",
        wrong: "step \"Work\" {\n  sleep 1\n}\n",
        right: "step \"Work\" {\n  sleep 1ms\n}\n",
    },
    Explanation {
        code: OUT_OF_RANGE,
        title: "a number out of range",
        text: "The argument takes whole numbers within bounds.",
        wrong: "step \"Work\" {\n  math round 1.25 digits=99 -> n\n  print n\n}\n",
        right: "step \"Work\" {\n  math round 1.25 digits=1 -> n\n  print n\n}\n",
    },
    Explanation {
        code: BAD_REGEX,
        title: "a regular expression that cannot be read",
        text: "The syntax is that of the Rust crate `regex`: no look-around and no back references. A raw string `r\"…\"` keeps backslashes as they are.",
        wrong: "step \"Work\" {\n  string match \"a(1)\" pattern=\"a(\" -> found\n  print found\n}\n",
        right: "step \"Work\" {\n  string match \"a(1)\" pattern=r\"a\\(\" -> found\n  print found\n}\n",
    },
    Explanation {
        code: BAD_GLOB,
        title: "a glob that cannot be read",
        text: "A glob is a gitignore pattern: `*`, `**`, `?`, `[a-z]`, `{a,b}`.",
        wrong: "@exclude \"tests/[**\"\nstep \"Work\" {\n  print 1\n}\n",
        right: "@exclude \"tests/**\"\nstep \"Work\" {\n  print 1\n}\n",
    },
    Explanation {
        code: UNKNOWN_FUNCTION,
        title: "a function that does not exist",
        text: "Functions are built in; anything larger is an action.",
        wrong: "step \"Work\" {\n  print lenght([1])\n}\n",
        right: "step \"Work\" {\n  print len([1])\n}\n",
    },
    Explanation {
        code: FUNCTION_ARGUMENTS,
        title: "a function called with too few or too many values",
        text: "Each function takes a fixed number of values.",
        wrong: "step \"Work\" {\n  print len([1], [2])\n}\n",
        right: "step \"Work\" {\n  print len([1])\n}\n",
    },
    Explanation {
        code: EXTRA_VALUE,
        title: "a value the action does not take",
        text: "A value without a key goes to the action's first argument; not every action has one.",
        wrong: "step \"Work\" {\n  math add 1 b=2 -> n\n  print n\n}\n",
        right: "step \"Work\" {\n  math add a=1 b=2 -> n\n  print n\n}\n",
    },
    Explanation {
        code: UNKNOWN_PARAMETER,
        title: "a parameter the plan does not declare",
        text: "`--param` and `--params` give values to what `@params` declares.",
        wrong: "// qplan plan.qp --param targt=load\n@params target=\"open\"\nstep \"Work\" {\n  print target\n}\n",
        right: "// qplan plan.qp --param target=load\n@params target=\"open\"\nstep \"Work\" {\n  print target\n}\n",
    },
    Explanation {
        code: MISSING_PARAMETER,
        title: "a parameter without a value",
        text: "A parameter without default must be given: `--param name=value`.",
        wrong: "// qplan plan.qp\n@params target\nstep \"Work\" {\n  print target\n}\n",
        right: "// qplan plan.qp --param target=load\n@params target\nstep \"Work\" {\n  print target\n}\n",
    },
    Explanation {
        code: UNFIT_PARAMETER,
        title: "a parameter's value of the wrong type",
        text: "The default of a parameter fixes its type.",
        wrong: "// qplan plan.qp --param depth=deep\n@params depth=3\nstep \"Work\" {\n  print depth\n}\n",
        right: "// qplan plan.qp --param depth=4\n@params depth=3\nstep \"Work\" {\n  print depth\n}\n",
    },
    Explanation {
        code: BAD_ROOT,
        title: "a root that cannot be used",
        text: "`@root` and `--root` name a directory that exists.",
        wrong: "// qplan plan.qp --root nowhere\nstep \"Work\" {\n  q entity=function -> found\n  print found.count\n}\n",
        right: "// qplan plan.qp --root src\nstep \"Work\" {\n  q entity=function -> found\n  print found.count\n}\n",
    },
    Explanation {
        code: UNKNOWN_LANG,
        title: "an unknown language",
        text: "`@lang` and `--lang` take `auto`, `python` or `rust`.",
        wrong: "@lang pyhton\nstep \"Work\" {\n  print 1\n}\n",
        right: "@lang python\nstep \"Work\" {\n  print 1\n}\n",
    },
    Explanation {
        code: UNKNOWN_SETTING,
        title: "a setting that does not exist",
        text: "`qplan.toml`, or `[tool.qplan]` in `pyproject.toml`, at the root gives defaults of options: `in`, `exclude`, `lang`, `jobs`, `timeout`, `format` and the like, named as the option is. There is no `root`: the root is where the file lies.",
        wrong: "",
        right: "",
    },
    Explanation {
        code: BAD_SETTING,
        title: "a setting that cannot have this value",
        text: "Settings are written as the help shows: numbers without quotes (`jobs = 4`), durations, versions and words in quotes (`timeout = \"30s\"`), paths and globs as a string or a list of strings. `max-jumps` and `max_jumps` are the same setting.",
        wrong: "",
        right: "",
    },
    Explanation {
        code: REFUSED_SETTING,
        title: "an option that no file may give",
        text: "The file of settings belongs to whoever wrote the repository. It arranges a run; what the plan may read, write, reach or see beyond the root, and which files are written, is said on the command line.",
        wrong: "",
        right: "",
    },
    Explanation {
        code: BAD_CONFIG,
        title: "a file of settings that is no TOML",
        text: "`qplan.toml` and `pyproject.toml` are TOML: `key = value` lines, strings in quotes, each key once. The message says where reading stopped.",
        wrong: "",
        right: "",
    },
];
