//! The codes of the grammar, each explained.

use super::{Code, Explanation};

/// Something else was expected.
pub const UNEXPECTED: Code = Code("QP0201");
/// Nested too deep.
pub const TOO_DEEP: Code = Code("QP0202");
/// A statement of another language.
pub const FOREIGN_STATEMENT: Code = Code("QP0203");
/// `x = 5` without `var`.
pub const BARE_ASSIGNMENT: Code = Code("QP0204");
/// `if x = 5`.
pub const ASSIGN_IN_CONDITION: Code = Code("QP0205");
/// `key: value` of an action.
pub const COLON_ARGUMENT: Code = Code("QP0206");
/// `x.lower()`.
pub const METHOD_CALL: Code = Code("QP0207");
/// `print("a", b)`.
pub const CALL_SYNTAX: Code = Code("QP0208");
/// `a < b < c`.
pub const COMPARISON_CHAIN: Code = Code("QP0209");
/// A comma that nothing follows.
pub const TRAILING_COMMA: Code = Code("QP0210");
/// A value is missing.
pub const MISSING_VALUE: Code = Code("QP0211");
/// `...`.
pub const PLACEHOLDER: Code = Code("QP0212");
/// Two values without a comma.
pub const MISSING_COMMA: Code = Code("QP0213");
/// `var x = calls foo`.
pub const ACTION_AS_VALUE: Code = Code("QP0214");
/// `else` without its `if`.
pub const STRAY_ELSE: Code = Code("QP0215");
/// `set` or `var` without `=`.
pub const MALFORMED_ASSIGNMENT: Code = Code("QP0216");
/// A block without braces.
pub const INDENTED_BLOCK: Code = Code("QP0217");
/// A statement without its block.
pub const MISSING_BLOCK: Code = Code("QP0218");
/// A block where none belongs.
pub const STRAY_BLOCK: Code = Code("QP0219");
/// An entry of `return` without a name.
pub const UNNAMED_RETURN: Code = Code("QP0220");
/// A malformed `jump`.
pub const BAD_JUMP: Code = Code("QP0221");

/// Every code of this stage, in order.
pub(super) static TABLE: &[Explanation] = &[
    Explanation {
        code: UNEXPECTED,
        title: "something else was expected",
        text: "The statement cannot go on like this. What could not be read ends with its statement, or with its bracket; the rest of the plan is checked all the same.",
        wrong: "step \"Show\" {\n  print {a = 1}\n}\n",
        right: "step \"Show\" {\n  print {a: 1}\n}\n",
    },
    Explanation {
        code: TOO_DEEP,
        title: "nested too deep",
        text: "Brackets, blocks, `not`, unary `-` and `else if` may stand 128 levels deep inside each other, and 512 operators one behind the other.",
        wrong: "step \"Show\" {\n  print ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))\n}\n",
        right: "step \"Show\" {\n  print 1\n}\n",
    },
    Explanation {
        code: FOREIGN_STATEMENT,
        title: "a statement of another language",
        text: "Loops are `each x in xs { }` and `while c { }`, variables are made with `var`, branches are `else if`. There are no functions, classes, imports or exceptions: steps have results and error policies.",
        wrong: "step \"Show\" {\n  for x in [1, 2] { print x }\n}\n",
        right: "step \"Show\" {\n  each x in [1, 2] { print x }\n}\n",
    },
    Explanation {
        code: BARE_ASSIGNMENT,
        title: "an assignment without `var` or `set`",
        text: "`var x = e` makes a variable or gives it a new value; `set x.y[0] = e` changes an existing one, or a place in it. There is no `+=` and no `++`.",
        wrong: "step \"Show\" {\n  x = 5\n  print x\n}\n",
        right: "step \"Show\" {\n  var x = 5\n  print x\n}\n",
    },
    Explanation {
        code: ASSIGN_IN_CONDITION,
        title: "`=` in a condition",
        text: "`=` assigns and names arguments; `==` compares.",
        wrong: "step \"Show\" {\n  var x = 5\n  if x = 5 { stop }\n}\n",
        right: "step \"Show\" {\n  var x = 5\n  if x == 5 { stop }\n}\n",
    },
    Explanation {
        code: COLON_ARGUMENT,
        title: "`key: value` outside an object",
        text: "Arguments of actions and attributes of steps are `key=value`; a colon stands in objects only.",
        wrong: "step \"Show\" id: show {\n  print 1\n}\n",
        right: "step \"Show\" id=show {\n  print 1\n}\n",
    },
    Explanation {
        code: METHOD_CALL,
        title: "a method call",
        text: "Values have fields, not methods. Functions take the value as their first argument, `len(x)`, `split(x, \",\")`; actions make new values, `string lower x -> y`.",
        wrong: "step \"Show\" {\n  var xs = [1, 2]\n  print xs.length()\n}\n",
        right: "step \"Show\" {\n  var xs = [1, 2]\n  print len(xs)\n}\n",
    },
    Explanation {
        code: CALL_SYNTAX,
        title: "a statement written as a call",
        text: "The arguments of an action stand behind its name, without parentheses: `name value key=value -> result`.",
        wrong: "step \"Show\" {\n  print(\"a\", 1)\n}\n",
        right: "step \"Show\" {\n  print \"a\", 1\n}\n",
    },
    Explanation {
        code: COMPARISON_CHAIN,
        title: "chained comparisons",
        text: "An expression has one comparison; `a < b < c` would compare a boolean with `c`.",
        wrong: "step \"Show\" {\n  print 1 < 2 == true\n}\n",
        right: "step \"Show\" {\n  print (1 < 2) == true\n}\n",
    },
    Explanation {
        code: TRAILING_COMMA,
        title: "a comma that nothing follows",
        text: "Outside of brackets a comma promises that the statement goes on, on the next line if need be. Inside brackets a last comma is allowed.",
        wrong: "step \"Show\" {\n  print 1,\n}\n",
        right: "step \"Show\" {\n  print 1\n}\n",
    },
    Explanation {
        code: MISSING_VALUE,
        title: "a value is missing",
        text: "Behind `=`, an operator, a comma and the words of a condition stands a value.",
        wrong: "step \"Show\" {\n  var x = \n}\n",
        right: "step \"Show\" {\n  var x = 1\n}\n",
    },
    Explanation {
        code: PLACEHOLDER,
        title: "`...`",
        text: "Three dots stand for something that is yet to be written. A block may be empty.",
        wrong: "step \"Show\" {\n  ...\n}\n",
        right: "step \"Show\" {\n}\n",
    },
    Explanation {
        code: MISSING_COMMA,
        title: "two values without a comma",
        text: "Values in lists, calls, objects and behind `print` are separated by commas.",
        wrong: "step \"Show\" {\n  print 1 2\n}\n",
        right: "step \"Show\" {\n  print 1, 2\n}\n",
    },
    Explanation {
        code: ACTION_AS_VALUE,
        title: "an action as a value",
        text: "Actions are statements: the value of one goes to the name behind `->`. Only functions stand in expressions.",
        wrong: "step \"Show\" {\n  var text = file read path=\"a.txt\"\n  print text\n}\n",
        right: "step \"Show\" {\n  file read path=\"a.txt\" -> text\n  print text\n}\n",
    },
    Explanation {
        code: STRAY_ELSE,
        title: "`else` without its `if`",
        text: "`else` follows the `}` of its `if`; newlines and comments may stand between them, statements and `;` not.",
        wrong: "step \"Show\" {\n  print 1\n  else { print 2 }\n}\n",
        right: "step \"Show\" {\n  if true { print 1 }\n  else { print 2 }\n}\n",
    },
    Explanation {
        code: MALFORMED_ASSIGNMENT,
        title: "an assignment that is not finished",
        text: "`var name = value` makes a variable, `set name.place[0] = value` changes one.",
        wrong: "step \"Show\" {\n  var x 5\n  print x\n}\n",
        right: "step \"Show\" {\n  var x = 5\n  print x\n}\n",
    },
    Explanation {
        code: INDENTED_BLOCK,
        title: "a block without braces",
        text: "Blocks stand between `{` and `}`; indentation has no meaning. Only `parallel:` may end with `end`.",
        wrong: "step \"Show\" {\n  if true:\n    print 1\n}\n",
        right: "step \"Show\" {\n  if true {\n    print 1\n  }\n}\n",
    },
    Explanation {
        code: MISSING_BLOCK,
        title: "a block is missing",
        text: "`plan`, `step`, `if`, `else`, `while`, `each` and `parallel` take a block, which may begin on the next line.",
        wrong: "step \"Show\" {\n  if true\n  print 1\n}\n",
        right: "step \"Show\" {\n  if true { print 1 }\n}\n",
    },
    Explanation {
        code: STRAY_BLOCK,
        title: "a block where none belongs",
        text: "Only `plan`, `step`, `if`, `else`, `while`, `each` and `parallel` take blocks. What looks like `{key: value}` is an object.",
        wrong: "step \"Show\" {\n  print 1 { print 2 }\n}\n",
        right: "step \"Show\" {\n  print 1\n  print 2\n}\n",
    },
    Explanation {
        code: UNNAMED_RETURN,
        title: "a value without a name among those of `return`",
        text: "Several values make an object, so each needs a name: its own, the last word of a path, or a key.",
        wrong: "step \"Show\" {\n  var a = 1\n  return a, a + 1\n}\n",
        right: "step \"Show\" {\n  var a = 1\n  return a, next=a + 1\n}\n",
    },
    Explanation {
        code: BAD_JUMP,
        title: "a `jump` without the id of a step",
        text: "`jump to=\"id\"` and `jump id` go on at a step; nothing else can be jumped to.",
        wrong: "step \"One\" {\n  jump id=two\n}\nstep \"Two\" id=two { }\n",
        right: "step \"One\" {\n  jump to=two\n}\nstep \"Two\" id=two { }\n",
    },
];
