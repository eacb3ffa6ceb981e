//! Why a step failed or was blocked, where no expectation says so.

use std::time::Duration;

use super::trace::StepFailure;
use crate::{
    observation::{Fault, FaultKind},
    suite::model::Step,
    verdict::Status,
};

pub(super) fn blocked(step: &Step, message: String) -> StepFailure {
    StepFailure { status: Status::Blocked, span: step.span.clone(), message, expected: String::new(), actual: String::new() }
}

pub(super) fn fault_failure(step: &Step, fault: &Fault) -> StepFailure {
    let status = if fault.kind.blocks() { Status::Blocked } else { Status::Failed };
    StepFailure {
        status,
        span: step.span.clone(),
        message: format!("{}: {}", fault.kind.name(), fault.detail),
        expected: expected(fault.kind).to_owned(),
        actual: format!("{} after {}", fault.kind.name(), crate::value::format_duration(rounded(fault.after))),
    }
}

/// What was hoped for instead of a fault.
fn expected(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::NotActionable => "an element that can be acted on",
        FaultKind::PageTimeout => "a page that is loaded and ready in time",
        FaultKind::PageFailed => "a page that loads",
        FaultKind::Dialog => "a dialog where a step answers one, and none elsewhere",
        FaultKind::Script => "a script that comes to its end",
        FaultKind::NoBrowser | FaultKind::BrowserGone => "a browser",
        FaultKind::Unsupported => "a browser that can do this",
        FaultKind::NameNotFound
        | FaultKind::Refused
        | FaultKind::Unroutable
        | FaultKind::ConnectTimeout
        | FaultKind::Proxy
        | FaultKind::UntrustedCertificate
        | FaultKind::ExpiredCertificate
        | FaultKind::WrongHostCertificate
        | FaultKind::TlsHandshake
        | FaultKind::Timeout
        | FaultKind::Reset
        | FaultKind::Truncated
        | FaultKind::Malformed
        | FaultKind::BadEncoding
        | FaultKind::TooLarge
        | FaultKind::TooManyRedirects
        | FaultKind::Protected
        | FaultKind::HostDown
        | FaultKind::Cancelled
        | FaultKind::Driver => "a complete answer",
    }
}

fn rounded(duration: Duration) -> Duration {
    Duration::from_millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}
