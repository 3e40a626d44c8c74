//! Every action, registered here: one file each, named as plans call it.

pub mod analysis;
pub mod basic;

use crate::action::{Action, Registry};

/// Every action, sorted by name.
pub static ALL: &[&Action] = &[
    &basic::assert::ACTION,
    &analysis::calls::ACTION,
    &basic::date::ACTION,
    &basic::echo::ACTION,
    &basic::env::ACTION,
    &basic::file::ACTION,
    &basic::future::ACTION,
    &basic::http::ACTION,
    &basic::join::ACTION,
    &basic::jq::ACTION,
    &basic::json::ACTION,
    &basic::list::ACTION,
    &basic::log::ACTION,
    &basic::math::ACTION,
    &analysis::q::ACTION,
    &analysis::search::ACTION,
    &basic::sleep::ACTION,
    &basic::string::ACTION,
    &basic::time::ACTION,
    &basic::timeout::ACTION,
];

/// The actions every surface knows.
#[must_use]
pub fn registry() -> Registry {
    Registry::new(ALL)
}
