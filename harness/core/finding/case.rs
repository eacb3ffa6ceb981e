//! What becomes of a case.

use super::{Judged, Judgement};
use crate::verdict::Status;

/// Something of a case that could not be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// It should have been seen: the case is blocked.
    Blocks,
    /// One side does not have it, and that is all: a round, a step of a recorded case, a step behind a failure. It is counted
    /// beside the verdict.
    Counted,
}

/// The status of a case: the worst of what its own expectations came to on either side, of its places, and of what could not
/// be looked at.
#[must_use]
pub fn judge_case<'a>(own: [Status; 2], places: impl IntoIterator<Item = &'a Judged>, lacks: impl IntoIterator<Item = Lack>) -> Status {
    let of_judgement = |judged: &Judged| match judged.judgement {
        Judgement::Pass => Status::Passed,
        Judgement::Unreviewed => Status::Unreviewed,
        Judgement::Fail => Status::Failed,
    };
    let of_lack = |lack| match lack {
        Lack::Blocks => Status::Blocked,
        Lack::Counted => Status::Passed,
    };
    let places = places.into_iter().map(of_judgement);
    own.into_iter().chain(places).chain(lacks.into_iter().map(of_lack)).fold(Status::Passed, Status::worse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        compare::{Difference, Kind, Place, Weight},
        noise::Decision,
        record::{Aspect, Severity, ValueDigests, Verdict},
    };

    fn place(judgement: Judgement) -> Judged {
        Judged {
            fingerprint: String::new(),
            values: ValueDigests { expected: String::new(), actual: String::new() },
            verdict: Verdict::Different,
            severity: Severity::Change,
            judgement,
            aspect: Aspect::Body,
            difference: Difference {
                at: Place::Line(1),
                key: String::new(),
                pattern: String::new(),
                kind: Kind::Changed,
                expected: None,
                actual: None,
                weight: Weight::Full,
                transformation: String::new(),
                note: None,
            },
            decision: Decision::Steady { n_samples: 7 },
            before: None,
            reference: None,
            candidate: None,
            because: String::new(),
        }
    }

    #[test]
    fn the_worst_of_everything() {
        use Judgement::{Fail, Pass, Unreviewed};
        use Status::{Blocked, Failed, Passed};
        let check = |own: [Status; 2], places: &[Judgement], lacks: &[Lack], expected: Status| {
            let places: Vec<Judged> = places.iter().copied().map(place).collect();
            assert_eq!(judge_case(own, &places, lacks.iter().copied()), expected, "{own:?} {lacks:?}");
        };
        check([Passed, Passed], &[], &[], Passed);
        check([Passed, Passed], &[Pass], &[Lack::Counted], Passed);
        check([Passed, Passed], &[Pass, Unreviewed], &[], Status::Unreviewed);
        check([Passed, Passed], &[Unreviewed], &[Lack::Blocks], Blocked);
        check([Passed, Blocked], &[Fail], &[Lack::Blocks], Failed);
        check([Passed, Failed], &[], &[], Failed);
        check([Blocked, Passed], &[], &[], Blocked);
    }
}
