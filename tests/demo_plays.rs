//! The demo, played whole: it finds what it planted, and leaves nothing behind but its report.

use std::{collections::BTreeMap, fs, time::Duration};

use serde_json::Value;

use crate::support::project::Project;

/// A slow machine in a debug build; the play itself takes seconds.
const MAX_TIME: Duration = Duration::from_secs(120);

/// A project whose temporary files would be seen.
fn project() -> (Project, BTreeMap<String, String>) {
    let project = Project::new();
    let folder = project.path().join("tmp");
    fs::create_dir(&folder).unwrap();
    let environment = BTreeMap::from([(String::from("TMPDIR"), folder.display().to_string())]);
    (project, environment)
}

fn program() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_BIN_EXE_prodiff"))
}

#[test]
fn the_demo_finds_what_it_planted_and_leaves_its_report_alone() {
    let (project, mut environment) = project();
    // Nothing of a build that plays it changes it.
    environment.extend([("CI", "true"), ("GITHUB_ACTIONS", "true")].map(|(name, value)| (name.to_owned(), value.to_owned())));
    let ended = project.start(program(), &["demo", "-o", "kept/here"], &environment).wait(MAX_TIME);
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    for (fault, finding) in [
        ("cors-lost", "candidate-only  `access-control-allow-origin` lost on"),
        ("null-field", "candidate-only  `string` → `null` in `$[*].summary`"),
        ("soft-404", "candidate-only  status 404 → 200 on 1 response"),
        ("forgotten-cache", "not-released  1 row lost from `$`"),
    ] {
        let mut lines = ended.stdout.lines().skip_while(|line| *line != format!("   planted  {fault}"));
        let found = lines.nth(1).unwrap_or_default();
        assert!(found.starts_with("   found    ") && found.contains(finding), "{fault}: {found}\n{}", ended.stdout);
    }
    assert!(ended.stdout.contains("planted and found agree: 4 of 4 defects, and nothing else\n"), "{}", ended.stdout);
    assert!(ended.stdout.ends_with("report: kept/here/report.html\n"), "{}", ended.stdout);
    assert!(!ended.stdout.contains('\u{1b}') && ended.stderr.is_empty(), "{}", ended.stderr);
    assert_eq!(project.files(), ["kept/here/report.html", "kept/here/report.json"]);
    let report: Value = serde_json::from_slice(&fs::read(project.path().join("kept/here/report.json")).unwrap()).unwrap();
    let failing = report["findings"].as_array().unwrap().iter().filter(|finding| finding["fails"] == true).count();
    assert_eq!((report["command"].as_str(), report["exit_code"].as_i64(), failing), (Some("compare"), Some(1), 4));
}

#[cfg(unix)]
#[test]
fn an_interrupted_demo_leaves_nothing() {
    let (project, environment) = project();
    let mut running = project.start(program(), &["demo"], &environment);
    running.wait_for("3. ");
    running.interrupt();
    let ended = running.wait(MAX_TIME);
    assert_eq!(ended.code, Some(130), "{}{}", ended.stdout, ended.stderr);
    assert_eq!(project.files(), Vec::<String>::new());
    assert_eq!(fs::read_dir(project.path().join("tmp")).unwrap().count(), 0);
}
