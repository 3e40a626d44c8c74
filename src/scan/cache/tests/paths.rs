//! What stands at a cache's path and in its directory beside our files.

use super::super::{clear, gc, stat};
use super::*;

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_what_is_kept() {
    let place = place();
    let directory = place.path().join("above/cache");
    publish(&directory, 0..10);
    let store = Store::open(&directory, &[]);
    store.keep_record("a", b"a").unwrap();
    gc(&directory, AMPLE).unwrap();
    assert_eq!(mode(&directory), 0o700);
    for file in files(&directory, "") {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    assert_eq!(files(&directory, "").len(), 3);
}

#[cfg(unix)]
#[test]
fn a_link_at_the_path_of_the_cache_is_not_followed() {
    let place = place();
    let (real, link) = (place.path().join("real"), place.path().join("link"));
    publish(&real, 0..10);
    std::os::unix::fs::symlink(&real, &link).unwrap();
    for path in [link.clone(), link.join(""), link.join(".")] {
        let store = Store::open(&path, &[]);
        assert_eq!(right(&store, 0..10), 0);
        assert!(store.publish(entries(10..20)).is_err());
        assert!(store.keep_record("a", b"a").is_err());
        assert!(store.tend(0).is_err() && stat(&path).is_err());
        assert!(gc(&path, 0).is_err() && clear(&path).is_err());
    }
    // A link on the way is the user's own.
    std::os::unix::fs::symlink(place.path(), place.path().join("way")).unwrap();
    assert_eq!(right(&Store::open(&place.path().join("way/real"), &[]), 0..10), 10);
}

#[cfg(unix)]
#[test]
fn links_pipes_and_directories_in_the_place_of_files_are_foreign() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let place = place();
    let (real, planted) = (place.path().join("real"), place.path().join("planted"));
    publish(&real, 0..10);
    Store::open(&real, &[]).keep_record("a", b"a").unwrap();
    fs::create_dir(&planted).unwrap();
    let names: Vec<_> =
        files(&real, "").iter().map(|f| f.file_name().unwrap().to_owned()).collect();
    for name in &names {
        std::os::unix::fs::symlink(real.join(name), planted.join(name)).unwrap();
    }
    let segment = names.iter().find(|name| name.to_string_lossy().ends_with("t")).unwrap();
    let pipe = format!("{}{}", &segment.to_string_lossy()[..17], "0000000000000000.segment");
    mknodat(CWD, planted.join(&pipe), FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
    fs::create_dir(planted.join(pipe.replace("00.", "01."))).unwrap();
    let store = Store::open(&planted, &[pipe]);
    assert_eq!(right(&store, 0..10), 0);
    assert!(store.record("a").is_none());
    store.tend(0).unwrap();
    gc(&planted, 0).unwrap();
    assert_eq!(stat(&planted).unwrap().foreign, 4);
    assert_eq!(clear(&planted).unwrap().foreign, 4);
    assert_eq!(files(&planted, "").len(), 4);
    assert_eq!(right(&Store::open(&real, &[]), 0..10), 10);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_the_lock_stops_nobody() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let place = place();
    publish(place.path(), 0..10);
    mknodat(CWD, place.path().join("lock"), FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
    assert!(gc(place.path(), AMPLE).is_err());
    let store = Store::open(place.path(), &[]);
    store.tend(AMPLE).unwrap();
    assert!(store.tend(0).is_err());
    assert_eq!(right(&Store::open(place.path(), &[]), 0..10), 10);
}

#[test]
fn a_file_at_the_path_of_the_cache_or_above_it_is_an_error_to_write_to_and_nothing_to_read() {
    let place = place();
    let file = place.path().join("file");
    fs::write(&file, "somebody's").unwrap();
    for path in [file.clone(), file.join("below")] {
        let store = Store::open(&path, &[]);
        assert_eq!(right(&store, 0..10), 0);
        assert!(store.record("a").is_none());
        assert!(store.publish(entries(0..10)).is_err());
        assert!(store.keep_record("a", b"a").is_err());
        assert!(stat(&path).is_err() && clear(&path).is_err());
    }
    assert_eq!(fs::read(&file).unwrap(), b"somebody's");
}

#[cfg(unix)]
#[test]
fn a_directory_that_may_not_be_written_is_read() {
    use std::os::unix::fs::PermissionsExt;
    let place = place();
    publish(place.path(), 0..10);
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o500)).unwrap();
    // Permissions do not bind the system's administrator.
    if fs::write(place.path().join("probe"), "").is_err() {
        let store = Store::open(place.path(), &[]);
        assert!(store.publish(entries(10..20)).is_err());
        assert!(store.keep_record("a", b"a").is_err());
        assert!(store.tend(AMPLE).is_ok());
        assert_eq!(right(&store, 0..20), 10);
    }
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn files_of_others_are_left_alone_with_their_directory() {
    let place = place();
    publish(place.path(), 0..10);
    let theirs = [
        "notes.txt",
        "x.segment",
        "0000000000000000-000000000000000G.segment",
        "0000000000000000-0000000000000000.segment.bak",
        "00000000000000000-000000000000000.segment",
        "+000000000000000-0000000000000000.record",
        "0000000000000000-0000000000000000.PART",
        "lock.txt",
        ".lock",
    ];
    for name in theirs {
        fs::write(place.path().join(name), "theirs").unwrap();
        age(&place.path().join(name), 10_000);
    }
    Store::open(place.path(), &[]).tend(0).unwrap();
    assert_eq!(gc(place.path(), 0).unwrap().foreign, theirs.len());
    publish(place.path(), 0..10);
    assert_eq!(stat(place.path()).unwrap().foreign, theirs.len());
    let cleared = clear(place.path()).unwrap();
    assert_eq!((cleared.files, cleared.foreign), (1, theirs.len()));
    assert_eq!(files(place.path(), "").len(), theirs.len());
}
