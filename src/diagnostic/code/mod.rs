//! The codes: by stage QP01xx lexing, 02 parsing, 03 names and steps, 04 arguments, 05 execution, 06 scan and analysis,
//! 07 system and permission, 08 run plans. A code is never re-used; each is explained here.

pub mod arguments;
pub mod execution;
pub mod lexing;
pub mod names;
pub mod parsing;
pub mod scan;
pub mod system;

/// A stable code such as `QP0101`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(pub &'static str);

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

/// What `qplan explain` says of a code.
#[derive(Clone, Copy, Debug)]
pub struct Explanation {
    /// The code.
    pub code: Code,
    /// A few words: `a string that does not end`.
    pub title: &'static str,
    /// Why it is refused and what to do, in sentences.
    pub text: &'static str,
    /// A plan that has the fault; empty where none can show it alone.
    pub wrong: &'static str,
    /// The same plan, mended.
    pub right: &'static str,
}

/// The codes of a stage of a plan's road.
#[derive(Clone, Copy, Debug)]
pub struct Stage {
    /// What is looked at there: `names and steps`.
    pub title: &'static str,
    /// Its codes, in order.
    pub table: &'static [Explanation],
}

/// Every stage, in the order of the codes.
pub static STAGES: &[Stage] = &[
    Stage { title: "lexing", table: lexing::TABLE },
    Stage { title: "parsing", table: parsing::TABLE },
    Stage { title: "names and steps", table: names::TABLE },
    Stage { title: "arguments", table: arguments::TABLE },
    Stage { title: "execution", table: execution::TABLE },
    Stage { title: "scan and analysis", table: scan::TABLE },
    Stage { title: "system and permission", table: system::TABLE },
];

/// Every code, in order.
pub fn all() -> impl Iterator<Item = &'static Explanation> {
    STAGES.iter().flat_map(|stage| stage.table)
}

/// The explanation of a code written in any case, with or without `QP` and its zero: `qp0402`, `402`.
#[must_use]
pub fn find(written: &str) -> Option<&'static Explanation> {
    let digits = written.trim().trim_start_matches(['Q', 'q']).trim_start_matches(['P', 'p']);
    all().find(|e| {
        e.code.0.trim_start_matches("QP").trim_start_matches('0') == digits.trim_start_matches('0')
    })
}
