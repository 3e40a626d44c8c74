//! Tries to get out: each is refused with the name of the flag that would allow it, tells nothing of what lies outside, and
//! changes nothing there.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::harness::{Ran, qplan_in};
use crate::server::{Server, house};

/// Another way to the top of the file system.
const PROC: &str = concat!("/proc/self/", "root");
/// What no answer may show.
const SECRET: &str = "the secret outside";

/// A repository with ways out of it, and what lies outside.
struct House {
    dir: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        let house = Self { dir: tempfile::tempdir().expect("a temporary directory can be made") };
        let (root, outside) = (house.root(), house.outside());
        for directory in [&root.join("a"), &root.join("out"), &root.join("output"), &outside] {
            fs::create_dir_all(directory).expect("directories can be made");
        }
        fs::write(outside.join("secret.txt"), SECRET).expect("a file can be written");
        fs::write(outside.join("secret.py"), format!("def secret(): '{SECRET}'\n"))
            .expect("as above");
        fs::write(root.join("a/f.txt"), "inside").expect("as above");
        fs::write(root.join("a/m.py"), "def inside(): pass\n").expect("as above");
        for (target, link) in [
            ("../outside/secret.txt", "link"),
            ("link", "link2"),
            ("link2", "link3"),
            ("../outside", "dir"),
            ("dir", "dir2"),
            ("loop", "loop"),
            ("/", "slash"),
            (PROC, "proc"),
            ("../../outside/secret.txt", "out/link"),
            ("../../outside", "out/dir"),
            ("../../outside/new.txt", "out/dangling"),
            ("dangling", "out/dangling2"),
            ("../../outside/newdir", "out/dangling_dir"),
        ] {
            symlink(target, root.join(link)).expect("a link can be made");
        }
        fs::hard_link(outside.join("secret.txt"), root.join("out/hard"))
            .expect("a link can be made");
        house
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("repo")
    }

    fn outside(&self) -> PathBuf {
        self.dir.path().join("outside")
    }

    /// Everything beside the repository, with its contents.
    fn world(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let outside = fs::read_dir(self.outside()).expect("it can be read").flatten();
        let beside = fs::read_dir(self.dir.path()).expect("it can be read").flatten();
        let files = outside.chain(beside).map(|entry| entry.path());
        files.map(|path| (path.clone(), fs::read(path).unwrap_or_default())).collect()
    }

    /// Runs the statements of a step; `DIR` is the directory around repository and outside.
    fn run(&self, statements: &str, flags: &[&str]) -> Ran {
        self.plan(&format!("step \"a\" {{\n{statements}\n}}\n"), flags)
    }

    fn plan(&self, plan: &str, flags: &[&str]) -> Ran {
        let here = self.dir.path().to_string_lossy().into_owned();
        fs::write(self.root().join("plan.qp"), plan.replace("DIR", &here).replace("PROC", PROC))
            .expect("as above");
        let args: Vec<String> =
            ["plan.qp"].iter().chain(flags).map(|arg| arg.replace("DIR", &here)).collect();
        qplan_in(&self.root(), &args, SECRET)
    }
}

/// Where a try went wrong.
fn leaks(ran: &Ran) -> bool {
    ran.stdout.contains(SECRET) || ran.stdout.contains("root:") || ran.stderr.contains(SECRET)
}

/// Statements, the flags they are run with, the code that refuses them, and the flag that the refusal names.
type Try = (&'static str, &'static [&'static str], &'static str, &'static str);

fn refused(tries: &[Try]) {
    let mut complaints = Vec::new();
    for (statements, flags, code, flag) in tries {
        let house = House::new();
        let before = house.world();
        let ran = house.run(statements, flags);
        let flag = flag.replace("DIR", &house.dir.path().to_string_lossy());
        let named = ran.stderr.contains(code) && ran.stderr.contains(&flag);
        let ended = ran.code == 1 || ran.code == 2;
        if leaks(&ran) || !named || !ended || house.world() != before {
            complaints.push(format!("{statements}\n{}{}exit {}", ran.stdout, ran.stderr, ran.code));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}

const READ: &str = "QP0701";
const WRITE: &str = "QP0702";
const ENV: &str = "QP0703";

const READING: &[Try] = &[
    (
        "file read \"../outside/secret.txt\" -> x; print x",
        &[],
        READ,
        "--allow-read=../outside/secret.txt",
    ),
    (
        "file read \"DIR/outside/secret.txt\" -> x; print x",
        &[],
        READ,
        "--allow-read=DIR/outside/secret.txt",
    ),
    (
        "file read \"a/../../outside/secret.txt\" -> x; print x",
        &[],
        READ,
        "--allow-read=a/../../outside/secret.txt",
    ),
    ("file read \"./.././outside//secret.txt\" -> x; print x", &[], READ, "--allow-read="),
    ("file read \"missing/../../outside/secret.txt\" -> x; print x", &[], READ, "--allow-read="),
    ("file read \"DIR/repo/../outside/secret.txt\" -> x; print x", &[], READ, "--allow-read="),
    ("file read \"link\" -> x; print x", &[], READ, "--allow-read=link"),
    ("file read \"link3\" -> x; print x", &[], READ, "--allow-read=link3"),
    ("file read \"dir/secret.txt\" -> x; print x", &[], READ, "--allow-read=dir"),
    ("file read \"dir2/../outside/secret.txt\" -> x; print x", &[], READ, "--allow-read="),
    ("file read \"slash/etc/passwd\" -> x; print x", &[], READ, "--allow-read=slash/etc"),
    ("file read \"/etc/passwd\" -> x; print x", &[], READ, "--allow-read=/etc/passwd"),
    ("file read \"//etc/passwd\" -> x; print x", &[], READ, "--allow-read=//etc/passwd"),
    ("file read \"/../etc/passwd\" -> x; print x", &[], READ, "--allow-read=/../etc/passwd"),
    ("file read \"proc/etc/passwd\" -> x; print x", &[], READ, "--allow-read=proc/etc"),
    ("file read \"PROC/etc/passwd\" -> x; print x", &[], READ, "--allow-read="),
    ("file read \"PROC/etc/passwd\" -> x; print x", &["--allow-read=/proc"], READ, "--allow-read="),
    (
        "file read \"/proc/self/cwd/../outside/secret.txt\" -> x; print x",
        &[],
        READ,
        "--allow-read=",
    ),
    (
        "file read \"/proc/self/environ\" -> x; print x",
        &[],
        READ,
        "--allow-read=/proc/self/environ",
    ),
    (
        "file read \"/proc/self/cmdline\" -> x; print x",
        &[],
        READ,
        "--allow-read=/proc/self/cmdline",
    ),
    ("file exists \"../outside/secret.txt\" -> x; print x", &[], READ, "--allow-read="),
    ("file exists \"link\" -> x; print x", &[], READ, "--allow-read=link"),
    ("file list \"..\" -> x; print x", &[], READ, "--allow-read=.."),
    ("file list \"dir\" -> x; print x", &[], READ, "--allow-read=dir"),
    ("file list \"/\" -> x; print x", &[], READ, "--allow-read=/"),
    ("file glob \"*.txt\" in=\"..\" -> x; print x", &[], READ, "--allow-read=.."),
    ("file glob \"../outside/*\" -> x; print x", &[], READ, "--allow-read=.."),
    ("file glob \"a/../../outside/*\" -> x; print x", &[], READ, "--allow-read="),
    ("file glob \"**\" in=\"dir\" -> x; print x", &[], READ, "--allow-read=dir"),
    (
        "var up = \"..\"; file read \"${up}/outside/secret.txt\" -> x; print x",
        &[],
        READ,
        "--allow-read=",
    ),
    (
        "var p = join_text([\"..\", \"outside\", \"secret.txt\"], \"/\"); file read p -> x; print x",
        &[],
        READ,
        "--allow-read=",
    ),
    (
        "file read \"../outside/secret.py\" -> x; print x",
        &["--allow-read=../outside/secret.txt"],
        READ,
        "--allow-read=../outside/secret.py",
    ),
    (
        "file read \"../outsider/secret.txt\" -> x; print x",
        &["--allow-read=../outside"],
        READ,
        "--allow-read=../outsider/secret.txt",
    ),
    ("q \"entity=function\" in=\"../outside\" -> x; print x", &[], "QP0601", "--root"),
];

#[test]
fn reading_stays_inside() {
    refused(READING);
}

#[test]
fn what_is_no_way_out_leads_nowhere() {
    for statements in [
        "file read \"\u{ff0e}\u{ff0e}/outside/secret.txt\" -> x; print x",
        "file read \"..\u{2215}outside\u{2215}secret.txt\" -> x; print x",
        "file read r\"..\\outside\\secret.txt\" -> x; print x",
        "file read \"%2e%2e/outside/secret.txt\" -> x; print x",
        "file read \"~/secret.txt\" -> x; print x",
        "file read \"file://DIR/outside/secret.txt\" -> x; print x",
        "file read \"a\\0/../../outside/secret.txt\" -> x; print x",
        "file read \"../outside/secret.txt\\0.md\" -> x; print x",
        "file read \"loop\" -> x; print x",
        "file read \"a/f.txt/../../../outside/secret.txt\" -> x; print x",
        "file list \".\" -> x; print map(filter(x, \"name\", \"link\"), \"size\"), map(filter(x, \"name\", \"dir\"), \"kind\")",
        "file glob \"**\" -> x; print x",
        "file glob \"**/secret*\" -> x; print x",
        "file glob \"{..,a}/*\" -> x; print x",
        "file glob \"[.][.]/outside/*\" -> x; print x",
        "search \"secret outside\" -> x; print x.count",
        "q \"entity=function name=secret\" -> x; print x.count",
    ] {
        let house = House::new();
        let ran = house.run(statements, &[]);
        assert!(!leaks(&ran), "{statements}\n{}{}", ran.stdout, ran.stderr);
        assert!(
            !ran.stdout.contains("secret.txt") && !ran.stdout.contains("18"),
            "{statements}\n{}",
            ran.stdout
        );
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    }
}

#[test]
fn writing_stays_where_the_flag_says() {
    const OUT: &[&str] = &["--allow-write=out"];
    refused(&[
        ("file write \"a/new.txt\" content=\"x\"", &[], WRITE, "--allow-write=a"),
        ("file append \"a/f.txt\" content=\"x\"", &[], WRITE, "--allow-write=a"),
        ("file write \"new.txt\" content=\"x\"", OUT, WRITE, "--allow-write=new.txt"),
        ("file write \"output/new.txt\" content=\"x\"", OUT, WRITE, "--allow-write=output"),
        ("file write \"out/../new.txt\" content=\"x\"", OUT, WRITE, "--allow-write=out/../new.txt"),
        ("file write \"out/../../outside/new.txt\" content=\"x\"", OUT, WRITE, "--allow-write="),
        (
            "file write \"../outside/new.txt\" content=\"x\"",
            OUT,
            WRITE,
            "--allow-write=../outside/new.txt",
        ),
        (
            "file write \"DIR/outside/new.txt\" content=\"x\"",
            OUT,
            WRITE,
            "--allow-write=DIR/outside/new.txt",
        ),
        ("file write \"out/link\" content=\"x\"", OUT, WRITE, "--allow-write="),
        ("file append \"out/link\" content=\"x\"", OUT, WRITE, "--allow-write="),
        ("file write \"out/dir/new.txt\" content=\"x\"", OUT, WRITE, "--allow-write="),
        ("file write \"out/dir/deep/new.txt\" content=\"x\"", OUT, WRITE, "--allow-write="),
        ("file append \"out/dir/secret.txt\" content=\"x\"", OUT, WRITE, "--allow-write="),
        (
            "file write \"out/dir/../../outside/secret.txt\" content=\"x\"",
            OUT,
            WRITE,
            "--allow-write=",
        ),
        ("file write \"/proc/self/cwd/new.txt\" content=\"x\"", OUT, WRITE, "--allow-write="),
        (
            "file write \"../outside/secret.txt\" content=\"x\"",
            &["--allow-read=../outside"],
            WRITE,
            "--allow-write=",
        ),
    ]);
}

#[test]
fn what_only_looks_like_a_place_to_write_is_none() {
    for statements in [
        "file write \"out/dangling\" content=\"x\"",
        "file append \"out/dangling\" content=\"x\"",
        "file write \"out/dangling2\" content=\"x\"",
        "file write \"out/dangling_dir/new.txt\" content=\"x\"",
        "file write \"out\" content=\"x\"",
        "file write \"out/a\\0b\" content=\"x\"",
        "file write \"out/\" content=\"x\"",
    ] {
        let house = House::new();
        let before = house.world();
        let ran = house.run(statements, &["--allow-write=out"]);
        assert_eq!((ran.code, house.world() == before), (1, true), "{statements}\n{}", ran.stderr);
    }
    for device in ["/dev/full", "/dev/null", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
        let house = House::new();
        let statements = format!("file write \"{device}\" content=\"{SECRET}\"");
        let ran = house.run(&statements, &["--allow-write=/dev,/proc"]);
        assert!(ran.code == 1 && !ran.stdout.contains(SECRET), "{device}\n{}", ran.stderr);
    }
}

#[test]
fn pipes_and_streams_are_no_files() {
    let house = House::new();
    let made = Command::new("mkfifo").arg(house.root().join("out/pipe")).status();
    assert!(made.is_ok_and(|status| status.success()));
    for statements in [
        "file read \"out/pipe\" -> x; print x",
        "file write \"out/pipe\" content=\"x\"",
        "file append \"out/pipe\" content=\"x\"",
        "file read \"/dev/stdin\" -> x; print x",
        "file read \"/dev/fd/0\" -> x; print x",
        "file read \"/proc/self/fd/0\" -> x; print x",
        "file read \"/dev/zero\" -> x; print x",
        "file read \"/dev/tty\" -> x; print x",
    ] {
        let ran = house.run(statements, &["--allow-write=out", "--allow-read=/dev,/proc"]);
        assert!(ran.code == 1 && !leaks(&ran), "{statements}\n{}{}", ran.stdout, ran.stderr);
    }
}

/// A hard link is the file itself, by another name that no check can tell from the first: reading one reads the file.
/// Writing puts a new file in its place; only appending changes the file that has both names.
#[test]
fn a_hard_link_is_a_file_of_the_place_it_stands_in() {
    let house = House::new();
    let ran = house.run("file write \"out/hard\" content=\"new\"", &["--allow-write=out"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = |path: PathBuf| fs::read_to_string(path).expect("it is there");
    assert_eq!(text(house.outside().join("secret.txt")), SECRET);
    assert_eq!(text(house.root().join("out/hard")), "new");
}

#[test]
fn the_environment_stays_closed_by_every_door() {
    refused(&[
        ("env \"HOME\" -> x; print x", &[], ENV, "--allow-env"),
        ("env \"HOME\" default=\"x\" -> x; print x", &[], ENV, "--allow-env"),
        ("jq \"env\" -> x; print x", &[], ENV, "--allow-env"),
        ("jq \"env.HOME\" -> x; print x", &[], ENV, "--allow-env"),
        ("jq \"$ENV\" -> x; print x", &[], ENV, "--allow-env"),
        ("jq \"$ENV.HOME\" -> x; print x", &[], ENV, "--allow-env"),
        ("jq 'try env catch \"\"' -> x; print x", &[], ENV, "--allow-env"),
        ("jq \"[env?] | length\" -> x; print x", &[], ENV, "--allow-env"),
        ("jq \"first(env, 1)\" -> x; print x", &[], ENV, "--allow-env"),
        ("jq \"1 as $x | \\\"\\\\(env.HOME)\\\"\" -> x; print x", &[], ENV, "--allow-env"),
        ("jq \"def f: env; f | keys\" -> x; print x", &[], ENV, "--allow-env"),
        ("var p = \"env\"; jq p -> x; print x", &[], ENV, "--allow-env"),
    ]);
}

#[test]
fn programs_of_jq_read_no_files_and_no_input() {
    const BAD: &str = "QP0712";
    refused(&[
        ("jq \"input\" -> x; print x", &[], BAD, "file read"),
        ("jq \"[inputs]\" -> x; print x", &[], BAD, "file read"),
        ("jq \"input_filename\" -> x; print x", &[], BAD, ""),
        ("jq 'import \"../outside/secret\" as s; s' -> x; print x", &[], BAD, ""),
        ("jq 'import \"../outside/secret.txt\" as $s; $s' -> x; print x", &[], BAD, ""),
        ("jq 'include \"secret\" {search: \"../outside\"}; .' -> x; print x", &[], BAD, ""),
        ("jq 'include \"/etc/passwd\"; .' -> x; print x", &[], BAD, ""),
        ("jq 'import \"a\" as $a {search: \"~\"}; $a' -> x; print x", &[], BAD, ""),
        ("jq \"get_search_list\" -> x; print x", &[], BAD, ""),
        ("jq \"now | localtime\" -> x; print x", &[], BAD, ""),
        ("jq \"$__prog_args\" -> x; print x", &[], BAD, ""),
        ("jq \"read_file(1)\" -> x; print x", &[], BAD, ""),
        ("var p = 'include \"secret\"; .'; jq p -> x; print x", &[], BAD, ""),
    ]);
}

#[test]
fn a_plan_does_not_choose_its_own_root() {
    for (plan, code) in [
        ("@root \"..\"\nstep \"a\" { file read \"outside/secret.txt\" -> x; print x }\n", READ),
        ("@root \"/\"\nstep \"a\" { file read \"etc/passwd\" -> x; print x }\n", READ),
        ("@root \"dir\"\nstep \"a\" { file read \"secret.txt\" -> x; print x }\n", READ),
        ("@root \"DIR/outside\"\nstep \"a\" { file read \"secret.txt\" -> x; print x }\n", READ),
        (
            "@params up=\"..\"\n@root \"${up}/outside\"\nstep \"a\" { file read \"secret.txt\" -> x; print x }\n",
            READ,
        ),
        ("@in \"../outside\"\nstep \"a\" { search \"secret\" -> x; print x }\n", "QP0601"),
        ("@in \"dir\"\nstep \"a\" { search \"secret\" -> x; print x }\n", "QP0601"),
        ("@in \"/etc\"\nstep \"a\" { search \"root\" -> x; print x }\n", "QP0601"),
    ] {
        let house = House::new();
        fs::create_dir(house.root().join(".git")).expect("a directory can be made");
        let ran = house.plan(plan, &[]);
        assert!(
            ran.code == 2 && !leaks(&ran) && ran.stderr.contains(code),
            "{plan}\n{}{}",
            ran.stdout,
            ran.stderr
        );
        assert!(code != READ || ran.stderr.contains("--root="), "{}", ran.stderr);
    }
    let house = House::new();
    let ran = house.plan("@root \"a\"\nstep \"a\" { file read \"f.txt\" -> x; print x }\n", &[]);
    assert_eq!(ran.stdout, "inside\n", "{}", ran.stderr);
}

#[test]
fn parameters_open_no_door() {
    let house = House::new();
    let plan = "@params p\nstep \"a\" { file read p -> x; print x }\n";
    for value in ["../outside/secret.txt", "link", "dir/secret.txt", "/etc/passwd"] {
        let ran = house.plan(plan, &["--param", &format!("p={value}")]);
        assert!(
            ran.code == 1 && !leaks(&ran) && ran.stderr.contains("--allow-read="),
            "{value}\n{}",
            ran.stderr
        );
    }
    fs::write(house.root().join("p.json"), "{\"p\": \"../outside/secret.txt\"}").expect("as above");
    let ran = house.plan(plan, &["--params", "p.json"]);
    assert!(ran.code == 1 && !leaks(&ran) && ran.stderr.contains(READ), "{}", ran.stderr);
}

const NET: &str = "QP0704";
const URL: &str = "QP0715";
const ANSWER: &str = "QP0716";

/// URLs that could be taken for the allowed host; `PORT` is allowed, `OTHER` is another server on the same address.
const URLS: &[(&str, &str)] = &[
    ("http://127.0.0.1:OTHER/", NET),
    ("http://localhost:OTHER/", NET),
    ("http://localhost:PORT/", NET),
    ("http://127.0.0.1/", NET),
    ("https://127.0.0.1:OTHER/", NET),
    ("http://[::1]:OTHER/", NET),
    ("http://[::ffff:127.0.0.1]:OTHER/", NET),
    ("http://[0:0:0:0:0:ffff:7f00:1]:OTHER/", NET),
    ("http://2130706433:OTHER/", NET),
    ("http://0x7f000001:OTHER/", NET),
    ("http://127.1:OTHER/", NET),
    ("http://0177.0.0.1:OTHER/", NET),
    ("http://127.0.0.1.:OTHER/", NET),
    ("http://0:OTHER/", NET),
    ("http://127.0.0.1.example.invalid/", NET),
    ("http://a.127.0.0.1:OTHER/", NET),
    ("http://127.0.0.1:PORT@127.0.0.1:OTHER/", URL),
    ("http://127.0.0.1:PORT@localhost:OTHER/", URL),
    ("http://127.0.0.1:OTHER#@127.0.0.1:PORT/", NET),
    ("http://127.0.0.1:OTHER?@127.0.0.1:PORT/", NET),
    ("http://127.0.0.1:OTHER\\@127.0.0.1:PORT/", URL),
    ("http://127.0.0.1:OTHER\\x/@127.0.0.1:PORT/", URL),
    ("http://127.0.0.1:PORT\t.evil:OTHER/", URL),
    ("http://127.0.0.1:PORT\n/", URL),
    ("http://127.0.0.1:PORT:OTHER/", URL),
    ("http://127.0.0.1:PORT%40localhost:OTHER/", URL),
    ("http://１27.0.0.1:OTHER/", URL),
    ("http://127。0。0。1:OTHER/", URL),
    ("http:///127.0.0.1:OTHER/", URL),
    ("http:127.0.0.1:OTHER/", URL),
    ("HTTP://127.0.0.1:OTHER/", NET),
    ("file:///etc/passwd", URL),
    ("ftp://127.0.0.1:OTHER/", URL),
    ("unix:/run/docker.sock", URL),
    ("data:text/plain,x", URL),
    ("http://127.0.0.1:PORT/to?302,http://127.0.0.1:OTHER/", NET),
    ("http://127.0.0.1:PORT/to?307,//127.0.0.1:OTHER/", NET),
    ("http://127.0.0.1:PORT/to?301,http://localhost:OTHER/", NET),
    ("http://127.0.0.1:PORT/to?302,/to?302,http://[::1]:OTHER/", NET),
    ("http://127.0.0.1:PORT/to?303,http://127.0.0.1:PORT@localhost:OTHER/", ANSWER),
    ("http://127.0.0.1:PORT/to?302,file:///etc/passwd", ANSWER),
    ("http://127.0.0.1:PORT/to?302,http:127.0.0.1:OTHER/", ANSWER),
    ("http://127.0.0.1:PORT/to?308,\\\\127.0.0.1:OTHER/", ""),
];

#[test]
fn only_the_allowed_server_is_asked() {
    let mut complaints = Vec::new();
    for (url, code) in URLS {
        let (allowed, other) = (Server::new(house), Server::new(house));
        let ports = |text: &str| {
            text.replace("PORT", &allowed.port.to_string())
                .replace("OTHER", &other.port.to_string())
        };
        let quoted = ports(url).replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n");
        let place = House::new();
        let flag = ports("--allow-net=127.0.0.1:PORT");
        let ran =
            place.run(&format!("http get \"{quoted}\" timeout=5s -> x; print x.status"), &[&flag]);
        let named = *code != NET || ran.stderr.contains("--allow-net=");
        if !other.asked().is_empty() || leaks(&ran) || !ran.stderr.contains(code) || !named {
            complaints.push(format!("{url}\n{}{}{:?}", ran.stdout, ran.stderr, other.asked()));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}

/// Puts a link where a directory is, and the directory back, as fast as it can; one of them is always there.
fn swapping<T>(house: &House, name: &str, work: impl FnOnce() -> T) -> T {
    let (place, link) = (house.root().join(name), house.root().join("to_outside"));
    symlink(house.outside(), &link).expect("a link can be made");
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut turns = 0_u64;
            while !done.load(Ordering::Relaxed) || !turns.is_multiple_of(2) {
                renameat_with(CWD, &place, CWD, &link, RenameFlags::EXCHANGE)
                    .expect("two names can be exchanged");
                turns += 1;
            }
        });
        let result = work();
        done.store(true, Ordering::Relaxed);
        result
    })
}

#[test]
fn a_link_put_in_the_way_of_reading_tells_nothing() {
    let house = House::new();
    fs::write(house.root().join("a/secret.txt"), "inside").expect("as above");
    let statements = "var i = 0\nvar seen = 0\nwhile i < 1500 {\n var i = i + 1\n step \"r\" onError=continue { file read \"a/secret.txt\" -> text\n  if text == \"inside\" { var seen = seen + 1 }\n  if text != \"inside\" { print \"LEAK\", text } }\n}\nprint seen > 0";
    let ran = swapping(&house, "a", || house.run(statements, &["--quiet"]));
    assert!(ran.code == 0 && ran.stdout == "true\n", "{}\n{}", ran.stdout, ran.stderr);
}

#[test]
fn a_link_put_in_the_way_of_writing_changes_nothing_outside() {
    let house = House::new();
    fs::create_dir_all(house.root().join("w/d")).expect("a directory can be made");
    let before = house.world();
    let statements = "var i = 0\nwhile i < 700 {\n var i = i + 1\n step \"w\" onError=continue { file write \"w/d/x${i % 5}\" content=i -> done\n file append \"w/d/y\" content=i -> more }\n}";
    let ran = swapping(&house, "w/d", || house.run(statements, &["--quiet", "--allow-write=w"]));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(house.world().keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    assert!(house.root().join("w/d/y").exists());
}
