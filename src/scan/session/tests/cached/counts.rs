//! What a run costs behind a change: the files that changed, and no other.

use super::*;

const COUNT: usize = 20;

fn many() -> Place {
    let files: Vec<(String, String)> =
        (0..COUNT).map(|n| (format!("m{n:02}.py"), format!("x{n} = {n}\n"))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
    Place::new(&files)
}

/// Facts, a pattern and a search that no file answers with rows.
fn rowless() -> Needs {
    let mut needs = only_facts(Planes::Body);
    needs.merge(Needs::pattern(pattern("f($X)")));
    needs.merge(Needs::search(searches().remove(0)));
    needs
}

fn ran(place: &Place, needs: &Needs) -> Tally {
    let mut session = place.cached(WHOLE);
    let found = told(&mut session, needs);
    let tally = session.tally();
    session.settle(AMPLE).unwrap();
    assert_same(&told(&mut place.bare(WHOLE), needs), &found);
    tally
}

#[test]
fn an_edited_file_costs_that_file() {
    let place = many();
    let cold = ran(&place, &rowless());
    assert_eq!((cold.scans, cold.parsed, cold.cached), (1, COUNT, 0));
    let bytes: u64 = (0..COUNT).map(|n| format!("x{n} = {n}\n").len() as u64).sum();
    assert_eq!(cold.bytes_read, bytes);
    place.grow_old();
    // Its times prove something only now.
    let aged = ran(&place, &rowless());
    assert_eq!((aged.parsed, aged.cached, aged.bytes_read), (0, COUNT, cold.bytes_read));
    let warm = ran(&place, &rowless());
    assert_eq!((warm.scans, warm.parsed, warm.cached, warm.bytes_read), (1, 0, COUNT, 0));
    place.write("m03.py", "x3 = 4 + 4\n");
    let edited = ran(&place, &rowless());
    assert_eq!((edited.parsed, edited.cached, edited.bytes_read), (1, COUNT - 1, 11));
    place.write("m03.py", "x3 = 3\n");
    let reverted = ran(&place, &rowless());
    assert_eq!((reverted.parsed, reverted.cached, reverted.bytes_read), (0, COUNT, 7));
}

#[test]
fn a_new_question_of_known_files_is_asked_of_each_once() {
    let place = many();
    place.grow_old();
    ran(&place, &rowless());
    // A pattern without a leaf needs every tree, and no facts.
    let asked = Needs::pattern(pattern("$A = $B"));
    let first = ran(&place, &asked);
    assert_eq!((first.parsed, first.parses_per_file), (COUNT, 1));
    assert_eq!(ran(&place, &asked).parsed, 0);
}

#[test]
fn a_new_search_of_known_files_parses_none() {
    let place = many();
    place.grow_old();
    ran(&place, &rowless());
    let scope = Scope::default();
    let search = Search { text: "x1".into(), mode: Mode::Identifier, case: Case::Exact, scope };
    let tally = ran(&place, &Needs::search(search));
    assert_eq!((tally.parsed, tally.scanned), (0, COUNT));
}

#[test]
fn facts_that_were_read_for_the_head_are_known_for_everything() {
    let place = many();
    ran(&place, &only_facts(Planes::Head));
    for planes in [Planes::Body, Planes::Trivia, Planes::Head] {
        let tally = ran(&place, &only_facts(planes));
        assert_eq!((tally.parsed, tally.cached), (0, COUNT), "{planes:?}");
    }
}

#[test]
fn a_session_that_goes_on_costs_what_changed() {
    let place = many();
    place.grow_old();
    ran(&place, &rowless());
    let bounds = place.bare(WHOLE).bounds;
    let mut session = Session::open_warm(bounds, LIMIT, &Cancel::new()).unwrap();
    session = session.with_cache(place.cache.path());
    for round in 0..6 {
        let before = session.tally();
        assert_same(&told(&mut place.bare(WHOLE), &rowless()), &told(&mut session, &rowless()));
        session.settle(AMPLE).unwrap();
        let read = session.tally().bytes_read - before.bytes_read;
        let text = if round == 0 { 0 } else { "x5 = -1\n".len() as u64 };
        // A file whose times prove nothing yet is read again to see whether it changed.
        assert!(read == text || round > 1 && read == 2 * text, "round {round}: {read}");
        place.write("m05.py", format!("x5 = -{}\n", round % 3));
        session.refresh(&Cancel::new()).unwrap();
    }
    // Contents that came again were not parsed again.
    place.write("m05.py", "x5 = -1\n");
    assert_eq!(ran(&place, &rowless()).parsed, 0);
}
