//! One case's pages: an action in, what was seen out.

pub mod axe;
mod browsers;
mod cookies;
mod document;
mod emulate;
mod image;
mod intercept;
mod navigate;
#[expect(clippy::module_inception, reason = "the room's main thing has the room's name")]
mod page;
mod probe;
mod script;
mod seen;
mod watch;
mod windows;

pub use browsers::{Browsers, Options, Seats};
pub use page::Page;
