//! Codings and sizes of bodies.

use std::{sync::Arc, time::Duration};

use prodiff_core::{action::HttpRequest, observation::Content};
use tokio_util::sync::CancellationToken;

use super::{OK, answer, check_answer, check_request, http, perform, request, sha256, summary};
use crate::drivers::{
    budget::Budget,
    http::{
        decode::tests::{brotli_text, gzip, raw_deflate, text, zlib, zstd},
        evil::Site,
    },
};

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
