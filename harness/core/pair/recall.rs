//! A step as it is kept becomes an answer again: for comparing with a recorded run.

use std::{sync::Arc, time::Duration};

use super::{Answer, Asked, RecordedStep};
use crate::{
    json,
    observation::Timing,
    reading::{Cookie, Reading, ReadingBody},
    record::{BodyKind, Exchange, Response, Step},
};

/// The recorded step; nothing where it sent no request. `body` yields what `bodies/` holds under a name.
pub fn step(step: &Step, body: &dyn Fn(&str) -> Option<String>) -> Option<RecordedStep> {
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
