//! The one integration binary: whole-program cases (`spec`), what `check` says and mends (`check`, `slips`), every code
//! (`codes`), the grammar and the printer (`grammar`, `roundtrip`), steps, checkpoints, results beside their schemas
//! (`schema`), what the documentation shows (`docs`), what agents are told (`agents`), a short run of the fuzzers, the rules
//! of the house (`tidy`).

mod agents;
mod check;
mod checkpoint;
mod codes;
mod docs;
mod fuzz;
mod grammar;
mod harness;
mod robust;
mod roundtrip;
mod schema;
mod slips;
mod spec;
mod steps;
mod tidy;
