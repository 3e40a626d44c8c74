//! The one integration binary: whole-program cases (`spec`), what `check` says and mends (`check`, `slips`), the grammar
//! and the printer (`grammar`, `roundtrip`), steps, results beside their schemas (`schema`), what the documentation shows
//! (`docs`), what agents are told (`agents`), every code (`codes`), the rules of the house (`tidy`).

mod agents;
mod check;
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
