//! What a question's answers are kept by: a digest of all that they depend on but the bytes of the file.

use std::hash::{Hash, Hasher};

/// The digest of a question. Two builds may digest one question differently: entries of another build count as none.
pub type Digest = [u8; 32];

/// The digest of anything that can be hashed.
#[must_use]
pub fn of(question: &impl Hash) -> Digest {
    let mut digester = Digester(blake3::Hasher::new());
    question.hash(&mut digester);
    digester.0.finalize().into()
}

/// Takes what is hashed, whole.
struct Digester(blake3::Hasher);

impl Hasher for Digester {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Of the standard interface, which has room for less than a digest; nobody asks.
    fn finish(&self) -> u64 {
        self.0.finalize().as_bytes().iter().take(8).fold(0, |all, &byte| all << 8 | u64::from(byte))
    }
}
