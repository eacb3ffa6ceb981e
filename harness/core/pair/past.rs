//! What a step answered before the release, as far as it is known: a recorded answer, or the body that was accepted.

use std::sync::Arc;

use super::{
    observation::{Answer, Closeness, compare_answers, compare_readings},
    side::Accepted,
};
use crate::{
    attribute::{Contrast, Holds},
    json,
    normalise::Rules,
    reading::{Reading, ReadingBody},
    record::Aspect,
    snapshot::plain_text,
};

/// What was before.
#[derive(Debug, Clone)]
pub(super) enum Past {
    /// A whole answer.
    Record { record: String, answer: Answer },
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

    /// How the two answers of now, reference first, differ from it. Nothing where it tells nothing of them: an answer that
    /// failed to come has no body.
    pub(super) fn compare(&self, now: [&Answer; 2], rules: &Rules) -> Option<[Contrast; 2]> {
        match self {
            Self::Record { answer, .. } => Some(now.map(|now| compare_answers(answer, now, rules, Closeness::Values))),
            Self::Baseline(accepted) => {
                let [reference, candidate] = now.map(Answer::reading);
                let (reference, candidate) = (reference?, candidate?);
                let body = body(&accepted.text, [&candidate.body, &reference.body], rules)?;
                Some([reference, candidate].map(|now| {
                    let before = Reading { body: body.clone(), ..now.clone() };
                    let mut contrast = compare_readings(&before, now, rules, Closeness::Values);
                    contrast.differences.retain(|seen| seen.aspect == Aspect::Body);
                    contrast.n_differences = contrast.differences.len();
                    contrast
                }))
            }
        }
    }
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
