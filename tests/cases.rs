//! Plays every folder `tests/cases/<topic>/<name>/` with the real program against fake sites.
//!
//! ```text
//! case.yaml         what is run, and what must come of it
//! site.yaml         what the sites answer (support/script.rs)
//! suites/…          the suites; ${site} stands for the site's URL, ${nowhere} for a port where nobody listens
//! files/…           further files of the project, likewise
//! transcript.txt    if it is there: what all commands print, redacted
//! ```
//!
//! `CASES=http/reset cargo test cases` plays only folders whose name holds that text; `UPDATE=1` writes the transcripts that
//! are there anew, `UPDATE=new` also those that are missing. Goldens are read before they are committed.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    num::NonZero,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde::Deserialize;
use serde_json::Value;

use crate::support::{
    project::{Ended, Project},
    script::Script,
    site::Site,
    yaml,
};

/// The commands that work. A folder that needs another one is read, but waits.
const LANDED: &[&str] = &["run", "check", "list", "report", "sandbox", "schema", "compare", "accept", "reject", "sign-off"];

/// A port where nobody listens (tcpmux, which no machine serves).
const NOWHERE: &str = "http://127.0.0.1:1";

/// A `case.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The promise in one sentence; for a bug, with the report's link.
    about: String,
    /// Environment variables of all commands.
    #[serde(default)]
    env: BTreeMap<String, String>,
    runs: Vec<Run>,
    /// Route (`GET /x`) of a site (`GET site /x`, if there are several) → how many requests it saw.
    #[serde(default)]
    requests: BTreeMap<String, usize>,
    /// Route → what its last request looked like.
    #[serde(default)]
    sent: BTreeMap<String, Sent>,
    /// Texts that no output and no file holds, `suites` and `files` of the case apart.
    #[serde(default)]
    nowhere: Vec<String>,
}

/// One command and what must come of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    /// The arguments, split at spaces; `'…'` keeps them together.
    run: String,
    exit: i32,
    /// Texts that standard output or error hold; `file:line:col` of a diagnostic, say.
    #[serde(default)]
    says: Vec<String>,
    /// Texts that neither holds.
    #[serde(default)]
    says_not: Vec<String>,
    /// JSON pointer into report.json → a value, or one of `contains:`, `count:`, `exists:`.
    #[serde(default)]
    report: BTreeMap<String, Value>,
    /// Identity → its status, or JSON pointer into its row of report.json → as in `report`.
    #[serde(default)]
    cases: BTreeMap<String, Value>,
    /// Files that are there, with `*` for what differs from run to run.
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    no_files: Vec<String>,
}

/// A request that was sent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    /// Name in lower case → value.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// Names of headers that were not sent.
    #[serde(default)]
    without: Vec<String>,
    query: Option<String>,
    body: Option<String>,
}

impl Case {
    fn read(folder: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(folder.join("case.yaml")).map_err(|error| format!("case.yaml: {error}"))?;
        let case: Self = yaml::from_str("case.yaml", &text)?;
        if case.about.is_empty() || case.runs.is_empty() {
            return Err(String::from("case.yaml: says nothing, or runs nothing"));
        }
        Ok(case)
    }

    /// The first command that does not work yet.
    fn waits_for(&self) -> Option<String> {
        let commands = self.runs.iter().filter_map(|run| words(&run.run).into_iter().next());
        commands.into_iter().find(|command| !LANDED.contains(&command.as_str()))
    }
}

/// A command line as words.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for (number, part) in line.split('\'').enumerate() {
        // What stands between two quotes is one word.
        if number % 2 == 1 { words.push(part.to_owned()) } else { words.extend(part.split_whitespace().map(str::to_owned)) }
    }
    words
}

fn root() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from).join("tests/cases")
}

/// Every folder that holds a `case.yaml`, sorted: its name and where it is.
fn folders(root: &Path) -> Vec<(String, PathBuf)> {
    let below = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten();
        let mut folders: Vec<PathBuf> =
            entries.map(|entry| entry.expect("a folder can be read").path()).filter(|path| path.is_dir()).collect();
        folders.sort();
        folders
    };
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    below(root).iter().flat_map(|topic| below(topic).into_iter().map(|path| (format!("{}/{}", name(topic), name(&path)), path))).collect()
}

/// Plays one folder and says everything that is wrong.
fn play(folder: &Path) -> Result<Vec<String>, String> {
    let case = Case::read(folder)?;
    let script = match fs::read_to_string(folder.join("site.yaml")) {
        Ok(text) => Script::read(&text)?,
        Err(_) => Vec::new(),
    };
    if case.waits_for().is_some() {
        return Ok(Vec::new());
    }
    let sites = Site::start_all(script);
    let mut names: Vec<(String, String)> = sites.iter().map(|site| (site.name().to_owned(), site.url())).collect();
    names.push((String::from("nowhere"), String::from(NOWHERE)));
    let project = Project::new();
    project.copy(&folder.join("suites"), "suites", &names);
    project.copy(&folder.join("files"), "", &names);
    let given = project.files();

    let mut wrong = Vec::new();
    let mut transcript = String::new();
    let mut outputs = String::new();
    for run in &case.runs {
        let line = fill(&run.run, &names);
        let ended = project.prodiff(&words(&line), &case.env);
        judge_run(run, &ended, &project, &mut wrong);
        let _ = write!(transcript, "$ prodiff {}\n{}--- stderr\n{}--- exit {:?}\n", run.run, ended.stdout, ended.stderr, ended.code);
        outputs.push_str(&ended.stdout);
        outputs.push_str(&ended.stderr);
    }
    judge_requests(&case, &sites, &mut wrong);
    judge_nowhere(&case.nowhere, &outputs, &project, &given, &mut wrong);
    judge_transcript(&folder.join("transcript.txt"), &project.redact(&transcript, &names), &mut wrong);
    if !wrong.is_empty() {
        wrong.push(format!("what was printed:\n{transcript}"));
    }
    Ok(wrong)
}

fn fill(text: &str, names: &[(String, String)]) -> String {
    names.iter().fold(text.to_owned(), |text, (name, url)| text.replace(&format!("${{{name}}}"), url))
}

fn judge_run(run: &Run, ended: &Ended, project: &Project, wrong: &mut Vec<String>) {
    let Run { run: line, exit, says, says_not, report, cases, files, no_files } = run;
    if ended.code != Some(*exit) {
        wrong.push(format!("`{line}`: expected exit {exit}, actual {:?}", ended.code));
    }
    let said = format!("{}{}", ended.stdout, ended.stderr);
    wrong.extend(says.iter().filter(|text| !said.contains(*text)).map(|text| format!("`{line}` does not say `{text}`")));
    wrong.extend(says_not.iter().filter(|text| said.contains(*text)).map(|text| format!("`{line}` says `{text}`")));
    if !report.is_empty() || !cases.is_empty() {
        match project.report() {
            Some(actual) => judge_report(line, report, cases, &actual, wrong),
            None => wrong.push(format!("`{line}`: no report.json was written")),
        }
    }
    let all = project.files();
    let is_there = |pattern: &String| all.iter().any(|path| fits(pattern, path));
    wrong.extend(files.iter().filter(|pattern| !is_there(pattern)).map(|pattern| format!("`{line}`: no file {pattern} in {all:?}")));
    wrong.extend(no_files.iter().filter(|pattern| is_there(pattern)).map(|pattern| format!("`{line}`: there is a file {pattern}")));
}

fn judge_report(line: &str, report: &BTreeMap<String, Value>, cases: &BTreeMap<String, Value>, actual: &Value, wrong: &mut Vec<String>) {
    for (pointer, expected) in report {
        let why = judge_value(expected, actual.pointer(pointer));
        wrong.extend(why.map(|why| format!("`{line}`: report.json {pointer}: {why}")));
    }
    let rows = actual["cases"].as_array().map_or(&[][..], Vec::as_slice);
    for (id, expected) in cases {
        let Some(row) = rows.iter().find(|row| row["id"] == id.as_str()) else {
            let ids: Vec<&Value> = rows.iter().map(|row| &row["id"]).collect();
            wrong.push(format!("`{line}`: report.json has no case {id}, only {ids:?}"));
            continue;
        };
        let status = BTreeMap::from([(String::from("/status"), expected.clone())]);
        let pointers = match expected {
            Value::Object(pointers) => pointers.clone().into_iter().collect(),
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => status,
        };
        for (pointer, expected) in pointers {
            let why = judge_value(&expected, row.pointer(&pointer));
            wrong.extend(why.map(|why| format!("`{line}`: report.json, case {id} {pointer}: {why}")));
        }
    }
}

/// What is wrong with a value, if anything is.
fn judge_value(expected: &Value, actual: Option<&Value>) -> Option<String> {
    let one = expected.as_object().filter(|map| map.len() == 1).and_then(|map| map.iter().next());
    let holds = match one.map(|(key, value)| (key.as_str(), value)) {
        Some(("exists", wanted)) => wanted.as_bool() == Some(actual.is_some()),
        Some(("contains", part)) => actual.and_then(Value::as_str).zip(part.as_str()).is_some_and(|(text, part)| text.contains(part)),
        Some(("count", n)) => actual.and_then(Value::as_array).map(|list| list.len() as u64) == n.as_u64() && n.is_u64(),
        Some(_) | None => actual == Some(expected),
    };
    (!holds).then(|| format!("expected {expected}, actual {}", actual.map_or_else(|| String::from("nothing"), Value::to_string)))
}

/// Whether a path fits a pattern; `*` is any text.
fn fits(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == path,
        Some((start, rest)) => path
            .strip_prefix(start)
            .is_some_and(|path| (0..=path.len()).filter(|at| path.is_char_boundary(*at)).any(|at| fits(rest, &path[at..]))),
    }
}

/// `GET /x` of the only site, `GET site /x` of the named one: which requests are meant.
fn requests_of(route: &str, sites: &[Site]) -> Vec<crate::support::site::Seen> {
    let parts: Vec<&str> = route.split(' ').collect();
    let (site, title) = match parts.as_slice() {
        [method, site, path] => (Some(*site), format!("{method} {path}")),
        _ => (None, route.to_owned()),
    };
    let meant = sites.iter().filter(|own| site.is_none_or(|site| own.name() == site));
    meant.flat_map(Site::requests).filter(|seen| seen.title() == title).collect()
}

fn judge_requests(case: &Case, sites: &[Site], wrong: &mut Vec<String>) {
    for (route, expected) in &case.requests {
        let actual = requests_of(route, sites).len();
        if actual != *expected {
            wrong.push(format!("{route}: expected {expected} requests, actual {actual}"));
        }
    }
    for (route, Sent { headers, without, query, body }) in &case.sent {
        let requests = requests_of(route, sites);
        let Some(seen) = requests.last() else {
            wrong.push(format!("{route}: was not sent"));
            continue;
        };
        let mut check = |what: &str, expected: Option<&str>, actual: Option<&str>| {
            if expected != actual {
                wrong.push(format!("{route}: {what}: expected {expected:?}, actual {actual:?}"));
            }
        };
        for (name, value) in headers {
            check(name, Some(value), seen.header(name));
        }
        for name in without {
            check(name, None, seen.header(name));
        }
        if let Some(query) = query {
            check("query", Some(query), Some(&seen.query));
        }
        if let Some(body) = body {
            check("body", Some(body), Some(&String::from_utf8_lossy(&seen.body)));
        }
    }
}

fn judge_nowhere(texts: &[String], outputs: &str, project: &Project, given: &[String], wrong: &mut Vec<String>) {
    for text in texts {
        if outputs.contains(text) {
            wrong.push(format!("`{text}` was printed"));
        }
        for path in project.files().iter().filter(|path| !given.contains(path)) {
            let bytes = fs::read(project.path().join(path)).unwrap_or_default();
            if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                wrong.push(format!("`{text}` stands in {path}"));
            }
        }
    }
}

fn judge_transcript(golden: &Path, actual: &str, wrong: &mut Vec<String>) {
    let update = std::env::var("UPDATE").unwrap_or_default();
    let expected = fs::read_to_string(golden).ok();
    match (expected, update.as_str()) {
        (Some(_), "1" | "new") | (None, "new") => fs::write(golden, actual).expect("a golden can be written"),
        (Some(expected), _) if expected != actual => {
            let at = expected.lines().zip(actual.lines()).take_while(|(expected, actual)| expected == actual).count();
            let line = |text: &str| text.lines().nth(at).unwrap_or("(the end)").to_owned();
            wrong.push(format!("transcript.txt:{}: expected `{}`, actual `{}`", at + 1, line(&expected), line(actual)));
        }
        (Some(_) | None, _) => {}
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a case that waits is said, not hidden")]
fn every_case_folder_holds() {
    let only = std::env::var("CASES").unwrap_or_default();
    let folders: Vec<(String, PathBuf)> = folders(&root()).into_iter().filter(|(name, _)| name.contains(&only)).collect();
    assert!(!folders.is_empty(), "no case folder `{only}` in {}", root().display());
    let next = AtomicUsize::new(0);
    let wrong: Mutex<Vec<String>> = Mutex::default();
    // They wait more than they work.
    let n_workers = 4 * std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..n_workers {
            scope.spawn(|| {
                while let Some((name, folder)) = folders.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let complaints = std::panic::catch_unwind(|| play(folder))
                        .unwrap_or_else(|_| Err(String::from("panicked, see above")))
                        .unwrap_or_else(|unreadable| vec![unreadable]);
                    if !complaints.is_empty() {
                        let report = format!("== tests/cases/{name}\n{}", complaints.join("\n"));
                        wrong.lock().unwrap_or_else(PoisonError::into_inner).push(report);
                    }
                }
            });
        }
    });
    for (name, folder) in &folders {
        if let Some(command) = Case::read(folder).ok().and_then(|case| case.waits_for()) {
            eprintln!("waits for `{command}`: {name}");
        }
    }
    let mut wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
    wrong.sort();
    assert!(wrong.is_empty(), "\n{} of {} case folders fail:\n{}\n", wrong.len(), folders.len(), wrong.join("\n\n"));
}

mod tests {
    use serde_json::json;

    use super::*;

    fn check(expected: Value, actual: Option<Value>, holds: bool) {
        assert_eq!(judge_value(&expected, actual.as_ref()).is_none(), holds, "{expected} {actual:?}");
    }

    #[test]
    fn values_of_the_report_are_judged() {
        check(json!(1), Some(json!(1)), true);
        check(json!(1), Some(json!(2)), false);
        check(json!(null), None, false);
        check(json!({"contains": "b"}), Some(json!("abc")), true);
        check(json!({"contains": "d"}), Some(json!("abc")), false);
        check(json!({"contains": "b"}), None, false);
        check(json!({"count": 2}), Some(json!([1, 2])), true);
        check(json!({"count": 1}), Some(json!([1, 2])), false);
        check(json!({"count": "x"}), None, false);
        check(json!({"exists": false}), None, true);
        check(json!({"exists": false}), Some(json!(null)), false);
        check(json!({"a": 1}), Some(json!({"a": 1})), true);
    }

    #[test]
    fn command_lines_are_split_and_patterns_fit() {
        assert_eq!(words("run --on x --tag 'a and b'"), ["run", "--on", "x", "--tag", "a and b"]);
        assert!(fits("a/*.snap", "a/b/c.snap") && fits("a", "a") && fits("*", ""));
        assert!(!fits("a/*.snap", "a/b.snap.new") && !fits("a", "ab"));
    }

    #[test]
    fn what_a_run_did_wrong_is_said() {
        let project = Project::new();
        project.write("left.txt", "the secret");
        let run = |text: &str| -> Run { yaml::from_str("run", text).unwrap() };
        let ended = Ended { code: Some(1), stdout: String::from("out"), stderr: String::from("err") };
        let complaints = |run: &Run| {
            let mut wrong = Vec::new();
            judge_run(run, &ended, &project, &mut wrong);
            wrong.len()
        };
        assert_eq!(complaints(&run("{run: check, exit: 1, says: [out, err], says_not: [x], files: ['*.txt'], no_files: [y]}")), 0);
        assert_eq!(
            complaints(&run("{run: check, exit: 0, says: [x], says_not: [out], files: [y], no_files: [left.txt], report: {/a: 1}}")),
            6
        );
        let mut wrong = Vec::new();
        judge_nowhere(&[String::from("secret"), String::from("out"), String::from("other")], "out", &project, &[], &mut wrong);
        assert_eq!(wrong, ["`secret` stands in left.txt", "`out` was printed"]);
        judge_nowhere(&[String::from("secret")], "", &project, &[String::from("left.txt")], &mut wrong);
        assert_eq!(wrong.len(), 2);
    }

    #[test]
    fn rows_of_the_report_are_found_by_identity() {
        let actual = json!({"exit_code": 1, "cases": [{"id": "a::b", "status": "failed", "line": 3}]});
        let complaints = |report: Value, cases: Value| {
            let map = |value: Value| value.as_object().unwrap().clone().into_iter().collect::<BTreeMap<String, Value>>();
            let mut wrong = Vec::new();
            judge_report("run", &map(report), &map(cases), &actual, &mut wrong);
            wrong.len()
        };
        assert_eq!(complaints(json!({"/exit_code": 1}), json!({"a::b": "failed"})), 0);
        assert_eq!(complaints(json!({}), json!({"a::b": {"/line": 3, "/status": "failed"}})), 0);
        assert_eq!(complaints(json!({"/exit_code": 0}), json!({"a::b": "passed", "a::c": "failed"})), 3);
        assert_eq!(complaints(json!({}), json!({"a::b": {"/line": 4, "/reason": "x"}})), 2);
    }

    #[test]
    fn what_was_not_sent_is_said() {
        let script = Script::read("sites: {one: {/*: {}}, two: {/*: {}}}").unwrap();
        let sites = Site::start_all(script);
        let mut stream = std::net::TcpStream::connect(sites[0].url().trim_start_matches("http://")).unwrap();
        std::io::Write::write_all(&mut stream, b"POST /a?b=1 HTTP/1.1\r\nx: y\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi")
            .unwrap();
        std::io::Read::read_to_end(&mut stream, &mut Vec::new()).unwrap();
        let complaints = |rest: &str| {
            let case: Case = yaml::from_str("case", &format!("{{about: a, runs: [], {rest}}}")).unwrap();
            let mut wrong = Vec::new();
            judge_requests(&case, &sites, &mut wrong);
            wrong.len()
        };
        assert_eq!(complaints("requests: {POST /a: 1, POST one /a: 1, POST two /a: 0, GET /a: 0}"), 0);
        assert_eq!(complaints("requests: {POST /a: 0, POST two /a: 1}"), 2);
        assert_eq!(complaints("sent: {POST /a: {headers: {x: y}, without: [z], query: b=1, body: hi}}"), 0);
        assert_eq!(complaints("sent: {POST /a: {headers: {x: z}, without: [x], query: b=2, body: ho}, GET /q: {}}"), 5);
    }

    #[test]
    fn a_transcript_that_differs_is_said() {
        let project = Project::new();
        project.write("transcript.txt", "a\nb\n");
        let mut wrong = Vec::new();
        judge_transcript(&project.path().join("transcript.txt"), "a\nc\n", &mut wrong);
        assert_eq!(wrong, ["transcript.txt:2: expected `b`, actual `c`"]);
        judge_transcript(&project.path().join("none.txt"), "a\n", &mut wrong);
        judge_transcript(&project.path().join("transcript.txt"), "a\nb\n", &mut wrong);
        assert_eq!(wrong.len(), 1);
    }

    #[test]
    fn a_folder_that_says_nothing_is_refused() {
        let project = Project::new();
        assert!(play(project.path()).is_err());
        project.write("case.yaml", "about: x\nruns: []\n");
        assert!(play(project.path()).is_err());
        project.write("case.yaml", "about: x\nruns: [{run: check, exit: 0, sais: [x]}]\n");
        assert!(play(project.path()).unwrap_err().contains("sais"));
    }
}
