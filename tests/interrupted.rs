//! A run that is told to end: what it began is cleaned up, what it saw is in the report.

#![cfg(unix)]

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use crate::support::{project::Project, script::Script, site::Site};

/// More than the ten seconds that steps which always run have of their own.
const MAX_TIME: Duration = Duration::from_secs(30);

#[test]
fn what_always_runs_runs_also_when_the_run_is_interrupted() {
    let routes = "routes:\n  /quick: {text: x}\n  /slow: {delay_ms: 20000}\n  DELETE /of-case: {delay_ms: 300}\n  DELETE /of-suite: {delay_ms: 300}\n";
    let sites = Site::start_all(Script::read(routes).unwrap());
    let project = Project::new();
    project.write("suites/environments.yaml", format!("environments: {{site: {{urls: {{web: '{}'}}}}}}\n", sites[0].url()));
    project.write(
        "suites/a.yaml",
        "suite: A\ntimeout: 30s\nafter: [delete: /of-suite]\ncases:\n  - case: cleans up\n    steps:\n      - get: /quick\n      - get: /slow\n    \
         after: [delete: /of-case]\n  - case: beside\n    steps: [get: /quick]\n",
    );
    let program = Path::new(env!("CARGO_BIN_EXE_prodiff"));
    let mut running = project.start(program, &["run", "--on", "site", "-v"], &BTreeMap::new());
    running.wait_for("a::beside  ");
    running.wait_for("a::cleans-up  GET /quick");
    // A step is told of when it ends, which may be before the next one's request is on its way.
    let began = Instant::now();
    while !sites[0].requests().iter().any(|request| request.title() == "GET /slow") {
        assert!(began.elapsed() < MAX_TIME, "the slow request never came");
        std::thread::sleep(Duration::from_millis(10));
    }
    running.interrupt();
    let ended = running.wait(MAX_TIME);
    assert_eq!(ended.code, Some(130), "{}", ended.stderr);

    let mut seen: Vec<String> = sites[0].requests().iter().map(|request| request.title()).collect();
    seen.sort();
    assert_eq!(seen, ["DELETE /of-case", "DELETE /of-suite", "GET /quick", "GET /quick", "GET /slow"]);
    let report = project.report().unwrap();
    let statuses: Vec<(&str, &str)> =
        report["cases"].as_array().unwrap().iter().map(|case| (case["id"].as_str().unwrap(), case["status"].as_str().unwrap())).collect();
    assert_eq!(statuses, [("a::cleans-up", "blocked"), ("a::beside", "passed")], "the suite's `after` did its work");
}
