//! Diagnostics for people; the only user of ariadne.
