//! Programs that must not outlive us: a driver with its browsers, a screen.
//!
//! Each is a process group with a folder of its own. What ends it, in this order: [`group::Group::end`], `Drop` (a panic, a task that
//! is dropped), and a watcher of the shell that outlives us when we are killed ourselves.

pub mod display;
pub mod driver;
#[cfg(unix)]
pub mod group;
#[cfg(not(unix))]
#[path = "elsewhere.rs"]
pub mod group;
#[cfg(unix)]
mod watcher;
