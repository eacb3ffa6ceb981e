//! From a finding to an entry of `approved.yaml` or `known.yaml`. Nothing is ever accepted by a retry or by CI: a person does.

use chrono::NaiveDate;

use super::{Approval, KnownDifference};
use crate::record::{Finding, Verdict};

/// Who accepts, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// Who.
    pub who: String,
    /// When, in RFC 3339.
    pub when: String,
}

/// Why a finding cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAccepted {
    /// Only what a release changed can be approved.
    #[error("`{}` cannot be approved: accept it as known with `--known --reason … --owner … --until …`, or mend it", verdict.name())]
    NotAChange {
        /// What the finding is.
        verdict: Verdict,
    },
    /// The record does not hold what stood on both sides.
    #[error("the record does not hold all values of this finding ({count} places): it cannot be accepted as a whole")]
    ValuesMissing {
        /// How many places the finding has.
        count: u64,
    },
}

/// The approval of a finding: of what a release changed.
///
/// # Errors
/// Its verdict is neither `released` nor `changed`, or the record does not hold its values.
pub fn approve(finding: &Finding, release: Option<&str>, acceptance: &Acceptance) -> Result<Approval, NotAccepted> {
    match finding.verdict {
        Verdict::Released | Verdict::Changed => {}
        Verdict::CandidateOnly
        | Verdict::Diverged
        | Verdict::NotReleased
        | Verdict::Different
        | Verdict::Unsure
        | Verdict::Lagging
        | Verdict::Standing
        | Verdict::Gone
        | Verdict::Unchanged => return Err(NotAccepted::NotAChange { verdict: finding.verdict }),
    }
    require_values(finding)?;
    Ok(Approval {
        fingerprint: finding.fingerprint.clone(),
        what: finding.summary.clone(),
        release: release.map(str::to_owned),
        who: acceptance.who.clone(),
        when: acceptance.when.clone(),
        values: finding.digests.iter().cloned().collect(),
    })
}

/// A finding as a known difference.
///
/// # Errors
/// The record does not hold its values.
pub fn know(finding: &Finding, reason: &str, owner: &str, until: NaiveDate) -> Result<KnownDifference, NotAccepted> {
    require_values(finding)?;
    Ok(KnownDifference {
        fingerprint: finding.fingerprint.clone(),
        what: finding.summary.clone(),
        reason: reason.to_owned(),
        owner: owner.to_owned(),
        until,
        cases: finding.places.iter().map(|place| place.case.clone()).collect(),
        values: finding.digests.iter().cloned().collect(),
    })
}

fn require_values(finding: &Finding) -> Result<(), NotAccepted> {
    if finding.digests.is_empty() || finding.digests_cut {
        return Err(NotAccepted::ValuesMissing { count: finding.count });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Aspect, Place, Severity, ValueDigests};

    fn finding(verdict: Verdict) -> Finding {
        Finding {
            fingerprint: String::from("0a"),
            verdict,
            severity: Severity::Change,
            fails: false,
            aspect: Aspect::Body,
            kind: String::from("changed"),
            path: String::from("$.a"),
            count: 2,
            summary: String::from("`a` → `b`"),
            why: String::new(),
            places: vec![Place { case: String::from("api::a"), ..Place::default() }],
            digests: vec![ValueDigests { expected: String::from("aa"), actual: String::from("bb") }],
            digests_cut: false,
        }
    }

    fn acceptance() -> Acceptance {
        Acceptance { who: String::from("ada"), when: String::from("2026-11-23T10:00:00Z") }
    }

    #[test]
    fn only_what_a_release_changed_is_approved() {
        for verdict in [Verdict::Released, Verdict::Changed] {
            let approval = approve(&finding(verdict), Some("1"), &acceptance()).unwrap();
            assert_eq!((approval.fingerprint.as_str(), approval.release.as_deref(), approval.values.len()), ("0a", Some("1"), 1));
        }
        for verdict in [Verdict::CandidateOnly, Verdict::Diverged, Verdict::NotReleased, Verdict::Different, Verdict::Unsure] {
            assert_eq!(approve(&finding(verdict), None, &acceptance()), Err(NotAccepted::NotAChange { verdict }));
        }
    }

    #[test]
    fn any_finding_can_be_known_if_its_values_are_there() {
        let until = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
        let known = know(&finding(Verdict::CandidateOnly), "r", "o", until).unwrap();
        assert_eq!((known.cases.len(), known.values.len()), (1, 1));
        for cut in
            [Finding { digests_cut: true, ..finding(Verdict::Released) }, Finding { digests: Vec::new(), ..finding(Verdict::Released) }]
        {
            assert_eq!(know(&cut, "r", "o", until), Err(NotAccepted::ValuesMissing { count: 2 }));
            assert_eq!(approve(&cut, None, &acceptance()), Err(NotAccepted::ValuesMissing { count: 2 }));
        }
    }
}
