//! What can be asked of the world: fully rendered, nothing left to resolve.

mod cookie;
mod locator;
pub mod page;
mod redirect;

pub use cookie::{CookieJar, SetCookie};
pub use locator::{Locator, Part, States, TextMatch};
pub use redirect::{Redirect, redirect};

use std::{collections::BTreeMap, time::Duration};

use url::Url;

/// One thing a driver can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// One HTTP exchange: a single hop, redirects are not followed.
    Http(HttpRequest),
    /// One thing that a browser does.
    Page(Box<page::PageAction>),
}

/// One HTTP request as it goes out.
///
/// Header values may hold secrets: `Debug` output must not reach people, which is why the type
/// is only printed through `mask`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// The method, in capitals.
    pub method: String,
    /// The absolute URL. Its fragment is not sent.
    pub url: Url,
    /// Headers in order; names in lower case. `host`, `content-length` and connection headers are the driver's.
    pub headers: Vec<(String, String)>,
    /// The body, if any.
    pub body: Option<Vec<u8>>,
    /// How long the whole exchange may take, from the first attempt to connect to the last byte.
    pub timeout: Duration,
    /// How many bytes of the decoded body are kept; beyond it only a digest and the size are.
    pub body_limit: u64,
}

impl HttpRequest {
    /// Whether the method is safe (RFC 9110, 9.2.1): it asks for no change.
    #[must_use]
    pub fn is_safe(&self) -> bool {
        is_safe_method(&self.method)
    }

    /// The first value of a header; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}

/// What a case starts with, and what `save_session` keeps: all of it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Session {
    /// The cookies.
    pub jar: CookieJar,
    /// What pages stored, by origin.
    pub storage: Vec<page::OriginStorage>,
}

/// Whether a method is safe (RFC 9110, 9.2.1). `TRACE` is left out: nobody tests with it and it echoes credentials.
#[must_use]
pub fn is_safe_method(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS")
}

/// How an environment is reached; one set of connections per value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Transport {
    /// Proxy URL for every request (`http`, `https`, `socks5`).
    pub proxy: Option<Url>,
    /// Host name → IP address to connect to instead of asking the resolver.
    pub resolve: BTreeMap<String, std::net::IpAddr>,
    /// PEM file with certificate authorities to trust besides the system's, as written in the environment.
    pub ca_file: Option<String>,
    /// PEM files of the client certificate and its key.
    pub client_certificate: Option<ClientCertificate>,
}

/// The files of a client certificate, as written in the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// PEM file with the certificate chain.
    pub cert: String,
    /// PEM file with the private key.
    pub key: String,
}

/// How fast an environment may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Limit {
    /// Requests a second, evenly spaced; nothing means no limit.
    pub requests_per_second: Option<f64>,
    /// Requests in flight at once; nothing means no limit of its own.
    pub concurrent: Option<usize>,
}
