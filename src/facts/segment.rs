//! One file's entry: a header of 64 bytes and its planes, each with a checksum, so that bytes that were altered, cut or
//! written by another version are no entry. Knows no file and no directory.
//!
//! Header: magic 4, schema 4, language 1, stub 1, zero 2, content 16, then for each plane length 4 and checksum 8. Planes
//! stand behind it one after the other, so their offsets are sums of lengths. Numbers are little-endian.

use super::codec::{self, Encoded};
use super::needs::Planes;
use super::{Facts, Language};

const MAGIC: [u8; 4] = *b"QPf1";
const HEADER: usize = 64;
/// What of the header each checksum covers too.
const COVERED: usize = 28;
const CONTENT: std::ops::Range<usize> = 12..COVERED;

/// Names the layout of the tables: any change of the files that say it makes another one.
const SCHEMA: u32 = {
    let mut hash = 0x811c_9dc5;
    hash = mixed(hash, include_bytes!("head.rs"));
    hash = mixed(hash, include_bytes!("body.rs"));
    hash = mixed(hash, include_bytes!("trivia.rs"));
    hash = mixed(hash, include_bytes!("id.rs"));
    hash = mixed(hash, include_bytes!("lines.rs"));
    hash = mixed(hash, include_bytes!("strings.rs"));
    mixed(hash, include_bytes!("codec.rs"))
};

/// FNV-1a.
const fn mixed(mut hash: u32, bytes: &[u8]) -> u32 {
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    hash
}

/// The entry of a file whose bytes have this hash; `None` if a plane takes 4 GiB.
#[must_use]
pub fn write(facts: &Facts, content: &blake3::Hash) -> Option<Vec<u8>> {
    let Encoded { head, body, trivia } = codec::encode(facts);
    let mut entry = covered(facts.language, facts.is_stub, content);
    let planes = [head, body, trivia];
    for (number, plane) in (0_u8..).zip(&planes) {
        let sum = checksum(&entry[..COVERED], number, plane);
        entry.extend(u32::try_from(plane.len()).ok()?.to_le_bytes());
        entry.extend(sum);
    }
    entry.extend(planes.concat());
    Some(entry)
}

fn covered(language: Language, is_stub: bool, content: &blake3::Hash) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER);
    bytes.extend(MAGIC);
    bytes.extend(SCHEMA.to_le_bytes());
    bytes.extend([number(language), u8::from(is_stub), 0, 0]);
    bytes.extend(&content.as_bytes()[..CONTENT.len()]);
    bytes
}

fn number(language: Language) -> u8 {
    Language::ALL.iter().zip(0_u8..).find(|(known, _)| **known == language).map_or(u8::MAX, |p| p.1)
}

fn checksum(covered: &[u8], number: u8, plane: &[u8]) -> [u8; 8] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(covered).update(&[number]).update(plane);
    let mut sum = [0; 8];
    hasher.finalize_xof().fill(&mut sum);
    sum
}

/// An entry whose header is right.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'b> {
    language: Language,
    is_stub: bool,
    covered: &'b [u8],
    planes: [(&'b [u8], &'b [u8]); 3],
}

impl<'b> Entry<'b> {
    /// Opens the entry of a file whose bytes have this hash; `None` if it is another's, or none.
    #[must_use]
    pub fn open(bytes: &'b [u8], content: &blake3::Hash) -> Option<Self> {
        let (header, mut rest) = bytes.split_at_checked(HEADER)?;
        let (covered, mut table) = header.split_at_checked(COVERED)?;
        let language = *Language::ALL.get(usize::from(covered[8]))?;
        let is_stub = covered[9] == 1;
        if covered != self::covered(language, is_stub, content) {
            return None;
        }
        let mut planes: [(&[u8], &[u8]); 3] = [(&[], &[]); 3];
        for plane in &mut planes {
            let (length, sum, bytes);
            (length, table) = table.split_first_chunk::<4>()?;
            (sum, table) = table.split_at_checked(8)?;
            let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
            (bytes, rest) = rest.split_at_checked(length)?;
            *plane = (sum, bytes);
        }
        rest.is_empty().then_some(Self { language, is_stub, covered, planes })
    }

    /// Its facts up to a plane; `None` if their bytes were altered.
    #[must_use]
    pub fn facts(&self, planes: Planes) -> Option<Facts> {
        let wanted = match planes {
            Planes::Head => 1,
            Planes::Body => 2,
            Planes::Trivia => 3,
        };
        let is_right = |(number, (sum, plane)): (u8, &(&[u8], &[u8]))| {
            *sum == checksum(self.covered, number, plane)
        };
        if !(0_u8..).zip(self.planes.iter().take(wanted)).all(is_right) {
            return None;
        }
        codec::decode(self.language, self.is_stub, planes, self.planes.map(|(_, plane)| plane))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::facts::body::{Expr, ExprKind};
    use crate::facts::build::Builder;
    use crate::facts::head::{Import, ImportForm, Visibility};
    use crate::facts::lines::{LineEnds, Lines};
    use crate::facts::trivia::{Token, TokenKind};
    use crate::facts::{Place, ScopeId, StmtId, Str};

    /// As of `import os # é` and `os.walk`, the names of the body known after those of the head.
    fn facts() -> Facts {
        let text = "import os # é\nos.walk\n";
        let lines = Arc::new(Lines::of(text, LineEnds::LineFeed));
        let mut builder = Builder::new(Language::Python, lines);
        let (walk, os) = (builder.intern("walk"), builder.intern("os"));
        builder.facts.head.imports.push(Import {
            form: ImportForm::Import,
            level: 0,
            visibility: Visibility::Public,
            macro_use: false,
            module: os,
            name: Str::NONE,
            binds: os,
            stmt: StmtId::at(0),
            scope: ScopeId::at(0),
            path: Str::NONE,
            place: Place { at: 7, len: 2 },
        });
        let expr = |kind, a, b, len| Expr { kind, flags: 0, a, b, place: Place { at: 15, len } };
        builder.facts.body.exprs.push(expr(ExprKind::Name, os.0, 0, 2));
        builder.facts.body.exprs.push(expr(ExprKind::Attr, 1, walk.0, 7));
        let place = Place { at: 10, len: 4 };
        builder.facts.trivia.tokens.push(Token { kind: TokenKind::Comment, place });
        builder.finish()
    }

    fn entry() -> (Vec<u8>, blake3::Hash) {
        let content = blake3::hash(b"content");
        (write(&facts(), &content).unwrap(), content)
    }

    #[test]
    fn an_entry_gives_back_what_was_written() {
        let (bytes, content) = entry();
        let entry = Entry::open(&bytes, &content).unwrap();
        assert_eq!(entry.facts(Planes::Trivia).unwrap(), facts());
        for planes in [Planes::Head, Planes::Body] {
            let mut expected = facts();
            expected.keep(planes);
            assert_eq!(entry.facts(planes).unwrap(), expected);
        }
    }

    #[test]
    fn an_altered_byte_anywhere_makes_it_no_entry() {
        let (bytes, content) = entry();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut altered = bytes.clone();
                altered[at] ^= 1 << bit;
                let read = Entry::open(&altered, &content).and_then(|e| e.facts(Planes::Trivia));
                assert!(read.is_none(), "byte {at}, bit {bit}");
            }
        }
    }

    #[test]
    fn an_entry_that_was_cut_or_grew_or_is_of_another_content_is_none() {
        let (mut bytes, content) = entry();
        assert!(Entry::open(&bytes, &blake3::hash(b"other")).is_none());
        for length in 0..bytes.len() {
            assert!(Entry::open(&bytes[..length], &content).is_none());
        }
        bytes.push(0);
        assert!(Entry::open(&bytes, &content).is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_behind_a_right_beginning_are_no_entry(tail in prop::collection::vec(any::<u8>(), 0..200)) {
            let (bytes, content) = entry();
            let foreign = [&bytes[..COVERED], &tail].concat();
            let read = Entry::open(&foreign, &content).and_then(|e| e.facts(Planes::Head));
            prop_assert!(read.is_none());
        }
    }
}
