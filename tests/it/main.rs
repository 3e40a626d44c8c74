//! Every test that sees the program from outside, in one binary.

mod grammar;
mod roundtrip;
mod slips;
