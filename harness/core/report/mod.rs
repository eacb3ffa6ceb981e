//! Record → text: the formats of a report, and what a terminal shows.
//!
//! Everything here is made from the entries of a record and from nothing else: no format recomputes a verdict,
//! a status or an exit code (`prodiff report` renders again, it never judges again). A format reads the record
//! as often as it needs to and holds a small row a case, never its steps. All text in a record has been named
//! and is masked by bytes again where it is written; what a format adds is that it cannot act: as markup, as a
//! cursor movement, as a command of a CI.
//!
//! A record without its [`End`](crate::record::End) was killed or is still being written. Its report is complete
//! for what was done and says "interrupted before its end"; `report.json` then has `exit_code` 130, `finished`
//! null, and lists in `unfinished` the cases that had begun.

mod annotation;
mod diff;
mod format;
mod order;
mod summary;
mod text;
pub mod words;

pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod terminal;

pub use annotation::annotation;
pub use format::{Entries, FORMATS, Files, Format, find};
pub use summary::{Fold, Row, Summary};
pub use text::VALUE_LIMIT;

#[cfg(test)]
mod check;
#[cfg(test)]
pub(crate) mod sample;
// `sample` names them as its neighbours, so that `examples/sample_report.rs` can include it.
#[cfg(test)]
use crate::{record, verdict};
