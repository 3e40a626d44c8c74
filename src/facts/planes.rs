//! Facts by plane: what nobody asked for is dropped, and tables take no more memory than they fill.

use super::needs::Planes;
use super::{Body, Facts, Str, Trivia, build};

impl Facts {
    /// How many of the texts the head names; they are the first.
    #[must_use]
    pub fn head_strings(&self) -> usize {
        let mut most = 0;
        build::head(&mut self.head.clone(), &mut |id: &mut Str| most = most.max(id.0));
        (most as usize).min(self.strings.len())
    }

    /// Drops the planes beyond those asked for, and what tables hold in reserve.
    pub fn keep(&mut self, planes: Planes) {
        if planes < Planes::Trivia {
            self.trivia = Trivia::default();
        }
        if planes < Planes::Body {
            self.body = Body::default();
            let count = self.head_strings();
            drop(self.strings.split_off(count));
        }
        self.shrink();
    }

    fn shrink(&mut self) {
        self.strings.shrink();
        let head = &mut self.head;
        head.errors.shrink_to_fit();
        head.defs.shrink_to_fit();
        head.params.shrink_to_fit();
        head.type_params.shrink_to_fit();
        head.imports.shrink_to_fit();
        head.exports.shrink_to_fit();
        head.scopes.shrink_to_fit();
        head.declared.shrink_to_fit();
        head.symbols.shrink_to_fit();
        let body = &mut self.body;
        body.blocks.shrink_to_fit();
        body.stmts.shrink_to_fit();
        body.exprs.shrink_to_fit();
        body.calls.shrink_to_fit();
        body.args.shrink_to_fit();
        body.comprs.shrink_to_fit();
        body.clauses.shrink_to_fit();
        body.kids.shrink_to_fit();
        self.trivia.tokens.shrink_to_fit();
    }
}
