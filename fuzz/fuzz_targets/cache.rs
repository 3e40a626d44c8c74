//! Any bytes as a file of the cache, or a right file spoilt by the bytes: what is read was published.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| qplan_fuzz::targets::cache(bytes));
