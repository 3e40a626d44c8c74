//! The codes of scanning and of the analysis actions, each explained.

use super::{Code, Explanation};

/// A path leads out of the root.
pub const OUTSIDE_ROOT: Code = Code("QP0601");
/// A path or language lies outside the run-wide scope.
pub const OUTSIDE_SCOPE: Code = Code("QP0602");
/// Nothing lies at a path.
pub const MISSING: Code = Code("QP0603");
/// The root cannot be scanned.
pub const ROOT: Code = Code("QP0604");
/// A glob cannot be read.
pub const GLOB: Code = Code("QP0605");
/// A file changed while the plan ran.
pub const CHANGED: Code = Code("QP0606");
/// A pattern does not parse.
pub const PATTERN_SYNTAX: Code = Code("QP0610");
/// A pattern is empty.
pub const PATTERN_EMPTY: Code = Code("QP0611");
/// A pattern is more than one node.
pub const PATTERN_MANY: Code = Code("QP0612");
/// A pattern is too long or too deep.
pub const PATTERN_LIMIT: Code = Code("QP0613");
/// A selector names no node kind.
pub const SELECTOR_UNKNOWN: Code = Code("QP0614");
/// A selector names a kind that its context does not hold.
pub const SELECTOR_ABSENT: Code = Code("QP0615");
/// A pattern can match nothing.
pub const MATCHES_NOTHING: Code = Code("QP0616");
/// A relation asks for a field that no grammar has.
pub const FIELD_UNKNOWN: Code = Code("QP0617");
/// A search for nothing.
pub const SEARCH_EMPTY: Code = Code("QP0620");
/// A search is no regular expression.
pub const SEARCH_REGEX: Code = Code("QP0621");
/// Text of a query that belongs to no `key=value`.
pub const QUERY_LEFT_OVER: Code = Code("QP0630");
/// A key that queries do not have.
pub const QUERY_KEY: Code = Code("QP0631");
/// A key that is given twice.
pub const QUERY_TWICE: Code = Code("QP0632");
/// A value that its key does not take.
pub const QUERY_VALUE: Code = Code("QP0633");
/// A query that asks for nothing.
pub const QUERY_EMPTY: Code = Code("QP0634");
/// A key that a later version answers.
pub const NOT_YET: Code = Code("QP0635");
/// Two ways to say the same at once.
pub const TWO_WAYS: Code = Code("QP0636");
/// A filter on a metavariable that the pattern does not have.
pub const FILTER_VARIABLE: Code = Code("QP0637");
/// A part of a query that belongs to a key which is not there.
pub const QUERY_PART: Code = Code("QP0638");
/// A field of siblings.
pub const SIBLING_FIELD: Code = Code("QP0639");
/// A name that nothing in the repository carries.
pub const UNKNOWN_TARGET: Code = Code("QP0640");

/// Every code of this stage, in order.
pub(super) static TABLE: &[Explanation] = &[
    Explanation {
        code: OUTSIDE_ROOT,
        title: "a path leads out of the repository",
        text: "Everything a plan reads of the code lies below the root. `in`, `@in` and `--in` name files and \
               directories there, relative to it; `..` may not lead above it.",
        wrong: "step \"Look\" {\n  search \"todo\" in=\"../other\"\n}\n",
        right: "step \"Look\" {\n  search \"todo\" in=\".\"\n}\n",
    },
    Explanation {
        code: OUTSIDE_SCOPE,
        title: "a question lies outside the run-wide scope",
        text: "`@in`, `@lang` and their flags bound what is read at all; an action's own `in` and `lang` \
               choose a part of that. A part outside would always be empty, so it is refused, with both named.",
        wrong: "@in \"src\"\nstep \"Look\" {\n  search \"load\" in=\"tests\" -> hits\n  print hits.count\n}\n",
        right: "@in \"src\"\nstep \"Look\" {\n  search \"load\" in=\"src/a.py\" -> hits\n  print hits.count\n}\n",
    },
    Explanation {
        code: MISSING,
        title: "nothing lies at a path",
        text: "A scope that does not exist is most likely a slip: an empty answer would look like a finding. \
               Paths are relative to the root and written with `/`.",
        wrong: "step \"Look\" {\n  search \"load\" in=\"scr\" -> hits\n  print hits.count\n}\n",
        right: "step \"Look\" {\n  search \"load\" in=\"src\" -> hits\n  print hits.count\n}\n",
    },
    Explanation {
        code: ROOT,
        title: "the repository cannot be scanned",
        text: "The root is no directory, or may not be read, or the machine gives no threads to scan with.",
        wrong: "",
        right: "",
    },
    Explanation {
        code: GLOB,
        title: "a glob cannot be read",
        text: "`exclude` and `globs` take the globs of gitignore: `*` within a name, `**` across directories, \
               a `/` inside or in front ties the glob to the root, `!` takes a match back.",
        wrong: "step \"Look\" {\n  q \"entity=class name=[Er\" -> found\n  print found.count\n}\n",
        right: "step \"Look\" {\n  q \"entity=class name=[EF]*\" -> found\n  print found.count\n}\n",
    },
    Explanation {
        code: CHANGED,
        title: "a file changed while the plan ran",
        text: "Every file is pinned by its hash when it is first read, so that all answers of a run are about \
               the same code. A question whose arguments are only known during the run needs a second look, \
               and found another file there.",
        wrong: "// qplan plan.qp --allow-write src\nstep \"Look\" {\n  q entity=function -> before\n  file write \"src/a.py\" content=\"x = 1\\n\"\n  string lower \"LOAD\" -> name\n  q pattern=\"${name}($X)\" -> after\n  print before.count, after.count\n}\n",
        right: "// qplan plan.qp --allow-write out\nstep \"Look\" {\n  q entity=function -> before\n  file write \"out/a.py\" content=\"x = 1\\n\"\n  string lower \"LOAD\" -> name\n  q pattern=\"${name}($X)\" -> after\n  print before.count, after.count\n}\n",
    },
    Explanation {
        code: PATTERN_SYNTAX,
        title: "a pattern does not parse",
        text: "A pattern is code of its language in which `$X` stands for one node and `$$$X` for any number. \
               It must be whole: a bracket or a block that is left open matches nothing, so it is refused at \
               the place where parsing fails.",
        wrong: "step \"Look\" {\n  q pattern=\"getattr($X, \" lang=python\n}\n",
        right: "step \"Look\" {\n  q pattern=\"getattr($X, $Y)\" lang=python\n}\n",
    },
    Explanation {
        code: PATTERN_EMPTY,
        title: "a pattern is empty",
        text: "A pattern needs some code to match.",
        wrong: "step \"Look\" {\n  q pattern=\"  \"\n}\n",
        right: "step \"Look\" {\n  q pattern=\"f($X)\"\n}\n",
    },
    Explanation {
        code: PATTERN_MANY,
        title: "a pattern is more than one node",
        text: "A match is one node of the tree, so a pattern is one statement or expression. Ask for two \
               statements by the block that holds them, and `$$$X` inside something.",
        wrong: "step \"Look\" {\n  q pattern=\"$$$ARGS\"\n}\n",
        right: "step \"Look\" {\n  q pattern=\"f($$$ARGS)\"\n}\n",
    },
    Explanation {
        code: PATTERN_LIMIT,
        title: "a pattern is too large",
        text: "A pattern has at most 64 KiB, and is nested at most 250 levels deep.",
        wrong: "step \"Look\" {\n  var code = \"f(1)\"\n  var n = 0\n  while n < 16 { set code = \"g(${code}, ${code})\"; set n = n + 1 }\n  q pattern=code -> found\n  print found.count\n}\n",
        right: "step \"Look\" {\n  var code = \"f(1)\"\n  var n = 0\n  while n < 2 { set code = \"g(${code}, ${code})\"; set n = n + 1 }\n  q pattern=code -> found\n  print found.count\n}\n",
    },
    Explanation {
        code: SELECTOR_UNKNOWN,
        title: "a selector names no node kind",
        text: "`pattern.selector` picks a node out of the pattern or its context by the name its kind has in \
               the language's grammar.",
        wrong: "step \"Look\" {\n  q pattern.context=\"class A: x = $V\" pattern.selector=assinment lang=python\n}\n",
        right: "step \"Look\" {\n  q pattern.context=\"class A: x = $V\" pattern.selector=assignment lang=python\n}\n",
    },
    Explanation {
        code: SELECTOR_ABSENT,
        title: "a context does not hold the node its selector names",
        text: "The selector names a kind of the grammar, but nothing in the context is of that kind; the help \
               lists what is.",
        wrong: "step \"Look\" {\n  q pattern.context=\"class A: x = $V\" pattern.selector=while_statement lang=python\n}\n",
        right: "step \"Look\" {\n  q pattern.context=\"class A: x = $V\" pattern.selector=assignment lang=python\n}\n",
    },
    Explanation {
        code: MATCHES_NOTHING,
        title: "a pattern can match nothing",
        text: "The pattern parses, but as a kind of node that no tree of the language holds.",
        wrong: "",
        right: "",
    },
    Explanation {
        code: FIELD_UNKNOWN,
        title: "a relation asks for a field that no grammar has",
        text: "`inside.field` and `has.field` name a field of the outer node as the language's grammar calls it: \
               `body`, `condition`, `arguments`, `return_type`.",
        wrong: "step \"Look\" {\n  q \"pattern='f($X)' inside='if $C: $$$B' inside.field=conditon\" lang=python\n}\n",
        right: "step \"Look\" {\n  q \"pattern='f($X)' inside='if $C: $$$B' inside.field=condition\" lang=python\n}\n",
    },
    Explanation {
        code: SEARCH_EMPTY,
        title: "a search for nothing",
        text: "Every place would be a hit.",
        wrong: "step \"Look\" {\n  search \"\"\n}\n",
        right: "step \"Look\" {\n  search \"todo\"\n}\n",
    },
    Explanation {
        code: SEARCH_REGEX,
        title: "a regular expression is wrong",
        text: "Searches and filters take the expressions of Rust's `regex` crate, searches look-around and \
               back-references too. A text with signs of expressions is read as one unless `mode` says \
               otherwise; a search looks at one line at a time.",
        wrong: "step \"Look\" {\n  search \"print(\"\n}\n",
        right: "step \"Look\" {\n  search \"print(\" mode=literal\n}\n",
    },
    Explanation {
        code: QUERY_LEFT_OVER,
        title: "text of a query belongs to no `key=value`",
        text: "A query is `key=value` separated by blanks. A value that holds blanks stands in quotes; `=` has \
               none around it.",
        wrong: "step \"Look\" {\n  q \"pattern=f($X, $Y)\"\n}\n",
        right: "step \"Look\" {\n  q \"pattern='f($X, $Y)'\"\n}\n",
    },
    Explanation {
        code: QUERY_KEY,
        title: "a query has an unknown key",
        text: "Keys that nobody reads would hide slips, so they are refused with those they resemble.",
        wrong: "step \"Look\" {\n  q \"patern='f($X)'\"\n}\n",
        right: "step \"Look\" {\n  q \"pattern='f($X)'\"\n}\n",
    },
    Explanation {
        code: QUERY_TWICE,
        title: "a key is given twice",
        text: "Only metavariables may be filtered more than once.",
        wrong: "step \"Look\" {\n  q \"pattern='f($X)' in=. in=.\"\n}\n",
        right: "step \"Look\" {\n  q \"pattern='f($X)' in=.\"\n}\n",
    },
    Explanation {
        code: QUERY_VALUE,
        title: "a key does not take the value",
        text: "The message says what it takes. A metavariable is compared with a regular expression: `$X=~re` \
               or `$X!=~re`.",
        wrong: "step \"Look\" {\n  q \"pattern='f($X)' lang=pyton\"\n}\n",
        right: "step \"Look\" {\n  q \"pattern='f($X)' lang=python\"\n}\n",
    },
    Explanation {
        code: QUERY_EMPTY,
        title: "a query asks for nothing",
        text: "A query has an `entity` or a `pattern`, or is a plain text that is searched.",
        wrong: "step \"Look\" {\n  q \"in=.\"\n}\n",
        right: "step \"Look\" {\n  q \"pattern='f($X)' in=.\"\n}\n",
    },
    Explanation {
        code: NOT_YET,
        title: "what this version does not answer yet",
        text: "The key or value belongs to the query language, but this version does not answer it. It is refused \
               rather than left aside, which would give another answer than was asked for.",
        wrong: "step \"Look\" {\n  q \"entity=function used_by=function:main\"\n}\n",
        right: "step \"Look\" {\n  q \"entity=function\"\n}\n",
    },
    Explanation {
        code: TWO_WAYS,
        title: "the same is said in two ways",
        text: "A query and a `pattern` argument are two questions; a context takes the place of a pattern; and \
               what a query says, the arguments beside it may not say again.",
        wrong: "step \"Look\" {\n  q \"pattern='f($X)' pattern.context='f($X)'\"\n}\n",
        right: "step \"Look\" {\n  q \"pattern='f($X)'\"\n}\n",
    },
    Explanation {
        code: FILTER_VARIABLE,
        title: "a filter on an unknown metavariable",
        text: "The pattern has no metavariable of that name, so no match could pass.",
        wrong: "step \"Look\" {\n  q \"pattern='f($X)' $Y=~a\"\n}\n",
        right: "step \"Look\" {\n  q \"pattern='f($X)' $X=~a\"\n}\n",
    },
    Explanation {
        code: QUERY_PART,
        title: "a part of a query belongs to a key that is not there",
        text: "`name` says more of an `entity`, `pattern.selector` of a `pattern`, `inside.stopBy` of an `inside`. \
               Alone they would change nothing.",
        wrong: "step \"Look\" {\n  q \"pattern='f($X)' inside.stopBy=end\"\n}\n",
        right: "step \"Look\" {\n  q \"pattern='f($X)' inside='g($Y)' inside.stopBy=end\"\n}\n",
    },
    Explanation {
        code: SIBLING_FIELD,
        title: "a field of siblings",
        text: "`precedes` and `follows` look at the nodes beside a node. A field is a place in an outer node, so only \
               `inside` and `has` take one.",
        wrong: "step \"Look\" {\n  q \"pattern='f($X)' follows='g()' follows.field=body\"\n}\n",
        right: "step \"Look\" {\n  q \"pattern='f($X)' follows='g()'\"\n}\n",
    },
    Explanation {
        code: UNKNOWN_TARGET,
        title: "nothing in the repository has the name",
        text: "An analysis of something that does not exist would give an empty answer that looks like a finding, \
               so it ends with the nearest names there are. A definition is named `name`, `Class.name`, \
               `pkg.mod.name`, `crate::mod::name`, or by a place of it: `file.py:12`. `in` and `exclude` say \
               where it is looked for.",
        wrong: "step \"Look\" {\n  calls laod -> sites\n  print sites.count\n}\n",
        right: "step \"Look\" {\n  calls load -> sites\n  print sites.count\n}\n",
    },
];
