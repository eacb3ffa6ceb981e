//! A part of a plan: one of several machines that share the cases among them.

use std::{collections::BTreeMap, fmt};

use sha2::{Digest as _, Sha256};

use super::{Plan, PlannedCase, PlannedSuite};

/// Which part is played: `2/5` is the second of five.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    place: usize,
    of: usize,
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.place + 1, self.of)
    }
}

/// How long cases took in an earlier run, in milliseconds, by identity.
pub type Durations = BTreeMap<String, f64>;

impl Shard {
    /// Reads `2/5`.
    ///
    /// # Errors
    /// One line that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let numbers: Option<(usize, usize)> = text.split_once('/').and_then(|(place, of)| Some((place.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((place, of)) if 1 <= place && place <= of => Ok(Self { place: place - 1, of }),
            Some(_) | None => Err(format!("`{text}` is no part of a whole: write the second of five as 2/5")),
        }
    }

    /// Leaves in a plan what is this part's. Every case is in exactly one of the parts.
    ///
    /// Without durations a case's part depends on its identity alone: it stays where it is when others come and go. With
    /// them the parts take about as long as each other; then all machines have to be given the same.
    pub fn keep(self, plan: &mut Plan, durations: Option<&Durations>) {
        let parts = durations.map(|durations| self.balanced(plan, durations));
        let is_kept = |case: &PlannedCase| {
            let part = parts.as_ref().map_or_else(|| self.by_identity(case), |parts| parts[case.id.as_str()]);
            part == self.place
        };
        for suite in &mut plan.suites {
            suite.cases.retain(|case| is_kept(case));
        }
        plan.suites.retain(|suite| !suite.cases.is_empty());
    }

    fn by_identity(self, case: &PlannedCase) -> usize {
        let digest = Sha256::digest(case.id.as_str());
        let first = digest.first_chunk().copied().expect("a digest has 32 bytes");
        usize::try_from(u64::from_be_bytes(first) % self.of as u64).expect("it is less than a usize")
    }

    /// The part of every case: the longest first, each to the part that has least to do.
    fn balanced(self, plan: &Plan, durations: &Durations) -> BTreeMap<String, usize> {
        let usual = usual(durations);
        let mut cases: Vec<(f64, &str)> =
            plan.cases().map(|case| (if case.skip.is_some() { 0.0 } else { duration(case, durations, usual) }, case.id.as_str())).collect();
        cases.sort_by(|one, two| two.0.total_cmp(&one.0).then_with(|| one.1.cmp(two.1)));
        let mut loads = vec![0.0; self.of.min(cases.len().max(1))];
        cases
            .into_iter()
            .map(|(took, id)| {
                let least = (0..loads.len()).min_by(|one, two| f64::total_cmp(&loads[*one], &loads[*two])).expect("there is a part");
                // A case takes something, also where it took nothing: else one part would get all of them.
                loads[least] += took.max(0.001);
                (id.to_owned(), least)
            })
            .collect()
    }
}

/// Puts what took longest first, so that nothing long begins when everything else is done.
pub fn longest_first(plan: &mut Plan, durations: &Durations) {
    let usual = usual(durations);
    for suite in &mut plan.suites {
        suite.cases.sort_by(|one, two| duration(two, durations, usual).total_cmp(&duration(one, durations, usual)));
    }
    let longest = |suite: &PlannedSuite| suite.cases.first().map_or(0.0, |case| duration(case, durations, usual));
    plan.suites.sort_by(|one, two| longest(two).total_cmp(&longest(one)));
}

fn duration(case: &PlannedCase, durations: &Durations, usual: f64) -> f64 {
    durations.get(case.id.as_str()).copied().unwrap_or(usual)
}

/// What a case takes of which nothing is known: as long as the others on average.
fn usual(durations: &Durations) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "no run has 2^52 cases")]
    let n_cases = durations.len().max(1) as f64;
    durations.values().sum::<f64>() / n_cases
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_written_as_a_fraction() {
        assert_eq!(Shard::parse("2/5"), Ok(Shard { place: 1, of: 5 }));
        for text in ["", "2", "0/5", "6/5", "1/0", "-1/2", "a/b", "1/2/3", "1.0/2"] {
            assert!(Shard::parse(text).is_err(), "{text}");
        }
    }
}
