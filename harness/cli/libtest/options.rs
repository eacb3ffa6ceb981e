//! What a test says about its run, where a command line would.

use std::{path::PathBuf, time::Duration};

use crate::cli::{
    args::{Color, Folders, Format, Playing, RunArgs, Select},
    load::Refusal,
};

/// The variable that names the environment where the test does not.
pub(super) const ON: &str = "PRODIFF_ON";

/// What the test says; what it leaves out is as on the command line of `prodiff run`.
#[derive(Debug, Clone)]
pub struct Options {
    /// An environment's name, a URL, or `web=URL,api=URL`; nothing means what `PRODIFF_ON` says.
    pub on: Option<String>,
    /// Files, folders, identities, patterns, as on the command line; none means all cases.
    pub select: Vec<String>,
    /// Tag expressions, which must all hold.
    pub tags: Vec<String>,
    /// Folder of the suites. Paths are relative to the package, where Cargo starts tests.
    pub suites: PathBuf,
    /// Folder of the baselines.
    pub baselines: PathBuf,
    /// Folder of the reports.
    pub reports: PathBuf,
    /// Values of the environment's params.
    pub set: Vec<(String, String)>,
    /// File with secrets, `NAME=value` a line.
    pub env_file: Option<PathBuf>,
    /// Label of the release this run belongs to.
    pub release: Option<String>,
    /// Seed of everything random; nothing means a new one each time.
    pub seed: Option<u64>,
    /// Time-out of one exchange, over what suites and cases say.
    pub timeout: Option<Duration>,
    /// Further attempts of a case that did not pass.
    pub retries: Option<u32>,
    /// Browsers to run pages in, over what suites and cases say.
    pub browsers: Vec<String>,
    /// Browsers in use at once; nothing means as many as there are cores.
    pub sessions: Option<u16>,
    /// Let steps that change something reach protected environments.
    pub allow_mutations: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            on: None,
            select: Vec::new(),
            tags: Vec::new(),
            suites: PathBuf::from("suites"),
            baselines: PathBuf::from("baselines"),
            reports: PathBuf::from("reports"),
            set: Vec::new(),
            env_file: None,
            release: None,
            seed: None,
            timeout: None,
            retries: None,
            browsers: Vec::new(),
            sessions: None,
            allow_mutations: false,
        }
    }
}

impl Options {
    /// The same as a command line, with so many cases in flight.
    ///
    /// # Errors
    /// When nobody names an environment.
    pub(super) fn arguments(&self, jobs: u16) -> Result<RunArgs, Refusal> {
        let named = self.on.clone().or_else(|| std::env::var(ON).ok().filter(|on| !on.is_empty()));
        let Some(on) = named else {
            return Err(Refusal::usage(format!(
                "no environment is named\nhelp: set {ON}=staging, or say it in the test: Options {{ on: Some(…), .. }}"
            )));
        };
        Ok(RunArgs {
            on,
            select: Select { select: self.select.clone(), tag: self.tags.clone(), failed: None },
            playing: Playing {
                set: self.set.iter().map(|(name, value)| format!("{name}={value}")).collect(),
                env_file: self.env_file.clone(),
                release: self.release.clone(),
                seed: self.seed,
                jobs,
                sessions: self.sessions,
                browser: self.browsers.clone(),
                grid: None,
                headed: false,
                timeout: self.timeout,
                max_time: None,
                retries: self.retries,
                fail_fast: None,
                shard: None,
                durations: None,
                expect_at_least: None,
                allow_none: false,
                allow_mutations: self.allow_mutations,
                keep_going: false,
                strict: false,
                pending: false,
                format: Format::Plain,
                color: Color::Never,
                quiet: true,
                verbose: false,
            },
            folders: Folders { suites: self.suites.clone(), baselines: self.baselines.clone(), reports: self.reports.clone() },
        })
    }
}
