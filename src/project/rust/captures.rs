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

    use crate::project::scopes::testing::{nested, shown};

    #[track_caller]
    fn shows(text: &str, expected: &[&str]) {
        assert_eq!(shown("src/lib.rs", text, None), expected, "{text}");
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
        let expected = [
            ("f", false),
            ("g", true),
            ("S", true),
            // An `impl` has no name.
            ("", true),
            ("m", true),
            ("||", true),
            ("F", false),
            ("||", false),
            ("n", false),
            ("h", false),
        ];
        let expected = expected.map(|(name, is_nested)| (name.to_owned(), is_nested));
        assert_eq!(nested("src/lib.rs", text), expected);
    }

    #[test]
    fn deep_nests_and_broken_sources_are_read() {
        let closures = format!("fn f(a: i32) {{ {}a; }}", "|| ".repeat(400));
        let taking = shown("src/lib.rs", &closures, None);
        assert_eq!(taking.iter().filter(|line| line.starts_with("|| <- a")).count(), 400);
        let _ = shown("src/lib.rs", "fn f(a: i32 { || a; } fn ) || (", None);
    }
}
