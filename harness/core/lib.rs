//! The pure core of prodiff: everything that can be said as a function of values.
//!
//! Modules in reading order, from the ground floor up. Who may see whom is held by
//! `tests/architecture.rs`; why, by `harness/ARCHITECTURE.md`. Holds no sockets, files, clocks,
//! environment variables or terminals: what it needs from the world comes in as a value.

// The ground floor: everyone may stand on it.
pub mod diagnostic;
pub mod format;
pub mod json;
pub mod mask;
pub mod template;
pub mod value;
pub mod yaml;

// What can be asked, and what was seen.
pub mod action;
pub mod observation;

// What is looked for in it, and how it is judged.
pub mod assertion;
pub mod extract;

// What is kept of it, and what differs.
pub mod compare;
pub mod normalise;
pub mod reading;
pub mod snapshot;

// What people write, and what is played of it.
pub mod suite;

pub mod environment;

pub mod check;
pub mod plan;
pub mod schema;

pub mod execute;

// The run as data.
pub mod record;
pub mod verdict;

// Two sides at once: whether a difference would be there again, which side it comes from, what it is worth.
pub mod attribute;
pub mod finding;
pub mod known;
pub mod noise;
pub mod pair;
pub mod review;

// The record as text.
pub mod report;
