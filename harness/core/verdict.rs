//! What a case means, and how the worst of many is found.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The status of a case, or of one of its steps. Ordered from best to worst; `skipped` is outside the order of the rest and comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Nothing was started; there is a reason.
    #[default]
    Skipped,
    /// Everything that was asked held.
    Passed,
    /// Passed, but only on a later attempt.
    Flaky,
    /// A new snapshot or an unapproved release change: somebody must look.
    Unreviewed,
    /// Could not look.
    Blocked,
    /// Looked, and it is wrong.
    Failed,
}

impl Status {
    /// All of them, in the order of `report.json`'s counts.
    pub const ALL: [Self; 6] = [Self::Passed, Self::Flaky, Self::Failed, Self::Blocked, Self::Unreviewed, Self::Skipped];

    /// The name programs read.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Passed => "passed",
            Self::Flaky => "flaky",
            Self::Unreviewed => "unreviewed",
            Self::Blocked => "blocked",
            Self::Failed => "failed",
        }
    }

    /// The worse of two. What was started outranks what was skipped.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        self.max(other)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Status::{self, Blocked, Failed, Flaky, Passed, Skipped, Unreviewed};

    #[test]
    fn the_worst_wins_in_the_order_of_the_manual() {
        let worst_first = [Failed, Blocked, Unreviewed, Flaky, Passed, Skipped];
        for (rank, worse) in worst_first.iter().enumerate() {
            for better in &worst_first[rank..] {
                assert_eq!(worse.worse(*better), *worse);
                assert_eq!(better.worse(*worse), *worse);
            }
        }
        assert_eq!(Status::ALL.len(), worst_first.len());
    }
}
