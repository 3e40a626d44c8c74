//! Which of many texts a source holds, found in one pass.

use aho_corasick::AhoCorasick;
use indexmap::IndexSet;
use memchr::memmem::Finder;

/// Up to here one search a text is faster than one automaton for all.
const FEW: usize = 12;

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
}
