//! Environments: where a suite can run, and how gently.

pub mod model;
mod read;
pub mod resolve;
pub mod site;
pub(crate) use read::environments as read;
