//! Which sources can hold a match at all: every leaf that a pattern requires must occur, in order, and where a leaf is a
//! word it must not lie inside a longer one.

use aho_corasick::AhoCorasick;
use indexmap::IndexSet;
use memchr::memmem::Finder;

/// Up to here one search a text is faster than one automaton for all.
const FEW: usize = 12;

/// A leaf that every match holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Its text.
    pub text: String,
    /// What may stand beside it.
    pub shape: Shape,
}

/// What may stand beside a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An identifier or keyword: a lexer never ends it before a letter.
    Word,
    /// Anything.
    Free,
}

/// The leaves of a pattern, in order.
pub struct Sequence {
    leaves: Vec<(Finder<'static>, Shape)>,
    /// The index of the longest, which is likely the rarest.
    anchor: Option<usize>,
}

impl Sequence {
    /// Prepares the search for leaves in the order of the pattern.
    #[must_use]
    pub fn new(leaves: &[Leaf]) -> Self {
        let prepare = |leaf: &Leaf| (Finder::new(&leaf.text).into_owned(), leaf.shape);
        let anchor = (0..leaves.len()).max_by_key(|&index| leaves[index].text.len());
        Self { leaves: leaves.iter().map(prepare).collect(), anchor }
    }

    /// Whether the leaves occur one behind the other.
    #[must_use]
    pub fn occurs(&self, source: &[u8]) -> bool {
        let mut at = 0;
        for (finder, shape) in &self.leaves {
            match occurrences(finder, *shape, source, at).next() {
                Some(found) => at = found + finder.needle().len(),
                None => return false,
            }
        }
        true
    }

    /// Where the longest leaf occurs; every match holds one of these places. None if any place may match.
    #[must_use]
    pub fn anchors(&self, source: &[u8]) -> Option<Vec<u32>> {
        let (finder, shape) = &self.leaves[self.anchor?];
        let all = occurrences(finder, *shape, source, 0);
        Some(all.map(|at| u32::try_from(at).unwrap_or(u32::MAX)).collect())
    }
}

/// Every occurrence from `start` on, overlapping ones too, that may be a leaf of its own.
fn occurrences<'s>(
    finder: &'s Finder<'static>,
    shape: Shape,
    source: &'s [u8],
    start: usize,
) -> impl Iterator<Item = usize> + 's {
    let mut at = start;
    std::iter::from_fn(move || {
        loop {
            let found = at + finder.find(source.get(at..)?)?;
            at = found + 1;
            if shape == Shape::Free || is_whole(source, found, found + finder.needle().len()) {
                return Some(found);
            }
        }
    })
}

/// Whether a lexer could take these bytes as one word. What stands before counts only if the letters and digits there
/// are sure to begin a word: behind a digit (`1if`) or `!` (`{x!r}`) a word may follow without a gap.
fn is_whole(source: &[u8], lo: usize, hi: usize) -> bool {
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    if source.get(hi).is_some_and(is_word) {
        return false;
    }
    let run = source[..lo].iter().rev().take_while(|b| is_word(b)).count();
    let before = |n: usize| lo.checked_sub(n).and_then(|at| source.get(at));
    match before(run) {
        Some(first) if run > 0 => {
            first.is_ascii_digit() || before(run + 1).is_some_and(|b| !b.is_ascii() || *b == b'!')
        }
        _ => true,
    }
}

/// Texts, each by its index.
pub struct Prefilter {
    texts: IndexSet<String>,
    finder: Finders,
}

enum Finders {
    Each(Vec<Finder<'static>>),
    Together(Box<AhoCorasick>),
}

/// Collects texts, each once.
#[derive(Default)]
pub struct Texts {
    texts: IndexSet<String>,
}

impl Texts {
    /// The index of a text.
    pub fn add(&mut self, text: &str) -> usize {
        self.texts.insert_full(text.to_owned()).0
    }

    /// Builds the search.
    #[must_use]
    pub fn build(self) -> Prefilter {
        let each = || self.texts.iter().map(|text| Finder::new(text).into_owned()).collect();
        let finder = match AhoCorasick::new(&self.texts) {
            Ok(automaton) if self.texts.len() > FEW => Finders::Together(Box::new(automaton)),
            _ => Finders::Each(each()),
        };
        Prefilter { texts: self.texts, finder }
    }
}

impl Prefilter {
    /// For each text, by index, whether the source holds it.
    #[must_use]
    pub fn present(&self, source: &[u8]) -> Vec<bool> {
        match &self.finder {
            Finders::Each(finders) => {
                finders.iter().map(|finder| finder.find(source).is_some()).collect()
            }
            Finders::Together(automaton) => {
                let mut present = vec![false; self.texts.len()];
                let mut left = present.len();
                for found in automaton.find_overlapping_iter(source) {
                    let slot = &mut present[found.pattern().as_usize()];
                    left -= usize::from(!*slot);
                    *slot = true;
                    if left == 0 {
                        break;
                    }
                }
                present
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_texts_are_found_alike() {
        let words: Vec<String> = (0..40).map(|n| format!("w{n}x")).collect();
        let source = "w3x w17x ww39x, w4";
        for count in [5, 40] {
            let mut texts = Texts::default();
            for word in &words[..count] {
                texts.add(word);
            }
            let present = texts.build().present(source.as_bytes());
            let expected: Vec<bool> =
                words[..count].iter().map(|word| source.contains(word.as_str())).collect();
            assert_eq!(present, expected);
        }
    }

    fn sequence(words: &[&str]) -> Sequence {
        let leaf = |&text: &&str| Leaf { text: text.to_owned(), shape: Shape::Word };
        Sequence::new(&words.iter().map(leaf).collect::<Vec<_>>())
    }

    #[test]
    fn leaves_occur_in_order_and_as_words() {
        assert!(sequence(&["raise", "from"]).occurs(b"from x\nraise y from z"));
        assert!(!sequence(&["raise", "from"]).occurs(b"from x\nraise y"));
        assert!(!sequence(&["get"]).occurs(b"getter forget _get get1"));
        assert!(sequence(&["get"]).occurs(b"getter (get)"));
        assert!(sequence(&["f", "f"]).occurs(b"f f") && !sequence(&["f", "f"]).occurs(b"f ff"));
    }

    #[test]
    fn a_word_may_follow_a_number_without_a_gap() {
        assert!(sequence(&["if"]).occurs(b"1if x"));
        assert!(sequence(&["getattr"]).occurs(b"0xfgetattr"));
        assert!(sequence(&["get"]).occurs("éget".as_bytes()));
    }
}
