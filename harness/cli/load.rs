//! Reads the suites folder and resolves the environments that a command names.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use chrono::{DateTime, Utc};
use prodiff_core::{
    check::{self, Content, Read, RowFiles},
    diagnostic::{self, Diagnostic, Severity},
    environment::{
        model::Environments,
        resolve::{self, Resolved, Settings},
        site::Mutations,
    },
    plan::{Durations, Pattern, Plan, Selection, TagExpression},
    record::Wanted,
    suite::model::Suite,
    template::Name,
};

use super::{
    args::{Folders, Playing, Select},
    exit::Exit,
    secrets::Vault,
};
use crate::store::{
    record::Record,
    reports,
    suites::{self, SuiteFile},
};

/// Why a command ends before it begins.
#[derive(Debug)]
pub struct Refusal {
    /// How it ends.
    pub exit: Exit,
    /// What is wrong, ready for people, without line breaks at the end.
    pub message: String,
}

impl Refusal {
    /// A usage error.
    #[must_use]
    pub fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: message.into() }
    }
}

/// Everything that the suites folder holds.
#[derive(Debug)]
pub struct Loaded {
    /// The environments, if there is a sound file of them.
    pub environments: Option<Arc<Environments>>,
    /// The sound suites.
    pub suites: Vec<Arc<Suite>>,
    /// Texts of row files.
    pub row_files: RowFiles,
    /// Everything that is wrong, warnings included.
    pub diagnostics: Vec<Diagnostic>,
    /// Broken files: the path that their identities would begin with, and the file's name.
    pub broken: Vec<(String, String)>,
}

impl Loaded {
    /// Whether anything is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Everything that is wrong, as people read it.
    #[must_use]
    pub fn complaints(&self) -> String {
        complaints(&self.diagnostics)
    }
}

/// Complaints as people read them, with a count behind several.
#[must_use]
pub fn complaints(diagnostics: &[Diagnostic]) -> String {
    let rendered: Vec<String> = diagnostics.iter().map(diagnostic::render).collect();
    rendered.join("\n")
}

/// A site to spread rows out with, where nobody names one: any will do, as what is skipped on one is still a case.
///
/// # Errors
/// When none can be made.
pub fn any_site(loaded: &Loaded) -> Result<Resolved, Refusal> {
    // No values are needed to name a case: a param stands for itself, a secret for its name.
    let environments = loaded.environments.iter().flat_map(|file| &file.environments);
    let params = environments.clone().flat_map(|environment| &environment.params).filter(|param| param.default.is_none());
    let names = loaded.suites.iter().flat_map(|suite| check::secrets_of_suite(suite));
    let names = names.chain(environments.flat_map(check::secrets_of_environment));
    let settings = Settings {
        set: params.map(|param| (param.name.name.clone(), param.name.name.clone())).collect(),
        secrets: names.filter_map(|name| name.secret().map(|secret| (secret.to_owned(), format!("{{{{ secret.{secret} }}}}")))).collect(),
        mutations: Mutations::Guarded,
        seed: 0,
        began: Utc::now(),
    };
    let nowhere = [(None, String::from("http://localhost"))];
    let named = loaded
        .environments
        .as_deref()
        .and_then(|file| file.environments.iter().find_map(|environment| resolve::resolve(file, environment, &settings).ok()));
    match named {
        Some(resolved) => Ok(resolved),
        None => resolve::adhoc(&nowhere, None, &settings).map_err(|problems| Refusal::usage(complaints(&problems))),
    }
}

/// Reads the folder. `given_urls` are URL names that the command line brings.
///
/// # Errors
/// When the folder cannot be read at all.
pub fn load(folder: &Path, given_urls: &[String]) -> Result<Loaded, Refusal> {
    let files = suites::read(folder).map_err(|error| {
        let help = if folder.exists() { "" } else { "\nhelp: name the folder with --suites, or run in the folder that holds `suites`" };
        Refusal::usage(format!("{}: {error}{help}", folder.display()))
    })?;
    let mut diagnostics = Vec::new();
    let mut reads = Vec::new();
    let mut broken = Vec::new();
    for SuiteFile { path, source } in files {
        match source {
            Ok(source) => reads.push((path.clone(), source.name.clone(), check::read(&source, &path))),
            Err(problem) => {
                broken.push((path.clone(), format!("{}/{path}", suites::slashed(folder))));
                diagnostics.push(*problem);
            }
        }
    }
    let named: Vec<Arc<Suite>> = reads.iter().filter_map(|(_, _, read)| read.suite().cloned()).collect();
    let row_files = suites::row_files(folder, &named, &mut diagnostics);
    let (paths, reads): (Vec<_>, Vec<Read>) = reads.into_iter().map(|(path, name, read)| ((path, name), read)).unzip();
    diagnostics.extend(check::problems(&reads, &row_files, given_urls));
    // `problems` looks between files; what is wrong with one by itself may be said by both.
    diagnostics.extend(reads.iter().flat_map(|read| read.diagnostics.iter().cloned()));
    diagnostic::sort(&mut diagnostics);
    let wrong_files: Vec<&str> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .filter_map(|diagnostic| diagnostic.span.as_ref().map(|span| span.source.name.as_str()))
        .collect();
    let mut loaded = Loaded { environments: None, suites: Vec::new(), row_files, diagnostics: Vec::new(), broken };
    for ((path, name), read) in paths.into_iter().zip(reads) {
        if wrong_files.contains(&name.as_str()) {
            loaded.broken.push((path, name));
            // Broken environments may still protect: what could be read of them is not used, and a run without them is refused.
            continue;
        }
        match read.content {
            Content::Suite(suite) => loaded.suites.push(suite),
            Content::Environments(environments) => loaded.environments = Some(environments),
            Content::Nothing => {}
        }
    }
    loaded.broken.sort();
    loaded.diagnostics = diagnostics;
    Ok(loaded)
}

/// A side as the command line names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SideName {
    /// An environment of `environments.yaml`.
    Named(String),
    /// A site by its URLs.
    Adhoc(Vec<(Option<String>, String)>),
    /// A recorded run.
    Recorded(String),
}

impl SideName {
    /// Reads a side: `staging`, `https://…`, `web=https://…,api=https://…`, `run:…`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if let Some(run) = text.strip_prefix("run:") {
            return Self::Recorded(run.to_owned());
        }
        if text.starts_with("http://") || text.starts_with("https://") {
            return Self::Adhoc(vec![(None, text.to_owned())]);
        }
        if text.contains("=http://") || text.contains("=https://") {
            let mut pairs: Vec<(Option<String>, String)> = Vec::new();
            for part in text.split(',') {
                match part.split_once('=') {
                    Some((name, url)) if !name.contains('/') => pairs.push((Some(name.trim().to_owned()), url.trim().to_owned())),
                    // A comma within a URL belongs to it.
                    _ => match pairs.last_mut() {
                        Some((_, url)) => url.push_str(&format!(",{part}")),
                        None => pairs.push((None, part.to_owned())),
                    },
                }
            }
            return Self::Adhoc(pairs);
        }
        Self::Named(text.to_owned())
    }

    /// The URL names that it brings.
    #[must_use]
    pub fn url_names(&self) -> Vec<String> {
        match self {
            Self::Adhoc(pairs) => pairs.iter().filter_map(|(name, _)| name.clone()).collect(),
            Self::Named(_) | Self::Recorded(_) => Vec::new(),
        }
    }
}

/// What one run is about besides its cases: moment, seed, settings, secrets.
#[derive(Debug)]
pub struct Occasion {
    /// The wall clock at which the run began.
    pub began: DateTime<Utc>,
    /// The seed of everything random.
    pub seed: u64,
    /// `--set`
    pub set: BTreeMap<String, String>,
    /// Whether protection holds.
    pub mutations: Mutations,
    /// Where secrets come from.
    pub vault: Vault,
}

impl Occasion {
    /// The occasion that the command line describes.
    ///
    /// # Errors
    /// When a setting or the file of secrets cannot be read.
    pub fn new(playing: &Playing) -> Result<Self, Refusal> {
        let mut set = BTreeMap::new();
        for pair in &playing.set {
            let Some((name, value)) = pair.split_once('=') else {
                return Err(Refusal::usage(format!("--set {pair}: expected NAME=VALUE")));
            };
            set.insert(name.trim().to_owned(), value.to_owned());
        }
        let seed = match playing.seed {
            Some(seed) => seed,
            None => getrandom::u32().map(u64::from).map_err(|error| Refusal::usage(format!("no randomness to be had: {error}")))?,
        };
        Ok(Self {
            began: Utc::now(),
            seed,
            set,
            mutations: if playing.allow_mutations { Mutations::Allowed } else { Mutations::Guarded },
            vault: Vault::open(playing.env_file.as_deref()).map_err(Refusal::usage)?,
        })
    }
}

/// Resolves a side that talks to a site. `suites` are those whose secrets it needs.
///
/// # Errors
/// When the environment is unknown or broken, or a secret is missing.
pub fn resolve(side: &SideName, loaded: &Loaded, suites: &[Arc<Suite>], occasion: &Occasion) -> Result<Resolved, Refusal> {
    let environment = match side {
        SideName::Named(name) => Some(find_environment(name, loaded)?),
        SideName::Adhoc(_) | SideName::Recorded(_) => None,
    };
    let mut names: Vec<Name> = suites.iter().flat_map(|suite| check::secrets_of_suite(suite)).collect();
    if let Some((_, environment)) = &environment {
        names.extend(check::secrets_of_environment(environment));
    }
    let (secrets, mut problems) = occasion.vault.take(&names);
    let settings =
        Settings { set: occasion.set.clone(), secrets, mutations: occasion.mutations, seed: occasion.seed, began: occasion.began };
    let resolved = match (side, environment) {
        (SideName::Adhoc(urls), _) => resolve::adhoc(urls, loaded.environments.as_deref(), &settings),
        (_, Some((file, environment))) => resolve::resolve(file, environment, &settings),
        (SideName::Named(_) | SideName::Recorded(_), None) => Err(vec![Diagnostic::general("a recorded side has no site")]),
    };
    match resolved {
        Ok(resolved) if problems.is_empty() => Ok(resolved),
        Ok(_) => Err(refuse(problems)),
        Err(more) => {
            // A secret that is too short is not also unset.
            let places: Vec<_> = problems.iter().map(|problem| problem.span.clone()).collect();
            problems.extend(more.into_iter().filter(|problem| problem.span.is_none() || !places.contains(&problem.span)));
            Err(refuse(problems))
        }
    }
}

fn refuse(mut problems: Vec<Diagnostic>) -> Refusal {
    diagnostic::sort(&mut problems);
    Refusal::usage(complaints(&problems))
}

fn find_environment<'l>(
    name: &str,
    loaded: &'l Loaded,
) -> Result<(&'l Environments, &'l prodiff_core::environment::model::Environment), Refusal> {
    let Some(file) = &loaded.environments else {
        return Err(Refusal::usage(format!(
            "environment `{name}`: there is no environments.yaml\nhelp: name the site by URL: --on https://…"
        )));
    };
    match file.environments.iter().find(|environment| environment.name == name) {
        Some(environment) => Ok((file, environment)),
        None => {
            let known: Vec<&str> = file.environments.iter().map(|environment| environment.name.as_str()).collect();
            let help = match diagnostic::did_you_mean(name, known.iter().copied()) {
                Some(close) => format!("did you mean `{close}`?"),
                None => format!("known are {}", known.join(", ")),
            };
            Err(Refusal::usage(format!("unknown environment `{name}`\nhelp: {help}")))
        }
    }
}

/// The selection that the command line describes.
///
/// # Errors
/// When a tag expression or the run of `--failed` cannot be read.
pub fn selection(select: &Select, folders: &Folders) -> Result<Selection, Refusal> {
    let folder = suites::slashed(&folders.suites);
    let patterns = select.select.iter().map(|text| Pattern::parse(text, &folder)).collect();
    let tags = select
        .tag
        .iter()
        .map(|text| TagExpression::parse(text).map_err(|error| Refusal::usage(format!("--tag {error}"))))
        .collect::<Result<_, _>>()?;
    let identities = match &select.failed {
        None => None,
        Some(run) => Some(failed_cases(&super::runs::find(run, &folders.reports)?)?),
    };
    Ok(Selection { patterns, tags, identities })
}

/// How long each case of a run took. A case that was not started took no time that says anything.
///
/// # Errors
/// When the record cannot be read.
pub fn durations(record: &Record) -> Result<Durations, Refusal> {
    let mut durations = Durations::new();
    for entry in record.wanted(Wanted::Cases).map_err(|error| Refusal::usage(error.to_string()))? {
        match entry.map_err(|error| Refusal::usage(error.to_string()))? {
            prodiff_core::record::Entry::Case(case) if case.attempts > 0 => {
                durations.insert(case.id, case.duration_ms);
            }
            _ => {}
        }
    }
    Ok(durations)
}

/// The identities of a record's cases that failed or were blocked.
fn failed_cases(record: &Record) -> Result<std::collections::BTreeSet<String>, Refusal> {
    let mut failed = std::collections::BTreeSet::new();
    for entry in record.entries().map_err(|error| Refusal::usage(error.to_string()))? {
        match entry.map_err(|error| Refusal::usage(error.to_string()))? {
            prodiff_core::record::Entry::Case(case)
                if matches!(case.status, prodiff_core::verdict::Status::Failed | prodiff_core::verdict::Status::Blocked) =>
            {
                failed.insert(case.id);
            }
            _ => {}
        }
    }
    Ok(failed)
}

/// Complains when a pattern selects nothing, or everything together does.
///
/// # Errors
/// With exit 4, which `--allow-none` lifts; with 2 for a line past the last case of a file.
pub fn demand_selection(plan: &Plan, suites: &[Arc<Suite>], selection: &Selection, allow_none: bool) -> Result<(), Refusal> {
    let past_the_end: Vec<String> = selection.patterns.iter().filter_map(|pattern| pattern.past_the_end(suites)).collect();
    if !past_the_end.is_empty() {
        return Err(Refusal::usage(past_the_end.join("\n")));
    }
    if allow_none {
        return Ok(());
    }
    let idle: Vec<String> = selection
        .patterns
        .iter()
        .filter(|pattern| !plan.cases().any(|case| pattern.fits(case)))
        .map(|pattern| format!("`{}`", pattern.shown()))
        .collect();
    let nothing = plan.cases().next().is_none();
    if !nothing && idle.is_empty() {
        return Ok(());
    }
    let message = if idle.is_empty() { String::from("nothing is selected") } else { format!("{} selects nothing", idle.join(", ")) };
    Err(Refusal { exit: Exit::Nothing, message: format!("{message}\nhelp: `prodiff list` shows what there is") })
}

/// The newest record, for commands that mean it.
///
/// # Errors
/// When there is none.
pub fn latest(folders: &Folders) -> Result<Record, Refusal> {
    reports::latest(&folders.reports).map_err(|error| Refusal::usage(error.to_string()))
}
