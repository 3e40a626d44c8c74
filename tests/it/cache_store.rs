//! The store under the cache among other processes: this test binary runs itself as a writer that is joined by another,
//! killed anywhere, or given no room on the disk. What is found is right, or nothing.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant, SystemTime};
use std::{env, fs, thread};

use qplan::scan::cache::{Key, Store, gc, stat};

/// The directory that a writer writes to.
const DIRECTORY: &str = "QPLAN_TEST_CACHE_DIRECTORY";
/// What it writes: so many segments, or `ever` on.
const SEGMENTS: &str = "QPLAN_TEST_CACHE_SEGMENTS";
/// The cap it tends to.
const CAP: &str = "QPLAN_TEST_CACHE_CAP";
/// What a writer says when it begins.
const BEGINS: &str = "the writer begins";
/// Entries of one segment.
const COUNT: u32 = 400;
/// Segments that writers choose from, so that they often publish the same.
const CHOICE: u32 = 12;
/// A cap that nothing here reaches.
const AMPLE: u64 = 1 << 40;
/// A cap that half of all segments reach, so that some go and are written again.
const SCARCE: u64 = 1_300_000;

fn key(number: u32) -> Key {
    Key::of(&[b"number", &number.to_le_bytes()])
}

/// The one right entry of a number: from none to a thousand bytes.
fn entry(number: u32) -> Vec<u8> {
    let mut bytes = vec![0; number as usize * 37 % 1_000];
    blake3::Hasher::new().update(&number.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

fn publish(store: &Store, segment: u32) -> std::io::Result<()> {
    let numbers = segment * COUNT..(segment + 1) * COUNT;
    store.publish(numbers.map(|number| (key(number), entry(number))).collect())
}

/// How many entries a new store finds, all of which are right.
fn right(directory: &Path) -> usize {
    let store = Store::open(directory, &[]);
    let numbers = 0..(CHOICE + 1) * COUNT;
    let found = numbers.filter_map(|number| Some((number, store.find(key(number))?)));
    let (numbers, slots): (Vec<u32>, Vec<_>) = found.unzip();
    let read = store.read(&slots);
    for (number, bytes) in numbers.iter().zip(&read) {
        let bytes = bytes.as_ref().expect("what writers leave is whole");
        assert!(**bytes == *entry(*number), "entry {number}");
    }
    if let Some(record) = store.record("state") {
        assert_eq!(record, vec![record.first().copied().unwrap_or(0); 30_000]);
    }
    read.len()
}

/// Not a test: what a writer does, in a process that a test has started.
#[test]
fn writer() {
    let Some(directory) = env::var_os(DIRECTORY) else { return };
    let many = env::var(SEGMENTS).unwrap_or_default().parse().unwrap_or(u32::MAX);
    let cap = env::var(CAP).unwrap_or_default().parse().unwrap_or(AMPLE);
    let (directory, offset) = (Path::new(&directory), std::process::id());
    let mut out = std::io::stdout().lock();
    writeln!(out, "{BEGINS}").and_then(|()| out.flush()).expect("the test listens");
    for number in 0..many {
        let store = Store::open(directory, &[]);
        publish(&store, (number + offset) % CHOICE).expect("a segment can be written");
        store.keep_record("state", &[number.to_le_bytes()[0]; 30_000]).expect("so can a record");
        store.tend(cap).expect("there is room to merge");
    }
}

/// A writer as a process.
fn start(directory: &Path, segments: &str, cap: u64) -> Child {
    let mut command = command(directory, segments, "exec \"$@\"");
    command.env(CAP, cap.to_string()).spawn().expect("the test binary starts")
}

/// A writer that is started by this script.
fn command(directory: &Path, segments: &str, script: &str) -> Command {
    let this = env::current_exe().expect("the test binary has a path");
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).arg(this);
    command.args(["--exact", "cache_store::writer", "--nocapture", "--test-threads=1"]);
    command.env(DIRECTORY, directory).env(SEGMENTS, segments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Waits until a writer is about to write.
fn begins(child: &mut Child) {
    let out = child.stdout.as_mut().expect("it is piped");
    let said = BufReader::new(out).lines().map_while(Result::ok).any(|line| line.contains(BEGINS));
    assert!(said, "the writer does not begin");
}

fn wait(mut child: Child) -> ExitStatus {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            return status;
        }
        if began.elapsed() > Duration::from_secs(100) {
            drop(child.kill());
            panic!("the writer does not end");
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// Waits for a writer that fails, and says so by this.
fn fails(child: Child, says: &str) {
    let ended = child.wait_with_output().expect("a child can be waited for");
    let said = String::from_utf8_lossy(&[ended.stdout, ended.stderr].concat()).into_owned();
    assert!(!ended.status.success() && said.contains(says), "{said}");
}

/// Makes everything in a directory older than what is being written can be.
fn age(directory: &Path) {
    for entry in fs::read_dir(directory).expect("the directory can be read").flatten() {
        let file = fs::File::options().write(true).open(entry.path()).expect("a file of ours");
        let before = SystemTime::now() - Duration::from_secs(2 * 60 * 60);
        file.set_modified(before).expect("its time can be set");
    }
}

fn unfinished(directory: &Path) -> usize {
    stat(directory).expect("the directory can be read").unfinished
}

#[test]
fn processes_that_write_at_once_lose_nothing() {
    let place = tempfile::tempdir().expect("a temporary directory can be made");
    let directory = place.path().join("cache");
    let children: Vec<Child> = (0..3).map(|_| start(&directory, "36", AMPLE)).collect();
    for child in children {
        assert!(wait(child).success());
    }
    assert_eq!(right(&directory), (CHOICE * COUNT) as usize);
    assert_eq!(unfinished(&directory), 0);
    gc(&directory, AMPLE).expect("the directory can be tidied");
    assert_eq!(right(&directory), (CHOICE * COUNT) as usize);
    assert_eq!(stat(&directory).expect("as above").entries, u64::from(CHOICE * COUNT));
}

#[test]
fn a_writer_killed_at_two_hundred_points_leaves_nothing_wrong() {
    let place = tempfile::tempdir().expect("a temporary directory can be made");
    let (mut left, mut found, mut dice) = (0, 0, 0x2545_f491_4f6c_dd1d_u64);
    for kill in 0..200 {
        let directory = place.path().join((kill / 20).to_string());
        let mut child = start(&directory, "ever", SCARCE);
        begins(&mut child);
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        thread::sleep(Duration::from_micros((dice >> 33) % 25_000));
        child.kill().expect("it runs");
        child.wait().expect("it was killed");
        found = found.max(right(&directory));
        if directory.exists() && kill % 20 == 19 {
            left += unfinished(&directory);
            let before = right(&directory);
            age(&directory);
            gc(&directory, AMPLE).expect("the directory can be tidied");
            assert_eq!(unfinished(&directory), 0);
            assert_eq!(right(&directory), before);
        }
    }
    // It was killed while it wrote, and not before it wrote anything.
    assert!(left > 0 && found > 0, "{left} left, {found} found");
}

#[test]
fn a_writer_without_room_on_the_disk_leaves_nothing_wrong() {
    let place = tempfile::tempdir().expect("a temporary directory can be made");
    let directory = place.path().join("cache");
    publish(&Store::open(&directory, &[]), CHOICE).expect("there is room");
    let before = right(&directory);
    // A segment has 200 kB. A limit on the size of files fails writes as a full disk does, where its signal is ignored.
    for blocks in [0, 1, 20, 100, 300, 390] {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        let child = command(&directory, "3", &script).spawn().expect("the test binary starts");
        fails(child, "a segment can be written");
        assert_eq!(right(&directory), before);
        assert_eq!(unfinished(&directory), 0, "{blocks} blocks");
    }
    let killed = command(&directory, "3", "ulimit -f 100; exec \"$@\"").spawn();
    assert!(!wait(killed.expect("the test binary starts")).success());
    assert_eq!(right(&directory), before);
    age(&directory);
    gc(&directory, AMPLE).expect("the directory can be tidied");
    assert_eq!((right(&directory), unfinished(&directory)), (before, 0));
}

#[test]
fn merging_without_room_on_the_disk_keeps_what_is_there() {
    let place = tempfile::tempdir().expect("a temporary directory can be made");
    let directory = place.path();
    // As many as make the writer merge, at once more than it may write: 40 kB a segment.
    let store = Store::open(directory, &[]);
    for part in 0..CHOICE * 5 {
        let numbers = part * COUNT / 5..(part + 1) * COUNT / 5;
        store.publish(numbers.map(|n| (key(n), entry(n))).collect()).expect("there is room");
    }
    let before = right(directory);
    assert_eq!(before, (CHOICE * COUNT) as usize);
    let script = "trap '' XFSZ; ulimit -f 1000; exec \"$@\"";
    let child = command(directory, "1", script).spawn().expect("the test binary starts");
    fails(child, "there is room to merge");
    assert_eq!(right(directory), before);
    assert_eq!(unfinished(directory), 0);
}
