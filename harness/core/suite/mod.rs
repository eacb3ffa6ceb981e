//! Suites: what people write, read into values that know where they stand.
//!
//! A file is read whole: every key is lowered, refused as not supported yet, or unknown, and every mistake is told at its
//! place. Knows no environments: whether a name means anything is for `check` to tell.

pub mod model;
mod read;

mod case;
mod content;
pub mod page;
mod request;
mod step;
pub(crate) mod verb;
pub(crate) mod words;

pub(crate) use content::capture;
pub(crate) use read::suite as read;
