//! What one file says, the whole record: language-neutral tables that nothing of a parser is left in, and that do not
//! depend on where the file lies. Every analysis is computed from them.

pub mod body;
pub mod build;
pub mod codec;
pub mod head;
mod id;
mod language;
pub mod late;
pub mod lines;
pub mod needs;
pub mod outline;
mod planes;
mod shape;
mod strings;
pub mod trivia;

use std::sync::Arc;

pub use body::Body;
pub use head::Head;
pub use id::{
    BlockId, CallId, ComprId, DefId, ExprId, ImportId, ParamId, Place, Run, ScopeId, StmtId, Str,
};
pub use language::Language;
pub use late::Late;
pub use lines::Lines;
pub use needs::Needs;
pub use outline::Outline;
pub use shape::{CallView, Shape};
pub use strings::Strings;
pub use trivia::Trivia;

use body::{Block, Call, Compr, Expr, Stmt};
use head::{Def, DefKind, Import, Scope, ScopeKind};

/// The facts of one file. Places are bytes of its decoded text without a byte-order mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The language it is read as.
    pub language: Language,
    /// Whether it is a stub (`.pyi`).
    pub is_stub: bool,
    /// The texts that records name; those of the head first.
    pub strings: Strings,
    /// Its lines.
    pub lines: Arc<Lines>,
    /// What the model of a project asks of every file.
    pub outline: Outline,
    /// Definitions, imports, scopes.
    pub head: Late<Head>,
    /// Statements and expressions.
    pub body: Late<Body>,
    /// Comments and texts of literals.
    pub trivia: Late<Trivia>,
}

impl Facts {
    /// A text; empty where there is none.
    #[must_use]
    pub fn text(&self, id: Str) -> &str {
        self.strings.get(id)
    }

    /// A definition.
    #[must_use]
    pub fn def(&self, id: DefId) -> Option<&Def> {
        self.head.defs.get(id.index()?)
    }

    /// Whether a definition is a function directly in a class, `impl` or `trait`.
    #[must_use]
    pub fn is_method(&self, def: &Def) -> bool {
        let holds = |scope: &Scope| scope.kind == ScopeKind::Class;
        def.kind == DefKind::Function && self.scope(def.scope).is_some_and(holds)
    }

    /// What rows call a definition: `method`, else its kind.
    #[must_use]
    pub fn kind_of(&self, def: &Def) -> &'static str {
        if self.is_method(def) { "method" } else { def.kind.name() }
    }

    /// A scope.
    #[must_use]
    pub fn scope(&self, id: ScopeId) -> Option<&Scope> {
        self.head.scopes.get(id.index()?)
    }

    /// An import's binding.
    #[must_use]
    pub fn import(&self, id: ImportId) -> Option<&Import> {
        self.head.imports.get(id.index()?)
    }

    /// A block.
    #[must_use]
    pub fn block(&self, id: BlockId) -> Option<&Block> {
        self.body.blocks.get(id.index()?)
    }

    /// A statement.
    #[must_use]
    pub fn stmt(&self, id: StmtId) -> Option<&Stmt> {
        self.body.stmts.get(id.index()?)
    }

    /// An expression.
    #[must_use]
    pub fn expr(&self, id: ExprId) -> Option<&Expr> {
        self.body.exprs.get(id.index()?)
    }

    /// The arguments of a call.
    #[must_use]
    pub fn call(&self, id: CallId) -> Option<&Call> {
        self.body.calls.get(id.index()?)
    }

    /// A comprehension.
    #[must_use]
    pub fn compr(&self, id: ComprId) -> Option<&Compr> {
        self.body.comprs.get(id.index()?)
    }
}
