//! Imports: one record a name that is bound.

use ruff_python_ast::{Alias, StmtImport, StmtImportFrom};

use super::reader::{Reader, place};
use crate::facts::body::StmtKind;
use crate::facts::head::{Import, ImportForm, Visibility, scope, symbol};
use crate::facts::{ImportId, Run, StmtId, Str};
use ruff_text_size::TextRange;

/// What the bindings of one `from` share.
#[derive(Clone, Copy)]
struct Source {
    form: ImportForm,
    level: u8,
    module: Str,
}

impl Reader<'_> {
    /// `import a.b as c`.
    pub(super) fn import(&mut self, node: &StmtImport) {
        let first = self.builder.facts.head.imports.len();
        for alias in &node.names {
            let module = self.intern(&alias.name);
            let written = alias.name.as_str();
            let bound = match &alias.asname {
                Some(name) => name.as_str(),
                None => written.split_once('.').map_or(written, |(first, _)| first),
            };
            let binds = self.intern(bound);
            let source = Source { form: ImportForm::Import, level: 0, module };
            self.push_import(source, [Str::NONE, binds], alias);
        }
        self.push_imports(first, node.range);
    }

    /// `from ..a import b as c`.
    pub(super) fn import_from(&mut self, node: &StmtImportFrom) {
        let first = self.builder.facts.head.imports.len();
        let module = node.module.as_ref().map_or("", |module| module.as_str());
        let is_future = module == "__future__" && node.level == 0;
        let form = if is_future { ImportForm::Future } else { ImportForm::From };
        let level = u8::try_from(node.level).unwrap_or(u8::MAX);
        let source = Source { form, level, module: self.intern(module) };
        for alias in &node.names {
            if is_future && alias.name.as_str() == "annotations" {
                self.frames.flags |= scope::FUTURE_ANNOTATIONS;
                self.flag_scope(scope::FUTURE_ANNOTATIONS);
            }
            self.bind_alias(source, alias);
        }
        self.push_imports(first, node.range);
    }

    fn bind_alias(&mut self, source: Source, alias: &Alias) {
        if alias.name.as_str() == "*" {
            self.flag_scope(scope::STAR_IMPORT);
            let source = Source { form: ImportForm::Star, ..source };
            return self.push_import(source, [Str::NONE; 2], alias);
        }
        let name = self.intern(&alias.name);
        let binds = alias.asname.as_ref().map_or(name, |name| self.intern(name));
        self.push_import(source, [name, binds], alias);
    }

    fn push_import(&mut self, source: Source, [name, binds]: [Str; 2], alias: &Alias) {
        self.mention(binds, symbol::IMPORTED);
        let scope = self.scope();
        let stmt = StmtId::at(self.builder.facts.body.stmts.len());
        self.facts().head.imports.push(Import {
            form: source.form,
            level: source.level,
            visibility: Visibility::Public,
            macro_use: false,
            module: source.module,
            name,
            binds,
            stmt,
            scope,
            path: Str::NONE,
            place: place(alias.range),
        });
    }

    fn push_imports(&mut self, first: usize, range: TextRange) {
        let count = self.builder.facts.head.imports.len() - first;
        let parts = [ImportId::at(first).0, count as u32];
        self.push_stmt(StmtKind::Import, Run::default(), parts, range);
    }
}
