//! One HTTP step on the wire: its request and every redirect, hop by hop.
//!
//! Protection, credentials and cookies are decided here for each hop, so that none is skipped because a
//! client library followed a redirect by itself.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use url::Url;

use crate::{
    action::{self, CookieJar, HttpRequest, SetCookie},
    environment::site::{Authority, Site},
    observation::{Exchange, Fault, FaultKind, Hop, HttpResponse},
    suite::model::Redirects,
};

/// More redirects than this fail the step.
pub const MAX_REDIRECTS: usize = 10;

/// A request as a step resolved it, before cookies and the environment's own headers.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The method, in capitals.
    pub method: String,
    /// The absolute URL.
    pub url: Url,
    /// Headers of the step itself, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Headers that go to hosts of the environment only: the suite's.
    pub own_headers: Vec<(String, String)>,
    /// What identifies the request to the environment's hosts.
    pub authorization: Authorization,
    /// Cookies sent besides the jar's, to the first host only.
    pub cookies: Vec<(String, String)>,
    /// The body.
    pub body: Option<Vec<u8>>,
    /// Time-out of each hop.
    pub timeout: Duration,
    /// How many bytes of the decoded body are kept.
    pub body_limit: u64,
    /// What becomes of redirects.
    pub redirects: Redirects,
    /// The step says it changes nothing, whatever its method.
    pub safe: bool,
}

/// Where the `authorization` header comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authorization {
    /// The environment's, if it has one.
    Environment,
    /// The step's or suite's own.
    Own(String),
    /// None at all.
    Nobody,
}

impl Call {
    /// Whether `compare` may send it again without being told so.
    #[must_use]
    pub fn is_repeatable(&self) -> bool {
        action::is_safe_method(&self.method)
    }
}

/// A call under way.
#[derive(Debug)]
pub struct Flight {
    call: Arc<Call>,
    site: Arc<Site>,
    current: HttpRequest,
    first: Option<HttpRequest>,
    hops: Vec<Hop>,
    elapsed: Duration,
    sent: u32,
}

/// What a flight needs next.
#[derive(Debug)]
pub enum Leg {
    /// Send this and say what came of it.
    Send(HttpRequest),
    /// Nothing more.
    Landed(Box<Result<Exchange, Fault>>),
}

impl Flight {
    /// Begins a call.
    #[must_use]
    pub fn begin(call: Arc<Call>, site: Arc<Site>, jar: &CookieJar, now: DateTime<Utc>) -> (Self, Leg) {
        let current = HttpRequest {
            method: call.method.clone(),
            url: call.url.clone(),
            headers: Vec::new(),
            body: call.body.clone(),
            timeout: call.timeout,
            body_limit: call.body_limit,
        };
        let mut flight = Self { call, site, current, first: None, hops: Vec::new(), elapsed: Duration::ZERO, sent: 0 };
        let leg = flight.send(jar, now);
        (flight, leg)
    }

    /// How many requests went out so far.
    #[must_use]
    pub fn sent(&self) -> u32 {
        self.sent
    }

    /// The request as it first went out; nothing when protection kept it back.
    #[must_use]
    pub fn request(&self) -> Option<&HttpRequest> {
        self.first.as_ref()
    }

    /// Takes what came of the last request. Cookies of every hop go into `jar`.
    pub fn answered(&mut self, answer: Result<HttpResponse, Fault>, jar: &mut CookieJar, now: DateTime<Utc>) -> Leg {
        let response = match answer {
            Ok(response) => response,
            Err(fault) => return Leg::Landed(Box::new(Err(Fault { after: self.elapsed.saturating_add(fault.after), ..fault }))),
        };
        self.elapsed = self.elapsed.saturating_add(response.timing.total);
        for cookie in response.headers("set-cookie").filter_map(SetCookie::parse) {
            jar.store(&self.current.url, &cookie, now);
        }
        let follows = match self.call.redirects {
            Redirects::Follow => true,
            Redirects::Stop { after } => self.hops.len() < after,
        };
        if !follows {
            return self.landed(response);
        }
        match action::redirect(&self.current.method, &self.current.url, response.status, response.header("location")) {
            Ok(None) => self.landed(response),
            Ok(Some(_)) if self.hops.len() >= MAX_REDIRECTS => self
                .fail(FaultKind::TooManyRedirects, format!("more than {MAX_REDIRECTS} redirects, the last to {}", self.current.url.path())),
            Ok(Some(next)) => {
                self.hops.push(Hop { status: response.status, to: next.to.clone() });
                self.current.method = next.method;
                self.current.url = next.to;
                if !next.keeps_body {
                    self.current.body = None;
                }
                self.send(jar, now)
            }
            Err(location) => self.fail(FaultKind::Malformed, format!("redirected to `{location}`, which is no http URL")),
        }
    }

    fn landed(&mut self, response: HttpResponse) -> Leg {
        let request = self.first.clone().expect("a response answers a request that was sent");
        Leg::Landed(Box::new(Ok(Exchange { request, hops: std::mem::take(&mut self.hops), response, elapsed: self.elapsed })))
    }

    fn fail(&self, kind: FaultKind, detail: String) -> Leg {
        Leg::Landed(Box::new(Err(Fault { kind, detail, after: self.elapsed })))
    }

    fn send(&mut self, jar: &CookieJar, now: DateTime<Utc>) -> Leg {
        let unsafe_request = !action::is_safe_method(&self.current.method) && !self.call.safe;
        if unsafe_request && let Some(environment) = self.site.guards.protects(&self.current.url) {
            let detail = format!("{} to {environment}, which is protected (read-only)", self.current.method);
            return self.fail(FaultKind::Protected, detail);
        }
        self.current.headers = self.headers(jar, now);
        if self.first.is_none() {
            self.first = Some(self.current.clone());
        }
        self.sent += 1;
        Leg::Send(self.current.clone())
    }

    fn headers(&self, jar: &CookieJar, now: DateTime<Utc>) -> Vec<(String, String)> {
        let own = self.site.owns(&self.current.url);
        let first_host = Authority::of(&self.current.url) == Authority::of(&self.call.url);
        let mut headers: Vec<(String, String)> = Vec::new();
        let mut put = |name: &str, value: &str| {
            if !headers.iter().any(|(known, _)| known == name) {
                headers.push((name.to_owned(), value.to_owned()));
            }
        };
        for (name, value) in &self.call.headers {
            // What a step sends by hand may hold credentials under any name: another host gets none of it
            // but the description of what it accepts and of the body that goes along.
            let harmless = name.starts_with("accept") || (name == "content-type" && self.current.body.is_some()) || name == "user-agent";
            if (first_host && (name != "content-type" || self.current.body.is_some())) || harmless {
                put(name, value);
            }
        }
        if let (Authorization::Own(value), true) = (&self.call.authorization, first_host) {
            put("authorization", value);
        }
        if own {
            for (name, value) in self.call.own_headers.iter().chain(&self.site.headers) {
                put(name, value);
            }
            if let (Authorization::Environment, Some(value)) = (&self.call.authorization, &self.site.authorization) {
                put("authorization", value);
            }
        }
        // The step's own word wins over what the site has set since, and that over the environment's.
        let mut cookies: Vec<(&str, &str)> = Vec::new();
        if first_host {
            cookies.extend(self.call.cookies.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        }
        for fresh in jar.fitting(&self.current.url, now) {
            if !self.call.cookies.iter().any(|(name, _)| first_host && name == fresh.0) {
                cookies.push(fresh);
            }
        }
        if own {
            for (name, value) in &self.site.cookies {
                if !cookies.iter().any(|(known, _)| known == name) {
                    cookies.push((name, value));
                }
            }
        }
        if !cookies.is_empty() {
            let pairs: Vec<String> = cookies.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
            put("cookie", &pairs.join("; "));
        }
        headers
    }
}
