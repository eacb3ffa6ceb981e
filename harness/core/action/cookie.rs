//! A cookie jar without a clock (RFC 6265): time comes in with each call.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use url::Url;

use super::page::PageCookie;

/// A `Set-Cookie` header, read (RFC 6265, 5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetCookie {
    /// Its name.
    pub name: String,
    /// Its value, quotes and all.
    pub value: String,
    /// `Expires`, when it can be read.
    pub expires: Option<DateTime<Utc>>,
    /// `Max-Age` in seconds; zero and less means gone at once.
    pub max_age: Option<i64>,
    /// `Domain` without a leading dot, in lower case.
    pub domain: Option<String>,
    /// `Path`, when it begins with `/`.
    pub path: Option<String>,
    /// `Secure`
    pub secure: bool,
    /// `HttpOnly`
    pub http_only: bool,
    /// `SameSite` as sent.
    pub same_site: Option<String>,
}

impl SetCookie {
    /// Reads a header's value; nothing when it has no name.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        let mut parts = header.split(';');
        let (name, value) = parts.next()?.split_once('=')?;
        let name = name.trim();
        if name.is_empty() {
            return None;
        }
        let mut cookie = Self {
            name: name.to_owned(),
            value: value.trim().to_owned(),
            expires: None,
            max_age: None,
            domain: None,
            path: None,
            secure: false,
            http_only: false,
            same_site: None,
        };
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "expires" => cookie.expires = parse_expires(value).or(cookie.expires),
                "max-age" => cookie.max_age = value.parse().ok().or(cookie.max_age),
                "domain" if !value.is_empty() => cookie.domain = Some(value.trim_start_matches('.').to_ascii_lowercase()),
                "path" if value.starts_with('/') => cookie.path = Some(value.to_owned()),
                "secure" => cookie.secure = true,
                "httponly" => cookie.http_only = true,
                "samesite" => cookie.same_site = Some(value.to_owned()),
                _ => {}
            }
        }
        Some(cookie)
    }
}

/// The forms of date that servers send, with and without the dashes of old.
fn parse_expires(text: &str) -> Option<DateTime<Utc>> {
    let text = text.strip_suffix("GMT").or_else(|| text.strip_suffix("UTC")).unwrap_or(text).trim();
    let text = text.split_once(", ").map_or(text, |(_, rest)| rest);
    // `%Y` would read two digits as a year of antiquity, so `%y` comes first.
    ["%d %b %Y %H:%M:%S", "%d-%b-%y %H:%M:%S", "%d-%b-%Y %H:%M:%S", "%a %b %e %H:%M:%S %Y"]
        .into_iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .map(|naive| naive.and_utc())
}

/// The cookies of one case, or of one saved session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CookieJar {
    cookies: Vec<Cookie>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Cookie {
    name: String,
    value: String,
    domain: String,
    // Without a `Domain` attribute a cookie goes back to the very host that set it (RFC 6265, 5.3, step 6).
    host_only: bool,
    path: String,
    secure: bool,
    expires: Option<DateTime<Utc>>,
}

impl CookieJar {
    /// Keeps what a response from `url` sets; what it may not set is dropped.
    pub fn store(&mut self, url: &Url, set: &SetCookie, now: DateTime<Utc>) {
        let Some(host) = url.host_str().map(str::to_ascii_lowercase) else { return };
        let (domain, host_only) = match &set.domain {
            None => (host, true),
            Some(domain) if *domain == host => (host, url.domain().is_none()),
            // A domain without a dot is a public suffix for all one can tell; `localhost` is equal to its host above.
            Some(domain) if domain.contains('.') && domain_matches(&host, domain) => (domain.clone(), false),
            Some(_) => return,
        };
        if set.secure && url.scheme() != "https" && !is_loopback(url) {
            return;
        }
        let path = set.path.clone().unwrap_or_else(|| default_path(url));
        let expires = match set.max_age {
            Some(seconds) if seconds <= 0 => Some(DateTime::<Utc>::MIN_UTC),
            Some(seconds) => {
                let age = Duration::from_secs(seconds.unsigned_abs().min(400 * 24 * 3600));
                now.checked_add_signed(chrono::Duration::from_std(age).unwrap_or_default())
            }
            None => set.expires,
        };
        self.cookies.retain(|cookie| !(cookie.name == set.name && cookie.domain == domain && cookie.path == path));
        if expires.is_none_or(|expires| expires > now) {
            self.cookies.push(Cookie {
                name: set.name.clone(),
                value: set.value.clone(),
                domain,
                host_only,
                path,
                secure: set.secure,
                expires,
            });
        }
    }

    /// The names and values that go into the `Cookie` header of a request to `url`: longest path first, then oldest
    /// first (RFC 6265, 5.4).
    #[must_use]
    pub fn fitting(&self, url: &Url, now: DateTime<Utc>) -> Vec<(&str, &str)> {
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        let mut fitting: Vec<&Cookie> = self
            .cookies
            .iter()
            .filter(|cookie| if cookie.host_only { cookie.domain == host } else { domain_matches(&host, &cookie.domain) })
            .filter(|cookie| path_matches(url.path(), &cookie.path))
            .filter(|cookie| !cookie.secure || url.scheme() == "https" || is_loopback(url))
            .filter(|cookie| cookie.expires.is_none_or(|expires| expires > now))
            .collect();
        fitting.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        fitting.into_iter().map(|cookie| (cookie.name.as_str(), cookie.value.as_str())).collect()
    }

    /// All cookies as a browser takes them.
    #[must_use]
    pub fn to_page(&self) -> Vec<PageCookie> {
        let of = |cookie: &Cookie| PageCookie {
            name: cookie.name.clone(),
            value: cookie.value.clone(),
            domain: if cookie.host_only { cookie.domain.clone() } else { format!(".{}", cookie.domain) },
            path: cookie.path.clone(),
            secure: cookie.secure,
            http_only: false,
            same_site: None,
            expires: cookie.expires.map(|expires| expires.timestamp()),
        };
        self.cookies.iter().map(of).collect()
    }

    /// Holds what a browser holds now, and nothing else: it is the browser that last saw them.
    pub fn take_over(&mut self, cookies: &[PageCookie]) {
        let of = |cookie: &PageCookie| Cookie {
            name: cookie.name.clone(),
            value: cookie.value.clone(),
            domain: cookie.domain.trim_start_matches('.').to_ascii_lowercase(),
            host_only: !cookie.domain.starts_with('.'),
            path: cookie.path.clone(),
            secure: cookie.secure,
            expires: cookie.expires.and_then(|seconds| DateTime::from_timestamp(seconds, 0)),
        };
        self.cookies = cookies.iter().map(of).collect();
    }

    /// Names and values of all cookies: what a saved session must keep secret.
    pub fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.cookies.iter().map(|cookie| (cookie.name.as_str(), cookie.value.as_str()))
    }
}

fn domain_matches(host: &str, domain: &str) -> bool {
    host == domain || (host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')) && host.parse::<std::net::IpAddr>().is_err())
}

fn path_matches(path: &str, cookie: &str) -> bool {
    path == cookie || path.strip_prefix(cookie).is_some_and(|rest| cookie.ends_with('/') || rest.starts_with('/'))
}

fn default_path(url: &Url) -> String {
    match url.path().rfind('/') {
        None | Some(0) => String::from("/"),
        Some(last) => url.path()[..last].to_owned(),
    }
}

// Browsers treat loopback as trustworthy; a local run must see what the deployed site's cookies do.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(domain)) => domain == "localhost" || domain.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::parse_from_rfc3339("2026-11-23T12:00:00Z").unwrap().to_utc()
    }

    #[test]
    fn dates_of_old_have_years_of_two_digits() {
        for date in ["Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06-Nov-1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"] {
            assert_eq!(parse_expires(date).unwrap().to_rfc3339(), "1994-11-06T08:49:37+00:00", "{date}");
        }
    }

    /// What is sent to `to` after `from` set the cookies.
    fn check(from: &str, set: &[&str], to: &str, expected: Option<&str>) {
        let mut jar = CookieJar::default();
        for header in set {
            jar.store(&Url::parse(from).unwrap(), &SetCookie::parse(header).unwrap(), now());
        }
        let sent: Vec<String> =
            jar.fitting(&Url::parse(to).unwrap(), now()).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(sent.join("; "), expected.unwrap_or_default(), "{set:?} from {from} to {to}");
    }

    #[test]
    fn a_cookie_goes_back_to_its_host_only() {
        check("https://a.example.org/", &["sid=1"], "https://a.example.org/x", Some("sid=1"));
        check("https://a.example.org/", &["sid=1"], "https://b.a.example.org/", None);
        check("https://a.example.org/", &["sid=1"], "https://evil.org/", None);
    }

    #[test]
    fn a_domain_cookie_goes_to_sub_domains_and_no_further() {
        check("https://a.example.org/", &["sid=1; Domain=.example.org"], "https://b.example.org/", Some("sid=1"));
        check("https://a.example.org/", &["sid=1; Domain=example.org"], "https://badexample.org/", None);
        check("https://a.example.org/", &["sid=1; Domain=other.org"], "https://other.org/", None);
        check("https://a.example.org/", &["sid=1; Domain=org"], "https://b.org/", None);
    }

    #[test]
    fn paths_bound_a_cookie() {
        check("https://a.org/shop/cart", &["c=1"], "https://a.org/shop/pay", Some("c=1"));
        check("https://a.org/shop/cart", &["c=1"], "https://a.org/shopping", None);
        check("https://a.org/", &["long=1; Path=/a/b", "short=2; Path=/a"], "https://a.org/a/b/c", Some("long=1; short=2"));
    }

    #[test]
    fn a_secure_cookie_needs_https_except_on_loopback() {
        check("https://a.org/", &["sid=1; Secure"], "http://a.org/", None);
        check("http://127.0.0.1:8080/", &["sid=1; Secure"], "http://127.0.0.1:8080/", Some("sid=1"));
    }

    #[test]
    fn expired_cookies_are_gone_and_a_later_one_replaces() {
        check("https://a.org/", &["sid=1", "sid=2"], "https://a.org/", Some("sid=2"));
        check("https://a.org/", &["sid=1", "sid=; Max-Age=0"], "https://a.org/", None);
        check("https://a.org/", &["sid=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT"], "https://a.org/", None);
        check("https://a.org/", &["sid=1; Expires=Wed, 21-Oct-2037 07:28:00 GMT"], "https://a.org/", Some("sid=1"));
    }

    #[test]
    fn a_header_without_a_name_sets_nothing() {
        assert_eq!(SetCookie::parse("Secure; HttpOnly"), None);
        assert_eq!(SetCookie::parse("=1"), None);
    }
}
