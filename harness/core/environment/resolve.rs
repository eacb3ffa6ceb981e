//! An environment as written becomes the site of one run.

use std::{collections::BTreeMap, sync::Arc};

use base64::Engine;
use chrono::{DateTime, Utc};
use url::Url;

use super::{
    model::{Baselines, Environment, Environments, Protect},
    site::{Authority, Guarded, Guards, Mutations, RevisionProbe, Site, SitePages, join},
};
use crate::{
    action::{Limit, Transport},
    diagnostic::{self, Diagnostic, Span},
    json::Json,
    suite::model::Auth,
    template::{Random, RenderError, Scope, Surroundings, Template, Variable},
};

/// What resolving depends on besides the file.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `--set`, name → text.
    pub set: BTreeMap<String, String>,
    /// Secrets by name; only those that are set.
    pub secrets: BTreeMap<String, String>,
    /// Whether protection holds.
    pub mutations: Mutations,
    /// The run's seed.
    pub seed: u64,
    /// The wall clock at which the run began.
    pub began: DateTime<Utc>,
}

/// A site and what its templates see.
pub type Resolved = (Arc<Site>, Arc<Surroundings>);

/// The site of a named environment.
///
/// # Errors
/// Every mistake that shows only with these settings: params that are missing or unknown, templates that fail, URLs that are none.
pub fn resolve(file: &Environments, environment: &Environment, settings: &Settings) -> Result<Resolved, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    for name in settings.set.keys() {
        if !file.environments.iter().any(|known| known.params.iter().any(|param| param.name.name == *name)) {
            let known: Vec<&str> = environment.params.iter().map(|param| param.name.name.as_str()).collect();
            let problem = Diagnostic::general(format!("--set {name}: environment `{}` has no such param", environment.name));
            problems.push(match diagnostic::did_you_mean(name, known.iter().copied()) {
                Some(close) => problem.help(format!("did you mean `{close}`?")),
                None => problem,
            });
        }
    }
    let guards = Arc::new(guards(file, settings));
    let resolved = build(file, environment, settings, guards, Missing::Reported, &mut problems);
    match resolved {
        Some(resolved) if problems.is_empty() => Ok(resolved),
        Some(_) | None => Err(problems),
    }
}

/// The site of an environment given by URL: pairs of name and URL, or one URL that every name means.
///
/// # Errors
/// When there is no URL, or one is not `http` or `https`.
pub fn adhoc(urls: &[(Option<String>, String)], file: Option<&Environments>, settings: &Settings) -> Result<Resolved, Vec<Diagnostic>> {
    let guards = Arc::new(file.map(|file| guards(file, settings)).unwrap_or_default());
    let mut parsed = Vec::new();
    for (name, text) in urls {
        let url = parse_url(text).map_err(|message| vec![Diagnostic::general(message)])?;
        parsed.push((name.clone().unwrap_or_else(|| String::from("web")), url));
    }
    let Some((_, first)) = parsed.first() else { return Err(vec![Diagnostic::general("an environment needs a URL")]) };
    // A URL that belongs to a known environment is as protected, as limited and as identified as that environment is.
    let known = file.and_then(|file| {
        let authority = Authority::of(first);
        file.environments.iter().find_map(|environment| {
            let mut ignored = Vec::new();
            let (site, _) = build(file, environment, settings, Arc::clone(&guards), Missing::Skipped, &mut ignored)?;
            site.urls.iter().chain(&site.aliases).any(|(_, url)| Authority::of(url) == authority).then_some(site)
        })
    });
    let surroundings = Surroundings {
        secrets: settings.secrets.clone(),
        urls: parsed.iter().map(|(name, url)| (name.clone(), url_text(url))).collect(),
        environment: String::from("adhoc"),
        refresh: known.as_ref().and_then(|known| known.refresh),
    };
    let any_name = matches!(urls, [(None, _)]);
    let site = Site {
        name: String::from("adhoc"),
        urls: parsed,
        aliases: Vec::new(),
        any_name,
        default_url: None,
        variables: BTreeMap::new(),
        headers: Vec::new(),
        cookies: Vec::new(),
        authorization: None,
        refresh: known.as_ref().and_then(|known| known.refresh),
        settle: known.as_ref().and_then(|known| known.settle),
        indexable: known.as_ref().and_then(|known| known.indexable),
        revision: known.as_ref().and_then(|known| known.revision.clone()),
        protect: known.as_ref().map_or(Protect::Open, |known| known.protect),
        limit: known.as_ref().map_or(Limit::default(), |known| known.limit),
        transport: Transport::default(),
        baselines: Baselines::Shared,
        pages: SitePages::default(),
        guards,
    };
    Ok((Arc::new(site), Arc::new(surroundings)))
}

/// Whether a param without a value is a mistake.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    Reported,
    Skipped,
}

/// What is known of the hosts of every environment whose URLs can be told with these settings.
fn guards(file: &Environments, settings: &Settings) -> Guards {
    let mut hosts = Vec::new();
    for environment in &file.environments {
        let mut ignored = Vec::new();
        let Some(scope) = params(environment, settings, Missing::Skipped, &mut ignored) else { continue };
        let templates = environment.urls.iter().map(|(_, url)| url).chain(environment.aliases.iter().flat_map(|(_, urls)| urls));
        for template in templates {
            if let Ok(rendered) = template.render_text(&scope)
                && let Ok(url) = parse_url(&rendered.text)
            {
                let guarded = Guarded { environment: environment.name.clone(), protect: environment.protect, limit: environment.limit };
                hosts.push((Authority::of(&url), guarded));
            }
        }
    }
    Guards::new(hosts, settings.mutations)
}

fn params(environment: &Environment, settings: &Settings, missing: Missing, problems: &mut Vec<Diagnostic>) -> Option<Scope> {
    let surroundings = Surroundings {
        secrets: settings.secrets.clone(),
        urls: BTreeMap::new(),
        environment: environment.name.clone(),
        refresh: environment.refresh,
    };
    let mut scope = Scope::new(Arc::new(surroundings), Random::new(settings.seed, &environment.name), settings.began);
    let mut complete = true;
    for param in &environment.params {
        let name = &param.name.name;
        match (settings.set.get(name), &param.default) {
            (Some(text), _) => scope.set(name.clone(), Variable::open(Json::text(text.clone()))),
            (None, Some(value)) => scope.set(name.clone(), Variable::open(value.clone())),
            (None, None) => {
                complete = false;
                if missing == Missing::Reported {
                    let message = format!("environment `{}` needs a value for `{name}`", environment.name);
                    problems.push(Diagnostic::error(&param.name.span, message).help(format!("give it with --set {name}=…")));
                }
            }
        }
    }
    complete.then_some(scope)
}

fn build(
    file: &Environments,
    environment: &Environment,
    settings: &Settings,
    guards: Arc<Guards>,
    missing: Missing,
    problems: &mut Vec<Diagnostic>,
) -> Option<Resolved> {
    let scope = params(environment, settings, missing, problems)?;
    let mut urls = Vec::new();
    for (name, template) in &environment.urls {
        urls.push((name.name.clone(), url(template, &scope, problems)?));
    }
    let mut aliases = Vec::new();
    for (name, templates) in &environment.aliases {
        for template in templates {
            aliases.push((name.name.clone(), url(template, &scope, problems)?));
        }
    }
    let surroundings = Arc::new(Surroundings {
        urls: urls.iter().map(|(name, url)| (name.clone(), url_text(url))).collect(),
        ..scope.surroundings().clone()
    });
    let mut full = Scope::new(Arc::clone(&surroundings), scope.random().clone(), settings.began);
    for (name, variable) in scope.variables() {
        full.set(name, variable.clone());
    }
    for (name, value) in &environment.vars {
        match value.render(&full) {
            Ok(rendered) => full.set(name.name.clone(), Variable { value: rendered.value, secret: rendered.secret }),
            Err(error) => problems.push(complaint(error)),
        }
    }
    let mut texts = |templates: &[(String, Template)]| -> Vec<(String, String)> {
        let rendered = templates.iter().map(|(name, template)| Some((name.clone(), text(template, &full, problems)?)));
        rendered.collect::<Option<_>>().unwrap_or_default()
    };
    let headers = texts(&environment.headers);
    let cookies = texts(&environment.cookies);
    let authorization = environment.auth.as_ref().and_then(|auth| authorization(auth, &full, problems));
    let revision = environment.revision.as_ref().and_then(|revision| {
        let target = text(&revision.get, &full, problems)?;
        let url = probe_url(&target, &urls, revision.get.span(), problems)?;
        Some(RevisionProbe { url, capture: Arc::clone(&revision.capture) })
    });
    let site = Site {
        name: environment.name.clone(),
        any_name: false,
        default_url: file.defaults.url.as_ref().map(|url| url.name.clone()),
        variables: full.variables().map(|(name, variable)| (name.to_owned(), variable.clone())).collect(),
        urls,
        aliases,
        headers,
        cookies,
        authorization,
        refresh: environment.refresh,
        settle: environment.settle,
        indexable: environment.indexable,
        revision,
        protect: environment.protect,
        limit: environment.limit,
        transport: environment.transport.clone(),
        baselines: environment.baselines,
        pages: SitePages {
            wait: file.defaults.wait,
            browser: file.defaults.browser.clone(),
            ready: file.defaults.ready.clone(),
            grid: environment.grid.clone(),
        },
        guards,
    };
    Some((Arc::new(site), surroundings))
}

fn complaint(error: RenderError) -> Diagnostic {
    error.diagnostic()
}

fn text(template: &Template, scope: &Scope, problems: &mut Vec<Diagnostic>) -> Option<String> {
    match template.render_text(scope) {
        Ok(rendered) if rendered.text.contains(['\r', '\n', '\0']) => {
            problems.push(Diagnostic::error(template.span(), "a line break cannot stand here"));
            None
        }
        Ok(rendered) => Some(rendered.text),
        Err(error) => {
            problems.push(complaint(error));
            None
        }
    }
}

fn url(template: &Template, scope: &Scope, problems: &mut Vec<Diagnostic>) -> Option<Url> {
    let text = text(template, scope, problems)?;
    parse_url(&text).map_err(|message| problems.push(Diagnostic::error(template.span(), message))).ok()
}

fn parse_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("`{text}` is not a URL: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(format!("`{text}` is not an http or https URL"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(String::from("a URL cannot hold credentials; use `auth`"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!("`{text}`: a base URL has neither query nor fragment"));
    }
    Ok(url)
}

/// A base URL as people write it: without the slash that an empty path has on the wire.
fn url_text(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

fn authorization(auth: &Auth, scope: &Scope, problems: &mut Vec<Diagnostic>) -> Option<String> {
    match auth {
        Auth::None => None,
        Auth::Bearer(token) => Some(format!("Bearer {}", text(token, scope, problems)?)),
        Auth::Basic { user, password } => {
            let (user, password) = (text(user, scope, problems)?, text(password, scope, problems)?);
            Some(format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"))))
        }
    }
}

fn probe_url(target: &str, urls: &[(String, Url)], span: &Span, problems: &mut Vec<Diagnostic>) -> Option<Url> {
    let named = |name: &str| urls.iter().find(|(known, _)| known == name).map(|(_, url)| url);
    let joined = match target.split_once(' ') {
        Some((name, path)) => named(name).and_then(|base| join(base, path.trim_start())),
        None => urls.first().and_then(|(_, base)| join(base, target)),
    };
    if joined.is_none() {
        problems.push(Diagnostic::error(span, format!("`{target}` is neither a path nor a URL's name and a path")));
    }
    joined
}
