//! The one integration binary: whole-program cases (`spec`), what `check` says and mends (`check`, `slips`), the grammar
//! and the printer (`grammar`, `roundtrip`), checkpoints, steps, results beside their schemas (`schema`), requests to a
//! server on the loopback (`http`, `server`), tries to get out (`escape`), what the documentation shows
//! (`docs`), a run driven and watched from outside (`control`, `events`, `signals`, `terminal`), on any number of threads
//! (`threads`, `stress`), the rules of the house (`tidy`).

mod check;
mod checkpoint;
mod control;
mod docs;
mod editors;
#[cfg(target_os = "linux")]
mod escape;
mod events;
mod grammar;
mod harness;
mod http;
mod robust;
mod roundtrip;
mod schema;
mod server;
mod signals;
mod slips;
mod spec;
mod steps;
mod stress;
mod terminal;
mod threads;
mod tidy;
