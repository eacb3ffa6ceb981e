//! A step as it is kept becomes an answer again: for comparing with a recorded run.

use std::{sync::Arc, time::Duration};

use super::{Answer, Asked, RecordedStep};
use crate::{
    json,
    observation::{Timing, page::ConsoleLevel},
    reading::{Cookie, PageAsked, PageReading, Reading, ReadingBody},
    record::{BodyKind, Exchange, Page, Response, Step},
};

/// The recorded step; nothing where it sent no request. `body` yields what `bodies/` holds under a name.
pub fn step(step: &Step, body: &dyn Fn(&str) -> Option<String>) -> Option<RecordedStep> {
    if let Some(page) = &step.page {
        let answer = (!page.kept.is_empty()).then(|| Answer::Page(Arc::new(page_reading(page, body))))?;
        return Some(RecordedStep { title: step.title.clone(), answer, asked: None });
    }
    let exchange = step.exchange.as_ref()?;
    let answer = match (&exchange.response, &exchange.fault) {
        (Some(response), _) => Answer::Reading(Arc::new(reading(response, exchange, body))),
        (None, Some(fault)) => Answer::Fault { name: fault.split(": ").next().unwrap_or_default().to_owned(), blocks: true },
        (None, None) => return None,
    };
    let asked = Asked {
        method: exchange.method.clone(),
        url: exchange.url.clone(),
        body: exchange.request_body.as_ref().and_then(|sent| sent.stored.as_deref()).and_then(body),
    };
    Some(RecordedStep { title: step.title.clone(), answer, asked: Some(asked) })
}

fn page_reading(page: &Page, body: &dyn Fn(&str) -> Option<String>) -> PageReading {
    let level = |line: &str| match line.split_once(": ") {
        Some(("uncaught", text)) => (ConsoleLevel::Uncaught, text.to_owned()),
        Some(("error", text)) => (ConsoleLevel::Error, text.to_owned()),
        Some(("warning", text)) => (ConsoleLevel::Warning, text.to_owned()),
        Some((_, text)) => (ConsoleLevel::Info, text.to_owned()),
        None => (ConsoleLevel::Info, line.to_owned()),
    };
    let failed = |line: &str| {
        let (request, outcome) = line.rsplit_once(": ").unwrap_or((line, ""));
        let (method, url) = request.split_once(' ').unwrap_or(("GET", request));
        PageAsked { method: method.to_owned(), url: url.to_owned(), outcome: Some(outcome.to_owned()), has_failed: true }
    };
    let gone = || String::from("the record does not hold it any more");
    let stored = |file: &str| body(file.strip_prefix("bodies/").unwrap_or(file)).ok_or_else(gone);
    PageReading {
        url: page.url.clone(),
        title: page.title.clone(),
        status: page.status,
        redirects: page.redirects.iter().map(|redirect| (redirect.status, redirect.to.clone())).collect(),
        meta: page.meta.clone(),
        links: page.links.clone(),
        console: page.console.as_ref().map(|lines| lines.iter().map(|line| level(line)).collect()).ok_or_else(gone),
        requests: page.requests.map(|_| page.failed_requests.iter().map(|line| failed(line)).collect()).ok_or_else(gone),
        texts: page.kept.iter().map(|(what, file)| (what.clone(), stored(file))).collect(),
    }
}

fn reading(response: &Response, exchange: &Exchange, body: &dyn Fn(&str) -> Option<String>) -> Reading {
    let kept = &response.body;
    let text = || kept.stored.as_deref().and_then(body);
    let gone = || ReadingBody::Broken { fault: String::from("the record does not hold the body any more") };
    let content = match kept.kind {
        BodyKind::Empty => ReadingBody::Empty,
        BodyKind::Json => {
            text().and_then(|text| json::read(text).ok()).map_or_else(gone, |document| ReadingBody::Json(Arc::new(document.json)))
        }
        BodyKind::Html => text().map_or_else(gone, ReadingBody::Html),
        BodyKind::Text => text().map_or_else(gone, ReadingBody::Text),
        BodyKind::Bytes => ReadingBody::Bytes { sha256: kept.sha256.clone().unwrap_or_default() },
        BodyKind::OverLimit => ReadingBody::OverLimit { sha256: kept.sha256.clone().unwrap_or_default() },
        BodyKind::Broken => ReadingBody::Broken { fault: String::from("it could not be read to its end when it was recorded") },
    };
    let milliseconds = |value: f64| Duration::from_secs_f64((value / 1000.0).max(0.0));
    Reading {
        url: response.url.clone(),
        status: response.status,
        version: response.version.clone(),
        redirects: exchange.redirects.iter().map(|redirect| (redirect.status, redirect.to.clone())).collect(),
        headers: response.headers.iter().filter(|(name, _)| name != "set-cookie").cloned().collect(),
        cookies: response.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| cookie(value)).collect(),
        body: content,
        size: kept.size,
        timing: Timing {
            connect: response.connect_ms.map(milliseconds),
            first_byte: milliseconds(response.first_byte_ms),
            total: milliseconds(response.total_ms),
        },
    }
}

/// `sid=•••; Path=/; Secure`, as `observe` wrote it.
fn cookie(value: &str) -> Cookie {
    let mut parts = value.split("; ");
    let name = parts.next().and_then(|first| first.rsplit_once('=')).map_or("", |(name, _)| name);
    Cookie { name: name.to_owned(), attributes: parts.map(str::to_owned).collect() }
}
