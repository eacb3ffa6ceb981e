//! What is planted, what was found, and whether the two agree.

use std::collections::BTreeSet;

use prodiff_core::{
    known::Approved,
    record::{Aspect, Finding, Verdict},
    verdict::Status,
};
use prodiff_sandbox::Fault;

/// A defect, and the finding that it must show as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Planted {
    /// The defect.
    pub(super) fault: Fault,
    /// Where it shows.
    pub(super) aspect: Aspect,
    /// The finding's path pattern.
    pub(super) path: &'static str,
    /// The finding's kind.
    pub(super) kind: &'static str,
    /// What it must be called.
    pub(super) verdict: Verdict,
}

/// Three defects of production alone, and a cache that nobody cleared.
pub(super) const PLANTED: [Planted; 4] = [
    Planted {
        fault: Fault::CorsLost,
        aspect: Aspect::Header,
        path: "access-control-allow-origin",
        kind: "removed",
        verdict: Verdict::CandidateOnly,
    },
    Planted { fault: Fault::NullField, aspect: Aspect::Body, path: "$[*].summary", kind: "retyped", verdict: Verdict::CandidateOnly },
    Planted { fault: Fault::Soft404, aspect: Aspect::Status, path: "status", kind: "changed", verdict: Verdict::CandidateOnly },
    Planted { fault: Fault::ForgottenCache, aspect: Aspect::Body, path: "${*}", kind: "removed", verdict: Verdict::NotReleased },
];

impl Planted {
    fn shows_as(&self, finding: &Finding) -> bool {
        (finding.verdict, finding.aspect, finding.path.as_str(), finding.kind.as_str()) == (self.verdict, self.aspect, self.path, self.kind)
            && finding.fails
    }
}

/// What was planted beside what was found.
#[derive(Debug)]
pub(super) struct Tally<'a> {
    /// Every planted defect with the findings that it shows as; none where it was missed.
    pub(super) planted: Vec<(&'a Planted, Vec<&'a Finding>)>,
    /// Findings that somebody would have to look at, and that nothing planted explains.
    pub(super) unexplained: Vec<&'a Finding>,
    /// Cases that did not pass, and that no planted defect explains.
    pub(super) unexplained_cases: Vec<&'a (String, Status)>,
}

impl<'a> Tally<'a> {
    /// Holds what was found, and how the cases ended, against what was planted.
    pub(super) fn new(planted: &'a [Planted], findings: &'a [Finding], cases: &'a [(String, Status)], approved: &Approved) -> Self {
        let planted: Vec<(&Planted, Vec<&Finding>)> =
            planted.iter().map(|planted| (planted, findings.iter().filter(|finding| planted.shows_as(finding)).collect())).collect();
        let explained = |finding: &Finding| planted.iter().any(|(planted, _)| planted.shows_as(finding));
        let touched: BTreeSet<&str> =
            planted.iter().flat_map(|(_, found)| found).flat_map(|found| &found.places).map(|place| place.case.as_str()).collect();
        Self {
            unexplained: findings.iter().filter(|finding| calls(finding, approved) && !explained(finding)).collect(),
            unexplained_cases: cases.iter().filter(|(id, status)| !is_well(*status) && !touched.contains(id.as_str())).collect(),
            planted,
        }
    }

    /// How many planted defects were found.
    pub(super) fn n_found(&self) -> usize {
        self.planted.iter().filter(|(_, found)| !found.is_empty()).count()
    }

    /// Whether everything planted was found, and nothing else.
    pub(super) fn agrees(&self) -> bool {
        self.n_found() == self.planted.len() && self.unexplained.is_empty() && self.unexplained_cases.is_empty()
    }
}

/// Whether somebody would have to look at a finding: it fails, could not be decided, or is a change that nobody approved.
fn calls(finding: &Finding, approved: &Approved) -> bool {
    let is_approved = !finding.digests_cut && finding.digests.iter().all(|values| approved.find(&finding.fingerprint, values).is_some());
    match finding.verdict {
        Verdict::Released => finding.fails || !is_approved,
        Verdict::Unsure => true,
        Verdict::CandidateOnly
        | Verdict::Diverged
        | Verdict::NotReleased
        | Verdict::Different
        | Verdict::Changed
        | Verdict::Lagging
        | Verdict::Standing
        | Verdict::Gone
        | Verdict::Unchanged => finding.fails,
    }
}

fn is_well(status: Status) -> bool {
    match status {
        Status::Passed => true,
        Status::Skipped | Status::Flaky | Status::Unreviewed | Status::Blocked | Status::Failed => false,
    }
}

#[cfg(test)]
mod tests {
    use prodiff_core::{
        known::Approval,
        record::{Place, Severity, ValueDigests},
    };

    use super::*;

    fn digests() -> ValueDigests {
        ValueDigests { expected: String::from("aa"), actual: String::from("bb") }
    }

    fn finding(planted: &Planted) -> Finding {
        Finding {
            fingerprint: String::from("0a1b2c"),
            verdict: planted.verdict,
            severity: Severity::Breaking,
            fails: true,
            aspect: planted.aspect,
            kind: planted.kind.to_owned(),
            path: planted.path.to_owned(),
            count: 1,
            summary: String::new(),
            why: String::new(),
            places: vec![Place { case: String::from("api::touched"), ..Place::default() }],
            digests: vec![digests()],
            digests_cut: false,
        }
    }

    fn case(id: &str, status: Status) -> (String, Status) {
        (id.to_owned(), status)
    }

    /// What is missed and what is found beyond it, for these findings and cases.
    fn check(
        findings: &[Finding],
        cases: &[(String, Status)],
        approved: &Approved,
        n_found: usize,
        unexplained: usize,
        unexplained_cases: usize,
    ) {
        let tally = Tally::new(&PLANTED, findings, cases, approved);
        assert_eq!((tally.n_found(), tally.unexplained.len(), tally.unexplained_cases.len()), (n_found, unexplained, unexplained_cases));
        assert_eq!(tally.agrees(), n_found == PLANTED.len() && unexplained == 0 && unexplained_cases == 0);
    }

    #[test]
    fn what_was_planted_and_nothing_else_agrees() {
        let found: Vec<Finding> = PLANTED.iter().map(finding).collect();
        let cases = [case("api::touched", Status::Failed), case("api::other", Status::Passed)];
        check(&found, &cases, &Approved::default(), 4, 0, 0);
    }

    #[test]
    fn a_planted_defect_that_was_missed_disagrees() {
        let found: Vec<Finding> = PLANTED.iter().map(finding).collect();
        for missed in 0..PLANTED.len() {
            let mut found = found.clone();
            found.remove(missed);
            check(&found, &[], &Approved::default(), 3, 0, 0);
        }
        check(&[], &[], &Approved::default(), 0, 0, 0);
    }

    #[test]
    fn a_planted_defect_under_another_verdict_or_that_passes_is_missed() {
        let with = |change: fn(&mut Finding)| {
            let mut found: Vec<Finding> = PLANTED.iter().map(finding).collect();
            change(&mut found[0]);
            found
        };
        check(&with(|finding| finding.verdict = Verdict::Different), &[], &Approved::default(), 3, 1, 0);
        check(&with(|finding| finding.kind = String::from("changed")), &[], &Approved::default(), 3, 1, 0);
        check(&with(|finding| finding.fails = false), &[], &Approved::default(), 3, 0, 0);
    }

    #[test]
    fn a_finding_that_was_not_planted_disagrees_if_somebody_must_look() {
        let with = |verdict, fails| {
            let mut found: Vec<Finding> = PLANTED.iter().map(finding).collect();
            found.push(Finding { verdict, fails, path: String::from("$.other"), ..finding(&PLANTED[1]) });
            found
        };
        let mut approved = Approved::default();
        for (verdict, fails, unexplained) in [
            (Verdict::CandidateOnly, true, 1),
            (Verdict::CandidateOnly, false, 0),
            (Verdict::Released, false, 1),
            (Verdict::Unsure, false, 1),
            (Verdict::Standing, false, 0),
        ] {
            check(&with(verdict, fails), &[], &approved, 4, unexplained, 0);
        }
        approved.add(Approval {
            fingerprint: String::from("0a1b2c"),
            what: String::new(),
            release: None,
            who: String::new(),
            when: String::new(),
            values: BTreeSet::from([digests()]),
        });
        check(&with(Verdict::Released, false), &[], &approved, 4, 0, 0);
    }

    #[test]
    fn a_case_that_nothing_planted_explains_disagrees() {
        let found: Vec<Finding> = PLANTED.iter().map(finding).collect();
        for status in [Status::Failed, Status::Blocked, Status::Unreviewed, Status::Flaky, Status::Skipped] {
            check(&found, &[case("api::other", status)], &Approved::default(), 4, 0, 1);
        }
        check(&found, &[case("api::other", Status::Passed)], &Approved::default(), 4, 0, 0);
    }
}
