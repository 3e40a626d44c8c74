//! How many records of each kind a source of known make gives.

use super::facts;
use crate::facts::body::{ExprKind, StmtKind};
use crate::facts::head::DefKind;

const SOURCE: &str = r#"
use std::{fmt, io::{self, Read as _}};
mod other;
/// A point.
#[derive(Clone)]
pub struct Point { x: f64, y: f64 }
impl Point {
    pub fn new(x: f64, y: f64) -> Self { Self { x, y } }
    fn length(&self) -> f64 { (self.x.powi(2) + self.y.powi(2)).sqrt() }
}
impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}, {})", self.x, show(self.y))
    }
}
fn main() {
    let points: Vec<Point> = (0..3).map(|n| Point::new(n as f64, 0.0)).collect();
    for point in &points {
        if point.length() > 1.0 { println!("{point}"); } else { continue; }
    }
    match points.first() {
        Some(first) if first.x > 0.0 => drop(first),
        _ => return,
    }
}
"#;

#[test]
fn a_source_gives_the_records_that_stand_in_it() {
    let facts = facts(SOURCE);
    let defs = |kind| facts.head.defs.iter().filter(|def| def.kind == kind).count();
    let exprs = |kind| facts.body.exprs.iter().filter(|expr| expr.kind == kind).count();
    let stmts = |kind| facts.body.stmts.iter().filter(|stmt| stmt.kind == kind).count();
    assert_eq!(facts.head.imports.len(), 4);
    assert_eq!((defs(DefKind::Function), defs(DefKind::Closure)), (4, 1));
    assert_eq!((defs(DefKind::Impl), defs(DefKind::Field)), (2, 2));
    // new, drop, show.
    assert_eq!(exprs(ExprKind::Call), 3);
    // powi twice, sqrt, map, collect, length, first.
    assert_eq!(exprs(ExprKind::Method), 7);
    assert_eq!(exprs(ExprKind::Macro), 2);
    assert_eq!(exprs(ExprKind::Struct), 1);
    assert_eq!(exprs(ExprKind::Lambda), 1);
    // if, for, match.
    assert_eq!(exprs(ExprKind::Block), 3);
    // powi's `2` twice; 0 and 3; 0.0; 1.0; 0.0; the format of `write!`.
    assert_eq!(exprs(ExprKind::Const), 8);
    assert_eq!(exprs(ExprKind::FString), 1);
    // `let`, the headers of `for` and the first arm.
    assert_eq!(stmts(StmtKind::Bind), 3);
    assert_eq!((stmts(StmtKind::Continue), stmts(StmtKind::Return)), (1, 1));
    assert_eq!((stmts(StmtKind::Import), stmts(StmtKind::Macro)), (1, 1));
    assert_eq!(facts.head.errors, []);
}
