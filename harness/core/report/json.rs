//! `report.json`: what programs rely on. commands.md fixes its keys; fields are added, never changed, within a version.

use std::{borrow::Cow, io};

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::ser::Formatter;

use super::{
    format::{Entries, Files, Format},
    order,
    summary::Summary,
    text::{VALUE_LIMIT, cut},
};
use crate::record::{Case, Counts, Finding, Place, Readings};

/// The format `json`.
#[derive(Debug, Clone, Copy)]
pub struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn file_name(&self) -> &'static str {
        "report.json"
    }

    fn render(&self, summary: &Summary, entries: &Entries<'_>, _files: &Files<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let run = &summary.run;
        let environments: Vec<Environment<'_>> = run
            .environments
            .iter()
            .map(|environment| Environment {
                role: super::words::role(environment.role),
                name: &environment.name,
                urls: &environment.urls,
                revision: summary.builds(environment.role, &environment.name).collect(),
                recorded: environment.recorded.as_deref(),
            })
            .collect();
        let head = Head {
            version: run.version,
            command: &run.command,
            release: run.release.as_deref(),
            seed: run.seed,
            started: &run.started,
            finished: summary.end.as_ref().map(|end| end.finished.as_str()),
            // A record without an end was interrupted, whatever the process could still say.
            exit_code: summary.end.as_ref().map_or(130, |end| end.exit_code),
            environments,
            counts: summary.counts,
        };
        let head = spaced(&head)?;
        // The lists are written one by one below: the closing brace is theirs.
        out.write_all(head.strip_suffix('}').expect("an object ends with a brace").as_bytes())?;

        let mut cases = List::begin(out, "cases")?;
        order::each_case(summary, entries, |_, case| cases.push(&CaseRow::of(case)))?;
        cases.end()?;
        List::whole(out, "findings", summary.findings.iter().map(FindingRow::of))?;
        List::whole(out, "hidden", summary.hidden.iter())?;
        List::whole(out, "not_observed", summary.not_observed.iter())?;
        List::whole(out, "warnings", summary.warnings.iter())?;
        if summary.end.is_none() {
            List::whole(out, "unfinished", summary.unfinished.iter())?;
        }
        out.write_all(b"\n}\n")
    }
}

#[derive(Serialize)]
struct Head<'a> {
    version: u32,
    command: &'a str,
    release: Option<&'a str>,
    seed: u64,
    started: &'a str,
    finished: Option<&'a str>,
    exit_code: u8,
    environments: Vec<Environment<'a>>,
    counts: Counts,
}

#[derive(Serialize)]
struct Environment<'a> {
    role: &'static str,
    name: &'a str,
    #[serde(serialize_with = "in_order")]
    urls: &'a [(String, String)],
    revision: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded: Option<&'a str>,
}

#[derive(Serialize)]
struct CaseRow<'a> {
    id: &'a str,
    status: &'static str,
    attempts: u32,
    duration_ms: f64,
    file: &'a str,
    line: usize,
    reason: Option<Value<'a>>,
    failures: Vec<FailureRow<'a>>,
}

impl<'a> CaseRow<'a> {
    fn of(case: &'a Case) -> Self {
        let failures = case.failures.iter().map(|failure| FailureRow {
            environment: &failure.environment,
            line: failure.line,
            step: &failure.step,
            message: Value(&failure.message),
            expected: Value(&failure.expected),
            actual: Value(&failure.actual),
            screenshot: &failure.screenshot,
        });
        Self {
            id: &case.id,
            status: case.status.name(),
            attempts: case.attempts,
            duration_ms: case.duration_ms,
            file: &case.file,
            line: case.line,
            reason: case.reason.as_deref().map(Value),
            failures: failures.collect(),
        }
    }
}

#[derive(Serialize)]
struct FailureRow<'a> {
    environment: &'a str,
    line: usize,
    step: &'a str,
    message: Value<'a>,
    expected: Value<'a>,
    actual: Value<'a>,
    /// The path below the report's folder.
    #[serde(skip_serializing_if = "str::is_empty")]
    screenshot: &'a str,
}

#[derive(Serialize)]
struct FindingRow<'a> {
    fingerprint: &'a str,
    verdict: &'static str,
    severity: &'static str,
    fails: bool,
    aspect: &'static str,
    kind: &'a str,
    path: Value<'a>,
    count: u64,
    summary: Value<'a>,
    why: Value<'a>,
    places: Vec<PlaceRow<'a>>,
}

impl<'a> FindingRow<'a> {
    fn of(finding: &'a Finding) -> Self {
        Self {
            fingerprint: &finding.fingerprint,
            verdict: finding.verdict.name(),
            severity: finding.severity.name(),
            fails: finding.fails,
            aspect: finding.aspect.name(),
            kind: &finding.kind,
            path: Value(&finding.path),
            count: finding.count,
            summary: Value(&finding.summary),
            why: Value(&finding.why),
            places: finding.places.iter().map(PlaceRow).collect(),
        }
    }
}

/// A place with its readings beside its address, not below it as in the record.
struct PlaceRow<'a>(&'a Place);

impl Serialize for PlaceRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Place { case, step, at, readings } = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("case", case)?;
        map.serialize_entry("step", step)?;
        map.serialize_entry("at", &Value(at))?;
        match readings {
            Readings::Compare { before, reference, candidate } => {
                map.serialize_entry("before", &before.as_deref().map(Value))?;
                map.serialize_entry("reference", &reference.as_deref().map(Value))?;
                map.serialize_entry("candidate", &candidate.as_deref().map(Value))?;
            }
            Readings::Run { expected, actual } => {
                map.serialize_entry("expected", &expected.as_deref().map(Value))?;
                map.serialize_entry("actual", &actual.as_deref().map(Value))?;
            }
        }
        map.end()
    }
}

/// A value that can be long: cut at [`VALUE_LIMIT`].
struct Value<'a>(&'a str);

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shown: Cow<'_, str> = cut(self.0, VALUE_LIMIT);
        serializer.serialize_str(&shown)
    }
}

fn in_order<S: Serializer>(pairs: &[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(name, value)| (name, value)))
}

/// A list of the report, one element a line.
struct List<'o> {
    out: &'o mut dyn io::Write,
    is_empty: bool,
}

impl<'o> List<'o> {
    fn begin(out: &'o mut dyn io::Write, key: &str) -> io::Result<Self> {
        write!(out, ",\n \"{key}\": [")?;
        Ok(Self { out, is_empty: true })
    }

    fn push(&mut self, element: &impl Serialize) -> io::Result<()> {
        let separator = if self.is_empty { "\n  " } else { ",\n  " };
        self.is_empty = false;
        self.out.write_all(separator.as_bytes())?;
        self.out.write_all(spaced(element)?.as_bytes())
    }

    fn end(self) -> io::Result<()> {
        self.out.write_all(b"]")
    }

    fn whole(out: &'o mut dyn io::Write, key: &str, elements: impl Iterator<Item = impl Serialize>) -> io::Result<()> {
        let mut list = Self::begin(out, key)?;
        for element in elements {
            list.push(&element)?;
        }
        list.end()
    }
}

/// JSON on one line with a space after colon and comma.
fn spaced(value: &impl Serialize) -> io::Result<String> {
    let mut line = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut line, Spaced))?;
    Ok(String::from_utf8(line).expect("serde_json writes UTF-8"))
}

struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Json, VALUE_LIMIT};
    use crate::{
        record::Entry,
        report::{check, sample::Sample},
    };

    fn parsed(entries: &[Entry]) -> Value {
        serde_json::from_str(&check::render(&Json, entries)).unwrap()
    }

    fn keys(value: &Value) -> Vec<&str> {
        value.as_object().unwrap().keys().map(String::as_str).collect()
    }

    #[test]
    fn a_comparison_has_the_keys_of_the_manual() {
        let report = parsed(&Sample::Compare.entries());
        let head = json!({
            "version": 1, "command": "compare", "release": "26.11.2", "seed": 7,
            "started": "2026-11-23T15:30:33.120Z", "finished": "2026-11-23T15:30:45.907Z", "exit_code": 1,
            "environments": [
                {"role": "reference", "name": "staging", "revision": ["build-4711", "build-4711"],
                 "urls": {"web": "https://staging.example.org", "api": "https://api.staging.example.org"}},
                {"role": "candidate", "name": "production", "revision": ["build-4711", "build-4711"],
                 "urls": {"web": "https://www.example.org", "api": "https://api.www.example.org"}}
            ],
            "counts": {
                "cases": {"passed": 1, "flaky": 0, "failed": 3, "blocked": 0, "unreviewed": 0, "skipped": 0},
                "requests": 8, "expectations": 8, "snapshots": 0, "hidden": 17, "warnings": 1
            },
            "hidden": [
                {"rule": "unordered", "path": "$[*].tags", "count": 5, "why": "suites/api/plugins.yaml:10"},
                {"rule": "volatile", "path": "$.generated", "count": 12, "why": "a date-time that changed in 7 of 7 samples on both sides"}
            ],
            "not_observed": [
                {"case": "api/metrics::downloads-are-counted", "what": "round `napari-ghost`", "why": "only staging lists it"}
            ],
        });
        for (key, expected) in head.as_object().unwrap() {
            assert_eq!(&report[key], expected, "{key}");
        }
        assert_eq!(
            report["findings"][0]["places"][0],
            json!({"case": "api/plugins::the-index-lists-every-plugin", "step": "GET /plugins/index", "at": "$[4].version",
                   "before": "\"0.0.0\"", "reference": "\"0.0.0\"", "candidate": null})
        );
        assert_eq!(
            keys(&report["findings"][0]),
            ["aspect", "count", "fails", "fingerprint", "kind", "path", "places", "severity", "summary", "verdict", "why"]
        );
        let verdicts: Vec<_> = report["findings"].as_array().unwrap().iter().map(|finding| finding["verdict"].as_str().unwrap()).collect();
        assert_eq!(verdicts, ["candidate-only", "candidate-only", "diverged", "not-released", "released", "lagging"]);
    }

    #[test]
    fn a_case_has_the_keys_of_the_manual_and_a_run_has_expected_and_actual() {
        let report = parsed(&Sample::Run.entries());
        let case = |id: &str| report["cases"].as_array().unwrap().iter().find(|case| case["id"] == id).unwrap().clone();
        let blocked = case("api/metrics::downloads-are-counted");
        let reason = "cannot connect to api.staging.example.org: connection refused";
        assert_eq!(
            blocked,
            json!({
                "id": "api/metrics::downloads-are-counted", "status": "blocked", "attempts": 1, "duration_ms": blocked["duration_ms"],
                "file": "suites/api/metrics.yaml", "line": 8, "reason": reason,
                "failures": [{"environment": "staging", "line": 10, "step": "GET /metrics/affinder", "message": reason, "expected": "", "actual": ""}]
            })
        );
        assert_eq!(case("api/plugins::a-plugin-can-be-renamed")["reason"], "protected");
        assert_eq!(
            report["findings"][0]["places"][0],
            json!({"case": "api/plugins::a-plugin-answers-by-its-name[napari-svg]", "step": "GET /plugins/napari-svg", "at": "$.license",
                   "expected": "\"BSD-3-Clause\"", "actual": null})
        );
        assert_eq!(report["unfinished"], Value::Null);
    }

    #[test]
    fn a_failure_of_a_page_names_its_picture_and_others_have_no_such_key() {
        let report = parsed(&Sample::Run.entries());
        let of = |id: &str| report["cases"].as_array().unwrap().iter().find(|case| case["id"] == id).unwrap()["failures"][0].clone();
        let page = of("web/plugins::the-list-can-be-searched");
        assert!(page["screenshot"].as_str().unwrap().starts_with("artifacts/"), "{page}");
        assert_eq!(of("api/plugins::the-index-lists-every-plugin").get("screenshot"), None);
    }

    #[test]
    fn long_values_are_cut_and_hostile_ones_kept() {
        let mut entries = Sample::Hostile.entries();
        for entry in &mut entries {
            if let Entry::Case(case) = entry {
                case.failures[0].actual = "ü".repeat(40_000);
            }
        }
        let report = parsed(&entries);
        let failure = &report["cases"][0]["failures"][0];
        assert_eq!(failure["expected"], crate::report::sample::HOSTILE);
        assert!(failure["actual"].as_str().unwrap().len() <= VALUE_LIMIT);
        assert!(failure["actual"].as_str().unwrap().ends_with('…'));
    }

    #[test]
    fn a_killed_run_counts_what_was_done_and_names_what_had_begun() {
        let mut entries = Sample::Run.entries();
        let first_end = entries.iter().position(|entry| matches!(entry, Entry::Case(_))).unwrap();
        entries.truncate(first_end + 3);
        let report = parsed(&entries);
        assert_eq!(report["exit_code"], 130);
        assert_eq!(report["finished"], Value::Null);
        assert_eq!(report["counts"]["cases"]["failed"], 1);
        assert_eq!(report["counts"]["requests"], 2);
        assert_eq!(report["unfinished"], json!(["api/plugins::a-plugin-answers-by-its-name[affinder]"]));
    }
}
