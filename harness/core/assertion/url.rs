//! Judges a URL: where a request ended, or where a redirect led.

use percent_encoding::percent_decode_str;
use url::Url;

use super::{
    Context, Failure, Judgement, Outcome, Sites,
    matcher::{Matcher, Mode, Subject},
};
use crate::{
    diagnostic::{Diagnostic, Span, did_you_mean},
    extract::{
        Argument, Unresolved,
        shown::{quoted, shown},
    },
    json::Json,
    template::Dynamic,
    yaml::{Node, Yaml},
};

/// What a URL is expected to be.
#[derive(Debug, Clone)]
pub struct UrlExpectation {
    form: Form,
    span: Span,
}

#[derive(Debug, Clone)]
enum Form {
    /// A path of the environment, or an absolute URL. Order of keys and encoding do not count.
    Whole(Argument<Target>),
    /// Parts, each by its matcher.
    Parts(Vec<Part>),
}

#[derive(Debug, Clone)]
struct Part {
    kind: PartKind,
    matcher: Matcher,
    span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum PartKind {
    Path,
    Query(String),
    Fragment,
    Host,
    Full,
}

/// A URL as written in a suite.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Absolute(Url),
    /// A path with its query, below one of the environment's URLs: the named one, or any.
    Path {
        site: Option<String>,
        url: Url,
    },
}

const PARTS: [&str; 5] = ["path", "query", "fragment", "host", "full"];

impl UrlExpectation {
    /// Reads a URL or a map of its parts.
    pub fn parse(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let form = match &node.value {
            Yaml::Map(_) => Form::Parts(parse_parts(node, diagnostics)?),
            Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) => {
                Form::Whole(Argument::parse(node, diagnostics, read_target)?)
            }
        };
        Some(Self { form, span: node.span.clone() })
    }

    /// Judges a URL; one judgement for a whole URL, else one for each part, and one for the host where no part speaks of it.
    #[must_use]
    pub fn judge(&self, actual: &Url, subject: &str, context: &Context<'_>) -> Vec<Judgement> {
        match &self.form {
            Form::Whole(target) => {
                let outcome = target.resolve(context.scope).map(|target| judge_target(&target, &target.bare(), actual, context.sites));
                let described = || (target.phrase(context.scope), actual.to_string());
                vec![Judgement::new(Some(&self.span), subject, outcome, described)]
            }
            Form::Parts(parts) => {
                let speaks_of_host = parts.iter().any(|part| matches!(part.kind, PartKind::Host | PartKind::Full));
                let mut judgements = Vec::new();
                if !speaks_of_host && context.sites.bases(actual).next().is_none() {
                    judgements.push(Judgement::new(Some(&self.span), subject, Ok(foreign(actual, context.sites).into()), Default::default));
                }
                judgements.extend(parts.iter().map(|part| part.judge(actual, subject, context)));
                judgements
            }
        }
    }

    /// Adds the templates in it.
    pub fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        match &self.form {
            Form::Whole(target) => found.extend(target.dynamic()),
            Form::Parts(parts) => parts.iter().for_each(|part| part.matcher.dynamics(found)),
        }
    }
}

fn parse_parts(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Vec<Part>> {
    let help = "such as `{path: /plugins, query: {page: 2}}`";
    let Yaml::Map(entries) = &node.value else { return None };
    if entries.is_empty() {
        diagnostics.push(Diagnostic::error(&node.span, "an empty map checks nothing").help(help));
        return None;
    }
    let n_before = diagnostics.len();
    let mut parts = Vec::new();
    for entry in entries {
        let kind = match entry.key.as_str() {
            "path" => PartKind::Path,
            "fragment" => PartKind::Fragment,
            "host" => PartKind::Host,
            "full" => PartKind::Full,
            "query" => {
                let Yaml::Map(keys) = &entry.value.value else {
                    diagnostics
                        .push(Diagnostic::error(&entry.value.span, "expected the keys of the query").help("such as `query: {page: 2}`"));
                    continue;
                };
                if keys.is_empty() {
                    diagnostics.push(Diagnostic::error(&entry.value.span, "an empty map checks nothing").help(help));
                }
                for key in keys {
                    let matcher = Matcher::parse(&key.value, Mode::Texts, diagnostics);
                    parts.extend(matcher.map(|matcher| Part {
                        kind: PartKind::Query(key.key.clone()),
                        matcher,
                        span: key.key_span.clone(),
                    }));
                }
                continue;
            }
            other => {
                let diagnostic = Diagnostic::error(&entry.key_span, format!("unknown part `{other}` of a URL"));
                diagnostics.push(match did_you_mean(other, PARTS) {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None if super::matcher::find(other).is_some() => {
                        diagnostic.help(format!("a matcher of the whole URL stands under `full`: `full: {{{other}: …}}`"))
                    }
                    None => diagnostic.help(format!("a URL has {}", PARTS.join(", "))),
                });
                continue;
            }
        };
        let matcher = Matcher::parse(&entry.value, Mode::Text, diagnostics);
        parts.extend(matcher.map(|matcher| Part { kind, matcher, span: entry.key_span.clone() }));
    }
    (diagnostics.len() == n_before).then_some(parts)
}

fn read_target(value: &Json) -> Result<Target, String> {
    let Json::String(text) = value else {
        return Err(String::from("expected a path such as `/plugins?page=2`, or a map of parts"));
    };
    if text.starts_with("http://") || text.starts_with("https://") {
        return Url::parse(text).map(Target::Absolute).map_err(|error| format!("`{text}` is not a URL: {error}"));
    }
    let (site, path) = match text.split_once(' ') {
        Some((site, path)) if path.starts_with('/') && !site.starts_with('/') => (Some(site.to_owned()), path),
        Some(_) | None => (None, text.as_str()),
    };
    if !path.starts_with('/') || path.starts_with("//") {
        return Err(format!("`{text}` is not a path: it begins with `/`, or is a whole URL"));
    }
    let url = Url::parse(&format!("http://environment{path}")).map_err(|error| format!("`{text}` is not a path: {error}"))?;
    Ok(Target::Path { site, url })
}

fn judge_target(target: &Target, phrase: &str, actual: &Url, sites: Sites<'_>) -> Outcome {
    let differs = |note: Option<String>| Outcome::from(Failure { note, ..Failure::different(None, phrase, actual.as_str()) });
    match target {
        Target::Absolute(expected) => {
            let same_host = expected.scheme() == actual.scheme() && is_same_host(expected, actual);
            let same = same_host && segments(expected.path()) == segments(actual.path()) && same_query_and_fragment(expected, actual);
            if same { Outcome::Holds } else { differs(None) }
        }
        Target::Path { site, url: expected } => {
            if let Some(site) = site
                && !sites.urls.iter().any(|(name, _)| name == site)
            {
                return differs(Some(format!("the environment has no URL named `{site}`")));
            }
            let mut bases = sites.bases(actual).filter(|(name, _)| site.as_ref().is_none_or(|site| site == name)).peekable();
            if bases.peek().is_none() {
                return Failure { expected: phrase.to_owned(), ..foreign(actual, sites) }.into();
            }
            let same_path = bases.any(|(_, below)| segments(expected.path()) == segments(below));
            if same_path && same_query_and_fragment(expected, actual) { Outcome::Holds } else { differs(None) }
        }
    }
}

fn foreign(actual: &Url, sites: Sites<'_>) -> Failure {
    let mut hosts: Vec<String> = sites.urls.iter().chain(sites.aliases).map(|(_, url)| host(url)).collect();
    hosts.dedup();
    Failure::different(None, format!("the environment's host {}", hosts.join(" or ")), actual.as_str())
        .note(String::from("the URL is not the environment's"))
}

impl<'a> Sites<'a> {
    /// The environment's URLs that a URL lies below, by name, with the rest of its path.
    pub fn bases(self, actual: &'a Url) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.urls.iter().chain(self.aliases).filter(|(_, base)| is_same_host(base, actual)).filter_map(move |(name, base)| {
            let below = actual.path().strip_prefix(base.path().trim_end_matches('/'))?;
            (below.is_empty() || below.starts_with('/')).then_some((name.as_str(), if below.is_empty() { "/" } else { below }))
        })
    }
}

/// Host and port. The scheme is left aside: a step from `http` to `https` stays with the host.
fn is_same_host(one: &Url, other: &Url) -> bool {
    one.host_str() == other.host_str() && one.port() == other.port()
}

fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn segments(path: &str) -> Vec<String> {
    path.split('/').map(decoded).collect()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn same_query_and_fragment(expected: &Url, actual: &Url) -> bool {
    let pairs = |url: &Url| {
        let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        // Stable: values of one key keep their order, which counts.
        pairs.sort_by(|one, other| one.0.cmp(&other.0));
        pairs
    };
    let same_fragment =
        expected.fragment().is_none_or(|fragment| actual.fragment().is_some_and(|actual| decoded(actual) == decoded(fragment)));
    pairs(expected) == pairs(actual) && same_fragment
}

impl Part {
    fn judge(&self, actual: &Url, subject: &str, context: &Context<'_>) -> Judgement {
        let subject = match &self.kind {
            PartKind::Path => format!("{subject} path"),
            PartKind::Query(key) => format!("{subject} query {key}"),
            PartKind::Fragment => format!("{subject} fragment"),
            PartKind::Host => format!("{subject} host"),
            PartKind::Full => subject.to_owned(),
        };
        // What may be meant: a path below any of the environment's URLs, a host with or without its port.
        let candidates: Vec<Option<Json>> = match &self.kind {
            PartKind::Path => {
                let mut paths: Vec<Option<Json>> = context.sites.bases(actual).map(|(_, below)| Some(Json::text(decoded(below)))).collect();
                if paths.is_empty() {
                    paths.push(Some(Json::text(decoded(actual.path()))));
                }
                paths
            }
            PartKind::Query(key) => {
                let mut values: Vec<Json> =
                    actual.query_pairs().filter(|(name, _)| name == key).map(|(_, value)| Json::text(value)).collect();
                vec![match values.len() {
                    0 => None,
                    1 if !self.matcher.takes_list(1, context.scope) => values.pop(),
                    _ => Some(Json::List(values)),
                }]
            }
            PartKind::Fragment => vec![actual.fragment().map(|fragment| Json::text(decoded(fragment)))],
            PartKind::Host => {
                let bare = actual.host_str().map(Json::text);
                if actual.port().is_some() { vec![bare, Some(Json::text(host(actual)))] } else { vec![bare] }
            }
            PartKind::Full => vec![Some(Json::text(actual.as_str()))],
        };
        let outcome = self.judge_candidates(&candidates, context);
        let described = || {
            let actual = candidates.first().and_then(Option::as_ref).map_or_else(|| String::from("nothing"), shown);
            (self.matcher.phrase(context), actual)
        };
        Judgement::new(Some(&self.span), subject, outcome, described)
    }

    fn judge_candidates(&self, candidates: &[Option<Json>], context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let mut first = None;
        for candidate in candidates {
            let subject = Subject { value: candidate.as_ref(), ..Subject::nothing(self.matcher.mode()) };
            let outcome = self.matcher.judge(&subject, context)?;
            if outcome.holds() {
                return Ok(outcome);
            }
            first.get_or_insert(outcome);
        }
        Ok(first.unwrap_or_else(|| Failure::different(None, self.matcher.phrase(context), quoted("")).into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assertion::matcher::testing::{self, node, sentence};

    fn sites() -> Vec<(String, Url)> {
        [("web", "https://www.example.org"), ("api", "https://api.example.org/stack")]
            .map(|(name, url)| (name.to_owned(), url.parse().unwrap()))
            .into()
    }

    fn check(written: &str, actual: &str, expected: &[&str]) {
        let (urls, aliases) = (sites(), [(String::from("web"), "https://example.org".parse().unwrap())]);
        let mut diagnostics = Vec::new();
        let expectation = UrlExpectation::parse(&node(written), &mut diagnostics);
        assert!(diagnostics.is_empty(), "{written}: {diagnostics:?}");
        let context = Context { sites: Sites { urls: &urls, aliases: &aliases }, ..testing::context() };
        let judgements = expectation.unwrap().judge(&actual.parse().unwrap(), "url", &context);
        assert!(!judgements.is_empty());
        let failures: Vec<String> = judgements
            .into_iter()
            .filter(|judgement| !judgement.holds)
            .map(|judgement| format!("{}: {}", judgement.subject, judgement.message))
            .collect();
        assert_eq!(failures, expected, "{written} on {actual}");
    }

    fn complaints(written: &str, expected: &[&str]) {
        let mut diagnostics = Vec::new();
        let parsed = UrlExpectation::parse(&node(written), &mut diagnostics);
        assert_eq!(diagnostics.iter().map(sentence).collect::<Vec<_>>(), expected, "{written}");
        assert!(parsed.is_none(), "{written}");
    }

    #[test]
    fn order_of_keys_and_encoding_do_not_count() {
        check("'/plugins?a=1&b=x%20y'", "https://www.example.org/plugins?b=x+y&a=1", &[]);
        check("'/pl%75gins'", "https://www.example.org/plugins", &[]);
        check("/größe", "https://www.example.org/gr%C3%B6%C3%9Fe", &[]);
        check(
            "'/plugins?a=1&a=2'",
            "https://www.example.org/plugins?a=2&a=1",
            &["url: expected /plugins?a=1&a=2, actual https://www.example.org/plugins?a=2&a=1"],
        );
        check("/plugins", "https://www.example.org/plugins?a=1", &["url: expected /plugins, actual https://www.example.org/plugins?a=1"]);
        check("/plugins", "https://www.example.org/plugins/", &["url: expected /plugins, actual https://www.example.org/plugins/"]);
        check("/a%2Fb", "https://www.example.org/a/b", &["url: expected /a%2Fb, actual https://www.example.org/a/b"]);
    }

    #[test]
    fn the_host_must_be_the_environments() {
        check("/plugins", "https://example.org/plugins", &[]);
        check("/plugins", "https://api.example.org/stack/plugins", &[]);
        check("api /plugins", "https://api.example.org/stack/plugins", &[]);
        check("/", "https://api.example.org/stack", &[]);
        let foreign = "https://evil.example.net/plugins";
        check("/plugins", foreign, &["url: expected /plugins, actual https://evil.example.net/plugins; the URL is not the environment's"]);
        check(
            "web /plugins",
            "https://api.example.org/stack/plugins",
            &["url: expected web /plugins, actual https://api.example.org/stack/plugins; the URL is not the environment's"],
        );
        check(
            "shop /plugins",
            "https://www.example.org/plugins",
            &["url: expected shop /plugins, actual https://www.example.org/plugins; the environment has no URL named `shop`"],
        );
        // The stage of the path is lost: that is no longer the environment.
        check(
            "/plugins",
            "https://api.example.org/plugins",
            &["url: expected /plugins, actual https://api.example.org/plugins; the URL is not the environment's"],
        );
        check(
            "{path: /plugins}",
            foreign,
            &[
                "url: expected the environment's host www.example.org or api.example.org or example.org, actual https://evil.example.net/plugins; the URL is not the environment's",
            ],
        );
        check("{path: /plugins, host: evil.example.net}", foreign, &[]);
        check("https://evil.example.net/plugins", foreign, &[]);
        check("'{{ web }}/plugins'", "https://www.example.org/plugins", &[]);
    }

    #[test]
    fn parts_are_judged_by_matchers() {
        let url = "https://www.example.org:8443/plugins?page=2&tag=a&tag=b#top";
        check("{host: www.example.org, path: /plugins, query: {page: 2, q: {exists: false}, tag: [a, b]}, fragment: top}", url, &[]);
        check("{host: 'www.example.org:8443'}", url, &[]);
        check("{full: {contains: 'page=2'}}", url, &[]);
        check(
            "{host: {ends_with: .org}, query: {page: {exists: false}, size: 10}, path: {starts_with: /x}}",
            url,
            &[
                "url query page: expected nothing, actual [\"2\"]",
                "url query size: expected 10, actual nothing",
                "url path: expected to start with \"/x\", actual \"/plugins\"",
            ],
        );
    }

    #[test]
    fn mistakes_are_named() {
        complaints("plugins", &["`plugins` is not a path: it begins with `/`, or is a whole URL"]);
        complaints("5", &["expected a path such as `/plugins?page=2`, or a map of parts"]);
        complaints("{}", &["an empty map checks nothing (such as `{path: /plugins, query: {page: 2}}`)"]);
        complaints("{pth: /x}", &["unknown part `pth` of a URL (did you mean `path`?)"]);
        complaints(
            "{contains: x}",
            &["unknown part `contains` of a URL (a matcher of the whole URL stands under `full`: `full: {contains: …}`)"],
        );
        complaints("{query: page}", &["expected the keys of the query (such as `query: {page: 2}`)"]);
    }
}
