//! One response as expectations and captures look at it: every part decoded once, when it is first asked for.

use std::cell::OnceCell;

use encoding_rs::{Encoding, UTF_8};
use scraper::Html;
use url::Url;

use super::html;
use crate::{
    action::SetCookie,
    json::{self, Json},
    observation::{Content, Exchange, Hop, Timing},
    value::format_size,
};

/// How many characters of a body are quoted in a message.
const QUOTED: usize = 80;

/// How far into an HTML document its `<meta charset>` is looked for (HTML, 13.2.3.2).
const META_PRESCAN: usize = 1_024;

/// A response, decoded as it is asked for.
pub struct Response<'a> {
    exchange: &'a Exchange,
    text: OnceCell<Result<String, String>>,
    json: OnceCell<Result<Json, String>>,
    html: OnceCell<Result<Html, String>>,
    cookies: OnceCell<Vec<SetCookie>>,
}

impl<'a> Response<'a> {
    /// A view of an exchange.
    #[must_use]
    pub fn new(exchange: &'a Exchange) -> Self {
        Self { exchange, text: OnceCell::new(), json: OnceCell::new(), html: OnceCell::new(), cookies: OnceCell::new() }
    }

    /// What it is a view of.
    #[must_use]
    pub fn exchange(&self) -> &'a Exchange {
        self.exchange
    }

    /// The status code.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.exchange.response.status
    }

    /// The URL that answered, after redirects.
    #[must_use]
    pub fn url(&self) -> &'a Url {
        &self.exchange.response.url
    }

    /// The redirects that were followed.
    #[must_use]
    pub fn hops(&self) -> &'a [Hop] {
        &self.exchange.hops
    }

    /// How long the exchange took, hops included, in nanoseconds.
    #[must_use]
    pub fn elapsed(&self) -> u128 {
        self.exchange.elapsed.as_nanos()
    }

    /// Where the time of the last hop went.
    #[must_use]
    pub fn timing(&self) -> Timing {
        self.exchange.response.timing
    }

    /// Every value of a header, its name in any case.
    #[must_use]
    pub fn header_values(&self, name: &str) -> Vec<&'a str> {
        let name = name.to_ascii_lowercase();
        self.exchange.response.headers.iter().filter(|(header, _)| *header == name).map(|(_, value)| value.as_str()).collect()
    }

    /// A header as one text: several lines joined as RFC 9110, 5.3 says. Nothing when it was not sent.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let values = self.header_values(name);
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// The cookies that the response sets, in order.
    #[must_use]
    pub fn cookies(&self) -> &[SetCookie] {
        self.cookies.get_or_init(|| self.header_values("set-cookie").into_iter().filter_map(SetCookie::parse).collect())
    }

    /// The cookie of a name: the last one where it is set twice, as browsers take it.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&SetCookie> {
        self.cookies().iter().rev().find(|cookie| cookie.name == name)
    }

    /// The size of the body in bytes.
    ///
    /// # Errors
    /// When not all of it was read: why.
    pub fn size(&self) -> Result<u64, String> {
        self.bytes().map(|_| self.exchange.response.body.size)
    }

    /// The SHA-256 of the body, in lower-case hex.
    ///
    /// # Errors
    /// When not all of it was read: why.
    pub fn sha256(&self) -> Result<&'a str, String> {
        self.bytes().map(|_| self.exchange.response.body.sha256.as_str())
    }

    /// The body as received, content decoding done.
    ///
    /// # Errors
    /// When not all of it was read: why.
    pub fn bytes(&self) -> Result<&'a [u8], String> {
        match &self.exchange.response.body.content {
            Content::Whole(bytes) => Ok(bytes),
            Content::OverLimit { limit } => Err(format!("the body is over the limit of {}", format_size(*limit))),
            Content::Broken(fault) if fault.detail.is_empty() => Err(format!("the body could not be read: {}", fault.kind.name())),
            Content::Broken(fault) => Err(format!("the body could not be read: {}: {}", fault.kind.name(), fault.detail)),
        }
    }

    /// The body as text: by its byte order mark, else its `charset`, else UTF-8. What does not decode becomes U+FFFD.
    ///
    /// # Errors
    /// When not all of it was read: why.
    pub fn text(&self) -> Result<&str, &str> {
        let text = self.text.get_or_init(|| self.bytes().map(|bytes| self.encoding(bytes).decode(bytes).0.into_owned()));
        text.as_deref().map_err(String::as_str)
    }

    fn encoding(&self, bytes: &[u8]) -> &'static Encoding {
        let declared =
            self.header("content-type").and_then(|header| charset(&header).and_then(|label| Encoding::for_label(label.as_bytes())));
        let sniffed = || {
            let head = String::from_utf8_lossy(&bytes[..bytes.len().min(META_PRESCAN)]).to_ascii_lowercase();
            let at = head.find("<meta").and_then(|meta| head[meta..].find("charset=").map(|at| meta + at))?;
            let label = head[at + "charset=".len()..].trim_start_matches(['"', '\'']);
            let end = label.find(['"', '\'', '>', ' ', '/', ';']).unwrap_or(label.len());
            Encoding::for_label(&label.as_bytes()[..end])
        };
        let is_html = self.media_type().is_some_and(|media| media.contains("html"));
        declared.or_else(|| if is_html { sniffed() } else { None }).unwrap_or(UTF_8)
    }

    /// The media type without parameters, in lower case.
    #[must_use]
    pub fn media_type(&self) -> Option<String> {
        let header = self.exchange.response.header("content-type")?;
        let media = header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        (!media.is_empty()).then_some(media)
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// What the body is instead, with its beginning or the place of the mistake.
    pub fn json(&self) -> Result<&Json, &str> {
        let json = self.json.get_or_init(|| {
            let bytes = self.bytes()?;
            // RFC 8259, 8.1: JSON is UTF-8; but servers that name another charset mean it.
            let encoding = self.encoding(bytes);
            let read = if encoding == UTF_8 { json::read(bytes) } else { json::read(self.text()?) };
            match read {
                Ok(document) => Ok(document.json),
                Err(error) => {
                    let text = self.text()?;
                    Err(not_json(text, self.media_type().as_deref(), &error))
                }
            }
        });
        json.as_ref().map_err(String::as_str)
    }

    /// The body as an HTML document. Any text is one, as in browsers.
    ///
    /// # Errors
    /// When not all of it was read, or it nests too deep: why.
    pub fn html(&self) -> Result<&Html, &str> {
        let html = self.html.get_or_init(|| self.text().map_err(str::to_owned).and_then(html::parse));
        html.as_ref().map_err(String::as_str)
    }
}

/// The `charset` parameter of a content type.
fn charset(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']))
    })
}

fn not_json(text: &str, media_type: Option<&str>, error: &json::JsonError) -> String {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.is_empty() {
        return String::from("the body is empty, not JSON");
    }
    let claims_json = media_type.is_some_and(|media| media.contains("json"));
    if start.starts_with('<') || !(claims_json || start.starts_with(['{', '['])) {
        let what = match media_type {
            Some(media) if claims_json => format!(", though it says {media}"),
            Some(media) => format!(" but {media}"),
            None => String::new(),
        };
        return format!("the body is not JSON{what}; it begins {}", quoted(start, 0));
    }
    let offset = floor(text, error.offset);
    let line = text[..offset].bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = text[..offset].rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    let near_start = floor(text, offset.saturating_sub(20));
    format!("the body is not JSON: {} at line {line}, column {column}, near {}", error.message, quoted(text, near_start))
}

fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The first line of a text from here on, in quotes. What was left out before and behind it is marked: half a secret is known by that.
fn quoted(text: &str, start: usize) -> String {
    let rest = text[start..].trim_start();
    let line = rest.lines().next().unwrap_or_default();
    let mut shown = String::from(if start > 0 { "…" } else { "" });
    shown.extend(line.chars().take(QUOTED));
    if shown.trim_start_matches('…').len() < line.len() || line.len() < rest.trim_end().len() {
        shown.push('…');
    }
    json::quote(&shown)
}

/// What the tests of both rooms build responses with.
#[cfg(test)]
pub(crate) mod testing {
    use std::{sync::Arc, time::Duration};

    use super::*;
    use crate::{
        action::HttpRequest,
        observation::{Body, HttpResponse},
    };

    pub(crate) fn exchange(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Exchange {
        let url: Url = "https://api.example.org/stack/plugins?fields=all".parse().unwrap();
        let body = Body {
            content: Content::Whole(Arc::from(body)),
            size: body.len() as u64,
            wire_size: body.len() as u64,
            sha256: String::from("ab01"),
        };
        Exchange {
            request: HttpRequest {
                method: String::from("GET"),
                url: url.clone(),
                headers: Vec::new(),
                body: None,
                timeout: Duration::from_secs(10),
                body_limit: 32_000_000,
            },
            hops: Vec::new(),
            response: HttpResponse {
                url,
                status,
                version: "1.1",
                headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
                body,
                timing: Timing { connect: None, first_byte: Duration::from_millis(80), total: Duration::from_millis(100) },
            },
            elapsed: Duration::from_millis(120),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::observation::{Fault, FaultKind};

    fn json_message(content_type: &str, body: &[u8]) -> String {
        let exchange = testing::exchange(200, &[("content-type", content_type)], body);
        let response = Response::new(&exchange);
        response.json().map_or_else(str::to_owned, |json| format!("{json:?}"))
    }

    #[test]
    fn text_is_decoded_by_mark_charset_or_utf8() {
        let text = |content_type: &str, body: &[u8]| {
            let exchange = testing::exchange(200, &[("content-type", content_type)], body);
            Response::new(&exchange).text().unwrap().to_owned()
        };
        assert_eq!(text("text/plain", "größer".as_bytes()), "größer");
        assert_eq!(text("text/plain; charset=\"ISO-8859-1\"", b"gr\xf6\xdfer"), "größer");
        assert_eq!(text("text/plain; charset=iso-8859-1", b"\xef\xbb\xbfgr\xc3\xb6\xc3\x9fer"), "größer");
        assert_eq!(
            text("text/html", b"<html><head><meta charset=\"windows-1252\"><title>gr\xf6\xdfer"),
            "<html><head><meta charset=\"windows-1252\"><title>größer"
        );
        assert_eq!(text("text/plain", b"a\xffb"), "a\u{fffd}b");
    }

    #[test]
    fn what_is_not_json_says_what_it_is() {
        let check = |content_type: &str, body: &str, expected: &str| assert_eq!(json_message(content_type, body.as_bytes()), expected);
        check(
            "text/html; charset=utf-8",
            "\n<!doctype html>\n<title>Down</title>",
            "the body is not JSON but text/html; it begins \"<!doctype html>…\"",
        );
        check("application/json", "<html>", "the body is not JSON, though it says application/json; it begins \"<html>\"");
        check("application/json", "", "the body is empty, not JSON");
        check("text/plain", "Internal error", "the body is not JSON but text/plain; it begins \"Internal error\"");
        let message = json_message("application/json", b"{\"a\": 1,\n \"b\": tru}");
        assert!(message.starts_with("the body is not JSON: ") && message.contains(" at line 2, column "), "{message}");
    }

    #[test]
    fn headers_and_cookies_are_found() {
        let headers =
            [("vary", "accept"), ("vary", "origin"), ("set-cookie", "sid=1; Secure"), ("set-cookie", "sid=2; HttpOnly; SameSite=Lax")];
        let exchange = testing::exchange(200, &headers, b"");
        let response = Response::new(&exchange);
        assert_eq!(response.header("Vary").as_deref(), Some("accept, origin"));
        assert_eq!(response.header("x"), None);
        let cookie = response.cookie("sid").unwrap();
        assert_eq!((cookie.value.as_str(), cookie.http_only, cookie.secure), ("2", true, false));
        assert!(response.cookie("SID").is_none());
    }

    #[test]
    fn a_body_that_was_not_read_is_missed_only_where_it_is_needed() {
        let mut exchange = testing::exchange(200, &[("content-type", "application/json")], b"{}");
        exchange.response.body.content = Content::OverLimit { limit: 32_000_000 };
        let response = Response::new(&exchange);
        assert_eq!(response.status(), 200);
        assert_eq!(response.json(), Err("the body is over the limit of 32 MB"));
        assert_eq!(response.sha256(), Err(String::from("the body is over the limit of 32 MB")));
        let fault = Fault { kind: FaultKind::Truncated, detail: String::from("3 of 9 bytes"), after: Duration::ZERO };
        exchange.response.body.content = Content::Broken(fault);
        assert_eq!(Response::new(&exchange).text(), Err("the body could not be read: body truncated: 3 of 9 bytes"));
    }
}
