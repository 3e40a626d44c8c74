//! Decisions taken from bytes: the same bytes, the same decisions. When the bytes are over, every decision is the first.

/// Bytes, used up one after the other.
#[derive(Clone, Debug)]
pub struct Dice<'b> {
    bytes: &'b [u8],
}

impl<'b> Dice<'b> {
    /// Decisions by these bytes.
    pub const fn new(bytes: &'b [u8]) -> Self {
        Self { bytes }
    }

    /// A number below `sides`; 0 when the bytes are over.
    pub fn roll(&mut self, sides: usize) -> usize {
        match self.bytes.split_first() {
            Some((first, rest)) => {
                self.bytes = rest;
                usize::from(*first) % sides.max(1)
            }
            None => 0,
        }
    }

    /// Whether something happens that happens once in `sides` times, and never when the bytes are over.
    pub fn one_in(&mut self, sides: usize) -> bool {
        !self.is_over() && self.roll(sides) == sides - 1
    }

    /// One of several; the first when the bytes are over.
    pub fn pick<'t, T: ?Sized>(&mut self, all: &[&'t T]) -> &'t T {
        all[self.roll(all.len())]
    }

    /// Whether the bytes are over.
    pub const fn is_over(&self) -> bool {
        self.bytes.is_empty()
    }
}
