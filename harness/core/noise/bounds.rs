//! What so many hits among so many looks say about a rate.

use super::Z_SQUARED;

/// Between what and what a rate lies, with 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// At least this, from 0 to 1.
    pub lower: f64,
    /// At most this, from 0 to 1.
    pub upper: f64,
}

/// Wilson's score interval for `n_hits` of `n_looks`. Without looks nothing is known: from 0 to 1.
///
/// More hits than looks count as all of them.
#[must_use]
pub fn wilson(n_hits: u32, n_looks: u32) -> Bounds {
    if n_looks == 0 {
        return Bounds { lower: 0.0, upper: 1.0 };
    }
    let n = f64::from(n_looks);
    let rate = f64::from(n_hits.min(n_looks)) / n;
    let centre = rate + Z_SQUARED / (2.0 * n);
    let margin = (Z_SQUARED * (rate * (1.0 - rate) / n + Z_SQUARED / (4.0 * n * n))).sqrt();
    let scale = 1.0 + Z_SQUARED / n;
    Bounds { lower: ((centre - margin) / scale).max(0.0), upper: ((centre + margin) / scale).min(1.0) }
}

impl Bounds {
    /// Whether this rate is higher than another for sure.
    #[must_use]
    pub fn is_above(self, other: Self) -> bool {
        self.lower > other.upper
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(n_hits: u32, n_looks: u32, lower: f64, upper: f64) {
        let bounds = wilson(n_hits, n_looks);
        let near = |one: f64, two: f64| (one - two).abs() < 0.0005;
        assert!(near(bounds.lower, lower) && near(bounds.upper, upper), "{n_hits} of {n_looks}: {bounds:?}");
    }

    #[test]
    fn bounds_are_wilsons() {
        check(0, 0, 0.0, 1.0);
        // n hits of n: from n / (n + 3.84) to 1.
        check(4, 4, 4.0 / 7.84, 1.0);
        check(0, 4, 0.0, 3.84 / 7.84);
        check(7, 10, 0.3968, 0.8922);
        check(5, 3, 3.0 / 6.84, 1.0);
    }

    #[test]
    fn three_samples_beside_the_first_look_separate_always_from_never() {
        assert!(wilson(4, 4).is_above(wilson(0, 4)));
        assert!(!wilson(3, 3).is_above(wilson(0, 3)));
    }

    #[test]
    fn one_flap_in_ten_is_not_above_a_rate_of_one_in_ten_and_always_is_above_seventy_percent() {
        assert!(!wilson(1, 10).is_above(wilson(1, 10)));
        assert!(!wilson(8, 8).is_above(wilson(7, 10)));
        assert!(wilson(40, 40).is_above(wilson(70, 100)));
    }
}
