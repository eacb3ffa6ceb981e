//! Takes a snapshot of a reading and holds it against its baseline.

use super::Form;
use crate::{
    compare::{self, Hidden},
    execute::trace::Kept,
    json,
    mask::Naming,
    normalise::Rules,
    reading::{Reading, ReadingBody, page_text},
    snapshot::{Canonical, headers_text, json_text, plain_text, shape},
    suite::model::{SnapshotContent, SnapshotSpec},
};

/// One thing that a snapshot keeps.
#[derive(Debug, Clone, PartialEq)]
pub struct TakenContent {
    /// The snapshot's name, with what it keeps where it keeps several things: `plugin`, `plugin.headers`.
    pub name: String,
    /// What it is a text of.
    pub form: Form,
    /// Its text, or why there is none.
    pub canonical: Result<Canonical, String>,
    /// What rules hid.
    pub hidden: Vec<Hidden>,
}

/// How a snapshot differs from its baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The differences.
    pub comparison: compare::Comparison,
    /// Whether there is none that counts.
    pub is_equal: bool,
}

/// Takes everything that a snapshot keeps of a reading.
#[must_use]
pub fn take(spec: &SnapshotSpec, reading: &Reading, rules: &Rules) -> Vec<TakenContent> {
    spec.contents
        .iter()
        .map(|content| {
            let name = match suffix(content) {
                Some(suffix) if spec.contents.len() > 1 => format!("{}.{suffix}", spec.name),
                Some(_) | None => spec.name.clone(),
            };
            let form = form(content, &reading.body);
            match canonical(content, reading, rules) {
                Ok((canonical, hidden)) => TakenContent { name, form, canonical: Ok(canonical), hidden },
                Err(why) => TakenContent { name, form, canonical: Err(why), hidden: Vec::new() },
            }
        })
        .collect()
}

/// Takes everything that a snapshot keeps of a page. `kept` is called by the places of the snapshot's contents.
#[must_use]
pub fn take_page(spec: &SnapshotSpec, kept: &[Kept], naming: &Naming, rules: &Rules) -> Vec<TakenContent> {
    let take = |(index, content): (usize, &SnapshotContent)| {
        let name = match suffix(content) {
            Some(suffix) if spec.contents.len() > 1 => format!("{}.{suffix}", spec.name),
            Some(_) | None => spec.name.clone(),
        };
        let what = content.kept_as(index);
        let answer = kept.iter().find(|kept| Some(&kept.what) == what.as_ref()).map(|kept| &kept.answer);
        let text = match answer {
            Some(answer) => page_text(answer, naming),
            None => Err(String::from("the step ended before it could be taken")),
        };
        match text {
            Ok(text) => {
                let normalised = rules.apply_text(&text);
                TakenContent { name, form: Form::Plain, canonical: Ok(plain_text(&normalised.text)), hidden: normalised.hidden }
            }
            Err(why) => TakenContent { name, form: Form::Plain, canonical: Err(why), hidden: Vec::new() },
        }
    };
    spec.contents.iter().enumerate().map(take).collect()
}

/// The name under which a snapshot keeps the whole body, if it does.
#[must_use]
pub fn body_name(spec: &SnapshotSpec) -> Option<String> {
    let keeps_body = |content: &SnapshotContent| match content {
        SnapshotContent::Body | SnapshotContent::Json => true,
        SnapshotContent::Text
        | SnapshotContent::Shape
        | SnapshotContent::Headers(_)
        | SnapshotContent::Aria(_)
        | SnapshotContent::PageText(_)
        | SnapshotContent::PageHtml(_) => false,
    };
    spec.contents.iter().any(keeps_body).then(|| spec.name.clone())
}

/// What tells the things that one snapshot keeps apart; the body has the plain name.
fn suffix(content: &SnapshotContent) -> Option<&'static str> {
    match content {
        SnapshotContent::Body | SnapshotContent::Json | SnapshotContent::Aria(_) => None,
        SnapshotContent::Text | SnapshotContent::PageText(_) => Some("text"),
        SnapshotContent::PageHtml(_) => Some("html"),
        SnapshotContent::Shape => Some("shape"),
        SnapshotContent::Headers(_) => Some("headers"),
    }
}

fn form(content: &SnapshotContent, body: &ReadingBody) -> Form {
    match (content, body) {
        (SnapshotContent::Headers(_), _) => Form::Headers,
        (SnapshotContent::Body | SnapshotContent::Text, ReadingBody::Html(_)) => Form::Html,
        (
            SnapshotContent::Body
            | SnapshotContent::Text
            | SnapshotContent::Json
            | SnapshotContent::Shape
            | SnapshotContent::Aria(_)
            | SnapshotContent::PageText(_)
            | SnapshotContent::PageHtml(_),
            _,
        ) => Form::Plain,
    }
}

fn canonical(content: &SnapshotContent, reading: &Reading, rules: &Rules) -> Result<(Canonical, Vec<Hidden>), String> {
    let text = |text: &str| {
        let normalised = rules.apply_text(text);
        (plain_text(&normalised.text), normalised.hidden)
    };
    match (content, &reading.body) {
        (SnapshotContent::Headers(names), _) => Ok((headers_text(&reading.headers, names), Vec::new())),
        (SnapshotContent::Aria(_) | SnapshotContent::PageText(_) | SnapshotContent::PageHtml(_), _) => {
            Err(String::from("this step yields a response and no page"))
        }
        (_, ReadingBody::Broken { fault }) => Err(format!("the body could not be read: {fault}")),
        (_, ReadingBody::OverLimit { .. }) => Err(String::from("the body is over the size limit")),
        (_, ReadingBody::Bytes { .. }) => Err(String::from("the body is neither JSON nor text")),
        (SnapshotContent::Body | SnapshotContent::Json, ReadingBody::Json(json)) => {
            let normalised = rules.apply((**json).clone());
            Ok((json_text(normalised.json), normalised.hidden))
        }
        (SnapshotContent::Shape, ReadingBody::Json(json)) => {
            let normalised = rules.apply((**json).clone());
            Ok((json_text(shape(&normalised.json)), normalised.hidden))
        }
        (SnapshotContent::Json | SnapshotContent::Shape, ReadingBody::Empty) => Err(String::from("the body is empty and no JSON")),
        (SnapshotContent::Json | SnapshotContent::Shape, ReadingBody::Html(_) | ReadingBody::Text(_)) => {
            let kind = reading.content_type().unwrap_or_else(|| String::from("of no stated type"));
            Err(format!("the body is no JSON but {kind}"))
        }
        (SnapshotContent::Body | SnapshotContent::Text, ReadingBody::Empty) => Ok(text("")),
        (SnapshotContent::Body | SnapshotContent::Text, ReadingBody::Html(body) | ReadingBody::Text(body)) => Ok(text(body)),
        (SnapshotContent::Text, ReadingBody::Json(json)) => Ok(text(&json::to_pretty(json))),
    }
}

/// Holds a snapshot against the text of its baseline, by structure where both are JSON, else line by line.
///
/// The rules hold for the baseline too: one that was accepted before a rule was written need not be accepted again.
#[must_use]
pub fn compare(expected: &str, actual: &Canonical, rules: &Rules) -> Compared {
    let both = actual.json.as_ref().and_then(|actual| Some((json::read(expected).ok()?.json, actual)));
    let comparison = match both {
        Some((expected, actual)) => compare::json(&rules.apply(expected).json, actual, &rules.options()),
        None => compare::text::text(rules.apply_text(expected).text.trim_end(), actual.text.trim_end()),
    };
    Compared { is_equal: comparison.is_equal(), comparison }
}
