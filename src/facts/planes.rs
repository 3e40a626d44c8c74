//! Facts by plane: what nobody asked for is dropped, and tables take no more memory than they fill.

use super::needs::Planes;
use super::{Body, Facts, Head, Late, Str, build};

impl Facts {
    /// How many of the texts the head names; they are the first.
    #[must_use]
    pub fn head_strings(&self) -> usize {
        let mut most = 0;
        build::head(&mut Head::clone(&self.head), &mut |id: &mut Str| most = most.max(id.0));
        (most as usize).min(self.strings.len())
    }

    /// Drops the planes beyond those asked for, and what tables hold in reserve.
    pub fn keep(&mut self, planes: Planes) {
        if planes < Planes::Trivia {
            self.trivia = Late::default();
        }
        if planes < Planes::Body {
            self.body = Late::default();
            let count = self.head_strings();
            drop(self.strings.split_off(count));
        }
        self.shrink();
    }

    /// Decodes the tables of planes, if they are not yet: for who has threads before they are looked at by one.
    pub fn unpack(&self, planes: Planes) {
        let _ = &*self.head;
        if planes >= Planes::Body {
            let _ = &*self.body;
        }
        if planes >= Planes::Trivia {
            let _ = &*self.trivia;
        }
    }

    /// Keeps the tables as bytes until they are looked at.
    pub fn pack(&mut self) {
        self.head.pack();
        self.body.pack();
        self.trivia.pack();
    }

    /// Bytes that the body takes where it is decoded.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.body.decoded().map_or(0, |body| {
            size_of_val(body.blocks.as_slice())
                + size_of_val(body.stmts.as_slice())
                + size_of_val(body.exprs.as_slice())
                + size_of_val(body.args.as_slice())
        })
    }

    fn shrink(&mut self) {
        self.strings.shrink();
        tight(&mut self.outline.bases);
        tight(&mut self.outline.renames);
        let head = &mut *self.head;
        tight(&mut head.errors);
        tight(&mut head.defs);
        tight(&mut head.params);
        tight(&mut head.type_params);
        tight(&mut head.imports);
        tight(&mut head.exports);
        tight(&mut head.scopes);
        tight(&mut head.declared);
        tight(&mut head.symbols);
        let body = &mut *self.body;
        tight(&mut body.blocks);
        tight(&mut body.stmts);
        tight(&mut body.exprs);
        tight(&mut body.calls);
        tight(&mut body.args);
        tight(&mut body.comprs);
        tight(&mut body.clauses);
        tight(&mut body.kids);
        tight(&mut self.trivia.tokens);
    }
}

impl Head {
    /// Takes all records away, and keeps the room.
    pub(super) fn clear(&mut self) {
        let Self { errors, defs, params, type_params, imports, exports, scopes, declared, symbols } =
            self;
        errors.clear();
        defs.clear();
        params.clear();
        type_params.clear();
        imports.clear();
        exports.clear();
        scopes.clear();
        declared.clear();
        symbols.clear();
    }
}

impl Body {
    /// Takes all records away, and keeps the room.
    pub(super) fn clear(&mut self) {
        let Self { blocks, stmts, exprs, calls, args, comprs, clauses, kids } = self;
        blocks.clear();
        stmts.clear();
        exprs.clear();
        calls.clear();
        args.clear();
        comprs.clear();
        clauses.clear();
        kids.clear();
    }
}

/// Moves what leaves more than an eighth of its memory unused to memory of its size; allocators rarely give back less
/// than half where it lies.
pub(super) fn tight<T: Copy>(table: &mut Vec<T>) {
    if table.capacity() - table.len() > table.len() / 8 {
        *table = table.as_slice().to_vec();
    }
}
