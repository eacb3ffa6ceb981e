//! What becomes of a request that a page wants to make: decided here, done by the watch.

use std::sync::{Arc, Mutex, PoisonError};

use base64::{Engine, engine::general_purpose::STANDARD};
use prodiff_core::action::{
    is_safe_method,
    page::{Mock, PageSetup, fits},
};
use serde_json::{Value, json};
use url::Url;

use super::seen::text;
use crate::drivers::browser::bidi::event::Event;

/// What becomes of one request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decision<'a> {
    /// It goes out as it is.
    Pass,
    /// It goes out with these headers besides its own.
    With(&'a [(String, String)]),
    /// It is answered by us.
    Answer(&'a Mock),
    /// It does not go out, as the suite says.
    Block,
    /// It does not go out, because it might change a protected environment.
    Withhold,
}

/// What is intercepted for one case.
#[derive(Debug)]
pub(super) struct Intercept {
    setup: Arc<PageSetup>,
    /// Unsafe requests that did not go out: method and URL.
    withheld: Mutex<Vec<(String, String)>>,
}

impl Intercept {
    pub(super) fn of(setup: &Arc<PageSetup>) -> Self {
        Self { setup: Arc::clone(setup), withheld: Mutex::default() }
    }

    /// Whether anything of this setup needs interception at all: it costs every request a round trip.
    pub(super) fn is_needed(setup: &PageSetup) -> bool {
        let has_headers = !setup.headers.is_empty() && !setup.own_origins.is_empty();
        has_headers || !setup.protected_origins.is_empty() || !setup.mocks.is_empty() || !setup.blocked.is_empty()
    }

    /// The command that lets a held request go on, or not.
    pub(super) fn command(&self, event: &Event) -> (&'static str, Value) {
        let request = event.params.get("request").cloned().unwrap_or_default();
        let (id, method, url) = (text(&request, "request"), text(&request, "method"), text(&request, "url"));
        match decide(&self.setup, &method, &url) {
            Decision::Pass => ("network.continueRequest", json!({"request": id})),
            Decision::With(headers) => {
                let mut all: Vec<Value> = request.get("headers").and_then(Value::as_array).cloned().unwrap_or_default();
                all.retain(|header| !headers.iter().any(|(name, _)| text(header, "name").eq_ignore_ascii_case(name)));
                all.extend(headers.iter().map(header));
                ("network.continueRequest", json!({"request": id, "headers": all}))
            }
            Decision::Answer(mock) => ("network.provideResponse", answer(&id, mock)),
            Decision::Block => ("network.failRequest", json!({"request": id})),
            Decision::Withhold => {
                self.withheld.lock().unwrap_or_else(PoisonError::into_inner).push((method, url));
                if event.params.get("navigation").is_some_and(Value::is_string) {
                    // A navigation that fails puts an error in the place of the page; one without content leaves it there.
                    let nothing = json!({"request": id, "statusCode": 204, "reasonPhrase": "Withheld", "headers": []});
                    return ("network.provideResponse", nothing);
                }
                ("network.failRequest", json!({"request": id}))
            }
        }
    }

    /// What was withheld since the last time.
    pub(super) fn take_withheld(&self) -> Vec<(String, String)> {
        std::mem::take(&mut *self.withheld.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn header((name, value): &(String, String)) -> Value {
    json!({"name": name, "value": {"type": "string", "value": value}})
}

fn answer(id: &str, mock: &Mock) -> Value {
    let mut headers: Vec<Value> = mock.headers.iter().map(header).collect();
    if !mock.headers.iter().any(|(name, _)| name == "access-control-allow-origin") {
        // The page may be of another host than what is mocked; a mock is not there to test that.
        headers.push(header(&(String::from("access-control-allow-origin"), String::from("*"))));
    }
    let phrase = http::StatusCode::from_u16(mock.status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Mocked");
    let body = json!({"type": "base64", "value": STANDARD.encode(&mock.body)});
    json!({"request": id, "statusCode": mock.status, "reasonPhrase": phrase, "headers": headers, "body": body})
}

/// Decides. A mock comes first: what it answers reaches nobody.
pub(super) fn decide<'a>(setup: &'a PageSetup, method: &str, url: &str) -> Decision<'a> {
    let is_mocked = |mock: &&Mock| mock.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method)) && fits(&mock.url, url);
    if let Some(mock) = setup.mocks.iter().find(is_mocked) {
        return Decision::Answer(mock);
    }
    if setup.blocked.iter().any(|pattern| fits(pattern, url)) {
        return Decision::Block;
    }
    let Ok(target) = Url::parse(url) else { return Decision::Pass };
    let is_one_of = |origins: &[Url]| origins.iter().any(|origin| origin.origin() == target.origin());
    if !is_safe_method(&method.to_ascii_uppercase()) && is_one_of(&setup.protected_origins) {
        return Decision::Withhold;
    }
    if !setup.headers.is_empty() && is_one_of(&setup.own_origins) {
        return Decision::With(&setup.headers);
    }
    Decision::Pass
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use prodiff_core::action::page::Viewport;

    use super::*;

    fn setup() -> PageSetup {
        PageSetup {
            browser: String::from("chromium"),
            viewport: Viewport { width: 1280, height: 800 },
            ready: None,
            navigation_timeout: Duration::from_secs(10),
            headers: vec![(String::from("authorization"), String::from("Bearer x"))],
            own_origins: vec![Url::parse("https://own.test").unwrap()],
            protected_origins: vec![Url::parse("https://own.test").unwrap()],
            mocks: vec![Mock {
                url: String::from("**/api/x"),
                method: Some(String::from("GET")),
                status: 500,
                headers: vec![],
                body: vec![],
            }],
            blocked: vec![String::from("**/ads/**")],
            storage: vec![],
            grid: None,
        }
    }

    fn check(method: &str, url: &str, expected: &str) {
        let setup = setup();
        let decision = match decide(&setup, method, url) {
            Decision::Pass => "pass",
            Decision::With(_) => "with headers",
            Decision::Answer(_) => "answer",
            Decision::Block => "block",
            Decision::Withhold => "withhold",
        };
        assert_eq!(decision, expected, "{method} {url}");
    }

    #[test]
    fn every_request_has_its_fate() {
        check("GET", "https://own.test/a", "with headers");
        check("GET", "https://own.test:8443/a", "pass");
        check("GET", "https://other.test/a", "pass");
        check("POST", "https://own.test/a", "withhold");
        check("post", "https://own.test/a", "withhold");
        check("POST", "https://other.test/a", "pass");
        check("GET", "https://own.test/api/x", "answer");
        check("GET", "https://own.test/api/x?q=1", "answer");
        check("GET", "https://own.test/api/x#part", "answer");
        check("GET", "https://own.test/api/xy", "with headers");
        check("POST", "https://own.test/api/x", "withhold");
        check("GET", "https://other.test/ads/a/b.js", "block");
    }
}
