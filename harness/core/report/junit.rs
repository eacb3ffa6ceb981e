//! `junit.xml`: a testcase a case, `failure` and `error` kept apart.
//!
//! The form is the one of `junit-10.xsd` (Jenkins' xUnit plugin), which the usual readers accept. Written by hand
//! because quick-junit 0.8 puts `skipped` on `<testsuites>`, which that schema refuses, and holds the whole report.
//!
//! | status | element | counted as |
//! |---|---|---|
//! | failed | `<failure type="failed">` | failure |
//! | unreviewed | `<failure type="unreviewed">`: somebody must look, so that a pipeline must not be green | failure |
//! | blocked | `<error type="blocked">` | error |
//! | flaky | `<flakyFailure type="flaky">` | passed |
//! | skipped | `<skipped>` | skipped |
//!
//! A suite is a file; `classname` is its path and `name` the rest of the identity, so that `classname::name` is
//! the case. The schema has no `file` on a testcase: it stands on the suite, and file and line in the text. What
//! concerns the whole run are the properties of a suite `prodiff` without testcases.

use std::{fmt::Write as _, io};

use super::{
    format::{Entries, Files, Format},
    order,
    summary::{Row, Summary},
    text::{VALUE_LIMIT, attribute, cut, first_line, markup},
    words,
};
use crate::{
    record::{Case, Failure, Finding},
    verdict::Status,
};

/// The format `junit`.
#[derive(Debug, Clone, Copy)]
pub struct Junit;

impl Format for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn file_name(&self) -> &'static str {
        "junit.xml"
    }

    fn render(&self, summary: &Summary, entries: &Entries<'_>, files: &Files<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let all = Tally::of(&summary.rows);
        writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        writeln!(
            out,
            r#"<testsuites name="{}" tests="{}" failures="{}" errors="{}" time="{}">"#,
            attribute(&words::title(summary)),
            all.tests,
            all.failures,
            all.errors,
            seconds(all.duration_ms),
        )?;
        write_about(summary, out)?;
        let suites: Vec<Suite<'_>> = summary.rows.chunk_by(|a, b| a.file == b.file).map(Suite::of).collect();
        let mut upcoming = suites.iter();
        let mut left = 0;
        order::each_case(summary, entries, |row, case| {
            if left == 0 {
                let suite = upcoming.next().expect("rows and suites are cut from one list");
                suite.write_head(&summary.run.started, out)?;
                left = suite.tally.tests;
            }
            write_case(summary, row, case, files, out)?;
            left -= 1;
            if left == 0 { writeln!(out, "  </testsuite>") } else { Ok(()) }
        })?;
        writeln!(out, "</testsuites>")
    }
}

#[derive(Debug, Default)]
struct Tally {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
    duration_ms: f64,
}

impl Tally {
    fn of(rows: &[Row]) -> Self {
        let mut tally = Self::default();
        for row in rows {
            tally.tests += 1;
            tally.duration_ms += row.duration_ms;
            match row.status {
                Status::Failed | Status::Unreviewed => tally.failures += 1,
                Status::Blocked => tally.errors += 1,
                Status::Skipped => tally.skipped += 1,
                Status::Passed | Status::Flaky => {}
            }
        }
        tally
    }
}

struct Suite<'a> {
    path: &'a str,
    file: &'a str,
    tally: Tally,
}

impl<'a> Suite<'a> {
    fn of(rows: &'a [Row]) -> Self {
        let first = rows.first().expect("a chunk is never empty");
        Self { path: address(&first.id).0, file: &first.file, tally: Tally::of(rows) }
    }

    fn write_head(&self, started: &str, out: &mut dyn io::Write) -> io::Result<()> {
        let Self { path, file, tally } = self;
        writeln!(
            out,
            r#"  <testsuite name="{}" tests="{}" failures="{}" errors="{}" skipped="{}" time="{}" timestamp="{}" file="{}">"#,
            attribute(path),
            tally.tests,
            tally.failures,
            tally.errors,
            tally.skipped,
            seconds(tally.duration_ms),
            attribute(started),
            attribute(file),
        )
    }
}

/// What concerns no single case, as the properties of a suite of its own.
fn write_about(summary: &Summary, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(
        out,
        r#"  <testsuite name="prodiff" tests="0" failures="0" errors="0" skipped="0" time="0.000" timestamp="{}">"#,
        attribute(&summary.run.started)
    )?;
    writeln!(out, "    <properties>")?;
    let mut property = |name: &str, value: &str| {
        writeln!(out, r#"      <property name="{}" value="{}"/>"#, attribute(name), attribute(&cut(value, VALUE_LIMIT)))
    };
    property("verdict", &summary.answer().sentence)?;
    property("tested", &words::tested(summary))?;
    property("command", &summary.run.command)?;
    property("release", summary.run.release.as_deref().unwrap_or_default())?;
    property("seed", &summary.run.seed.to_string())?;
    property("prodiff", &summary.run.prodiff)?;
    for environment in &summary.run.environments {
        let role = words::role(environment.role);
        property(role, &environment.name)?;
        for build in summary.builds(environment.role, &environment.name) {
            property(&format!("{role}.revision"), build)?;
        }
    }
    writeln!(out, "    </properties>")?;
    let about = about(summary);
    if !about.is_empty() {
        writeln!(out, "    <system-out>{}</system-out>", markup(&about))?;
    }
    writeln!(out, "  </testsuite>")
}

fn about(summary: &Summary) -> String {
    let mut text = String::new();
    for finding in &summary.findings {
        let _ = writeln!(text, "finding: {}", finding_line(finding));
    }
    for hidden in &summary.hidden {
        let _ = writeln!(text, "hidden: {} {} ({}): {}", hidden.rule, hidden.path, hidden.count, hidden.why);
    }
    for what in &summary.not_observed {
        let _ = writeln!(text, "not observed: {}: {}: {}", what.case, what.what, what.why);
    }
    for warning in &summary.warnings {
        let _ = match &warning.case {
            Some(case) => writeln!(text, "warning: {case}: {}", warning.message),
            None => writeln!(text, "warning: {}", warning.message),
        };
    }
    for case in &summary.unfinished {
        let _ = writeln!(text, "begun, but interrupted: {case}");
    }
    text
}

fn write_case(summary: &Summary, row: &Row, case: &Case, files: &Files<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let (classname, name) = address(&case.id);
    write!(out, r#"    <testcase classname="{}" name="{}" time="{}""#, attribute(classname), attribute(name), seconds(row.duration_ms))?;
    let element = match case.status {
        Status::Passed => return writeln!(out, "/>"),
        Status::Failed | Status::Unreviewed => "failure",
        Status::Blocked => "error",
        Status::Flaky => "flakyFailure",
        Status::Skipped => "skipped",
    };
    let message = message(summary, case);
    writeln!(out, ">")?;
    writeln!(
        out,
        r#"      <{element} type="{}" message="{}">{}</{element}>"#,
        case.status.name(),
        attribute(&cut(&message, VALUE_LIMIT)),
        markup(&details(summary, case)),
    )?;
    let attachments = attachments(case, files);
    if !attachments.is_empty() {
        writeln!(out, "      <system-out>{}</system-out>", markup(&attachments))?;
    }
    writeln!(out, "    </testcase>")
}

/// Why, in one line: what the case says, else its first failure, else the first finding that names it.
fn message(summary: &Summary, case: &Case) -> String {
    if let Some(failure) = case.failures.first() {
        return format!("{}: {}", failure.step, first_line(&failure.message));
    }
    if let Some(reason) = &case.reason {
        return reason.clone();
    }
    let mut findings = summary.findings_of(&case.id);
    match (findings.next(), case.status) {
        (Some(finding), _) => finding_line(finding),
        (None, Status::Unreviewed) => "somebody must look".to_owned(),
        (None, _) => "see the findings of the run".to_owned(),
    }
}

fn details(summary: &Summary, case: &Case) -> String {
    let mut text = format!("{}:{}: {}\n", case.file, case.line, case.name);
    for failure in &case.failures {
        push_failure(&mut text, failure);
    }
    for finding in summary.findings_of(&case.id) {
        let _ = writeln!(text, "\n{}\n  {}", finding_line(finding), finding.why);
        for place in finding.places.iter().filter(|place| place.case == case.id) {
            let _ = writeln!(text, "  {} {}", place.step, place.at);
            for (name, reading) in words::readings(&place.readings) {
                let _ = writeln!(text, "    {name}: {}", cut(reading.unwrap_or("(nothing)"), VALUE_LIMIT));
            }
        }
    }
    text
}

/// The pictures of a case's failures, each on a line of its own as Jenkins' JUnit Attachments plugin and GitLab read it.
fn attachments(case: &Case, files: &Files<'_>) -> String {
    let mut pictures: Vec<&str> = Vec::new();
    for failure in case.failures.iter().filter(|failure| !failure.screenshot.is_empty()) {
        if !pictures.contains(&failure.screenshot.as_str()) {
            pictures.push(&failure.screenshot);
        }
    }
    let paths = pictures.into_iter().map(|file| files.path(file)).filter(|path| !path.contains("]]") && !path.contains(char::is_control));
    paths.map(|path| format!("[[ATTACHMENT|{path}]]\n")).collect()
}

fn push_failure(text: &mut String, failure: &Failure) {
    let Failure { status: _, environment, file, line, column, step, message, expected, actual, excerpt, curl, screenshot: _ } = failure;
    let _ = writeln!(text, "\n{file}:{line}:{column}: {step} on {environment}\n  {message}");
    for (name, value) in [("expected", expected), ("actual", actual), ("response", excerpt), ("repeat", curl)] {
        if !value.is_empty() {
            let _ = writeln!(text, "  {name}: {}", cut(value, VALUE_LIMIT));
        }
    }
}

fn finding_line(finding: &Finding) -> String {
    format!(
        "{} {} {} {}: {} ({}, {})",
        finding.verdict.name(),
        finding.aspect.name(),
        finding.kind,
        finding.path,
        finding.summary,
        finding.severity.name(),
        words::counted(finding.count, "place"),
    )
}

/// An identity's suite path and the rest.
fn address(id: &str) -> (&str, &str) {
    id.split_once("::").unwrap_or(("", id))
}

fn seconds(milliseconds: f64) -> String {
    format!("{:.3}", milliseconds / 1000.0)
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write as _,
        process::{Command, Stdio},
    };

    use super::Junit;
    use crate::report::{check, sample::Sample};

    fn case(sample: Sample, name: &str) -> String {
        let report = check::render(&Junit, &sample.entries());
        let start = report.find(&format!("name=\"{name}\"")).unwrap();
        let from = report[..start].rfind("    <testcase").unwrap();
        let rest = &report[from..];
        let end = rest[4..].find("    <testcase").map_or(rest.len(), |end| end + 4);
        rest[..end].to_owned()
    }

    #[test]
    fn every_status_has_its_element() {
        for (name, expected) in [
            ("a-plugin-answers-by-its-name[affinder]", "/>"),
            ("a-plugin-answers-by-its-name[napari-svg]", "<failure type=\"failed\" message=\"changed body removed $.license"),
            ("the-index-lists-every-plugin", "<failure type=\"failed\" message=\"GET /plugins/index: status is not as expected\">"),
            ("downloads-are-counted", "<error type=\"blocked\" message=\"GET /metrics/affinder: cannot connect"),
            ("the-home-sections-have-their-shape", "<failure type=\"unreviewed\" message=\"somebody must look\">"),
            ("shields-say-the-name", "<flakyFailure type=\"flaky\" message=\"the first attempt said: no answer within 10 s\">"),
            ("a-plugin-can-be-renamed", "<skipped type=\"skipped\" message=\"protected\">"),
        ] {
            let found = case(Sample::Run, name);
            assert!(found.contains(expected), "{name}: {found}");
        }
    }

    #[test]
    fn a_failure_of_a_page_attaches_its_picture_once() {
        let found = case(Sample::Run, "the-list-can-be-searched");
        assert_eq!(found.matches("[[ATTACHMENT|").count(), 1, "{found}");
        assert!(found.contains("</failure>\n      <system-out>[[ATTACHMENT|reports/latest/artifacts/"), "{found}");
        assert!(found.contains(".png]]\n</system-out>\n    </testcase>"), "{found}");
        assert!(!case(Sample::Run, "the-index-lists-every-plugin").contains("ATTACHMENT"));
    }

    #[test]
    fn counts_are_those_of_the_testcases() {
        let report = check::render(&Junit, &Sample::Run.entries());
        let count = |text: &str| report.matches(text).count();
        assert!(report.contains("tests=\"9\" failures=\"4\" errors=\"1\" time="), "{report}");
        assert_eq!((count("<testcase "), count("<failure "), count("<error "), count("<skipped ")), (9, 4, 1, 1));
        assert!(report.contains("<testsuite name=\"api/plugins\" tests=\"4\" failures=\"2\" errors=\"0\" skipped=\"1\""), "{report}");
        assert!(report.contains("classname=\"api/plugins\" name=\"a-plugin-answers-by-its-name[affinder]\""));
    }

    #[test]
    fn a_case_that_only_a_finding_fails_says_which() {
        let found = case(Sample::Compare, "the-index-lists-every-plugin");
        assert!(found.contains("message=\"candidate-only body removed $[*].version:"), "{found}");
        assert!(found.contains("reference: &quot;0.0.0&quot;\n    candidate: (nothing)"), "{found}");
    }

    #[test]
    fn hostile_text_cannot_leave_its_place() {
        let report = check::render(&Junit, &Sample::Hostile.entries());
        for forbidden in ["<img", "</script", "]]>", "\0", "\u{1b}", "\u{202e}", "\r"] {
            assert!(!report.contains(forbidden), "{forbidden:?}");
        }
    }

    /// Says so on the test's output where the validator or the schema is missing.
    #[test]
    #[expect(clippy::disallowed_methods, clippy::print_stderr, reason = "the judge is another program, and its absence is said")]
    fn every_sample_is_valid_against_the_published_schema() {
        let above = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let schema = ["../shared/schemas", "../../shared/schemas"].map(|folder| format!("{above}/{folder}/junit-10.xsd"));
        let Some(schema) = schema.iter().find(|path| std::path::Path::new(path).exists()) else {
            eprintln!("not validated: no shared/schemas/junit-10.xsd beside the repository");
            return;
        };
        for sample in Sample::ALL {
            let started =
                Command::new("xmllint").args(["--noout", "--schema", schema, "-"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn();
            let Ok(mut validator) = started else {
                eprintln!("not validated: xmllint is not installed (libxml2-utils)");
                return;
            };
            let mut input = validator.stdin.take().unwrap();
            input.write_all(check::render(&Junit, &sample.entries()).as_bytes()).unwrap();
            drop(input);
            let output = validator.wait_with_output().unwrap();
            assert!(output.status.success(), "{sample:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
}
