//! Compares the headers that matter.
//!
//! [`MATTERING`] names them and says how each is read. Others are not compared: `date`, `age`, request and trace ids, server
//! timing, sizes and connection handling differ by nature. Values of cookies are never looked at, only their attributes.

use std::collections::BTreeMap;

use super::{Comparison, Difference, Kind, Place, Weight, transformation};
use crate::json::Json;

/// How the value of a header is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Compared as text.
    Text,
    /// A list whose order and case do not count (RFC 9110, section 5.6.1).
    Set,
    /// `type/subtype; parameter=value`: case does not count.
    MediaType,
    /// A policy whose nonces are new in every answer.
    Policy,
    /// It is there or not: the value belongs to the content (`etag`) or the moment (`expires`).
    Presence,
    /// By name of the cookie, and its attributes.
    Cookie,
}

/// The headers that are compared, unless a snapshot names others.
pub const MATTERING: [(&str, Reading); 46] = [
    // What it is.
    ("content-type", Reading::MediaType),
    ("content-encoding", Reading::Set),
    ("content-language", Reading::Set),
    ("content-disposition", Reading::Text),
    ("content-location", Reading::Text),
    ("accept-ranges", Reading::Set),
    ("location", Reading::Text),
    ("refresh", Reading::Text),
    ("allow", Reading::Set),
    ("link", Reading::Text),
    ("www-authenticate", Reading::Text),
    ("deprecation", Reading::Presence),
    ("sunset", Reading::Text),
    // Caching.
    ("cache-control", Reading::Set),
    ("cdn-cache-control", Reading::Set),
    ("surrogate-control", Reading::Set),
    ("pragma", Reading::Set),
    ("vary", Reading::Set),
    ("etag", Reading::Presence),
    ("last-modified", Reading::Presence),
    ("expires", Reading::Presence),
    // CORS.
    ("access-control-allow-origin", Reading::Text),
    ("access-control-allow-credentials", Reading::Text),
    ("access-control-allow-headers", Reading::Set),
    ("access-control-allow-methods", Reading::Set),
    ("access-control-expose-headers", Reading::Set),
    ("access-control-max-age", Reading::Text),
    ("timing-allow-origin", Reading::Set),
    // Security.
    ("strict-transport-security", Reading::Text),
    ("content-security-policy", Reading::Policy),
    ("content-security-policy-report-only", Reading::Policy),
    ("x-frame-options", Reading::Set),
    ("x-content-type-options", Reading::Set),
    ("x-xss-protection", Reading::Text),
    ("x-permitted-cross-domain-policies", Reading::Text),
    ("referrer-policy", Reading::Text),
    ("permissions-policy", Reading::Text),
    ("cross-origin-embedder-policy", Reading::Text),
    ("cross-origin-opener-policy", Reading::Text),
    ("cross-origin-resource-policy", Reading::Text),
    ("origin-agent-cluster", Reading::Text),
    ("clear-site-data", Reading::Set),
    ("reporting-endpoints", Reading::Text),
    ("x-robots-tag", Reading::Set),
    ("x-powered-by", Reading::Text),
    // Cookies.
    ("set-cookie", Reading::Cookie),
];

/// Which headers to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which<'a> {
    /// Those of [`MATTERING`].
    Mattering,
    /// These alone, names in lower case; by their reading in [`MATTERING`], else as text.
    Named(&'a [String]),
}

/// Compares two lists of headers, names in lower case. A header that was sent several times is one list of values
/// (RFC 9110, section 5.3), but for cookies.
#[must_use]
pub fn headers(expected: &[(String, String)], actual: &[(String, String)], which: Which<'_>) -> Comparison {
    let mut comparison = Comparison::default();
    match which {
        Which::Mattering => MATTERING.iter().for_each(|(name, reading)| compare(name, *reading, expected, actual, &mut comparison)),
        Which::Named(names) => {
            for name in names {
                compare(name, reading(name), expected, actual, &mut comparison);
            }
        }
    }
    comparison.n_differences = comparison.differences.len();
    comparison.differences.sort_by(|one, two| one.at.cmp(&two.at));
    comparison
}

/// How a header is read.
#[must_use]
pub fn reading(name: &str) -> Reading {
    MATTERING.iter().find(|(known, _)| *known == name).map_or(Reading::Text, |(_, reading)| *reading)
}

fn compare(name: &str, reading: Reading, expected: &[(String, String)], actual: &[(String, String)], comparison: &mut Comparison) {
    if reading == Reading::Cookie {
        let (one, two) = (attributes(name, expected), attributes(name, actual));
        let mut places: Vec<&String> = one.keys().chain(two.keys()).collect();
        places.sort_unstable();
        places.dedup();
        for place in places {
            // Attributes of a cookie that came or went say nothing more.
            let cookie = place.split_once("].").map_or(place.clone(), |(cookie, _)| format!("{cookie}]"));
            let is_told = *place != cookie && (one.contains_key(&cookie) != two.contains_key(&cookie));
            if !is_told {
                differ(place, one.get(place).map(String::as_str), two.get(place).map(String::as_str), Weight::Full, comparison);
            }
        }
        return;
    }
    let (one, two) = (joined(name, expected), joined(name, actual));
    let weight = match (&one, &two) {
        (Some(one), Some(two)) => match same(reading, one, two) {
            Sameness::Same => return,
            Sameness::Form => Weight::Minor,
            Sameness::Different => Weight::Full,
        },
        (Some(_), None) | (None, Some(_)) => Weight::Full,
        (None, None) => return,
    };
    differ(name, one.as_deref(), two.as_deref(), weight, comparison);
}

fn differ(place: &str, expected: Option<&str>, actual: Option<&str>, weight: Weight, comparison: &mut Comparison) {
    let (kind, transformation) = match (expected, actual) {
        (Some(one), Some(two)) if one == two => return,
        (Some(one), Some(two)) => (Kind::Changed, transformation::texts(one, two)),
        (Some(_), None) => (Kind::Removed, String::new()),
        (None, Some(_)) => (Kind::Added, String::new()),
        (None, None) => return,
    };
    comparison.differences.push(Difference {
        at: Place::Header(place.to_owned()),
        key: place.to_owned(),
        pattern: place.to_owned(),
        kind,
        expected: expected.map(Json::from),
        actual: actual.map(Json::from),
        weight,
        transformation: if weight == Weight::Minor { "form".to_owned() } else { transformation },
        note: None,
    });
}

/// All values of a header as one.
fn joined(name: &str, headers: &[(String, String)]) -> Option<String> {
    let values: Vec<&str> = headers.iter().filter(|(header, _)| header == name).map(|(_, value)| value.trim()).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

enum Sameness {
    Same,
    Form,
    Different,
}

fn same(reading: Reading, one: &str, two: &str) -> Sameness {
    let normal = |value: &str| match reading {
        Reading::Text | Reading::Cookie => value.to_owned(),
        Reading::Set => {
            let mut parts: Vec<String> =
                value.split(',').map(|part| part.trim().to_ascii_lowercase()).filter(|part| !part.is_empty()).collect();
            parts.sort_unstable();
            parts.dedup();
            parts.join(",")
        }
        Reading::MediaType => {
            let parts: Vec<String> = value.split(';').map(|part| part.trim().to_ascii_lowercase().replace('"', "")).collect();
            parts.join(";")
        }
        Reading::Policy => without_nonces(value),
        Reading::Presence => String::new(),
    };
    if one == two || reading == Reading::Presence {
        return Sameness::Same;
    }
    let (one_normal, two_normal) = (normal(one), normal(two));
    let is_same = one_normal == two_normal;
    match reading {
        Reading::Set | Reading::Policy if is_same => Sameness::Same,
        _ if one_normal.split_whitespace().eq(two_normal.split_whitespace()) => Sameness::Form,
        Reading::Text | Reading::Set | Reading::MediaType | Reading::Policy | Reading::Presence | Reading::Cookie => Sameness::Different,
    }
}

/// A policy in which every nonce reads the same.
fn without_nonces(policy: &str) -> String {
    let mut out = String::with_capacity(policy.len());
    let mut rest = policy;
    while let Some(start) = rest.find("'nonce-") {
        let (before, nonce) = rest.split_at(start);
        let end = nonce[1..].find('\'').map_or(nonce.len(), |end| end + 2);
        out.push_str(before);
        out.push_str("'nonce-…'");
        rest = &nonce[end..];
    }
    out.push_str(rest);
    out
}

/// Cookies and their attributes by place: `set-cookie[sid]`, `set-cookie[sid].secure`. Never their values. Of a cookie that is
/// set twice the last one counts, as it does in a cookie jar.
fn attributes(name: &str, headers: &[(String, String)]) -> BTreeMap<String, String> {
    let mut attributes = BTreeMap::new();
    for (_, value) in headers.iter().filter(|(header, _)| header == name) {
        let mut parts = value.split(';');
        let pair = parts.next().unwrap_or_default();
        let cookie = pair.split_once('=').map_or(pair, |(cookie, _)| cookie).trim();
        let place = format!("{name}[{cookie}]");
        let of_cookie = format!("{place}.");
        attributes.retain(|known: &String, _| *known != place && !known.starts_with(&of_cookie));
        attributes.insert(place, "set".to_owned());
        for part in parts {
            let (attribute, value) = part.split_once('=').map_or((part, ""), |(attribute, value)| (attribute, value));
            let attribute = attribute.trim().to_ascii_lowercase();
            let value = match &*attribute {
                "" => continue,
                // The moment it ends moves with the clock; that it ends at all does not.
                "expires" => "a date".to_owned(),
                "samesite" | "domain" => value.trim().to_ascii_lowercase(),
                _ if value.is_empty() => "set".to_owned(),
                _ => value.trim().to_owned(),
            };
            attributes.insert(format!("{of_cookie}{attribute}"), value);
        }
    }
    attributes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Vec<(String, String)> {
        text.lines().map(|line| line.split_once(": ").unwrap()).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    fn check(expected: &str, actual: &str, outcome: &[&str]) {
        let value = |json: &Option<Json>| json.as_ref().and_then(Json::as_str).unwrap_or_default().to_owned();
        let seen: Vec<String> = headers(&parse(expected), &parse(actual), Which::Mattering)
            .differences
            .iter()
            .map(|difference| {
                let minor = if difference.weight == Weight::Minor { " minor" } else { "" };
                format!("{}{minor} {} {} > {}", difference.kind, difference.at, value(&difference.expected), value(&difference.actual))
            })
            .collect();
        assert_eq!(seen, outcome);
    }

    #[test]
    fn what_differs_by_nature_is_not_compared() {
        check("date: a\nx-request-id: 1\netag: \"x\"\nage: 4", "date: b\nx-request-id: 2\netag: \"y\"", &[]);
        check("content-security-policy: script-src 'nonce-abc' 'self'", "content-security-policy: script-src 'nonce-xyz' 'self'", &[]);
    }

    #[test]
    fn what_matters_is() {
        check(
            "cache-control: public, max-age=60\ncontent-type: application/json\nvary: Origin, Accept",
            "content-type: text/html\nvary: accept,origin\nx-frame-options: DENY",
            &[
                "removed cache-control public, max-age=60 > ",
                "changed content-type application/json > text/html",
                "added x-frame-options  > DENY",
            ],
        );
        check(
            "content-security-policy: script-src 'nonce-a'",
            "content-security-policy: script-src 'unsafe-inline'",
            &["changed content-security-policy script-src 'nonce-a' > script-src 'unsafe-inline'"],
        );
        check("etag: \"x\"", "", &["removed etag \"x\" > "]);
        check("vary: a\nvary: b", "vary: b, a", &[]);
        check(
            "content-type: text/html; charset=utf-8",
            "content-type: text/html;charset=UTF-8",
            &["changed minor content-type text/html; charset=utf-8 > text/html;charset=UTF-8"],
        );
    }

    #[test]
    fn cookies_compare_by_name_and_attributes_never_by_value() {
        check(
            "set-cookie: sid=secret1; Path=/; Secure; HttpOnly; SameSite=Lax; Expires=Mon\nset-cookie: gone=1; Path=/",
            "set-cookie: sid=secret2; path=/; HttpOnly; samesite=None; Expires=Tue\nset-cookie: new=1; Secure",
            &[
                "removed set-cookie[gone] set > ",
                "added set-cookie[new]  > set",
                "changed set-cookie[sid].samesite lax > none",
                "removed set-cookie[sid].secure set > ",
            ],
        );
        check("set-cookie: a=1; Secure\nset-cookie: a=2", "set-cookie: a=3", &[]);
    }

    #[test]
    fn named_headers_alone() {
        let names = ["x-build".to_owned()];
        let comparison = headers(&parse("x-build: 1\netag: a"), &parse("x-build: 2"), Which::Named(&names));
        assert_eq!(comparison.differences.len(), 1);
        assert_eq!(comparison.differences[0].pattern, "x-build");
    }
}
