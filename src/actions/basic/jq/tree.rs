//! What can be read off a parsed program without running it.

use std::collections::BTreeSet;

use jaq_core::load::{self, lex::StrPart, parse};
use jaq_core::path::Part;

use super::guard::Nesting;

type Term<'s> = parse::Term<&'s str>;

/// The filters that a term calls, formats included.
pub(super) fn calls<'s>(term: &Term<'s>) -> BTreeSet<&'s str> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![term];
    while let Some(term) = waiting.pop() {
        match term {
            Term::Call(name, _) | Term::Str(Some(name), _) => drop(found.insert(*name)),
            _ => {}
        }
        waiting.extend(children(term));
    }
    found
}

/// Whether a definition that takes filters calls itself: each call then holds the one before it.
pub(super) fn nesting(code: &str) -> Nesting {
    let term: Term<'_> = load::parse(code, |p| p.term()).unwrap_or_default();
    if grows(&term, &mut Vec::new()) { Nesting::Growing } else { Nesting::Written }
}

/// `open` are the definitions with filters as arguments around a term, by name and arity.
fn grows<'s>(term: &Term<'s>, open: &mut Vec<(&'s str, usize)>) -> bool {
    match term {
        Term::Def(defs, body) => defs.iter().any(|def| in_def(def, open)) || grows(body, open),
        Term::Call(name, args) if open.contains(&(*name, args.len())) => true,
        _ => children(term).into_iter().any(|child| grows(child, open)),
    }
}

fn in_def<'s>(def: &parse::Def<&'s str>, open: &mut Vec<(&'s str, usize)>) -> bool {
    let takes_filters = def.args.iter().any(|arg| !arg.starts_with('$'));
    if takes_filters {
        open.push((def.name, def.args.len()));
    }
    let found = grows(&def.body, open);
    if takes_filters {
        open.pop();
    }
    found
}

fn children<'t, 's>(term: &'t Term<'s>) -> Vec<&'t Term<'s>> {
    match term {
        Term::Id | Term::Recurse | Term::Num(_) | Term::Break(_) | Term::Var(_) => Vec::new(),
        Term::Str(_, parts) => parts.iter().filter_map(in_text).collect(),
        Term::Arr(inner) => inner.iter().map(|term| &**term).collect(),
        Term::Neg(inner) | Term::Label(_, inner) => vec![inner],
        Term::Obj(fields) => {
            fields.iter().flat_map(|(key, value)| [Some(key), value.as_ref()]).flatten().collect()
        }
        Term::BinOp(left, op, right) => {
            let pattern = match op {
                parse::BinaryOp::Pipe(Some(pattern)) => in_pattern(pattern),
                _ => Vec::new(),
            };
            pattern.into_iter().chain([&**left, &**right]).collect()
        }
        Term::Fold(_, over, pattern, args) => {
            in_pattern(pattern).into_iter().chain([&**over]).chain(args).collect()
        }
        Term::TryCatch(body, catch) => {
            [Some(body), catch.as_ref()].into_iter().flatten().map(|term| &**term).collect()
        }
        Term::IfThenElse(cases, otherwise) => {
            let cases = cases.iter().flat_map(|(test, then)| [test, then]);
            cases.chain(otherwise.iter().map(|term| &**term)).collect()
        }
        Term::Def(defs, body) => defs.iter().map(|def| &def.body).chain([&**body]).collect(),
        Term::Call(_, args) => args.iter().collect(),
        Term::Path(from, path) => {
            let parts = path.0.iter().flat_map(|(part, _)| match part {
                Part::Index(at) => [Some(at), None],
                Part::Range(from, to) => [from.as_ref(), to.as_ref()],
            });
            parts.flatten().chain([&**from]).collect()
        }
    }
}

fn in_text<'t, 's>(part: &'t StrPart<&'s str, Term<'s>>) -> Option<&'t Term<'s>> {
    match part {
        StrPart::Term(term) => Some(term),
        StrPart::Str(_) | StrPart::Char(_) => None,
    }
}

fn in_pattern<'t, 's>(pattern: &'t parse::Pattern<&'s str>) -> Vec<&'t Term<'s>> {
    match pattern {
        parse::Pattern::Var(_) => Vec::new(),
        parse::Pattern::Arr(parts) => parts.iter().flat_map(in_pattern).collect(),
        parse::Pattern::Obj(fields) => {
            fields.iter().flat_map(|(key, part)| [vec![key], in_pattern(part)].concat()).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recursion_that_holds_its_filters_is_seen() {
        for growing in [
            "def f(g): f(g|g); f(.)",
            "def f(g): def h: f(g); h; f(.)",
            "[1] | map(def f(g; $x): if . then f(g; 1) else 2 end; f(.; 1))",
            "def f(g): \"\\(f(.))\"; f(1)",
            "def f(g): {a: [.[f(.)]?]}; 1",
        ] {
            assert_eq!(nesting(growing), Nesting::Growing, "{growing}");
        }
        for written in
            ["def f($x): f($x + 1); f(0)", "def f(g): g; f(f(.))", "def f: f; f", "map(map(.))"]
        {
            assert_eq!(nesting(written), Nesting::Written, "{written}");
        }
    }
}
