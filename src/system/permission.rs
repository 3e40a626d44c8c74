//! Who may pass: every effect of a plan is asked here, and refused with the name of the flag that allows it.

use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use super::System;
use super::url::{Host, Url};
use crate::diagnostic::code::{Code, system as codes};
use crate::diagnostic::{Fault, Kind};

/// What the flags allow. Paths of plans are relative to the root; those of flags are, until [`Gate::at`] resolves them.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    /// Reading below it is always allowed.
    pub root: PathBuf,
    /// `--allow-read`.
    pub read: Vec<PathBuf>,
    /// `--allow-write`.
    pub write: Vec<PathBuf>,
    /// `--allow-net`.
    pub net: Vec<Host>,
    /// `--allow-env`.
    pub env: bool,
}

impl Gate {
    /// The gate of a run with this root, which has no links in it: what the flags name is resolved now, so that nothing put
    /// there while the plan runs widens what they allow.
    #[must_use]
    pub fn at(&self, root: &Path, system: &dyn System) -> Self {
        let resolved = |paths: &[PathBuf]| {
            let real = |path: &PathBuf| real(system, &root.join(path)).ok();
            paths.iter().filter_map(real).collect()
        };
        Self {
            root: root.to_owned(),
            read: resolved(&self.read),
            write: resolved(&self.write),
            net: self.net.clone(),
            env: self.env,
        }
    }

    /// The path to read, resolved: below the root, or below an `--allow-read`.
    ///
    /// # Errors
    /// Kind `permission` elsewhere; `argument` for text that is no path, `io` for a path that cannot be resolved.
    pub fn read(&self, system: &dyn System, written: &str) -> Result<PathBuf, Fault> {
        let path = self.resolve(system, written)?;
        if path.starts_with(&self.root) || self.read.iter().any(|allowed| path.starts_with(allowed))
        {
            return Ok(path);
        }
        let message = format!("reading `{written}` is not allowed: it leads outside the root");
        Err(refused(codes::READ_REFUSED, message, &format!("--allow-read={}", flag_path(written))))
    }

    /// The path to write, resolved: below an `--allow-write`.
    ///
    /// # Errors
    /// Kind `permission` elsewhere; `argument` for text that is no path, `io` for a path that cannot be resolved.
    pub fn write(&self, system: &dyn System, written: &str) -> Result<PathBuf, Fault> {
        let path = self.resolve(system, written)?;
        if self.write.iter().any(|allowed| path.starts_with(allowed)) {
            return Ok(path);
        }
        let message = format!("writing `{written}` is not allowed");
        Err(refused(
            codes::WRITE_REFUSED,
            message,
            &format!("--allow-write={}", flag_path(written)),
        ))
    }

    /// Asks for the server that a URL leads to.
    ///
    /// # Errors
    /// Kind `permission` without an `--allow-net` of it.
    pub fn reach(&self, url: &Url) -> Result<(), Fault> {
        if self.net.iter().any(|host| host.allows(url)) {
            return Ok(());
        }
        let message = format!("reaching `{}` is not allowed", url.host);
        Err(refused(codes::NET_REFUSED, message, &format!("--allow-net={}", url.host)))
    }

    /// Asks for a variable of the environment.
    ///
    /// # Errors
    /// Kind `permission` without `--allow-env`.
    pub fn variable(&self, name: &str) -> Result<(), Fault> {
        let message = || format!("reading the environment variable `{name}` is not allowed");
        if self.env { Ok(()) } else { Err(refused(codes::ENV_REFUSED, message(), "--allow-env")) }
    }

    /// Asks for all variables of the environment.
    ///
    /// # Errors
    /// Kind `permission` without `--allow-env`.
    pub fn environment(&self) -> Result<(), Fault> {
        let message = || "reading the environment is not allowed".to_owned();
        if self.env { Ok(()) } else { Err(refused(codes::ENV_REFUSED, message(), "--allow-env")) }
    }

    /// The flags that allow what it allows.
    #[must_use]
    pub fn flags(&self) -> Vec<String> {
        let paths = |flag: &'static str, paths: &[PathBuf]| {
            paths.iter().map(move |path| format!("{flag}={}", path.display())).collect::<Vec<_>>()
        };
        let mut flags = paths("--allow-read", &self.read);
        flags.extend(paths("--allow-write", &self.write));
        flags.extend(self.net.iter().map(|host| format!("--allow-net={host}")));
        flags.extend(self.env.then(|| "--allow-env".to_owned()));
        flags
    }

    fn resolve(&self, system: &dyn System, written: &str) -> Result<PathBuf, Fault> {
        if written.is_empty() || written.contains('\0') {
            let what =
                if written.is_empty() { "an empty string" } else { "a string with a NUL byte" };
            return Err(Fault::new(
                Kind::Argument,
                codes::NO_PATH,
                format!("expected a path, found {what}"),
            ));
        }
        real(system, &self.root.join(written)).map_err(|error| {
            Fault::new(
                Kind::Io,
                codes::CANNOT_RESOLVE,
                format!("`{written}` leads nowhere: {}", reason(&error)),
            )
        })
    }
}

fn refused(code: Code, message: String, flag: &str) -> Fault {
    Fault::new(Kind::Permission, code, message).help(format!("allow it with `{flag}`"))
}

/// What the flag should name: the directory of a path below the root, else the path.
fn flag_path(written: &str) -> &str {
    let path = Path::new(written);
    let inside =
        path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let parent = path.parent().and_then(Path::to_str).filter(|parent| !matches!(*parent, "" | "."));
    if inside { parent.unwrap_or(written) } else { written }
}

/// The path without links, `.` and `..`; the parts behind its deepest existing ancestor are taken as they are.
fn real(system: &dyn System, path: &Path) -> io::Result<PathBuf> {
    match system.canonical(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        done => return done,
    }
    let mut resolved = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                resolved.pop();
            }
            Component::Normal(name) => {
                let next = resolved.join(name);
                resolved = match system.canonical(&next) {
                    Ok(found) => found,
                    Err(error) if error.kind() == ErrorKind::NotFound => missing(system, next)?,
                    Err(error) => return Err(error),
                };
            }
            start => resolved.push(start),
        }
    }
    Ok(resolved)
}

/// A name that leads nowhere may still be a link, which a write would follow.
fn missing(system: &dyn System, path: PathBuf) -> io::Result<PathBuf> {
    match system.is_link(&path) {
        Ok(true) => {
            Err(io::Error::new(ErrorKind::NotFound, "a link to something that does not exist"))
        }
        Ok(false) => Ok(path),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(path),
        Err(error) => Err(error),
    }
}

/// What the operating system said, as messages say it.
#[must_use]
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound if error.get_ref().is_none() => "no such file".into(),
        ErrorKind::PermissionDenied => "the operating system denies it".into(),
        ErrorKind::IsADirectory => "it is a directory".into(),
        ErrorKind::NotADirectory => "a part of the path is no directory".into(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or_default().to_lowercase()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::memory::Memory;
    use crate::system::os::Os;

    fn gate(root: &Path) -> Gate {
        let flags = Gate { write: vec!["out".into()], ..Gate::default() };
        flags.at(root, &Os)
    }

    fn flags(root: &str, read: &str) -> Gate {
        Gate { read: vec![read.into()], ..Gate::default() }.at(Path::new(root), &Memory::new())
    }

    #[test]
    fn reading_stays_below_the_root() {
        let world = Memory::new().file("/r/a.txt", "").file("/secret", "").directory("/r/d");
        let gate = gate(Path::new("/r"));
        for inside in ["a.txt", "./d/../a.txt", "/r/a.txt", "d/missing/../x", "."] {
            assert!(gate.read(&world, inside).is_ok(), "{inside}");
        }
        for outside in [
            "../secret",
            "/secret",
            "d/../../secret",
            "/r/../secret",
            "/rival",
            "missing/../../secret",
        ] {
            assert_eq!(
                gate.read(&world, outside).map_err(|f| f.kind),
                Err(Kind::Permission),
                "{outside}"
            );
        }
        assert_eq!(gate.read(&world, "a\0b").map_err(|f| f.code), Err(codes::NO_PATH));
        assert!(flags("/r", "../secret").read(&world, "/secret").is_ok());
    }

    #[test]
    fn writing_needs_a_flag_that_the_refusal_names() {
        let world = Memory::new().file("/r/a.txt", "");
        let gate = gate(Path::new("/r"));
        assert_eq!(gate.write(&world, "out/new/x.json"), Ok("/r/out/new/x.json".into()));
        for (written, flag) in [
            ("a.txt", "allow it with `--allow-write=a.txt`"),
            ("gen/a.txt", "allow it with `--allow-write=gen`"),
            ("out/../a.txt", "allow it with `--allow-write=out/../a.txt`"),
            ("/etc/x", "allow it with `--allow-write=/etc/x`"),
            ("outer/x", "allow it with `--allow-write=outer`"),
        ] {
            assert_eq!(
                gate.write(&world, written).map_err(|f| f.help),
                Err(Some(flag.to_owned())),
                "{written}"
            );
        }
    }

    #[test]
    fn a_new_file_is_allowed_without_a_look_at_its_neighbours() {
        let root = tempfile::tempdir().unwrap();
        let out = root.path().join("out");
        std::fs::create_dir(&out).unwrap();
        for n in 0..3_000 {
            std::fs::write(out.join(n.to_string()), "").unwrap();
        }
        let gate = gate(root.path());
        let began = std::time::Instant::now();
        for n in 0..1_000 {
            assert!(gate.write(&Os, &format!("out/new{n}")).is_ok());
        }
        assert!(began.elapsed() < std::time::Duration::from_secs(3), "{:?}", began.elapsed());
    }

    #[cfg(unix)]
    #[test]
    fn what_a_flag_allows_does_not_move() {
        use std::os::unix::fs::symlink;
        let (root, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let gate = gate(&root.path().canonicalize().unwrap());
        assert!(gate.write(&Os, "out/x").is_ok());
        symlink(elsewhere.path(), root.path().join("out")).unwrap();
        assert_eq!(gate.write(&Os, "out/x").map_err(|f| f.kind), Err(Kind::Permission));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_put_in_place_after_the_check_is_not_followed() {
        use std::os::unix::fs::symlink;
        let (root, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let root = root.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("out/d")).unwrap();
        for file in [root.join("out/d/x"), elsewhere.path().join("x")] {
            std::fs::write(file, "").unwrap();
        }
        let gate = gate(&root);
        let read = gate.read(&Os, "out/d/x").unwrap();
        let write = gate.write(&Os, "out/d/new").unwrap();
        let list = gate.read(&Os, "out/d").unwrap();
        std::fs::rename(root.join("out/d"), root.join("out/aside")).unwrap();
        symlink(elsewhere.path(), root.join("out/d")).unwrap();
        assert!(Os.read(&read).is_err() && Os.append(&read, b"y").is_err());
        assert!(Os.write(&write, b"y").is_err() && Os.append(&write, b"y").is_err());
        assert!(Os.entries(&list).is_err() && Os.kind(&read).is_err());
        assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 1);
        assert_eq!(std::fs::read(elsewhere.path().join("x")).unwrap(), b"");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_before_the_check() {
        use std::os::unix::fs::symlink;
        let (root, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::create_dir(root.path().join("out")).unwrap();
        symlink(elsewhere.path(), root.path().join("out/link")).unwrap();
        symlink(elsewhere.path().join("not yet"), root.path().join("out/dangling")).unwrap();
        symlink("loop", root.path().join("out/loop")).unwrap();
        let gate = gate(root.path());
        assert_eq!(gate.read(&Os, "out/link/x").map_err(|f| f.kind), Err(Kind::Permission));
        assert_eq!(gate.write(&Os, "out/link/x").map_err(|f| f.kind), Err(Kind::Permission));
        assert_eq!(gate.write(&Os, "out/link/../x").map_err(|f| f.kind), Err(Kind::Permission));
        assert_eq!(gate.write(&Os, "out/dangling").map_err(|f| f.kind), Err(Kind::Io));
        assert_eq!(gate.write(&Os, "out/loop").map_err(|f| f.kind), Err(Kind::Io));
        assert!(gate.write(&Os, "out/x").is_ok());
    }
}
