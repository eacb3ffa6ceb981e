//! Counts what samples showed of one difference, until it can be decided.

use super::{Decision, Evidence, MOST_SAMPLES, Variation, wilson};
use crate::record::Role;

/// What the samples so far showed of one difference.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    n_samples: u32,
    n_seen: u32,
    noise: Option<Evidence>,
}

/// What one sample of both sides showed of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The difference was there again.
    Again,
    /// The place was not to be seen: no answer, or its row was not there.
    Nothing,
    /// It varied.
    Varied(Variation),
}

impl Tally {
    /// Counts one more sample.
    pub fn add(&mut self, shown: Shown) {
        self.n_samples += 1;
        match shown {
            Shown::Again => self.n_seen += 1,
            Shown::Nothing => {}
            Shown::Varied(variation) => {
                self.noise.get_or_insert(Evidence { variation, sample: self.n_samples });
            }
        }
    }

    /// Whether more samples can change what is decided; `n_wanted` is the number that was asked for.
    #[must_use]
    pub fn is_open(&self, n_wanted: u32) -> bool {
        self.noise.is_none() && self.n_samples < samples_wanted(n_wanted, self.n_samples, self.n_seen)
    }

    /// What is decided on the samples so far.
    #[must_use]
    pub fn decide(&self) -> Decision {
        let (n_samples, n_seen) = (self.n_samples, self.n_seen);
        if let Some(evidence) = &self.noise {
            return Decision::Noise(evidence.clone());
        }
        if n_samples == 0 {
            return Decision::Unconfirmed { why: String::from("no samples were taken") };
        }
        if n_seen == 0 {
            return Decision::Unconfirmed { why: format!("none of {n_samples} samples showed the place") };
        }
        if n_seen == n_samples || is_separated(n_seen) {
            Decision::Steady { n_samples: n_seen }
        } else {
            Decision::Unsure { n_seen, n_samples }
        }
    }

    /// A tally that a side has varied.
    #[must_use]
    pub fn varied(role: Role, sample: u32) -> Self {
        Self { n_samples: sample, n_seen: 0, noise: Some(Evidence { variation: Variation::Within(role), sample }) }
    }
}

/// How many samples a side to take: as many as were asked for; more, up to [`MOST_SAMPLES`], while too few of them showed the
/// place. None stays none.
#[must_use]
pub fn samples_wanted(n_wanted: u32, n_samples: u32, n_seen: u32) -> u32 {
    let is_decided = n_seen == n_samples || is_separated(n_seen);
    match n_wanted {
        0 => 0,
        _ if is_decided || n_samples < n_wanted => n_wanted.min(MOST_SAMPLES),
        _ => MOST_SAMPLES,
    }
}

/// Whether a difference that was always there stands apart from one that never is, the first look included.
fn is_separated(n_seen: u32) -> bool {
    wilson(n_seen + 1, n_seen + 1).is_above(wilson(0, n_seen + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGAIN: Shown = Shown::Again;
    const NOTHING: Shown = Shown::Nothing;
    const VARIED: Shown = Shown::Varied(Variation::Within(Role::Reference));

    /// Takes samples as long as the tally is open; the last of `shown` repeats.
    fn check(n_wanted: u32, shown: &[Shown], n_taken: u32, decision: &str) {
        let mut tally = Tally::default();
        let mut samples = shown.iter().copied().chain(std::iter::repeat(*shown.last().unwrap()));
        while tally.is_open(n_wanted) {
            tally.add(samples.next().unwrap());
        }
        assert_eq!((tally.n_samples, tally.decide().to_string()), (n_taken, decision.to_owned()), "{n_wanted} {shown:?}");
    }

    #[test]
    fn a_steady_difference_takes_all_samples_and_noise_ends_them() {
        check(7, &[AGAIN], 7, "the same in 7 more samples a side");
        check(7, &[AGAIN, AGAIN, VARIED, AGAIN], 3, "varied on the reference by itself, in sample 3");
        check(7, &[Shown::Varied(Variation::Between)], 1, "came and went, gone in sample 1");
        check(3, &[AGAIN], 3, "the same in 3 more samples a side");
        check(100, &[AGAIN], 16, "the same in 16 more samples a side");
    }

    #[test]
    fn without_samples_it_is_unconfirmed() {
        check(0, &[AGAIN], 0, "unconfirmed: no samples were taken");
        check(7, &[NOTHING], 16, "unconfirmed: none of 16 samples showed the place");
    }

    #[test]
    fn too_few_that_show_the_place_ask_for_more_and_then_are_unsure() {
        check(7, &[AGAIN, AGAIN, AGAIN, NOTHING], 7, "the same in 3 more samples a side");
        check(7, &[AGAIN, NOTHING], 16, "undecided: 1 of 16 samples a side showed the place");
        check(3, &[AGAIN, NOTHING, NOTHING, AGAIN, AGAIN], 5, "the same in 3 more samples a side");
    }
}
