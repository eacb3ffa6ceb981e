//! Judges the names of a suite: each must be defined in one place, before it is used.

use std::collections::{BTreeMap, BTreeSet};

use super::{RowFiles, needs::Needs, templates, unknown_names};
use crate::{
    diagnostic::{Diagnostic, Span},
    environment::model::{Environment, Environments},
    plan,
    suite::{
        model::{Case, Named, PageVerbSpec, Rows, Step, Suite, Verb},
        words,
    },
    template::{Name, Template},
    yaml::MAX_DIAGNOSTICS,
};

/// Complaints about names that come with help.
const MAX_EXPLAINED: usize = 100;

/// What a suite is judged with.
pub(super) struct Surroundings<'a> {
    /// The folder's environments, if it has some.
    pub(super) environments: Option<&'a Environments>,
    /// The texts of row files.
    pub(super) row_files: &'a RowFiles,
    /// URL names that the command line brings.
    pub(super) given_urls: &'a [String],
    /// Names that may be defined where files could not be read.
    pub(super) unread: &'a BTreeSet<String>,
}

/// What is wrong with the names of a suite.
pub(super) fn problems(suite: &Suite, surroundings: &Surroundings<'_>, problems: &mut Vec<Diagnostic>) {
    let environments: &[Environment] = surroundings.environments.map_or(&[], |file| &file.environments);
    let mut urls: BTreeSet<&str> = surroundings.given_urls.iter().map(String::as_str).collect();
    if surroundings.environments.is_none() {
        // Every name of a URL means the one that the command line gives.
        let cases = suite.cases.iter().filter_map(|case| case.url.as_ref());
        urls.extend(suite.url.iter().chain(cases).map(|url| url.name.as_str()));
        urls.insert("web");
    }
    let walk = Walk {
        suite,
        environments: environments.iter().map(Known::new).collect(),
        has_environments: surroundings.environments.is_some(),
        row_files: surroundings.row_files,
        urls,
        unread: surroundings.unread,
        problems,
    };
    walk.suite();
}

/// The names that one environment gives.
struct Known<'a> {
    environment: &'a Environment,
    names: BTreeMap<&'a str, &'static str>,
}

impl<'a> Known<'a> {
    fn new(environment: &'a Environment) -> Self {
        let urls = environment.urls.iter().map(|(name, _)| (name.name.as_str(), "URL"));
        let params = environment.params.iter().map(|param| (param.name.name.as_str(), "param"));
        let vars = environment.vars.iter().map(|(name, _)| (name.name.as_str(), "variable"));
        Self { environment, names: urls.chain(params).chain(vars).collect() }
    }
}

/// One walk through a suite, in the order in which it is played.
struct Walk<'a, 'p> {
    suite: &'a Suite,
    environments: Vec<Known<'a>>,
    has_environments: bool,
    row_files: &'a RowFiles,
    /// URL names that do not come from the file of environments.
    urls: BTreeSet<&'a str>,
    unread: &'a BTreeSet<String>,
    problems: &'p mut Vec<Diagnostic>,
}

/// What names mean at one point of the walk.
struct Scope<'s> {
    /// The case whose environments count; nothing for the suite's own blocks.
    case: Option<&'s Case>,
    vars: &'s BTreeSet<&'s str>,
    columns: &'s Columns<'s>,
    /// Captures of the suite's `before`.
    inherited: &'s BTreeSet<&'s str>,
    captures: BTreeSet<&'s str>,
}

/// The columns of a case's rows.
#[derive(Default)]
struct Columns<'c> {
    /// The names, and where one of them is written if it is written in the suite.
    names: BTreeMap<&'c str, Option<&'c Named>>,
    /// Names that not every row has, and the first row without.
    gaps: BTreeMap<&'c str, &'c Span>,
    /// The file is not here: a column may be called anything.
    is_open: bool,
}

impl Walk<'_, '_> {
    fn suite(mut self) {
        let suite = self.suite;
        self.environment_names(suite.environments.iter().flatten().chain(suite.skip.iter().map(|(name, _)| name)));
        if let Some(url) = &suite.url {
            self.url_name(url, None);
        }
        let (no_columns, nothing) = (Columns::default(), BTreeSet::new());
        let mut vars: BTreeSet<&str> = BTreeSet::new();
        for (name, value) in &suite.vars {
            let scope = Scope { case: None, vars: &vars, columns: &no_columns, inherited: &nothing, captures: BTreeSet::new() };
            self.templates(value.templates(), &scope);
            self.not_of_environments(name, None, "a suite variable");
            vars.insert(&name.name);
        }
        let scope = Scope { case: None, vars: &vars, columns: &no_columns, inherited: &nothing, captures: BTreeSet::new() };
        let inherited = self.steps(suite.before.iter(), scope);
        let needs = Needs::of(suite);
        for case in &suite.cases {
            self.case(case, &needs, &vars, &inherited);
        }
        let scope = Scope { case: None, vars: &vars, columns: &no_columns, inherited: &inherited, captures: BTreeSet::new() };
        self.steps(suite.after.iter(), scope);
    }

    fn case(&mut self, case: &Case, needs: &Needs<'_>, vars: &BTreeSet<&str>, from_before: &BTreeSet<&str>) {
        let suite = self.suite;
        let from_needed = needs.inherited(case, self.problems);
        let inherited = &from_before.union(&from_needed).copied().collect();
        self.environment_names(case.environments.iter().flatten().chain(case.skip.iter().map(|(name, _)| name)));
        if let Some(url) = &case.url {
            self.url_name(url, Some(case));
        }
        let file_columns = self.file_columns(case);
        let columns = columns(case, file_columns.as_ref());
        self.row_names(case, &columns, vars, inherited);
        let (no_columns, nothing) = (Columns::default(), BTreeSet::new());
        let scope = |columns| Scope { case: Some(case), vars, columns, inherited: &nothing, captures: BTreeSet::new() };
        // Rows are known before any request.
        self.templates(templates::of_rows(case), &scope(&no_columns));
        self.templates(&case.id, &scope(&columns));
        let scope = Scope { case: Some(case), vars, columns: &columns, inherited, captures: BTreeSet::new() };
        let blocks = [&suite.before_each, &case.before, &case.steps, &case.after, &suite.after_each];
        self.steps(blocks.into_iter().flatten(), scope);
        let judges = |step: &Step| match &step.verb {
            Verb::Http(_) => true,
            Verb::Look => step.expect.is_some() || step.snapshot.is_some(),
            Verb::Page(page) => page.expect.is_some() || page.until.is_some() || step.snapshot.is_some(),
            Verb::Pause(_) | Verb::SaveSession(_) => false,
        };
        if self.unread.is_empty() && !case.steps.is_empty() && !blocks.into_iter().flatten().any(judges) {
            let warning = Diagnostic::warning(&case.span, "this case checks nothing and will be blocked");
            self.problems.push(warning.help("a request checks its status at least"));
        }
    }

    /// Walks through steps and yields the captures that are known behind them.
    fn steps<'s>(&mut self, steps: impl Iterator<Item = &'s Step>, mut scope: Scope<'s>) -> BTreeSet<&'s str> {
        let suite = self.suite;
        for step in steps {
            if let Verb::Http(http) = &step.verb {
                self.templates(suite.headers.iter().map(|(_, value)| value), &scope);
                if http.auth.is_none() {
                    self.templates(suite.auth.iter().flat_map(templates::of_auth), &scope);
                }
                if let Some(url) = words::name_in_target(&http.target) {
                    self.url_name(&url, scope.case);
                }
            }
            if let Verb::Page(page) = &step.verb {
                if let PageVerbSpec::Open(target) = &page.verb
                    && let Some(url) = words::name_in_target(target)
                {
                    self.url_name(&url, scope.case);
                }
                self.templates(templates::of_page_options(&suite.pages), &scope);
                self.templates(scope.case.into_iter().flat_map(|case| templates::of_page_options(&case.pages)), &scope);
            }
            self.templates(templates::of_step(step), &scope);
            for name in step.captured() {
                self.capture_name(name, &scope);
                scope.captures.insert(&name.name);
            }
        }
        scope.captures
    }

    /// Complains of every name in templates that means nothing in a scope.
    fn templates<'t>(&mut self, templates: impl IntoIterator<Item = &'t Template>, scope: &Scope<'_>) {
        for template in templates {
            // Whoever has as many mistakes has one in many places.
            if template.names().is_empty() || self.problems.len() > MAX_DIAGNOSTICS {
                continue;
            }
            for name in template.names() {
                if let Some(row) = scope.columns.gaps.get(name.text.as_str()) {
                    let message = format!("the row in line {} has no `{}`", row.line(), name.text);
                    self.problems.push(Diagnostic::error(&name.span, message).help("every row gives every variable that the case uses"));
                }
            }
            let is_known = |name: &str| self.knows(name, scope);
            let unknown = template.unknown_names(&is_known);
            if unknown.is_empty() {
                continue;
            }
            // Of more complaints nobody reads the help, and looking for it costs.
            let is_read = self.problems.len() < MAX_EXPLAINED;
            let explain = |name: &Name| is_read.then(|| self.explain(name, scope)).flatten();
            let known = if is_read { self.all_names(scope) } else { Vec::new() };
            let complaints = unknown_names(unknown.into_iter().take(MAX_DIAGNOSTICS), explain, &known);
            self.problems.extend(complaints);
        }
    }

    fn knows(&self, name: &str, scope: &Scope<'_>) -> bool {
        match name {
            "environment.name" => true,
            "environment.refresh" => !self.has_environments || self.relevant(scope.case).any(|known| known.environment.refresh.is_some()),
            _ => {
                name.starts_with("secret.")
                    || scope.captures.contains(name)
                    || scope.columns.is_open
                    || scope.columns.names.contains_key(name)
                    || scope.vars.contains(name)
                    || scope.inherited.contains(name)
                    || self.urls.contains(name)
                    || self.unread.contains(name)
                    || self.relevant(scope.case).any(|known| known.names.contains_key(name))
            }
        }
    }

    fn all_names<'s>(&'s self, scope: &'s Scope<'_>) -> Vec<&'s str> {
        let environments = self.relevant(scope.case).flat_map(|known| known.names.keys().copied());
        let own = scope.captures.iter().chain(scope.inherited).chain(scope.vars).chain(&self.urls).copied();
        let names: BTreeSet<&str> = own.chain(scope.columns.names.keys().copied()).chain(environments).collect();
        names.into_iter().collect()
    }

    /// Says why a name that is defined somewhere means nothing here.
    fn explain(&self, name: &Name, scope: &Scope<'_>) -> Option<String> {
        let suite = self.suite;
        let name = name.text.as_str();
        let captures = |steps: &Vec<Step>| steps.iter().any(|step| step.captured().any(|capture| capture.name == *name));
        let case_captures = |case: &Case| [&case.before, &case.steps, &case.after].into_iter().any(captures);
        let is_own = scope.case.is_some_and(case_captures) || captures(&suite.before) || captures(&suite.before_each);
        let help = if name == "environment.refresh" {
            "no environment here says `refresh`"
        } else if suite.vars.iter().any(|(var, _)| var.name == *name) {
            "it is defined further down"
        } else if is_own {
            "it is captured later than it is used"
        } else if let Some(other) = suite.cases.iter().find(|case| case_captures(case)) {
            return Some(match scope.case {
                Some(_) => format!("another case captures it, and hands it on where it is needed: `needs: {}`", other.name),
                None => String::from("a case captures it, and cases hand their captures on to cases only"),
            });
        } else if self.environments.iter().any(|known| known.names.contains_key(name)) {
            "only environments that this does not run on define it"
        } else {
            return None;
        };
        Some(String::from(help))
    }

    /// The environments that a case may run on; without a case, the suite.
    fn relevant(&self, case: Option<&Case>) -> impl Iterator<Item = &Known<'_>> {
        let suite = self.suite;
        self.environments.iter().filter(move |known| {
            let runs_on = |environments: Option<&Vec<Named>>| {
                environments.is_none_or(|names| names.iter().any(|named| named.name == known.environment.name))
            };
            let is_skipped = |skip: &[(Named, String)]| skip.iter().any(|(named, _)| named.name == known.environment.name);
            runs_on(suite.environments.as_ref())
                && !is_skipped(&suite.skip)
                && case.is_none_or(|case| runs_on(case.environments.as_ref()) && !is_skipped(&case.skip))
        })
    }

    fn environment_names<'n>(&mut self, names: impl Iterator<Item = &'n Named>) {
        if !self.has_environments {
            return;
        }
        for name in names {
            let known = self.environments.iter().map(|known| known.environment.name.as_str());
            if name.name != "adhoc" && !known.clone().any(|environment| environment == name.name) {
                let problem = words::unknown(name, "environment", known);
                self.problems.push(problem);
            }
        }
    }

    fn url_name(&mut self, url: &Named, case: Option<&Case>) {
        let problem = self.url_problem(url, case);
        self.problems.extend(problem);
    }

    fn url_problem(&self, url: &Named, case: Option<&Case>) -> Option<Diagnostic> {
        if !self.has_environments || self.urls.contains(url.name.as_str()) {
            return None;
        }
        let urls = self.relevant(case).flat_map(|known| known.environment.urls.iter().map(|(name, _)| name.name.as_str()));
        let urls: BTreeSet<&str> = urls.collect();
        // A case that runs nowhere names no URL wrongly; nor does one on environments whose URLs could not be read.
        (!urls.is_empty() && !urls.contains(url.name.as_str())).then(|| words::unknown(url, "URL", urls.iter().copied()))
    }

    /// Complains of a name that an environment has given already.
    fn not_of_environments(&mut self, name: &Named, case: Option<&Case>, what: &str) -> bool {
        let message = self.relevant(case).find_map(|known| {
            let other = known.names.get(name.name.as_str())?;
            Some(format!("`{}` is {what} here and a {other} of environment `{}`", name.name, known.environment.name))
        });
        let Some(message) = message else { return false };
        self.problems.push(Diagnostic::error(&name.span, message).help("one name means one thing: call one of them something else"));
        true
    }

    fn row_names(&mut self, case: &Case, columns: &Columns<'_>, vars: &BTreeSet<&str>, inherited: &BTreeSet<&str>) {
        let from_file = match &case.rows {
            Some(Rows::File { path }) => Some(path),
            Some(Rows::List(_) | Rows::Matrix(_)) | None => None,
        };
        for (name, place) in &columns.names {
            let Some(place) = place.or(from_file) else { continue };
            let named = words::named(name, &place.span);
            if self.not_of_environments(&named, Some(case), "a column of rows") {
                continue;
            }
            let other = if vars.contains(name) {
                "a suite variable"
            } else if inherited.contains(name) {
                "a capture that the case inherits"
            } else {
                continue;
            };
            let message = format!("`{name}` is a column of rows here and {other}");
            self.problems.push(Diagnostic::error(&place.span, message).help("one name means one thing: call one of them something else"));
        }
    }

    fn capture_name(&mut self, name: &Named, scope: &Scope<'_>) {
        if self.not_of_environments(name, scope.case, "a capture") {
            return;
        }
        let other = if scope.vars.contains(name.name.as_str()) {
            "a suite variable"
        } else if scope.columns.names.contains_key(name.name.as_str()) {
            "a column of the case's rows"
        } else {
            return;
        };
        let message = format!("`{}` is a capture here and {other}", name.name);
        self.problems.push(Diagnostic::error(&name.span, message).help("one name means one thing: call one of them something else"));
    }

    /// The columns of a row file that is here and can be read. Nothing for cases without one.
    fn file_columns(&mut self, case: &Case) -> Option<FileColumns> {
        let Some(Rows::File { path }) = &case.rows else { return None };
        let Some(text) = self.row_files.get(&(self.suite.path.clone(), path.name.clone())) else { return Some(FileColumns::Unknown) };
        match plan::columns(&path.name, text) {
            Ok(columns) => Some(FileColumns::Known(columns)),
            Err(message) => {
                self.problems.push(Diagnostic::error(&path.span, format!("`{}`: {message}", path.name)));
                Some(FileColumns::Unknown)
            }
        }
    }
}

enum FileColumns {
    Known(BTreeSet<String>),
    Unknown,
}

fn columns<'c>(case: &'c Case, file: Option<&'c FileColumns>) -> Columns<'c> {
    match (&case.rows, file) {
        (Some(Rows::List(rows)), _) => {
            let mut names = BTreeMap::new();
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            for (name, _) in rows.iter().flat_map(|row| &row.cells) {
                names.entry(name.name.as_str()).or_insert(Some(name));
                *counts.entry(&name.name).or_default() += 1;
            }
            let lacks = |name: &&str| rows.iter().find(|row| !row.cells.iter().any(|(cell, _)| cell.name == **name));
            let uneven = counts.iter().filter(|(_, count)| **count < rows.len()).map(|(name, _)| *name);
            let gaps = uneven.filter_map(|name| Some((name, &lacks(&name)?.span))).collect();
            Columns { names, gaps, is_open: false }
        }
        (Some(Rows::Matrix(axes)), _) => {
            Columns { names: axes.iter().map(|(name, _)| (name.name.as_str(), Some(name))).collect(), ..Columns::default() }
        }
        (Some(Rows::File { .. }), Some(FileColumns::Known(columns))) => {
            Columns { names: columns.iter().map(|name| (name.as_str(), None)).collect(), ..Columns::default() }
        }
        (Some(Rows::File { .. }), Some(FileColumns::Unknown) | None) => Columns { is_open: true, ..Columns::default() },
        (None, _) => Columns::default(),
    }
}
