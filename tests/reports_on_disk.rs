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

/// A record of one page that failed, whose screenshot is said to be in `file`.
fn record_of_a_page(file: &str) -> String {
    [
        r#"{"type":"run","version":1,"prodiff":"0.1.0","command":"run","seed":1,"started":"2026-11-23T15:30:33.120Z","environments":[],"planned":1,"selection":[]}"#,
        r#"{"type":"case_started","case":"a::b","suite":"A","name":"b","file":"suites/a.yaml","line":3,"at_ms":1.0}"#,
        &format!(
            r#"{{"type":"step","case":"a::b","attempt":1,"environment":"staging","role":"candidate","step":"steps[0]","file":"suites/a.yaml","line":4,"title":"open /","status":"failed","at_ms":1.0,"duration_ms":1.0,"requests":1,"page":{{"browser":"chromium 1280x800","url":"{{{{ web }}}}/","title":"T","artifacts":[["screenshot","{file}"]]}},"compared":false}}"#
        ),
        &format!(
            r#"{{"type":"case","id":"a::b","suite":"A","name":"b","tags":[],"status":"failed","attempts":1,"duration_ms":1.0,"file":"suites/a.yaml","line":3,"failures":[{{"status":"failed","environment":"staging","file":"suites/a.yaml","line":4,"column":9,"step":"open /","message":"m","expected":"","actual":"","screenshot":"{file}"}}],"requests":1,"expectations":1,"snapshots":0,"compared":0}}"#
        ),
        "",
    ]
    .join("\n")
}

#[test]
fn a_picture_of_the_record_is_brought_along_and_no_other_file_is() {
    let project = Project::new();
    let picture = "artifacts/0f0f.png";
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x05\0\0\0\x03\x20rest";
    for (file, expected) in [(picture, 1), ("artifacts/../secret.png", 0), ("artifacts/1f1f.png", 0)] {
        project.write("reports/r/record.jsonl", record_of_a_page(file));
        fs::create_dir_all(project.path().join("reports/r/artifacts")).unwrap();
        fs::write(project.path().join("reports/r").join(picture), png).unwrap();
        fs::write(project.path().join("reports/r/secret.png"), png).unwrap();
        let ended = project.prodiff(&["report", "reports/r"], &BTreeMap::new());
        assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
        let read = |name: &str| fs::read_to_string(project.path().join("reports/r").join(name)).unwrap();
        assert_eq!(read("report.html").matches("id=\"picture-").count(), expected, "{file}");
        assert!(read("junit.xml").contains(&format!("[[ATTACHMENT|reports/r/{file}]]")), "{}", read("junit.xml"));
        assert!(read("report.json").contains(&format!("\"screenshot\": \"{file}\"")), "{}", read("report.json"));
        assert!(read("summary.md").contains(&format!("Screenshot: `reports/r/{file}`")), "{}", read("summary.md"));
    }
}
