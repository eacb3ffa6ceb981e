//! The run as data: `record.jsonl`, one entry a line, from which every report is made.
//!
//! Wire types: all text in them has been named (`{{ secret.X }}`, `{{ web }}`) before it came here and is
//! masked by bytes again where it is written. Fields are added, never changed, within [`VERSION`].

mod entry;
mod line;
pub mod observe;

pub use entry::*;
pub use line::Wanted;
