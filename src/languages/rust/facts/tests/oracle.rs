//! throw-away
use super::facts;
use crate::facts::body::{ExprKind, StmtKind};
use crate::facts::head::DefKind;
use crate::facts::{Language, Lines, lines::LineEnds};
use crate::languages::tree::LazyTree;
use std::collections::BTreeMap;

fn files(dir: &std::path::Path, out: &mut Vec<std::path::PathBuf>) {
    for e in std::fs::read_dir(dir).unwrap() {
        let p = e.unwrap().path();
        if p.is_dir() {
            files(&p, out)
        } else if p.extension().is_some_and(|x| x == "rs") {
            out.push(p)
        }
    }
}

#[test]
fn oracle() {
    let Ok(dir) = std::env::var("ORACLE") else { return };
    let mut all = Vec::new();
    files(std::path::Path::new(&dir), &mut all);
    all.sort();
    let mut total: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut bad: BTreeMap<&str, usize> = BTreeMap::new();
    for p in &all {
        let Ok(text) = std::fs::read_to_string(p) else { continue };
        let mut tree = LazyTree::new(text.clone(), Language::Rust);
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        {
            let t = tree.tree(&|| false).unwrap();
            let root = t.root();
            let mut c = root.get_inner_node().walk();
            // in attribute? skip
            let mut useleaf = 0usize;
            'o: loop {
                let n = c.node();
                let k = if n.is_named() { n.kind().to_owned() } else { format!("'{}'", n.kind()) };
                if n.is_error() {
                    *counts.entry("ERROR".into()).or_default() += 1;
                }
                *counts.entry(k.clone()).or_default() += 1;
                if n.is_named() {
                    if let Some(pa) = n.parent() {
                        let pk = pa.kind();
                        if (k == "string_literal"
                            || k == "raw_string_literal"
                            || k == "integer_literal")
                            && (pk == "token_tree")
                        {}
                        if k == "mod_item" && n.child_by_field_name("body").is_none() {
                            *counts.entry("mod;".into()).or_default() += 1;
                        }
                        if matches!(
                            k.as_str(),
                            "identifier"
                                | "scoped_identifier"
                                | "use_as_clause"
                                | "use_wildcard"
                                | "self"
                                | "crate"
                                | "super"
                                | "metavariable"
                        ) && (pk == "use_list"
                            || (pk == "use_declaration" && c.field_name() == Some("argument")))
                        {
                            useleaf += 1;
                        }
                    }
                }
                let skip =
                    matches!(k.as_str(), "use_as_clause" | "use_wildcard" | "macro_definition");
                if !skip && c.goto_first_child() {
                    continue;
                }
                while !c.goto_next_sibling() {
                    if !c.goto_parent() {
                        break 'o;
                    }
                }
            }
            counts.insert("useleaf".into(), useleaf);
        }
        let f = facts(&text);
        super::properties::hold_together(&text, &f);
        let d = |k: DefKind| f.head.defs.iter().filter(|d| d.kind == k).count();
        let e = |k: ExprKind| {
            f.body
                .exprs
                .iter()
                .filter(|x| x.kind == k && !x.has(crate::facts::body::expr::MACRO))
                .count()
        };
        let s = |k: StmtKind| f.body.stmts.iter().filter(|x| x.kind == k).count();
        let g = |k: &str| counts.get(k).copied().unwrap_or(0);
        let b =
            |k: crate::facts::body::BlockKind| f.body.blocks.iter().filter(|x| x.kind == k).count();
        use crate::facts::body::{BindOp, BlockKind};
        let op = |o: BindOp| {
            f.body.stmts.iter().filter(|x| x.kind == StmtKind::Bind && x.op == o).count()
        };
        let forms = |k: crate::facts::head::ImportForm| {
            f.head.imports.iter().filter(|i| i.form == k).count()
        };
        let tok = |k: crate::facts::trivia::TokenKind| {
            f.trivia.tokens.iter().filter(|t| t.kind == k).count()
        };
        use crate::facts::head::ImportForm as F;
        use crate::facts::trivia::TokenKind as T;
        let leaves =
            |k: u32| f.body.exprs.iter().filter(|x| x.kind == ExprKind::Leave && x.b == k).count();
        let rows: Vec<(&'static str, usize, usize)> = vec![
            ("fn", g("function_item") + g("function_signature_item"), d(DefKind::Function)),
            ("struct", g("struct_item"), d(DefKind::Struct)),
            ("enum", g("enum_item"), d(DefKind::Enum)),
            ("union", g("union_item"), d(DefKind::Union)),
            ("variant", g("enum_variant"), d(DefKind::Variant)),
            ("trait", g("trait_item"), d(DefKind::Trait)),
            ("impl", g("impl_item"), d(DefKind::Impl)),
            ("mod", g("mod_item"), d(DefKind::Module)),
            ("const", g("const_item"), d(DefKind::Const)),
            ("static", g("static_item"), d(DefKind::Static)),
            ("type", g("type_item") + g("associated_type"), d(DefKind::Type)),
            ("macro_rules", g("macro_definition"), d(DefKind::Macro)),
            ("closure", g("closure_expression"), d(DefKind::Closure)),
            ("lambda", g("closure_expression"), e(ExprKind::Lambda)),
            ("call", g("call_expression"), e(ExprKind::Call) + e(ExprKind::Method)),
            ("macro", g("macro_invocation"), e(ExprKind::Macro)),
            ("structlit", g("struct_expression"), e(ExprKind::Struct)),
            ("field", g("field_expression"), e(ExprKind::Attr)),
            ("index", g("index_expression"), e(ExprKind::Index)),
            ("try", g("try_expression"), e(ExprKind::Try)),
            ("await", g("await_expression"), e(ExprKind::Await)),
            ("cast", g("type_cast_expression") + g("qualified_type"), e(ExprKind::Cast)),
            ("range", g("range_expression") + g("range_pattern"), e(ExprKind::Range)),
            (
                "return",
                g("return_expression"),
                s(StmtKind::Return) + leaves(StmtKind::Return as u32),
            ),
            ("break", g("break_expression"), s(StmtKind::Break) + leaves(StmtKind::Break as u32)),
            (
                "continue",
                g("continue_expression"),
                s(StmtKind::Continue) + leaves(StmtKind::Continue as u32),
            ),
            ("let", g("let_declaration"), op(BindOp::Let)),
            (
                "augment",
                g("compound_assignment_expr"),
                op(BindOp::Augment)
                    + f.body
                        .exprs
                        .iter()
                        .filter(|x| {
                            x.kind == ExprKind::Assign && x.op() != crate::facts::body::Op::None
                        })
                        .count(),
            ),
            ("if", g("if_expression"), b(BlockKind::If) + b(BlockKind::Elif)),
            ("arm", g("match_arm"), b(BlockKind::Arm)),
            ("for", g("for_expression"), b(BlockKind::For)),
            ("while", g("while_expression"), b(BlockKind::While)),
            ("loop", g("loop_expression"), b(BlockKind::Loop)),
            ("unsafe", g("unsafe_block"), b(BlockKind::Unsafe)),
            ("async", g("async_block"), b(BlockKind::Async)),
            (
                "fnbody",
                g("function_item") + 0,
                b(BlockKind::Function)
                    - f.head
                        .defs
                        .iter()
                        .filter(|d| d.kind == DefKind::Closure && d.body.is_some())
                        .count(),
            ),
            ("useleaf", g("useleaf"), forms(F::Use) + forms(F::UseGlob)),
            ("extern crate", g("extern_crate_declaration"), forms(F::ExternCrate)),
            ("mod;", g("mod;"), forms(F::Mod)),
            ("attr", g("attribute_item") + g("inner_attribute_item"), tok(T::Attribute)),
            (
                "generic",
                g("generic_type")
                    + g("reference_type")
                    + g("pointer_type")
                    + g("tuple_type")
                    + g("array_type")
                    + g("generic_pattern"),
                f.body
                    .exprs
                    .iter()
                    .filter(|x| {
                        x.kind == ExprKind::Type
                            && !x.has(256 | 0)
                            && !x.has(crate::facts::body::expr::DECORATOR)
                            && !x.has(crate::facts::body::expr::MACRO)
                    })
                    .count(),
            ),
            ("self_param+param", g("parameter") + g("self_parameter"), f.head.params.len()),
        ];
        for (k, a, b) in rows {
            let t = total.entry(k).or_default();
            t.0 += a;
            t.1 += b;
            if a != b {
                let n = bad.entry(k).or_default();
                *n += 1;
                if *n <= 3 {
                    println!("{k}: {a} vs {b} {} errors {}", p.display(), f.head.errors.len());
                }
            }
        }
    }
    for (k, (a, b)) in total {
        println!("{k:20} {a:8} {b:8} {}", if a == b { "" } else { "DIFF" });
    }
}

#[test]
fn speed() {
    let Ok(dir) = std::env::var("ORACLE") else { return };
    let mut all = Vec::new();
    files(std::path::Path::new(&dir), &mut all);
    let texts: Vec<String> = all.iter().filter_map(|p| std::fs::read_to_string(p).ok()).collect();
    for _ in 0..4 {
        let (mut parse, mut read) = (std::time::Duration::ZERO, std::time::Duration::ZERO);
        for t in &texts {
            let lines = std::sync::Arc::new(Lines::of(t, LineEnds::LineFeed));
            let mut tree = LazyTree::new(t.clone(), Language::Rust);
            let a = std::time::Instant::now();
            let _ = tree.tree(&|| false);
            let b = std::time::Instant::now();
            let _ = Language::Rust.facts(&mut tree, lines, &|| false);
            parse += b - a;
            read += b.elapsed();
        }
        println!(
            "parse {parse:?} read {read:?} {:.2}",
            1.0 + read.as_secs_f64() / parse.as_secs_f64()
        );
    }
}
