//! `environments.yaml` as it was written.

use std::{sync::Arc, time::Duration};

use url::Url;

use crate::{
    action::{Limit, Transport},
    diagnostic::{Source, Span},
    extract::capture::Capture,
    json::Json,
    suite::model::{Auth, BrowserSpec, Named},
    template::{Dynamic, Template},
};

/// The whole file.
#[derive(Debug)]
pub struct Environments {
    /// The file.
    pub source: Arc<Source>,
    /// The environments in the order written. Never empty.
    pub environments: Vec<Environment>,
    /// What holds for all of them.
    pub defaults: Defaults,
}

/// `defaults:`
#[derive(Debug, Clone, Default)]
pub struct Defaults {
    /// The URL name that paths mean where neither case nor suite says; nothing means the first of the environment's.
    pub url: Option<Named>,
    /// Time-out of one exchange; nothing means 10 s.
    pub timeout: Option<Duration>,
    /// How long one browser action, or one expectation of a page, may take; nothing means 5 s.
    pub wait: Option<Duration>,
    /// Browsers and viewports; nothing means Chromium at 1280x800.
    pub browser: Option<BrowserSpec>,
    /// JavaScript that returns whether a page can be acted on.
    pub ready: Option<String>,
}

/// One environment of the site.
#[derive(Debug)]
pub struct Environment {
    /// Its key.
    pub span: Span,
    /// `dev`, `staging`, `production`.
    pub name: String,
    /// What `--set` gives.
    pub params: Vec<Param>,
    /// URL name → base URL.
    pub urls: Vec<(Named, Template)>,
    /// URL name → other base URLs of the same site.
    pub aliases: Vec<(Named, Vec<Template>)>,
    /// Variables of all cases.
    pub vars: Vec<(Named, Dynamic)>,
    /// Headers of all requests to its hosts, names in lower case.
    pub headers: Vec<(String, Template)>,
    /// Cookies of all requests to its hosts.
    pub cookies: Vec<(String, Template)>,
    /// How requests to its hosts identify themselves.
    pub auth: Option<Auth>,
    /// How often its data are renewed.
    pub refresh: Option<Duration>,
    /// How long a release may take to reach every cache.
    pub settle: Option<Duration>,
    /// Whether robots should index it; nothing means not judged.
    pub indexable: Option<bool>,
    /// How it is told which build answers.
    pub revision: Option<Revision>,
    /// Whether it is protected.
    pub protect: Protect,
    /// How fast it may be asked.
    pub limit: Limit,
    /// How it is reached.
    pub transport: Transport,
    /// Where `accept` writes.
    pub baselines: Baselines,
    /// A remote WebDriver server.
    pub grid: Option<Url>,
}

/// A parameter of an environment.
#[derive(Debug, Clone)]
pub struct Param {
    /// Its name.
    pub name: Named,
    /// Its value where `--set` gives none; nothing means it is required.
    pub default: Option<Json>,
}

/// `revision:` which build answers.
#[derive(Debug)]
pub struct Revision {
    /// What is asked: URL name and path.
    pub get: Template,
    /// What names the build in the answer; the status alone never does.
    pub capture: Arc<Capture>,
}

/// `protect:`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protect {
    /// Anything may be sent.
    #[default]
    Open,
    /// `read-only`: safe methods and steps marked `safe` only.
    ReadOnly,
}

/// `baselines:` where `accept` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Baselines {
    /// The snapshot that all environments share.
    #[default]
    Shared,
    /// This environment's variant.
    Own,
}
