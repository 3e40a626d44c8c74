//! Says of most keys that are not in a segment that they are not, from two bytes an entry: a Bloom filter in blocks of a
//! cache line (Putze, Sanders, Singler 2007). Of a thousand keys that are not there it lets about two pass.

use super::key::Key;

/// Bytes of a block, all of whose bits of one key lie in.
const BLOCK: usize = 64;
/// Keys for which there is a block.
const KEYS: usize = 32;
/// Bits of a key, each told by nine bits of its first half.
const BITS: u32 = 6;

/// Bytes of the filter of so many keys.
pub(super) const fn length(keys: usize) -> usize {
    keys.div_ceil(KEYS) * BLOCK
}

/// Where the block of a key begins, and its bits in it.
fn bits(blocks: usize, key: Key) -> (usize, impl Iterator<Item = usize>) {
    let [.., a, b, c, d, e, f, g, h] = key.0;
    let rest = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    let block = (u128::from(rest) * blocks as u128) >> 64;
    let bits = (0..BITS).map(move |bit| (key.lead() >> (bit * 9)) as usize % (BLOCK * 8));
    (block as usize * BLOCK, bits)
}

/// The filter of keys.
pub(super) fn of(keys: impl ExactSizeIterator<Item = Key>) -> Vec<u8> {
    let mut filter = vec![0; length(keys.len())];
    for key in keys {
        let (block, bits) = bits(filter.len() / BLOCK, key);
        for bit in bits {
            if let Some(byte) = filter.get_mut(block + bit / 8) {
                *byte |= 1 << (bit % 8);
            }
        }
    }
    filter
}

/// Whether a key may be among those the filter is of.
pub(super) fn may_hold(filter: &[u8], key: Key) -> bool {
    let (block, mut bits) = bits(filter.len() / BLOCK, key);
    bits.all(|bit| filter.get(block + bit / 8).is_some_and(|byte| byte & (1 << (bit % 8)) != 0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_there_passes(keys: Vec<[u8; 16]>) {
            let filter = of(keys.iter().map(|key| Key(*key)));
            prop_assert!(keys.iter().all(|key| may_hold(&filter, Key(*key))));
        }
    }

    #[test]
    fn of_what_is_not_there_little_passes() {
        let key = |number: u32| Key::of(&[&number.to_le_bytes()]);
        for count in [1, 31, 32, 33, 10_000] {
            let filter = of((0..count).map(key));
            let passed = (count..count + 10_000).filter(|number| may_hold(&filter, key(*number)));
            assert!(passed.count() < 40, "of {count}");
        }
        assert!(!may_hold(&of([].into_iter()), key(1)));
    }
}
