//! Every template of suites and environments, and the secrets in them.

use crate::{
    assertion::PageExpectations,
    environment::model::Environment,
    extract::locator::LocatorSpec,
    suite::model::{Auth, Body, Case, HttpStep, MockBody, PageOptions, PageStep, PageVerbSpec, Rows, SnapshotContent, Step, Suite, Verb},
    template::{Dynamic, Name, Template},
};

/// Every use of a secret in a suite.
#[must_use]
pub fn secrets_of_suite(suite: &Suite) -> Vec<Name> {
    let mut templates = Vec::new();
    for (_, value) in &suite.vars {
        templates.extend(value.templates());
    }
    templates.extend(suite.headers.iter().map(|(_, value)| value));
    templates.extend(suite.auth.iter().flat_map(of_auth));
    templates.extend(of_page_options(&suite.pages));
    for step in [&suite.before, &suite.before_each, &suite.after_each, &suite.after].into_iter().flatten() {
        templates.extend(of_step(step));
    }
    for case in &suite.cases {
        templates.extend(of_rows(case));
        templates.extend(&case.id);
        templates.extend(of_page_options(&case.pages));
        for step in [&case.before, &case.steps, &case.after].into_iter().flatten() {
            templates.extend(of_step(step));
        }
    }
    secrets(templates)
}

/// Every use of a secret in an environment.
#[must_use]
pub fn secrets_of_environment(environment: &Environment) -> Vec<Name> {
    let urls = environment.urls.iter().map(|(_, url)| url);
    let aliases = environment.aliases.iter().flat_map(|(_, urls)| urls);
    let values = environment.headers.iter().chain(&environment.cookies).map(|(_, value)| value);
    let vars = environment.vars.iter().flat_map(|(_, value)| value.templates());
    let auth = environment.auth.iter().flat_map(of_auth);
    let revision = environment.revision.iter().flat_map(|revision| {
        let mut dynamics = Vec::new();
        revision.capture.dynamics(&mut dynamics);
        std::iter::once(&revision.get).chain(dynamics.into_iter().flat_map(Dynamic::templates))
    });
    secrets(urls.chain(aliases).chain(values).chain(vars).chain(auth).chain(revision))
}

fn secrets<'t>(templates: impl IntoIterator<Item = &'t Template>) -> Vec<Name> {
    let names = templates.into_iter().flat_map(|template| template.names().iter());
    names.filter(|name| name.secret().is_some()).cloned().collect()
}

/// The templates of a step.
pub(super) fn of_step(step: &Step) -> Vec<&Template> {
    let mut templates = Vec::new();
    match &step.verb {
        Verb::Http(http) => of_request(http, &mut templates),
        Verb::Page(page) => of_page(page, &mut templates),
        Verb::Look | Verb::Pause(_) | Verb::SaveSession(_) => {}
    }
    for content in step.snapshot.iter().flat_map(|snapshot| &snapshot.contents) {
        match content {
            SnapshotContent::Aria(at) | SnapshotContent::PageText(at) | SnapshotContent::PageHtml(at) => {
                templates.extend(at.iter().flat_map(|at| at.templates()));
            }
            SnapshotContent::Body
            | SnapshotContent::Json
            | SnapshotContent::Text
            | SnapshotContent::Shape
            | SnapshotContent::Headers(_) => {}
        }
    }
    let mut dynamics: Vec<&Dynamic> = step.expect.iter().flat_map(|expect| expect.dynamics()).collect();
    for (_, capture) in &step.capture {
        capture.dynamics(&mut dynamics);
    }
    templates.extend(dynamics.into_iter().flat_map(Dynamic::templates));
    templates
}

fn of_page<'s>(page: &'s PageStep, templates: &mut Vec<&'s Template>) {
    match &page.verb {
        PageVerbSpec::Open(template) | PageVerbSpec::Script(template) => templates.push(template),
        PageVerbSpec::Gesture(gesture) => templates.extend(gesture.on.templates()),
        PageVerbSpec::Fill { into, value } => {
            templates.extend(into.templates());
            templates.push(value);
        }
        PageVerbSpec::Select { within: at, options: texts } | PageVerbSpec::Upload { to: at, files: texts } => {
            templates.extend(at.templates());
            templates.extend(texts);
        }
        PageVerbSpec::Drag { from, to } => {
            templates.extend(from.templates());
            templates.extend(to.templates());
        }
        PageVerbSpec::Press { keys, on } => {
            templates.push(keys);
            templates.extend(on.iter().flat_map(LocatorSpec::templates));
        }
        PageVerbSpec::ScrollTo(at) => templates.extend(at.templates()),
        PageVerbSpec::AcceptDialog(text) => templates.extend(text),
        PageVerbSpec::Emulate(emulation) => {
            templates.extend([&emulation.timezone, &emulation.locale, &emulation.user_agent].into_iter().flatten());
        }
        PageVerbSpec::Back
        | PageVerbSpec::Forward
        | PageVerbSpec::Reload
        | PageVerbSpec::ScrollBy { .. }
        | PageVerbSpec::DismissDialog
        | PageVerbSpec::Switch(_)
        | PageVerbSpec::CloseWindow
        | PageVerbSpec::Resize(_)
        | PageVerbSpec::Look => {}
    }
    templates.extend(page.frames.iter().flat_map(LocatorSpec::templates));
    templates.extend(page.expect.iter().chain(&page.until).flat_map(PageExpectations::templates));
    templates.extend(page.captures.iter().flat_map(|(_, capture)| capture.templates()));
}

/// The templates in what suites and cases say of their browser.
pub(super) fn of_page_options(pages: &PageOptions) -> Vec<&Template> {
    let mut templates: Vec<&Template> = pages.blocked.iter().collect();
    for mock in &pages.mocks {
        templates.push(&mock.url);
        templates.extend(mock.headers.iter().map(|(_, value)| value));
        match &mock.body {
            MockBody::Json(value) => templates.extend(value.templates()),
            MockBody::Text(text) => templates.push(text),
        }
    }
    templates
}

fn of_request<'s>(http: &'s HttpStep, templates: &mut Vec<&'s Template>) {
    templates.push(&http.target);
    templates.extend(http.query.iter().flat_map(|(_, value)| value.templates()));
    templates.extend(http.headers.iter().chain(&http.cookies).map(|(_, value)| value));
    match &http.body {
        Some(Body::Json(value)) => templates.extend(value.templates()),
        Some(Body::Text(text)) => templates.push(text),
        Some(Body::Form(fields)) => templates.extend(fields.iter().flat_map(|(_, value)| value.templates())),
        None => {}
    }
    templates.extend(http.auth.iter().flat_map(of_auth));
}

/// The templates of credentials.
pub(super) fn of_auth(auth: &Auth) -> Vec<&Template> {
    match auth {
        Auth::Bearer(token) => vec![token],
        Auth::Basic { user, password } => vec![user, password],
        Auth::None => Vec::new(),
    }
}

/// The templates in a case's rows.
pub(super) fn of_rows(case: &Case) -> Vec<&Template> {
    match &case.rows {
        Some(Rows::List(rows)) => rows.iter().flat_map(|row| row.cells.iter().flat_map(|(_, value)| value.templates())).collect(),
        Some(Rows::Matrix(axes)) => axes.iter().flat_map(|(_, values)| values.iter().flat_map(Dynamic::templates)).collect(),
        Some(Rows::File { .. }) | None => Vec::new(),
    }
}
