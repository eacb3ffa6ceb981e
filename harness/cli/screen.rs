//! What a person sees while a run goes on, and what a program reads.

use std::{
    collections::BTreeMap,
    io::{self, IsTerminal, Write},
    path::Path,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use prodiff_core::{
    record::{Entry, Run},
    report::{self, terminal},
    verdict::Status,
};

use super::args::{Color, Format};
use crate::store::record::SharedSecrets;

/// How much is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Nothing of the cases: somebody else tells.
    Nothing,
    /// Failures and the end.
    Quiet,
    /// A line a case.
    Usual,
    /// A line a step as well.
    Every,
}

/// How the terminal is used.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// `--format`
    pub format: Format,
    /// `--color`
    pub color: Color,
    /// `-q`, `-v`
    pub detail: Detail,
}

/// The one place that prints what a run tells. Everything passes the mask.
pub struct Screen {
    options: Options,
    people: terminal::Screen,
    secrets: SharedSecrets,
    live: Option<Live>,
    annotates: bool,
}

/// The lines that move: one a running case, and a bar.
struct Live {
    bars: indicatif::MultiProgress,
    total: ProgressBar,
    running: Mutex<BTreeMap<String, ProgressBar>>,
}

/// More running cases than this have no line of their own: a screen has an end.
const MOST_LINES: usize = 8;

impl Screen {
    /// A screen for one command. Reads the terminal's state and `NO_COLOR` once.
    #[must_use]
    pub fn new(options: Options, secrets: SharedSecrets) -> Self {
        let is_terminal = io::stderr().is_terminal();
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let coloured = match options.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal && !dumb && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        let people = terminal::Screen {
            style: if coloured { terminal::Style::Ansi } else { terminal::Style::Plain },
            width: if is_terminal { columns() } else { usize::MAX },
        };
        let is_live = options.format == Format::Auto && is_terminal && !dumb && matches!(options.detail, Detail::Usual | Detail::Every);
        Self {
            options,
            people,
            secrets,
            live: is_live.then(Live::new),
            annotates: std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true"),
        }
    }

    /// Shows an entry of the record in `folder` as it happens.
    pub fn show(&self, entry: &Entry, folder: &Path) {
        if self.options.detail == Detail::Nothing {
            return;
        }
        if self.options.format == Format::Json {
            if let Some(line) = terminal::event_line(entry) {
                self.machine(&line);
            }
            return;
        }
        match entry {
            Entry::Run(run) => self.begin(run),
            Entry::CaseStarted(started) => {
                if let Some(live) = &self.live {
                    live.start(&self.masked(&started.case));
                }
            }
            Entry::Step(step) if self.options.detail == Detail::Every => {
                let took = report::words::duration(step.duration_ms);
                let line = format!("    {:<8} {}  {} {took}", step.status.name(), step.case, step.title);
                self.print(&prodiff_core::mask::sanitize_line(&line));
            }
            Entry::Case(case) => {
                for failure in &case.failures {
                    self.print(terminal::failure_block(&case.id, failure, &folder.to_string_lossy(), self.people).trim_end_matches('\n'));
                    if self.annotates {
                        self.command(&report::annotation(&case.id, failure));
                    }
                }
                let quiet = self.options.detail == Detail::Quiet || (self.live.is_some() && case.status == Status::Passed);
                if !quiet {
                    self.print(&terminal::case_line(case, self.people));
                }
                if let Some(live) = &self.live {
                    live.finish(&self.masked(&case.id));
                }
            }
            Entry::Finding(finding) if finding.fails || self.options.detail == Detail::Every => {
                self.print(terminal::finding_block(finding, self.people).trim_end_matches('\n'));
            }
            Entry::Step(_)
            | Entry::Snapshot(_)
            | Entry::Finding(_)
            | Entry::Hidden(_)
            | Entry::NotObserved(_)
            | Entry::Warning(_)
            | Entry::Revision(_)
            | Entry::Note(_)
            | Entry::End(_) => {}
        }
    }

    /// The end: verdict, counts, where the report is.
    pub fn conclude(&self, summary: &report::Summary, folder: &str) {
        self.clear();
        if self.options.format != Format::Json && self.options.detail != Detail::Nothing {
            self.print(terminal::summary_block(summary, folder, self.people).trim_end_matches('\n'));
        }
    }

    /// A line for people, between the others.
    pub fn say(&self, line: &str) {
        self.print(line);
    }

    /// Takes the moving lines away.
    pub fn clear(&self) {
        if let Some(live) = &self.live {
            live.total.finish_and_clear();
            let _ = live.bars.clear();
        }
    }

    fn begin(&self, run: &Run) {
        if let Some(live) = &self.live {
            live.total.set_length(run.planned as u64);
        }
    }

    fn print(&self, text: &str) {
        let mut text = self.masked(text);
        // One write a line: standard error has no buffer, and what others write to it must not come in between.
        text.push('\n');
        let write = || {
            let _ = io::stderr().lock().write_all(text.as_bytes());
        };
        match &self.live {
            Some(live) => live.bars.suspend(write),
            None => write(),
        }
    }

    fn machine(&self, line: &str) {
        let _ = writeln!(io::stdout().lock(), "{}", self.masked(line));
    }

    // Workflow commands are read from either stream; standard error keeps them beside the failure they belong to.
    fn command(&self, line: &str) {
        let _ = writeln!(io::stderr().lock(), "{}", self.masked(line));
    }

    fn masked(&self, text: &str) -> String {
        self.secrets.read().unwrap_or_else(PoisonError::into_inner).mask_text(text).into_owned()
    }
}

impl Live {
    fn new() -> Self {
        let bars = indicatif::MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        let style = ProgressStyle::with_template("{bar:24} {pos}/{len} cases  {elapsed} elapsed, {eta} left")
            .expect("the template is sound")
            .progress_chars("━━─");
        let total = bars.add(ProgressBar::new(0).with_style(style));
        Self { bars, total, running: Mutex::default() }
    }

    fn start(&self, case: &str) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.len() < MOST_LINES {
            let style = ProgressStyle::with_template("  {spinner} {wide_msg} {elapsed}").expect("the template is sound");
            let bar = self.bars.insert_before(&self.total, ProgressBar::new_spinner().with_style(style));
            bar.set_message(prodiff_core::mask::sanitize_line(case));
            bar.enable_steady_tick(Duration::from_millis(120));
            running.insert(case.to_owned(), bar);
        }
    }

    fn finish(&self, case: &str) {
        if let Some(bar) = self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(case) {
            bar.finish_and_clear();
        }
        self.total.inc(1);
    }
}

/// Columns of the terminal, or what is usual where it does not say.
fn columns() -> usize {
    const USUAL: usize = 100;
    console_size().unwrap_or(USUAL)
}

fn console_size() -> Option<usize> {
    let (_, columns) = console::Term::stderr().size_checked()?;
    Some(usize::from(columns))
}
/// A line for people where no screen is at hand; it holds no secrets.
pub fn announce(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
