//! Sound answers, and what goes out to get them.

use prodiff_core::action::HttpRequest;

use super::{OK, SECRET, check_answer, check_request, http, perform, request, sha256};
use crate::drivers::http::evil::Site;

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
