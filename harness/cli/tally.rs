//! What a comparison came to so far, over all cases.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use prodiff_core::{
    finding::{Against, Findings, Spot},
    plan::PlannedCase,
};

use super::duet::{Placed, Played};

/// What a comparison came to so far.
#[derive(Default)]
pub struct Tally {
    /// The findings.
    pub findings: Findings,
    /// What rules and noise hid, by rule and path.
    pub hidden: BTreeMap<(String, String), (u64, String)>,
    /// The cases that were compared.
    pub compared: BTreeSet<String>,
    /// What was judged since builds were last read, by case: of no one build, perhaps.
    pub(super) held: Vec<(String, Vec<Placed>)>,
    /// Cases that wait for a change to arrive.
    pub(super) waiting: Vec<Waiting>,
}

impl Tally {
    /// Puts what was held under its causes, but for cases that are of no one build.
    pub(super) fn find(&mut self, blocked: &BTreeMap<String, String>) {
        for (case, judged) in std::mem::take(&mut self.held) {
            if blocked.contains_key(&case) {
                continue;
            }
            for placed in &judged {
                let against = Against::Environment { before: placed.before.as_deref() };
                let spot = Spot { case: &case, step: &placed.step, title: &placed.title, against };
                self.findings.add(spot, &placed.judged);
            }
            self.compared.insert(case);
        }
    }
}

/// A case with everything that is known of it but the late changes.
pub(super) struct Waiting {
    pub(super) case: Arc<PlannedCase>,
    pub(super) attempts: u32,
    pub(super) played: Played,
}
