//! One shape for every complaint about what a person wrote: where it stands, what is wrong, what would help.
//!
//! Holds no colours and prints nothing.

mod complaint;
mod fix;
mod render;
mod source;
mod suggest;

pub use complaint::{Diagnostic, Severity, View, sort};
pub use fix::apply_fixes;
pub use render::render;
pub use source::{Position, Source, Span};
pub use suggest::did_you_mean;
