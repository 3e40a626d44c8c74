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
    shows("struct S; impl S { fn f(self: Box<Self>) { || self; } }", &["f -> self", "|| <- self"]);
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
    shows("fn f() { match b() { S { a, .. } if c() => || a, _ => d }; }", &["f -> a", "|| <- a"]);
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
            let is_nested = project.is_nested(DefRef { file: FileId(0), def: DefId::at(index) });
            (def.full.at, facts.text(def.name), is_nested)
        })
        .collect();
    nested.sort_unstable();
    let nested: Vec<_> = nested.into_iter().map(|(_, name, nested)| (name, nested)).collect();
    let expected = [("f", false), ("g", true), ("m", true), ("", true), ("", false), ("h", false)];
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
