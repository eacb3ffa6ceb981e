//! The driver against sites that do what no site should. Each test speaks to loopback only and ends in well under a second.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use prodiff_core::{
    action::{ClientCertificate, HttpRequest, Transport},
    observation::{Content, Fault, FaultKind, HttpResponse},
};
use sha2::{Digest, Sha256};
use tokio::{net::TcpSocket, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{
    Http, SetupError,
    decode::tests::{brotli_text, gzip, raw_deflate, text, zlib, zstd},
    evil::{Authority, Connection, Signed, Site},
};
use crate::drivers::budget::Budget;

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

// Sound answers.

#[tokio::test]
async fn an_answer_is_told_as_it_came() {
    let site = Site::answering(
        b"HTTP/1.1 418 Teapot\r\nX-B: 1\r\nset-cookie: a=1\r\nx-latin: caf\xe9\r\nset-cookie: b=2\r\nx-utf: caf\xc3\xa9\r\ncontent-length: 5\r\n\r\nhello".to_vec(),
    )
    .await;
    let response = perform(&http(), &request(&site.url("/p?q=1#part"))).await.unwrap();
    assert_eq!((response.status, response.version, response.url.as_str()), (418, "1.1", site.url("/p?q=1#part").as_str()));
    assert_eq!((response.body.size, response.body.wire_size), (5, 5));
    assert_eq!(response.body.sha256, sha256(b"hello"));
    assert_eq!((response.header("x-b"), response.header("x-latin"), response.header("x-utf")), (Some("1"), Some("café"), Some("café")));
    assert_eq!(response.headers("set-cookie").collect::<Vec<_>>(), ["a=1", "b=2"]);
    let timing = response.timing;
    assert!(timing.connect.unwrap() <= timing.first_byte && timing.first_byte <= timing.total, "{timing:?}");
    assert!(site.requests()[0].starts_with("GET /p?q=1 HTTP/1.1\r\n"), "{:?}", site.requests());
}

#[tokio::test]
async fn old_versions_and_bodies_without_a_length_are_read() {
    check_answer("HTTP/1.0 200 OK\r\n\r\nuntil the end", "200 until the end").await;
    let response = perform(&http(), &request(&Site::answering("HTTP/1.0 200 OK\r\n\r\n").await.url("/"))).await.unwrap();
    assert_eq!(response.version, "1.0");
    check_answer("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n1;x=y\r\n!\r\n0\r\n\r\n", "200 ok!").await;
    check_answer("HTTP/1.1 200 OK\r\nx-folded: a\r\n b\r\ncontent-length: 0\r\n\r\n", "200 ").await;
    check_answer(format!("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n{OK}"), "200 ok").await;
}

#[tokio::test]
async fn redirects_are_not_followed() {
    check_answer("HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 2\r\n\r\nno", "302 no").await;
}

#[tokio::test]
async fn headers_have_defaults_that_a_request_can_replace() {
    let site = Site::answering(OK).await;
    perform(&http(), &request(&site.url("/"))).await.unwrap();
    let own = ["accept", "accept-encoding", "user-agent", "host"].map(|name| (name.to_owned(), format!("my-{name}")));
    perform(&http(), &HttpRequest { headers: own.to_vec(), ..request(&site.url("/")) }).await.unwrap();
    let lines = |head: &str| {
        let mut lines: Vec<String> = head.lines().skip(1).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let [default, own] = &site.requests()[..] else { panic!("two requests") };
    assert_eq!(
        lines(default),
        [
            "accept-encoding: gzip, deflate, br, zstd".to_owned(),
            "accept: */*".to_owned(),
            format!("authorization: Bearer {SECRET}"),
            format!("host: {}", site.address),
            format!("user-agent: prodiff/{}", env!("CARGO_PKG_VERSION")),
        ]
    );
    assert_eq!(lines(own), ["accept-encoding: my-accept-encoding", "accept: my-accept", "host: my-host", "user-agent: my-user-agent"]);
}

#[tokio::test]
async fn credentials_of_a_url_are_sent_as_basic_ones() {
    let site = Site::answering(OK).await;
    let url = format!("http://ada:p%40ss@{}/", site.address);
    perform(&http(), &HttpRequest { headers: Vec::new(), ..request(&url) }).await.unwrap();
    perform(&http(), &request(&url)).await.unwrap();
    let [of_url, own] = &site.requests()[..] else { panic!("two requests") };
    // `ada:p@ss`; a header of the request's own goes before.
    assert!(of_url.contains("authorization: Basic YWRhOnBAc3M=\r\n"), "{of_url}");
    assert!(own.contains(&format!("authorization: Bearer {SECRET}\r\n")) && !own.contains("Basic"), "{own}");
}

#[tokio::test]
async fn the_length_of_a_body_is_always_said() {
    let site = Site::answering(OK).await;
    for body in [None, Some(b"hello".to_vec())] {
        let request = HttpRequest { method: "POST".to_owned(), body, ..request(&site.url("/")) };
        check_request(&http(), &request, &site, "200 ok").await;
    }
    let requests = site.requests();
    assert!(requests[0].contains("content-length: 0\r\n") && requests[1].contains("content-length: 5\r\n"), "{requests:?}");
}

#[tokio::test]
async fn what_cannot_be_sent_is_not_sent() {
    let site = Site::answering(OK).await;
    let good = request(&site.url("/"));
    let with = |name: &str, value: &str| HttpRequest { headers: vec![(name.to_owned(), value.to_owned())], ..good.clone() };
    for request in [
        with("x y", "1"),
        with("x", &format!("{SECRET}\r\nevil: 1")),
        with("content-length", "3"),
        with("transfer-encoding", "chunked"),
        HttpRequest { method: "GE T".to_owned(), ..good.clone() },
        HttpRequest { method: "CONNECT".to_owned(), ..good.clone() },
        HttpRequest { url: format!("ftp://127.0.0.1/{SECRET}").parse().unwrap(), ..good.clone() },
    ] {
        check_request(&http(), &request, &site, "could not send: *").await;
    }
    assert_eq!(site.n_connections(), 0);
}

// Codings.

#[tokio::test]
async fn codings_are_undone_and_both_sizes_told() {
    let chained = gzip(&zstd(&text()));
    for (coding, body) in [
        ("gzip", gzip(&text())),
        ("deflate", zlib(&text())),
        ("deflate", raw_deflate(&text())),
        ("br", brotli_text()),
        ("zstd", zstd(&text())),
        ("zstd, gzip", chained.clone()),
        ("zstd\r\nContent-Encoding: GZIP", chained),
    ] {
        let site = Site::answering(answer(&format!("content-encoding: {coding}\r\n"), &body)).await;
        let response = perform(&http(), &request(&site.url("/"))).await.unwrap();
        assert_eq!(response.body.content, Content::Whole(Arc::from(text())), "{coding}");
        assert_eq!((response.body.size, response.body.wire_size), (1800, body.len() as u64), "{coding}");
        assert_eq!(response.body.sha256, sha256(&text()), "{coding}");
        assert!(response.header("content-encoding").is_some(), "the header stays");
    }
}

#[tokio::test]
async fn answers_without_a_body_have_none_whatever_their_headers() {
    for (method, status) in [("HEAD", 200), ("GET", 204), ("GET", 304)] {
        let site = Site::answering(format!("HTTP/1.1 {status} X\r\ncontent-encoding: gzip\r\ncontent-length: 100\r\n\r\n")).await;
        let request = HttpRequest { method: method.to_owned(), ..request(&site.url("/")) };
        check_request(&http(), &request, &site, &format!("{status} ")).await;
    }
    check_answer(answer("content-encoding: gzip\r\n", b""), "200 ").await;
    check_answer(answer("content-encoding: rot13\r\n", b""), "200 ").await;
}

#[tokio::test]
async fn bodies_that_are_not_in_their_coding_are_broken() {
    let broken = "200, then bad content encoding: *";
    check_answer(answer("content-encoding: gzip\r\n", b"{\"plain\": true}"), broken).await;
    check_answer(answer("content-encoding: br\r\n", &gzip(&text())), broken).await;
    check_answer(answer("content-encoding: gzip\r\n", &gzip(&text())[..40]), broken).await;
    let mut wrong_crc = gzip(&text());
    let at = wrong_crc.len() - 8;
    wrong_crc[at] ^= 1;
    check_answer(answer("content-encoding: gzip\r\n", &wrong_crc), broken).await;
    check_answer(answer("content-encoding: utf-8\r\n", b"x"), "200, then bad content encoding: content-encoding `utf-8` is unknown").await;
}

// Sizes.

#[tokio::test]
async fn a_body_that_is_too_short_is_truncated() {
    let cut = "200, then body truncated: the body ended after 3 of 10 bytes";
    check_answer("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc", cut).await;
    let cut = "200, then body truncated: the body ended after 2 bytes, before its end was marked";
    check_answer("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n5\r\n", cut).await;
}

#[tokio::test]
async fn malformed_chunks_are_malformed() {
    check_answer("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\n", "200, then malformed response: *").await;
}

#[tokio::test]
async fn what_comes_after_the_announced_end_belongs_to_nobody() {
    let site = Site::new(|mut connection| async move {
        while connection.request().await.is_some() {
            connection.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil").await;
        }
    })
    .await;
    let http = http();
    for _ in 0..20 {
        check_request(&http, &request(&site.url("/")), &site, "200 ok").await;
    }
}

#[tokio::test]
async fn endless_bodies_and_bombs_stop_at_the_limit() {
    let site = Site::new(|mut connection| async move {
        connection.request().await;
        connection.write(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while connection.write(&[b'x'; 4096]).await {}
    })
    .await;
    let response = perform(&http(), &request(&site.url("/"))).await.unwrap();
    assert_eq!(response.body.content, Content::OverLimit { limit: 100_000 });
    assert_eq!((response.body.size, response.body.sha256), (100_000, sha256(&[b'x'; 100_000])));
    assert!(response.body.wire_size < 2_000_000, "{}", response.body.wire_size);

    let bomb = gzip(&gzip(&vec![0; 50_000_000]));
    check_answer(answer("content-encoding: gzip, gzip\r\n", &bomb), "200 over 100000").await;
}

#[tokio::test]
async fn the_limit_itself_is_allowed() {
    let site = Site::answering(OK).await;
    check_request(&http(), &HttpRequest { body_limit: 2, ..request(&site.url("/")) }, &site, "200 ok").await;
    check_request(&http(), &HttpRequest { body_limit: 1, ..request(&site.url("/")) }, &site, "200 over 1").await;
    check_request(&http(), &HttpRequest { body_limit: 0, ..request(&site.url("/")) }, &site, "200 over 0").await;
}

#[tokio::test]
async fn a_body_is_held_in_the_budget_until_its_share_is_dropped() {
    let site = Site::answering(answer("content-encoding: gzip\r\n", &gzip(&text()))).await;
    let budget = Budget::new(1000);
    let mut share = budget.share();
    let cancel = CancellationToken::new();
    http().perform_within(&request(&site.url("/")), &cancel, &mut share).await.unwrap();
    assert_eq!(budget.used(), 1800);
    // Nothing is kept of what is over the limit.
    let mut other = budget.share();
    drop(share);
    http().perform_within(&HttpRequest { body_limit: 10, ..request(&site.url("/")) }, &cancel, &mut other).await.unwrap();
    assert_eq!(budget.used(), 0);
}

#[tokio::test]
async fn waiting_for_the_budget_is_not_the_sites_time() {
    let site = Site::answering(OK).await;
    let budget = Budget::new(1);
    let mut eldest = budget.share();
    eldest.take(1).await;
    let mut share = budget.share();
    let request = request(&site.url("/"));
    let (waiter, cancel) = (http(), CancellationToken::new());
    let waiting = waiter.perform_within(&request, &cancel, &mut share);
    let release = async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        drop(eldest);
    };
    let (outcome, ()) = tokio::join!(waiting, release);
    assert_eq!(summary(&outcome, "-no-site-"), "200 ok");
    assert!(outcome.unwrap().timing.total < Duration::from_millis(300));
}

// Connections that end.

#[tokio::test]
async fn connections_that_end_without_an_answer_are_reset() {
    let reset = "connection reset: *";
    check_answer("", reset).await;
    check_answer("HTTP/1.1 200 OK\r\ncontent-le", reset).await;
    let site = Site::new(|mut connection| async move {
        connection.request().await;
        connection.write(b"HTTP/1.1 200 OK\r\ncontent-le").await;
        connection.reset();
    })
    .await;
    check(&site, reset).await;
    let site = Site::new(|connection| async move { connection.reset() }).await;
    check(&site, reset).await;
    // A connection that was new is not tried again.
    assert_eq!(site.n_connections(), 1);
}

#[tokio::test]
async fn a_reset_in_the_body_leaves_the_head_to_be_judged() {
    let site = Site::new(|mut connection| async move {
        connection.request().await;
        connection.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf").await;
        // The half must have been read: a reset overtakes what is still on its way.
        tokio::time::sleep(Duration::from_millis(50)).await;
        connection.reset();
    })
    .await;
    check(&site, "200, then connection reset: the connection was reset by SITE").await;
}

#[tokio::test]
async fn silence_ends_in_time() {
    let silent = Site::new(|mut connection| async move { connection.hang().await }).await;
    check(&silent, "time-out: connected to SITE, but no answer within 300ms").await;
    let silent = Site::new(|mut connection| async move {
        connection.request().await;
        connection.write(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc").await;
        connection.hang().await;
    })
    .await;
    check(&silent, "200, then time-out: the body did not end within 300ms; 3 bytes had come").await;
}

#[tokio::test]
async fn dripping_ends_in_time() {
    async fn drip(mut connection: Connection, first: &'static str) {
        connection.request().await;
        connection.write(first.as_bytes()).await;
        while connection.write(b"x").await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    let head = Site::new(|connection| drip(connection, "HTTP/1.1 200 OK\r\nx-")).await;
    check(&head, "time-out: *").await;
    let body = Site::new(|connection| drip(connection, "HTTP/1.1 200 OK\r\n\r\n")).await;
    check(&body, "200, then time-out: *").await;
}

// Answers that are not HTTP.

#[tokio::test]
async fn what_is_not_http_is_malformed() {
    let malformed = "malformed response: the answer is not HTTP: *";
    check_answer("SSH-2.0-OpenSSH_9.6\r\n", malformed).await;
    check_answer("220 mail.example.org ESMTP\r\n", malformed).await;
    check_answer("<html>HTTP 0.9</html>\r\n\r\n", malformed).await;
    check_answer("HTTP/1.1 abc\r\n\r\n", malformed).await;
    check_answer("HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", malformed).await;
    check_answer("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok", malformed).await;
}

#[tokio::test]
async fn floods_in_the_head_are_malformed() {
    check_answer(format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: 1\r\n".repeat(300)), "malformed response: *").await;
    let site = Site::new(|mut connection| async move {
        connection.request().await;
        connection.write(b"HTTP/1.1 200 OK\r\nx: ").await;
        while connection.write(&[b'x'; 4096]).await {}
    })
    .await;
    let request = HttpRequest { timeout: Duration::from_secs(5), ..request(&site.url("/")) };
    check_request(&http(), &request, &site, "malformed response: *").await;
}

#[tokio::test]
async fn endless_interim_answers_end_in_time() {
    // Malformed would be the better word: the library shows interim answers to nobody, so that nobody can count them.
    let site = Site::new(|mut connection| async move {
        connection.request().await;
        while connection.write(b"HTTP/1.1 100 Continue\r\n\r\n").await {}
    })
    .await;
    check(&site, "time-out: *").await;
}

// No connection.

#[tokio::test]
async fn refused_connections_are_refused() {
    let site = Site::answering(OK).await;
    site.abort().await;
    check(&site, "connection refused: nothing listens on SITE").await;
}

#[tokio::test]
async fn names_without_an_address_are_not_found() {
    // A label of more than 63 letters is in no DNS; no resolver is asked.
    let name = "a".repeat(64);
    let outcome = perform(&http(), &HttpRequest { timeout: Duration::from_secs(5), ..request(&format!("http://{name}.test/")) }).await;
    let actual = summary(&outcome, &name);
    assert!(actual.starts_with("host name not found: no address for `SITE.test`"), "{actual}");
}

#[tokio::test]
async fn addresses_without_a_route_are_unroutable() {
    // The broadcast address: no TCP connection can go there.
    let outcome = perform(&http(), &request("http://255.255.255.255:9/")).await;
    assert_eq!(outcome.unwrap_err().kind, FaultKind::Unroutable);
}

#[tokio::test]
async fn connections_that_never_come_up_time_out_as_such() {
    let full = TcpSocket::new_v4().unwrap();
    full.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = full.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    // A queue that is full: nobody accepts.
    let mut queue = JoinSet::new();
    for _ in 0..4 {
        queue.spawn(tokio::net::TcpStream::connect(address));
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let outcome = perform(&http(), &request(&format!("http://{address}/"))).await;
    assert_eq!(summary(&outcome, &address.to_string()), "connect time-out: no connection to SITE within 300ms");
    queue.shutdown().await;

    // TLS belongs to the connection.
    let silent = Site::new(|mut connection| async move { connection.hang().await }).await;
    let outcome = perform(&http(), &request(&silent.url("/").replace("http:", "https:"))).await;
    assert_eq!(outcome.unwrap_err().kind, FaultKind::ConnectTimeout);
}

// Kept connections.

#[tokio::test]
async fn connections_are_used_again() {
    let site = Site::new(|mut connection| async move {
        while connection.request().await.is_some() {
            connection.write(OK.as_bytes()).await;
        }
    })
    .await;
    let http = http();
    let mut connects = Vec::new();
    for _ in 0..5 {
        let response = perform(&http, &request(&site.url("/"))).await.unwrap();
        connects.push(response.timing.connect.is_some());
        // The body's end is seen a moment before the connection is free.
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!((connects, site.n_connections()), (vec![true, false, false, false, false], 1));
}

/// A site that promises to keep connections and closes them after each answer.
async fn liar() -> Site {
    Site::new(|mut connection| async move {
        connection.request().await;
        connection.write(OK.as_bytes()).await;
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sites_that_close_kept_connections_are_not_reset() {
    let (site, http) = (liar().await, Arc::new(http()));
    for _ in 0..50 {
        check_request(&http, &request(&site.url("/")), &site, "200 ok").await;
    }
    let mut tasks = JoinSet::new();
    for _ in 0..16 {
        let (http, request) = (Arc::clone(&http), HttpRequest { timeout: Duration::from_secs(5), ..request(&site.url("/")) });
        tasks.spawn(async move {
            for _ in 0..25 {
                assert_eq!(summary(&http.perform(&request, &CancellationToken::new()).await, "-no-site-"), "200 ok");
            }
        });
    }
    tasks.join_all().await;
}

/// A site that answers the first request of its first connection, and closes that connection on the second one unanswered.
async fn closer() -> Site {
    Site::new(|mut connection| async move {
        connection.request().await;
        connection.write(OK.as_bytes()).await;
        connection.request().await;
        if connection.number > 0 {
            connection.write(OK.as_bytes()).await;
        }
    })
    .await
}

#[tokio::test]
async fn safe_requests_that_a_kept_connection_swallowed_are_sent_once_more() {
    let (site, http) = (closer().await, http());
    for _ in 0..2 {
        check_request(&http, &request(&site.url("/")), &site, "200 ok").await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!((site.n_connections(), site.requests().len()), (2, 3));
}

#[tokio::test]
async fn unsafe_requests_are_never_sent_twice() {
    let (site, http) = (closer().await, http());
    check_request(&http, &request(&site.url("/")), &site, "200 ok").await;
    tokio::time::sleep(Duration::from_millis(10)).await;
    let post = HttpRequest { method: "POST".to_owned(), ..request(&site.url("/")) };
    check_request(&http, &post, &site, "connection reset: SITE closed the connection without a whole answer").await;
    assert_eq!((site.n_connections(), site.requests().len()), (1, 2));
}

// TLS.

struct Files(tempfile::TempDir);

impl Files {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self(folder)
    }

    fn http(&self, transport: &Transport) -> Result<Http, SetupError> {
        Http::new(transport, self.0.path())
    }
}

fn trusting() -> Transport {
    Transport { ca_file: Some("ca.pem".to_owned()), ..Transport::default() }
}

async fn tls_site(signed: &Signed, alpn: &[&str], clients_of: Option<&Authority>) -> Site {
    Site::tls(signed.server(alpn, clients_of), |mut connection| async move {
        while connection.request().await.is_some() {
            connection.write(OK.as_bytes()).await;
        }
    })
    .await
}

fn https(site: &Site, host: &str) -> HttpRequest {
    HttpRequest { timeout: Duration::from_secs(2), ..request(&format!("https://{host}:{}/", site.address.port())) }
}

/// Asks a site with a certificate for `host` and these years as 127.0.0.1, trusting its authority.
async fn check_certificate(host: &str, years: (i32, i32), expected: &str) {
    let authority = Authority::new();
    let site = tls_site(&authority.sign(host, years), &[], None).await;
    let http = Files::new(&[("ca.pem", &authority.pem)]).http(&trusting()).unwrap();
    check_request(&http, &https(&site, "127.0.0.1"), &site, expected).await;
}

#[tokio::test]
async fn certificates_are_checked() {
    check_certificate("127.0.0.1", (2000, 3000), "200 ok").await;
    let expired = "certificate expired: the certificate of SITE expired on 2001-01-01";
    check_certificate("127.0.0.1", (2000, 2001), expired).await;
    let early = "certificate expired: the certificate of SITE is not valid before 2990-01-01";
    check_certificate("127.0.0.1", (2990, 3000), early).await;
    check_certificate("www.example.org", (2000, 3000), "certificate is for another host: the certificate of SITE is for *").await;
}

#[tokio::test]
async fn unknown_authorities_are_not_trusted() {
    let (authority, other) = (Authority::new(), Authority::new());
    let site = tls_site(&authority.sign("127.0.0.1", (2000, 3000)), &[], None).await;
    let http = Files::new(&[("ca.pem", &other.pem)]).http(&trusting()).unwrap();
    let untrusted = "certificate not trusted: the certificate of SITE is signed by no authority that is trusted here";
    check_request(&http, &https(&site, "127.0.0.1"), &site, untrusted).await;
    // Without a `ca_file`: the machine's authorities do not know it either, if there are any.
    check_request(&self::http(), &https(&site, "127.0.0.1"), &site, "certificate not trusted: *").await;
}

#[tokio::test]
async fn http_works_where_nobody_is_trusted() {
    let config = super::tls::no_authorities().unwrap();
    let client = reqwest::Client::builder().tls_backend_preconfigured(config).no_proxy().build().unwrap();
    let authority = Authority::new();
    let site = tls_site(&authority.sign("127.0.0.1", (2000, 3000)), &[], None).await;
    let error = client.get(format!("https://{}/", site.address)).send().await.unwrap_err();
    let route = super::fault::Route { site: "SITE".to_owned(), proxy: None, is_tls: true };
    let cause = super::fault::Cause::of_head(&error, &route);
    assert_eq!(cause.kind, FaultKind::UntrustedCertificate);
    assert!(cause.detail.starts_with("this machine has no certificate authorities"), "{}", cause.detail);
    let plain = Site::answering(OK).await;
    assert_eq!(client.get(plain.url("/")).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn other_failures_of_tls_are_told_apart() {
    let plain = Site::answering("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let failed = "TLS handshake failed: SITE does not speak TLS";
    let garbage = Site::new(|mut connection| async move {
        connection.write(b"SSH-2.0-OpenSSH_9.6\r\n").await;
        connection.hang().await;
    })
    .await;
    check_request(&http(), &https(&garbage, "127.0.0.1"), &garbage, failed).await;
    plain.abort().await;
    check_request(&http(), &https(&plain, "127.0.0.1"), &plain, "connection refused: *").await;
    let closing = Site::new(|connection| async move { drop(connection) }).await;
    let failed = "TLS handshake failed: SITE closed the connection during the TLS handshake";
    check_request(&http(), &https(&closing, "127.0.0.1"), &closing, failed).await;
}

#[tokio::test]
async fn client_certificates_are_shown() {
    let authority = Authority::new();
    let client = authority.sign("client", (2000, 3000));
    let site = tls_site(&authority.sign("127.0.0.1", (2000, 3000)), &[], Some(&authority)).await;
    let files = Files::new(&[("ca.pem", &authority.pem), ("client.pem", &client.cert), ("client.key", &client.key)]);
    let certificate = ClientCertificate { cert: "client.pem".to_owned(), key: "client.key".to_owned() };
    let with = files.http(&Transport { client_certificate: Some(certificate), ..trusting() }).unwrap();
    check_request(&with, &https(&site, "127.0.0.1"), &site, "200 ok").await;
    let without = files.http(&trusting()).unwrap();
    check_request(&without, &https(&site, "127.0.0.1"), &site, "TLS handshake failed: *").await;
}

#[tokio::test]
async fn http_2_is_spoken_where_it_is_offered() {
    let authority = Authority::new();
    let server = authority.sign("127.0.0.1", (2000, 3000)).server(&["h2", "http/1.1"], None);
    let site = Site::tls(server, |connection| async move {
        let mut h2 = h2::server::handshake(connection.stream).await.unwrap();
        while let Some(Ok((request, mut respond))) = h2.accept().await {
            match request.uri().path() {
                "/refused" => respond.send_reset(h2::Reason::INTERNAL_ERROR),
                "/half" => {
                    let mut body = respond.send_response(http::Response::new(()), false).unwrap();
                    body.send_data(bytes::Bytes::from_static(b"half"), false).unwrap();
                    // A reset overtakes what is still on its way.
                    tokio::spawn(async move {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        body.send_reset(h2::Reason::INTERNAL_ERROR);
                    });
                }
                _ => {
                    let mut body = respond.send_response(http::Response::new(()), false).unwrap();
                    body.send_data(bytes::Bytes::from_static(b"ok"), true).unwrap();
                }
            }
        }
    })
    .await;
    let http = Files::new(&[("ca.pem", &authority.pem)]).http(&trusting()).unwrap();
    let good = https(&site, "127.0.0.1");
    let response = perform(&http, &good).await.unwrap();
    assert_eq!((response.version, response.body.size, response.timing.connect.is_some()), ("2", 2, true));
    assert_eq!(perform(&http, &good).await.unwrap().timing.connect, None);
    assert_eq!(site.n_connections(), 1);
    let post = |path: &str| HttpRequest { method: "POST".to_owned(), url: good.url.join(path).unwrap(), ..good.clone() };
    check_request(&http, &post("/refused"), &site, "connection reset: SITE ended the HTTP/2 exchange: *").await;
    check_request(&http, &post("/half"), &site, "200, then connection reset: SITE ended the HTTP/2 exchange: *").await;
}

#[tokio::test]
async fn files_that_cannot_be_used_are_found_at_the_start() {
    let (authority, other) = (Authority::new(), Authority::new());
    let client = authority.sign("client", (2000, 3000));
    let other = other.sign("client", (2000, 3000));
    let files = Files::new(&[("ca.pem", "no certificate"), ("client.pem", &client.cert), ("other.key", &other.key)]);
    let certificate = |cert: &str, key: &str| Transport {
        client_certificate: Some(ClientCertificate { cert: cert.to_owned(), key: key.to_owned() }),
        ..Transport::default()
    };
    let proxy = |url: &str| Transport { proxy: Some(url.parse().unwrap()), ..Transport::default() };
    for (transport, expected) in [
        (trusting(), "ca.pem`, named by `ca_file`, holds no certificate in PEM"),
        (certificate("absent.pem", "other.key"), "absent.pem`, named by `client_certificate.cert`"),
        (certificate("client.pem", "client.pem"), "client.pem`, named by `client_certificate.key`, holds no private key in PEM"),
        (certificate("client.pem", "other.key"), "other.key`, named by `client_certificate.key`, cannot be used"),
        (proxy("ftp://user:s3cr3t@proxy"), "`proxy` must be an `http`, `https` or `socks5` URL with a host"),
    ] {
        let error = files.http(&transport).unwrap_err().to_string();
        assert!(error.contains(expected) && !error.contains(SECRET), "{error}");
    }
}

// Ways.

#[tokio::test]
async fn names_can_be_given_an_address() {
    let site = Site::answering(OK).await;
    let transport = Transport { resolve: [("Shop.Example.test".to_owned(), site.address.ip())].into(), ..Transport::default() };
    let http = Http::new(&transport, Path::new(".")).unwrap();
    let request = request(&format!("http://shop.example.test:{}/", site.address.port()));
    check_request(&http, &request, &site, "200 ok").await;
    assert!(site.requests()[0].contains(&format!("host: shop.example.test:{}\r\n", site.address.port())));
}

fn through(proxy: &Site, scheme: &str) -> Http {
    let proxy = format!("{scheme}://user:{SECRET}@{}", proxy.address).parse().unwrap();
    Http::new(&Transport { proxy: Some(proxy), ..Transport::default() }, Path::new(".")).unwrap()
}

#[tokio::test]
async fn a_proxy_is_asked_for_everything() {
    let proxy = Site::answering(OK).await;
    let http = through(&proxy, "http");
    check_request(&http, &request("http://127.0.0.1:9/x?y"), &proxy, "200 ok").await;
    let head = &proxy.requests()[0];
    assert!(head.starts_with("GET http://127.0.0.1:9/x?y HTTP/1.1\r\n") && head.contains("proxy-authorization: Basic "), "{head}");
}

#[tokio::test]
async fn a_proxy_that_says_no_is_told_apart_from_the_site() {
    let wants = Site::answering("HTTP/1.1 407 X\r\ncontent-length: 0\r\n\r\n").await;
    let refuses = Site::answering("HTTP/1.1 403 X\r\ncontent-length: 0\r\n\r\n").await;
    let (plain, secure) = (request("http://site.test/"), request("https://site.test/"));
    check_request(&through(&wants, "http"), &plain, &wants, "proxy failed: proxy SITE wants credentials (407)").await;
    check_request(&through(&wants, "http"), &secure, &wants, "proxy failed: proxy SITE: *").await;
    check_request(&through(&refuses, "http"), &secure, &refuses, "proxy failed: proxy SITE: *").await;
    // What a plain proxy answers to a plain request cannot be told from the site's answer.
    check_request(&through(&refuses, "http"), &plain, &refuses, "403 ").await;
    let socks = Site::new(|mut connection| async move {
        // No acceptable method (RFC 1928, 3).
        connection.write(b"\x05\xff").await;
        connection.hang().await;
    })
    .await;
    check_request(&through(&socks, "socks5h"), &plain, &socks, "proxy failed: proxy SITE: *").await;
    let gone = Site::answering("").await;
    gone.abort().await;
    check_request(&through(&gone, "http"), &plain, &gone, "proxy failed: proxy SITE: nothing listens on SITE").await;
    check_request(&through(&gone, "socks5h"), &plain, &gone, "proxy failed: proxy SITE: *").await;
}

#[tokio::test]
async fn proxies_are_not_told_the_credentials_of_a_url() {
    let proxy = Site::answering(OK).await;
    check_request(&through(&proxy, "http"), &request("http://ada:pass@127.0.0.1:9/"), &proxy, "200 ok").await;
    assert!(proxy.requests()[0].starts_with("GET http://127.0.0.1:9/ HTTP/1.1\r\n"), "{:?}", proxy.requests());
}

// Ends.

#[tokio::test]
async fn cancelling_ends_at_once() {
    let silent = Site::new(|mut connection| async move { connection.hang().await }).await;
    let cancel = CancellationToken::new();
    let request = HttpRequest { timeout: Duration::from_secs(60), ..request(&silent.url("/")) };
    let http = http();
    let start = Instant::now();
    let stop = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        cancel.cancel();
    };
    let (outcome, ()) = tokio::join!(http.perform(&request, &cancel), stop);
    assert_eq!(summary(&outcome, "-no-site-"), "cancelled: the run was stopped");
    assert!(start.elapsed() < Duration::from_millis(500));
    // And nothing begins any more.
    assert_eq!(http.perform(&request, &cancel).await.unwrap_err().kind, FaultKind::Cancelled);
    assert_eq!(silent.n_connections(), 1);
}

#[test]
fn setting_up_takes_no_time() {
    let start = Instant::now();
    for _ in 0..100 {
        http();
    }
    assert!(start.elapsed() < Duration::from_millis(100), "{:?}", start.elapsed());
}

#[test]
fn no_second_crypto_library_is_built() {
    // Two of them in one build, and rustls no longer knows which to take.
    for name in ["aws-lc-sys", "openssl-sys"] {
        assert!(!include_str!("../../../Cargo.lock").contains(&format!("name = \"{name}\"")), "{name}");
    }
}
