//! What a step answered before the release, as far as it is known: a recorded answer, or the body that was accepted.

use std::sync::Arc;

use super::{
    observation::{Answer, Closeness, compare_answers, compare_readings},
    sample::Index,
    side::Accepted,
};
use crate::{
    attribute::{Contrast, Holds, Seen, is_positional},
    json,
    normalise::Rules,
    reading::{Reading, ReadingBody},
    record::Aspect,
    snapshot::plain_text,
};

/// What was before.
#[derive(Debug, Clone)]
pub(super) enum Past {
    /// A whole answer, and what older runs of the same build were answered.
    Record { record: String, answer: Answer, others: Vec<Answer> },
    /// A body alone.
    Baseline(Accepted),
}

impl Past {
    /// What the report calls it.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Record { record, .. } => record,
            Self::Baseline(accepted) => &accepted.path,
        }
    }

    /// How much of the answer it tells.
    pub(super) fn holds(&self) -> Holds {
        match self {
            Self::Record { .. } => Holds::Everything,
            Self::Baseline(_) => Holds::BodyAlone,
        }
    }

    /// How the two answers of now, reference first, differ from it, and what of the candidate's was not: another run of the
    /// same build had there what there is now. Nothing where it tells nothing of them: an answer that failed to come has no
    /// body.
    pub(super) fn compare(&self, now: [&Answer; 2], rules: &Rules) -> Option<([Contrast; 2], Vec<Seen>)> {
        match self {
            Self::Record { answer, others, .. } => {
                let [mut reference, mut candidate] = now.map(|now| compare_answers(answer, now, rules, Closeness::Values));
                let mut varied = Vec::new();
                for other in others.iter().filter(|other| other.came()) {
                    leave_what_varied(&mut reference, &compare_answers(other, now[0], rules, Closeness::Values));
                    varied.extend(leave_what_varied(&mut candidate, &compare_answers(other, now[1], rules, Closeness::Values)));
                }
                Some(([reference, candidate], varied))
            }
            Self::Baseline(accepted) => {
                let [reference, candidate] = now.map(Answer::reading);
                let (reference, candidate) = (reference?, candidate?);
                let body = body(&accepted.text, [&candidate.body, &reference.body], rules)?;
                let contrasts = [reference, candidate].map(|now| {
                    let before = Reading { body: body.clone(), ..now.clone() };
                    let mut contrast = compare_readings(&before, now, rules, Closeness::Values);
                    contrast.differences.retain(|seen| seen.aspect == Aspect::Body);
                    contrast.n_differences = contrast.differences.len();
                    contrast
                });
                Some((contrasts, Vec::new()))
            }
        }
    }
}

/// Takes out the differences that another run of the same build had not: there the place was as it is now. A place that is known
/// by its position cannot be found again, and stays.
fn leave_what_varied(contrast: &mut Contrast, of_other: &Contrast) -> Vec<Seen> {
    let other = Index::new(of_other);
    let is_steady = |seen: &Seen| is_positional(&seen.difference.key) || !other.at(seen).is_empty() || other.covers(seen);
    let (steady, varied) = std::mem::take(&mut contrast.differences).into_iter().partition(is_steady);
    contrast.differences = steady;
    contrast.n_differences = contrast.n_differences.saturating_sub(varied.len());
    varied
}

/// An accepted text as a body of the kind that the sides answer with now.
fn body(text: &str, now: [&ReadingBody; 2], rules: &Rules) -> Option<ReadingBody> {
    if now.iter().any(|body| matches!(body, ReadingBody::Json(_)))
        && let Ok(document) = json::read(text)
    {
        return Some(ReadingBody::Json(Arc::new(document.json)));
    }
    // A baseline has the text by the rules and with one line break at its end: a body that is kept as the same text was it.
    let kept = |body: &str| plain_text(&rules.apply_text(body).text).text.trim_end_matches('\n') == text.trim_end_matches('\n');
    for body in now {
        match body {
            ReadingBody::Html(now) | ReadingBody::Text(now) if kept(now) => return Some(body.clone()),
            ReadingBody::Html(_) | ReadingBody::Text(_) => {}
            ReadingBody::Empty
            | ReadingBody::Json(_)
            | ReadingBody::Bytes { .. }
            | ReadingBody::OverLimit { .. }
            | ReadingBody::Broken { .. } => {}
        }
    }
    match now[0] {
        ReadingBody::Html(_) => Some(ReadingBody::Html(format!("{text}\n"))),
        ReadingBody::Text(now) => Some(ReadingBody::Text(if now.ends_with('\n') { format!("{text}\n") } else { text.to_owned() })),
        ReadingBody::Empty if text.is_empty() => Some(ReadingBody::Empty),
        ReadingBody::Empty | ReadingBody::Json(_) => Some(ReadingBody::Text(text.to_owned())),
        ReadingBody::Bytes { .. } | ReadingBody::OverLimit { .. } | ReadingBody::Broken { .. } => None,
    }
}
