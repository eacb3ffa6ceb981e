//! Everything that touches files: suites, baselines, records. Takes only masked text, decides nothing.

pub mod atomic;
pub mod baselines;
pub mod record;
pub mod reports;
pub mod suites;
