//! Literals first: where in a source the leaves of a plan's patterns stand, found once for all rules. A rule needs a tree
//! only where all its leaves occur in order, and looks only at nodes that hold the rarest of them. Knows no rule.

use std::cell::OnceCell;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use indexmap::IndexSet;
use memchr::memmem::Finder;

/// Up to here one search a leaf is faster than one automaton for all: over 18 MB of Python all places of 8, 24, 40 and 80
/// leaves took 10, 40, 58 and 143 ms one by one, about 60 ms in one pass; and a leaf is not searched where its rule is out.
const FEW: usize = 48;

/// A leaf that every match holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Leaf {
    /// Its text.
    pub text: String,
    /// What may stand beside it.
    pub shape: Shape,
}

/// What may stand beside a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// An identifier or keyword: a lexer never ends it before a letter.
    Word,
    /// Anything.
    Free,
}

/// Collects the leaves of all rules, each once.
#[derive(Default)]
pub struct Leaves {
    all: IndexSet<Leaf>,
}

impl Leaves {
    /// The leaves of one part of a rule, in its order.
    pub fn sequence(&mut self, leaves: &[Leaf]) -> Sequence {
        let order: Vec<usize> = leaves.iter().map(|leaf| self.add(leaf)).collect();
        let mut by_length = order.clone();
        by_length.sort_by_key(|&leaf| std::cmp::Reverse(self.all[leaf].text.len()));
        Sequence { order, by_length }
    }

    /// The index of a leaf.
    pub fn add(&mut self, leaf: &Leaf) -> usize {
        self.all.insert_full(leaf.clone()).0
    }

    /// Prepares the search.
    #[must_use]
    pub fn build(self) -> Literals {
        let texts = || self.all.iter().map(|leaf| leaf.text.as_bytes());
        let together = if self.all.len() > FEW { AhoCorasick::new(texts()).ok() } else { None };
        let finders = texts().map(|text| Finder::new(text).into_owned()).collect();
        Literals { leaves: self.all, finders, together }
    }
}

/// The leaves of all rules, ready to be searched.
pub struct Literals {
    leaves: IndexSet<Leaf>,
    finders: Vec<Finder<'static>>,
    together: Option<AhoCorasick>,
}

impl Literals {
    /// Begins to look at a source: few leaves are searched one by one when they are asked for, many in one pass.
    #[must_use]
    pub fn look<'l>(&'l self, source: &'l [u8]) -> Look<'l> {
        let each = self.leaves.iter().map(|_| OnceCell::new()).collect();
        Look { literals: self, source, each, all: OnceCell::new(), is_ascii: OnceCell::new() }
    }

    fn pass(&self, automaton: &AhoCorasick, source: &[u8]) -> Vec<Vec<u32>> {
        let mut places = vec![Vec::new(); self.leaves.len()];
        for found in automaton.find_overlapping_iter(source) {
            let leaf = found.pattern().as_usize();
            if self.leaves[leaf].shape.fits(source, found.range()) {
                places[leaf].push(number_of(found.start()));
            }
        }
        places
    }

    /// Every place of a leaf, overlapping ones too.
    fn search(&self, leaf: usize, source: &[u8]) -> Vec<u32> {
        let (finder, shape) = (&self.finders[leaf], self.leaves[leaf].shape);
        let (mut places, mut at) = (Vec::new(), 0);
        while let Some(next) = source.get(at..).and_then(|rest| finder.find(rest)) {
            let start = at + next;
            if shape.fits(source, start..start + finder.needle().len()) {
                places.push(number_of(start));
            }
            at = start + 1;
        }
        places
    }

    fn length(&self, leaf: usize) -> u32 {
        number_of(self.leaves[leaf].text.len())
    }
}

/// What was found in a source so far.
pub struct Look<'l> {
    literals: &'l Literals,
    source: &'l [u8],
    each: Vec<OnceCell<Vec<u32>>>,
    /// Those of all leaves, where they are searched in one pass.
    all: OnceCell<Vec<Vec<u32>>>,
    is_ascii: OnceCell<bool>,
}

impl Look<'_> {
    /// Whether the source is plain ASCII.
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        *self.is_ascii.get_or_init(|| self.source.is_ascii())
    }

    /// The places of a leaf, in order.
    #[must_use]
    pub fn places(&self, leaf: usize) -> &[u32] {
        match &self.literals.together {
            Some(automaton) => {
                &self.all.get_or_init(|| self.literals.pass(automaton, self.source))[leaf]
            }
            None => self.each[leaf].get_or_init(|| self.literals.search(leaf, self.source)),
        }
    }
}

/// The leaves of a part of a rule, by index.
#[derive(Clone, Debug, Default)]
pub struct Sequence {
    order: Vec<usize>,
    /// The longest first, which is likely to rule out most.
    by_length: Vec<usize>,
}

impl Sequence {
    /// Whether the leaves occur one behind the other.
    #[must_use]
    pub fn occurs(&self, look: &Look<'_>) -> bool {
        self.by_length.iter().all(|&leaf| !look.places(leaf).is_empty())
            && self.occurs_in(look, 0..u32::MAX)
    }

    /// Whether they do so inside a range.
    #[must_use]
    pub fn occurs_in(&self, look: &Look<'_>, range: Range<u32>) -> bool {
        let mut at = range.start;
        self.order.iter().all(|&leaf| {
            let places = look.places(leaf);
            let next = places.get(places.partition_point(|&place| place < at));
            let end = next.map(|&place| place.saturating_add(look.literals.length(leaf)));
            at = end.unwrap_or(u32::MAX);
            end.is_some_and(|end| end <= range.end)
        })
    }

    /// The leaf with the fewest places.
    #[must_use]
    pub fn rarest(&self, look: &Look<'_>) -> Option<usize> {
        self.order.iter().copied().min_by_key(|&leaf| look.places(leaf).len())
    }
}

impl Shape {
    fn fits(self, source: &[u8], range: Range<usize>) -> bool {
        self == Self::Free || is_whole(source, range)
    }
}

/// Whether a lexer could take these bytes as one word. What stands before counts only if the letters and digits there
/// are sure to begin a word: behind a digit (`1if`) or `!` (`{x!r}`) a word may follow without a gap.
fn is_whole(source: &[u8], Range { start, end }: Range<usize>) -> bool {
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    if source.get(end).is_some_and(is_word) {
        return false;
    }
    let run = source[..start].iter().rev().take_while(|b| is_word(b)).count();
    let before = |n: usize| start.checked_sub(n).and_then(|at| source.get(at));
    match before(run) {
        Some(first) if run > 0 => {
            first.is_ascii_digit() || before(run + 1).is_some_and(|b| !b.is_ascii() || *b == b'!')
        }
        _ => true,
    }
}

fn number_of(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(text: &str) -> Leaf {
        Leaf { text: text.to_owned(), shape: Shape::Word }
    }

    #[test]
    fn few_and_many_leaves_are_found_alike() {
        let words: Vec<Leaf> = (0..2 * FEW).map(|n| leaf(&format!("w{n}x"))).collect();
        let source = b"w3x w17x ww39x, w4 w3x(w3x)";
        let found = |count: usize| {
            let mut leaves = Leaves::default();
            leaves.sequence(&words[..count]);
            let literals = leaves.build();
            assert_eq!(literals.together.is_some(), count > FEW);
            let look = literals.look(source);
            (0..FEW).map(|leaf| look.places(leaf).to_vec()).collect::<Vec<_>>()
        };
        let few = found(FEW);
        assert_eq!((&few[3], &few[17]), (&vec![0, 19, 23], &vec![4]));
        assert_eq!(few, found(2 * FEW));
    }

    fn occurs(words: &[&str], source: &[u8]) -> bool {
        let mut leaves = Leaves::default();
        let sequence = leaves.sequence(&words.iter().map(|word| leaf(word)).collect::<Vec<_>>());
        sequence.occurs(&leaves.build().look(source))
    }

    #[test]
    fn leaves_occur_in_order_and_as_words() {
        assert!(occurs(&["raise", "from"], b"from x\nraise y from z"));
        assert!(!occurs(&["raise", "from"], b"from x\nraise y"));
        assert!(!occurs(&["get"], b"getter forget _get get1"));
        assert!(occurs(&["get"], b"getter (get)"));
        assert!(occurs(&["f", "f"], b"f f") && !occurs(&["f", "f"], b"f ff"));
    }

    #[test]
    fn a_word_may_follow_a_number_without_a_gap() {
        assert!(occurs(&["if"], b"1if x"));
        assert!(occurs(&["getattr"], b"0xfgetattr"));
        assert!(occurs(&["get"], "éget".as_bytes()));
    }

    #[test]
    fn the_leaf_with_the_fewest_places_is_the_rarest() {
        let mut leaves = Leaves::default();
        let sequence = leaves.sequence(&[leaf("a"), leaf("longer"), leaf("b")]);
        let literals = leaves.build();
        let look = literals.look(b"a longer b; a longer");
        assert_eq!(sequence.rarest(&look), Some(2));
        assert!(sequence.occurs_in(&look, 0..10) && !sequence.occurs_in(&look, 0..9));
        assert!(!sequence.occurs_in(&look, 1..20));
    }
}
