//! Drivers touch the world: they perform an action and return what was seen, or the fault that prevented it.
//!
//! Modules in reading order. Absent here: expectations, retries that a suite asked for, redirects and
//! cookies (one hop at a time; those rules are pure and live in the core), suite types.

pub mod between;
pub mod browser;
pub mod budget;
pub mod gate;
pub mod http;
pub mod latch;
