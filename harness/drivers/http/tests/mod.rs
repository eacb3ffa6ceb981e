//! The driver against sites that do what no site should. Each test speaks to loopback only and ends in well under a second.

mod answers;
mod bodies;
mod connections;
mod faults;
mod tls;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use prodiff_core::{
    action::{HttpRequest, Transport},
    observation::{Content, Fault, HttpResponse},
};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::{Http, evil::Site};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// The word that must not be in any fault.
const SECRET: &str = "s3cr3t";

fn request(url: &str) -> HttpRequest {
    HttpRequest {
        method: "GET".to_owned(),
        url: url.parse().unwrap(),
        headers: vec![("authorization".to_owned(), format!("Bearer {SECRET}"))],
        body: None,
        timeout: Duration::from_millis(300),
        body_limit: 100_000,
    }
}

fn http() -> Http {
    Http::new(&Transport::default(), Path::new(".")).unwrap()
}

async fn perform(http: &Http, request: &HttpRequest) -> Result<HttpResponse, Fault> {
    let start = Instant::now();
    let outcome = http.perform(request, &CancellationToken::new()).await;
    assert!(start.elapsed() < request.timeout + Duration::from_millis(700), "ends in time: {:?}", start.elapsed());
    outcome
}

/// What came of a request, on one line; the site is called SITE.
fn summary(outcome: &Result<HttpResponse, Fault>, site: &str) -> String {
    let fault = |fault: &Fault| {
        let detail = &fault.detail;
        assert!(!detail.contains(SECRET), "{detail}");
        assert!(!detail.contains(['\n', '\r']) && !detail.ends_with('.') && !detail.is_empty(), "{detail}");
        assert!(!detail.starts_with(char::is_uppercase) || detail.starts_with("HTTP"), "{detail}");
        format!("{}: {}", fault.kind.name(), detail.replace(site, "SITE"))
    };
    match outcome {
        Err(error) => fault(error),
        Ok(response) => match &response.body.content {
            Content::Whole(bytes) => {
                assert_eq!(bytes.len() as u64, response.body.size);
                assert_eq!(response.body.sha256, sha256(bytes));
                format!("{} {}", response.status, String::from_utf8_lossy(bytes))
            }
            Content::OverLimit { limit } => format!("{} over {limit}", response.status),
            Content::Broken(broken) => format!("{}, then {}", response.status, fault(broken)),
        },
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Asks a site once and checks what came of it; `*` at the end of what is expected stands for anything.
async fn check(site: &Site, expected: &str) {
    check_request(&http(), &request(&site.url(&format!("/?token={SECRET}"))), site, expected).await;
}

async fn check_request(http: &Http, request: &HttpRequest, site: &Site, expected: &str) {
    let actual = summary(&perform(http, request).await, &site.address.to_string());
    match expected.strip_suffix('*') {
        Some(expected) => assert!(actual.starts_with(expected), "expected {expected:?}…, actual {actual:?}"),
        None => assert_eq!(actual, expected),
    }
}

async fn check_answer(answer: impl Into<Vec<u8>>, expected: &str) {
    check(&Site::answering(answer).await, expected).await;
}

fn answer(headers: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n{headers}\r\n", body.len()).as_bytes(), body].concat()
}
