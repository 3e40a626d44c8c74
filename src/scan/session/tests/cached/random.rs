//! Anything that can happen, in any order.

use super::*;

const PATHS: [&str; 8] =
    ["a.py", "b.py", "b.pyi", "c.rs", "d/a.py", "d/b.rs", "d/e/c.py", "f/a.py"];

const TEXTS: [&str; 8] = [
    "",
    "f(1)\n",
    "f(2)\n",
    "fn go() { f(1); }\n",
    "import os\nx = f(1, 1)\n",
    "class C:\n    def go(self):\n        return f('é')\n",
    "def f(:\n",
    "\0",
];

/// A line of numbers that look random.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_041);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

fn put(place: &Place, path: &str, text: &str) {
    fs::create_dir_all(place.path(path).parent().unwrap()).unwrap();
    place.write(path, text);
}

/// Something happens to files, or to the cache.
fn happens(place: &Place, dice: &mut Dice) {
    let (path, other) = (dice.of(&PATHS), dice.of(&PATHS));
    match dice.below(10) {
        0 => drop(fs::remove_file(place.path(path))),
        1 => {
            fs::create_dir_all(place.path(other).parent().unwrap()).unwrap();
            drop(fs::rename(place.path(path), place.path(other)));
        }
        2 => drop(fs::rename(place.path("d"), place.path("f/d"))),
        3 => drop(fs::rename(place.path("f/d"), place.path("d"))),
        4 => place.grow_old(),
        5 => spoil(place, dice),
        _ => put(place, path, dice.of(&TEXTS)),
    }
}

/// Alters a byte of the cache, or takes one of its files away.
fn spoil(place: &Place, dice: &mut Dice) {
    let mut files: Vec<_> =
        fs::read_dir(place.cache.path()).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    if files.is_empty() {
        return;
    }
    let path = &files[dice.below(files.len())];
    let mut bytes = fs::read(path).unwrap();
    if bytes.is_empty() || dice.below(4) == 0 {
        fs::remove_file(path).unwrap();
        return;
    }
    let at = dice.below(bytes.len());
    bytes[at] ^= 1 << dice.below(8);
    // Where it lies: others have it open.
    let mut file = fs::File::options().write(true).open(path).unwrap();
    std::io::Write::write_all(&mut file, &bytes).unwrap();
}

fn asked(dice: &mut Dice) -> Needs {
    match dice.below(3) {
        0 => questions(),
        1 => only_facts(dice.of(&[Planes::Head, Planes::Body, Planes::Trivia])),
        _ => parts(questions()).swap_remove(dice.below(22)),
    }
}

/// Without the counts, which are of all that a session was ever asked.
fn answers(told: &str) -> &str {
    told.rsplit_once('\n').unwrap().0
}

#[test]
fn whatever_happens_sessions_with_a_cache_say_what_those_without_say() {
    for seed in 0..2 {
        let mut dice = Dice(seed);
        let place = Place::new(&[("a.py", "f(1)\n"), ("d/a.py", "f(1)\n"), ("c.rs", "\n")]);
        let bounds = place.bare(WHOLE).bounds;
        let warm = Session::open_warm(bounds, LIMIT, &Cancel::new()).unwrap();
        let mut warm = warm.with_cache(place.cache.path());
        for _ in 0..60 {
            (0..dice.below(4)).for_each(|_| happens(&place, &mut dice));
            let needs = asked(&mut dice);
            let view = View {
                limit: dice.of(&[LIMIT, 12]),
                lang: dice.of(&[Lang::Auto, Lang::Auto, Lang::Rust]),
                exclude: dice.of(&[&[][..], &["d/**"]]),
                jobs: dice.of(&[1, 3]),
                ..WHOLE
            };
            let (mut bare, mut session) = (place.bare(view), place.cached(view));
            let room = dice.of(&[MOST_STORED, MOST_STORED, 9, 2]);
            (bare.room, session.room) = (room, room);
            assert_same(&told(&mut bare, &needs), &told(&mut session, &needs));
            if dice.below(2) == 0 {
                session.settle(dice.of(&[AMPLE, AMPLE, 20_000])).unwrap();
            }
            if dice.below(2) == 0 {
                warm.refresh(&Cancel::new()).unwrap();
                let found = told(&mut warm, &needs);
                let expected = told(&mut place.bare(WHOLE), &needs);
                assert_same(answers(&expected), answers(&found));
                (0..dice.below(2)).for_each(|_| warm.settle(AMPLE).unwrap());
            }
        }
    }
}
