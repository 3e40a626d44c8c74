//! The tree of a plan as it is written: every form, value and place, no meaning. Built by `grammar` and by the
//! front ends for run plans; printed by `print`; numbered by `step::resolve`; run by `exec`.

pub mod visit;

use std::sync::Arc;

use crate::source::{OffsetMap, Span};

/// A whole file: the statements at its top level.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    /// Meta, steps and what a file should not hold but may.
    pub body: Block,
    /// Every comment in the order of the text.
    pub comments: Vec<Comment>,
    /// Where blank lines stand, in order, for the printer: the first byte of each.
    pub blanks: Vec<u32>,
    /// Words of forms of other languages that were left out; some may have been meant to declare a name.
    pub lost: Vec<Arc<str>>,
}

/// A comment, with its marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// `// …`, `# …` or `/* … */` as written, without the line's end.
    pub text: Arc<str>,
    /// Where it stands.
    pub span: Span,
    /// Whether nothing but blanks precedes it on its line.
    pub own_line: bool,
}

/// Statements in order; the span holds the braces, if there are any.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    /// The statements.
    pub statements: Vec<Statement>,
    /// From the opening brace to behind the closing one; a file's whole text.
    pub span: Span,
}

/// One statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What it is.
    pub kind: StatementKind,
    /// From its first token to behind its last.
    pub span: Span,
}

/// The forms of a statement.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// `plan { … }`.
    Plan(Block),
    /// `@key …`.
    Meta(Meta),
    /// `step … { … }`.
    Step(Box<Step>),
    /// `if … { … } else …`.
    If(If),
    /// `while … { … }`.
    While(While),
    /// `each … in … { … }`.
    Each(Each),
    /// `parallel … { … }`.
    Parallel(Parallel),
    /// A call of an action module.
    Action(Action),
    /// `future <action>`.
    Future(Action),
    /// `jump …`.
    Jump(Jump),
    /// `set path = …`.
    Set(Set),
    /// `var name = …`.
    Var(Var),
    /// `print …`.
    Print(Vec<Item>),
    /// `return …`.
    Return(Return),
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `stop`.
    Stop,
    /// `skip`.
    Skip,
    /// Text that could not be read; a diagnostic says why.
    Error,
}

/// A written name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The characters.
    pub text: Arc<str>,
    /// Where.
    pub span: Span,
}

/// `@key item, item`.
#[derive(Clone, Debug, PartialEq)]
pub struct Meta {
    /// The key without `@`.
    pub key: Word,
    /// What follows; `name=value` for parameters with a default.
    pub items: Vec<Item>,
}

/// An expression, under a key or alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The key before `=`; dots are part of it.
    pub key: Option<Word>,
    /// The value.
    pub value: Expr,
}

/// A step.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its place among all steps of the plan, depth first from 1; 0 until resolved.
    pub number: u32,
    /// Attributes in the order written; a lone string has the key `desc`.
    pub attributes: Vec<Attribute>,
    /// The namespace behind `->`.
    pub output: Option<Word>,
    /// The statements.
    pub body: Block,
    /// `step` to before the brace.
    pub head: Span,
}

/// `key=value` of a step or of `parallel`; values are constants.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// `id`, `desc`, … ; for a lone string `desc` with an empty span.
    pub key: Word,
    /// A constant: text, word (as `Name`), number, duration, `true`, `false`, `null`.
    pub value: Expr,
}

/// `if`.
#[derive(Clone, Debug, PartialEq)]
pub struct If {
    /// The condition.
    pub condition: Expr,
    /// What runs when it holds.
    pub then: Block,
    /// What runs otherwise.
    pub otherwise: Option<Else>,
}

/// What follows `else`.
#[derive(Clone, Debug, PartialEq)]
pub enum Else {
    /// `else { … }`.
    Block(Block),
    /// `else if …`.
    If(Box<If>, Span),
}

/// `while`.
#[derive(Clone, Debug, PartialEq)]
pub struct While {
    /// Asked before every turn.
    pub condition: Expr,
    /// The turn.
    pub body: Block,
}

/// `each x in v` and `each (a, b) in v`.
#[derive(Clone, Debug, PartialEq)]
pub struct Each {
    /// The value, or the key of an object where there are two names.
    pub first: Word,
    /// The index, or the value of an object.
    pub second: Option<Word>,
    /// What is iterated.
    pub over: Expr,
    /// The turn.
    pub body: Block,
}

/// `parallel`.
#[derive(Clone, Debug, PartialEq)]
pub struct Parallel {
    /// Options before and behind the block.
    pub options: Vec<Attribute>,
    /// The branches: one direct statement each.
    pub body: Block,
    /// Written `parallel: … end`.
    pub colon: bool,
}

/// `name [option] [primary] key=value … [-> out]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// The action's name as written.
    pub name: Word,
    /// The bare word behind the name.
    pub option: Option<Word>,
    /// The lone expression.
    pub primary: Option<Expr>,
    /// `key=value`.
    pub arguments: Vec<Argument>,
    /// The variable that takes the value.
    pub output: Option<Word>,
}

/// `key=value` of an action.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// The key; dots are part of it.
    pub key: Word,
    /// The value.
    pub value: Expr,
}

/// `jump to="id"` or `jump id`.
#[derive(Clone, Debug, PartialEq)]
pub struct Jump {
    /// The id of a step.
    pub target: Word,
    /// Whether `to=` is written.
    pub keyed: bool,
    /// Whether the id is quoted; a quoted one's span holds the quotes.
    pub quoted: bool,
}

/// `set name.path = value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Set {
    /// The variable.
    pub name: Word,
    /// What leads to the place inside it.
    pub path: Vec<Accessor>,
    /// The new value.
    pub value: Expr,
}

/// `var name = value`, also written `var value -> name`.
#[derive(Clone, Debug, PartialEq)]
pub struct Var {
    /// The variable.
    pub name: Word,
    /// Its value.
    pub value: Expr,
}

/// The forms of `return`.
#[derive(Clone, Debug, PartialEq)]
pub enum Return {
    /// Alone: the step's default result.
    Default,
    /// `return = e`, or one lone expression that is no name: the bare value.
    Value {
        /// The value.
        value: Expr,
        /// Whether `=` is written.
        equals: bool,
    },
    /// Names, paths and `key=value`: an object. An item without key is a `Name` or a path; its key is the last word.
    Fields(Vec<Item>),
}

/// `.name` or `[index]`.
#[derive(Clone, Debug, PartialEq)]
pub enum Accessor {
    /// `.name`.
    Field(Word),
    /// `[index]`.
    Index(Box<Expr>),
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// From its first token to behind its last.
    pub span: Span,
}

/// The forms of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// `200ms`: the text of it is the value.
    Duration(Arc<str>),
    /// A string without interpolation.
    Text(Text),
    /// A string with `${…}`.
    Template(Template),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `{k: v}`.
    Object(Vec<Entry>),
    /// A bare word.
    Name(Arc<str>),
    /// `f(a, b)`.
    Call(Word, Vec<Expr>),
    /// `e.name`, `e[index]`.
    Access(Box<Expr>, Accessor),
    /// `not e`, `-e`.
    Unary(Unary, Box<Expr>),
    /// `a + b`.
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// `e exists` (`true`), `e not_exists` (`false`).
    Exists(Box<Expr>, bool),
    /// `(e)`.
    Paren(Box<Expr>),
    /// Text that could not be read; a diagnostic says why.
    Error,
}

/// A number as written and as meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// As written: `1_000`.
    pub raw: Arc<str>,
    /// As meant.
    pub value: Numeric,
}

/// A number's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Numeric {
    /// No point, no exponent.
    Int(i64),
    /// A point or an exponent.
    Float(f64),
}

/// A string without interpolation.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// As written, quotes and prefix included.
    pub raw: Arc<str>,
    /// Decoded.
    pub value: Arc<str>,
    /// From the decoded text to the source.
    pub map: OffsetMap,
}

/// A string with interpolation.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    /// `"` or `"""`.
    pub quote: &'static str,
    /// Text and holes in order.
    pub parts: Vec<Part>,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Decoded text between holes.
    Text(Text),
    /// `${e}`.
    Hole(Expr),
}

/// `key: value` of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key, decoded.
    pub key: Word,
    /// As written, where quoted.
    pub raw: Option<Arc<str>>,
    /// The value.
    pub value: Expr,
}

/// Operators before one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    /// `not`.
    Not,
    /// `-`.
    Minus,
}

/// Operators between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// `or`.
    Or,
    /// `and`.
    And,
    /// `==`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterEqual,
    /// `in`.
    In,
    /// `not in`.
    NotIn,
    /// `+`.
    Add,
    /// `-`.
    Sub,
    /// `*`.
    Mul,
    /// `/`.
    Div,
    /// `%`.
    Rem,
}

impl Binary {
    /// As written.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
        }
    }
}

impl Item {
    /// What it is called: its key, else the last name of its path, `["a name"]` too.
    #[must_use]
    pub fn name(&self) -> Option<&Arc<str>> {
        self.key.as_ref().map_or_else(|| self.value.last_name(), |key| Some(&key.text))
    }
}

impl Expr {
    /// The last name of a path; numbers and what is computed have none.
    fn last_name(&self) -> Option<&Arc<str>> {
        match &self.kind {
            ExprKind::Name(name) => Some(name),
            ExprKind::Access(_, Accessor::Field(field)) => Some(&field.text),
            ExprKind::Access(base, Accessor::Index(index)) => match &index.kind {
                ExprKind::Text(text) => Some(&text.value),
                _ => base.last_name(),
            },
            _ => None,
        }
    }

    /// A string that is written nowhere, or at `span` without quotes.
    #[must_use]
    pub fn text(value: &str, span: Span) -> Self {
        let text = Text {
            raw: format!("{value:?}").into(),
            value: value.into(),
            map: OffsetMap::at(span.lo),
        };
        Self { kind: ExprKind::Text(text), span }
    }

    /// The path a name with accessors spells, if it is one: `find.rows[0]` gives its base.
    #[must_use]
    pub fn base_name(&self) -> Option<(&Arc<str>, Span)> {
        match &self.kind {
            ExprKind::Name(name) => Some((name, self.span)),
            ExprKind::Access(base, _) => base.base_name(),
            _ => None,
        }
    }

    /// A name with fields as it is spelled, `Class.method`; `None` for anything else.
    #[must_use]
    pub fn dotted(&self) -> Option<String> {
        match &self.kind {
            ExprKind::Name(name) => Some(name.to_string()),
            ExprKind::Access(base, Accessor::Field(field)) => {
                let mut path = base.dotted()?;
                path.push('.');
                path.push_str(&field.text);
                Some(path)
            }
            _ => None,
        }
    }

    /// The expression inside any parentheses.
    #[must_use]
    pub fn unwrapped(&self) -> &Self {
        match &self.kind {
            ExprKind::Paren(inner) => inner.unwrapped(),
            _ => self,
        }
    }
}
