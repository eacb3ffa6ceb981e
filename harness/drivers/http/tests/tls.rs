//! Certificates, both ways, and HTTP/2.

use std::time::Duration;

use prodiff_core::{
    action::{ClientCertificate, HttpRequest, Transport},
    observation::FaultKind,
};

use super::{OK, SECRET, check_request, http, perform, request};
use crate::drivers::http::{
    Http, SetupError,
    evil::{Authority, Signed, Site},
    fault::{Cause, Route},
    tls::no_authorities,
};

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
    check_request(&super::http(), &https(&site, "127.0.0.1"), &site, "certificate not trusted: *").await;
}

#[tokio::test]
async fn http_works_where_nobody_is_trusted() {
    let config = no_authorities().unwrap();
    let client = reqwest::Client::builder().tls_backend_preconfigured(config).no_proxy().build().unwrap();
    let authority = Authority::new();
    let site = tls_site(&authority.sign("127.0.0.1", (2000, 3000)), &[], None).await;
    let error = client.get(format!("https://{}/", site.address)).send().await.unwrap_err();
    let route = Route { site: "SITE".to_owned(), proxy: None, is_tls: true };
    let cause = Cause::of_head(&error, &route);
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
