//! The body of a file's facts: blocks, statements and expressions. Children stand before their parents, so each
//! expression and each statement owns the consecutive expressions that end with it.

use bitcode::{Decode, Encode};

use super::{BlockId, ExprId, Place, Run, ScopeId, StmtId, Str};

/// The records of the body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Body {
    /// The first is the module's; an outer one before those inside it, in source order.
    pub blocks: Vec<Block>,
    /// An outer one before those inside it, in source order.
    pub stmts: Vec<Stmt>,
    /// Children before parents.
    pub exprs: Vec<Expr>,
    /// Arguments of calls.
    pub calls: Vec<Call>,
    /// Arguments, bases, fields of struct literals; those of one owner stand together.
    pub args: Vec<Arg>,
    /// Comprehensions.
    pub comprs: Vec<Compr>,
    /// Their `for` clauses; those of one stand together.
    pub clauses: Vec<Clause>,
    /// Children of expressions that have any number, and decorators; those of one owner stand together.
    pub kids: Vec<ExprId>,
}

/// A block of statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// The block around it.
    pub parent: BlockId,
    /// The scope its names belong to.
    pub scope: ScopeId,
    /// The statement it is part of; none of the module.
    pub stmt: StmtId,
    /// The next block of the same compound: `if` → `elif` → `else`, `try` → `except` → `else` → `finally`, arm → arm.
    pub next: BlockId,
    /// What decides on it: a condition, the type of an `except`, a context manager (several: a `Tuple`), what is
    /// iterated, the pattern of a `case` or arm.
    pub test: ExprId,
    /// The guard of a `case` or arm.
    pub guard: ExprId,
    /// Its label.
    pub label: Str,
    /// The expressions of its header, `test` and `guard` among them.
    pub exprs: Run,
    /// All statements inside, those of inner blocks included; its own are those whose `block` it is.
    pub stmts: Run,
    /// From its keyword, or first token, to its end.
    pub place: Place,
}

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum BlockKind {
    /// The file, or an inline `mod`.
    Module,
    /// The body of a function.
    Function,
    /// The body of a class, `struct`, `enum`, `union`, `trait`, `impl`, `extern` block.
    Class,
    /// `if`, `if let`.
    If,
    /// `elif`, `else if`.
    Elif,
    /// `else` of an `if`, a `let … else`.
    Else,
    /// `for`.
    For,
    /// `while`, `while let`.
    While,
    /// `loop`.
    Loop,
    /// `else` of a loop.
    LoopElse,
    /// `try`.
    Try,
    /// `except`.
    Except,
    /// `except*`.
    ExceptStar,
    /// `else` of a `try`.
    TryElse,
    /// `finally`.
    Finally,
    /// `with`.
    With,
    /// `case`.
    Case,
    /// An arm of a Rust `match`.
    Arm,
    /// `{ … }`.
    Plain,
    /// `unsafe { … }`.
    Unsafe,
    /// `async { … }`, `async move { … }`.
    Async,
    /// `const { … }`.
    Const,
}

/// A statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Stmt {
    /// What it does; says what `a` and `b` are.
    pub kind: StmtKind,
    /// How a [`StmtKind::Bind`] binds.
    pub op: BindOp,
    /// The block it stands in.
    pub block: BlockId,
    /// Its expressions, without those of blocks it opens; of a definition those of its header.
    pub exprs: Run,
    /// The raw name of a record.
    pub a: u32,
    /// The raw name of a record, or a number.
    pub b: u32,
    /// The type of a [`StmtKind::Bind`] that states one.
    pub ty: ExprId,
    /// All of it, inner blocks included.
    pub place: Place,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum StmtKind {
    /// Binds: `a` target, `b` value, both [`ExprId`], each may be none. Several targets are several statements, the
    /// expressions with the first. What a header binds (`for`, `with`, `except`, `case`, arm, `if let`) is a statement
    /// without expressions of its own at the start of the block.
    Bind,
    /// An expression `a`.
    Expr,
    /// The value `a` of a Rust block.
    Tail,
    /// `return a`.
    Return,
    /// `raise a from b`.
    Raise,
    /// `assert a, b`.
    Assert,
    /// `del a`.
    Del,
    /// `break` with the label `a` ([`Str`]) and the value `b`.
    Break,
    /// `continue` with the label `a` ([`Str`]).
    Continue,
    /// `pass`, `;`.
    Pass,
    /// A definition: `a` is a [`DefId`](super::DefId).
    Def,
    /// Imports: `a` the first [`ImportId`](super::ImportId), `b` how many.
    Import,
    /// `global`, `nonlocal`: `a` the first of [`Head::declared`](super::Head::declared) plus one, `b` how many.
    Declare,
    /// A compound of Python: `a` its first [`BlockId`], `b` the subject of a `match`. Rust's are expressions.
    Open,
    /// A macro's call as an item or statement: `a` is its [`ExprId`].
    Macro,
}

/// How a statement binds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode)]
pub enum BindOp {
    /// `=`.
    #[default]
    Assign,
    /// `+=` and its like.
    Augment,
    /// `x: T = v`, `x: T`.
    Annotate,
    /// `for`.
    For,
    /// `with … as`.
    With,
    /// `except … as`.
    Except,
    /// `case`, an arm, `if let`, `while let`.
    Match,
    /// `let`, `let … else`.
    Let,
}

/// An expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Expr {
    /// What it is; says what `a` and `b` are, see [`Shape`](super::Shape).
    pub kind: ExprKind,
    /// Flags of the module [`expr`].
    pub flags: u16,
    /// The raw name of a record, or a number.
    pub a: u32,
    /// The raw name of a record, or a number.
    pub b: u32,
    /// All of it, without brackets around it.
    pub place: Place,
}

/// What an expression is; `kids` stands for a run of [`Body::kids`], `a` its index and `b` its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum ExprKind {
    /// `x`: `a` is a `Str`. Also a binding in a pattern.
    Name,
    /// `x.name`, `x.0`: `a` the base, `b` the name as `Str`; the name ends where the expression ends.
    Attr,
    /// `a::b`: `a` the base or none, `b` the last segment as `Str`. `crate`, `self`, `super`, `Self` and the empty one
    /// before a leading `::` are segments like any other.
    Path,
    /// `x[key]`: `a` the base, `b` the key.
    Index,
    /// `lo:hi:step`: kids, each may be none.
    Slice,
    /// `f(…)`: `a` the callee, `b` a `CallId`.
    Call,
    /// `x.f(…)` of Rust: `a` an `Attr`, `b` a `CallId`. Python's is a `Call` of an `Attr`.
    Method,
    /// `m!(…)`: `a` a `Path` or `Name`, `b` a `CallId` of what was read inside.
    Macro,
    /// A tuple: kids.
    Tuple,
    /// A list, an array: kids.
    List,
    /// A set: kids.
    Set,
    /// A dictionary: kids, key and value in turn; the key of `**x` is none.
    Dict,
    /// `T { f: v, ..base }`: `a` the path, `b` a `CallId` whose arguments are the fields, the base a `DoubleStar`.
    Struct,
    /// `*x` among elements or targets: `a`.
    Starred,
    /// A literal: `a` its text as `Str`, `b` a [`ConstKind`] as number.
    Const,
    /// An f-string or t-string, `format!`'s captures: kids are the holes, nested formats included.
    FString,
    /// `lambda`, a closure: `a` a `DefId`.
    Lambda,
    /// A comprehension: `a` a `ComprId`.
    Compr,
    /// One of several values: kids. `a if t else b` as `t`, `a`, `b`; `x or y`, `x and y`.
    Either,
    /// `-x`, `not x`, `!x`: `a`, `b` an [`Op`] as number.
    Unary,
    /// `x + y`: `a` the left, `b` the right; the operator is in the flags, see [`Expr::op`].
    Binary,
    /// `x < y < z`, `x in y`: kids.
    Compare,
    /// `x := v`: `a` the target, `b` the value. Assignments of Rust too, with the operator in the flags; `let p = v` as a
    /// condition; the pattern `x @ p`.
    Assign,
    /// `await x`, `x.await`: `a`.
    Await,
    /// `yield x`: `a` or none.
    Yield,
    /// `yield from x`: `a`.
    YieldFrom,
    /// `x?`: `a`.
    Try,
    /// `&x`, `&mut x`: `a`, `b` one if `mut`.
    Ref,
    /// `*x` of Rust: `a`.
    Deref,
    /// `x as T`: `a`, `b` the type.
    Cast,
    /// `a..b`: `a`, `b`, each may be none.
    Range,
    /// A block, `if`, `match`, `loop` of Rust as a value: `a` its first `BlockId`, `b` the subject of a `match`.
    Block,
    /// `return x`, `break x`, `continue` as an expression of Rust: `a` or none, `b` a [`StmtKind`] as number.
    Leave,
    /// A pattern `P(…)`, `P { … }`, `P(x=…)`: `a` the path, `b` a `CallId` whose arguments are the parts.
    Pattern,
    /// `T<A, B>`, `&T`, `[T]`, `(T, U)` in a type: `a` the head or none, `b` a `CallId` of its arguments. The first
    /// argument of `&T`, `&mut T`, `*const T`, `*mut T`, `[T]`, `[T; N]` is named by its sign (`&mut`, `[`); that of
    /// `Fn(A) -> B` is a `FnType`. An attribute with arguments is one too, `#[a = v]` with the argument `v`.
    Type,
    /// `dyn T`, `impl T`, `T + U`: kids are the bounds; of a sum in a type those before the last are one kid.
    Bounds,
    /// `fn(A) -> B`: kids, the result last, none if there is none.
    FnType,
    /// Anything else: kids.
    Other,
}

/// Flags of an expression.
pub mod expr {
    /// It is bound or assigned to.
    pub const STORE: u16 = 1;
    /// It is deleted.
    pub const DEL: u16 = 1 << 1;
    /// In an annotation.
    pub const ANNOTATION: u16 = 1 << 2;
    /// In a type.
    pub const TYPE: u16 = 1 << 3;
    /// Inside the brackets of a macro, read as if they held expressions.
    pub const MACRO: u16 = 1 << 4;
    /// The operand of `await`.
    pub const AWAITED: u16 = 1 << 5;
    /// Brackets stand around it.
    pub const PARENTHESISED: u16 = 1 << 6;
    /// It is a decorator or attribute.
    pub const DECORATOR: u16 = 1 << 7;
    /// Inside a string that is read as an annotation.
    pub const QUOTED: u16 = 1 << 8;
    /// Where the operator of a binary expression or assignment begins.
    pub const OP_SHIFT: u16 = 9;
}

/// An operator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode)]
pub enum Op {
    /// None.
    #[default]
    None,
    /// `+`.
    Add,
    /// `-`.
    Sub,
    /// `*`.
    Mul,
    /// `/`.
    Div,
    /// `//`.
    FloorDiv,
    /// `%`.
    Mod,
    /// `**`.
    Pow,
    /// `@`.
    MatMul,
    /// `<<`.
    Shl,
    /// `>>`.
    Shr,
    /// `&`.
    BitAnd,
    /// `|`.
    BitOr,
    /// `^`.
    BitXor,
    /// `~`.
    Invert,
    /// `not`, `!`.
    Not,
    /// Unary `-`.
    Neg,
    /// Unary `+`.
    Pos,
}

impl Op {
    /// Every operator, by number.
    pub const ALL: [Self; 18] = [
        Self::None,
        Self::Add,
        Self::Sub,
        Self::Mul,
        Self::Div,
        Self::FloorDiv,
        Self::Mod,
        Self::Pow,
        Self::MatMul,
        Self::Shl,
        Self::Shr,
        Self::BitAnd,
        Self::BitOr,
        Self::BitXor,
        Self::Invert,
        Self::Not,
        Self::Neg,
        Self::Pos,
    ];
}

impl Expr {
    /// The operator of a binary expression or assignment.
    #[must_use]
    pub fn op(&self) -> Op {
        Op::ALL.get(usize::from(self.flags >> expr::OP_SHIFT)).copied().unwrap_or_default()
    }

    /// Whether any of these flags is set.
    #[must_use]
    pub const fn has(&self, flags: u16) -> bool {
        self.flags & flags != 0
    }

    /// Whether it is read, not bound or deleted.
    #[must_use]
    pub const fn is_load(&self) -> bool {
        self.flags & (expr::STORE | expr::DEL) == 0
    }
}

/// What a literal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum ConstKind {
    /// A string; its text is the value.
    Str,
    /// Bytes; their text is the value, a byte over 127 as `\xff`.
    Bytes,
    /// A whole number; its text as written.
    Int,
    /// A number with a point or exponent; its text as written.
    Float,
    /// `1j`.
    Complex,
    /// `True`, `true`; its text is the word.
    True,
    /// `False`, `false`.
    False,
    /// `None`.
    None,
    /// `...`.
    Ellipsis,
    /// `'c'`, `b'c'`.
    Char,
    /// A string or number of over 256 bytes: its text is the blake3 hash in hex.
    Long,
}

impl ConstKind {
    /// Every kind, by number.
    pub const ALL: [Self; 11] = [
        Self::Str,
        Self::Bytes,
        Self::Int,
        Self::Float,
        Self::Complex,
        Self::True,
        Self::False,
        Self::None,
        Self::Ellipsis,
        Self::Char,
        Self::Long,
    ];
}

/// The arguments of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Call {
    /// Of [`Body::args`].
    pub args: Run,
    /// The byte of the `(`, `[` or `{`.
    pub open_at: u32,
    /// `::<A, B>`: of [`Body::kids`].
    pub turbofish: Run,
}

/// An argument, a base, a field of a struct literal, a part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Arg {
    /// How it is given.
    pub kind: ArgKind,
    /// The name before `=` or `:`.
    pub name: Str,
    /// Where the name stands, or the argument begins.
    pub at: u32,
    /// What is given.
    pub value: ExprId,
}

/// How an argument is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum ArgKind {
    /// By position.
    Positional,
    /// `*x`.
    Star,
    /// `name=x`, `name: x`.
    Keyword,
    /// `**x`, `..x`.
    DoubleStar,
}

/// A comprehension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Compr {
    /// What it makes.
    pub kind: ComprKind,
    /// Its scope; the first `iter` stands in the scope around it.
    pub scope: ScopeId,
    /// The element, or the key.
    pub element: ExprId,
    /// The value, of a dictionary.
    pub value: ExprId,
    /// Of [`Body::clauses`].
    pub clauses: Run,
}

/// What a comprehension makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum ComprKind {
    /// `[…]`.
    List,
    /// `{…}`.
    Set,
    /// `{k: v …}`.
    Dict,
    /// `(…)`.
    Generator,
}

/// A `for … in … if …` of a comprehension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Clause {
    /// What is bound.
    pub target: ExprId,
    /// What is iterated.
    pub iter: ExprId,
    /// Conditions, of [`Body::kids`].
    pub ifs: Run,
    /// Whether it is `async for`.
    pub is_async: bool,
}
