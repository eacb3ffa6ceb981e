//! What will be played: every row a case of its own, every time-out explicit, every skip with its reason.

mod build;
mod rows;
mod select;
mod shard;

use std::{fmt, sync::Arc, time::Duration};

pub use build::{DEFAULT_TIMEOUT, Options, build, equal_identities};
pub use rows::columns;
pub use select::{Pattern, Selection, TagExpression};
pub use shard::{Durations, Shard, longest_first};

use crate::{
    action::page::Viewport,
    diagnostic::Span,
    environment::site::Site,
    json::Json,
    normalise::Rules,
    suite::model::{Case, Step, Suite},
};

/// The identity of a case: `<file path without .yaml>::<slug of the case>`, plus `[row id]` and `@browser` where there are
/// several.
///
/// It never depends on order, attempt or time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseId(Arc<str>);

impl CaseId {
    /// The identity written in a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The identity as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before `::`: the suite's path.
    #[must_use]
    pub fn suite(&self) -> &str {
        self.0.split_once("::").map_or(&self.0, |(suite, _)| suite)
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Everything that one run plays.
#[derive(Debug)]
pub struct Plan {
    /// The suites that have selected cases, in the order of their paths.
    pub suites: Vec<PlannedSuite>,
}

impl Plan {
    /// All planned cases, in order.
    pub fn cases(&self) -> impl Iterator<Item = &Arc<PlannedCase>> {
        self.suites.iter().flat_map(|suite| &suite.cases)
    }

    /// Leaves the cases that are wanted, and those that they need.
    pub fn keep(&mut self, wanted: impl Fn(&PlannedCase) -> bool) {
        for suite in &mut self.suites {
            let kept = build::with_what_is_needed(suite.cases.iter().map(AsRef::as_ref), &wanted);
            suite.cases.retain(|case| kept.contains(&case.id));
        }
        self.suites.retain(|suite| !suite.cases.is_empty());
    }
}

/// A suite and its selected cases.
#[derive(Debug)]
pub struct PlannedSuite {
    /// The suite.
    pub suite: Arc<Suite>,
    /// Its `before`, played once in front of the cases that run; nothing when it has none.
    pub before: Option<Arc<PlannedCase>>,
    /// Its selected cases, in the order written; skipped ones included.
    pub cases: Vec<Arc<PlannedCase>>,
    /// Its `after`, played once behind them, always; nothing when it has none.
    pub after: Option<Arc<PlannedCase>>,
}

/// One case with one row.
#[derive(Debug)]
pub struct PlannedCase {
    /// Its identity.
    pub id: CaseId,
    /// The suite it stands in.
    pub suite: Arc<Suite>,
    /// Which of the suite's blocks it is.
    pub part: Part,
    /// The variables of its row.
    pub row: Vec<(String, Json)>,
    /// The row's id, when the case has rows.
    pub row_id: Option<String>,
    /// How often it is tried again.
    pub retries: u32,
    /// Time-out of an exchange where the step has none of its own.
    pub timeout: Duration,
    /// Why it is not started, if it is not.
    pub skip: Option<String>,
    /// The cases that must have passed before it starts, and hand on their captures.
    pub needs: Vec<CaseId>,
    /// The locks it holds while it runs, sorted by name.
    pub locks: Vec<String>,
    /// The browser it runs in, where it needs one.
    pub browser: Option<Browser>,
    /// How long one browser action, or one expectation of a page, may take where the step says nothing.
    pub wait: Duration,
}

/// A browser that a case runs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Browser {
    /// `chromium`, `firefox`, `webkit`.
    pub name: String,
    /// Inner size of its window.
    pub viewport: Viewport,
    /// What tells it from the other browsers that the case runs in, in the identity: `firefox`, `390x844`, `firefox@390x844`.
    pub label: Option<String>,
}

/// Which block of a suite a planned case plays.
#[derive(Debug, Clone)]
pub enum Part {
    /// The suite's `before`.
    Before,
    /// A case.
    Case(Arc<Case>),
    /// The suite's `after`.
    After,
}

/// Which list of steps a step stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    /// The suite's `before_each`.
    BeforeEach,
    /// The case's (or the suite's own) `before`.
    Before,
    /// The case's `steps`.
    Steps,
    /// The case's (or the suite's own) `after`.
    After,
    /// The suite's `after_each`.
    AfterEach,
}

impl Section {
    /// The key in the suite.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::BeforeEach => "before_each",
            Self::Before => "before",
            Self::Steps => "steps",
            Self::After => "after",
            Self::AfterEach => "after_each",
        }
    }

    /// Whether it runs whatever came before.
    #[must_use]
    pub fn always_runs(self) -> bool {
        matches!(self, Self::After | Self::AfterEach)
    }
}

impl PlannedCase {
    /// The steps of a section.
    #[must_use]
    pub fn steps(&self, section: Section) -> &[Step] {
        match (&self.part, section) {
            (Part::Before, Section::Before) => &self.suite.before,
            (Part::After, Section::After) => &self.suite.after,
            (Part::Case(case), Section::Before) => &case.before,
            (Part::Case(case), Section::Steps) => &case.steps,
            (Part::Case(case), Section::After) => &case.after,
            (Part::Case(_), Section::BeforeEach) => &self.suite.before_each,
            (Part::Case(_), Section::AfterEach) => &self.suite.after_each,
            (Part::Before | Part::After, _) => &[],
        }
    }

    /// The sections in the order in which they are played.
    #[must_use]
    pub fn sections() -> [Section; 5] {
        [Section::BeforeEach, Section::Before, Section::Steps, Section::After, Section::AfterEach]
    }

    /// Every step, in the order in which they are played.
    pub fn all_steps(&self) -> impl Iterator<Item = &Step> {
        Self::sections().into_iter().flat_map(|section| self.steps(section))
    }

    /// Where it stands: the case's line; for `before` and `after` of a suite their first step.
    #[must_use]
    pub fn span(&self) -> Option<&Span> {
        match &self.part {
            Part::Case(case) => Some(&case.span),
            Part::Before => self.suite.before.first().map(|step| &step.span),
            Part::After => self.suite.after.first().map(|step| &step.span),
        }
    }

    /// The file and line of [`Self::span`], counted from 1.
    #[must_use]
    pub fn place(&self) -> (String, usize) {
        self.span().map_or_else(|| (self.suite.source.name.clone(), 1), |span| (span.source.name.clone(), span.line()))
    }

    /// The name of the URL that its paths mean: the case's, the suite's, the environments file's default, else the first.
    #[must_use]
    pub fn url_name<'a>(&'a self, site: &'a Site) -> &'a str {
        let own = match &self.part {
            Part::Case(case) => case.url.as_ref(),
            Part::Before | Part::After => None,
        };
        let named = own.or(self.suite.url.as_ref()).map(|url| url.name.as_str()).or(site.default_url.as_deref());
        named.unwrap_or_else(|| site.urls.first().map_or("", |(name, _)| name))
    }

    /// What people call it, with its row.
    #[must_use]
    pub fn name(&self) -> String {
        let name = match &self.part {
            Part::Case(case) => case.name.as_str(),
            Part::Before => "before",
            Part::After => "after",
        };
        let name = match &self.row_id {
            Some(row) => format!("{name} [{row}]"),
            None => name.to_owned(),
        };
        match self.browser.as_ref().and_then(|browser| browser.label.as_ref()) {
            Some(label) => format!("{name} @{label}"),
            None => name,
        }
    }

    /// The normalising rules that hold for a step: suite, case, step, snapshot, the later ones winning.
    #[must_use]
    pub fn rules(&self, step: &Step) -> Rules {
        let of_case = match &self.part {
            Part::Case(written) => self.suite.normalise.then(&written.normalise),
            Part::Before | Part::After => self.suite.normalise.clone(),
        };
        let of_step = of_case.then(&step.normalise);
        match &step.snapshot {
            Some(snapshot) => of_step.then(&snapshot.normalise),
            None => of_step,
        }
    }

    /// Tags of suite and case, in the order written.
    #[must_use]
    pub fn tags(&self) -> Vec<&str> {
        let own: &[String] = match &self.part {
            Part::Case(case) => &case.tags,
            Part::Before | Part::After => &[],
        };
        let mut tags: Vec<&str> = Vec::new();
        for tag in self.suite.tags.iter().chain(own) {
            if !tags.contains(&tag.as_str()) {
                tags.push(tag);
            }
        }
        tags
    }
}
