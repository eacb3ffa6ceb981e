//! A step as it happened becomes a step as it is kept: named, its body stored once, every failure at its line.

use std::{borrow::Cow, time::Duration};

use super::{BodyKind, BodyReference, CaseStarted, Exchange, Expectation, Failure, Page, Redirect, Response, Role, Step};
use crate::{
    action::{HttpRequest, SetCookie},
    execute::trace::{Kept, SHOWN, Seen, StepFailure, StepTrace},
    json::{self, Json},
    mask::{self, Naming, Secrets},
    observation::{
        Content,
        page::{Answer, ConsoleLevel},
    },
    plan::PlannedCase,
    reading::{PageReading, Reading, ReadingBody, page_text},
    suite::model::Compare,
};

/// How much of a body stands in the record itself, in bytes.
pub const EXCERPT: usize = 2_000;
/// A cookie as long as this is no word that other texts hold too.
const MIN_COOKIE: usize = 16;
/// Nor is one of letters and digits that is as long as this.
const MIN_MIXED_COOKIE: usize = 8;
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

/// The beginning of a case, this long after its run began.
#[must_use]
pub fn started(case: &PlannedCase, at: Duration) -> CaseStarted {
    let (file, line) = case.place();
    CaseStarted {
        case: case.id.as_str().to_owned(),
        suite: case.suite.name.clone(),
        name: case.name(),
        tags: case.tags().into_iter().map(str::to_owned).collect(),
        file,
        line,
        at_ms: milliseconds(at),
    }
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
        page: None,
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

/// Cookies whose values stand outside of the headers that carry them, in whatever encoding: what a session holds is secret,
/// also where the site throws it back. Name and value of each. Short words (`theme=dark`) are not taken for secrets.
#[must_use]
pub fn cookies_thrown_back(trace: &StepTrace) -> Vec<(String, String)> {
    let exchange = trace.seen.exchange();
    let sent = trace.request.iter().flat_map(|request| &request.headers).filter(|(name, _)| name.eq_ignore_ascii_case("cookie"));
    let sent = sent.flat_map(|(_, value)| value.split(';')).filter_map(|pair| pair.trim().split_once('=')).map(|(name, value)| {
        // What was sent may have been set with quotes around it.
        (name.to_owned(), value.trim_matches('"').to_owned())
    });
    let set = exchange.into_iter().flat_map(|exchange| exchange.response.headers("set-cookie")).filter_map(SetCookie::parse);
    let set = set.map(|cookie| (cookie.name, cookie.value.trim_matches('"').to_owned()));
    let mut cookies: Vec<(String, String)> = sent.chain(set).filter(|(_, value)| is_telling(value)).collect();
    cookies.sort();
    cookies.dedup();
    cookies.retain(|(name, value)| {
        let mut known = Secrets::default();
        known.add(name, value).is_ok() && is_thrown_back(trace, &known)
    });
    cookies
}

fn is_telling(value: &str) -> bool {
    let length = value.chars().count();
    let is_mixed = value.contains(|letter: char| letter.is_ascii_digit()) && value.contains(char::is_alphabetic);
    length >= MIN_COOKIE || (is_mixed && length >= MIN_MIXED_COOKIE)
}

fn is_thrown_back(trace: &StepTrace, known: &Secrets) -> bool {
    let holds = |text: &str| matches!(known.mask_text(text), Cow::Owned(_));
    let of_exchange = trace.seen.exchange().is_some_and(|exchange| {
        let in_body = match &exchange.response.body.content {
            Content::Whole(bytes) => matches!(known.mask_bytes(bytes), Cow::Owned(_)),
            Content::OverLimit { .. } | Content::Broken(_) => false,
        };
        let mut headers = exchange.response.headers.iter().filter(|(name, _)| name != "set-cookie");
        in_body
            || headers.any(|(_, value)| holds(value))
            || exchange.hops.iter().any(|hop| holds(hop.to.as_str()))
            || holds(exchange.response.url.as_str())
    });
    of_exchange
        || holds(&trace.title)
        || trace.request.as_ref().is_some_and(|request| {
            let mut headers = request.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("cookie"));
            holds(request.url.as_str())
                || headers.any(|(_, value)| holds(value))
                || request.body.as_ref().is_some_and(|bytes| matches!(known.mask_bytes(bytes), Cow::Owned(_)))
        })
        || trace.judgements.iter().any(|judged| holds(&judged.expected) || holds(&judged.actual) || holds(&judged.message))
        || trace.failures.iter().any(|failure| holds(&failure.message) || holds(&failure.actual))
        || trace.captures.iter().any(|captured| holds(&shown(&captured.value)))
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
        screenshot: String::new(),
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
        Seen::Nothing | Seen::Exchange(_) | Seen::Earlier(_) | Seen::Page(_) => None,
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

/// Messages and failed requests of a page that the record lists.
const MOST_LISTED: usize = 50;

/// What is kept of the page of a step that failed.
const ARTIFACTS: [&str; 3] = ["screenshot", "aria", "html"];

/// Where things go that a page leaves besides words.
pub trait Shelf {
    /// Keeps a text and says in which file below the record; nothing when it cannot.
    fn text(&mut self, text: &str) -> Option<String>;
    /// Keeps an image in PNG and says in which file below the record; nothing when it cannot.
    fn png(&mut self, bytes: &[u8]) -> Option<String>;
}

/// The page of a browser's step, as it is kept; nothing for other steps.
#[must_use]
pub fn page(trace: &StepTrace, case: &PlannedCase, naming: &Naming, shelf: &mut dyn Shelf) -> Option<Page> {
    let seen = trace.seen.page()?;
    let reading = PageReading::of(&seen.page, naming);
    let browser = case.browser.as_ref().map(|browser| format!("{} {}", browser.name, browser.viewport)).unwrap_or_default();
    let level = |level: ConsoleLevel| match level {
        ConsoleLevel::Info => "info",
        ConsoleLevel::Warning => "warning",
        ConsoleLevel::Error => "error",
        ConsoleLevel::Uncaught => "uncaught",
    };
    let console = reading
        .console
        .ok()
        .map(|messages| messages.iter().take(MOST_LISTED).map(|(of, text)| format!("{}: {}", level(*of), cut(text, EXCERPT))).collect());
    let requests = reading.requests.ok();
    let failed = requests.iter().flatten().filter(|request| request.has_failed).take(MOST_LISTED);
    let failed_requests = failed
        .map(|request| format!("{} {}: {}", request.method, cut(&request.url, EXCERPT), request.outcome.as_deref().unwrap_or_default()))
        .collect();
    // Only of a step that failed: what it kept otherwise is its snapshot.
    let has_failed = !trace.failures.is_empty();
    let mut no_picture = None;
    let mut artifacts = Vec::new();
    for kept in seen.kept.iter().filter(|kept| has_failed && ARTIFACTS.contains(&kept.what.as_str())) {
        let file = match &kept.answer {
            Answer::Png(bytes) => match may_be_kept(&seen.kept, naming) {
                Ok(()) => shelf.png(bytes),
                Err(why) => {
                    no_picture = Some(why);
                    None
                }
            },
            answer => match page_text(answer, naming) {
                Ok(text) => shelf.text(&text),
                Err(why) => {
                    no_picture = no_picture.or_else(|| (kept.what == "screenshot").then_some(why));
                    None
                }
            },
        };
        artifacts.extend(file.map(|file| (kept.what.clone(), file)));
    }
    // In the order of reading: how it looked comes first.
    artifacts.sort_by_key(|(what, _)| what != "screenshot");
    let mut before = Vec::new();
    for shot in seen.before.iter().filter(|shot| has_failed && may_be_kept(&shot.kept, naming).is_ok()) {
        let png = shot.kept.iter().find_map(|kept| match &kept.answer {
            Answer::Png(bytes) => shelf.png(bytes),
            _ => None,
        });
        before.extend(png.map(|file| (naming.name_text(&shot.title, mask::Content::Raw).into_owned(), file)));
    }
    let kept: Vec<(String, String)> = if trace.failures.is_empty() {
        let texts = seen.kept.iter().filter_map(|kept| Some((kept.what.clone(), page_text(&kept.answer, naming).ok()?)));
        texts.filter_map(|(what, text)| Some((what, shelf.text(&text)?))).collect()
    } else {
        Vec::new()
    };
    let (meta, links) = if kept.is_empty() { (Vec::new(), Vec::new()) } else { (reading.meta, reading.links) };
    Some(Page {
        meta,
        links,
        kept,
        browser,
        url: reading.url,
        title: reading.title,
        status: reading.status,
        redirects: reading.redirects.into_iter().map(|(status, to)| Redirect { status, to }).collect(),
        console,
        requests: requests.as_ref().map(Vec::len),
        failed_requests,
        artifacts,
        no_picture,
        before,
    })
}

/// Whether a picture shows nothing secret, as far as the text tells that was seen beside it.
fn may_be_kept(beside: &[Kept], naming: &Naming) -> Result<(), String> {
    if naming.secrets().is_empty() {
        return Ok(());
    }
    for shown in SHOWN {
        match beside.iter().find(|kept| kept.what == shown).map(|kept| &kept.answer) {
            Some(Answer::Text(text)) if matches!(naming.secrets().mask_text(text), Cow::Borrowed(_)) => {}
            Some(Answer::Text(_)) => return Err(String::from("the page shows a secret, and pictures cannot be masked")),
            Some(_) | None => return Err(String::from("whether the page shows a secret could not be read, and pictures cannot be masked")),
        }
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Answer, Kept, Naming, SHOWN, Secrets, may_be_kept};
    use crate::mask::Origins;

    /// Whether a picture is kept beside which this text and tree were read.
    fn check(secrets: &[(&str, &str)], shown: &[Answer], expected: Result<(), &str>) {
        let mut known = Secrets::default();
        for (name, value) in secrets {
            known.add(name, value).unwrap();
        }
        let naming = Naming::new(known, Arc::new(Origins::new([])));
        let beside: Vec<Kept> =
            SHOWN.iter().zip(shown).map(|(what, answer)| Kept { what: (*what).to_owned(), answer: answer.clone() }).collect();
        match (may_be_kept(&beside, &naming), expected) {
            (Ok(()), Ok(())) => {}
            (Err(why), Err(part)) => assert!(why.contains(part), "{why}"),
            (found, expected) => panic!("{found:?}, expected {expected:?}: {shown:?}"),
        }
    }

    #[test]
    fn no_picture_is_kept_of_a_page_that_shows_a_secret() {
        let text = |text: &str| Answer::Text(text.to_owned());
        let secret = [("TOKEN", "hunter2-tracker")];
        check(&secret, &[text("Plugins"), text("- main")], Ok(()));
        check(&secret, &[text("Results for hunter2-tracker"), text("- main")], Err("shows a secret"));
        check(&secret, &[text("Plugins"), text("- textbox: hunter2-tracker")], Err("shows a secret"));
        check(&secret, &[text("Plugins"), Answer::Nothing(String::from("replaced"))], Err("could not be read"));
        check(&secret, &[text("Plugins")], Err("could not be read"));
        check(&[], &[], Ok(()));
    }
}
