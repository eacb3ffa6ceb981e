//! Why a step failed or was blocked, where no expectation says so.

use std::time::Duration;

use super::trace::StepFailure;
use crate::{observation::Fault, suite::model::Step, verdict::Status};

pub(super) fn blocked(step: &Step, message: String) -> StepFailure {
    StepFailure { status: Status::Blocked, span: step.span.clone(), message, expected: String::new(), actual: String::new() }
}

pub(super) fn fault_failure(step: &Step, fault: &Fault) -> StepFailure {
    let status = if fault.kind.blocks() { Status::Blocked } else { Status::Failed };
    StepFailure {
        status,
        span: step.span.clone(),
        message: format!("{}: {}", fault.kind.name(), fault.detail),
        expected: String::from("a complete answer"),
        actual: format!("{} after {}", fault.kind.name(), crate::value::format_duration(rounded(fault.after))),
    }
}

fn rounded(duration: Duration) -> Duration {
    Duration::from_millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}
