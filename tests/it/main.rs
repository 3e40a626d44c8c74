//! The one integration binary: whole-program cases (`spec`), what `check` says and mends (`check`, `slips`), every code
//! (`codes`), the grammar and the printer (`grammar`, `roundtrip`), steps, checkpoints, results beside their schemas
//! (`schema`), requests to a server on the loopback (`http`, `server`), tries to get out (`escape`), sessions on a terminal
//! (`repl`), the store under the cache among killed processes (`cache_store`), every way to run a plan (`ways`), its cache
//! (`cache`, `cache_run`), answers that are the same with all of it (`same`), what a search suggests (`follow_ups`), what the documentation shows (`docs`), what
//! agents are told (`agents`), grammars for editors, a short run of the fuzzers, a run driven and watched from outside
//! (`control`, `events`, `signals`, `terminal`), bounds of memory (`memory`), on any number of threads (`threads`,
//! `stress`), the rules of the house (`tidy`).

mod agents;
mod cache;
#[cfg(unix)]
mod cache_run;
#[cfg(unix)]
mod cache_store;
mod check;
mod checkpoint;
mod codes;
mod config;
mod control;
mod docs;
mod editors;
#[cfg(target_os = "linux")]
mod escape;
mod events;
#[cfg(unix)]
mod follow_ups;
mod fuzz;
mod grammar;
mod harness;
mod http;
#[cfg(target_os = "linux")]
mod memory;
mod repl;
mod robust;
mod roundtrip;
mod same;
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
mod ways;
