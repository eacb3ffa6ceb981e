//! Names what went wrong, by walking down the causes of an error.
//!
//! No word of a request gets into a fault's detail: neither headers nor the path and query of its URL, nor what a
//! library shows of them. Hosts and ports do.

use std::{error::Error, io, net::SocketAddr};

use chrono::DateTime;
use prodiff_core::observation::FaultKind;
use rustls::{CertificateError, OtherError, pki_types::UnixTime};
use url::Url;

use super::{
    connect::{NameNotFound, local_address},
    tls::MachineTrustsNobody,
};

/// What went wrong, in name and in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cause {
    pub(super) kind: FaultKind,
    /// One line, lower case, no full stop.
    pub(super) detail: String,
}

/// Which way a request went, as far as faults tell it.
#[derive(Debug)]
pub(super) struct Route {
    /// `host:port` of the site.
    pub(super) site: String,
    /// `host:port` of the proxy, if there is one.
    pub(super) proxy: Option<String>,
    pub(super) is_tls: bool,
}

impl Cause {
    pub(super) fn new(kind: FaultKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// Why no head of an answer came.
    pub(super) fn of_head(error: &reqwest::Error, route: &Route) -> Self {
        let chain = causes(error);
        if let Some(cause) = find::<rustls::Error>(&chain).map(|error| of_tls(error, route)) {
            return cause;
        }
        if error.is_connect() {
            return of_connect(&chain, route);
        }
        if error.is_builder() {
            return Self::new(FaultKind::Driver, "the request cannot be sent: its URL or method is not valid for HTTP");
        }
        of_exchange(&chain, route)
    }

    /// Why the body did not come to its end.
    pub(super) fn of_body(error: &reqwest::Error, route: &Route) -> Self {
        let chain = causes(error);
        let was_cut = find::<hyper::Error>(&chain).is_some_and(hyper::Error::is_incomplete_message);
        match io_error(&chain).map(io::Error::kind) {
            Some(io::ErrorKind::UnexpectedEof) => Self::new(FaultKind::Truncated, "the connection was closed before the end of the body"),
            None if was_cut => Self::new(FaultKind::Truncated, "the connection was closed before the end of the body"),
            Some(io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData) if find::<rustls::Error>(&chain).is_none() => {
                Self::new(FaultKind::Malformed, format!("the body's chunks are malformed: {}", last(&chain)))
            }
            Some(_) | None => of_exchange(&chain, route),
        }
    }
}

/// `host:port` of a URL, with the port that the scheme implies.
pub(super) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().or((url.scheme().starts_with("socks")).then_some(1080));
    match port {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// The local address of the connection on which an error occurred.
pub(super) fn local_address_of(error: &reqwest::Error) -> Option<SocketAddr> {
    find::<hyper_util::client::legacy::Error>(&causes(error)).and_then(|error| error.connect_info()).and_then(local_address)
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    /// No sane error has more causes; one could be its own.
    const DEPTH: usize = 32;
    std::iter::successors(Some(error), |error| next_cause(*error)).take(DEPTH).collect()
}

fn next_cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    // The source of an `io::Error` is the source of what it holds: that itself would be passed over.
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(held) => Some(held),
        None => error.source(),
    }
}

fn find<'a, E: Error + 'static>(chain: &[&'a (dyn Error + 'static)]) -> Option<&'a E> {
    chain.iter().find_map(|error| error.downcast_ref::<E>())
}

/// The deepest I/O error: libraries wrap one in another of kind `Other`.
fn io_error<'a>(chain: &[&'a (dyn Error + 'static)]) -> Option<&'a io::Error> {
    chain.iter().rev().find_map(|error| error.downcast_ref::<io::Error>())
}

/// The words of the deepest cause, as one line of modest length.
fn last(chain: &[&(dyn Error + 'static)]) -> String {
    chain.last().map(|error| one_line(&error.to_string())).unwrap_or_default()
}

fn one_line(text: &str) -> String {
    const LENGTH: usize = 160;
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    let line: String = words.join(" ").chars().take(LENGTH).collect();
    let line = line.trim_end_matches('.');
    let mut chars = line.chars();
    match (chars.next(), chars.clone().next()) {
        // Acronyms stay as they are.
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(chars).collect(),
        (Some(_), Some(_) | None) | (None, _) => line.to_owned(),
    }
}

fn of_connect(chain: &[&(dyn Error + 'static)], route: &Route) -> Cause {
    let cause = of_direct_connect(chain, route);
    match (&route.proxy, cause.kind) {
        // Everything up to the proxy's consent is the proxy's, except for what says nothing about it.
        (
            Some(proxy),
            FaultKind::Refused | FaultKind::Unroutable | FaultKind::NameNotFound | FaultKind::Reset | FaultKind::TlsHandshake,
        ) => Cause::new(FaultKind::Proxy, format!("proxy {proxy}: {}", cause.detail)),
        (Some(_) | None, _) => cause,
    }
}

fn of_direct_connect(chain: &[&(dyn Error + 'static)], route: &Route) -> Cause {
    use io::ErrorKind as Io;
    if let Some(error) = find::<NameNotFound>(chain) {
        return Cause::new(FaultKind::NameNotFound, one_line(&error.to_string()));
    }
    let place = route.proxy.as_ref().unwrap_or(&route.site);
    let Some(error) = io_error(chain) else {
        // What is left are the proxy's own ways of saying no (CONNECT, SOCKS).
        return Cause::new(FaultKind::Reset, last(chain));
    };
    match error.kind() {
        Io::ConnectionRefused => Cause::new(FaultKind::Refused, format!("nothing listens on {place}")),
        Io::HostUnreachable | Io::NetworkUnreachable | Io::NetworkDown | Io::AddrNotAvailable | Io::PermissionDenied => {
            Cause::new(FaultKind::Unroutable, format!("no way to {place}: {}", one_line(&error.to_string())))
        }
        Io::TimedOut => Cause::new(FaultKind::ConnectTimeout, format!("{place} does not answer")),
        Io::UnexpectedEof | Io::ConnectionReset | Io::ConnectionAborted | Io::BrokenPipe if route.is_tls => {
            Cause::new(FaultKind::TlsHandshake, format!("{place} closed the connection during the TLS handshake"))
        }
        Io::UnexpectedEof | Io::ConnectionReset | Io::ConnectionAborted | Io::BrokenPipe => {
            Cause::new(FaultKind::Reset, format!("{place} closed the connection at once"))
        }
        // Too many open files (EMFILE, ENFILE) and the like: this machine's trouble, not the site's.
        _ => Cause::new(FaultKind::Driver, format!("cannot connect to {place}: {}", one_line(&error.to_string()))),
    }
}

fn of_exchange(chain: &[&(dyn Error + 'static)], route: &Route) -> Cause {
    if let Some(error) = find::<h2::Error>(chain) {
        return if let Some(error) = error.get_io() {
            of_broken_pipe(error, route)
        } else if error.is_remote() {
            Cause::new(FaultKind::Reset, format!("{} ended the HTTP/2 exchange: {}", route.site, last(chain)))
        } else {
            Cause::new(FaultKind::Malformed, format!("{} breaks the rules of HTTP/2: {}", route.site, last(chain)))
        };
    }
    if let Some(error) = find::<hyper::Error>(chain) {
        if error.is_parse() {
            return Cause::new(FaultKind::Malformed, format!("the answer is not HTTP: {}", last(chain)));
        }
        if error.is_user() {
            return Cause::new(FaultKind::Driver, format!("the request cannot be sent: {}", last(chain)));
        }
        if error.is_incomplete_message() {
            return Cause::new(FaultKind::Reset, format!("{} closed the connection without a whole answer", route.site));
        }
    }
    match io_error(chain) {
        Some(error) => of_broken_pipe(error, route),
        None => Cause::new(FaultKind::Reset, format!("the connection to {} ended: {}", route.site, last(chain))),
    }
}

fn of_broken_pipe(error: &io::Error, route: &Route) -> Cause {
    let words = match error.kind() {
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => "reset",
        _ => "closed",
    };
    Cause::new(FaultKind::Reset, format!("the connection was {words} by {}", route.site))
}

fn of_tls(error: &rustls::Error, route: &Route) -> Cause {
    let site = &route.site;
    let rustls::Error::InvalidCertificate(certificate) = error else {
        let words = match error {
            rustls::Error::InvalidMessage(_) => format!("{site} does not speak TLS"),
            _ => format!("with {site}: {}", one_line(&error.to_string())),
        };
        return Cause::new(FaultKind::TlsHandshake, words);
    };
    match certificate {
        // A signature that does not fit is that of another authority of the same name.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            Cause::new(FaultKind::UntrustedCertificate, format!("the certificate of {site} is signed by no authority that is trusted here"))
        }
        CertificateError::Expired => Cause::new(FaultKind::ExpiredCertificate, format!("the certificate of {site} has expired")),
        CertificateError::ExpiredContext { not_after, .. } => {
            Cause::new(FaultKind::ExpiredCertificate, format!("the certificate of {site} expired on {}", day(*not_after)))
        }
        CertificateError::NotValidYet => Cause::new(FaultKind::ExpiredCertificate, format!("the certificate of {site} is not valid yet")),
        CertificateError::NotValidYetContext { not_before, .. } => {
            Cause::new(FaultKind::ExpiredCertificate, format!("the certificate of {site} is not valid before {}", day(*not_before)))
        }
        CertificateError::NotValidForName => {
            Cause::new(FaultKind::WrongHostCertificate, format!("the certificate of {site} is for another host"))
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            let presented = if presented.is_empty() { "no host".to_owned() } else { one_line(&presented.join(", ")) };
            Cause::new(FaultKind::WrongHostCertificate, format!("the certificate of {site} is for {presented}"))
        }
        CertificateError::Other(OtherError(why)) if why.downcast_ref::<MachineTrustsNobody>().is_some() => {
            Cause::new(FaultKind::UntrustedCertificate, MachineTrustsNobody.to_string())
        }
        // Among them a certificate that signed itself as an authority (`openssl req -x509`).
        CertificateError::Other(OtherError(why)) => {
            Cause::new(FaultKind::UntrustedCertificate, format!("the certificate of {site} is not trusted: {}", one_line(&why.to_string())))
        }
        _ => Cause::new(FaultKind::TlsHandshake, format!("the certificate of {site}: {}", one_line(&error.to_string()))),
    }
}

fn day(time: UnixTime) -> String {
    i64::try_from(time.as_secs())
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .map_or_else(|| "a day out of range".to_owned(), |time| time.format("%Y-%m-%d").to_string())
}
