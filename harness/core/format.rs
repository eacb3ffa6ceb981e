//! The formats of text that matchers and normalising rules know by name.
//!
//! Looks at form only: whether a host exists or a token is valid nobody asks here.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
};

use base64::Engine as _;

/// A format of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// `8c7f1c2e-0f7b-4f5e-9a53-3a0c1f0e9b11`, any version, any case (RFC 9562).
    Uuid,
    /// `2026-11-23T15:30:00.5+01:00` (RFC 3339); a space may stand for the `T`.
    DateTime,
    /// `2026-11-23` (RFC 3339, `full-date`).
    Date,
    /// `ada@example.org`: the addresses people have, not all that RFC 5322 allows.
    Email,
    /// An absolute URI with a scheme (RFC 3986).
    Uri,
    /// `192.0.2.1`
    Ipv4,
    /// `2001:db8::1` (RFC 4291)
    Ipv6,
    /// A host name (RFC 1123): labels of letters, digits and hyphens.
    Hostname,
    /// `1.2.3-rc.1+build.5` (Semantic Versioning 2.0.0).
    Semver,
    /// Three parts in base64url, the first of which is a JSON object with `alg` (RFC 7519, RFC 7515).
    Jwt,
    /// Base64 with padding where it is due, in the standard or the URL alphabet (RFC 4648); not empty.
    Base64,
    /// An even number of hexadecimal digits; not empty.
    Hex,
}

impl Format {
    /// Every format, in the order of the language page.
    pub const ALL: [Self; 12] = [
        Self::Uuid,
        Self::DateTime,
        Self::Date,
        Self::Email,
        Self::Uri,
        Self::Ipv4,
        Self::Ipv6,
        Self::Hostname,
        Self::Semver,
        Self::Jwt,
        Self::Base64,
        Self::Hex,
    ];

    /// Its name in suites.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Uuid => "uuid",
            Self::DateTime => "date-time",
            Self::Date => "date",
            Self::Email => "email",
            Self::Uri => "uri",
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
            Self::Hostname => "hostname",
            Self::Semver => "semver",
            Self::Jwt => "jwt",
            Self::Base64 => "base64",
            Self::Hex => "hex",
        }
    }

    /// The format of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Whether a text has the format, whole.
    #[must_use]
    pub fn matches(self, text: &str) -> bool {
        match self {
            Self::Uuid => is_uuid(text),
            Self::DateTime => is_date_time(text),
            Self::Date => is_date(text),
            Self::Email => is_email(text),
            Self::Uri => is_uri(text),
            Self::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
            Self::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
            Self::Hostname => is_hostname(text),
            Self::Semver => is_semver(text),
            Self::Jwt => is_jwt(text),
            Self::Base64 => is_base64(text),
            Self::Hex => !text.is_empty() && text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit()),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

fn is_uuid(text: &str) -> bool {
    let is_place_of_hyphen = |at| matches!(at, 8 | 13 | 18 | 23);
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| if is_place_of_hyphen(at) { byte == b'-' } else { byte.is_ascii_hexdigit() })
}

fn is_date(text: &str) -> bool {
    // chrono reads shorter years and months, too.
    let is_written_out = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    is_written_out && text.parse::<chrono::NaiveDate>().is_ok()
}

fn is_date_time(text: &str) -> bool {
    let is_spaced = text.as_bytes().get(10).is_some_and(|byte| matches!(byte, b'T' | b't' | b' '));
    is_spaced && is_date(text.get(..10).unwrap_or_default()) && chrono::DateTime::parse_from_rfc3339(text).is_ok()
}

fn is_email(text: &str) -> bool {
    const LONGEST_LOCAL_PART: usize = 64;
    let Some((local, host)) = text.rsplit_once('@') else { return false };
    let is_atom = |character: char| character.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(character);
    let is_local = local.len() <= LONGEST_LOCAL_PART && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom));
    is_local && host.contains('.') && is_hostname(host)
}

fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|character| character.is_ascii_alphanumeric() || "+-.".contains(character));
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(character);
    is_scheme && !rest.is_empty() && rest.chars().all(is_allowed) && has_sound_escapes(rest) && url::Url::parse(text).is_ok()
}

fn has_sound_escapes(text: &str) -> bool {
    let is_hex = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    let bytes = text.as_bytes();
    bytes.iter().enumerate().filter(|(_, byte)| **byte == b'%').all(|(at, _)| is_hex(bytes.get(at + 1)) && is_hex(bytes.get(at + 2)))
}

fn is_hostname(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // Four numbers are an address, not a name.
    text.len() <= 253 && text.split('.').all(is_label) && !text.split('.').all(|label| label.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_semver(text: &str) -> bool {
    let (rest, build) = text.split_once('+').map_or((text, None), |(rest, build)| (rest, Some(build)));
    let (core, pre_release) = rest.split_once('-').map_or((rest, None), |(core, pre_release)| (core, Some(pre_release)));
    let is_number =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) && (part == "0" || !part.starts_with('0'));
    let is_identifier = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_pre_release = |part: &str| is_identifier(part) && (is_number(part) || !part.bytes().all(|byte| byte.is_ascii_digit()));
    core.split('.').count() == 3
        && core.split('.').all(is_number)
        && pre_release.is_none_or(|text| text.split('.').all(is_pre_release))
        && build.is_none_or(|text| text.split('.').all(is_identifier))
}

fn is_jwt(text: &str) -> bool {
    let decode = |part: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part);
    let mut parts = text.split('.');
    let (Some(header), Some(payload), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let names_algorithm = decode(header).is_ok_and(|bytes| {
        serde_json::from_slice::<serde_json::Value>(&bytes).is_ok_and(|header| header.get("alg").is_some_and(serde_json::Value::is_string))
    });
    // An unsigned token ends with its second dot (RFC 7519, section 6).
    names_algorithm && !payload.is_empty() && decode(payload).is_ok() && decode(signature).is_ok()
}

fn is_base64(text: &str) -> bool {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    !text.is_empty() && (STANDARD.decode(text).is_ok() || URL_SAFE.decode(text).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(format: Format, yes: &[&str], no: &[&str]) {
        for text in yes {
            assert!(format.matches(text), "{text} is a {format}");
        }
        for text in no.iter().chain(&["", " ", "é", "\0", "a b"]) {
            assert!(!format.matches(text), "{text} is no {format}");
        }
    }

    #[test]
    fn names_lead_back() {
        for format in Format::ALL {
            assert_eq!(Format::parse(format.name()), Some(format));
        }
        assert_eq!(Format::parse("guid"), None);
    }

    #[test]
    fn each_format_has_its_texts_and_no_others() {
        check(
            Format::Uuid,
            &["8c7f1c2e-0f7b-4f5e-9a53-3a0c1f0e9b11", "8C7F1C2E-0F7B-4F5E-9A53-3A0C1F0E9B11"],
            &["8c7f1c2e0f7b4f5e9a533a0c1f0e9b11", "8c7f1c2e-0f7b-4f5e-9a53-3a0c1f0e9b1g", "8c7f1c2e-0f7b-4f5e-9a53-3a0c1f0e9b11 "],
        );
        check(
            Format::DateTime,
            &["2026-11-23T15:30:00Z", "2021-02-04T10:12:07.298699Z", "2026-11-23 15:30:00.5+01:00"],
            &["2026-11-23", "2026-11-23T15:30:00", "2026-13-23T15:30:00Z", "2026-11-23T25:30:00Z", "Mon, 23 Nov 2026 15:30:00 GMT"],
        );
        check(
            Format::Date,
            &["2026-11-23", "2024-02-29"],
            &["2026-02-29", "2026-1-23", "23.11.2026", "2026-11-23T00:00:00Z", "+202-11-23"],
        );
        check(
            Format::Email,
            &["ada@example.org", "a.b+c@sub.example.co"],
            &["ada@localhost", "@example.org", "a..b@example.org", "a@b@", "a b@example.org"],
        );
        check(
            Format::Uri,
            &["https://example.org/a?b=%20#c", "mailto:a@example.org", "urn:isbn:1"],
            &["/a", "example.org/a", "https://", "http://a b/", "http://a/%2", "1a:b"],
        );
        check(Format::Ipv4, &["192.0.2.1", "0.0.0.0"], &["256.0.0.1", "192.0.2", "192.0.2.1.1", "01.2.3.4"]);
        check(Format::Ipv6, &["2001:db8::1", "::", "::ffff:192.0.2.1"], &["2001:db8::1::2", "192.0.2.1", "g::1", "[::1]"]);
        check(
            Format::Hostname,
            &["example.org", "localhost", "a-1.xn--bcher-kva.example"],
            &["-a.org", "a-.org", "a..b", "a_b.org", "192.0.2.1", "a:80"],
        );
        check(
            Format::Semver,
            &["1.2.3", "0.0.0", "1.0.0-rc.1+build.05", "1.0.0-0a"],
            &["1.2", "v1.2.3", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3+"],
        );
        check(
            Format::Jwt,
            &["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."],
            &["a.b.c", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0", "e30.eyJzdWIiOiIxIn0.c2ln", "eyJhbGciOiJIUzI1NiJ9..c2ln"],
        );
        check(Format::Base64, &["aGVsbG8=", "aGVsbG8h", "_-8="], &["aGVsbG8", "aGVsbG8==", "a", "_-8+"]);
        check(Format::Hex, &["00", "deadBEEF"], &["0", "xyz1", "0x00"]);
    }
}
