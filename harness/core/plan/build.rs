//! Suites, one environment and a selection become a plan.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use super::{Browser, CaseId, Part, Plan, PlannedCase, PlannedSuite, Selection, rows};
use crate::{
    action::{self, page::Viewport},
    diagnostic::{Diagnostic, Span},
    environment::{model::Protect, site::Site},
    suite::{
        model::{Case, Named, Step, Suite, Verb},
        page::DEFAULT_WAIT,
    },
    template::{Random, Scope, Surroundings, Variable},
};

/// Time-out of one exchange where nobody says otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// The window where nobody says otherwise.
const DEFAULT_VIEWPORT: Viewport = Viewport { width: 1280, height: 800 };

/// What a plan depends on besides suites and environment.
#[derive(Debug, Clone)]
pub struct Options {
    /// Which cases are played.
    pub selection: Selection,
    /// `--timeout`: wins over every time-out of suites and cases, not over a step's own.
    pub timeout: Option<Duration>,
    /// The environments file's default time-out.
    pub default_timeout: Option<Duration>,
    /// `--browser`: wins over what suites, cases and environments say; none means that they decide.
    pub browsers: Vec<String>,
    /// `--retries`: where neither case nor suite says.
    pub retries: Option<u32>,
    /// The run's seed.
    pub seed: u64,
    /// The wall clock at which the run began.
    pub began: chrono::DateTime<chrono::Utc>,
}

/// Builds the plan of one environment. `files` holds the texts of the row files by the path they were given as.
///
/// # Errors
/// Every mistake that shows only now: rows that cannot be read or rendered, two equal identities.
pub fn build(
    suites: &[Arc<Suite>],
    site: &Site,
    surroundings: &Arc<Surroundings>,
    files: &BTreeMap<(String, String), String>,
    options: &Options,
) -> Result<Plan, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let mut planned = Vec::new();
    let mut known = Known::default();
    for suite in suites {
        let scope = suite_scope(suite, site, surroundings, options);
        let mut cases = Vec::new();
        for case in &suite.cases {
            for row in rows::expand(suite, case, &scope, files, &mut problems) {
                for browser in browsers(suite, case, site, options) {
                    let id = case_id(suite, case, &row, browser.as_ref());
                    problems.extend(known.add(&id, case));
                    let label = browser.as_ref().and_then(|browser| browser.label.clone());
                    let planned = plan_case(suite, case, id, row.clone(), browser, site, options);
                    cases.push(PlannedCase { needs: needs(suite, case, label.as_deref(), site, options), ..planned });
                }
            }
        }
        skip_with_what_is_needed(&mut cases);
        let selected = with_what_is_needed(cases.iter(), |case| options.selection.takes(case));
        cases.retain(|case| selected.contains(&case.id));
        if cases.is_empty() {
            continue;
        }
        let block = |part: Part, name: &str, steps: &[Step]| {
            (!steps.is_empty()).then(|| {
                Arc::new(PlannedCase {
                    id: CaseId::new(&format!("{}::{name}", suite.path)),
                    suite: Arc::clone(suite),
                    part,
                    row: Vec::new(),
                    row_id: None,
                    retries: 0,
                    timeout: timeout(None, suite, options),
                    skip: None,
                    needs: Vec::new(),
                    locks: Vec::new(),
                    browser: acts_on_pages(steps).then(|| first_browser(suite, site, options)),
                    wait: wait(None, suite, site),
                })
            })
        };
        planned.push(PlannedSuite {
            suite: Arc::clone(suite),
            before: block(Part::Before, "before", &suite.before),
            after: block(Part::After, "after", &suite.after),
            cases: cases.into_iter().map(Arc::new).collect(),
        });
    }
    planned.sort_by(|one, two| one.suite.path.cmp(&two.suite.path));
    if problems.is_empty() { Ok(Plan { suites: planned }) } else { Err(problems) }
}

/// The cases that are wanted, and those that they need.
pub(super) fn with_what_is_needed<'c>(
    cases: impl Iterator<Item = &'c PlannedCase> + Clone,
    wanted: impl Fn(&PlannedCase) -> bool,
) -> BTreeSet<CaseId> {
    let needs: BTreeMap<&CaseId, &[CaseId]> = cases.clone().map(|case| (&case.id, &*case.needs)).collect();
    let mut kept = BTreeSet::new();
    let mut waiting: Vec<&CaseId> = cases.filter(|case| wanted(case)).map(|case| &case.id).collect();
    while let Some(id) = waiting.pop() {
        if kept.insert(id.clone()) {
            waiting.extend(needs.get(id).into_iter().copied().flatten());
        }
    }
    kept
}

/// A case is not started where a case that it needs is not.
fn skip_with_what_is_needed(cases: &mut [PlannedCase]) {
    let mut skipped: BTreeMap<CaseId, String> = BTreeMap::new();
    for case in cases.iter() {
        skipped.extend(case.skip.iter().map(|reason| (case.id.clone(), reason.clone())));
    }
    // Each round reaches those that need what the one before has reached.
    let mut reaches_more = !skipped.is_empty();
    while reaches_more {
        reaches_more = false;
        for case in cases.iter_mut().filter(|case| case.skip.is_none()) {
            let Some((needed, reason)) = case.needs.iter().find_map(|needed| Some((needed, skipped.get(needed)?))) else { continue };
            let reason = format!("needs `{needed}`, which is skipped: {reason}");
            case.skip = Some(reason);
            skipped.insert(case.id.clone(), case.skip.clone().unwrap_or_default());
            reaches_more = true;
        }
    }
}

/// Every two cases that have the same identity, as far as their rows can be known here.
#[must_use]
pub fn equal_identities(
    suites: &[Arc<Suite>],
    site: &Site,
    surroundings: &Arc<Surroundings>,
    files: &BTreeMap<(String, String), String>,
    options: &Options,
) -> Vec<Diagnostic> {
    let mut known = Known::default();
    let mut found = Vec::new();
    for suite in suites {
        let scope = suite_scope(suite, site, surroundings, options);
        for case in &suite.cases {
            // A row that needs a value which only a run has cannot be named yet; that is no mistake.
            let rows = rows::expand(suite, case, &scope, files, &mut Vec::new());
            found.extend(rows.iter().filter_map(|row| known.add(&case_id(suite, case, row, None), case)));
        }
    }
    found
}

/// The identities so far, and where each stands.
#[derive(Default)]
struct Known(BTreeMap<CaseId, Span>);

impl Known {
    fn add(&mut self, id: &CaseId, case: &Case) -> Option<Diagnostic> {
        let first = self.0.insert(id.clone(), case.span.clone())?;
        Some(Diagnostic::error(&case.span, format!("two cases are called `{id}`")).help(format!("the first stands at {first}")))
    }
}

fn case_id(suite: &Suite, case: &Case, row: &rows::Expanded, browser: Option<&Browser>) -> CaseId {
    let row = row.id.as_ref().map(|row| format!("[{row}]")).unwrap_or_default();
    let browser = browser.and_then(|browser| browser.label.as_ref()).map(|label| format!("@{label}")).unwrap_or_default();
    CaseId::new(&format!("{}::{}{row}{browser}", suite.path, case.slug))
}

/// The cases that a case needs: in the same browser where they run in several, else in all of them. None of them has rows.
fn needs(suite: &Suite, case: &Case, label: Option<&str>, site: &Site, options: &Options) -> Vec<CaseId> {
    let mut needs = Vec::new();
    for need in &case.needs {
        let Some(needed) = suite.cases.iter().find(|case| case.name == need.name) else { continue };
        let browsers = browsers(suite, needed, site, options);
        let label_of = |browser: &Option<Browser>| browser.as_ref().and_then(|browser| browser.label.clone());
        let has_same = browsers.iter().any(|browser| label_of(browser).as_deref() == label);
        let fitting = browsers.iter().filter(|browser| !has_same || label_of(browser).as_deref() == label);
        needs.extend(fitting.map(|browser| case_id(suite, needed, &rows::Expanded::default(), browser.as_ref())));
    }
    needs
}

fn acts_on_pages(steps: &[Step]) -> bool {
    steps.iter().any(|step| matches!(step.verb, Verb::Page(_)))
}

/// What is said of browsers: the command line's names win, then the case, the suite, the environments file; else Chromium.
fn said(suite: &Suite, case: Option<&Case>, site: &Site, options: &Options) -> (Vec<String>, Vec<Viewport>) {
    let levels = [case.and_then(|case| case.pages.browser.as_ref()), suite.pages.browser.as_ref(), site.pages.browser.as_ref()];
    let names = levels.iter().flatten().map(|spec| &spec.names).find(|names| !names.is_empty());
    let viewports = levels.iter().flatten().map(|spec| &spec.viewports).find(|viewports| !viewports.is_empty());
    let names = if options.browsers.is_empty() { names.cloned() } else { Some(options.browsers.clone()) };
    (names.unwrap_or_else(|| vec![String::from("chromium")]), viewports.cloned().unwrap_or_else(|| vec![DEFAULT_VIEWPORT]))
}

/// The browsers that a case runs in; the one `None` of a case that needs none.
fn browsers(suite: &Suite, case: &Case, site: &Site, options: &Options) -> Vec<Option<Browser>> {
    let lists = [&suite.before_each, &case.before, &case.steps, &case.after, &suite.after_each];
    if !lists.into_iter().any(|steps| acts_on_pages(steps)) {
        return vec![None];
    }
    let (names, viewports) = said(suite, Some(case), site, options);
    let mut browsers = Vec::new();
    for name in &names {
        for viewport in &viewports {
            let label = [(names.len() > 1).then(|| name.clone()), (viewports.len() > 1).then(|| viewport.to_string())];
            let label: Vec<String> = label.into_iter().flatten().collect();
            let label = (!label.is_empty()).then(|| label.join("@"));
            browsers.push(Some(Browser { name: name.clone(), viewport: *viewport, label }));
        }
    }
    browsers
}

fn first_browser(suite: &Suite, site: &Site, options: &Options) -> Browser {
    let (names, viewports) = said(suite, None, site, options);
    Browser { name: names[0].clone(), viewport: viewports[0], label: None }
}

fn wait(case: Option<&Case>, suite: &Suite, site: &Site) -> Duration {
    case.and_then(|case| case.pages.wait).or(suite.pages.wait).or(site.pages.wait).unwrap_or(DEFAULT_WAIT)
}

/// What templates in rows may use: the environment's variables and the suite's, known before any request.
fn suite_scope(suite: &Suite, site: &Site, surroundings: &Arc<Surroundings>, options: &Options) -> Scope {
    let mut scope = Scope::new(Arc::clone(surroundings), Random::new(options.seed, &suite.path), options.began);
    for (name, variable) in &site.variables {
        scope.set(name.clone(), variable.clone());
    }
    // Only rows need the suite's variables this early; one that cannot be rendered is reported where a row uses it.
    let uses_rows = suite.cases.iter().any(|case| case.rows.is_some());
    if uses_rows {
        for (name, value) in &suite.vars {
            if let Ok(rendered) = value.render(&scope) {
                scope.set(name.name.clone(), Variable { value: rendered.value, secret: rendered.secret });
            }
        }
    }
    scope
}

fn plan_case(
    suite: &Arc<Suite>,
    case: &Arc<Case>,
    id: CaseId,
    row: rows::Expanded,
    browser: Option<Browser>,
    site: &Site,
    options: &Options,
) -> PlannedCase {
    let mut locks: Vec<String> = suite.lock.iter().chain(&case.lock).cloned().collect();
    locks.sort();
    locks.dedup();
    PlannedCase {
        id,
        suite: Arc::clone(suite),
        part: Part::Case(Arc::clone(case)),
        row: row.cells,
        row_id: row.id,
        retries: case.retries.or(suite.retries).or(options.retries).unwrap_or(0),
        timeout: timeout(case.timeout, suite, options),
        skip: skip(suite, case, site),
        needs: Vec::new(),
        locks,
        browser,
        wait: wait(Some(case), suite, site),
    }
}

fn timeout(case: Option<Duration>, suite: &Suite, options: &Options) -> Duration {
    options.timeout.or(case).or(suite.timeout).or(options.default_timeout).unwrap_or(DEFAULT_TIMEOUT)
}

/// Why a case is not started on this environment.
fn skip(suite: &Suite, case: &Case, site: &Site) -> Option<String> {
    for (environments, whose) in [(&suite.environments, "the suite"), (&case.environments, "the case")] {
        if let Some(environments) = environments
            && !environments.iter().any(|environment| environment.name == site.name)
        {
            let names: Vec<&str> = environments.iter().map(|environment| environment.name.as_str()).collect();
            return Some(format!("{whose} runs only on {}", names.join(", ")));
        }
    }
    let reasons = suite.skip.iter().chain(&case.skip);
    if let Some((_, reason)) = reasons.into_iter().find(|(environment, _): &&(Named, String)| environment.name == site.name) {
        return Some(reason.clone());
    }
    let lists = [&suite.before, &suite.before_each, &case.before, &case.steps, &case.after, &suite.after_each, &suite.after];
    let protected = site.protect == Protect::ReadOnly && !site.guards.is_open();
    let unsafe_step = lists.into_iter().flatten().find_map(|step| match &step.verb {
        Verb::Http(http) if !http.safe && !action::is_safe_method(&http.method) => Some((step, &http.method)),
        Verb::Http(_) | Verb::Look | Verb::Pause(_) | Verb::SaveSession(_) | Verb::Page(_) => None,
    });
    match unsafe_step {
        Some((step, method)) if protected => {
            Some(format!("protected: {} is read-only and line {} sends {method}", site.name, step.span.line()))
        }
        Some(_) | None => None,
    }
}
