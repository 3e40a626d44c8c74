//! Where statements begin and end, decorators and inner blocks included, as ruff's tree has it.

use ruff_python_ast::{ExceptHandler, Mod, Stmt};
use ruff_python_parser::Parsed;
use ruff_text_size::Ranged;

use super::{deep, parse};
use crate::languages::statements::Statements;

/// The statements of a source; none if it has errors or is deep.
pub(in crate::languages::python) fn read(text: &str) -> Option<Statements> {
    if deep::is_deep(text) { None } else { of(&parse(text)) }
}

/// Those of a shallow source that is parsed already.
pub(super) fn of(parsed: &Parsed<Mod>) -> Option<Statements> {
    if !parsed.errors().is_empty() {
        return None;
    }
    let Mod::Module(module) = parsed.syntax() else { return None };
    let mut statements = Statements::default();
    block(&module.body, None, &mut statements);
    Some(statements)
}

/// Recursion is bounded by what counts as shallow.
fn block(body: &[Stmt], outer: Option<usize>, all: &mut Statements) {
    for statement in body {
        let range = statement.range();
        let this = Some(all.push(range.start().to_u32()..range.end().to_u32(), outer));
        let mut inner = |body: &[Stmt]| block(body, this, all);
        match statement {
            Stmt::FunctionDef(it) => inner(&it.body),
            Stmt::ClassDef(it) => inner(&it.body),
            Stmt::With(it) => inner(&it.body),
            Stmt::For(it) => [&it.body, &it.orelse].into_iter().for_each(|body| inner(body)),
            Stmt::While(it) => [&it.body, &it.orelse].into_iter().for_each(|body| inner(body)),
            Stmt::If(it) => {
                inner(&it.body);
                it.elif_else_clauses.iter().for_each(|clause| inner(&clause.body));
            }
            Stmt::Match(it) => it.cases.iter().for_each(|case| inner(&case.body)),
            Stmt::Try(it) => {
                inner(&it.body);
                for ExceptHandler::ExceptHandler(handler) in &it.handlers {
                    inner(&handler.body);
                }
                [&it.orelse, &it.finalbody].into_iter().for_each(|body| inner(body));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(text: &str, word: &str) -> Option<String> {
        let statements = read(text)?;
        let range = statements.around(text.find(word)? as u32)?;
        Some(text[range.start as usize..range.end as usize].to_owned())
    }

    #[test]
    fn a_statement_reaches_from_its_decorators_to_the_end_of_its_blocks() {
        let text = "@deco\nclass A:\n    x = 1; y = 2  # c\n    if z: pass\n    else:\n        w()\n# end\n(v)\n";
        assert_eq!(around(text, "y").as_deref(), Some("y = 2"));
        assert_eq!(around(text, "z").as_deref(), Some("if z: pass\n    else:\n        w()"));
        assert_eq!(around(text, "w").as_deref(), Some("w()"));
        assert_eq!(around(text, "deco").unwrap(), &text[..text.find("\n# end").unwrap()]);
        assert_eq!(around(text, "end"), None);
        assert_eq!(around(text, "v").as_deref(), Some("(v)"));
    }

    #[test]
    fn every_block_of_every_statement_is_entered() {
        let text = "def f():\n with a:\n  for b in c: b1\n  else: b2\n while d: d1\n else: d2\n try: e1\n except E: e2\n else: e3\n \
                    finally: e4\n match g:\n  case h: h1\n if i: i1\n elif j: i2\n else: i3\n";
        for word in ["b1", "b2", "d1", "d2", "e1", "e2", "e3", "e4", "h1", "i1", "i2", "i3"] {
            assert_eq!(around(text, word).as_deref(), Some(word));
        }
    }

    #[test]
    fn what_is_wrong_or_deep_has_no_statements() {
        assert!(read("print 'x'\n").is_none());
        assert!(read(&format!("x = {}{}\n", "[".repeat(1_000), "]".repeat(1_000))).is_none());
    }
}
