//! Sessions: one browser each, a context of its own for every case, replaced when they die.

pub(in crate::drivers::browser) mod call;
pub mod context;
mod fault;
pub mod pool;
#[expect(clippy::module_inception, reason = "the room's main thing has the room's name")]
pub mod session;
pub mod settings;
pub mod wire;
