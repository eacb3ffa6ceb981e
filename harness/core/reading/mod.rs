//! One response as it is compared and kept: decoded, with secrets and the environment's own URLs called by name.
//!
//! Equal readings of two environments are equal values, whatever their hosts and tokens. Rules of the suite come later.

mod page;

pub use page::{PageAsked, PageReading, page_text};

use std::sync::Arc;

use crate::{
    action::SetCookie,
    extract,
    json::Json,
    mask::{self, Naming},
    observation::{Content, Timing},
};

/// One response, named.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The final URL.
    pub url: String,
    /// Status code.
    pub status: u16,
    /// `1.0`, `1.1` or `2`.
    pub version: String,
    /// The redirects that were followed: status and target.
    pub redirects: Vec<(u16, String)>,
    /// Headers as received, names in lower case. Values of sensitive headers are not here; `set-cookie` is in `cookies`.
    pub headers: Vec<(String, String)>,
    /// Cookies that the response sets.
    pub cookies: Vec<Cookie>,
    /// The body.
    pub body: ReadingBody,
    /// Size of the body in bytes as received, after content decoding.
    pub size: u64,
    /// Where the time went; `total` of the last hop.
    pub timing: Timing,
}

/// A cookie that a response sets: its name and what a browser is told to do with it. Its value is nobody's business.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its attributes in a fixed order: `Domain`, `Path`, `Secure`, `HttpOnly`, `SameSite`, and whether it lasts.
    pub attributes: Vec<String>,
}

/// A body, named.
#[derive(Debug, Clone, PartialEq)]
pub enum ReadingBody {
    /// There is none.
    Empty,
    /// JSON.
    Json(Arc<Json>),
    /// HTML, as text.
    Html(String),
    /// Other text.
    Text(String),
    /// Bytes.
    Bytes {
        /// SHA-256 of the decoded body.
        sha256: String,
    },
    /// Over the size limit.
    OverLimit {
        /// SHA-256 of the part that was read.
        sha256: String,
    },
    /// Could not be read to its end.
    Broken {
        /// Why.
        fault: String,
    },
}

impl Reading {
    /// The reading of a response.
    #[must_use]
    pub fn of(response: &extract::Response<'_>, naming: &Naming) -> Self {
        let exchange = response.exchange();
        let received = &exchange.response;
        let raw = |text: &str| naming.name_text(text, mask::Content::Raw).into_owned();
        let headers = received.headers.iter().filter(|(name, _)| name != "set-cookie");
        Self {
            url: raw(received.url.as_str()),
            status: received.status,
            version: received.version.to_owned(),
            redirects: exchange.hops.iter().map(|hop| (hop.status, raw(hop.to.as_str()))).collect(),
            headers: headers
                .map(|(name, value)| (name.clone(), naming.name_header(name, value, mask::Content::Raw).into_owned()))
                .collect(),
            cookies: received.headers("set-cookie").filter_map(SetCookie::parse).map(|cookie| Cookie::of(&cookie, naming)).collect(),
            body: body(response, naming),
            size: received.body.size,
            timing: received.timing,
        }
    }

    /// The first value of a header; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    /// The content type without parameters, in lower case.
    #[must_use]
    pub fn content_type(&self) -> Option<String> {
        self.header("content-type").map(|value| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }
}

impl Cookie {
    fn of(cookie: &SetCookie, naming: &Naming) -> Self {
        let raw = |text: &str| naming.name_text(text, mask::Content::Raw).into_owned();
        let mut attributes = Vec::new();
        if let Some(domain) = &cookie.domain {
            attributes.push(format!("Domain={}", raw(domain)));
        }
        if let Some(path) = &cookie.path {
            attributes.push(format!("Path={}", raw(path)));
        }
        if cookie.secure {
            attributes.push(String::from("Secure"));
        }
        if cookie.http_only {
            attributes.push(String::from("HttpOnly"));
        }
        if let Some(same_site) = &cookie.same_site {
            attributes.push(format!("SameSite={same_site}"));
        }
        // `Expires` is a moment and differs at every look; that the cookie outlives the session does not.
        if let Some(age) = cookie.max_age {
            attributes.push(format!("Max-Age={age}"));
        } else if cookie.expires.is_some() {
            attributes.push(String::from("Expires"));
        }
        Self { name: raw(&cookie.name), attributes }
    }
}

fn body(response: &extract::Response<'_>, naming: &Naming) -> ReadingBody {
    let received = &response.exchange().response;
    let sha256 = received.body.sha256.clone();
    let bytes = match &received.body.content {
        Content::Whole(bytes) => bytes,
        Content::OverLimit { .. } => return ReadingBody::OverLimit { sha256 },
        Content::Broken(fault) => return ReadingBody::Broken { fault: format!("{}: {}", fault.kind.name(), fault.detail) },
    };
    if bytes.is_empty() {
        return ReadingBody::Empty;
    }
    let content_type = received.header("content-type").map(|value| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    match content_type.as_deref() {
        Some(kind) if is_json(kind) => match response.json() {
            Ok(json) => ReadingBody::Json(Arc::new(naming.name_json(json, mask::Content::Raw))),
            // Announced as JSON and none: what was sent is compared as the text it is.
            Err(_) => text(response, naming).map_or(ReadingBody::Bytes { sha256 }, ReadingBody::Text),
        },
        Some(kind) if kind.contains("html") => text(response, naming).map_or(ReadingBody::Bytes { sha256 }, ReadingBody::Html),
        Some(kind) if is_text(kind) => text(response, naming).map_or(ReadingBody::Bytes { sha256 }, ReadingBody::Text),
        Some(_) => ReadingBody::Bytes { sha256 },
        None if matches!(bytes.first(), Some(b'{' | b'[')) && response.json().is_ok() => {
            let json = response.json().expect("it was sound a moment ago");
            ReadingBody::Json(Arc::new(naming.name_json(json, mask::Content::Raw)))
        }
        None if std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0')) => {
            text(response, naming).map_or(ReadingBody::Bytes { sha256 }, ReadingBody::Text)
        }
        None => ReadingBody::Bytes { sha256 },
    }
}

fn text(response: &extract::Response<'_>, naming: &Naming) -> Option<String> {
    response.text().ok().map(|text| naming.name_text(text, mask::Content::Raw).into_owned())
}

fn is_json(kind: &str) -> bool {
    kind.ends_with("/json") || kind.ends_with("+json")
}

fn is_text(kind: &str) -> bool {
    kind.starts_with("text/")
        || kind.ends_with("+xml")
        || kind.ends_with("/xml")
        || [
            "application/javascript",
            "application/ecmascript",
            "application/x-www-form-urlencoded",
            "application/yaml",
            "application/x-ndjson",
            "application/toml",
        ]
        .contains(&kind)
}
