//! Plans written by the bytes: read without a fault, printed, checked.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| qplan_fuzz::targets::written(bytes));
