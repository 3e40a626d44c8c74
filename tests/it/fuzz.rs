//! A short run of what `fuzz/` tries for long: its corpus, the plans of the specification, and some thousand inputs from
//! fixed seeds; more by `FUZZ_ROUNDS`. `FUZZ_SEEDS=dir` writes the plans as seeds and the words of the language as a dictionary.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use qplan::action::Forms;
use qplan::actions;
use qplan::value::function::FUNCTIONS;

use crate::harness::package;

/// The same files as in `fuzz/`, whose library they are.
#[expect(unreachable_pub, reason = "they are public there")]
#[path = "../../fuzz/src"]
mod tried {
    pub mod dice;
    pub mod targets;
    pub mod value;
    pub mod writer;
}

use tried::targets;

/// Inputs of one seed: bytes of a linear congruential generator, the same everywhere.
fn bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1);
    let next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

/// Seeds for inputs: so many, or a multiple by `FUZZ_ROUNDS`.
fn seeds(count: u64) -> std::ops::Range<u64> {
    let rounds = std::env::var("FUZZ_ROUNDS").ok().and_then(|rounds| rounds.parse().ok());
    0..count * rounds.unwrap_or(1)
}

/// The kept inputs of a target.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let dir = fs::read_dir(package().join("fuzz/corpus").join(target));
    let mut paths: Vec<_> = dir.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("an input can be read")).collect()
}

/// The plans of the specification and the examples.
fn plans() -> Vec<String> {
    let cases = crate::spec::cases().into_iter();
    let mut plans: Vec<String> = cases
        .flat_map(|(_, case)| {
            let files = case.files().filter(|(name, _)| name.ends_with(".qp"));
            files.map(|(_, text)| text.to_owned()).collect::<Vec<_>>()
        })
        .collect();
    for entry in fs::read_dir(package().join("examples")).expect("there are examples").flatten() {
        plans.extend(fs::read_to_string(entry.path()));
    }
    plans.sort();
    plans.dedup();
    plans
}

#[test]
fn texts_are_read_told_and_mended() {
    corpus("text").iter().for_each(|input| targets::text(input));
    let plans = plans();
    plans.iter().for_each(|plan| targets::text(plan.as_bytes()));
    let many = plans.len() as u64;
    for (seed, plan) in seeds(many).zip(plans.iter().cycle()) {
        targets::text(&spoilt(plan, seed));
    }
}

/// The plan with a few bytes put wrong, left out or put twice.
fn spoilt(plan: &str, seed: u64) -> Vec<u8> {
    const WRONG: &[u8] = b"\"'{}()[]\n\r,;=->$#/.\0\xe9 a1";
    let mut input = plan.as_bytes().to_vec();
    for dice in bytes(seed, 18).chunks(3) {
        let at = (((usize::from(dice[0]) << 8) | usize::from(dice[1])) * input.len()) >> 16;
        let wrong = WRONG[usize::from(dice[2]) % WRONG.len()];
        match (dice[2] / 64, input.get_mut(at)) {
            (0, Some(byte)) => *byte = wrong,
            (1, Some(_)) => input.insert(at, wrong),
            (2, Some(_)) => drop(input.drain(at..(at + usize::from(dice[1]) % 8).min(input.len()))),
            (_, Some(_)) => input.truncate(input.len() - (input.len() - at) / 8),
            _ => {}
        }
    }
    input
}

#[test]
fn written_plans_are_read_and_printed() {
    corpus("written").iter().for_each(|input| targets::written(input));
    seeds(1_500).for_each(|seed| targets::written(&bytes(seed, 40 + seed as usize % 400)));
}

#[test]
fn most_written_plans_are_right() {
    let right = (0..300).filter(|seed| targets::is_right(&bytes(*seed, 200))).count();
    assert!(right > 200, "{right} of 300");
}

#[test]
fn what_passes_the_check_runs_to_an_end() {
    corpus("run").iter().for_each(|input| targets::run(input));
    seeds(400).for_each(|seed| targets::run(&bytes(seed, 40 + seed as usize % 300)));
}

#[test]
fn what_is_read_of_a_spoilt_cache_was_published() {
    corpus("cache").iter().for_each(|input| targets::cache(input));
    seeds(400).for_each(|seed| targets::cache(&bytes(seed, 1 + seed as usize % 60)));
}

#[test]
fn seeds_are_written_where_they_are_asked_for() {
    let Some(dir) = std::env::var_os("FUZZ_SEEDS") else { return };
    let dir = Path::new(&dir);
    for target in ["text", "run"] {
        fs::create_dir_all(dir.join(target)).expect("a directory can be made");
    }
    for (number, plan) in plans().iter().enumerate() {
        fs::write(dir.join(format!("text/{number}.qp")), plan).expect("a seed can be written");
        // The first byte says that the rest is a text.
        fs::write(dir.join(format!("run/{number}.qp")), format!("\0{plan}"))
            .expect("a seed can be written");
    }
    let mut words = String::new();
    let operations = actions::ALL.iter().flat_map(|action| match &action.forms {
        Forms::Ops(ops) => ops.iter().map(|op| op.name).collect::<Vec<_>>(),
        Forms::One(form) => form.params.iter().map(|param| param.name).collect(),
    });
    let words_of = "plan step if else while each parallel end future print set var return jump break continue stop skip \
                    and or in exists not_exists not true false null onError timeout ignoreErrors concurrency -> ${ \
                    == != <= >= // /* */ retry= delay= backoff= @params @title @in @exclude @lang @root";
    let names = actions::ALL.iter().map(|action| action.name);
    let functions = FUNCTIONS.iter().map(|function| function.name);
    for word in words_of.split(' ').chain(names).chain(operations).chain(functions) {
        let _ = writeln!(words, "\"{word}\"");
    }
    for quote in ["\\\"\\\"\\\"", "r\\\"", "\\x0a", "\\x0a  "] {
        let _ = writeln!(words, "\"{quote}\"");
    }
    fs::write(dir.join("words.dict"), words).expect("a dictionary can be written");
}
