//! Which locals closures take from around them: every name in a closure is looked up from where it stands outwards, and
//! what a function or closure further out binds has crossed the borders between. Functions take nothing.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::locals::LocalId;
use super::names::{Names, Space, plain};
use super::uses::Spot;
use super::{Cx, SCOPES};
use crate::facts::body::{Expr, ExprKind, expr};
use crate::facts::head::{Scope, ScopeKind};
use crate::facts::{DefId, ExprId, Facts, ScopeId, Str};
use crate::project::scopes::{Crossing, Way};
use crate::project::{FileId, Project};

/// So many names cross borders in one file; more do only where somebody nests closures to that end.
const MOST: usize = 1 << 20;

/// The names that cross borders in a file, in no order.
pub(in crate::project) fn crossings(project: &Project, file: FileId) -> Vec<Crossing> {
    let facts = project.facts(file);
    let is_inside = inside_closures(facts);
    let mut search = Search { project, passed: FxHashSet::default(), found: Vec::new() };
    if !is_inside.contains(&true) {
        return search.found;
    }
    let cx = Cx::new(project);
    let (names, bindings) = (cx.names(file), cx.locals(file).bindings());
    for (index, record) in facts.body.exprs.iter().enumerate() {
        let id = ExprId::at(index);
        if !is_value(names, id, record) || bindings.binary_search(&id).is_ok() {
            continue;
        }
        let byte = record.place.at;
        let scope = project.scope_at(file, byte);
        if scope.index().and_then(|index| is_inside.get(index)) == Some(&true) {
            search.look_up(Spot { file, scope, byte }, Str(record.a));
        }
    }
    search.found
}

/// Of every scope, whether it is a closure's or lies in one without an item between.
fn inside_closures(facts: &Facts) -> Vec<bool> {
    let mut inside: Vec<bool> = Vec::with_capacity(facts.head.scopes.len());
    for scope in &facts.head.scopes {
        let outer = scope.parent.index().and_then(|index| inside.get(index));
        let is_inside = match scope.kind {
            ScopeKind::Closure => true,
            ScopeKind::Block => outer == Some(&true),
            _ => false,
        };
        inside.push(is_inside);
    }
    inside
}

/// Whether an expression is a name that may be a local's.
fn is_value(names: &Names, id: ExprId, record: &Expr) -> bool {
    record.kind == ExprKind::Name
        && !record.has(expr::TYPE)
        && !names.is_macro(id)
        && !names.is_base(id)
        && !names.is_shape(id)
}

/// The definition whose locals a scope holds; none outside of functions.
fn function_of(facts: &Facts, mut scope: ScopeId) -> Option<DefId> {
    for _ in 0..SCOPES {
        let record = facts.scope(scope)?;
        match record.kind {
            ScopeKind::Function | ScopeKind::Closure => return Some(record.def),
            ScopeKind::Block => scope = record.parent,
            _ => return None,
        }
    }
    None
}

struct Search<'p> {
    project: &'p Project,
    /// Which locals a closure is known to take.
    passed: FxHashSet<(DefId, LocalId)>,
    found: Vec<Crossing>,
}

impl Search<'_> {
    /// Finds the local that a name in a closure is, and whose borders it crosses.
    fn look_up(&mut self, spot: Spot, name: Str) {
        // Each name has bounds of its own.
        let cx = Cx::new(self.project);
        let facts = self.project.facts(spot.file);
        let name = plain(facts.text(name));
        let mut closures: Vec<DefId> = Vec::new();
        let mut scope = spot.scope;
        for _ in 0..SCOPES {
            let Some(record) = facts.scope(scope) else { return };
            let here = Spot { scope, ..spot };
            if let Some(id) = cx.local(here, name) {
                return self.crossed(id, scope, &closures, name);
            }
            if !is_open(&cx, here, record, name) {
                return;
            }
            if record.kind == ScopeKind::Closure {
                closures.push(record.def);
            }
            scope = record.parent;
        }
    }

    /// A local of a scope goes through closures, the innermost first.
    fn crossed(&mut self, id: LocalId, scope: ScopeId, closures: &[DefId], name: &str) {
        let name: Arc<str> = name.into();
        for &closure in closures {
            if self.passed.len() >= MOST || !self.passed.insert((closure, id)) {
                return;
            }
            self.found.push((closure, Way::Free, Arc::clone(&name)));
        }
        let owner = function_of(self.project.facts(id.file), scope);
        self.found.extend(owner.filter(|_| !closures.is_empty()).map(|def| (def, Way::Cell, name)));
    }
}

/// Whether a name that is no local of a scope may be one of a scope around it.
fn is_open(cx: &Cx<'_>, spot: Spot, record: &Scope, name: &str) -> bool {
    matches!(record.kind, ScopeKind::Block | ScopeKind::Closure)
        && cx.in_block(spot, name, Space::Value).is_empty()
}

#[cfg(test)]
mod tests {
    //! Captures of small sources; the answers follow from the rules of scopes and closures in the Rust reference.

    use std::sync::Arc;

    use crate::facts::head::DefKind;
    use crate::facts::{DefId, Language, Lines};
    use crate::languages::tree::LazyTree;
    use crate::project::{DefRef, File, FileId, Input, Project};

    fn project(text: &str) -> Project {
        let language = Language::Rust;
        let lines = Arc::new(Lines::of(text, language.line_ends()));
        let mut tree = LazyTree::new(text.to_owned(), language);
        let facts = language.facts(&mut tree, lines, &|| false).unwrap();
        let files = vec![File { path: "src/lib.rs".into(), facts: Arc::new(facts) }];
        Project::new(Input { files, ..Input::default() })
    }

    /// Every function and closure with captures: its name, `<-` what it takes, `->` what is taken from it. In order of place.
    #[track_caller]
    fn shows(text: &str, expected: &[&str]) {
        let project = project(text);
        let facts = project.facts(FileId(0));
        let mut found = Vec::new();
        for (index, def) in facts.head.defs.iter().enumerate() {
            let captures = project.captures(DefRef { file: FileId(0), def: DefId::at(index) });
            let mut line = match def.kind {
                DefKind::Closure => "||".to_owned(),
                _ => facts.text(def.name).to_owned(),
            };
            let length = line.len();
            for (sign, names) in [("<-", &captures.free), ("->", &captures.cells)] {
                if !names.is_empty() {
                    line += &format!(" {sign} {}", names.join(" "));
                }
            }
            if line.len() > length {
                found.push((def.full.at, line));
            }
        }
        found.sort();
        let found: Vec<String> = found.into_iter().map(|(_, line)| line).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_closure_takes_parameters_and_locals_from_around_it() {
        shows("fn f(a: i32) { let b = 1; || a + b; }", &["f -> a b", "|| <- a b"]);
        shows("fn f((a, b): (i32, i32)) { move || a; }", &["f -> a", "|| <- a"]);
        shows("fn f() { for a in b() { || a; } }", &["f -> a", "|| <- a"]);
    }

    #[test]
    fn its_own_names_are_none_of_these() {
        shows("fn f() { |a: i32| a; }", &[]);
        shows("fn f() { || { let a = 1; a }; }", &[]);
        shows("fn f(a: i32) { |a: i32| a; }", &[]);
        shows("fn f(a: i32) { |(a, _)| a; }", &[]);
        shows("fn f(a: Option<i32>) { || match b() { Some(a) => a, None => 0 }; }", &[]);
    }

    #[test]
    fn a_let_holds_from_its_end_on() {
        // What the closure binds is taken from outside first.
        shows("fn f(a: i32) { || { let a = a + 1; a }; }", &["f -> a", "|| <- a"]);
        // What is bound behind the closure it cannot take.
        shows("fn f() { || a; let a = 1; }", &[]);
        shows("fn f() { { let a = 1; } || a; }", &[]);
    }

    #[test]
    fn items_are_not_captured() {
        let items = "const A: i32 = 1; static B: i32 = 2; fn g() {} struct S; mod m {}";
        shows(&format!("{items} fn f() {{ || {{ g(); A + B; S; m::h() }}; }}"), &[]);
        shows("fn f() { fn g() {} const a: i32 = 1; || { g(); a }; }", &[]);
        // An item of an inner block stands before a local further out.
        shows("fn f(a: i32) { || { fn a() {} a() }; }", &[]);
    }

    #[test]
    fn names_of_fields_methods_and_macros_are_not_locals() {
        shows("fn f(a: i32, s: S) { || s.a; }", &["f -> s", "|| <- s"]);
        shows("fn f(a: i32, s: S) { || s.a(); }", &["f -> s", "|| <- s"]);
        shows("fn f(a: i32) { || a!(); }", &[]);
        shows("fn f(a: i32) { || a::b(); }", &[]);
        shows("fn f(a: i32, b: i32) { || S { a: b }; }", &["f -> b", "|| <- b"]);
        shows("fn f(a: i32) { || S { a }; }", &["f -> a", "|| <- a"]);
    }

    #[test]
    fn a_local_is_called_and_written_too() {
        shows("fn f(g: fn()) { || g(); }", &["f -> g", "|| <- g"]);
        shows("fn f() { let mut a = 1; || a += 1; }", &["f -> a", "|| <- a"]);
        shows("fn f() { let mut a = 1; || a = 2; }", &["f -> a", "|| <- a"]);
        shows("fn f() { let mut a = 1; || (a, _) = b(); }", &["f -> a", "|| <- a"]);
    }

    #[test]
    fn a_method_gives_itself() {
        shows("struct S; impl S { fn f(&self) { || self.a; } }", &["f -> self", "|| <- self"]);
        shows("struct S; impl S { fn f(self) { move || self; } }", &["f -> self", "|| <- self"]);
        shows(
            "struct S; impl S { fn f(self: Box<Self>) { || self; } }",
            &["f -> self", "|| <- self"],
        );
        shows("struct S; impl S { fn f() { || Self::a(); } }", &[]);
    }

    #[test]
    fn a_name_passes_through_closures_between() {
        shows("fn f(a: i32) { || || a; }", &["f -> a", "|| <- a", "|| <- a"]);
        shows("fn f() { |a: i32| || a; }", &["|| -> a", "|| <- a"]);
        shows("fn f() { || { let a = 1; move || a }; }", &["|| -> a", "|| <- a"]);
        shows("fn f(a: i32) { |b: i32| || a + b; }", &["f -> a", "|| <- a -> b", "|| <- a b"]);
    }

    #[test]
    fn functions_inside_take_nothing() {
        shows("fn f(a: i32) { fn g() { a; } }", &[]);
        shows("fn f(a: i32) { || { fn g() { a; } }; }", &[]);
        shows("fn f(a: i32) { struct S; impl S { fn g(&self) { || a; } } }", &[]);
    }

    #[test]
    fn patterns_of_blocks_bind() {
        shows("fn f() { if let Some(a) = b() { || a; } }", &["f -> a", "|| <- a"]);
        shows("fn f() { while let Some(a) = b() { || a; } }", &["f -> a", "|| <- a"]);
        shows("fn f() { let Some(a) = b() else { return }; || a; }", &["f -> a", "|| <- a"]);
        shows(
            "fn f() { match b() { S { a, .. } if c() => || a, _ => d }; }",
            &["f -> a", "|| <- a"],
        );
        shows("fn f() { match b() { a @ 1..=2 => || a, _ => d }; }", &["f -> a", "|| <- a"]);
        // A variant in a pattern binds nothing.
        shows("fn f() { match b() { None => || None, _ => c }; }", &[]);
    }

    #[test]
    fn macros_read_names() {
        shows("fn f(a: i32, b: i32) { || println!(\"{}\", a); }", &["f -> a", "|| <- a"]);
        shows("fn f(a: i32, b: i32) { || println!(\"{a:?} {{b}}\"); }", &["f -> a", "|| <- a"]);
        shows("fn f(a: i32) { || vec![a, 1]; }", &["f -> a", "|| <- a"]);
        shows("fn f(a: i32) { vec![|| a]; }", &[]);
    }

    #[test]
    fn raw_names_are_the_names() {
        shows("fn f(r#a: i32) { || a; }", &["f -> a", "|| <- a"]);
    }

    #[test]
    fn async_and_unsafe_blocks_are_no_borders() {
        shows("fn f(a: i32) { async { a }; }", &[]);
        shows("fn f(a: i32) { || async move { a }; }", &["f -> a", "|| <- a"]);
        shows("fn f() { unsafe { let a = 1; || a; } }", &["f -> a", "|| <- a"]);
    }

    #[test]
    fn closures_of_constants_have_no_function_around() {
        shows("static F: fn() = || { let a = 1; let g = || a; g(); };", &["|| -> a", "|| <- a"]);
    }

    #[test]
    fn nested_is_what_stands_in_a_function() {
        let text = "fn f() { fn g() {} struct S; impl S { fn m(&self) {} } || 1; } static F: fn() = || 2; mod n { fn h() {} }";
        let project = project(text);
        let facts = project.facts(FileId(0));
        let functions = facts.head.defs.iter().enumerate();
        let functions =
            functions.filter(|(_, def)| matches!(def.kind, DefKind::Function | DefKind::Closure));
        let mut nested: Vec<_> = functions
            .map(|(index, def)| {
                let is_nested =
                    project.is_nested(DefRef { file: FileId(0), def: DefId::at(index) });
                (def.full.at, facts.text(def.name), is_nested)
            })
            .collect();
        nested.sort_unstable();
        let nested: Vec<_> = nested.into_iter().map(|(_, name, nested)| (name, nested)).collect();
        let expected =
            [("f", false), ("g", true), ("m", true), ("", true), ("", false), ("h", false)];
        assert_eq!(nested, expected);
    }

    #[test]
    fn deep_nests_and_broken_sources_are_read() {
        let closures = format!("fn f(a: i32) {{ {}a; }}", "|| ".repeat(400));
        let project = project(&closures);
        let taking = (0..402)
            .map(DefId::at)
            .filter(|&def| !project.captures(DefRef { file: FileId(0), def }).free.is_empty());
        assert_eq!(taking.count(), 400);
        let broken = self::project("fn f(a: i32 { || a; } fn ) || (");
        let _ = broken.captures(DefRef { file: FileId(0), def: DefId::at(0) });
    }
}
