//! What a module holds under a name: its own bindings, what stars bring in, modules below it. And what imports lead to.

use std::sync::Arc;

use super::eval::{Eval, In};
use super::memo::Key;
use super::reach;
use super::value::{Gap, Val, Vals};
use crate::facts::head::{ExportOp, ImportForm};
use crate::facts::{ImportId, ScopeId, Shape};
use crate::project::FileId;

/// What `__all__` says of a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listed {
    Yes,
    No,
    /// There is no `__all__`.
    Unsaid,
    /// A part of it cannot be read.
    Unread,
}

impl<'p> Eval<'p> {
    /// What an import's binding is; the answer is not remembered here.
    pub(super) fn imported(&mut self, file: In<'p>, id: ImportId) -> Vals {
        let Some(import) = file.facts.import(id) else { return Vals::unknown() };
        let (module, name) = (file.facts.text(import.module), file.facts.text(import.name));
        match import.form {
            ImportForm::Import => {
                // `import a.b` binds `a`; `import a.b as c`, which is longer, all of it.
                let is_alias = import.place.len as usize > module.len();
                let top = module.split('.').next().unwrap_or(module);
                self.absolute(file, if is_alias { module } else { top })
            }
            ImportForm::From => {
                let source = self.source(file, id);
                source.flat_map(|source, _| self.held(&source, name))
            }
            ImportForm::Future => Vals::exact(Val::External(format!("__future__.{name}").into())),
            _ => Vals::unknown(),
        }
    }

    /// The module that `from … import` reads.
    pub(super) fn source(&mut self, file: In<'p>, id: ImportId) -> Vals {
        let Some(import) = file.facts.import(id) else { return Vals::unknown() };
        let module = file.facts.text(import.module);
        if import.level == 0 {
            return self.absolute(file, module);
        }
        let path = &self.project.file(file.id).path;
        let found = self.model().modules.relative(self.project, path, import.level, module);
        found.map_or(Vals::unknown(), Vals::exact)
    }

    fn absolute(&mut self, file: In<'p>, name: &str) -> Vals {
        let path = &self.project.file(file.id).path;
        let found = self.model().modules.absolute(self.project, path, name);
        found.map_or(Vals::unknown(), Vals::exact)
    }

    /// What a module, or a directory of modules, holds under a name.
    pub(super) fn held(&mut self, module: &Val, name: &str) -> Vals {
        match module {
            Val::Module(file) => {
                if let Some(vals) = self.export(*file, name) {
                    return vals;
                }
            }
            Val::External(outer) => {
                return Vals::exact(Val::External(format!("{outer}.{name}").into()));
            }
            Val::Package(_) => {}
            _ => return Vals::unknown(),
        }
        let inside = self.model().modules.inside(self.project, module, name);
        inside.map_or(Vals::unknown(), Vals::exact)
    }

    /// What a module that is a file binds or brings in under a name; `None` where it does neither.
    pub(super) fn export(&mut self, id: FileId, name: &str) -> Option<Vals> {
        let file = self.file(id);
        if let Some(own) = file.bindings.known(file.facts, name) {
            let bound = file.bindings.of_name(ScopeId::at(0), own);
            if !bound.is_empty() {
                let bound = reach::at_end(file.facts, bound);
                return Some(self.once(Key::Module(id, own), |eval| eval.union(file, &bound)));
            }
        }
        if let Some(vals) = self.starred(file, name) {
            return Some(vals);
        }
        let hook = file.bindings.known(file.facts, "__getattr__")?;
        let is_dynamic = !file.bindings.of_name(ScopeId::at(0), hook).is_empty();
        let below = self.model().modules.inside(self.project, &Val::Module(id), name);
        (is_dynamic && below.is_none()).then(Vals::unknown)
    }

    /// What the star imports of a file bring in under a name: the last of them that has it.
    pub(super) fn starred(&mut self, file: In<'p>, name: &str) -> Option<Vals> {
        if file.bindings.stars.is_empty() {
            return None;
        }
        let vals =
            self.once(Key::Star(file.id, Arc::from(name)), |eval| eval.through_stars(file, name));
        (vals != Vals::nothing()).then_some(vals)
    }

    fn through_stars(&mut self, file: In<'p>, name: &str) -> Vals {
        let mut gap = Gap::Closed;
        for &star in file.bindings.stars.iter().rev() {
            let source = self.source(file, star);
            if source.gap != Gap::Closed {
                gap = Gap::Partial;
            }
            for (module, _) in source.items {
                match module {
                    Val::Module(id) if self.lets_out(id, name) => {
                        if let Some(vals) = self.export(id, name).filter(|vals| !vals.is_unknown())
                        {
                            return vals;
                        }
                    }
                    // What an unread module brings may be anything, a builtin's name too.
                    Val::External(_) => gap = gap.max(self.hidden(file.id, name)),
                    _ => {}
                }
            }
        }
        Vals::nothing().with_gap(gap)
    }

    /// What a name may mean that no binding has and an unread module may bring.
    fn hidden(&self, file: FileId, name: &str) -> Gap {
        let is_builtin = super::tables::is_builtin(name, self.version(file));
        if is_builtin { Gap::Shadowed } else { Gap::Partial }
    }

    /// The modules of the project that a file stars.
    pub(super) fn starred_modules(&mut self, id: FileId) -> Vec<FileId> {
        let file = self.file(id);
        let mut found = Vec::new();
        for &star in &file.bindings.stars {
            let source = self.source(file, star);
            found.extend(source.items.into_iter().filter_map(|(module, _)| match module {
                Val::Module(file) => Some(file),
                _ => None,
            }));
        }
        found
    }

    /// Whether a star import of the module brings the name.
    pub(super) fn lets_out(&mut self, id: FileId, name: &str) -> bool {
        let file = self.file(id);
        match self.listed(file, name, 0) {
            Listed::Yes => true,
            Listed::No => false,
            Listed::Unsaid | Listed::Unread => !name.starts_with('_'),
        }
    }

    fn listed(&mut self, file: In<'p>, name: &str, depth: usize) -> Listed {
        let mut listed = Listed::Unsaid;
        for export in &file.facts.head.exports {
            if export.op == ExportOp::Set || listed == Listed::Unsaid {
                listed = Listed::No;
            }
            let is_named = export.value.is_some() && file.facts.text(export.value) == name;
            match export.op {
                ExportOp::Remove if is_named => listed = Listed::No,
                ExportOp::Remove => {}
                _ if is_named => listed = Listed::Yes,
                _ if export.expr.is_some() && listed == Listed::No => {
                    listed = self.listed_elsewhere(file, export.expr, name, depth);
                }
                _ => {}
            }
        }
        listed
    }

    /// `other.__all__`.
    fn listed_elsewhere(
        &mut self,
        file: In<'p>,
        expr: crate::facts::ExprId,
        name: &str,
        depth: usize,
    ) -> Listed {
        let Shape::Attr(base, all) = file.facts.shape(expr) else { return Listed::Unread };
        if file.facts.text(all) != "__all__" || depth > 8 {
            return Listed::Unread;
        }
        match self.expr(file, base).items.first() {
            Some((Val::Module(other), _)) => {
                let other = self.file(*other);
                self.listed(other, name, depth + 1)
            }
            _ => Listed::Unread,
        }
    }

    /// A dotted name from the top, such as `pkg.mod.Class.method`; what it is, if its first part is of the project.
    pub(super) fn dotted(&mut self, name: &str) -> Vals {
        let mut parts = name.split('.');
        let Some(top) = parts.next() else { return Vals::unknown() };
        let mut found = match self.model().modules.absolute(self.project, "", top) {
            Some(val @ (Val::Module(_) | Val::Package(_))) => Vals::exact(val),
            _ => return Vals::unknown(),
        };
        for part in parts {
            found = self.attribute_raw(&found, part);
        }
        found
    }
}
