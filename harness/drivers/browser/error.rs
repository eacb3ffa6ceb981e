//! Why a browser did not do what it was asked to.

use std::time::Duration;

/// Why nothing could be found out with a browser. What a page does wrong is no error: it is an observation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrowserError {
    /// A program is missing.
    #[error("no {browser} here: {detail}")]
    Missing {
        /// Which browser.
        browser: &'static str,
        /// What is missing, and what gets it.
        detail: String,
    },
    /// The driver or the browser did not start.
    #[error("{browser} did not start: {detail}")]
    NotStarted {
        /// Which browser.
        browser: &'static str,
        /// Why, with the end of what the driver printed.
        detail: String,
    },
    /// The driver, the browser or the connection to it is gone: nothing of the page's doing. Another attempt may succeed.
    #[error("the browser is gone: {detail}")]
    Lost {
        /// How that shows.
        detail: String,
    },
    /// Something took too long.
    #[error("{doing} took longer than {}", prodiff_core::value::format_duration(*within))]
    Slow {
        /// What.
        doing: String,
        /// How long it could take.
        within: Duration,
    },
    /// This browser cannot do it.
    #[error("{browser} cannot {what}")]
    Unable {
        /// Which browser.
        browser: &'static str,
        /// What it cannot do.
        what: String,
    },
    /// The driver refused a command.
    #[error("the browser refused to {doing}: {message}")]
    Refused {
        /// What.
        doing: String,
        /// The error code of WebDriver: `no such element`, `invalid argument`.
        code: String,
        /// What the driver says.
        message: String,
    },
}

impl BrowserError {
    /// Whether the fault is of the machinery, so that the case may be tried again once in another session.
    #[must_use]
    pub fn is_infrastructure(&self) -> bool {
        match self {
            Self::Lost { .. } | Self::NotStarted { .. } => true,
            Self::Missing { .. } | Self::Slow { .. } | Self::Unable { .. } | Self::Refused { .. } => false,
        }
    }

    /// Whether the driver refused with this code.
    #[must_use]
    pub fn has_code(&self, wanted: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if code == wanted)
    }
}
