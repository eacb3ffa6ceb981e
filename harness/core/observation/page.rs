//! What a browser saw of a page: as it was, without judgement.

use std::time::Duration;

use url::Url;

use crate::{action::page::PageCookie, json::Json};

/// What one page action yielded.
#[derive(Debug, Clone, PartialEq)]
pub struct PageObservation {
    /// The address, fragment included.
    pub url: Url,
    /// `document.title`.
    pub title: String,
    /// `<meta>` with a `name` or `property`: name in lower case and content, in document order.
    pub meta: Vec<(String, String)>,
    /// `<link>`: `rel` in lower case and `href` made absolute, in document order.
    pub links: Vec<(String, String)>,
    /// How much wider the page is than the window, in CSS pixels; 0 where nothing can be scrolled sideways.
    pub overflow: u32,
    /// How the document came, where this action loaded one.
    pub document: Option<DocumentResponse>,
    /// What the console said since the last navigation.
    pub console: Watched<ConsoleMessage>,
    /// What pages asked for since the last navigation.
    pub requests: Watched<PageRequest>,
    /// Dialogs that opened and nobody answered: an unexpected dialog fails the step that meets it.
    pub dialog: Option<Dialog>,
    /// What the script returned.
    pub result: Option<Json>,
    /// Files that were downloaded since the last navigation.
    pub downloads: Watched<Download>,
    /// Unsafe requests to protected origins that were aborted during this action: method and URL.
    pub withheld: Vec<(String, String)>,
    /// All cookies of the context after the action.
    pub cookies: Vec<PageCookie>,
    /// One for each probe, in the same order.
    pub answers: Vec<Answer>,
    /// How long the action took.
    pub elapsed: Duration,
}

/// Something that a browser may or may not be able to watch.
#[derive(Debug, Clone, PartialEq)]
pub enum Watched<T> {
    /// It was watched, and this is all there was.
    Seen(Vec<T>),
    /// It cannot be told in this browser, and why.
    NotObserved(String),
}

impl<T> Watched<T> {
    /// What was seen, if it could be.
    #[must_use]
    pub fn seen(&self) -> Option<&[T]> {
        match self {
            Self::Seen(seen) => Some(seen),
            Self::NotObserved(_) => None,
        }
    }
}

/// How the document of a page came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentResponse {
    /// Status of the last response. Nothing where the browser does not tell.
    pub status: Option<u16>,
    /// Redirects that led there: status and the URL they led to.
    pub redirects: Vec<(u16, Url)>,
    /// Headers of the last response; names in lower case.
    pub headers: Vec<(String, String)>,
}

/// One message of the console, or an exception that nobody caught.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleMessage {
    /// How serious.
    pub level: ConsoleLevel,
    /// What it says, in one text.
    pub text: String,
    /// Where it comes from: URL, line and column, where that is known.
    pub source: Option<String>,
}

/// How serious a message of the console is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConsoleLevel {
    /// `console.debug`, `console.log`, `console.info`
    Info,
    /// `console.warn`
    Warning,
    /// `console.error`, and what the browser itself complains of.
    Error,
    /// An exception that nobody caught.
    Uncaught,
}

/// One request of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// The method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// Status of the response; nothing where there was none.
    pub status: Option<u16>,
    /// Why there was none, in the browser's words.
    pub failure: Option<String>,
    /// MIME type of the response, as the browser took it.
    pub mime_type: Option<String>,
    /// Bytes of the body on the wire, where the browser tells.
    pub bytes: Option<u64>,
    /// From the first byte that went out to the last that came in, where the browser tells.
    pub took: Option<Duration>,
}

/// A dialog of the page: alert, confirm, prompt, beforeunload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialog {
    /// Which kind.
    pub kind: String,
    /// What it says.
    pub message: String,
}

/// A file that was downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// The name that the site gave it.
    pub name: String,
    /// Its size; nothing while or where that is not known.
    pub bytes: Option<u64>,
}

/// What a probe found.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// [`Probe::Elements`](crate::action::page::Probe::Elements): in document order.
    Elements(Vec<Element>),
    /// The accessible tree, the text or the HTML.
    Text(String),
    /// An image in PNG.
    Png(Vec<u8>),
    /// Violations of accessibility rules.
    Violations(Vec<Violation>),
    /// Vitals.
    Vitals {
        /// Largest Contentful Paint.
        lcp: Option<Duration>,
        /// Cumulative Layout Shift, times 10,000.
        cls: Option<u32>,
        /// Time to the first byte.
        ttfb: Option<Duration>,
    },
    /// `localStorage` of the page's origin: key and value.
    Storage(Vec<(String, String)>),
    /// It could not be read: nothing matches, two match, the locator is wrong. Looking again may help.
    Nothing(String),
    /// This browser cannot tell, or what is needed for it is missing.
    NotObserved(String),
}

/// One element that a locator found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Element {
    /// How people tell it apart: `<button class="primary">Sign in</button>`, cut.
    pub described: String,
    /// Whether it can be seen.
    pub visible: bool,
    /// Whether it could be seen, were it not hidden; `<head>` and templates never are.
    pub rendered: bool,
    /// Whether it can be used.
    pub enabled: bool,
    /// Whether it is checked; nothing for what cannot be.
    pub checked: Option<bool>,
    /// Whether it has the focus.
    pub focused: bool,
    /// Its text, white space folded.
    pub text: String,
    /// Its value; nothing for what has none.
    pub value: Option<String>,
    /// The attributes that were asked for, in that order.
    pub attributes: Vec<Option<String>>,
}

/// A rule of accessibility that a page breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The rule's name: `color-contrast`.
    pub rule: String,
    /// `minor`, `moderate`, `serious`, `critical`.
    pub impact: String,
    /// What the rule wants.
    pub help: String,
    /// Where: CSS selectors.
    pub targets: Vec<String>,
}
