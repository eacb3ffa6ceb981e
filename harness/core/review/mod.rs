//! What becomes of a new snapshot, as data: the store carries it out.

mod cause;
mod take;

pub use cause::{Form, causes};
pub use take::{Compared, TakenContent, body_name, compare, take, take_page};

use crate::record::SnapshotOutcome;

/// Whether a snapshot may wait for review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pending {
    /// `.snap.new` files are written.
    Written,
    /// Nothing is written: CI is set, and `--pending` was not given.
    Never,
}

/// Whether the step that took a snapshot held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Everything that was expected of it held.
    Soundly,
    /// An expectation failed: what it shows is no baseline.
    WhileFailing,
}

/// How a snapshot compares with its baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// There is no baseline.
    NoBaseline,
    /// They are equal under the suite's rules.
    Equal,
    /// They differ.
    Different,
}

/// What is to be done with the file that waits for review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// Written, in place of an older one.
    Write,
    /// Removed, if there is one: nothing is left to decide.
    Remove,
    /// Left as it is.
    Leave,
}

/// Decides what a snapshot means and what becomes of it.
#[must_use]
pub fn decide(comparison: Comparison, taken: Taken, pending: Pending) -> (SnapshotOutcome, Waiting) {
    match (comparison, taken, pending) {
        (Comparison::Equal, Taken::Soundly, Pending::Written) => (SnapshotOutcome::Equal, Waiting::Remove),
        (Comparison::Equal, Taken::Soundly, Pending::Never) => (SnapshotOutcome::Equal, Waiting::Leave),
        (Comparison::NoBaseline, Taken::Soundly, Pending::Written) => (SnapshotOutcome::New, Waiting::Write),
        (Comparison::NoBaseline, Taken::Soundly, Pending::Never) => (SnapshotOutcome::New, Waiting::Leave),
        (Comparison::Different, Taken::Soundly, Pending::Written) => (SnapshotOutcome::Changed, Waiting::Write),
        (Comparison::Different, Taken::Soundly, Pending::Never) => (SnapshotOutcome::Changed, Waiting::Leave),
        (Comparison::NoBaseline | Comparison::Equal | Comparison::Different, Taken::WhileFailing, Pending::Written | Pending::Never) => {
            (SnapshotOutcome::NotReviewable, Waiting::Leave)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_under_ci_or_while_failing() {
        for comparison in [Comparison::NoBaseline, Comparison::Equal, Comparison::Different] {
            assert_eq!(decide(comparison, Taken::Soundly, Pending::Never).1, Waiting::Leave);
            for pending in [Pending::Written, Pending::Never] {
                assert_eq!(decide(comparison, Taken::WhileFailing, pending), (SnapshotOutcome::NotReviewable, Waiting::Leave));
            }
        }
    }

    #[test]
    fn only_what_differs_or_is_new_waits() {
        assert_eq!(decide(Comparison::NoBaseline, Taken::Soundly, Pending::Written), (SnapshotOutcome::New, Waiting::Write));
        assert_eq!(decide(Comparison::Different, Taken::Soundly, Pending::Written), (SnapshotOutcome::Changed, Waiting::Write));
        assert_eq!(decide(Comparison::Equal, Taken::Soundly, Pending::Written), (SnapshotOutcome::Equal, Waiting::Remove));
    }
}
