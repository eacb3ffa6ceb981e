//! The project's own suites against the embedded hub: they pass where nothing is broken, and say what is where something is.

use std::{collections::BTreeMap, env, fs, path::Path, time::Duration};

use prodiff_sandbox::{Environment, Fault, Options, Sandbox};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::support::{
    hub::moved,
    project::{Ended, Project},
};

/// The browser suites of one environment take a minute or two where others use the machine too.
const BROWSING: Duration = Duration::from_secs(600);

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

    /// A run of what needs a browser.
    fn browse(&self, on: &str, more: &[&str]) -> Ended {
        self.browsing(&[&["run", "--on", on], more].concat())
    }

    /// Anything that needs a browser, with temporary files of its own.
    fn browsing(&self, arguments: &[&str]) -> Ended {
        self.project.write("tmp/.keep", "");
        let kept = ["PRODIFF_CHROMIUM", "PRODIFF_CHROMEDRIVER", "CHROME_BIN", "CHROMEDRIVER", "CHROMEWEBDRIVER", "PRODIFF_AXE"];
        let mut environment: BTreeMap<String, String> =
            kept.iter().filter_map(|name| Some(((*name).to_owned(), env::var(name).ok()?))).collect();
        environment.insert(String::from("TMPDIR"), self.project.path().join("tmp").display().to_string());
        self.project.start(Path::new(env!("CARGO_BIN_EXE_prodiff")), arguments, &environment).wait(BROWSING)
    }

    /// Whether Chromium and its driver are here; says so aloud where they are not.
    fn has_browser(&self) -> bool {
        let listed = self.prodiff(&["browsers"]).stdout;
        let is_ready = listed.lines().any(|line| line.starts_with("chromium ") && line.ends_with(" ready") && !line.ends_with("not ready"));
        if !is_ready {
            assert!(env::var_os("CI").is_none(), "CI has no Chromium to play the browser suites with:\n{listed}");
            #[expect(clippy::print_stderr, reason = "what is skipped is said")]
            {
                eprintln!("SKIPPED: no Chromium with its chromedriver is here (`prodiff browsers install`): no browser suite was played");
            }
        }
        is_ready
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
        let ended = hub.run(&on, &["api", "pages", "--strict"]);
        assert_eq!(ended.code, Some(0), "{on}: {}{}", ended.stdout, ended.stderr);
        assert!(hub.cases("passed").len() > 100, "{on}: {}", ended.stdout);
        assert_eq!(hub.cases("skipped").len(), n_skipped, "{on}: {}", ended.stdout);
    }
}

#[test]
fn equal_environments_compare_equal_by_our_suites() {
    let hub = Hub::start();
    let ended = hub.prodiff(&["compare", "staging", "production", "api", "pages", "--settle", "0"]);
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

#[test]
fn our_browser_suites_pass_where_nothing_is_broken() {
    let hub = Hub::start();
    if !hub.has_browser() {
        return;
    }
    // Without axe-core its cases are blocked, and say how to get it.
    let tag = if env::var_os("PRODIFF_AXE").is_some() { "browser" } else { "browser and not accessibility" };
    // Every width once, and production by what matters most.
    for (on, part, n_least) in [("staging", "browser", 100), ("production", "smoke", 30)] {
        let ended = hub.browse(on, &["browser", "--tag", tag, "--tag", part, "--strict"]);
        assert_eq!(ended.code, Some(0), "{on}: {}{}", ended.stdout, ended.stderr);
        assert!(hub.cases("passed").len() >= n_least, "{on}: {}", ended.stdout);
        assert_eq!(hub.cases("skipped"), [""; 0], "{on}");
    }
    let left: Vec<String> = hub.project.files().into_iter().filter(|file| file.starts_with("tmp/") && !file.ends_with(".keep")).collect();
    assert_eq!(left, [""; 0], "browsers leave nothing behind");
}

#[test]
fn our_browser_suites_name_what_is_broken() {
    let hub = Hub::start();
    if !hub.has_browser() {
        return;
    }
    // Faults that do not get into each other's way share a run; each has the one case that must fail.
    let check = |planted: &[(Fault, &str)]| {
        let faults: Vec<Fault> = planted.iter().map(|(fault, _)| *fault).collect();
        hub.sandbox.set_faults(Environment::Production, &faults);
        let mut expected: Vec<&str> = planted.iter().map(|(_, case)| *case).collect();
        let ended = hub.browse("production", &expected);
        assert_eq!(ended.code, Some(1), "{faults:?}: {}{}", ended.stdout, ended.stderr);
        let mut failed = hub.cases("failed");
        failed.sort();
        expected.sort_unstable();
        assert_eq!(failed, expected, "{faults:?}: {}", ended.stdout);
    };
    check(&[
        (Fault::TabsDead, "browser/plugin::the-tabs-open-by-pointer"),
        (Fault::CitationTabMissing, "browser/plugin::a-plugin-says-how-it-is-cited"),
        (Fault::ConsoleError, "browser/plugin::the-page-opens-clean-and-says-what-the-API-says"),
        (Fault::CopyDead, "browser/plugin::the-command-to-install-is-copied"),
        (Fault::MetricsForeignHost, "browser/plugin::what-is-asked-for-is-asked-of-this-environment"),
        (Fault::AuthorLinksBroken, "browser/plugin::an-author-leads-to-all-plugins-of-that-author"),
        (Fault::CategoryLinksLost, "browser/plugin::a-category-leads-to-the-plugins-of-that-category"),
        (Fault::PictureMissing, "browser/home::the-home-page-opens-clean-with-three-cards-in-each-section"),
        (Fault::LanguageLost, "browser/site::a-page-opens-clean[/about]"),
        (Fault::MenuDead, "browser/narrow::the-menu-of-a-narrow-window-opens-leads-and-closes@300x650"),
        (Fault::SidewaysScroll, "browser/narrow::nothing-has-to-be-scrolled-sideways@300x650"),
    ]);
    check(&[
        (Fault::FuzzyLost, "browser/search::one-wrong-letter-does-no-harm"),
        (Fault::FilterIgnored, "browser/filter::a-filter-of-fixed-options-shows-what-fits[Operating system: Linux]"),
        (Fault::SortIgnored, "browser/list::the-list-is-sorted-as-asked-newest-first"),
        (Fault::RequestPerCard, "browser/list::the-list-asks-the-API-nothing"),
        (Fault::ScrollKept, "browser/list::the-next-page-begins-at-its-top-and-shows-other-plugins"),
        (Fault::InstallDialogDead, "browser/plugin::the-dialog-says-how-to-install-and-closes"),
        (Fault::DeepLinksLost, "browser/list::the-last-page-has-what-is-left"),
    ]);
    check(&[
        (Fault::SearchThrows, "browser/search::a-search-is-in-the-address-and-what-was-found-in-the-list"),
        (Fault::PaginationStuck, "browser/list::the-next-page-begins-at-its-top-and-shows-other-plugins"),
        (Fault::FiltersNotInAddress, "browser/filter::a-filter-shows-what-fits[Authors]"),
        (Fault::AccordionsStuck, "browser/narrow::a-narrow-list-is-sorted-and-filtered-in-what-unfolds@300x650"),
    ]);
}

/// More pages than there are browsers for two sides at once: none waits for the other for ever.
const COMPARED: &str = "\
suite: Compared
cases:
  - case: a page
    rows: [{path: /}, {path: /about}, {path: /plugins/napari-bramble-ruler}]
    steps:
      - open: '{{ path }}'
        expect: {visible: {role: main}}
";

#[test]
fn pages_that_are_equal_compare_equal_and_what_only_production_shows_is_found() {
    let hub = Hub::start();
    if !hub.has_browser() {
        return;
    }
    hub.project.write("suites/compared.yaml", COMPARED);
    let compare = ["compare", "staging", "production", "compared", "--settle", "0", "--sessions", "2"];
    let ended = hub.browsing(&compare);
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    hub.sandbox.set_faults(Environment::Production, &[Fault::ConsoleError, Fault::HeadingSkipped]);
    let ended = hub.browsing(&compare);
    assert_eq!(ended.code, Some(1), "{}{}", ended.stdout, ended.stderr);
    let report = hub.project.report().expect("there is a report");
    let findings = report["findings"].as_array().expect("a report has findings");
    let aspects: std::collections::BTreeSet<&str> = findings.iter().filter_map(|finding| finding["aspect"].as_str()).collect();
    assert_eq!(aspects.into_iter().collect::<Vec<_>>(), ["aria", "console"], "{findings:#?}");
    assert_eq!(hub.cases("failed"), ["compared::a-page[/]", "compared::a-page[/plugins/napari-bramble-ruler]"]);
}
