//! Any text, or a plan written by the bytes: checked and run in a world in memory.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| qplan_fuzz::targets::run(bytes));
