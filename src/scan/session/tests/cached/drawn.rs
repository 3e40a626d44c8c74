//! Queries drawn as the query language has them: the same answers without a cache, while one is written, and with it, also of
//! files that were edited and edited back.

use proptest::prelude::*;

use super::*;
use crate::facts::Language;
use crate::scan::visit::tests::generated;

/// Asks queries cut out of a source of each language, of both, as often as there are states of the cache.
fn check(of_python: &[u16], of_rust: &[u16]) {
    let (mut asked, python) = generated::drawn(of_python, Language::Python);
    let (more, rust) = generated::drawn(of_rust, Language::Rust);
    asked.extend(more);
    let place = Place::new(&[("a.py", &python), ("b.rs", &rust), ("c.py", "f(1)\n")]);
    let mut needs = Needs::default();
    needs.patterns.extend(asked);
    let run = || {
        let (mut bare, mut session) = (place.bare(WHOLE), place.cached(WHOLE));
        assert_same(&told(&mut bare, &needs), &told(&mut session, &needs));
        session.settle(AMPLE).unwrap();
    };
    run();
    run();
    place.write("a.py", format!("{python}\nx = 1\n"));
    run();
    place.write("a.py", &python);
    run();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.min(64), ..ProptestConfig::default() })]

    #[test]
    fn any_query_is_answered_alike_with_and_without_a_cache(
        python in prop::collection::vec(any::<u16>(), 0..160),
        rust in prop::collection::vec(any::<u16>(), 0..160),
    ) {
        check(&python, &rust);
    }
}
