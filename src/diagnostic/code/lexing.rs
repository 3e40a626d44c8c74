//! The codes of the lexer, each explained.

use super::{Code, Explanation};

/// A string without its closing quote.
pub const OPEN_STRING: Code = Code("QP0101");
/// A backslash that begins no escape.
pub const BAD_ESCAPE: Code = Code("QP0102");
/// A word glued to a quote.
pub const GLUED_QUOTE: Code = Code("QP0103");
/// Quotes of another language.
pub const FOREIGN_QUOTE: Code = Code("QP0104");
/// `${` without its `}`.
pub const OPEN_HOLE: Code = Code("QP0105");
/// A number that is none, or a unit that is none.
pub const BAD_NUMBER: Code = Code("QP0106");
/// A character that means nothing.
pub const UNKNOWN_CHARACTER: Code = Code("QP0107");
/// `/*` without its `*/`.
pub const OPEN_COMMENT: Code = Code("QP0108");
/// A bracket that is never closed.
pub const OPEN_BRACKET: Code = Code("QP0109");
/// A bracket that closes nothing.
pub const STRAY_BRACKET: Code = Code("QP0110");
/// A text of 4 GiB or more.
pub const TOO_LARGE: Code = Code("QP0111");
/// `//` where a division was meant.
pub const COMMENT_NOT_DIVISION: Code = Code("QP0112");
/// A path without quotes.
pub const BARE_PATH: Code = Code("QP0113");
/// An operator of another language.
pub const FOREIGN_SIGN: Code = Code("QP0114");
/// A word of another language inside an expression.
pub const FOREIGN_WORD: Code = Code("QP0115");

/// Every code of this stage, in order.
pub(super) static TABLE: &[Explanation] = &[
    Explanation {
        code: OPEN_STRING,
        title: "a string without its closing quote",
        text: "Strings in single and double quotes end with their line; text over several lines stands between `\"\"\"`. The string is read up to where it was probably meant to end, so that the rest of the plan is checked all the same.",
        wrong: "step \"Show\" {\n  print \"hello\n}\n",
        right: "step \"Show\" {\n  print \"hello\"\n}\n",
    },
    Explanation {
        code: BAD_ESCAPE,
        title: "a backslash that begins no escape",
        text: "The escapes are `\\n \\t \\r \\b \\f \\0 \\\\ \\/ \\\" \\' \\$ \\uXXXX \\u{…}`. Regexes and paths are easier as raw strings, `r\"\\d+\"`, in which a backslash is a backslash.",
        wrong: "step \"Show\" {\n  print matches(\"a1\", \"\\d\")\n}\n",
        right: "step \"Show\" {\n  print matches(\"a1\", r\"\\d\")\n}\n",
    },
    Explanation {
        code: GLUED_QUOTE,
        title: "a word glued to a string",
        text: "Only `r` may stand directly before a quote. Strings in double quotes have holes, `${…}`, without a prefix; all strings are Unicode text.",
        wrong: "step \"Show\" {\n  var name = \"x\"\n  print f\"hello {name}\"\n}\n",
        right: "step \"Show\" {\n  var name = \"x\"\n  print \"hello ${name}\"\n}\n",
    },
    Explanation {
        code: FOREIGN_QUOTE,
        title: "quotes of another language",
        text: "Strings stand between `\"`, `'` or `\"\"\"`. There are no backticks, no `'''` and no curly quotes.",
        wrong: "step \"Show\" {\n  print '''hello'''\n}\n",
        right: "step \"Show\" {\n  print \"\"\"hello\"\"\"\n}\n",
    },
    Explanation {
        code: OPEN_HOLE,
        title: "`${` without its `}`",
        text: "Inside `\"…\"` and `\"\"\"…\"\"\"` the signs `${` begin an expression that ends with the `}` that balances, in `\"…\"` on the same line. For the two characters themselves write `\\${`, or a string in single quotes.",
        wrong: "step \"Show\" {\n  var name = \"x\"\n  print \"hello ${name\"\n}\n",
        right: "step \"Show\" {\n  var name = \"x\"\n  print \"hello ${name}\"\n}\n",
    },
    Explanation {
        code: BAD_NUMBER,
        title: "a number that is none",
        text: "Numbers are decimal 64-bit integers or floats, `_` between digits allowed. A number glued to `ms`, `s`, `m` or `h` is a duration; other words may not be glued to it.",
        wrong: "step \"Show\" {\n  sleep 5msec\n}\n",
        right: "step \"Show\" {\n  sleep 5ms\n}\n",
    },
    Explanation {
        code: UNKNOWN_CHARACTER,
        title: "a character that means nothing",
        text: "Outside of strings and comments a plan consists of words, numbers and the signs of the language. Blanks that are not plain and characters that show nothing are often left by copying.",
        wrong: "step \"Show\" {\n  print 1\n}\n",
        right: "step \"Show\" {\n  print 1\n}\n",
    },
    Explanation {
        code: OPEN_COMMENT,
        title: "`/*` without its `*/`",
        text: "Block comments nest: each `/*` needs a `*/` of its own. An open one is read up to the end of its line.",
        wrong: "/* the plan\nstep \"Show\" {\n  print 1\n}\n",
        right: "/* the plan */\nstep \"Show\" {\n  print 1\n}\n",
    },
    Explanation {
        code: OPEN_BRACKET,
        title: "a bracket that is never closed",
        text: "Where braces do not balance, the indentation tells which one is missing; parentheses and lists end with their statement at the latest.",
        wrong: "step \"Show\" {\n  print len([1, 2]\n}\n",
        right: "step \"Show\" {\n  print len([1, 2])\n}\n",
    },
    Explanation {
        code: STRAY_BRACKET,
        title: "a bracket that closes nothing",
        text: "It is left out, and what follows is read as if it were not there.",
        wrong: "step \"Show\" {\n  print len([1, 2]))\n}\n",
        right: "step \"Show\" {\n  print len([1, 2])\n}\n",
    },
    Explanation {
        code: TOO_LARGE,
        title: "a text of 4 GiB or more",
        text: "Places in a plan are counted in 32 bits. Split the plan into modules.",
        wrong: "",
        right: "",
    },
    Explanation {
        code: COMMENT_NOT_DIVISION,
        title: "`//` where a division was meant",
        text: "`//` begins a comment wherever a comment may begin. `/` gives an integer when the division is exact.",
        wrong: "step \"Show\" {\n  print 6 // 2\n}\n",
        right: "step \"Show\" {\n  print 6 / 2\n}\n",
    },
    Explanation {
        code: BARE_PATH,
        title: "a path without quotes",
        text: "Paths and globs are text, so they are quoted: unquoted, `a/b` is a division and `*` a product.",
        wrong: "step \"Show\" {\n  print ./a.txt\n}\n",
        right: "step \"Show\" {\n  print \"./a.txt\"\n}\n",
    },
    Explanation {
        code: FOREIGN_SIGN,
        title: "a sign of another language",
        text: "Conditions are joined with `and`, `or` and `not`; a variable is its bare name; results go to `-> name`.",
        wrong: "step \"Show\" {\n  if true && false { stop }\n}\n",
        right: "step \"Show\" {\n  if true and false { stop }\n}\n",
    },
    Explanation {
        code: FOREIGN_WORD,
        title: "a word of another language",
        text: "The values are `true`, `false` and `null`; comparisons are `==`, `!=`, `in`, `exists`.",
        wrong: "step \"Show\" {\n  print True\n}\n",
        right: "step \"Show\" {\n  print true\n}\n",
    },
];
