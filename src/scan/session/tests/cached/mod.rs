//! Sessions with a cache beside sessions without one: the same answers, whatever happened to the files or to the cache in
//! between, and no more work than that asks for.

mod bounds;
mod counts;
mod drawn;
mod files;
mod moments;
mod random;

use std::fs;
use std::time::Duration;

use super::*;
use crate::facts::needs::{Entity, EntityKind, Facts as AskedFacts, Relation, Side, Stop, Target};

/// A cap that nothing here reaches.
const AMPLE: u64 = 1 << 40;
/// Files of more bytes are left out, where nothing else is said.
const LIMIT: u64 = 1 << 20;

/// A checkout, and a cache that others may share.
struct Place {
    root: tempfile::TempDir,
    cache: Arc<tempfile::TempDir>,
}

/// How a session looks at it.
#[derive(Clone, Copy)]
struct View<'v> {
    within: &'v [&'v str],
    exclude: &'v [&'v str],
    lang: Lang,
    limit: u64,
    jobs: usize,
}

const WHOLE: View<'_> = View { within: &[], exclude: &[], lang: Lang::Auto, limit: LIMIT, jobs: 2 };

impl Place {
    fn new(files: &[(&str, &str)]) -> Self {
        let cache = Arc::new(tempfile::tempdir().unwrap());
        Self { root: repository(files), cache }
    }

    /// Another checkout beside the same cache.
    fn beside(&self, files: &[(&str, &str)]) -> Self {
        Self { root: repository(files), cache: Arc::clone(&self.cache) }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(path), bytes).unwrap();
    }

    /// Waits until the times of all files are told from those of any later change.
    fn grow_old(&self) {
        std::thread::sleep(Duration::from_millis(130));
    }

    fn bare(&self, view: View<'_>) -> Session {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let bounds = Bounds {
            root: self.root.path().to_owned(),
            within: owned(view.within),
            exclude: owned(view.exclude),
            lang: view.lang,
            jobs: view.jobs,
        };
        Session::open(bounds, view.limit, &Cancel::new()).unwrap()
    }

    fn cached(&self, view: View<'_>) -> Session {
        self.bare(view).with_cache(self.cache.path())
    }

    /// Asks everything in a session that has the cache, and holds it to one that has none.
    fn run(&self) -> Tally {
        self.run_as(WHOLE)
    }

    fn run_as(&self, view: View<'_>) -> Tally {
        let (mut bare, mut session) = (self.bare(view), self.cached(view));
        let expected = told(&mut bare, &questions());
        assert_same(&expected, &told(&mut session, &questions()));
        // What a run that goes on later compares the files with.
        assert_eq!(bare.seen(), session.seen());
        assert!(session.differences(&bare.seen()).is_empty());
        let tally = session.tally();
        session.settle(AMPLE).unwrap();
        tally
    }

    /// The same question by question, as a plan does whose arguments are computed.
    fn run_in_parts(&self) -> Tally {
        let (mut bare, mut session) = (self.bare(WHOLE), self.cached(WHOLE));
        for needs in parts(questions()) {
            assert_same(&told(&mut bare, &needs), &told(&mut session, &needs));
        }
        let tally = session.tally();
        session.settle(AMPLE).unwrap();
        tally
    }
}

#[track_caller]
fn assert_same(expected: &str, found: &str) {
    let at = expected.bytes().zip(found.bytes()).take_while(|(a, b)| a == b).count();
    let near = |text: &str| {
        let bytes = text.as_bytes();
        let part = &bytes[at.saturating_sub(300).min(bytes.len())..(at + 200).min(bytes.len())];
        String::from_utf8_lossy(part).into_owned()
    };
    assert!(expected == found, "without a cache:\n{}\nwith one:\n{}", near(expected), near(found));
}

fn in_whole(target: Target, relations: Vec<Relation>) -> needs::Pattern {
    needs::Pattern { relations, ..needs::Pattern::of(target, Scope::default()) }
}

fn entity(kind: EntityKind, word: Option<&str>) -> Target {
    Target::Entity(Entity { kind, word: word.map(Arc::from) })
}

fn relation(side: Side, pattern: &str) -> Relation {
    Relation { side, pattern: pattern.into(), stop: Stop::End, field: None }
}

/// With leaves, and without any; all entities; relations of every side.
fn patterns() -> Vec<needs::Pattern> {
    let loose = |text: &str, strictness| {
        in_whole(Target::Code(Code { text: text.into(), selector: None, strictness }), Vec::new())
    };
    let code = |text: &str| pattern(text).target;
    vec![
        pattern("f($X)"),
        pattern("f($X, $$$REST)"),
        pattern("$F($X, $X)"),
        pattern("$A"),
        pattern("import $M"),
        loose("f(1)", Strictness::Cst),
        loose("g(2)", Strictness::Signature),
        in_whole(entity(EntityKind::Function, None), vec![relation(Side::Has, "f($X)")]),
        in_whole(entity(EntityKind::Function, Some("go")), vec![relation(Side::Has, "return $X")]),
        in_whole(entity(EntityKind::Class, None), vec![relation(Side::Has, "$X = $Y")]),
        in_whole(entity(EntityKind::Callsite, None), vec![relation(Side::Follows, "f(1)")]),
        in_whole(entity(EntityKind::Import, None), vec![relation(Side::Precedes, "$X = $Y")]),
        in_whole(code("f($X)"), vec![relation(Side::Inside, "g($$$)")]),
    ]
}

fn searches() -> Vec<Search> {
    let search =
        |text: &str, mode, case| Search { text: text.into(), mode, case, scope: Scope::default() };
    vec![
        search("f", Mode::Identifier, Case::Exact),
        search("GO", Mode::Identifier, Case::Ignored),
        search("[a-z]+\\(", Mode::Regex, Case::Exact),
        search("é", Mode::Literal, Case::Exact),
        search("nowhere", Mode::Literal, Case::Ignored),
    ]
}

/// A fixed set of questions of every kind.
fn questions() -> Needs {
    let mut needs = Needs::default();
    needs.patterns.extend(patterns());
    let stubs = Scope { globs: vec!["*.pyi".into()], ..Scope::default() };
    needs.patterns.insert(needs::Pattern { scope: stubs.clone(), ..pattern("f($X)") });
    needs.searches.extend(searches());
    needs.facts.extend(
        [Planes::Head, Planes::Body, Planes::Trivia]
            .map(|planes| AskedFacts { scope: Scope::default(), planes }),
    );
    needs.facts.insert(AskedFacts { scope: stubs, planes: Planes::Head });
    needs
}

/// Each question by itself.
fn parts(needs: Needs) -> Vec<Needs> {
    let searches = needs.searches.into_iter().map(Needs::search);
    let facts = needs.facts.into_iter().map(Needs::facts);
    let patterns = needs.patterns.into_iter().map(Needs::pattern);
    facts.chain(patterns).chain(searches).collect()
}

fn only_facts(planes: Planes) -> Needs {
    Needs::facts(AskedFacts { scope: Scope::default(), planes })
}

/// All that the answers say, but for what the cache did.
fn told(session: &mut Session, needs: &Needs) -> String {
    let answers = session.scan(needs, &Cancel::new(), &Quiet).unwrap();
    told_of(session, needs, &answers)
}

fn told_of(session: &Session, needs: &Needs, answers: &Answers) -> String {
    let mut all = Vec::new();
    for asked in &needs.patterns {
        let found = answers.patterns[asked].as_ref().map(|answer| {
            let files = answer
                .files
                .iter()
                .map(|file| (told_source(&file.source), file.rule, &file.matches));
            let files: Vec<_> = files.collect();
            let rule = |rule: &RuleView| {
                (rule.language(), rule.variables.clone(), rule.literals.clone(), rule.looked_at)
            };
            let rules: Vec<_> = answer.rules.iter().map(rule).collect();
            let broken = (&answer.broken, &answer.refused);
            format!("{rules:?} {files:?} {broken:?} {}", told_cover(&answer.cover))
        });
        all.push(format!("{asked:?}\n  {:?}", found.map_err(|fault| fault.message.clone())));
    }
    for asked in &needs.searches {
        let found = answers.searches[asked].as_ref().map(|answer| {
            let files = answer
                .files
                .iter()
                .map(|file| (told_source(&file.source), &file.hits, &file.facts));
            let files: Vec<_> = files.collect();
            format!("{files:?} {}", told_cover(&answer.cover))
        });
        all.push(format!("{asked:?}\n  {:?}", found.map_err(|fault| fault.message.clone())));
    }
    for asked in &needs.facts {
        let found = answers.facts[asked].as_ref().map(|answer| {
            let files = answer.files.iter().map(|file| {
                let mut facts = Facts::clone(&file.facts);
                facts.keep(asked.planes);
                (&file.path, facts)
            });
            format!("{:?} {}", files.collect::<Vec<_>>(), told_cover(&answer.cover))
        });
        all.push(format!("{asked:?}\n  {:?}", found.map_err(|fault| fault.message.clone())));
    }
    let tally = session.tally();
    all.push(format!("{:?}", (tally.in_scope, tally.scanned, tally.unparsable, tally.skipped)));
    all.join("\n")
}

fn told_source(source: &Source) -> (&str, &str, &str) {
    (&source.path, source.language(), source.text())
}

fn told_cover(cover: &Cover) -> String {
    format!("{:?}", Cover { cached: 0, ..cover.clone() })
}
