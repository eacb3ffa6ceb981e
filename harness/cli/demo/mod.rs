//! `prodiff demo`: a whole release on the embedded environments, played with the tool's own commands, and its findings held
//! against what was planted.

mod planted;
mod play;
mod project;

pub use play::demo;
