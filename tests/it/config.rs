//! Files of settings as they may arrive: other ends of lines, large, deep, of any bytes.

use crate::harness::{Place, Ran};

fn run(settings: &[u8]) -> Ran {
    let place = Place::new([("a/x.py", "def f(): pass\n"), ("b/x.py", "def f(): pass\n")]);
    std::fs::write(place.path().join("qplan.toml"), settings).expect("a file can be written");
    place.qplan(&["q", "entity=function", "--quiet"], "")
}

#[test]
fn lines_may_end_as_on_windows() {
    let ran = run(b"\xEF\xBB\xBFin = \"a\"\r\njobs = 1\r\n");
    assert_eq!(ran.stdout, "a/x.py:1:1: function  a.x.f\n", "{}", ran.stderr);
}

#[test]
fn a_megabyte_of_settings_is_read() {
    let globs: Vec<String> =
        (0..20_000).map(|n| format!("\"generated/{n}/very/far/**\"")).collect();
    let comment = "# a line that says nothing at all\n".repeat(20_000);
    let ran = run(format!("{comment}exclude = [{}, \"b/**\"]\n", globs.join(", ")).as_bytes());
    assert_eq!(ran.stdout, "a/x.py:1:1: function  a.x.f\n", "{}", ran.stderr);
}

#[test]
fn a_megabyte_of_unknown_settings_is_answered() {
    let keys: String = (0..60_000).map(|n| format!("exlude{n} = {n}\n")).collect();
    let ran = run(keys.as_bytes());
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.ends_with("and 59900 more\n"), "{}", ran.stderr.len());
}

#[test]
fn what_is_no_file_of_settings_is_refused() {
    let deep = format!("in = {}", "[".repeat(200_000));
    let dotted = format!("{} = 1", vec!["a"; 100_000].join("."));
    let large = format!("# {}", "x".repeat(5 << 20));
    let refused: [(&[u8], &str); 6] = [
        (deep.as_bytes(), "`qplan.toml` is not TOML"),
        (dotted.as_bytes(), "`qplan.toml` is not TOML"),
        (large.as_bytes(), "`qplan.toml` holds more than 4194304 bytes"),
        (b"in = \"\xFF\"", "`qplan.toml` is not UTF-8: byte 6 is wrong"),
        (b"in = \"a\0\"", "`qplan.toml` is not TOML"),
        (b"in = \"a\\u0000\"", "`qplan.toml`"),
    ];
    for (settings, complaint) in refused {
        let ran = run(settings);
        let shown = String::from_utf8_lossy(settings.get(..40).unwrap_or(settings));
        assert_eq!(ran.code, 2, "{shown}: {}", ran.stderr);
        let is_named = ran.stderr.contains(complaint) || ran.stderr.contains("qplan.toml:1:");
        assert!(is_named, "{shown}: {}", ran.stderr);
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_or_leads_out_of_the_root_is_refused() {
    let outside = Place::new([("qplan.toml", "in = \"a\"\n")]);
    let place = Place::new([("a/x.py", "def f(): pass\n")]);
    let settings = place.path().join("qplan.toml");
    std::os::unix::fs::symlink(outside.path().join("qplan.toml"), &settings)
        .expect("a link can be made");
    let ran = place.qplan(&["q", "entity=function"], "");
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("`qplan.toml` is a link that leads out of the root"),
        "{}",
        ran.stderr
    );
    std::fs::remove_file(&settings).expect("a link can be removed");
    std::fs::create_dir(&settings).expect("a directory can be made");
    let ran = place.qplan(&["q", "entity=function"], "");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("`qplan.toml` cannot be read"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn modules_of_a_file_lie_below_its_root_whatever_a_link_says() {
    let outside = Place::new([("say.qp", "step \"S\" { print \"outside\" }\n")]);
    let plan = "step \"Use\" { say }\n";
    let place = Place::new([("plan.qp", plan), ("qplan.toml", "module-path = \"more\"\n")]);
    std::os::unix::fs::symlink(outside.path(), place.path().join("more"))
        .expect("a link can be made");
    let ran = place.qplan(&["plan.qp"], "");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("lies outside the root"), "{}", ran.stderr);
}
