//! Whether a difference is one of the site or of the moment.
//!
//! Every threshold has a name here. What a path varied like in earlier runs (the ledger, `baselines/volatility.yaml`) will
//! come in as one more kind of evidence; nothing is hidden without evidence.

mod bounds;
mod decision;
mod tally;

pub use bounds::{Bounds, wilson};
pub use decision::{Decision, Evidence, Variation};
pub use tally::{Shown, Tally, samples_wanted};

/// How many samples a side are taken at most to confirm a difference, unless the command line says otherwise.
pub const DEFAULT_SAMPLES: u32 = 7;

/// How many samples a side are ever taken: where samples could not show the place, more are asked for, up to this many.
pub const MOST_SAMPLES: u32 = 16;

/// The square of the normal quantile of Wilson's interval: 95 % confidence, `1.96²`.
pub const Z_SQUARED: f64 = 3.84;
