//! Whole runs and their cache: beside others that write it, killed anywhere, without room on the disk, where nothing can
//! be written, with what other versions left, with altered bytes. Each answers as a run without a cache does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::docs::told;
use crate::harness::{Place, Ran};
use crate::spec::side_by_side;

/// What is asked, several plans.
const PLANS: [&str; 3] = [
    "q entity=function -> x\n  search \"path\" mode=identifier -> y\n  calls \"load\" -> z\n  return = [x, y, z]",
    "q pattern=\"$F($X)\" -> x\n  q entity=class -> y\n  return = [x, y]",
    "search \"[a-z]+_[a-z]+\" mode=regex include_strings=true -> x\n  q entity=import -> y\n  return = [x, y]",
];

/// So many modules, and the plans.
fn repository(modules: usize) -> Place {
    let place =
        Place::new([("src/lib.rs", "pub fn load(path: &str) -> usize {\n    path.len()\n}\n")]);
    for number in 0..modules {
        let text = format!(
            "import os\nfrom app.m{} import load as before\n\n\nclass C{number}:\n    def run(self, path):\n        \
             return before(os.path.join(path, 'two_words_{number}'))\n\n\ndef load(path):\n    return open(path)\n",
            number.saturating_sub(1)
        );
        place.file(&format!("app/m{number}.py"), &text);
    }
    for (number, plan) in PLANS.iter().enumerate() {
        place.file(&format!("{number}.qp"), &format!("step \"Ask\" {{\n  {plan}\n}}\n"));
    }
    place
}

/// What follows of a run's result; nothing else is told of it.
fn answer(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "{}", told(ran));
    let result: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
    assert!(result["steps"][0]["result"].is_array(), "{}", told(ran));
    let rows =
        result["actions"].as_array().into_iter().flatten().map(|action| action["rows"].clone());
    rows.chain([result["steps"][0]["result"].clone()]).collect()
}

fn ask(place: &Place, plan: usize, args: &[&str]) -> Value {
    let plan = format!("{plan}.qp");
    answer(&place.qplan(&[&[&*plan, "--root", ".", "--format", "json"], args].concat(), ""))
}

fn bare(place: &Place) -> Vec<Value> {
    (0..PLANS.len()).map(|plan| ask(place, plan, &["--no-cache"])).collect()
}

/// A plan with this cache is answered as it is without.
#[track_caller]
fn holds(place: &Place, bare: &[Value], plan: usize, cache: &Path) {
    let cache = cache.to_string_lossy();
    assert!(ask(place, plan, &["--cache-dir", &cache]) == bare[plan], "plan {plan} with {cache}");
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        fs::read_dir(directory).into_iter().flatten().flatten().map(|file| file.path()).collect();
    files.sort();
    files
}

/// A cache in which everything is that the plans ask, and whose times prove something.
fn warm(place: &Place, aside: &Path) -> PathBuf {
    let cache = aside.join("warm");
    sleep(Duration::from_millis(2_200));
    for plan in 0..PLANS.len() {
        let ran = place.qplan(
            &[
                &format!("{plan}.qp"),
                "--root",
                ".",
                "--cache-dir",
                &cache.to_string_lossy(),
                "--quiet",
            ],
            "",
        );
        assert_eq!(ran.code, 0, "{}", told(&ran));
    }
    assert!(files(&cache).len() > 1);
    cache
}

fn aside() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory can be made")
}

#[test]
fn processes_with_different_plans_share_a_cache_that_they_write_at_once() {
    let (place, aside) = (repository(12), aside());
    let bare = bare(&place);
    for round in 0..12 {
        let cache = aside.path().join((round / 4).to_string());
        std::thread::scope(|scope| {
            for plan in [round % 3, (round + 1) % 3, round % 3] {
                let (place, bare, cache) = (&place, &bare, &cache);
                scope.spawn(move || holds(place, bare, plan, cache));
            }
        });
        place.file(&format!("extra{}.txt", round % 2), "not a source\n");
    }
}

/// Starts a run that is not waited for.
fn start(place: &Place, plan: usize, cache: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qplan"));
    command.current_dir(place.path()).args([&format!("{plan}.qp"), "--root", ".", "--quiet"]);
    command.arg("--cache-dir").arg(cache);
    place.seal(&mut command).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the program starts")
}

#[test]
fn runs_killed_at_two_hundred_moments_leave_a_cache_that_is_right() {
    let (place, aside) = (repository(25), aside());
    let bare = bare(&place);
    let began = Instant::now();
    assert!(start(&place, 0, &aside.path().join("first")).wait().is_ok_and(|end| end.success()));
    let whole = began.elapsed();
    let groups: Vec<u64> = (0..20).collect();
    let killed = side_by_side(&groups, |group| {
        let (mut killed, mut dice) = ((0, 0), group.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for kill in 0..10 {
            let cache = aside.path().join(format!("{group}-{}", kill / 2));
            let before = files(&cache);
            let mut child = start(&place, kill % 3, &cache);
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_041);
            let random = u32::try_from(dice >> 57).unwrap_or(0);
            if kill % 2 == 0 {
                sleep(whole * random / 100);
            } else {
                // Once it writes.
                let runs = |child: &mut Child| child.try_wait().is_ok_and(|end| end.is_none());
                while files(&cache) == before && runs(&mut child) {}
                sleep(Duration::from_micros(4) * random);
            }
            child.kill().expect("a child can be killed");
            let is_killed = child.wait().is_ok_and(|end| !end.success());
            killed.0 += usize::from(is_killed);
            killed.1 += usize::from(is_killed && files(&cache) != before);
            holds(&place, &bare, (kill + 2) % 3, &cache);
        }
        killed
    });
    let (killed, writing): (Vec<usize>, Vec<usize>) = killed.into_iter().unzip();
    let (killed, writing) = (killed.iter().sum::<usize>(), writing.iter().sum::<usize>());
    assert!(killed > 50 && writing > 5, "{killed} killed, {writing} of them while they wrote");
}

#[test]
fn a_full_disk_costs_the_cache_alone() {
    let (place, aside) = (repository(12), aside());
    let bare = bare(&place);
    for (number, blocks) in [0, 1, 2, 8, 30, 60].into_iter().enumerate() {
        let cache = aside.path().join(number.to_string());
        for plan in 0..PLANS.len() {
            // A limit on the size of files fails writes as a full disk does, where its signal is ignored.
            let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
            let mut command = Command::new("sh");
            command.current_dir(place.path()).args(["-c", &script, "sh"]);
            command.arg(env!("CARGO_BIN_EXE_qplan")).args([&*format!("{plan}.qp"), "--root", "."]);
            command.args(["--format", "json", "--cache-dir"]).arg(&cache);
            let ran = place.seal(&mut command).stdin(Stdio::null()).output();
            let ran = ran.expect("the program starts");
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let code = ran.status.code().unwrap_or(-1);
            let ran = Ran { stdout: text(&ran.stdout), stderr: text(&ran.stderr), code };
            assert!(answer(&ran) == bare[plan], "{blocks} blocks, plan {plan}");
            holds(&place, &bare, plan, &cache);
        }
    }
}

#[test]
fn a_reader_who_goes_away_leaves_the_cache_written() {
    let (place, aside) = (repository(3), aside());
    let often = "var i = 0; while i < 20000 { print found.rows; var i = i + 1 }";
    place.file("often.qp", &format!("step \"A\" {{ q entity=function -> found; {often} }}\n"));
    let mut command = Command::new("sh");
    let script = "\"$@\" | head -n 1";
    command.current_dir(place.path()).args(["-c", script, "sh", env!("CARGO_BIN_EXE_qplan")]);
    command.args(["often.qp", "--root", ".", "--cache-dir"]).arg(aside.path());
    let ran = place.seal(&mut command).stdin(Stdio::null()).output().expect("the shell starts");
    assert_eq!(String::from_utf8_lossy(&ran.stdout).lines().count(), 1, "{ran:?}");
    assert!(!files(aside.path()).is_empty(), "{ran:?}");
}

#[test]
fn a_cache_that_can_be_nowhere_is_none() {
    let (place, aside) = (repository(3), aside());
    let bare = bare(&place);
    let file = aside.path().join("file");
    fs::write(&file, "a file").expect("a file can be written");
    let link = aside.path().join("link");
    std::os::unix::fs::symlink(aside.path(), &link).expect("a link can be made");
    let long = aside.path().join("x".repeat(300));
    let places =
        ["/dev/full/cache", "/dev/null", "/proc/self/cache", "/proc/none"].map(PathBuf::from);
    let below = [file.join("cache"), file.clone(), link, long];
    for cache in places.iter().chain(&below) {
        for plan in 0..2 {
            holds(&place, &bare, plan, cache);
        }
    }
    assert_eq!(fs::read(&file).expect("it is still there"), b"a file");
}

#[test]
fn a_directory_that_cannot_be_written_is_read_all_the_same() {
    use std::os::unix::fs::PermissionsExt;
    let (place, aside) = (repository(4), aside());
    let bare = bare(&place);
    let cache = warm(&place, aside.path());
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode));
    files(&cache).iter().try_for_each(|file| mode(file, 0o400)).expect("modes can be set");
    mode(&cache, 0o500).expect("modes can be set");
    let before = files(&cache);
    for plan in 0..PLANS.len() {
        holds(&place, &bare, plan, &cache);
    }
    place.file("app/m0.py", "def load(path):\n    return path\n");
    let bare = self::bare(&place);
    (0..PLANS.len()).for_each(|plan| holds(&place, &bare, plan, &cache));
    // Who may write everywhere did.
    let is_bound = fs::write(cache.join("x"), "").is_err();
    assert!(!is_bound || files(&cache) == before);
    // Nor one that cannot be entered.
    mode(&cache, 0o000).expect("modes can be set");
    (0..PLANS.len()).for_each(|plan| holds(&place, &bare, plan, &cache));
    mode(&cache, 0o700).expect("modes can be set");
}

#[test]
fn what_other_versions_left_is_not_read() {
    let (place, aside) = (repository(4), aside());
    let bare = bare(&place);
    let cache = warm(&place, aside.path());
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let ours: Vec<PathBuf> =
        files(&cache).into_iter().filter(|path| name(path).contains('-')).collect();
    for path in &ours {
        // Another version's name; then its header, under our name.
        let name = name(path);
        let theirs = cache.join(format!("{:016x}-{}", 7, &name[17..]));
        fs::rename(path, &theirs).expect("a file can be renamed");
    }
    (0..PLANS.len()).for_each(|plan| holds(&place, &bare, plan, &cache));
    let parsed = |args: &[&str]| {
        let ran = place.qplan(&[&["1.qp", "--root", ".", "--format", "json"], args].concat(), "");
        let result: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
        result["summary"]["files"]["parsed"].as_u64()
    };
    let shown = cache.to_string_lossy();
    assert_eq!(parsed(&["--cache-dir", &shown]), Some(0), "what was asked again is known again");
    for path in files(&cache).iter().filter(|path| name(path).contains('-')) {
        let mut bytes = fs::read(path).expect("a file can be read");
        bytes[8] ^= 1;
        fs::write(path, bytes).expect("a file can be written");
    }
    assert_eq!(parsed(&["--cache-dir", &shown]), Some(5), "nothing of it is believed");
    (0..PLANS.len()).for_each(|plan| holds(&place, &bare, plan, &cache));
}

#[test]
fn altered_bytes_anywhere_are_no_answer() {
    let (place, aside) = (repository(2), aside());
    let bare = bare(&place);
    let cache = warm(&place, aside.path());
    let mut tried = Vec::new();
    for file in files(&cache) {
        let good = fs::read(&file).expect("a file can be read");
        let step = (good.len() / 8).max(1);
        tried.extend((0..good.len()).step_by(step).map(|at| (file.clone(), at)));
    }
    assert!(tried.len() > 20, "{}", tried.len());
    for (number, (file, at)) in tried.iter().enumerate() {
        // A run may have merged it into another.
        let Ok(good) = fs::read(file) else { continue };
        let mut bad = good.clone();
        let Some(byte) = bad.get_mut(*at) else { continue };
        *byte ^= 0x55;
        fs::write(file, bad).expect("a file can be written");
        holds(&place, &bare, number % PLANS.len(), &cache);
        if file.exists() {
            fs::write(file, good).expect("a file can be written");
        }
    }
}
