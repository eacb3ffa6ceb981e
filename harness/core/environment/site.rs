//! One environment with every name resolved: what a run talks to.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use url::Url;

use super::model::{Baselines, Protect};
use crate::{
    action::{Limit, Transport},
    extract::capture::Capture,
    suite::model::BrowserSpec,
    template::Variable,
};

/// An environment as one run uses it.
#[derive(Debug)]
pub struct Site {
    /// `staging`, or `adhoc` for one given by URL.
    pub name: String,
    /// URL name → base URL, in the order written. Never empty.
    pub urls: Vec<(String, Url)>,
    /// URL name → another base URL of the same site.
    pub aliases: Vec<(String, Url)>,
    /// Whether any URL name means the one URL there is (`--on https://…`).
    pub any_name: bool,
    /// The URL name that a path means where neither case nor suite says; nothing means the first.
    pub default_url: Option<String>,
    /// Params and vars.
    pub variables: BTreeMap<String, Variable>,
    /// Headers of requests to its hosts, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Cookies of requests to its hosts.
    pub cookies: Vec<(String, String)>,
    /// Value of the `authorization` header of requests to its hosts.
    pub authorization: Option<String>,
    /// How often its data are renewed.
    pub refresh: Option<Duration>,
    /// How long a release may take to reach every cache.
    pub settle: Option<Duration>,
    /// Whether robots should index it.
    pub indexable: Option<bool>,
    /// How it is told which build answers.
    pub revision: Option<RevisionProbe>,
    /// Whether it is protected.
    pub protect: Protect,
    /// How fast it may be asked.
    pub limit: Limit,
    /// How it is reached.
    pub transport: Transport,
    /// Where `accept` writes.
    pub baselines: Baselines,
    /// What holds for browsers here.
    pub pages: SitePages,
    /// Which hosts are protected, of all environments that are known.
    pub guards: Arc<Guards>,
}

/// What holds for browsers on an environment, where neither suite nor case says otherwise.
#[derive(Debug, Clone, Default)]
pub struct SitePages {
    /// How long one browser action, or one expectation of a page, may take.
    pub wait: Option<Duration>,
    /// Browsers and viewports.
    pub browser: Option<BrowserSpec>,
    /// JavaScript that returns whether a page can be acted on.
    pub ready: Option<String>,
    /// A remote WebDriver server.
    pub grid: Option<Url>,
}

/// How it is told which build answers, resolved.
#[derive(Debug, Clone)]
pub struct RevisionProbe {
    /// What is asked.
    pub url: Url,
    /// What names the build in the answer.
    pub capture: Arc<Capture>,
}

impl Site {
    /// The base URL of a name.
    #[must_use]
    pub fn url(&self, name: &str) -> Option<&Url> {
        let named = self.urls.iter().find(|(known, _)| known == name).map(|(_, url)| url);
        named.or_else(|| if self.any_name { self.urls.first().map(|(_, url)| url) } else { None })
    }

    /// Whether a URL's host and port are this environment's own, aliases included.
    #[must_use]
    pub fn owns(&self, url: &Url) -> bool {
        let authority = Authority::of(url);
        self.urls.iter().chain(&self.aliases).any(|(_, own)| Authority::of(own) == authority)
    }
}

/// Host and port: what tells one server from another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Authority {
    /// Lower-case name or address.
    pub host: String,
    /// The port, the scheme's own included.
    pub port: Option<u16>,
}

impl Authority {
    /// Host and port of a URL.
    #[must_use]
    pub fn of(url: &Url) -> Self {
        Self { host: url.host_str().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase(), port: url.port_or_known_default() }
    }
}

/// What is known of every host in `environments.yaml`, whichever environment is run: a URL whose host and port belong to
/// one takes its protection and its limit.
#[derive(Debug, Default)]
pub struct Guards {
    hosts: BTreeMap<Authority, Guarded>,
    open: bool,
}

/// What holds for the hosts of one environment.
#[derive(Debug, Clone, PartialEq)]
pub struct Guarded {
    /// The environment's name.
    pub environment: String,
    /// Whether it only takes safe requests.
    pub protect: Protect,
    /// How fast it may be asked.
    pub limit: Limit,
}

impl Guards {
    /// Guards for hosts. With `mutations` allowed nothing is protected; limits hold all the same.
    #[must_use]
    pub fn new(hosts: impl IntoIterator<Item = (Authority, Guarded)>, mutations: Mutations) -> Self {
        let mut known: BTreeMap<Authority, Guarded> = BTreeMap::new();
        for (authority, guarded) in hosts {
            let entry = known.entry(authority).or_insert_with(|| guarded.clone());
            // Two environments may share a host: the careful one wins.
            if guarded.protect == Protect::ReadOnly && entry.protect == Protect::Open {
                *entry = guarded;
            }
        }
        Self { hosts: known, open: mutations == Mutations::Allowed }
    }

    /// Whether the command line of this run lifted all protection.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// The protected environment that a URL belongs to.
    #[must_use]
    pub fn protects(&self, url: &Url) -> Option<&str> {
        let guarded = self.of(url)?;
        (guarded.protect == Protect::ReadOnly && !self.open).then_some(guarded.environment.as_str())
    }

    /// What is known of a URL's host.
    #[must_use]
    pub fn of(&self, url: &Url) -> Option<&Guarded> {
        self.hosts.get(&Authority::of(url))
    }

    /// Every host with what holds for it.
    pub fn hosts(&self) -> impl Iterator<Item = (&Authority, &Guarded)> {
        self.hosts.iter()
    }
}

/// Whether the command line of this run allows steps that change something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutations {
    /// `--allow-mutations`
    Allowed,
    /// Protected environments get safe requests only.
    Guarded,
}

/// Appends a path to a base URL's own: `…/stack` and `/plugins` make `…/stack/plugins`.
pub(crate) fn join(base: &Url, path: &str) -> Option<Url> {
    let base_text = base.as_str().split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    if !(path.is_empty() || path.starts_with(['/', '?'])) {
        return None;
    }
    // A path that only names a query asks the base itself, with the slash that an empty path has on the wire.
    let slash = if path.starts_with('?') && base.path() == "/" { "/" } else { "" };
    Url::parse(&format!("{base_text}{slash}{path}")).ok().filter(|url| url.host() == base.host() && url.port() == base.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(base: &str, path: &str, expected: Option<&str>) {
        let joined = join(&Url::parse(base).unwrap(), path);
        assert_eq!(joined.as_ref().map(Url::as_str), expected, "{base} and {path}");
    }

    #[test]
    fn a_path_is_appended_to_the_bases_own() {
        check("https://a.org", "/plugins", Some("https://a.org/plugins"));
        check("https://a.org/stack", "/plugins?x=1", Some("https://a.org/stack/plugins?x=1"));
        check("https://a.org/stack/", "/plugins", Some("https://a.org/stack/plugins"));
        check("https://a.org/stack", "", Some("https://a.org/stack"));
        check("https://a.org", "?q=1", Some("https://a.org/?q=1"));
        check("https://a.org", "//evil.org/x", Some("https://a.org//evil.org/x"));
        check("https://a.org", "plugins", None);
        check("https://a.org", "@evil.org", None);
    }

    #[test]
    fn a_guard_knows_host_and_port_whatever_the_spelling() {
        let production = Url::parse("https://www.example.org/stack").unwrap();
        let guarded = Guarded { environment: String::from("production"), protect: Protect::ReadOnly, limit: Limit::default() };
        let open = Guarded { environment: String::from("staging"), protect: Protect::Open, ..guarded.clone() };
        let hosts = || [(Authority::of(&production), open.clone()), (Authority::of(&production), guarded.clone())];
        let guards = Guards::new(hosts(), Mutations::Guarded);
        for (url, expected) in [
            ("https://WWW.example.org:443/x", Some("production")),
            ("http://www.example.org/x", None),
            ("http://www.example.org:443/x", Some("production")),
            ("https://example.org/", None),
            ("https://www.example.org.evil.org/", None),
        ] {
            assert_eq!(guards.protects(&Url::parse(url).unwrap()), expected, "{url}");
        }
        assert!(Guards::new(hosts(), Mutations::Allowed).protects(&production).is_none());
    }
}
