//! One side's part of a step.

use std::sync::Arc;

use super::{
    inspection::answer,
    observation::Answer,
    side::{Asked, Recorded},
};
use crate::{
    environment::site::Site,
    execute::trace::{self, Replay, StepTrace},
    mask::Naming,
    observation::FaultKind,
    reading::PageReading,
    suite::model::{PageVerbSpec, Step, Verb},
    verdict::Status,
};

/// A page is compared after each `open` and at each snapshot.
fn keeps_page(step: &Step) -> bool {
    match &step.verb {
        Verb::Page(page) => matches!(page.verb, PageVerbSpec::Open(_)) || step.snapshot.is_some(),
        Verb::Http(_) | Verb::Look | Verb::Pause(_) | Verb::SaveSession(_) => false,
    }
}

/// What one side's step came to, as far as it is compared.
#[derive(Debug)]
pub(super) struct Half {
    pub(super) title: String,
    pub(super) status: Status,
    pub(super) answer: Option<Answer>,
    pub(super) asked: Option<Asked>,
    pub(super) replay: Option<Replay>,
    pub(super) is_foreign: bool,
}

impl Half {
    /// Of a step that was played.
    pub(super) fn of(trace: &StepTrace, step: &Step, naming: &Naming, site: &Site) -> Self {
        let answer = match &trace.seen {
            trace::Seen::Exchange(exchange) => Some(answer(exchange, naming)),
            trace::Seen::Fault(fault) => match fault.kind {
                FaultKind::Protected
                | FaultKind::Cancelled
                | FaultKind::Driver
                | FaultKind::NoBrowser
                | FaultKind::BrowserGone
                | FaultKind::Unsupported
                // What a browser could not do is told by its own page, not by a response.
                | FaultKind::NotActionable
                | FaultKind::Dialog
                | FaultKind::Script => None,
                FaultKind::PageTimeout | FaultKind::PageFailed => Some(Answer::from(fault)),
                FaultKind::NameNotFound
                | FaultKind::Refused
                | FaultKind::Unroutable
                | FaultKind::ConnectTimeout
                | FaultKind::Proxy
                | FaultKind::UntrustedCertificate
                | FaultKind::HostDown
                | FaultKind::ExpiredCertificate
                | FaultKind::WrongHostCertificate
                | FaultKind::TlsHandshake
                | FaultKind::Timeout
                | FaultKind::Reset
                | FaultKind::Truncated
                | FaultKind::Malformed
                | FaultKind::BadEncoding
                | FaultKind::TooLarge
                | FaultKind::TooManyRedirects => Some(Answer::from(fault)),
            },
            // What a failed step shows is evidence, and no page to compare.
            trace::Seen::Page(seen) if trace.failures.is_empty() && keeps_page(step) => Some(Answer::Page(Arc::new(
                PageReading::of(&seen.page, naming).with_texts(seen.kept.iter().map(|kept| (kept.what.as_str(), &kept.answer)), naming),
            ))),
            trace::Seen::Earlier(_) | trace::Seen::Nothing | trace::Seen::Page(_) => None,
        };
        Self {
            title: trace.title.clone(),
            status: trace.status,
            answer,
            asked: trace.request.as_ref().map(|request| Asked::of(request, naming)),
            is_foreign: trace.request.as_ref().is_some_and(|request| !site.owns(&request.url)),
            replay: trace.replay.clone(),
        }
    }

    /// Whether it is a page.
    pub(super) fn is_page(&self) -> bool {
        matches!(self.answer, Some(Answer::Page(_)))
    }

    /// A step of a record; nothing when it is not in it.
    pub(super) fn recorded(recorded: &Recorded, path: &str) -> Option<Self> {
        let step = recorded.steps.get(path)?;
        Some(Self {
            title: step.title.clone(),
            status: Status::Passed,
            answer: Some(step.answer.clone()),
            asked: step.asked.clone(),
            replay: None,
            is_foreign: false,
        })
    }
}
