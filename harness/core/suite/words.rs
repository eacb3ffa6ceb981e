//! What suites and environments are written in alike: names, templates, headers, credentials, URLs.

use std::time::Duration;

use super::model::{Auth, Named};
use crate::{
    diagnostic::{Diagnostic, Span},
    json::Number,
    template::{Dynamic, RESERVED_NAMES, Template},
    yaml::{Collector, Fields, Node, Yaml},
};

/// Headers that the connection itself writes: written by hand they would be wrong or ignored.
const CONNECTION_HEADERS: [&str; 8] =
    ["host", "content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection", "te", "upgrade"];

/// What a name is for, which decides how it may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// Templates say it: a variable, a capture, a URL.
    Template,
    /// Files or other keys say it: a snapshot, a session.
    File,
}

/// Checks a name that stands at `span`; `what` says what it names: "a variable".
pub(crate) fn check_name(name: &str, span: &Span, what: &str, used: Use, collector: &Collector) -> bool {
    let is_spelt_well = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let trouble = if name.is_empty() {
        format!("{what} needs a name")
    } else if !is_spelt_well {
        let shown: String = name.chars().take(60).collect();
        let message = format!("`{shown}` cannot name {what}");
        collector.error_with_help(span, message, "names are made of letters (a to z), digits, `-` and `_`");
        return false;
    } else if used == Use::Template && name.starts_with('-') {
        format!("`{name}` cannot name {what}: it begins with `-`")
    } else if used == Use::Template && Number::parse(name).is_some() {
        format!("`{name}` cannot name {what}: in a template it is a number")
    } else if used == Use::Template && RESERVED_NAMES.contains(&name) {
        format!("`{name}` cannot name {what}: it means something in every template")
    } else {
        return true;
    };
    collector.error(span, trouble);
    false
}

/// A name that stands as a value.
pub(crate) fn name(node: &Node, what: &str, used: Use, collector: &Collector) -> Option<Named> {
    let text = collector.name(node, &format!("the name of {what}"))?;
    check_name(text, &node.span, what, used, collector).then(|| named(text, &node.span))
}

/// A name that others define, such as an environment: only checked against theirs.
pub(crate) fn reference(node: &Node, what: &str, collector: &Collector) -> Option<Named> {
    Some(named(collector.name(node, &format!("the name of {what}"))?, &node.span))
}

/// A name and its place.
pub(crate) fn named(name: &str, span: &Span) -> Named {
    Named { name: name.to_owned(), span: span.clone() }
}

/// A text in which templates may stand; a plain number is text as it is written.
pub(crate) fn template(node: &Node, expected: &str, collector: &Collector) -> Option<Template> {
    let text = collector.text(node, expected)?;
    Template::parse(text, &node.span).map_err(|diagnostic| collector.report(diagnostic)).ok()
}

/// Any value in which templates may stand.
pub(crate) fn dynamic(node: &Node, collector: &Collector) -> Option<Dynamic> {
    let mut diagnostics = Vec::new();
    let dynamic = Dynamic::from_node(node, &mut diagnostics);
    collector.extend(diagnostics);
    dynamic
}

/// `vars`: names and values.
pub(crate) fn variables(fields: &Fields<'_>) -> Vec<(Named, Dynamic)> {
    let Some(map) = fields.fields("vars", "a map of variables") else { return Vec::new() };
    cells(&map)
}

/// Every entry of a map as a variable.
pub(crate) fn cells(map: &Fields<'_>) -> Vec<(Named, Dynamic)> {
    let collector = map.collector();
    let read = |entry: &crate::yaml::Entry| {
        let is_name = check_name(&entry.key, &entry.key_span, "a variable", Use::Template, collector);
        let value = dynamic(&entry.value, collector)?;
        is_name.then(|| (named(&entry.key, &entry.key_span), value))
    };
    map.take_rest().filter_map(read).collect()
}

/// `headers`: names in lower case and their values.
pub(crate) fn headers(fields: &Fields<'_>) -> Vec<(String, Template)> {
    let Some(map) = fields.fields("headers", "a map of header names and values") else { return Vec::new() };
    let collector = map.collector();
    let mut headers: Vec<(String, Template)> = Vec::new();
    for entry in map.take_rest() {
        let name = entry.key.to_ascii_lowercase();
        let value = header_value(&entry.value, "the value of a header", collector);
        if !is_token(&name) {
            collector.error(&entry.key_span, format!("`{}` cannot name a header", entry.key));
        } else if CONNECTION_HEADERS.contains(&name.as_str()) {
            collector.error(&entry.key_span, format!("`{name}` is written by the connection and cannot be set"));
        } else if entry.key != name && headers.iter().any(|(known, _)| *known == name) {
            collector.error(&entry.key_span, format!("header `{name}` stands here twice: case does not count in its name"));
        } else if let Some(value) = value {
            headers.push((name, value));
        }
    }
    headers
}

/// `cookies`: names and values.
pub(crate) fn cookies(fields: &Fields<'_>) -> Vec<(String, Template)> {
    let Some(map) = fields.fields("cookies", "a map of cookie names and values") else { return Vec::new() };
    let collector = map.collector();
    let mut cookies = Vec::new();
    for entry in map.take_rest() {
        let value = header_value(&entry.value, "the value of a cookie", collector);
        if !is_token(&entry.key) {
            collector.error(&entry.key_span, format!("`{}` cannot name a cookie", entry.key));
            continue;
        }
        if let Some(value) = value {
            if value.literal().is_some_and(|text| text.contains(';')) {
                collector.error(&entry.value.span, "a cookie's value cannot hold `;`");
            }
            cookies.push((entry.key.clone(), value));
        }
    }
    cookies
}

fn header_value(node: &Node, expected: &str, collector: &Collector) -> Option<Template> {
    let value = template(node, expected, collector)?;
    let is_broken = value.literal().is_some_and(|text| text.chars().any(|character| character.is_control() && character != '\t'));
    if is_broken {
        collector.error(&node.span, format!("{expected} cannot hold line breaks and other control characters"));
    }
    (!is_broken).then_some(value)
}

/// Whether a text is a token (RFC 9110, 5.6.2), as names of headers, cookies and methods are.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// `auth`: how requests identify themselves.
pub(crate) fn auth(fields: &Fields<'_>) -> Option<Auth> {
    let node = fields.take("auth")?;
    let collector = fields.collector();
    match &node.value {
        Yaml::Text { text, .. } if text == "none" => return Some(Auth::None),
        Yaml::Map(_) => {}
        Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) => {
            collector.expected(node, "`none`, `{bearer: token}` or `{basic: {user:, password:}}`");
            return None;
        }
    }
    let map = collector.fields(node, "a way to identify")?;
    let way = map.take_one_of(["bearer", "basic", "digest", "oauth2", "aws_sigv4", "none"], "way to identify");
    let is_empty = way.is_none() && map.is_empty();
    map.finish("way to identify");
    let Some(way) = way else {
        if is_empty {
            collector.error(&node.span, "expected a way to identify, found an empty map");
        }
        return None;
    };
    match way.key.as_str() {
        "bearer" => header_value(&way.value, "a token", collector).map(Auth::Bearer),
        "basic" => {
            let basic = collector.fields(&way.value, "a map with `user` and `password`")?;
            let user = basic.require("user", "who identifies").and_then(|node| template(node, "the user", collector));
            let password = basic.require("password", "what proves it").and_then(|node| template(node, "the password", collector));
            basic.finish("key of `basic`");
            if let Some(user) = &user
                && user.literal().is_some_and(|user| user.contains(':'))
            {
                collector.error(user.span(), "a user cannot hold `:` here (RFC 7617)");
            }
            Some(Auth::Basic { user: user?, password: password? })
        }
        "none" => {
            collector.error_with_help(&way.key_span, "`none` is no key", "write `auth: none`");
            None
        }
        other => {
            collector.error(&way.key_span, format!("`{other}` is not supported yet"));
            None
        }
    }
}

/// A key with a duration that is more than nothing.
pub(crate) fn positive_duration<'n>(fields: &Fields<'n>, key: &'n str) -> Option<Duration> {
    let node = fields.take(key)?;
    let duration = fields.collector().duration(node, "a duration such as `10s`")?;
    if duration.is_zero() {
        fields.collector().error(&node.span, format!("a `{key}` of 0 can never hold"));
        return None;
    }
    Some(duration)
}

/// A key with a URL's name.
pub(crate) fn url_name<'n>(fields: &Fields<'n>, key: &'n str) -> Option<Named> {
    let node = fields.take(key)?;
    let collector = fields.collector();
    let text = collector.name(node, "the name of a URL, such as `api`")?;
    if text.contains(['/', ':', ' ']) {
        let help = "a URL's name stands here, as `environments.yaml` gives it under `urls`";
        collector.error_with_help(&node.span, format!("`{text}` is not the name of a URL"), help);
        return None;
    }
    check_name(text, &node.span, "a URL", Use::Template, collector).then(|| named(text, &node.span))
}

/// The target of a request: a path, a URL's name and a path, an absolute URL. Templates may stand in it.
pub(crate) fn target(node: &Node, collector: &Collector) -> Option<Template> {
    let target = template(node, "a path such as `/plugins`", collector)?;
    let text = target.source();
    let begins_well = text.is_empty() || text.starts_with(['/', '?']) || text.starts_with("{{");
    if begins_well {
        return Some(target);
    }
    if text.starts_with("http://") || text.starts_with("https://") {
        if target.literal().is_some_and(|text| url::Url::parse(text).is_err()) {
            collector.error(&node.span, format!("`{text}` is not a URL"));
            return None;
        }
        return Some(target);
    }
    let word_end = text.find([' ', '{']).unwrap_or(text.len());
    if text[..word_end].contains("://") {
        collector.error_with_help(&node.span, format!("`{text}` is not an http or https URL"), "only http and https can be asked");
        return None;
    }
    let word = text.split([' ', '{', '/', '?']).next().unwrap_or_default();
    match text.split_once(' ') {
        Some((name, path)) if name == word && !name.is_empty() => {
            let path = path.trim_start();
            if !check_name(name, &node.span, "a URL", Use::Template, collector) {
                return None;
            }
            if !(path.is_empty() || path.starts_with(['/', '?']) || path.starts_with("{{")) {
                let help = format!("did you mean `{name} /{path}`?");
                collector.error_with_help(&node.span, format!("`{path}` is not a path: it begins with `/` or `?`"), help);
                return None;
            }
            Some(target)
        }
        Some(_) | None => {
            let help = format!("did you mean `/{text}`? A URL's name stands before the path: `api /plugins`");
            collector.error_with_help(&node.span, format!("`{text}` is not a path: it begins with `/` or `?`"), help);
            None
        }
    }
}

/// The URL name that a target begins with, if it does.
pub(crate) fn name_in_target(target: &Template) -> Option<Named> {
    let text = target.source();
    let (name, _) = text.split_once(' ')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_name.then(|| {
        let span = target.span();
        let place = match span.text().find(name) {
            Some(at) => Span::new(&span.source, span.start + at..span.start + at + name.len()),
            None => span.clone(),
        };
        named(name, &place)
    })
}

/// Complains of a name that nobody defines.
pub(crate) fn unknown<'k>(named: &Named, what: &str, known: impl Iterator<Item = &'k str> + Clone) -> Diagnostic {
    let diagnostic = Diagnostic::error(&named.span, format!("unknown {what} `{}`", named.name));
    match crate::diagnostic::did_you_mean(&named.name, known.clone()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => {
            let all: Vec<String> = known.take(12).map(|name| format!("`{name}`")).collect();
            if all.is_empty() { diagnostic } else { diagnostic.help(format!("there are {}", all.join(", "))) }
        }
    }
}
