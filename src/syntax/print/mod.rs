//! The canonical form of a plan.
use super::ast;
/// Prints a plan in its canonical form.
#[must_use]
pub fn print(_file: &ast::File) -> String {
    String::new()
}
