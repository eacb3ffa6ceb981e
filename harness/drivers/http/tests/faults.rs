//! Connections that end, that never come up, and answers that are not HTTP.

use std::time::{Duration, Instant};

use prodiff_core::{action::HttpRequest, observation::FaultKind};
use tokio::{net::TcpSocket, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{OK, check, check_answer, check_request, http, perform, request, summary};
use crate::drivers::http::evil::{Connection, Site};

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
        assert!(!include_str!("../../../../Cargo.lock").contains(&format!("name = \"{name}\"")), "{name}");
    }
}
