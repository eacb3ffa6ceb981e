//! What the candidate environment answered before the release: records of another build, or the accepted baselines.

use std::collections::BTreeMap;

use prodiff_core::{
    pair::{Accepted, Before},
    plan::PlannedCase,
    record::{Entry, Warning},
    review,
    snapshot::Variant,
};

use super::{recall::Recall, recorder::Recorder, snapshots};
use crate::store::baselines::Baselines;

/// Where *before* is taken from.
pub enum Earlier {
    /// Records of another build, newest first.
    Records(Vec<Recall>),
    /// Without revision and label nobody can tell which record is of another build: what was accepted is before.
    Baselines(Baselines),
}

impl Earlier {
    /// What was before of a case, if anything is known. A baseline that cannot be read is said and left out: it could only have
    /// said which side changed.
    #[must_use]
    pub fn of(&self, case: &PlannedCase, environment: &str, recorder: &Recorder) -> Option<Before> {
        match self {
            Self::Records(records) => {
                let id = case.id.as_str();
                let mut sound = records.iter().filter(|recall| recall.has_sound(id));
                let newest = sound.next()?;
                let is_same_build = |recall: &&Recall| recall.build().is_some() && recall.build() == newest.build();
                let same_build = sound.filter(is_same_build).map(|recall| recall.case(id)).collect();
                Some(Before::Record { newest: newest.case(id), same_build })
            }
            Self::Baselines(baselines) => {
                let accepted = accepted(baselines, case, environment, recorder);
                (!accepted.is_empty()).then_some(Before::Baselines(accepted))
            }
        }
    }
}

fn accepted(baselines: &Baselines, case: &PlannedCase, environment: &str, recorder: &Recorder) -> BTreeMap<String, Accepted> {
    let mut accepted = BTreeMap::new();
    let whole = Variant { environment: Some(environment.to_owned()), ..Variant::default() };
    for section in PlannedCase::sections() {
        for (index, step) in case.steps(section).iter().enumerate() {
            let Some(name) = step.snapshot.as_ref().and_then(review::body_name) else { continue };
            match baselines.find(&snapshots::key(case, name), &whole) {
                Ok(Some(found)) => {
                    accepted.insert(format!("{}[{index}]", section.key()), Accepted { path: found.path, text: found.text });
                }
                Ok(None) => {}
                Err(error) => {
                    let message = format!("no before from the baseline: {error}");
                    recorder.put(&Entry::Warning(Warning { case: Some(case.id.as_str().to_owned()), message }));
                }
            }
        }
    }
    accepted
}
