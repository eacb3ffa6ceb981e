//! What people have accepted: changes of a release (`approved.yaml`) and differences to live with for a while (`known.yaml`).
//!
//! Text in, values out, and back: sorted, one value a line, so that two branches merge. Reads and writes no files.

mod accept;
mod approved;
mod ledger;
mod text;

pub use accept::{Acceptance, NotAccepted, approve, know};
pub use approved::{Approval, Approved};
pub use ledger::{Known, KnownDifference, Standing};
