//! What a fake site answers, as written in a `site.yaml`. Sends nothing.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::yaml;

/// The file: one site under `routes:`, called `site`, or several under `sites:`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Script {
    routes: BTreeMap<String, Value>,
    sites: BTreeMap<String, BTreeMap<String, Value>>,
}

impl Script {
    /// Reads a `site.yaml`.
    pub(crate) fn read(text: &str) -> Result<Vec<(String, Vec<Route>)>, String> {
        let script: Self = yaml::from_str("site.yaml", text)?;
        let mut sites = script.sites;
        if !script.routes.is_empty() {
            sites.insert(String::from("site"), script.routes);
        }
        sites.into_iter().map(|(name, routes)| Ok((name, routes.into_iter().map(Route::read).collect::<Result<_, _>>()?))).collect()
    }
}

/// What is answered where.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    /// Nothing means every method.
    pub(crate) method: Option<String>,
    /// The path without query; `*` at the end stands for any rest.
    pub(crate) path: String,
    /// The first for the first request, and so on; the last one stays.
    pub(crate) answers: Vec<Answer>,
}

impl Route {
    /// `GET /x` or `/x`, with one answer or a list of them.
    pub(crate) fn read((key, value): (String, Value)) -> Result<Self, String> {
        let (method, path) = match key.split_once(' ') {
            Some((method, path)) => (Some(method.to_owned()), path.trim()),
            None => (None, key.as_str()),
        };
        if !path.starts_with('/') {
            return Err(format!("`{key}` is no route: write `/path` or `GET /path`"));
        }
        let list = match value {
            Value::Array(list) => list,
            one @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => vec![one],
        };
        let answers: Vec<Answer> =
            list.into_iter().map(serde_json::from_value).collect::<Result<_, _>>().map_err(|error| format!("{key}: {error}"))?;
        if answers.is_empty() {
            return Err(format!("{key}: no answer"));
        }
        Ok(Self { method, path: path.to_owned(), answers })
    }

    /// Whether a request is meant.
    pub(crate) fn fits(&self, method: &str, path: &str) -> bool {
        let path_fits = match self.path.strip_suffix('*') {
            Some(start) => path.starts_with(start),
            None => path == self.path,
        };
        path_fits && self.method.as_deref().is_none_or(|own| own == method)
    }
}

/// One answer. `${site}` in header values and text stands for the site's own URL, `${name}` for another's.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Answer {
    /// Nothing means 200.
    pub(crate) status: Option<u16>,
    /// A value, or a list of them.
    pub(crate) headers: BTreeMap<String, Value>,
    /// The body.
    pub(crate) text: Option<String>,
    /// The body as JSON; says so in `content-type` unless the headers do.
    pub(crate) json: Option<Value>,
    /// The body is the request as JSON: method, path, query, headers, body.
    pub(crate) echo: bool,
    /// The body so many times.
    pub(crate) repeat: Option<usize>,
    /// Compressed, and said so.
    pub(crate) gzip: bool,
    /// In chunks instead of with a length.
    pub(crate) chunked: bool,
    /// Milliseconds before the first byte.
    pub(crate) delay_ms: u64,
    /// Milliseconds before each byte of the body.
    pub(crate) drip_ms: u64,
    /// What `content-length` says, true or not.
    pub(crate) length: Option<u64>,
    /// Closes after so many bytes of the body.
    pub(crate) cut: Option<usize>,
    /// Sent as it is, then closed.
    pub(crate) raw: Option<String>,
    /// No answer at all.
    pub(crate) fault: Option<Misdeed>,
}

/// What a site does instead of answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Misdeed {
    /// Resets the connection.
    Reset,
    /// Closes it in order.
    Close,
    /// Says nothing and keeps it open.
    Silence,
}

mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&[&str], &str>) {
        let actual = Script::read(text).map(|sites| {
            let all = sites.iter().flat_map(|(name, routes)| routes.iter().map(move |route| (name, route)));
            all.map(|(name, Route { method, path, answers })| format!("{name} {method:?} {path} {}", answers.len())).collect::<Vec<_>>()
        });
        match (actual, expected) {
            (Ok(actual), Ok(expected)) => assert_eq!(actual, expected),
            (Err(actual), Err(expected)) => assert!(actual.contains(expected), "{actual}"),
            (actual, expected) => panic!("expected {expected:?}, actual {actual:?}"),
        }
    }

    #[test]
    fn one_site_and_several_are_read() {
        check(
            "routes:\n  GET /a: {status: 204}\n  /b*: [{json: {c: 1}}, {text: x}]\n",
            Ok(&["site None /b* 2", "site Some(\"GET\") /a 1"]),
        );
        check("sites:\n  one: {/a: {}}\n  two: {/a: {fault: silence}}\n", Ok(&["one None /a 1", "two None /a 1"]));
    }

    #[test]
    fn misspelt_scripts_are_refused() {
        check("routes: {/a: {stats: 200}}", Err("stats"));
        check("routes: {a: {}}", Err("is no route"));
        check("routes: {/a: []}", Err("no answer"));
        check("route: {/a: {}}", Err("route"));
        check("routes: {/a: {fault: sulk}}", Err("sulk"));
    }

    #[test]
    fn a_route_fits_its_method_and_path() {
        let route = |key: &str| Route::read((key.to_owned(), Value::Object(serde_json::Map::new()))).unwrap();
        assert!(route("/a").fits("PUT", "/a"));
        assert!(!route("GET /a").fits("PUT", "/a"));
        assert!(route("GET /a/*").fits("GET", "/a/b"));
        assert!(!route("/a").fits("GET", "/a/b"));
    }
}
