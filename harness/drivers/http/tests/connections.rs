//! Connections that are kept, names with an address, proxies.

use std::{path::Path, sync::Arc, time::Duration};

use prodiff_core::action::{HttpRequest, Transport};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{OK, SECRET, check_request, http, perform, request, summary};
use crate::drivers::http::{Http, evil::Site};

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
