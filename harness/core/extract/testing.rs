//! What the tests of this room and of assertion share.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};

use crate::{
    diagnostic::{Diagnostic, Source},
    json::{self, Json},
    observation::page::{PageObservation, Watched},
    template::{Random, Scope, Surroundings, Variable},
    yaml::{self, Node},
};

/// `name: affinder`, `limit: 3`, `names: [a, b]` and the secret `hidden`.
static SCOPE: LazyLock<Scope> = LazyLock::new(|| {
    let surroundings = Surroundings {
        secrets: [(String::from("TOKEN"), String::from("s3cret-value"))].into(),
        urls: [(String::from("web"), String::from("https://www.example.org"))].into(),
        environment: String::from("staging"),
        refresh: Some(std::time::Duration::from_secs(86_400)),
    };
    let mut scope = Scope::new(Arc::new(surroundings), Random::new(7, "case"), now());
    scope.set("name", Variable::open(Json::text("affinder")));
    scope.set("limit", Variable::open(value("3")));
    scope.set("names", Variable::open(value(r#"["a", "b"]"#)));
    scope.set("hidden", Variable::secret(Json::text("s3cret-value")));
    scope
});

/// The clock of every test: noon on the first of May 2024.
pub(crate) fn now() -> DateTime<Utc> {
    "2024-05-01T12:00:00Z".parse().unwrap()
}

pub(crate) fn scope() -> &'static Scope {
    &SCOPE
}

pub(crate) fn node(text: &str) -> Node {
    let source = Source::new("suites/test.yaml", text);
    let (node, diagnostics) = yaml::read(&source);
    assert!(diagnostics.is_empty(), "{text}: {diagnostics:?}");
    node.unwrap()
}

pub(crate) fn value(text: &str) -> Json {
    json::read(text).unwrap_or_else(|error| panic!("{text}: {error}")).json
}

pub(crate) fn sentence(diagnostic: &Diagnostic) -> String {
    assert!(diagnostic.span.is_some(), "{diagnostic:?}");
    match &diagnostic.help {
        Some(help) => format!("{} ({help})", diagnostic.message),
        None => diagnostic.message.clone(),
    }
}

/// A page at `/plugins?page=2` whose script returned `{"n": 3}`.
pub(crate) fn page() -> PageObservation {
    PageObservation {
        url: "https://www.example.org/plugins?page=2".parse().unwrap(),
        title: String::from("napari Plugins"),
        meta: vec![(String::from("robots"), String::from("noindex"))],
        links: vec![(String::from("canonical"), String::from("https://www.example.org/plugins"))],
        overflow: 0,
        document: None,
        console: Watched::Seen(Vec::new()),
        requests: Watched::Seen(Vec::new()),
        dialog: None,
        result: Some(value(r#"{"n": 3}"#)),
        downloads: Watched::Seen(Vec::new()),
        withheld: Vec::new(),
        cookies: Vec::new(),
        answers: Vec::new(),
        elapsed: std::time::Duration::ZERO,
    }
}
