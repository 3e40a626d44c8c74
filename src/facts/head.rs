//! The head of a file's facts: what it defines, imports and exports, and which scope knows which name. Always read.

use bitcode::{Decode, Encode};

use super::{BlockId, DefId, ExprId, Place, Run, ScopeId, StmtId, Str};

/// The records of the head.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Head {
    /// What could not be read, in order.
    pub errors: Vec<Error>,
    /// Definitions, an outer one before those inside it, in source order.
    pub defs: Vec<Def>,
    /// Parameters; those of one definition stand together.
    pub params: Vec<Param>,
    /// Type parameters; those of one definition stand together.
    pub type_params: Vec<TypeParam>,
    /// One a name that an import binds, in source order.
    pub imports: Vec<Import>,
    /// What `__all__` is made of, in source order.
    pub exports: Vec<Export>,
    /// Scopes; the first is the module's, an outer one before those inside it.
    pub scopes: Vec<Scope>,
    /// `global` and `nonlocal`.
    pub declared: Vec<Declared>,
    /// Names by scope; those of one scope stand together, by first occurrence.
    pub symbols: Vec<Symbol>,
}

/// Something that could not be read as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Error {
    /// Where.
    pub place: Place,
    /// What is wrong: lower case, no full stop.
    pub text: Str,
    /// How grave it is.
    pub kind: ErrorKind,
}

/// How grave an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum ErrorKind {
    /// No source of the language: the file counts as unparsable.
    Syntax,
    /// Left unread, such as what is nested too deep: the file counts as unparsable.
    Unread,
}

/// A definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Def {
    /// What is defined.
    pub kind: DefKind,
    /// [`Def`] flags of the module [`def`].
    pub flags: u32,
    /// Who may use it; Python's are all [`Visibility::Public`].
    pub visibility: Visibility,
    /// Its name; none of a lambda, a closure and an `impl`.
    pub name: Str,
    /// Where the name stands; where there is none, the first token (`lambda`, `|`, `impl`).
    pub name_at: Place,
    /// All of it, decorators or attributes and the doc comment included.
    pub full: Place,
    /// From `def`, `class`, `pub`, `fn`… up to the `:`, or up to the `{`, `;` or `,`, which is not part of it.
    pub head: Place,
    /// Its statements or members; none where it has no body.
    pub body: BlockId,
    /// The scope it stands in.
    pub scope: ScopeId,
    /// The scope it opens; none where it opens none.
    pub own: ScopeId,
    /// The block it stands in.
    pub block: BlockId,
    /// Its parameters, of [`Head::params`].
    pub params: Run,
    /// Its type parameters, of [`Head::type_params`].
    pub type_params: Run,
    /// Decorator expressions or attributes, of [`Body::kids`](super::Body::kids).
    pub decorators: Run,
    /// Bases and keywords of a class, supertraits of a trait, of [`Body::args`](super::Body::args).
    pub bases: Run,
    /// The type: returned, or of a constant, static or field, or that a type alias stands for.
    pub ty: ExprId,
    /// The value of a constant or static; the body of a lambda or closure.
    pub value: ExprId,
    /// The type an `impl` is for.
    pub self_ty: ExprId,
    /// The trait an `impl` implements.
    pub trait_ty: ExprId,
    /// The docstring or doc comment.
    pub doc: Place,
}

/// What is defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum DefKind {
    /// `def`, `async def`, `fn`, also in a class, `impl`, `trait` or `extern` block.
    Function,
    /// `class`.
    Class,
    /// `struct`.
    Struct,
    /// `enum`.
    Enum,
    /// A variant of an `enum`.
    Variant,
    /// `trait`.
    Trait,
    /// `union`.
    Union,
    /// `impl`.
    Impl,
    /// `mod x { … }` and `mod x;`.
    Module,
    /// `const`.
    Const,
    /// `static`.
    Static,
    /// `type` of Rust, `type X = …` of Python, an associated type.
    Type,
    /// `macro_rules!`.
    Macro,
    /// A field of a `struct`, `union` or variant; named by its number in a tuple.
    Field,
    /// `lambda`.
    Lambda,
    /// `|x| …`.
    Closure,
}

impl DefKind {
    /// As rows show it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Class => "class",
            Self::Struct => "struct",
            Self::Enum => "enum",
            Self::Variant => "variant",
            Self::Trait => "trait",
            Self::Union => "union",
            Self::Impl => "impl",
            Self::Module => "module",
            Self::Const => "const",
            Self::Static => "static",
            Self::Type => "type",
            Self::Macro => "macro",
            Self::Field => "field",
            Self::Lambda => "lambda",
            Self::Closure => "closure",
        }
    }
}

/// Flags of a definition.
pub mod def {
    /// `async`.
    pub const ASYNC: u32 = 1;
    /// Its own body yields.
    pub const GENERATOR: u32 = 1 << 1;
    /// Decorated as `typing.overload`, by the last segment.
    pub const OVERLOAD: u32 = 1 << 2;
    /// Decorated as `abstractmethod`, by the last segment; a trait's method without a body.
    pub const ABSTRACT: u32 = 1 << 3;
    /// `unsafe`.
    pub const UNSAFE: u32 = 1 << 4;
    /// `const fn`.
    pub const CONST: u32 = 1 << 5;
    /// In an `extern` block, or `extern fn`.
    pub const EXTERN: u32 = 1 << 6;
    /// A trait's member with a body or value.
    pub const DEFAULT: u32 = 1 << 7;
    /// Under a `#[cfg(…)]` of its own.
    pub const CFG: u32 = 1 << 8;
    /// `#[test]`, `#[…::test]`, or itself `#[cfg(test)]`.
    pub const TEST: u32 = 1 << 9;
    /// `#[macro_export]`.
    pub const MACRO_EXPORT: u32 = 1 << 10;
    /// `mut` of a `static`.
    pub const MUT: u32 = 1 << 11;
}

/// Who may use a definition of Rust.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode)]
pub enum Visibility {
    /// The module and those inside it.
    #[default]
    Private,
    /// `pub(in path)`, `pub(super)`.
    Restricted,
    /// `pub(crate)`.
    Crate,
    /// `pub`.
    Public,
}

/// A parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Param {
    /// How arguments reach it.
    pub kind: ParamKind,
    /// Its name; none of a pattern that binds other than one name.
    pub name: Str,
    /// Where the name, or the pattern, stands.
    pub place: Place,
    /// Its type.
    pub ty: ExprId,
    /// Its default.
    pub default: ExprId,
    /// Its pattern, where it is none but a name.
    pub pattern: ExprId,
}

/// How arguments reach a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum ParamKind {
    /// `self` of Rust. Python's first parameter is as any other.
    SelfValue,
    /// By position only.
    PositionalOnly,
    /// By position, and by name in Python.
    Positional,
    /// `*args`.
    Star,
    /// By name only.
    KeywordOnly,
    /// `**kwargs`.
    DoubleStar,
}

/// A type parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct TypeParam {
    /// What it stands for.
    pub kind: TypeParamKind,
    /// Its name, of a lifetime with the `'`.
    pub name: Str,
    /// Where the name stands.
    pub place: Place,
    /// Its bound, or the type of a `const` one. Several bounds of Rust are one `Bounds` with a kid each;
    /// those of a `where` clause are not here.
    pub bound: ExprId,
    /// Its default.
    pub default: ExprId,
}

/// What a type parameter stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum TypeParamKind {
    /// A type.
    Type,
    /// `'a`.
    Lifetime,
    /// `const N: usize`.
    Const,
    /// `*Ts`.
    Tuple,
    /// `**P`.
    Spec,
}

/// One name that an import binds. Groups of Rust are flattened: one record a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Import {
    /// How it is written.
    pub form: ImportForm,
    /// Leading dots of `from ..a import b`.
    pub level: u8,
    /// `pub` of a `use`, `extern crate` or `mod`.
    pub visibility: Visibility,
    /// `#[macro_use]`.
    pub macro_use: bool,
    /// Python: the dotted module, empty in `from . import a`. Rust: the path before the last segment (`crate::a`, empty
    /// in `use a;`), a leading `::` kept.
    pub module: Str,
    /// The imported name: `b` of `from a import b as c` and `use a::b as c`, `self` of `use a::{self}`; none of a plain
    /// `import` and of a star.
    pub name: Str,
    /// The name that is bound: `c`, `a` of `import a.b`, `_` of `use T as _`; none of a star.
    pub binds: Str,
    /// Its statement.
    pub stmt: StmtId,
    /// The scope that gets the name.
    pub scope: ScopeId,
    /// `#[path = "…"]` of a `mod x;`.
    pub path: Str,
    /// This binding alone: `b as c`.
    pub place: Place,
}

/// How an import is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum ImportForm {
    /// `import a.b`, `import a.b as c`.
    Import,
    /// `from a import b`.
    From,
    /// `from a import *`.
    Star,
    /// `from __future__ import b`.
    Future,
    /// `use a::b`.
    Use,
    /// `use a::*`.
    UseGlob,
    /// `extern crate a`.
    ExternCrate,
    /// `mod x;`, which is a definition of kind `Module` too.
    Mod,
}

/// A step in the making of `__all__`, at the module's own level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Export {
    /// What is done.
    pub op: ExportOp,
    /// The name, of a string; one record a string.
    pub value: Str,
    /// What else is added: `other.__all__`; or what could not be read.
    pub expr: ExprId,
    /// Where the string or expression stands.
    pub place: Place,
}

/// What is done with `__all__`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum ExportOp {
    /// `__all__ = […]`: what was before is gone. The first record of an assignment; others add.
    Set,
    /// `+=`, `extend`, `append`, and the further strings of an assignment.
    Add,
    /// `remove`.
    Remove,
}

/// A scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Scope {
    /// What opens it.
    pub kind: ScopeKind,
    /// Flags of the module [`scope`].
    pub flags: u8,
    /// The scope around it.
    pub parent: ScopeId,
    /// What it belongs to; none of the module and of a comprehension.
    pub def: DefId,
    /// Its statements; none of a lambda and a comprehension.
    pub block: BlockId,
    /// Expressions it holds, where it holds no statements.
    pub exprs: Run,
    /// Its names, of [`Head::symbols`].
    pub symbols: Run,
    /// All of it: where a name that stands inside is looked up in it first.
    pub place: Place,
}

/// What opens a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum ScopeKind {
    /// The file; an inline `mod` of Rust.
    Module,
    /// A class; a `struct`, `enum`, `union`, `trait`, `impl` of Rust.
    Class,
    /// A function.
    Function,
    /// A `lambda`.
    Lambda,
    /// A list, set or dict comprehension.
    Comprehension,
    /// A generator expression.
    Generator,
    /// Around a generic definition of Python: its type parameters.
    TypeParams,
    /// A block of Rust that binds names.
    Block,
    /// A closure of Rust.
    Closure,
}

/// Flags of a scope.
pub mod scope {
    /// `from __future__ import annotations` is in force.
    pub const FUTURE_ANNOTATIONS: u8 = 1;
    /// `super` or `__class__` is read.
    pub const USES_CLASS: u8 = 1 << 1;
    /// `from a import *` stands in it.
    pub const STAR_IMPORT: u8 = 1 << 2;
    /// `locals()`, `exec()`, `eval()`, `vars()` or `globals()` is called in it.
    pub const DYNAMIC: u8 = 1 << 3;
    /// `move` of a closure.
    pub const MOVE: u8 = 1 << 4;
    /// `async`.
    pub const ASYNC: u8 = 1 << 5;
}

/// A name that is declared to belong elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Declared {
    /// The scope that declares it.
    pub scope: ScopeId,
    /// The name.
    pub name: Str,
    /// Where it belongs.
    pub kind: DeclaredKind,
    /// Where the name stands.
    pub place: Place,
}

/// Where a declared name belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum DeclaredKind {
    /// To the module.
    Global,
    /// To an outer function.
    Nonlocal,
}

/// What a scope does with a name, as far as the scope itself says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Symbol {
    /// The name.
    pub name: Str,
    /// Flags of the module [`symbol`].
    pub flags: u16,
}

/// Flags of a name in a scope.
pub mod symbol {
    /// A parameter.
    pub const PARAM: u16 = 1;
    /// Bound by an assignment, `for`, `with`, `except`, pattern, `:=` or `let`.
    pub const ASSIGNED: u16 = 1 << 1;
    /// Read.
    pub const REFERENCED: u16 = 1 << 2;
    /// Bound by an import.
    pub const IMPORTED: u16 = 1 << 3;
    /// Annotated.
    pub const ANNOTATED: u16 = 1 << 4;
    /// Bound by a definition.
    pub const DEFINED: u16 = 1 << 5;
    /// Deleted.
    pub const DELETED: u16 = 1 << 6;
    /// The target of a comprehension's `for`.
    pub const ITERATED: u16 = 1 << 7;
    /// Declared `global`.
    pub const GLOBAL: u16 = 1 << 8;
    /// Declared `nonlocal`.
    pub const NONLOCAL: u16 = 1 << 9;
    /// A type parameter.
    pub const TYPE_PARAM: u16 = 1 << 10;
    /// Any binding.
    pub const BOUND: u16 = PARAM | ASSIGNED | IMPORTED | DEFINED | ITERATED | TYPE_PARAM;
}
