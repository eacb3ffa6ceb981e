//! A request as a `curl` command that can be pasted into a shell.

use super::{
    is_sensitive_header,
    secrets::{Found, Secrets},
};
use crate::action::HttpRequest;

/// Bodies longer than this many bytes are left out.
const MAX_BODY: usize = 4_000;

/// A request as a `curl` command for a POSIX shell. Secrets are written as `$NAME`, the values of sensitive headers as
/// `$NAME` of their secret or of the header; control characters need bash or zsh (`$'…'`).
#[must_use]
pub fn curl(request: &HttpRequest, secrets: &Secrets) -> String {
    let mut command = String::from("curl");
    let url = request.url.as_str().split('#').next().unwrap_or_default();
    if url.contains(['[', ']', '{', '}']) {
        command.push_str(" --globoff");
    }
    match (request.method.as_str(), &request.body) {
        ("HEAD", None) => command.push_str(" --head"),
        ("GET", None) => {}
        (method, _) => command.push_str(&format!(" -X {}", quote(method, secrets))),
    }
    command.push(' ');
    command.push_str(&quote(url, secrets));
    let mut has_content_type = false;
    for (name, value) in &request.headers {
        has_content_type |= name.eq_ignore_ascii_case("content-type");
        if name.eq_ignore_ascii_case("accept-encoding") {
            command.push_str(" --compressed");
            continue;
        }
        let header = if is_sensitive_header(name) {
            sensitive(name, value, secrets)
        } else if value.is_empty() {
            // `-H 'x:'` would take the header away.
            quote(&format!("{name};"), secrets)
        } else {
            quote(&format!("{name}: {value}"), secrets)
        };
        command.push_str(" -H ");
        command.push_str(&header);
    }
    if let Some(body) = request.body.as_ref().filter(|body| !body.is_empty()) {
        if !has_content_type {
            command.push_str(" -H content-type:");
        }
        match std::str::from_utf8(body) {
            Ok(text) if body.len() <= MAX_BODY && !text.contains('\0') => {
                command.push_str(" --data-raw ");
                command.push_str(&quote(text, secrets));
            }
            _ => command.push_str(&format!(" --data-binary @body  # the body of {} bytes is left out", body.len())),
        }
    }
    command
}

/// A header whose value is never written: `authorization: Bearer $TOKEN` where it is one secret, else `$AUTHORIZATION`.
fn sensitive(name: &str, value: &str, secrets: &Secrets) -> String {
    let (scheme, credentials) = match value.split_once(' ') {
        Some((scheme, credentials)) if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') => (scheme, credentials),
        _ => ("", value),
    };
    let is_known = |known: &&str| secrets.name_of(known).is_some();
    match [value, credentials].iter().copied().find(is_known).and_then(|known| secrets.name_of(known).map(|secret| (known, secret))) {
        Some((known, secret)) if known.len() < value.len() => format!("\"{name}: {scheme} ${}\"", variable(secret)),
        Some((_, secret)) => format!("\"{name}: ${}\"", variable(secret)),
        None => format!("\"{name}: ${}\"", variable(name)),
    }
}

/// The name of a shell variable: letters, digits and `_`, in capitals where it was something else.
fn variable(name: &str) -> String {
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_name(name) && !name.starts_with(|first: char| first.is_ascii_digit()) && name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return name.to_owned();
    }
    let name: String =
        name.chars().map(|character| if character.is_ascii_alphanumeric() { character.to_ascii_uppercase() } else { '_' }).collect();
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("_{name}") } else { name }
}

/// One word of a shell command; secrets in it become `$NAME`.
fn quote(text: &str, secrets: &Secrets) -> String {
    let found: Vec<Found> = secrets
        .find(text.as_bytes())
        .into_iter()
        .filter(|found| text.is_char_boundary(found.range.start) && text.is_char_boundary(found.range.end))
        .collect();
    if found.is_empty() {
        return literal(text);
    }
    let mut pieces = Vec::new();
    let mut at = 0;
    for Found { range, name } in &found {
        pieces.push((&text[at..range.start], Some(variable(name))));
        at = range.end;
    }
    pieces.push((&text[at..], None));
    // In double quotes bash would take `!` for its history, and control characters cannot be written.
    let fits_double = !text.contains('!') && !text.chars().any(is_odd);
    let mut word = String::new();
    if fits_double {
        word.push('"');
        for (place, (plain, variable)) in pieces.iter().enumerate() {
            for character in plain.chars() {
                if matches!(character, '"' | '\\' | '$' | '`') {
                    word.push('\\');
                }
                word.push(character);
            }
            let Some(variable) = variable else { continue };
            let next = pieces.get(place + 1).and_then(|(plain, _)| plain.bytes().next());
            let runs_on = next.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            word.push_str(&if runs_on { format!("${{{variable}}}") } else { format!("${variable}") });
        }
        word.push('"');
        return word;
    }
    for (plain, variable) in pieces {
        if !plain.is_empty() {
            word.push_str(&literal(plain));
        }
        if let Some(variable) = variable {
            word.push_str(&format!("\"${variable}\""));
        }
    }
    word
}

fn is_odd(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\t')
}

fn literal(text: &str) -> String {
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_safe) && !text.starts_with('-') {
        return text.to_owned();
    }
    if !text.chars().any(is_odd) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut word = String::from("$'");
    for character in text.chars() {
        match character {
            '\'' | '\\' => word.extend(['\\', character]),
            '\n' => word.push_str("\\n"),
            '\t' => word.push_str("\\t"),
            _ if is_odd(character) => {
                let mut bytes = [0; 4];
                for byte in character.encode_utf8(&mut bytes).bytes() {
                    word.push_str(&format!("\\x{byte:02x}"));
                }
            }
            _ => word.push(character),
        }
    }
    word.push('\'');
    word
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use url::Url;

    use super::*;

    #[track_caller]
    fn check(method: &str, url: &str, headers: &[(&str, &str)], body: Option<&[u8]>, expected: &str) {
        let mut secrets = Secrets::default();
        for (name, value) in [("TOKEN", "hunter2"), ("session-id", "abc-def"), ("PASS", "s3cr3t!")] {
            secrets.add(name, value).unwrap();
        }
        let request = HttpRequest {
            method: method.to_owned(),
            url: Url::parse(url).unwrap(),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: body.map(<[u8]>::to_vec),
            timeout: Duration::from_secs(1),
            body_limit: 1,
        };
        assert_eq!(curl(&request, &secrets), expected);
    }

    #[test]
    fn a_plain_request_is_short() {
        check("GET", "https://x.example.org/a?b=c&d=e#f", &[], None, "curl 'https://x.example.org/a?b=c&d=e'");
        check("HEAD", "https://x.example.org/", &[("accept", "a/b")], None, "curl --head https://x.example.org/ -H 'accept: a/b'");
        check(
            "GET",
            "https://x.example.org/[1]",
            &[("accept-encoding", "gzip")],
            None,
            "curl --globoff 'https://x.example.org/[1]' --compressed",
        );
        check("OPTIONS", "https://x.example.org/", &[("x-empty", "")], None, "curl -X OPTIONS https://x.example.org/ -H 'x-empty;'");
    }

    #[test]
    fn nothing_in_it_is_run_by_the_shell() {
        check(
            "POST",
            "https://x.example.org/$(id)",
            &[("x-a", "it's `id` $HOME"), ("content-type", "text/plain")],
            Some(b"a'b\n\"c\" \\"),
            r#"curl -X POST 'https://x.example.org/$(id)' -H 'x-a: it'\''s `id` $HOME' -H 'content-type: text/plain' --data-raw 'a'\''b
"c" \'"#,
        );
        check(
            "PUT",
            "https://x.example.org/",
            &[],
            Some(b"\x1b[1m'"),
            r"curl -X PUT https://x.example.org/ -H content-type: --data-raw $'\x1b[1m\''",
        );
        check(
            "PUT",
            "https://x.example.org/",
            &[("content-type", "a/b")],
            Some(b"\xff"),
            "curl -X PUT https://x.example.org/ -H 'content-type: a/b' --data-binary @body  # the body of 1 bytes is left out",
        );
    }

    #[test]
    fn secrets_are_variables() {
        check("GET", "https://x.example.org/?t=hunter2", &[], None, "curl \"https://x.example.org/?t=$TOKEN\"");
        check("GET", "https://x.example.org/?t=hunter2x", &[], None, "curl \"https://x.example.org/?t=${TOKEN}x\"");
        check(
            "GET",
            "https://x.example.org/",
            &[("x-t", "a \"$hunter2` abc-def")],
            None,
            r#"curl https://x.example.org/ -H "x-t: a \"\$$TOKEN\` $SESSION_ID""#,
        );
        check(
            "GET",
            "https://x.example.org/",
            &[("x-t", "hi! hunter2 'x'")],
            None,
            r#"curl https://x.example.org/ -H 'x-t: hi! '"$TOKEN"' '\''x'\'''"#,
        );
        check("GET", "https://x.example.org/?p=s3cr3t%21", &[], None, "curl \"https://x.example.org/?p=$PASS\"");
    }

    #[test]
    fn values_of_sensitive_headers_are_never_written() {
        let url = "https://x.example.org/";
        check("GET", url, &[("authorization", "Bearer hunter2")], None, "curl https://x.example.org/ -H \"authorization: Bearer $TOKEN\"");
        check("GET", url, &[("x-api-key", "abc-def")], None, "curl https://x.example.org/ -H \"x-api-key: $SESSION_ID\"");
        check(
            "GET",
            url,
            &[("authorization", "Basic dXNlcjpwYXNz")],
            None,
            "curl https://x.example.org/ -H \"authorization: $AUTHORIZATION\"",
        );
        check("GET", url, &[("cookie", "sid=1; a=$(id)")], None, "curl https://x.example.org/ -H \"cookie: $COOKIE\"");
    }
}
