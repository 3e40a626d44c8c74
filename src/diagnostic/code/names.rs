//! The codes of the stage `names`: names, steps and the ways between them, each explained.

use super::{Code, Explanation};

/// A statement outside a step.
pub const OUTSIDE_STEP: Code = Code("QP0301");
/// A `plan` block at the wrong place.
pub const PLAN_PLACE: Code = Code("QP0302");
/// Meta behind a step or inside one.
pub const META_PLACE: Code = Code("QP0303");
/// An unknown meta key.
pub const META_KEY: Code = Code("QP0304");
/// A meta value that cannot be used.
pub const META_VALUE: Code = Code("QP0305");
/// Meta given twice.
pub const META_TWICE: Code = Code("QP0306");
/// A parameter that cannot be declared.
pub const PARAMETER: Code = Code("QP0307");
/// An unknown attribute of a step.
pub const ATTRIBUTE: Code = Code("QP0308");
/// An attribute given twice.
pub const ATTRIBUTE_TWICE: Code = Code("QP0309");
/// An attribute's value that cannot be used.
pub const ATTRIBUTE_VALUE: Code = Code("QP0310");
/// An id that is no word.
pub const ID_FORM: Code = Code("QP0311");
/// An id with a dash.
pub const ID_DASH: Code = Code("QP0312");
/// A reserved name.
pub const RESERVED: Code = Code("QP0313");
/// Two steps with one id.
pub const ID_TWICE: Code = Code("QP0314");
/// An error policy that cannot be read.
pub const POLICY: Code = Code("QP0315");
/// A name that is already something else.
pub const NAME_TAKEN: Code = Code("QP0316");
/// A name that nothing declares.
pub const UNDECLARED: Code = Code("QP0317");
/// A name that is read before it is written.
pub const USE_BEFORE_WRITE: Code = Code("QP0318");
/// `set` of a name that does not exist.
pub const SET_UNKNOWN: Code = Code("QP0319");
/// `set` of something that does not change.
pub const SET_FIXED: Code = Code("QP0320");
/// A name that is never read.
pub const UNUSED: Code = Code("QP0321");
/// A string that spells a variable.
pub const TEXT_LIKE_NAME: Code = Code("QP0322");
/// A field that is not there.
pub const UNKNOWN_FIELD: Code = Code("QP0323");
/// A jump to a step that does not exist.
pub const JUMP_UNKNOWN: Code = Code("QP0324");
/// A jump into a body.
pub const JUMP_UNREACHABLE: Code = Code("QP0325");
/// `break` or `continue` outside a loop.
pub const OUTSIDE_LOOP: Code = Code("QP0326");
/// A statement that cannot run.
pub const UNREACHABLE: Code = Code("QP0327");
/// A computed description or meta value.
pub const NOT_A_PARAMETER: Code = Code("QP0328");
/// One key for two values.
pub const KEY_TWICE: Code = Code("QP0331");
/// An option of `parallel` that it does not take so.
pub const PARALLEL_OPTION: Code = Code("QP0332");
/// Two branches that write one name.
pub const BRANCHES_WRITE: Code = Code("QP0333");
/// A branch that reads what another one writes.
pub const BRANCH_READS: Code = Code("QP0334");
/// A branch that is left.
pub const BRANCH_LEFT: Code = Code("QP0335");
/// `@root` in a module.
pub const MODULE_ROOT: Code = Code("QP0336");
/// A module that cannot be read.
pub const MODULE_UNREADABLE: Code = Code("QP0337");

/// Every code of this stage, in order.
pub(super) static TABLE: &[Explanation] = &[
    Explanation {
        code: OUTSIDE_STEP,
        title: "a statement outside a step",
        text: "A file holds meta and steps; every other statement belongs into a step, so that it has a name, a place and an error policy.",
        wrong: "print \"hello\"\n",
        right: "step \"Work\" {\n  print \"hello\"\n}\n",
    },
    Explanation {
        code: PLAN_PLACE,
        title: "a `plan` block at the wrong place",
        text: "`plan { … }` is optional. Where it is written, it stands once, at the top of the file, and holds all steps.",
        wrong: "plan {\n  step \"A\" {\n    print 1\n  }\n}\nplan {\n  step \"B\" {\n    print 2\n  }\n}\n",
        right: "plan {\n  step \"A\" {\n    print 1\n  }\n  step \"B\" {\n    print 2\n  }\n}\n",
    },
    Explanation {
        code: META_PLACE,
        title: "meta behind a step or inside one",
        text: "Meta (`@title`, `@params`, …) speaks of the whole plan: it stands at the top of the file or of `plan { … }`, before the first step.",
        wrong: "step \"Work\" {\n  print 1\n}\n@title \"Late\"\n",
        right: "@title \"Early\"\nstep \"Work\" {\n  print 1\n}\n",
    },
    Explanation {
        code: META_KEY,
        title: "an unknown meta key",
        text: "The keys are `@title @summary @version @since @params @root @in @exclude @lang`.",
        wrong: "@excludes \"docs/**\"\nstep \"Work\" {\n  print 1\n}\n",
        right: "@exclude \"docs/**\"\nstep \"Work\" {\n  print 1\n}\n",
    },
    Explanation {
        code: META_VALUE,
        title: "a meta value that cannot be used",
        text: "Meta values are constants: quoted strings, numbers, words of a fixed set. An entry must not be empty.",
        wrong: "@exclude \"\"\nstep \"Work\" {\n  print 1\n}\n",
        right: "@exclude \"docs/**\"\nstep \"Work\" {\n  print 1\n}\n",
    },
    Explanation {
        code: META_TWICE,
        title: "meta given twice",
        text: "Each meta key is written once; several entries stand behind it, separated by commas.",
        wrong: "@exclude \"docs/**\"\n@exclude \"build/**\"\nstep \"Work\" {\n  print 1\n}\n",
        right: "@exclude \"docs/**\", \"build/**\"\nstep \"Work\" {\n  print 1\n}\n",
    },
    Explanation {
        code: PARAMETER,
        title: "a parameter that cannot be declared",
        text: "`@params` lists words, each once, with a constant behind `=` where the parameter is optional.",
        wrong: "@params depth=1, depth=2\nstep \"Work\" {\n  print depth\n}\n",
        right: "@params depth=2\nstep \"Work\" {\n  print depth\n}\n",
    },
    Explanation {
        code: ATTRIBUTE,
        title: "an unknown attribute of a step",
        text: "A step has a description (a string, or `desc=`), `id=`, `type=`, `onError=` and `timeout=`, in any order.",
        wrong: "step \"Work\" name=work {\n  print 1\n}\n",
        right: "step \"Work\" id=work {\n  print 1\n}\n",
    },
    Explanation {
        code: ATTRIBUTE_TWICE,
        title: "an attribute given twice",
        text: "Each attribute of a step is written once; the string in front is `desc`.",
        wrong: "step \"Work\" desc=\"More work\" {\n  print 1\n}\n",
        right: "step \"Work\" {\n  print 1\n}\n",
    },
    Explanation {
        code: ATTRIBUTE_VALUE,
        title: "an attribute's value that cannot be used",
        text: "`desc` is a string, `id` and `type` are words, `timeout` is a duration such as `30s`. Those of `desc` and `timeout` may hold `@params`; the others are not computed.",
        wrong: "step \"Work\" timeout=30 {\n  print 1\n}\n",
        right: "step \"Work\" timeout=30s {\n  print 1\n}\n",
    },
    Explanation {
        code: ID_FORM,
        title: "an id that is no word",
        text: "A step's id names its result, so it is a word: letters, digits and `_`, not beginning with a digit.",
        wrong: "step id=\"read file\" {\n  print 1\n}\n",
        right: "step id=\"read_file\" {\n  print 1\n}\n",
    },
    Explanation {
        code: ID_DASH,
        title: "an id with a dash",
        text: "A `-` in an id is read as `_`, because `a-b` in an expression is a difference.",
        wrong: "step id=\"read-file\" {\n  print 1\n}\n",
        right: "step id=\"read_file\" {\n  print 1\n}\n",
    },
    Explanation {
        code: RESERVED,
        title: "a reserved name",
        text: "`error` is the last error that was handled and `run` the table of all results; nothing else may be called so, nor `true`, `false`, `null` and `not`, which are read as what they say.",
        wrong: "step \"Work\" {\n  var run = 1\n  print run\n}\n",
        right: "step \"Work\" {\n  var count = 1\n  print count\n}\n",
    },
    Explanation {
        code: ID_TWICE,
        title: "two steps with one id",
        text: "Results are stored under the id, and jumps aim at it, so each id belongs to one step.",
        wrong: "step id=a {\n  print 1\n}\nstep id=a {\n  print 2\n}\n",
        right: "step id=a {\n  print 1\n}\nstep id=b {\n  print 2\n}\n",
    },
    Explanation {
        code: POLICY,
        title: "an error policy that cannot be read",
        text: "`onError` is `fail`, `continue`, `jump='id'` or `retry=N[, delay=200ms][, backoff=2]` with one of these behind it.",
        wrong: "step \"Work\" onError=\"retry\" {\n  print 1\n}\n",
        right: "step \"Work\" onError=\"retry=2\" {\n  print 1\n}\n",
    },
    Explanation {
        code: NAME_TAKEN,
        title: "a name that is already something else",
        text: "Steps, namespaces, variables and parameters share one scope, and the name of a loop lives beside them; one name means one thing.",
        wrong: "step id=total {\n  var total = 1\n}\n",
        right: "step id=total {\n  var value = 1\n}\n",
    },
    Explanation {
        code: UNDECLARED,
        title: "a name that nothing declares",
        text: "A bare word in an expression is a variable, a parameter, the name of a loop around it, or a step. Text stands in quotes.",
        wrong: "step \"Work\" {\n  var count = 1\n  print coutn\n}\n",
        right: "step \"Work\" {\n  var count = 1\n  print count\n}\n",
    },
    Explanation {
        code: USE_BEFORE_WRITE,
        title: "a name that is read before it is written",
        text: "A name reads `null` until it is written. Here nothing can have written it yet, so it always would.",
        wrong: "step \"Work\" {\n  print count\n  var count = 1\n}\n",
        right: "step \"Work\" {\n  var count = 1\n  print count\n}\n",
    },
    Explanation {
        code: SET_UNKNOWN,
        title: "`set` of a name that does not exist",
        text: "`set` changes a variable; `var` makes one.",
        wrong: "step \"Work\" {\n  set count = 1\n  print count\n}\n",
        right: "step \"Work\" {\n  var count = 1\n  print count\n}\n",
    },
    Explanation {
        code: SET_FIXED,
        title: "`set` of something that does not change",
        text: "The result of a step, a parameter and the name of a loop are fixed; copy the value into a variable of its own and change that.",
        wrong: "@params depth=1\nstep \"Work\" {\n  set depth = 2\n  print depth\n}\n",
        right: "@params depth=1\nstep \"Work\" {\n  var deeper = depth + 1\n  print deeper\n}\n",
    },
    Explanation {
        code: UNUSED,
        title: "a name that is never read",
        text: "It is neither read anywhere nor part of its step's result.",
        wrong: "step \"Work\" {\n  var spare = 1\n  return n=2\n}\n",
        right: "step \"Work\" {\n  return n=2\n}\n",
    },
    Explanation {
        code: TEXT_LIKE_NAME,
        title: "a string that spells a variable",
        text: "A quoted string is always text; without quotes it would be the variable of that name.",
        wrong: "step \"Work\" {\n  var target = \"a\"\n  print target\n  echo \"target\"\n}\n",
        right: "step \"Work\" {\n  var target = \"a\"\n  print target\n  echo target\n}\n",
    },
    Explanation {
        code: UNKNOWN_FIELD,
        title: "a field that is not there",
        text: "What a step returns by key and what an action documents is known before the run.",
        wrong: "step id=read {\n  return count=1\n}\nstep \"Work\" {\n  print read.cuont\n}\n",
        right: "step id=read {\n  return count=1\n}\nstep \"Work\" {\n  print read.count\n}\n",
    },
    Explanation {
        code: JUMP_UNKNOWN,
        title: "a jump to a step that does not exist",
        text: "A jump, and the jump of an error policy, aims at the id of a step.",
        wrong: "step id=first {\n  jump to=\"reveiw\"\n}\nstep id=review {\n  print 1\n}\n",
        right: "step id=first {\n  jump to=\"review\"\n}\nstep id=review {\n  print 1\n}\n",
    },
    Explanation {
        code: JUMP_UNREACHABLE,
        title: "a jump into a body",
        text: "A step inside the body of a loop or `if` can be reached only from inside that body.",
        wrong: "step \"Work\" {\n  if 1 < 2 {\n    jump inner\n  }\n  if 2 < 3 {\n    step id=inner {\n      print 1\n    }\n  }\n}\n",
        right: "step \"Work\" {\n  if 1 < 2 {\n    jump inner\n  }\n  step id=inner {\n    print 1\n  }\n}\n",
    },
    Explanation {
        code: OUTSIDE_LOOP,
        title: "`break` or `continue` outside a loop",
        text: "They leave or go on with the innermost `each` or `while` around them. `skip` leaves a step, `stop` the plan.",
        wrong: "step \"Work\" {\n  break\n}\n",
        right: "step \"Work\" {\n  skip\n}\n",
    },
    Explanation {
        code: UNREACHABLE,
        title: "a statement that cannot run",
        text: "Nothing gets past `return`, `skip`, `stop`, `jump`, `break` or `continue`, and no jump aims behind it.",
        wrong: "step \"Work\" {\n  return n=1\n  print 2\n}\n",
        right: "step \"Work\" {\n  print 2\n  return n=1\n}\n",
    },
    Explanation {
        code: NOT_A_PARAMETER,
        title: "a computed description or meta value",
        text: "Meta and descriptions are read before the plan runs; their strings may hold parameters only.",
        wrong: "step \"Sum\" id=sum {\n  return n=1\n}\nstep \"After ${sum.n}\" {\n  print sum.n\n}\n",
        right: "step \"Sum\" id=sum {\n  return n=1\n}\nstep \"After\" {\n  print sum.n\n}\n",
    },
    Explanation {
        code: KEY_TWICE,
        title: "one key for two values",
        text: "A key of an object, or of what a step returns, holds one value; of two the first would be lost.",
        wrong: "step \"Work\" {\n  return n=1 n=2\n}\n",
        right: "step \"Work\" {\n  return n=1 m=2\n}\n",
    },
    Explanation {
        code: PARALLEL_OPTION,
        title: "an option of `parallel` that it does not take so",
        text: "`concurrency=N` says how many branches run at once, from 1 to 256; `ignoreErrors=true` goes on when branches fail, and `error` holds the last error then. Both stand before the block or behind it, each once.",
        wrong: "step \"Work\" {\n  parallel concurrency=0 {\n    print 1\n    print 2\n  }\n}\n",
        right: "step \"Work\" {\n  parallel concurrency=1 {\n    print 1\n    print 2\n  }\n}\n",
    },
    Explanation {
        code: BRANCHES_WRITE,
        title: "two branches write one name",
        text: "Every branch of `parallel` has a copy of the variables, and what it writes is seen behind the block. Of two values for one name one would be lost.",
        wrong: "step \"Work\" {\n  parallel {\n    echo 1 -> x\n    echo 2 -> x\n  }\n  print x\n}\n",
        right: "step \"Work\" {\n  parallel {\n    echo 1 -> x\n    echo 2 -> y\n  }\n  print x, y\n}\n",
    },
    Explanation {
        code: BRANCH_READS,
        title: "a branch reads what another one writes",
        text: "The branches of `parallel` begin together, with the variables as they were before the block; what one of them writes is seen behind the block. Read it there, or write both statements into one step inside the block.",
        wrong: "step \"Work\" {\n  parallel {\n    echo 1 -> x\n    print x\n  }\n}\n",
        right: "step \"Work\" {\n  parallel {\n    echo 1 -> x\n    print \"meanwhile\"\n  }\n  print x\n}\n",
    },
    Explanation {
        code: BRANCH_LEFT,
        title: "a branch is left",
        text: "`return`, `skip`, `break`, `continue` and `jump` go on somewhere outside the branch, while its siblings still run. They may leave a step or a loop inside the branch. `stop` ends the whole plan and may stand anywhere.",
        wrong: "step \"Work\" {\n  parallel {\n    return 1\n    print 2\n  }\n}\n",
        right: "step \"Work\" {\n  parallel {\n    step \"One\" { return 1 }\n    print 2\n  }\n}\n",
    },
    Explanation {
        code: MODULE_ROOT,
        title: "`@root` in a module",
        text: "A module looks where the plan looks that calls it. `@in`, `@exclude` and `@lang` narrow that for its actions.",
        wrong: "// `.qplan/modules/rooted.qp` says `@root \"src\"`\nstep \"Work\" {\n  rooted -> found\n  print found\n}\n",
        right: "step \"Work\" {\n  api-surface in=\"src\" -> found\n  print found.count\n}\n",
    },
    Explanation {
        code: MODULE_UNREADABLE,
        title: "a module that cannot be read",
        text: "The file of the module is there, and the system did not give its text, or the text is not UTF-8.",
        wrong: "// `.qplan/modules/torn.qp` holds the byte 0xe9\nstep \"Work\" {\n  torn -> found\n  print found\n}\n",
        right: "step \"Work\" {\n  api-surface -> found\n  print found.count\n}\n",
    },
];
