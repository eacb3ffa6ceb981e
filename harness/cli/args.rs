//! The command line as it was typed: nothing looked up, nothing resolved.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};
use prodiff_core::plan;

/// Catches what broke in production and only there.
#[derive(Debug, Parser)]
#[command(name = "prodiff", version, max_term_width = 100, after_help = EXIT_CODES, propagate_version = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
    0  everything selected passed
    1  a regression: an expectation or snapshot failed, a finding fails, or too little was tested
    2  usage or suite error; nothing was sent
    3  could not find out: something is blocked
    4  nothing selected, or all skipped
    5  only unreviewed: nothing failed, and somebody must look
  130  interrupted; the report of what was done is complete";

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Regression: expectations, and snapshots against the accepted baselines
    Run(Box<RunArgs>),
    /// Two environments (or recorded runs) against each other
    Compare(Box<CompareArgs>),
    /// Take over what a run saw as the new baselines, or approve its changes
    Accept(AcceptArgs),
    /// Drop pending snapshots and leave a note in the record
    Reject(RejectArgs),
    /// This recorded run is what the next environment must become
    SignOff(SignOffArgs),
    /// The cases, one identity a line
    List(ListArgs),
    /// Read every file, report every mistake, send nothing; orphaned baselines too
    Check(CheckArgs),
    /// Render the reports again from a record
    Report(ReportArgs),
    /// The whole job on embedded environments
    Demo(DemoArgs),
    /// Serve the embedded environments by themselves
    Sandbox(SandboxArgs),
    /// Which browsers and drivers are here, and which are missing
    Browsers(BrowsersArgs),
    /// The language's JSON Schema
    Schema,
}

/// The three folders.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Folders")]
pub struct Folders {
    /// Folder of the suites
    #[arg(long, value_name = "DIR", default_value = "suites")]
    pub suites: PathBuf,
    /// Folder of the baselines
    #[arg(long, value_name = "DIR", default_value = "baselines")]
    pub baselines: PathBuf,
    /// Folder of the reports
    #[arg(long, value_name = "DIR", default_value = "reports")]
    pub reports: PathBuf,
}

/// Which cases.
#[derive(Debug, Clone, Default, Args)]
pub struct Select {
    /// Files, folders, identities, patterns with * and ?, or file.yaml:12; several unite
    #[arg(value_name = "SELECT")]
    pub select: Vec<String>,
    /// Cases whose tags fit: smoke, 'api and not (slow or wip)'; several must all hold
    #[arg(long, value_name = "EXPRESSION")]
    pub tag: Vec<String>,
    /// Cases that failed or were blocked in a run
    #[arg(long, value_name = "RUN", num_args = 0..=1, default_missing_value = "latest")]
    pub failed: Option<String>,
}

/// What `run` and `compare` share.
#[derive(Debug, Clone, Args)]
pub struct Playing {
    /// Value of a param of the environment
    #[arg(long = "set", value_name = "K=V")]
    pub set: Vec<String>,
    /// File with secrets, NAME=value a line
    #[arg(long, value_name = "F")]
    pub env_file: Option<PathBuf>,
    /// Label of the release this run belongs to
    #[arg(long, value_name = "L")]
    pub release: Option<String>,
    /// Seed of everything random
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// HTTP cases in flight
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: u16,
    /// Browsers in use at once; left out, as many as there are cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub sessions: Option<u16>,
    /// Browsers to run pages in, over what suites and cases say
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = ["chromium", "firefox", "webkit"])]
    pub browser: Vec<String>,
    /// A remote WebDriver server, such as a Selenium Grid, for all browsers
    #[arg(long, value_name = "URL", value_parser = grid)]
    pub grid: Option<url::Url>,
    /// Show the browsers' windows
    #[arg(long)]
    pub headed: bool,
    /// Time-out of one exchange, over what suites and cases say
    #[arg(long, value_name = "D", value_parser = duration)]
    pub timeout: Option<Duration>,
    /// Time limit of the whole run; what is not done by then is blocked
    #[arg(long, value_name = "D", value_parser = duration)]
    pub max_time: Option<Duration>,
    /// Further attempts of a case that did not pass
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100))]
    pub retries: Option<u32>,
    /// Stop after so many failed cases (1 where no number is given)
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "1", value_parser = clap::value_parser!(u64).range(1..))]
    pub fail_fast: Option<u64>,
    /// One part of several: 2/5 is the second of five; a case's part depends on its identity
    #[arg(long, value_name = "K/N", value_parser = plan::Shard::parse)]
    pub shard: Option<plan::Shard>,
    /// An earlier run: what took longest there begins first, and shards take equally long
    #[arg(long, value_name = "RUN")]
    pub durations: Option<String>,
    /// Fail when fewer cases than this were tested
    #[arg(long, value_name = "N")]
    pub expect_at_least: Option<u64>,
    /// Nothing selected, or everything skipped, is no error
    #[arg(long)]
    pub allow_none: bool,
    /// Let steps that change something reach protected environments, in this run
    #[arg(long)]
    pub allow_mutations: bool,
    /// Play sound files though others are broken
    #[arg(long)]
    pub keep_going: bool,
    /// Flaky cases fail the run
    #[arg(long)]
    pub strict: bool,
    /// Write snapshots that wait for review also where CI is set
    #[arg(long)]
    pub pending: bool,
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    pub format: Format,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// Print failures and the end only
    #[arg(short, long)]
    pub quiet: bool,
    /// Print every step
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,
}

/// What is printed while a run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Live on a terminal, else plain
    Auto,
    /// One line a finished case
    Plain,
    /// One event a line, as JSON
    Json,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// `prodiff run`
#[derive(Debug, Args)]
pub struct RunArgs {
    /// An environment's name, a URL, or web=URL,api=URL
    #[arg(long, value_name = "ENV")]
    pub on: String,
    /// Which cases.
    #[command(flatten)]
    pub select: Select,
    /// How they are played.
    #[command(flatten)]
    pub playing: Playing,
    /// Where everything is.
    #[command(flatten)]
    pub folders: Folders,
}

/// `prodiff compare`
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// How it should be: an environment's name, a URL, web=URL,api=URL, or run:…
    pub reference: String,
    /// What is judged: likewise
    pub candidate: String,
    /// Which cases.
    #[command(flatten)]
    pub select: Select,
    /// The run of the candidate from before the release
    #[arg(long, value_name = "RUN")]
    pub before: Option<String>,
    /// The least severity that fails
    #[arg(long, value_name = "SEVERITY", default_value = "change")]
    pub fail_on: FailOn,
    /// How long to ask again for a change that has not arrived; 0 does not wait
    #[arg(long, value_name = "D", value_parser = duration)]
    pub settle: Option<Duration>,
    /// When the release was deployed, RFC 3339
    #[arg(long, value_name = "T")]
    pub deployed_at: Option<String>,
    /// Samples a side before a difference counts
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u8).range(1..=16))]
    pub confirm: u8,
    /// How they are played.
    #[command(flatten)]
    pub playing: Playing,
    /// Where everything is.
    #[command(flatten)]
    pub folders: Folders,
}

/// The least severity that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "the severities of the manual; clap shows the names")]
pub enum FailOn {
    Breaking,
    Change,
    Slower,
    Minor,
}

/// `prodiff accept`
#[derive(Debug, Args)]
pub struct AcceptArgs {
    /// The run, then fingerprints (6 characters or more) or case:snapshot
    #[arg(value_name = "RUN|WHAT")]
    pub what: Vec<String>,
    /// Everything that waits
    #[arg(long)]
    pub all: bool,
    /// A known difference instead: it passes while it stays as it is
    #[arg(long, requires = "reason", requires = "owner", requires = "until")]
    pub known: bool,
    /// Why the difference is known
    #[arg(long, value_name = "TEXT", requires = "known")]
    pub reason: Option<String>,
    /// Who looks after it
    #[arg(long, value_name = "WHO", requires = "known")]
    pub owner: Option<String>,
    /// The last day on which it is accepted
    #[arg(long, value_name = "DATE", requires = "known")]
    pub until: Option<String>,
    /// Write this environment's variant
    #[arg(long = "for", value_name = "ENV")]
    pub environment: Option<String>,
    /// Where everything is.
    #[command(flatten)]
    pub folders: Folders,
}

/// `prodiff reject`
#[derive(Debug, Args)]
pub struct RejectArgs {
    /// The run, then fingerprints (6 characters or more) or case:snapshot
    #[arg(value_name = "RUN|WHAT")]
    pub what: Vec<String>,
    /// Everything that waits
    #[arg(long)]
    pub all: bool,
    /// Where everything is.
    #[command(flatten)]
    pub folders: Folders,
}

/// `prodiff sign-off`
#[derive(Debug, Args)]
pub struct SignOffArgs {
    /// The environment whose record it is
    #[arg(long, value_name = "ENV")]
    pub on: String,
    /// The release's label
    #[arg(long, value_name = "L")]
    pub release: String,
    /// Where everything is.
    #[command(flatten)]
    pub folders: Folders,
}

/// `prodiff list`
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Which cases.
    #[command(flatten)]
    pub select: Select,
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "plain")]
    pub format: ListFormat,
    /// Where everything is.
    #[command(flatten)]
    pub folders: Folders,
}

/// What `list` and `check` print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people
    Plain,
    /// For programs
    Json,
}

/// `prodiff check`
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Quote what YAML would misread
    #[arg(long)]
    pub fix: bool,
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "plain")]
    pub format: ListFormat,
    /// Where everything is.
    #[command(flatten)]
    pub folders: Folders,
}

/// `prodiff report`
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// latest, a folder, or run:…
    #[arg(default_value = "latest")]
    pub run: String,
    /// Which: html, junit, markdown, json; all where none is named
    #[arg(long, value_name = "FORMATS", value_delimiter = ',')]
    pub format: Vec<String>,
    /// Where to; the record's own folder where none is named
    #[arg(short, long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
    /// Where everything is.
    #[command(flatten)]
    pub folders: Folders,
}

/// `prodiff demo`
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Where its report goes
    #[arg(short, long, value_name = "FOLDER", default_value = "reports/demo")]
    pub output: PathBuf,
}

/// `prodiff sandbox`
#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// First of six ports: web and api of dev, staging, production; free ones where it is not given
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// Defects to plant, as NAME or ENV:NAME; production where no environment is named
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub fault: Vec<String>,
    /// Say what each defect does
    #[arg(long)]
    pub faults: bool,
    /// Let the hub stand still: no time, no drift of data, so that two looks see the same
    #[arg(long)]
    pub still: bool,
    /// Seed of the plugins; where it is not given, those that the demo and the baselines know
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

/// `prodiff browsers`
#[derive(Debug, Args)]
pub struct BrowsersArgs {
    /// What to do; shows them where nothing is said.
    #[command(subcommand)]
    pub command: Option<BrowsersCommand>,
}

/// What `prodiff browsers` does besides showing them.
#[derive(Debug, Subcommand)]
pub enum BrowsersCommand {
    /// Get what is missing through the system's package manager, or say how
    Install {
        /// Which: chromium, firefox, webkit, axe-core; all where none is named
        #[arg(value_name = "BROWSER")]
        browsers: Vec<String>,
    },
}

fn grid(text: &str) -> Result<url::Url, String> {
    let url = url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| format!("`{text}` is not the URL of a WebDriver server"))
}

fn duration(text: &str) -> Result<Duration, String> {
    prodiff_core::value::parse_duration(text).ok_or_else(|| format!("`{text}` is no duration: write it as 500ms, 10s, 5m or 1m30s"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }
}
