//! A step as it happened becomes a step as it is kept: named, its body stored once, every failure at its line.

use std::time::Duration;

use super::{BodyKind, BodyReference, Exchange, Expectation, Failure, Redirect, Response, Role, Step};
use crate::{
    action::HttpRequest,
    execute::trace::{Seen, StepFailure, StepTrace},
    json::{self, Json},
    mask::{self, Naming},
    plan::PlannedCase,
    reading::{Reading, ReadingBody},
    suite::model::Compare,
};

/// How much of a body stands in the record itself, in bytes.
pub const EXCERPT: usize = 2_000;
/// How much of a body stands beside a failure, in lines and bytes.
const FAILURE_EXCERPT: (usize, usize) = (12, 800);

/// Whose step it is.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    /// The case.
    pub case: &'a PlannedCase,
    /// Its attempt, counted from 1.
    pub attempt: u32,
    /// The environment.
    pub environment: &'a str,
    /// Its side.
    pub role: Role,
}

/// Keeps a step. `store` puts a body away and says under which name.
pub fn step(
    trace: &StepTrace,
    reading: Option<&Reading>,
    author: Author<'_>,
    naming: &Naming,
    store: &mut dyn FnMut(&str) -> Option<String>,
) -> Step {
    let raw = |text: &str| naming.name_text(text, mask::Content::Raw).into_owned();
    let written = &author.case.steps(trace.section)[trace.index];
    let curl = trace.request.as_ref().map(|request| mask::curl(request, naming.secrets()));
    let exchange = trace.request.as_ref().map(|request| exchange(trace, request, reading, curl.clone(), naming, store));
    let excerpt = reading.filter(|_| !trace.failures.is_empty()).map(failure_excerpt).unwrap_or_default();
    let title = raw(&trace.title);
    Step {
        case: author.case.id.as_str().to_owned(),
        attempt: author.attempt,
        environment: author.environment.to_owned(),
        role: author.role,
        step: trace.path(),
        file: written.span.source.name.clone(),
        line: written.span.line(),
        status: trace.status,
        at_ms: milliseconds(trace.began),
        duration_ms: milliseconds(trace.took),
        requests: trace.requests,
        exchange,
        expectations: trace
            .judgements
            .iter()
            .map(|judgement| Expectation {
                line: judgement.span.as_ref().unwrap_or(&written.span).line(),
                subject: raw(&judgement.subject),
                holds: judgement.holds,
                expected: raw(&judgement.expected),
                actual: raw(&judgement.actual),
            })
            .collect(),
        captures: trace
            .captures
            .iter()
            .map(|captured| {
                let value = if captured.secret { format!("{{{{ secret.{} }}}}", captured.name) } else { raw(&shown(&captured.value)) };
                (captured.name.clone(), value)
            })
            .collect(),
        failures: trace.failures.iter().map(|failure| kept(failure, &title, author, &excerpt, curl.as_deref(), &raw)).collect(),
        compared: written.compare == Compare::Yes && matches!(trace.seen, Seen::Exchange(_)),
        title,
    }
}

fn kept(
    failure: &StepFailure,
    title: &str,
    author: Author<'_>,
    excerpt: &str,
    curl: Option<&str>,
    raw: &dyn Fn(&str) -> String,
) -> Failure {
    let position = failure.span.position();
    Failure {
        status: failure.status,
        environment: author.environment.to_owned(),
        file: failure.span.source.name.clone(),
        line: position.line,
        column: position.column,
        step: title.to_owned(),
        message: raw(&failure.message),
        expected: raw(&failure.expected),
        actual: raw(&failure.actual),
        excerpt: excerpt.to_owned(),
        curl: curl.unwrap_or_default().to_owned(),
    }
}

fn exchange(
    trace: &StepTrace,
    request: &HttpRequest,
    reading: Option<&Reading>,
    curl: Option<String>,
    naming: &Naming,
    store: &mut dyn FnMut(&str) -> Option<String>,
) -> Exchange {
    let raw = |text: &str| naming.name_text(text, mask::Content::Raw).into_owned();
    let request_headers = request
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), naming.name_header(name, value, mask::Content::Raw).into_owned()))
        .collect();
    let request_body = request.body.as_ref().map(|bytes| match std::str::from_utf8(bytes) {
        Ok(text) => {
            let named = raw(text);
            BodyReference {
                kind: if named.is_empty() { BodyKind::Empty } else { BodyKind::Text },
                stored: if named.is_empty() { None } else { store(&named) },
                size: bytes.len() as u64,
                sha256: None,
                excerpt: cut(&named, EXCERPT),
            }
        }
        Err(_) => BodyReference { kind: BodyKind::Bytes, stored: None, size: bytes.len() as u64, sha256: None, excerpt: String::new() },
    });
    let own = matches!(trace.seen, Seen::Exchange(_));
    let response = reading.filter(|_| own).map(|reading| {
        let elapsed = trace.seen.exchange().map_or(Duration::ZERO, |exchange| exchange.elapsed);
        Response {
            status: reading.status,
            version: reading.version.clone(),
            url: reading.url.clone(),
            headers: headers(reading),
            body: body(reading, store),
            connect_ms: reading.timing.connect.map(milliseconds),
            first_byte_ms: milliseconds(reading.timing.first_byte),
            total_ms: milliseconds(elapsed),
        }
    });
    let fault = match &trace.seen {
        Seen::Fault(fault) => Some(raw(&format!("{}: {}", fault.kind.name(), fault.detail))),
        Seen::Nothing | Seen::Exchange(_) | Seen::Earlier(_) => None,
    };
    Exchange {
        method: request.method.clone(),
        url: raw(request.url.as_str()),
        request_headers,
        request_body,
        curl: curl.unwrap_or_default(),
        redirects: reading
            .filter(|_| own)
            .map(|reading| reading.redirects.iter().map(|(status, to)| Redirect { status: *status, to: to.clone() }).collect())
            .unwrap_or_default(),
        response,
        fault,
    }
}

/// Headers as they are kept: `set-cookie` with its attributes and without its value.
fn headers(reading: &Reading) -> Vec<(String, String)> {
    let cookies = reading.cookies.iter().map(|cookie| {
        let attributes: String = cookie.attributes.iter().map(|attribute| format!("; {attribute}")).collect();
        (String::from("set-cookie"), format!("{}={}{attributes}", cookie.name, mask::MASK))
    });
    reading.headers.iter().cloned().chain(cookies).collect()
}

fn body(reading: &Reading, store: &mut dyn FnMut(&str) -> Option<String>) -> BodyReference {
    let (kind, text, sha256) = match &reading.body {
        ReadingBody::Empty => (BodyKind::Empty, None, None),
        ReadingBody::Json(json) => (BodyKind::Json, Some(json::to_pretty(json)), None),
        ReadingBody::Html(text) => (BodyKind::Html, Some(text.clone()), None),
        ReadingBody::Text(text) => (BodyKind::Text, Some(text.clone()), None),
        ReadingBody::Bytes { sha256 } => (BodyKind::Bytes, None, Some(sha256.clone())),
        ReadingBody::OverLimit { sha256 } => (BodyKind::OverLimit, None, Some(sha256.clone())),
        ReadingBody::Broken { .. } => (BodyKind::Broken, None, None),
    };
    BodyReference {
        kind,
        stored: text.as_deref().and_then(store),
        size: reading.size,
        sha256,
        excerpt: text.as_deref().map(|text| cut(text, EXCERPT)).unwrap_or_default(),
    }
}

fn failure_excerpt(reading: &Reading) -> String {
    let (lines, bytes) = FAILURE_EXCERPT;
    let text = match &reading.body {
        ReadingBody::Json(json) => json::to_pretty(json),
        ReadingBody::Html(text) | ReadingBody::Text(text) => text.clone(),
        ReadingBody::Empty | ReadingBody::Bytes { .. } | ReadingBody::OverLimit { .. } | ReadingBody::Broken { .. } => String::new(),
    };
    let mut head: Vec<&str> = text.lines().take(lines + 1).collect();
    let more = head.len() > lines;
    head.truncate(lines);
    let mut excerpt = cut(&head.join("\n"), bytes);
    if more && !excerpt.ends_with('…') {
        excerpt.push_str("\n…");
    }
    excerpt
}

/// The beginning of a text, at most so many bytes, with `…` where something is missing.
#[must_use]
pub fn cut(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let mut end = bytes;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}

fn shown(value: &Json) -> String {
    match value {
        Json::String(text) => cut(text, EXCERPT),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::List(_) | Json::Map(_) => cut(&json::to_compact(value), EXCERPT),
    }
}

/// Milliseconds with three digits behind the point.
#[must_use]
pub fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}
