//! What a disk refuses is said, and hides nothing else.

use std::{collections::BTreeMap, fs};

use crate::support::{project::Project, script::Script, site::Site};

/// A project whose one case fails, and its site.
fn failing() -> (Project, Vec<Site>) {
    let sites = Site::start_all(Script::read("routes: {/x: {text: x}}").unwrap());
    let project = Project::new();
    project.write("suites/environments.yaml", format!("environments: {{site: {{urls: {{web: '{}'}}}}}}\n", sites[0].url()));
    project.write("suites/a.yaml", "suite: A\ncases:\n  - case: b\n    steps: [{get: /x, expect: {status: 404}}]\n");
    (project, sites)
}

#[test]
fn a_folder_in_the_place_of_latest_stays_and_is_said() {
    let (project, _sites) = failing();
    project.write("reports/latest/mine.txt", "x");
    let ended = project.prodiff(&["run", "--on", "site"], &BTreeMap::new());
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("warning: `latest` does not point at this run: "), "{}", ended.stderr);
    assert!(project.path().join("reports/latest/mine.txt").is_file());
}

#[test]
fn a_report_that_cannot_be_written_keeps_neither_the_others_nor_the_verdict_back() {
    let (project, _sites) = failing();
    let nothing = BTreeMap::new();
    project.prodiff(&["run", "--on", "site"], &nothing);
    let latest = fs::canonicalize(project.path().join("reports/latest")).unwrap();
    for name in ["report.html", "report.json", "junit.xml", "summary.md"] {
        fs::remove_file(latest.join(name)).unwrap();
    }
    // Nothing can be renamed over a folder.
    fs::create_dir(latest.join("report.html")).unwrap();
    let ended = project.prodiff(&["report"], &nothing);
    assert_ne!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    assert!(ended.stderr.contains("report.html"), "{}", ended.stderr);
    for name in ["report.json", "junit.xml", "summary.md"] {
        assert!(latest.join(name).is_file(), "{name}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_verdict_is_said_also_where_no_report_can_be_written() {
    let (project, _sites) = failing();
    let nobody = BTreeMap::from([(String::from("GITHUB_STEP_SUMMARY"), String::from("/dev/full"))]);
    let ended = project.prodiff(&["run", "--on", "site"], &nobody);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("FAILED: 1 of 1 case failed"), "{}", ended.stderr);
    assert!(ended.stderr.contains("the reports cannot be written: "), "{}", ended.stderr);
}
