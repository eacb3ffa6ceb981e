//! Which browsers and drivers are here, and how the others are got.
//!
//! Absent here: starting a browser (see `process`), speaking to one (see `session`).

pub mod chromium;
pub mod firefox;
pub mod install;
pub mod registry;
pub mod search;
pub mod version;
pub mod webkit;
