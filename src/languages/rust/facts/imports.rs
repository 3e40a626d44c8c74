//! `use` and `extern crate`: one record a name that is bound.

use tree_sitter::Node;

use super::attributes::{Lead, Marks, place};
use super::kinds::{Field, Rule};
use super::reader::Reader;
use crate::facts::body::StmtKind;
use crate::facts::head::{Error, ErrorKind, Import, ImportForm, Visibility, scope, symbol};
use crate::facts::{Place, Str};

/// The longest path that is read: each leaf of a tree stores its own.
const LONGEST: usize = 4096;

/// A part of a `use` tree that is still to be read.
struct Branch<'t> {
    node: Node<'t>,
    /// The length of the path before it.
    path: usize,
}

/// What all bindings of a statement share.
#[derive(Clone, Copy)]
struct Shared {
    visibility: Visibility,
    macro_use: bool,
}

impl<'t> Reader<'t> {
    /// `use a::{b, c::*};`.
    pub(super) fn uses(&mut self, node: Node<'t>, lead: &Lead<'t>) {
        let marks = self.attributes(lead);
        let first = self.builder.facts.head.imports.len();
        let (shared, argument) = self.import_parts(node, &marks);
        let mut prefix = std::mem::take(&mut self.buffer);
        prefix.clear();
        let mut open: Vec<Branch<'t>> = Vec::new();
        open.extend(argument.map(|node| Branch { node, path: 0 }));
        while let Some(branch) = open.pop() {
            prefix.truncate(branch.path);
            if prefix.len() > LONGEST {
                self.unread_path(place(branch.node));
                break;
            }
            self.branch(branch.node, shared, &mut prefix, &mut open);
        }
        self.buffer = prefix;
        self.end_imports(first);
    }

    fn unread_path(&mut self, place: Place) {
        let text = self.builder.intern("path too long to be read");
        self.head().errors.push(Error { place, text, kind: ErrorKind::Unread });
    }

    fn end_imports(&mut self, first: usize) {
        let count = self.builder.facts.head.imports.len() - first;
        self.set_stmt(StmtKind::Import, first as u32 + 1, count as u32);
    }

    /// What the statement says of all, and its argument.
    fn import_parts(&mut self, node: Node<'t>, marks: &Marks) -> (Shared, Option<Node<'t>>) {
        let mut shared = Shared { visibility: Visibility::Private, macro_use: marks.macro_use };
        let mut argument = None;
        self.cursor.reset(node);
        let mut is_child = self.cursor.goto_first_child();
        while is_child {
            let child = self.cursor.node();
            match self.kinds.rule(child.kind_id()) {
                Rule::Visibility => shared.visibility = self.visibility(place(child)),
                Rule::Comment => self.comment(place(child)),
                _ if self.kinds.field(self.cursor.field_id()) == Field::Argument => {
                    argument = Some(child);
                }
                _ => {}
            }
            is_child = self.cursor.goto_next_sibling();
        }
        (shared, argument)
    }

    /// One part of a tree: a binding, or more parts.
    fn branch(
        &mut self,
        node: Node<'t>,
        shared: Shared,
        prefix: &mut String,
        open: &mut Vec<Branch<'t>>,
    ) {
        let whole = place(node);
        match node.kind() {
            "use_list" | "scoped_use_list" => self.group(node, prefix, open),
            "use_wildcard" => {
                let text = self.path_text(whole);
                let path = text.strip_suffix('*').unwrap_or(&text);
                let path = if path == "::" { path } else { path.trim_end_matches("::") };
                join(prefix, path);
                self.add_import(ImportForm::UseGlob, shared, prefix, ("", ""), whole);
            }
            "use_as_clause" => {
                let field = |name| node.child_by_field_name(name).map(place).unwrap_or_default();
                let path = self.path_text(field("path"));
                let alias = self.slice(field("alias").at, field("alias").end());
                self.leaf(&path, Some(alias), shared, prefix, whole);
            }
            _ => {
                let path = self.path_text(whole);
                self.leaf(&path, None, shared, prefix, whole);
            }
        }
    }

    /// `path::{…}`: its parts are read first to last.
    fn group(&mut self, node: Node<'t>, prefix: &mut String, open: &mut Vec<Branch<'t>>) {
        if node.kind() == "scoped_use_list" {
            let path = node.child_by_field_name("path").map(place);
            let path = path.map_or_else(|| "::".to_owned(), |path| self.path_text(path));
            join(prefix, &path);
        }
        let list = node.child_by_field_name("list").unwrap_or(node);
        let from = open.len();
        self.spare.reset(list);
        let mut is_child = self.spare.goto_first_child();
        while is_child {
            let child = self.spare.node();
            if self.kinds.rule(child.kind_id()) == Rule::Comment {
                self.comment(place(child));
            } else if child.is_named() {
                open.push(Branch { node: child, path: prefix.len() });
            }
            is_child = self.spare.goto_next_sibling();
        }
        if let Some(new) = open.get_mut(from..) {
            new.reverse();
        }
    }

    /// A path without blanks and comments.
    fn path_text(&self, at: Place) -> String {
        let text = self.slice(at.at, at.end());
        if !text.contains('/') {
            return text.split_whitespace().collect();
        }
        let mut out = String::new();
        let mut rest = text;
        while let Some((code, after)) = rest.split_once('/') {
            out.extend(code.split_whitespace());
            let end = if after.starts_with('*') { "*/" } else { "\n" };
            rest = after.split_once(end).map_or("", |(_, rest)| rest);
        }
        out.extend(rest.split_whitespace());
        out
    }

    fn leaf(
        &mut self,
        path: &str,
        alias: Option<&str>,
        shared: Shared,
        prefix: &mut String,
        whole: Place,
    ) {
        let (module, name) = match path.rsplit_once("::") {
            Some(("", name)) => ("::", name),
            Some(parts) => parts,
            None => ("", path),
        };
        join(prefix, module);
        let last = prefix.rsplit("::").next().unwrap_or("").to_owned();
        let own = if name == "self" && !last.is_empty() { last.as_str() } else { name };
        let binds = alias.unwrap_or(own);
        self.add_import(ImportForm::Use, shared, prefix, (name, binds), whole);
    }

    fn add_import(
        &mut self,
        form: ImportForm,
        shared: Shared,
        module: &str,
        (name, binds): (&str, &str),
        place: Place,
    ) {
        let module = self.builder.intern(module);
        let (name, binds) = (self.builder.intern(name), self.builder.intern(binds));
        let (stmt, scope) = (self.stmt, self.context.scope);
        let Shared { visibility, macro_use } = shared;
        let import = Import {
            form,
            level: 0,
            visibility,
            macro_use,
            module,
            name,
            binds,
            stmt,
            scope,
            path: Str::NONE,
            place,
        };
        self.head().imports.push(import);
        if form == ImportForm::UseGlob {
            if let Some(scope) = self.scope_mut(scope) {
                scope.flags |= scope::STAR_IMPORT;
            }
        } else if self.builder.facts.text(binds) != "_" {
            self.symbols.note(scope, binds, symbol::IMPORTED, place.at);
        }
    }

    /// `extern crate a as b;`.
    pub(super) fn extern_crate(&mut self, node: Node<'t>, lead: &Lead<'t>) {
        let marks = self.attributes(lead);
        let first = self.builder.facts.head.imports.len();
        let (shared, _) = self.import_parts(node, &marks);
        let field = |name| node.child_by_field_name(name).map(place);
        let name = field("name").unwrap_or_default();
        let end = field("alias").unwrap_or(name);
        let (text, alias) = (self.slice(name.at, name.end()), self.slice(end.at, end.end()));
        let whole = Place::between(name.at, end.end());
        self.add_import(ImportForm::ExternCrate, shared, "", (text, alias), whole);
        self.end_imports(first);
    }
}

/// Adds segments to a path.
fn join(path: &mut String, more: &str) {
    let needs = !path.is_empty() && !path.ends_with("::") && !more.is_empty();
    path.push_str(if needs { "::" } else { "" });
    path.push_str(if needs { more.trim_start_matches("::") } else { more });
}
