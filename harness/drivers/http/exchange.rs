//! Performs one HTTP request: one hop, one answer or one fault.

use std::{path::Path, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use hyper_util::client::legacy::connect::HttpInfo;
use percent_encoding::percent_decode_str;
use prodiff_core::{
    action::{HttpRequest, Transport},
    observation::{Fault, FaultKind, HttpResponse, Timing},
};
use tokio::{sync::OnceCell, task, time::timeout_at};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{
    body::{self, Clock},
    connect::{ATTEMPT, Attempt, Resolver, Via, Watch},
    fault::{Cause, Route, authority, local_address_of},
    tls::{self, Identity, SetupError},
};
use crate::drivers::budget::Share;

/// The connections of one side of a run: one pool, one proxy, one identity.
#[derive(Debug)]
pub struct Http {
    identity: Identity,
    resolver: Arc<Resolver>,
    proxy: Option<(reqwest::Proxy, Url)>,
    /// For `http`. Apart from the other, because reading the machine's authorities takes tens of milliseconds.
    plain: OnceCell<Clients>,
    /// For `https`, and for everything that goes through an `https` proxy.
    secure: OnceCell<Clients>,
}

#[derive(Debug)]
struct Clients {
    /// Keeps connections for the next request.
    pooling: reqwest::Client,
    /// Makes a new connection for each request.
    fresh: reqwest::Client,
}

/// Why an attempt brought no head.
struct Failure {
    cause: Cause,
    via: Via,
}

/// How long an idle connection is kept: less than what servers commonly allow (5 s in Node and Apache), so that a
/// request is seldom sent just as the server closes.
const IDLE: Duration = Duration::from_secs(4);

/// More header fields than this are an attack or a mistake. hyper stops at 400 kB of head by itself.
const MAX_HEADERS: usize = 256;

/// The most that the header fields of an HTTP/2 answer may take, in bytes; the library's 16 kB is less than what some
/// content security policies take.
const MAX_HEAD: u32 = 400 << 10;

const USER_AGENT: &str = concat!("prodiff/", env!("CARGO_PKG_VERSION"));

impl Http {
    /// Sets up how an environment is reached. `base` is the folder that its files are relative to.
    ///
    /// Reads the files that the transport names and nothing else: no socket is opened, and the machine's authorities
    /// are read with the first `https` request.
    pub fn new(transport: &Transport, base: &Path) -> Result<Self, SetupError> {
        let proxy = match &transport.proxy {
            Some(url) => Some((proxy(url).ok_or(SetupError::Proxy)?, url.clone())),
            None => None,
        };
        Ok(Self {
            identity: Identity::read(transport, base)?,
            resolver: Arc::new(Resolver::new(&transport.resolve)),
            proxy,
            plain: OnceCell::new(),
            secure: OnceCell::new(),
        })
    }

    /// Sends a request and reads the answer.
    ///
    /// `Err` means that no head of an answer was seen. What breaks after it is in the body
    /// ([`Content::Broken`](prodiff_core::observation::Content::Broken)), so that status and headers can be judged.
    ///
    /// A request by a safe method that a server left unanswered by closing a kept connection is sent once more on a new
    /// one: it says nothing about the site but that it closes idle connections. Nothing else is ever sent twice.
    pub async fn perform(&self, request: &HttpRequest, cancel: &CancellationToken) -> Result<HttpResponse, Fault> {
        self.perform_or_cancel(request, cancel, None).await
    }

    /// Like [`Http::perform`], with the body's bytes counted in a share of the run's budget. Waiting for the budget does
    /// not count as the site's time. The share is to be kept as long as the body.
    pub async fn perform_within(
        &self,
        request: &HttpRequest,
        cancel: &CancellationToken,
        share: &mut Share,
    ) -> Result<HttpResponse, Fault> {
        self.perform_or_cancel(request, cancel, Some(share)).await
    }

    async fn perform_or_cancel(
        &self,
        request: &HttpRequest,
        cancel: &CancellationToken,
        share: Option<&mut Share>,
    ) -> Result<HttpResponse, Fault> {
        let mut clock = Clock::start(request.timeout);
        // Dropping the exchange closes its connection.
        let outcome = tokio::select! {
            biased;
            () = cancel.cancelled() => Err(Cause::new(FaultKind::Cancelled, "the run was stopped")),
            outcome = self.exchange(request, &mut clock, share) => outcome,
        };
        outcome.map_err(|cause| clock.fault(cause))
    }

    async fn exchange(&self, request: &HttpRequest, clock: &mut Clock, share: Option<&mut Share>) -> Result<HttpResponse, Cause> {
        let outgoing = outgoing(request)?;
        let route = Route {
            site: authority(&request.url),
            proxy: self.proxy.as_ref().map(|(_, url)| authority(url)),
            is_tls: request.url.scheme() == "https",
        };
        let clients = self.clients(&request.url).await?;
        let again = outgoing.try_clone();
        let (response, via) = match send(&clients.pooling, outgoing, &route, clock).await {
            Err(Failure { cause, via: Via::Kept }) if cause.kind == FaultKind::Reset && request.is_safe() => {
                let again = again.expect("a body in memory can be sent again");
                send(&clients.fresh, again, &route, clock).await.map_err(|failure| failure.cause)?
            }
            outcome => outcome.map_err(|failure| failure.cause)?,
        };
        let first_byte = clock.elapsed();
        let status = response.status().as_u16();
        if status == 407 && self.proxy.is_some() && !route.is_tls {
            let proxy = route.proxy.unwrap_or_default();
            return Err(Cause::new(FaultKind::Proxy, format!("proxy {proxy} wants credentials (407)")));
        }
        let version = version(response.version());
        let headers = response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        let body = body::read(response, request.body_limit, &route, clock, share).await;
        let connect = match via {
            Via::New(took) => Some(took),
            Via::Kept => None,
        };
        let timing = Timing { connect, first_byte, total: clock.elapsed() };
        Ok(HttpResponse { url: request.url.clone(), status, version, headers, body, timing })
    }

    async fn clients(&self, url: &Url) -> Result<&Clients, Cause> {
        let is_secure = url.scheme() == "https" || self.proxy.as_ref().is_some_and(|(_, proxy)| proxy.scheme() == "https");
        let clients = if is_secure {
            self.secure
                .get_or_try_init(|| async {
                    let identity = self.identity.clone();
                    let config = task::spawn_blocking(move || identity.config()).await;
                    self.build(config.map_err(|error| error.to_string())?)
                })
                .await
        } else {
            self.plain.get_or_try_init(|| async { self.build(tls::no_authorities()) }).await
        };
        clients.map_err(|error: String| Cause::new(FaultKind::Driver, format!("cannot set up HTTP: {error}")))
    }

    fn build(&self, config: Result<rustls::ClientConfig, rustls::Error>) -> Result<Clients, String> {
        let config = config.map_err(|error| error.to_string())?;
        let builder = || {
            let builder = reqwest::Client::builder()
                .tls_backend_preconfigured(config.clone())
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .referer(false)
                .dns_resolver(Arc::clone(&self.resolver))
                .connector_layer(Watch)
                .tcp_nodelay(true)
                .http1_max_headers(MAX_HEADERS)
                .http1_allow_obsolete_multiline_headers_in_responses(true)
                .http2_max_header_list_size(MAX_HEAD)
                .http2_adaptive_window(true);
            match &self.proxy {
                Some((proxy, _)) => builder.proxy(proxy.clone()),
                None => builder,
            }
        };
        Ok(Clients {
            pooling: builder().pool_idle_timeout(IDLE).build().map_err(|error| error.to_string())?,
            fresh: builder().pool_max_idle_per_host(0).build().map_err(|error| error.to_string())?,
        })
    }
}

/// Sends a request until the head of its answer is there, and says which connection it went over.
async fn send(
    client: &reqwest::Client,
    request: reqwest::Request,
    route: &Route,
    clock: &Clock,
) -> Result<(reqwest::Response, Via), Failure> {
    let attempt = Attempt::new();
    let sending = ATTEMPT.scope(Arc::clone(&attempt), client.execute(request));
    match timeout_at(clock.deadline(), sending).await {
        Ok(Ok(response)) => {
            let via = attempt.via(response.extensions().get::<HttpInfo>().map(HttpInfo::local_addr));
            Ok((response, via))
        }
        Ok(Err(error)) => {
            let via = attempt.via(local_address_of(&error));
            Err(Failure { cause: Cause::of_head(&error, route), via })
        }
        Err(_) => {
            let timeout = clock.timeout();
            // The connector says when it has started and when a connection is up, names and TLS included.
            let cause = if attempt.is_connecting() {
                let place = route.proxy.as_ref().unwrap_or(&route.site);
                Cause::new(FaultKind::ConnectTimeout, format!("no connection to {place} within {timeout:?}"))
            } else {
                Cause::new(FaultKind::Timeout, format!("connected to {}, but no answer within {timeout:?}", route.site))
            };
            Err(Failure { cause, via: attempt.via(None) })
        }
    }
}

fn proxy(url: &Url) -> Option<reqwest::Proxy> {
    let is_known = matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h");
    if is_known && url.has_host() { reqwest::Proxy::all(url.clone()).ok() } else { None }
}

/// The request as the library wants it, or why it cannot be sent.
fn outgoing(request: &HttpRequest) -> Result<reqwest::Request, Cause> {
    let refuse = |detail: String| Cause::new(FaultKind::Driver, detail);
    if !matches!(request.url.scheme(), "http" | "https") || !request.url.has_host() {
        return Err(refuse(format!("`{}` URLs cannot be asked: only http and https", request.url.scheme())));
    }
    let method = Method::from_bytes(request.method.as_bytes()).ok().filter(|method| *method != Method::CONNECT);
    let Some(method) = method else { return Err(refuse("the method cannot be sent".to_owned())) };
    let mut url = request.url.clone();
    url.set_fragment(None);
    let credentials = basic(&url);
    // Neither fails for a URL with a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    let has_content = matches!(method, Method::POST | Method::PUT | Method::PATCH);
    let mut outgoing = reqwest::Request::new(method, url);
    let headers = outgoing.headers_mut();
    for (name, value) in &request.headers {
        let header = HeaderName::from_bytes(name.as_bytes()).ok().zip(HeaderValue::from_bytes(value.as_bytes()).ok());
        let Some((header, value)) = header else {
            let name: String = name.chars().filter(|c| c.is_ascii_graphic()).take(60).collect();
            return Err(refuse(format!("the header `{name}` cannot be sent: its name or value is not valid in HTTP")));
        };
        // How the body is framed is for the driver to say: two opinions on it are how requests are smuggled.
        if matches!(header, header::CONTENT_LENGTH | header::TRANSFER_ENCODING) {
            return Err(refuse(format!("the header `{name}` is set by prodiff itself")));
        }
        headers.append(header, value);
    }
    if let Some(credentials) = credentials {
        headers.entry(header::AUTHORIZATION).or_insert(credentials);
    }
    set_default(headers, header::ACCEPT, "*/*");
    set_default(headers, header::ACCEPT_ENCODING, "gzip, deflate, br, zstd");
    set_default(headers, header::USER_AGENT, USER_AGENT);
    match &request.body {
        Some(body) => *outgoing.body_mut() = Some(body.clone().into()),
        // Methods that are about content say so when there is none (RFC 9110, 8.6); some servers answer 411 otherwise.
        None if has_content => set_default(headers, header::CONTENT_LENGTH, "0"),
        None => {}
    }
    Ok(outgoing)
}

/// The credentials that a URL holds, as a header (RFC 7617), as browsers and curl send them.
fn basic(url: &Url) -> Option<HeaderValue> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decode = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
    let credentials = [decode(url.username()), decode(url.password().unwrap_or_default())].join(&b':');
    let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(credentials))).expect("base64 is valid in a header");
    value.set_sensitive(true);
    Some(value)
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

/// A header's value: UTF-8 where it is, else Latin-1 (RFC 9110, 5.5).
fn text(value: &HeaderValue) -> String {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => text.to_owned(),
        Err(_) => value.as_bytes().iter().copied().map(char::from).collect(),
    }
}

fn version(version: http::Version) -> &'static str {
    match version {
        http::Version::HTTP_10 => "1.0",
        http::Version::HTTP_2 => "2",
        _ => "1.1",
    }
}
