//! Any text as a plan: read, checked, printed, told of, mended.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| qplan_fuzz::targets::text(bytes));
