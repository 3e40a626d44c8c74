//! The texts of one file: one blob and the end of each, equal texts once. Names that the head uses come first, so that
//! it can be read without the rest.

use bitcode::{Decode, Encode};
use memchr::memmem::Finder;

use super::Str;
use super::planes::tight;

/// The texts that records name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Strings {
    text: String,
    /// Where each text ends in `text`.
    ends: Vec<u32>,
}

impl Strings {
    /// A text; empty where there is none.
    #[must_use]
    pub fn get(&self, id: Str) -> &str {
        let Some(index) = id.index() else { return "" };
        let lo = index.checked_sub(1).map_or(0, |before| self.end(before));
        self.text.get(lo..self.end(index)).unwrap_or("")
    }

    /// The bytes of a text.
    pub(super) fn bytes(&self, id: Str) -> &[u8] {
        let Some(index) = id.index() else { return &[] };
        let lo = index.checked_sub(1).map_or(0, |before| self.end(before));
        self.text.as_bytes().get(lo..self.end(index)).unwrap_or(&[])
    }

    /// None yet, with room for as many.
    pub(super) fn like(&self) -> Self {
        let text = String::with_capacity(self.text.len());
        Self { text, ends: Vec::with_capacity(self.ends.len()) }
    }

    /// Takes all away, and keeps the room.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    fn end(&self, index: usize) -> usize {
        self.ends.get(index).map_or(0, |&end| end as usize)
    }

    /// Adds a text at the end, which is not there yet.
    pub fn push(&mut self, text: &str) -> Str {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
        Str(self.ends.len() as u32)
    }

    /// Takes away the texts from an index on.
    #[must_use]
    pub fn split_off(&mut self, index: usize) -> Self {
        let index = index.min(self.ends.len());
        let lo = index.checked_sub(1).map_or(0, |before| self.end(before));
        let base = number(lo);
        let ends = self.ends.split_off(index).into_iter().map(|end| end.saturating_sub(base));
        let text = self.text.get(lo..).unwrap_or("").to_owned();
        self.text.truncate(lo);
        Self { text, ends: ends.collect() }
    }

    /// Adds texts that were taken away.
    pub fn append(&mut self, rest: &Self) {
        let base = number(self.text.len());
        self.text.push_str(&rest.text);
        self.ends.extend(rest.ends.iter().map(|end| end.saturating_add(base)));
    }

    /// Where each text ends; it only grows.
    pub(super) fn ends(&mut self) -> &mut [u32] {
        &mut self.ends
    }

    /// Gives back what memory it holds in reserve.
    pub fn shrink(&mut self) {
        if self.text.capacity() - self.text.len() > self.text.len() / 8 {
            self.text = self.text.as_str().to_owned();
        }
        tight(&mut self.ends);
    }

    /// The name of a text.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Str> {
        let (finder, mut from) = (Finder::new(text), 0);
        while !text.is_empty() {
            let lo = from + finder.find(self.text.as_bytes().get(from..)?)?;
            let index = self.ends.partition_point(|&end| end as usize <= lo);
            let start = index.checked_sub(1).map_or(0, |before| self.end(before));
            if start == lo && self.end(index) == lo + text.len() {
                return Some(Str::at(index));
            }
            // Texts may overlap where two of them meet.
            from = lo + 1;
        }
        None
    }

    /// Whether a text may be part of one of them; it may be of two that stand side by side.
    #[must_use]
    pub fn may_hold(&self, part: &str) -> bool {
        Finder::new(part).find(self.text.as_bytes()).is_some()
    }

    /// Every text with its name, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Str, &str)> {
        let mut lo = 0;
        self.ends.iter().enumerate().map(move |(index, &end)| {
            let text = self.text.get(lo..end as usize).unwrap_or("");
            lo = end as usize;
            (Str::at(index), text)
        })
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_text_is_found_as_by_a_look_at_each(texts in prop::collection::btree_set("[ab]{1,4}", 0..12), wanted in "[ab]{0,4}") {
            let mut strings = Strings::default();
            for text in &texts {
                let _ = strings.push(text);
            }
            let expected = strings.iter().find(|(_, known)| *known == wanted).map(|(id, _)| id);
            prop_assert_eq!(strings.find(&wanted), expected);
        }
    }
}
