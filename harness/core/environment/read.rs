//! Reads `environments.yaml`.

use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use url::Url;

use super::model::{Baselines, Defaults, Environment, Environments, Param, Protect, Revision};
use crate::{
    action::{ClientCertificate, Limit, Transport},
    diagnostic::{Source, Span},
    suite::{
        model::Named,
        page,
        words::{self, Use},
    },
    template::Template,
    yaml::{Collector, Entry, Fields, Node, Yaml},
};

/// The most requests a second that a limit may allow: a limit above is none.
const MAX_REQUESTS_PER_SECOND: f64 = 1_000_000.0;
/// The most requests in flight that a limit may allow.
const MAX_CONCURRENT: u64 = 10_000;

/// Reads a file whose first key is `environments`. What is wrong goes to the collector.
pub(crate) fn environments(root: &Node, source: &Arc<Source>, collector: &Collector) -> Option<Environments> {
    let fields = collector.fields(root, "a file of environments")?;
    let mut environments = Vec::new();
    if let Some(map) = fields.fields("environments", "a map of environments") {
        if map.is_empty() {
            collector.error(&map.node().span, "expected environments, found an empty map");
        }
        for entry in map.take_rest() {
            environments.extend(environment(entry, collector));
        }
    }
    let defaults = fields.fields("defaults", "a map of defaults").map(defaults).unwrap_or_default();
    fields.finish("key");
    Some(Environments { source: Arc::clone(source), environments, defaults })
}

fn defaults(map: Fields<'_>) -> Defaults {
    let defaults = Defaults {
        url: words::url_name(&map, "url"),
        timeout: words::positive_duration(&map, "timeout"),
        wait: words::positive_duration(&map, "wait"),
        browser: map.take("browser").and_then(|node| page::browser(node, map.collector())),
        ready: ready(&map),
    };
    map.finish("default");
    defaults
}

/// `ready: {script:}` holds after a navigation, before the next action.
fn ready(map: &Fields<'_>) -> Option<String> {
    let ready = map.fields("ready", "a map with `script`")?;
    let script = ready.require("script", "JavaScript that returns whether the page can be acted on");
    let script = script.and_then(|node| ready.collector().name(node, "JavaScript such as `return document.readyState === 'complete'`"));
    ready.finish("key of `ready`");
    script.map(str::to_owned)
}

/// `grid:` the URL of a remote WebDriver server.
fn grid(node: &Node, collector: &Collector) -> Option<Url> {
    let text = collector.name(node, "the URL of a WebDriver server, such as `http://grid.example.org:4444`")?;
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if url.is_none() {
        collector.error(&node.span, format!("`{text}` is not the URL of a WebDriver server"));
    }
    url
}

fn environment(entry: &Entry, collector: &Collector) -> Option<Environment> {
    check_environment_name(&entry.key, &entry.key_span, collector);
    let fields = collector.fields(&entry.value, "a map of an environment's keys")?;
    let urls = urls(&fields, entry);
    let aliases = aliases(&fields, &urls);
    let environment = Environment {
        span: entry.key_span.clone(),
        name: entry.key.clone(),
        params: params(&fields),
        aliases,
        urls,
        vars: words::variables(&fields),
        headers: words::headers(&fields),
        cookies: words::cookies(&fields),
        auth: words::auth(&fields),
        refresh: words::positive_duration(&fields, "refresh"),
        settle: fields.duration("settle"),
        indexable: fields.bool("indexable"),
        revision: revision(&fields),
        protect: fields.choice("protect", "protection", &[("read-only", Protect::ReadOnly)]).unwrap_or_default(),
        limit: limit(&fields),
        transport: transport(&fields),
        baselines: fields
            .choice("baselines", "way with baselines", &[("shared", Baselines::Shared), ("own", Baselines::Own)])
            .unwrap_or_default(),
        grid: fields.take("grid").and_then(|node| grid(node, collector)),
    };
    fields.not_supported_yet(&["identity"]);
    fields.finish("key of an environment");
    names_apart(&environment, collector);
    Some(environment)
}

/// An environment's name is typed on the command line and becomes part of file names.
fn check_environment_name(name: &str, span: &Span, collector: &Collector) {
    if !words::check_name(name, span, "an environment", Use::File, collector) {
        return;
    }
    if name.starts_with('-') {
        collector.error(span, format!("`{name}` cannot name an environment: on the command line it is a flag"));
    } else if name == "adhoc" {
        collector.error(span, "`adhoc` is the name of environments that are given by URL");
    }
}

fn params(fields: &Fields<'_>) -> Vec<Param> {
    let Some(map) = fields.fields("params", "a map of params") else { return Vec::new() };
    let collector = map.collector();
    let mut params = Vec::new();
    for entry in map.take_rest() {
        let is_name = words::check_name(&entry.key, &entry.key_span, "a param", Use::Template, collector);
        let default = match &entry.value.value {
            Yaml::Map(_) => {
                let Some(map) = collector.fields(&entry.value, "a param") else { continue };
                let required = map.bool("required");
                let default = map.take("default").and_then(|node| collector.json(node));
                match (required, &default) {
                    (Some(true), Some(_)) => {
                        collector.error(map.span(), format!("`{}` cannot be required and have a default", entry.key));
                    }
                    (Some(false), None) => {
                        collector.error(map.span(), format!("`{}` needs a default, or is `required: true`", entry.key));
                    }
                    (None, None) if map.is_empty() => {
                        collector.error(&entry.value.span, "expected `required: true` or a default, found an empty map");
                    }
                    (Some(_) | None, Some(_)) | (Some(true) | None, None) => {}
                }
                map.finish("key of a param");
                default
            }
            Yaml::List(_) => {
                collector.expected(&entry.value, "a default, or `{required: true}`");
                continue;
            }
            Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } => {
                let Some(default) = collector.json(&entry.value) else { continue };
                if let crate::json::Json::String(text) = &default
                    && text.contains("{{")
                {
                    collector.error(&entry.value.span, "a param cannot hold a template; use `vars`");
                }
                Some(default)
            }
        };
        if is_name {
            params.push(Param { name: words::named(&entry.key, &entry.key_span), default });
        }
    }
    params
}

fn urls(fields: &Fields<'_>, entry: &Entry) -> Vec<(Named, Template)> {
    let collector = fields.collector();
    let Some(node) = fields.take("urls") else {
        collector.error(&entry.key_span, format!("`urls` is missing: environment `{}` has nothing to talk to", entry.key));
        return Vec::new();
    };
    let Some(map) = collector.fields(node, "a map of names and URLs") else { return Vec::new() };
    if map.is_empty() {
        collector.error(&node.span, "expected names and URLs, found an empty map");
    }
    let read = |entry: &Entry| {
        let is_name = words::check_name(&entry.key, &entry.key_span, "a URL", Use::Template, collector);
        let url = base_url(&entry.value, collector)?;
        is_name.then(|| (words::named(&entry.key, &entry.key_span), url))
    };
    map.take_rest().filter_map(read).collect()
}

fn aliases(fields: &Fields<'_>, urls: &[(Named, Template)]) -> Vec<(Named, Vec<Template>)> {
    let Some(map) = fields.fields("aliases", "a map of URL names and lists of other URLs") else { return Vec::new() };
    let collector = map.collector();
    let mut aliases = Vec::new();
    for entry in map.take_rest() {
        let name = words::named(&entry.key, &entry.key_span);
        if !urls.is_empty() && !urls.iter().any(|(url, _)| url.name == entry.key) {
            collector.report(words::unknown(&name, "URL", urls.iter().map(|(url, _)| url.name.as_str())));
        }
        let nodes = collector.filled_list(&entry.value, "a list of URLs").unwrap_or_default();
        aliases.push((name, nodes.iter().filter_map(|node| base_url(node, collector)).collect()));
    }
    aliases
}

fn base_url(node: &Node, collector: &Collector) -> Option<Template> {
    let template = words::template(node, "a URL such as `https://www.example.org`", collector)?;
    let Some(text) = template.literal() else { return Some(template) };
    let trouble = match Url::parse(text) {
        Err(error) => format!("`{text}` is not a URL: {error}"),
        Ok(url) if !matches!(url.scheme(), "http" | "https") => format!("`{text}` is not an http or https URL"),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => String::from("a URL cannot hold credentials: use `auth`"),
        Ok(url) if url.query().is_some() || url.fragment().is_some() => format!("`{text}`: a base URL has neither query nor fragment"),
        Ok(_) => return Some(template),
    };
    collector.error(&node.span, trouble);
    None
}

fn revision(fields: &Fields<'_>) -> Option<Revision> {
    let node = fields.take("revision")?;
    let collector = fields.collector();
    let map = collector.fields(node, "a map such as `{get: web /, json: $.buildId}`")?;
    let get = map.require("get", "what is asked for the revision").and_then(|node| words::target(node, collector));
    // The rest is a capture, chained in the order written.
    let rest: Vec<Entry> = map.take_rest().cloned().collect();
    if rest.is_empty() {
        collector.error_with_help(map.span(), "`revision` does not say what names the build", "such as `json: $.buildId`");
        map.finish("key of `revision`");
        return None;
    }
    map.finish("key of `revision`");
    let capture = crate::suite::capture(&Node { span: node.span.clone(), value: Yaml::Map(rest) }, collector);
    Some(Revision { get: get?, capture: Arc::new(capture?) })
}

fn limit(fields: &Fields<'_>) -> Limit {
    let Some(map) = fields.fields("limit", "a map such as `{requests_per_second: 5, concurrent: 4}`") else { return Limit::default() };
    let collector = map.collector();
    if map.is_empty() {
        collector.error(&map.node().span, "expected `requests_per_second` or `concurrent`, found an empty map");
    }
    let requests_per_second = map.take("requests_per_second").and_then(|node| {
        let number = collector.number(node, "a number of requests a second, such as 5")?;
        let rate = number.as_str().parse::<f64>().unwrap_or(f64::NAN);
        if !(rate > 0.0 && rate <= MAX_REQUESTS_PER_SECOND) {
            collector.error(&node.span, "expected a number above 0 and of a million at most");
            return None;
        }
        Some(rate)
    });
    let concurrent = map.take("concurrent").and_then(|node| {
        let count = collector.whole(node, "a whole number of requests in flight, such as 4")?;
        if count == 0 || count > MAX_CONCURRENT {
            collector.error(&node.span, format!("expected a whole number from 1 to {MAX_CONCURRENT}"));
            return None;
        }
        usize::try_from(count).ok()
    });
    map.finish("key of `limit`");
    Limit { requests_per_second, concurrent }
}

fn transport(fields: &Fields<'_>) -> Transport {
    let collector = fields.collector();
    Transport {
        proxy: fields.take("proxy").and_then(|node| proxy(node, collector)),
        resolve: resolve(fields),
        ca_file: fields.name("ca_file", "a PEM file").map(str::to_owned),
        client_certificate: client_certificate(fields),
    }
}

fn proxy(node: &Node, collector: &Collector) -> Option<Url> {
    let text = collector.name(node, "a proxy's URL, such as `http://proxy.example.org:3128`")?;
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https" | "socks5") && url.has_host());
    if url.is_none() {
        collector.error(&node.span, format!("`{text}` is not the URL of an http, https or socks5 proxy"));
    }
    url
}

fn resolve(fields: &Fields<'_>) -> BTreeMap<String, IpAddr> {
    let Some(map) = fields.fields("resolve", "a map of host names and addresses") else { return BTreeMap::new() };
    let collector = map.collector();
    let mut addresses = BTreeMap::new();
    for entry in map.take_rest() {
        let is_host = url::Host::parse(&entry.key).is_ok();
        if !is_host {
            collector.error(&entry.key_span, format!("`{}` is not a host name", entry.key));
        }
        let Some(text) = collector.text(&entry.value, "an IP address such as `127.0.0.1`") else { continue };
        match text.parse::<IpAddr>() {
            Ok(address) => {
                addresses.insert(entry.key.to_ascii_lowercase(), address);
            }
            Err(_) => collector.error(&entry.value.span, format!("`{text}` is not an IP address")),
        }
    }
    addresses
}

fn client_certificate(fields: &Fields<'_>) -> Option<ClientCertificate> {
    let map = fields.fields("client_certificate", "a map with `cert` and `key`")?;
    let collector = map.collector();
    let file = |node: &Node| collector.name(node, "a PEM file").map(str::to_owned);
    let cert = map.require("cert", "the certificate's PEM file").and_then(file);
    let key = map.require("key", "the key's PEM file").and_then(file);
    map.finish("key of `client_certificate`");
    Some(ClientCertificate { cert: cert?, key: key? })
}

/// Params, variables and URLs of one environment cannot be called alike.
fn names_apart(environment: &Environment, collector: &Collector) {
    let mut known: BTreeMap<&str, &str> = BTreeMap::new();
    let urls = environment.urls.iter().map(|(name, _)| (name, "URL"));
    let params = environment.params.iter().map(|param| (&param.name, "param"));
    let vars = environment.vars.iter().map(|(name, _)| (name, "variable"));
    for (name, what) in urls.chain(params).chain(vars) {
        match known.get(name.name.as_str()) {
            Some(other) if *other != what => {
                let message = format!("`{}` is both a {other} and a {what} of environment `{}`", name.name, environment.name);
                collector.error(&name.span, message);
            }
            Some(_) | None => {
                known.insert(&name.name, what);
            }
        }
    }
}
