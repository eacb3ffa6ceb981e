//! A page of both sides that is confirmed by playing the whole pair again, in fresh contexts, after it ended.

use std::collections::BTreeMap;

use super::{Answer, Compared, inspection::Inspection};

/// What one replay of a pair showed, by the address of the step: reference and candidate, where each came to it.
pub type Replayed = BTreeMap<String, [Option<Answer>; 2]>;

/// One compared page that may want samples.
#[derive(Debug)]
pub struct PageQuestion {
    pub(super) step: String,
    pub(super) inspection: Inspection,
}

impl PageQuestion {
    /// Whether another replay would tell something that is not known yet.
    #[must_use]
    pub fn wants_samples(&self) -> bool {
        self.inspection.wants_samples()
    }

    /// Takes up what a replay showed. A side that did not come to the step lost what it had shown.
    pub fn sample(&mut self, replayed: &Replayed) {
        let Some(answers) = replayed.get(&self.step) else { return };
        let lost = || Answer::Fault { name: String::from("the step was not reached"), blocks: true };
        self.inspection.next_round();
        self.inspection.sample(answers.clone().map(|answer| Some(answer.unwrap_or_else(lost))));
    }

    /// What its first looks were, under the address of the step: of a replay, they are a sample.
    #[must_use]
    pub fn looks(&self) -> Option<(String, [Option<Answer>; 2])> {
        self.inspection.looks().map(|[reference, candidate]| (self.step.clone(), [Some(reference.clone()), Some(candidate.clone())]))
    }

    /// What it came to.
    #[must_use]
    pub fn conclude(self) -> Compared {
        self.inspection.conclude()
    }
}
