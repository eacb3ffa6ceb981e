//! What must not be seen, and what is only a name: secrets, own URLs, and text that a terminal would obey.
//!
//! Two steps, in this order:
//! 1. [`Naming`] works on decoded values before anything is compared: secrets become `{{ secret.TOKEN }}`, the
//!    environment's own URLs `{{ web }}`, and a literal `{{` of the site becomes `{{ '{{' }}`.
//! 2. [`Secrets::mask_bytes`] works on bytes at the one place that writes files and terminal: whatever is left of any
//!    secret, in any encoding, becomes `•••`. It wants whole texts: the writer hands over whole lines and whole files,
//!    so that no secret lies across two calls.
//!
//! A secret is masked wherever its characters stand, also inside longer words: with the secret `1234`
//! the number `91234` is masked too. Too much hidden is a nuisance, too little is a leak.

mod curl;
mod cut;
mod decode;
mod forms;
mod naming;
mod origins;
mod secrets;
mod terminal;

pub use curl::curl;
pub use naming::{Content, Naming};
pub use origins::Origins;
pub use secrets::{MASK, MIN_SECRET, Secrets, TooShort};
pub use terminal::{sanitize, sanitize_line};

/// Headers whose values are never written, in lower case.
pub const SENSITIVE_HEADERS: [&str; 5] = ["authorization", "cookie", "set-cookie", "proxy-authorization", "x-api-key"];

/// Whether the value of a header is never written; `name` in any case.
#[must_use]
pub fn is_sensitive_header(name: &str) -> bool {
    SENSITIVE_HEADERS.iter().any(|header| name.eq_ignore_ascii_case(header))
}
