//! WebDriver BiDi: commands with answers, and events, over one connection.
//!
//! Absent here: what the commands mean (see `session` and `page`).

pub mod connection;
pub mod event;
mod message;
mod socket;
