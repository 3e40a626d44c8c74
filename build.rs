//! Computes the digest of all sources that say what a file's entry in the cache is: entries that other sources made are
//! another version's. Uses nothing but the standard library.

use std::fs;
use std::io::Result;
use std::path::{Path, PathBuf};

/// What the answers kept in the cache follow from.
const SOURCES: [&str; 6] =
    ["src/facts", "src/languages", "src/project", "src/query", "src/scan", "Cargo.lock"];

fn main() -> Result<()> {
    let mut files = Vec::new();
    for source in SOURCES {
        // What is missing would count as changed each time.
        if Path::new(source).exists() {
            println!("cargo:rerun-if-changed={source}");
            below(Path::new(source), &mut files)?;
        }
    }
    // By their parts, which every system writes the same way.
    let mut named: Vec<(Vec<String>, PathBuf)> =
        files.into_iter().map(|path| (parts(&path), path)).collect();
    named.sort();
    let mut digest = 0xcbf2_9ce4_8422_2325;
    for (parts, path) in named {
        let bytes = fs::read(path)?;
        digest = mixed(digest, parts.join("/").as_bytes());
        digest = mixed(digest, &(bytes.len() as u64).to_le_bytes());
        digest = mixed(digest, &bytes);
    }
    println!("cargo:rustc-env=QPLAN_SOURCES={digest:016x}");
    Ok(())
}

/// The files at or below a path.
fn below(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            below(&entry?.path(), files)?;
        }
    } else {
        files.push(path.to_owned());
    }
    Ok(())
}

fn parts(path: &Path) -> Vec<String> {
    path.iter().map(|part| part.to_string_lossy().into_owned()).collect()
}

/// FNV-1a.
fn mixed(digest: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(digest, |digest, byte| {
        (digest ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
