//! The project's own suites against the embedded hub: they pass where nothing is broken, and say what is where something is.

use std::{collections::BTreeMap, fs, path::Path};

use prodiff_sandbox::{Environment, Fault, Options, Sandbox};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::support::{
    hub::moved,
    project::{Ended, Project},
};

/// The hub, with a project that holds the suites and baselines of this repository.
struct Hub {
    sandbox: Sandbox,
    project: Project,
    _runtime: Runtime,
}

impl Hub {
    fn start() -> Self {
        let runtime = Runtime::new().expect("a runtime can be had");
        let sandbox = runtime.block_on(Sandbox::start(Options::still())).expect("free ports can be had");
        let project = Project::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        project.copy(&root.join("suites"), "suites", &[]);
        project.copy(&root.join("baselines"), "baselines", &[]);
        let written = fs::read_to_string(root.join("suites/environments.yaml")).expect("the environments can be read");
        project.write("suites/environments.yaml", moved(&written, &sandbox));
        Self { sandbox, project, _runtime: runtime }
    }

    /// The environment's address on the command line, without a name.
    fn address(&self, environment: Environment) -> String {
        let urls = self.sandbox.urls(environment);
        format!("web={},api={}", urls.web, urls.api)
    }

    // The hub answers on the runtime's threads while this one waits.
    fn prodiff(&self, arguments: &[&str]) -> Ended {
        self.project.prodiff(arguments, &BTreeMap::new())
    }

    fn run(&self, on: &str, more: &[&str]) -> Ended {
        self.prodiff(&[&["run", "--on", on], more].concat())
    }

    /// The identities of the cases that ended so, of the newest run.
    fn cases(&self, status: &str) -> Vec<String> {
        let report = self.project.report().expect("there is a report");
        let cases = report["cases"].as_array().expect("a report has cases");
        let of_status = |case: &&Value| case["status"] == status;
        cases.iter().filter(of_status).map(|case| case["id"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

#[test]
fn our_suites_pass_where_nothing_is_broken() {
    let hub = Hub::start();
    for (on, n_skipped) in [(String::from("staging"), 4), (String::from("production"), 1), (hub.address(Environment::Dev), 9)] {
        let ended = hub.run(&on, &["--strict"]);
        assert_eq!(ended.code, Some(0), "{on}: {}{}", ended.stdout, ended.stderr);
        assert!(hub.cases("passed").len() > 100, "{on}: {}", ended.stdout);
        assert_eq!(hub.cases("skipped").len(), n_skipped, "{on}: {}", ended.stdout);
    }
}

#[test]
fn equal_environments_compare_equal_by_our_suites() {
    let hub = Hub::start();
    let ended = hub.prodiff(&["compare", "staging", "production", "--settle", "0"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    for (fault, select) in [(Fault::DoubleEscaped, "pages/plugins"), (Fault::RobotsFlipped, "pages/site")] {
        hub.sandbox.set_faults(Environment::Production, &[fault]);
        let ended = hub.prodiff(&["compare", "staging", "production", select, "--settle", "0"]);
        assert_eq!(ended.code, Some(1), "{fault}: {}{}", ended.stdout, ended.stderr);
    }
}

#[test]
fn our_suites_name_what_is_broken() {
    let hub = Hub::start();
    let check = |fault: Fault, select: &str, expected: &str| {
        hub.sandbox.set_faults(Environment::Production, &[fault]);
        let ended = hub.run("production", &[select]);
        assert_eq!(ended.code, Some(1), "{fault}: {}{}", ended.stdout, ended.stderr);
        let failed = hub.cases("failed");
        assert!(failed.iter().any(|case| case == expected), "{fault}: {failed:?}");
    };
    check(Fault::StaleIndex, "api/index", "api/index::the-index-is-what-index-all-has-of-public-plugins");
    check(Fault::GatewayIgnoresQuery, "api/metrics", "api/metrics::limit-says-how-many-months");
    check(Fault::LegacyEndpointRemoved, "api/shields", "api/shields::a-plugin-s-badge-says-its-name");
    check(Fault::RobotsFlipped, "pages/site", "pages/site::robots-are-sent-away-except-from-production[/about]");
    check(Fault::CanonicalForeignHost, "pages/site", "pages/site::production-is-the-address-that-robots-are-told[/about]");
    check(Fault::StylesheetMissing, "pages/site", "pages/site::the-files-that-a-page-names-are-there-and-never-change[/plugins]");
    check(Fault::ForgottenCache, "api/categories", "api/categories::all-terms");
}
