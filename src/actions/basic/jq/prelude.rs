//! The definitions a program may call without writing them: jaq's and ours, of which each program gets what it needs, since
//! all of them take longer to compile than most programs to run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use jaq_core::load::{self, parse::Def};

use super::tree;

/// All definitions in order, and which of them share a name.
struct Known {
    defs: Vec<Def<&'static str>>,
    /// What each definition calls.
    calls: Vec<BTreeSet<&'static str>>,
    named: BTreeMap<&'static str, Vec<usize>>,
}

fn known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let own = load::parse(include_str!("library.jq"), |p| p.defs()).unwrap_or_default();
        let jaq = jaq_core::defs().chain(jaq_std::defs()).filter(is_taken);
        let defs: Vec<_> = jaq.chain(own).collect();
        let calls = defs.iter().map(|def| tree::calls(&def.body)).collect();
        let mut named: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (at, def) in defs.iter().enumerate() {
            named.entry(def.name).or_default().push(at);
        }
        Known { defs, calls, named }
    })
}

/// jaq's own need filters that are not there.
fn is_taken(def: &Def<&'static str>) -> bool {
    let own = ["stderr", "debug", "halt_error", "nan", "infinite", "isnan", "todate"];
    !own.contains(&def.name)
}

/// The definitions that a program's words can lead to, in order.
pub(super) fn wanted(code: &str) -> Vec<Def<&'static str>> {
    let known = known();
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '@');
    let mut waiting: Vec<&str> =
        code.split(|c| !is_word(c)).filter(|word| !word.is_empty()).collect();
    let mut taken = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        for at in known.named.get(name).into_iter().flatten() {
            if taken.insert(*at) {
                waiting.extend(known.calls.get(*at).into_iter().flatten());
            }
        }
    }
    taken.into_iter().filter_map(|at| known.defs.get(at).cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_definitions_can_be_read() {
        let own = load::parse(include_str!("library.jq"), |p| p.defs());
        assert!(own.is_some_and(|defs| defs.len() > 30));
    }

    #[test]
    fn a_program_gets_what_it_needs_and_no_more() {
        let names = |code| wanted(code).iter().map(|def| def.name).collect::<BTreeSet<_>>();
        assert!(names(".a + 1").is_empty());
        assert!(names("map(.)").contains("map"));
        assert!(names("leaf_paths").is_superset(&["paths", "scalars"].into()));
    }
}
