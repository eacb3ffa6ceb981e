//! What was seen: bytes as received, without judgement.

pub mod page;

use std::{sync::Arc, time::Duration};

use url::Url;

use crate::action::HttpRequest;

/// What one action yielded.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one a case is held at a time")]
pub enum Observation {
    /// One HTTP exchange.
    Http(HttpResponse),
    /// One page, after a browser has done something.
    Page(Box<page::PageObservation>),
}

impl Observation {
    /// The response, where a request was what was asked.
    ///
    /// # Errors
    /// A page is no response: whoever asked a browser is told so, and nothing is judged.
    pub fn into_http(self) -> Result<HttpResponse, Fault> {
        match self {
            Self::Http(response) => Ok(response),
            Self::Page(page) => Err(Fault {
                kind: FaultKind::Driver,
                detail: String::from("a page came where a response was asked for"),
                after: page.elapsed,
            }),
        }
    }

    /// The page, where a browser was asked.
    ///
    /// # Errors
    /// A response is no page.
    pub fn into_page(self) -> Result<page::PageObservation, Fault> {
        match self {
            Self::Page(page) => Ok(*page),
            Self::Http(response) => Err(Fault {
                kind: FaultKind::Driver,
                detail: String::from("a response came where a page was asked for"),
                after: response.timing.total,
            }),
        }
    }
}

/// One HTTP response: a single hop.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpResponse {
    /// The URL that was asked.
    pub url: Url,
    /// Status code, 100 to 599.
    pub status: u16,
    /// `1.0`, `1.1` or `2`.
    pub version: &'static str,
    /// Headers in the order received; names in lower case, values decoded as UTF-8 where they are, else as Latin-1.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
    /// How long it took.
    pub timing: Timing,
}

impl HttpResponse {
    /// The first value of a header; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a header; `name` in lower case.
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}

/// What an HTTP step yielded: the redirects that were followed and the response that is judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// The request as it first went out.
    pub request: HttpRequest,
    /// The redirects that were followed, in order.
    pub hops: Vec<Hop>,
    /// The response that is judged: the last one.
    pub response: HttpResponse,
    /// How long it took, hops included.
    pub elapsed: Duration,
}

/// One redirect that was followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The redirecting status, 301 to 308.
    pub status: u16,
    /// Where it led, made absolute.
    pub to: Url,
}

/// A response body after content decoding (RFC 9110, 8.4), never after character decoding.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    /// What is kept of it.
    pub content: Content,
    /// Size of the decoded body in bytes. When the limit was met, the bytes read until then.
    pub size: u64,
    /// Bytes on the wire, before content decoding.
    pub wire_size: u64,
    /// SHA-256 of the decoded body, in lower-case hex; of the part that was read when the limit was met.
    pub sha256: String,
}

/// What is kept of a body.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// The whole decoded body.
    Whole(Arc<[u8]>),
    /// The body went over the request's limit: digest and size are all there is, and both are of what was read.
    OverLimit {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The body could not be read to its end, though the head was sound.
    Broken(Fault),
}

/// Where the time of an exchange went. Each is measured from the start of the exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timing {
    /// Until the connection was up (TLS included); nothing when a pooled connection was used.
    pub connect: Option<Duration>,
    /// Until the head of the response was there.
    pub first_byte: Duration,
    /// Until the last byte.
    pub total: Duration,
}

/// Why there is no (whole) answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What happened.
    pub kind: FaultKind,
    /// The cause in words, for people: one line, lower case, no full stop.
    pub detail: String,
    /// How long it took to happen.
    pub after: Duration,
}

/// The named ways in which an exchange can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FaultKind {
    /// The name has no address.
    NameNotFound,
    /// Nothing listens there.
    Refused,
    /// No route to the address.
    Unroutable,
    /// No connection within the time-out.
    ConnectTimeout,
    /// The proxy did not let the request through.
    Proxy,
    /// The certificate is not signed by an authority that is trusted here.
    UntrustedCertificate,
    /// The certificate has expired or is not valid yet.
    ExpiredCertificate,
    /// The certificate is for another host.
    WrongHostCertificate,
    /// The TLS handshake failed in another way.
    TlsHandshake,
    /// Connected, but no complete answer within the time-out.
    Timeout,
    /// The connection was reset or closed before a complete answer.
    Reset,
    /// The body is shorter than announced.
    Truncated,
    /// The answer is not HTTP.
    Malformed,
    /// The body is not in the encoding that its headers announce.
    BadEncoding,
    /// The body is over the size limit where it is needed.
    TooLarge,
    /// More redirects than are followed.
    TooManyRedirects,
    /// An unsafe request to a protected environment was not sent.
    Protected,
    /// The host never answered in this run; no further attempt was made.
    HostDown,
    /// The run was stopped while the exchange was under way.
    Cancelled,
    /// There is no browser or driver here, or it cannot be started.
    NoBrowser,
    /// The browser or its driver ended while it was used.
    BrowserGone,
    /// The element could not be acted on in time: not there, hidden, moving, disabled, covered, or not the only one.
    NotActionable,
    /// A page did not load, or was not ready, within its time.
    PageTimeout,
    /// The page could not be reached or shown.
    PageFailed,
    /// A dialog opened that no step expects, or none did that a step expects.
    Dialog,
    /// A script threw.
    Script,
    /// The browser cannot do this.
    Unsupported,
    /// The driver itself failed (files of the client certificate missing, a URL that cannot be sent).
    Driver,
}

impl FaultKind {
    /// Whether nothing could be found out about the site (`blocked`), as opposed to a site that answers wrongly (`failed`).
    #[must_use]
    pub fn blocks(self) -> bool {
        match self {
            Self::NameNotFound
            | Self::Refused
            | Self::Unroutable
            | Self::ConnectTimeout
            | Self::Proxy
            | Self::UntrustedCertificate
            | Self::Protected
            | Self::HostDown
            | Self::Cancelled
            | Self::NoBrowser
            | Self::BrowserGone
            | Self::Unsupported
            | Self::Driver => true,
            Self::ExpiredCertificate
            | Self::WrongHostCertificate
            | Self::TlsHandshake
            | Self::Timeout
            | Self::Reset
            | Self::Truncated
            | Self::Malformed
            | Self::BadEncoding
            | Self::TooLarge
            | Self::TooManyRedirects
            | Self::NotActionable
            | Self::PageTimeout
            | Self::PageFailed
            | Self::Dialog
            | Self::Script => false,
        }
    }

    /// Whether the attempt ended before a connection was up, so that the latch for unreachable hosts counts it.
    #[must_use]
    pub fn is_connect_failure(self) -> bool {
        matches!(self, Self::NameNotFound | Self::Refused | Self::Unroutable | Self::ConnectTimeout)
    }

    /// The name people read: "connection refused".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NameNotFound => "host name not found",
            Self::Refused => "connection refused",
            Self::Unroutable => "no route to host",
            Self::ConnectTimeout => "connect time-out",
            Self::Proxy => "proxy failed",
            Self::UntrustedCertificate => "certificate not trusted",
            Self::ExpiredCertificate => "certificate expired",
            Self::WrongHostCertificate => "certificate is for another host",
            Self::TlsHandshake => "TLS handshake failed",
            Self::Timeout => "time-out",
            Self::Reset => "connection reset",
            Self::Truncated => "body truncated",
            Self::Malformed => "malformed response",
            Self::BadEncoding => "bad content encoding",
            Self::TooLarge => "body over the size limit",
            Self::TooManyRedirects => "too many redirects",
            Self::Protected => "not sent: the environment is protected",
            Self::HostDown => "host unreachable in this run",
            Self::Cancelled => "cancelled",
            Self::NoBrowser => "no browser",
            Self::BrowserGone => "the browser ended",
            Self::NotActionable => "could not act",
            Self::PageTimeout => "the page took too long",
            Self::PageFailed => "the page could not be shown",
            Self::Dialog => "dialog",
            Self::Script => "the script failed",
            Self::Unsupported => "this browser cannot do that",
            Self::Driver => "could not send",
        }
    }
}
