//! What the failure of a classic command means: the page, the command, or the browser.

use fantoccini::error::{CmdError, ErrorStatus, WebDriver};

use super::wire::first_line;
use crate::drivers::browser::error::BrowserError;

/// What drivers say, as an unknown error, when the browser behind them is gone.
const GONE: &[&str] = &[
    "not reachable",
    "disconnected",
    "tab crashed",
    "page crash",
    "session deleted",
    "has closed the connection",
    "decode response from marionette",
    "Process unexpectedly closed",
    "failed to check if window was closed",
    "Failed to write request to stream",
];

/// The meaning of a failed command.
pub(super) fn of(doing: &str, error: CmdError) -> BrowserError {
    match error {
        CmdError::Standard(answer) => refusal(doing, &answer),
        // An error code that the classic client has never heard of.
        CmdError::NotW3C(serde_json::Value::String(code)) => BrowserError::Refused { doing: doing.to_owned(), message: code.clone(), code },
        // No answer, or none of WebDriver's: the driver or the way to it is gone.
        error => BrowserError::Lost { detail: format!("{doing}: {}", first_line(&error.to_string())) },
    }
}

fn refusal(doing: &str, answer: &WebDriver) -> BrowserError {
    let message = first_line(&answer.message);
    let is_gone = match answer.error {
        ErrorStatus::InvalidSessionId => true,
        ErrorStatus::UnknownError | ErrorStatus::Timeout | ErrorStatus::NoSuchWindow => GONE.iter().any(|words| message.contains(words)),
        _ => false,
    };
    if is_gone {
        return BrowserError::Lost { detail: format!("{doing}: {message}") };
    }
    BrowserError::Refused { doing: doing.to_owned(), code: String::from(answer.error.description()), message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: ErrorStatus, message: &str, expected: &str) {
        let shown = match of("click", CmdError::Standard(WebDriver::new(status, message.to_owned()))) {
            BrowserError::Lost { detail } => format!("lost: {detail}"),
            BrowserError::Refused { code, message, .. } => format!("{code}: {message}"),
            other => format!("{other:?}"),
        };
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_dead_browser_is_told_from_a_refusal() {
        check(ErrorStatus::InvalidSessionId, "gone\n#0 stack", "lost: click: gone");
        check(ErrorStatus::UnknownError, "tab crashed\n(Session info: chrome)", "lost: click: tab crashed");
        check(ErrorStatus::UnknownError, "unhandled inspector error", "unknown error: unhandled inspector error");
        check(ErrorStatus::InvalidSelector, "no selector", "invalid selector: no selector");
        check(
            ErrorStatus::NoSuchWindow,
            "no such window: target window already closed",
            "no such window: no such window: target window already closed",
        );
    }
}
