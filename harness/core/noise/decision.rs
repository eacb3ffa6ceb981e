//! What was decided of a difference, and what for.

use std::fmt;

use crate::record::Role;

/// What was decided of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It was there in every sample, and neither side varied.
    Steady {
        /// Samples a side beside the first look.
        n_samples: u32,
    },
    /// A side varied by itself: not a difference between the sides.
    Noise(Evidence),
    /// Too few samples showed the place to tell.
    Unsure {
        /// Samples a side that showed it.
        n_seen: u32,
        /// Samples a side that were taken.
        n_samples: u32,
    },
    /// It could not be confirmed, and counts as it was seen.
    Unconfirmed {
        /// Why: `POST is not sent again`.
        why: String,
    },
}

/// What shows that a place varies by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What was seen.
    pub variation: Variation,
    /// In which sample, from 1.
    pub sample: u32,
}

/// How a place varied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variation {
    /// One side gave another answer to the same request.
    Within(Role),
    /// The difference between the sides came and went, as rows of a random choice do.
    Between,
}

impl Decision {
    /// Whether the difference is hidden.
    #[must_use]
    pub fn is_noise(&self) -> bool {
        match self {
            Self::Noise(_) => true,
            Self::Steady { .. } | Self::Unsure { .. } | Self::Unconfirmed { .. } => false,
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Steady { n_samples } => write!(formatter, "the same in {n_samples} more samples a side"),
            Self::Noise(evidence) => evidence.fmt(formatter),
            Self::Unsure { n_seen, n_samples } => {
                write!(formatter, "undecided: {n_seen} of {n_samples} samples a side showed the place")
            }
            Self::Unconfirmed { why } => write!(formatter, "unconfirmed: {why}"),
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sample = self.sample;
        match self.variation {
            Variation::Within(Role::Reference) => write!(formatter, "varied on the reference by itself, in sample {sample}"),
            Variation::Within(Role::Candidate) => write!(formatter, "varied on the candidate by itself, in sample {sample}"),
            Variation::Between => write!(formatter, "came and went, gone in sample {sample}"),
        }
    }
}
