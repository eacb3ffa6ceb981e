//! Why an action was not done, as the kinds of fault that an observation knows.

use std::time::Duration;

use prodiff_core::observation::{Fault, FaultKind};

use crate::drivers::browser::{error::BrowserError, locate::AgentError};

/// Why an action was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::drivers::browser) struct ActError {
    pub(in crate::drivers::browser) kind: FaultKind,
    pub(in crate::drivers::browser) detail: String,
}

impl ActError {
    pub(in crate::drivers::browser) fn new(kind: FaultKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// An element cannot be acted on.
    pub(in crate::drivers::browser) fn not_actionable(what: impl std::fmt::Display, why: impl std::fmt::Display) -> Self {
        Self::new(FaultKind::NotActionable, format!("{what}: {why}"))
    }

    pub(in crate::drivers::browser) fn after(self, after: Duration) -> Fault {
        // Messages of drivers and pages may be long and have many lines; a fault's detail has one.
        let detail: String = self.detail.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(1000).collect();
        Fault { kind: self.kind, detail, after }
    }
}

impl From<BrowserError> for ActError {
    fn from(error: BrowserError) -> Self {
        let kind = match &error {
            BrowserError::Missing { .. } | BrowserError::NotStarted { .. } => FaultKind::NoBrowser,
            BrowserError::Lost { .. } => FaultKind::BrowserGone,
            BrowserError::Slow { .. } => FaultKind::PageTimeout,
            BrowserError::Unable { .. } => FaultKind::Unsupported,
            BrowserError::Refused { code, .. } => match code.as_str() {
                "unexpected alert open" | "no such alert" => FaultKind::Dialog,
                "unknown command" | "unknown method" | "unsupported operation" => FaultKind::Unsupported,
                "no such window" | "no such frame" | "move target out of bounds" => FaultKind::NotActionable,
                _ => FaultKind::Driver,
            },
        };
        Self { kind, detail: error.to_string() }
    }
}

impl From<AgentError> for ActError {
    fn from(error: AgentError) -> Self {
        match error {
            AgentError::Replaced => Self::new(FaultKind::NotActionable, "the page was replaced by another one while it was looked at"),
            AgentError::Dialog => Self::new(FaultKind::Dialog, "a dialog is open"),
            AgentError::Wrong(why) => Self::new(FaultKind::NotActionable, why),
            AgentError::Browser(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_is_one_line() {
        let fault = ActError::new(FaultKind::Script, "a\n  b\tc").after(Duration::ZERO);
        assert_eq!(fault.detail, "a b c");
    }

    #[test]
    fn a_dead_browser_blocks_and_a_hidden_button_fails() {
        let gone: ActError = BrowserError::Lost { detail: String::from("x") }.into();
        assert!(gone.kind.blocks());
        assert!(!ActError::not_actionable("{button: A}", "it is not there").kind.blocks());
    }
}
