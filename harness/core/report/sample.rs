//! Records as a run would write them, for the tests of the formats and for `examples/sample_report.rs`.

use super::{
    record::{
        Aspect, BodyKind, BodyReference, Case, CaseStarted, Counts, Difference, End, Entry, Environment, Exchange, Expectation, Failure,
        Finding, Hidden, Kind, NotObserved, Note, Page, Place, Readings, Redirect, Response, Revision, Role, Run, Severity, Snapshot,
        SnapshotOutcome, Step, VERSION, Verdict, Warning,
    },
    verdict::Status,
};

/// A record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sample {
    /// A `run` in which every status occurs.
    Run,
    /// A `compare` in which every verdict that people see occurs.
    Compare,
    /// A `run` against a site that attacks whoever reads the report.
    Hostile,
    /// A `run` in which everything passed.
    Green,
}

impl Sample {
    pub(crate) const ALL: [Self; 4] = [Self::Run, Self::Compare, Self::Hostile, Self::Green];

    pub(crate) fn entries(self) -> Vec<Entry> {
        match self {
            Self::Run => run(),
            Self::Compare => compare(),
            Self::Hostile => hostile(),
            Self::Green => many(3, Spread::AllPassed),
        }
    }
}

/// Which statuses [`many`] deals out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spread {
    /// Passed, all of them.
    AllPassed,
    /// One in forty fails, some are skipped, blocked or flaky.
    Mixed,
}

/// What no report may let act.
pub(crate) const HOSTILE: &str = "</script><img src=x onerror=alert(1)>\u{0}\u{202e}evil\u{202c} [x](javascript:alert(1)) `|` **b** \
     &lt;b&gt; ]]> -->\r\n::error::owned\n##[error]owned\u{1b}[2J\u{1b}]0;title\u{7} {{ secret.X }} @everyone";

/// The smallest picture there is: one pixel.
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\0\0\0\x0aIDAT\x78\x9c\x63\x60\0\0\0\x02\0\x01\x48\xaf\xa4\x71\0\0\0\0IEND\xae\x42\x60\x82";

/// What a browser's step left, by its path below the record.
pub(crate) fn file(path: &str) -> Option<Vec<u8>> {
    match path.split_once('/')? {
        ("artifacts", _) => Some(PNG.to_vec()),
        ("bodies", name) if name.starts_with("ee") => Some(HOSTILE.as_bytes().to_vec()),
        ("bodies", name) if name.starts_with("aa") => {
            Some(b"- main:\n  - heading \"Plugins\" [level=1]\n  - searchbox \"Search\": ruler\n".to_vec())
        }
        ("bodies", _) => Some(b"<main>\n  <h1>Plugins</h1>\n  <input type=\"search\">\n</main>\n".to_vec()),
        _ => None,
    }
}

/// A page as a browser showed it.
fn page(path: &str, title: &str) -> Page {
    Page {
        browser: "chromium 1280x800".into(),
        url: format!("{{{{ web }}}}{path}"),
        title: title.into(),
        status: Some(200),
        console: Some(Vec::new()),
        requests: Some(14),
        ..Page::default()
    }
}

fn head(command: &str, environments: Vec<Environment>, planned: usize) -> Entry {
    Entry::Run(Run {
        version: VERSION,
        prodiff: "0.1.0".into(),
        command: command.into(),
        release: Some("26.11.2".into()),
        seed: 7,
        started: "2026-11-23T15:30:33.120Z".into(),
        environments,
        planned,
        selection: vec!["api".into()],
    })
}

fn environment(role: Role, name: &str, host: &str) -> Environment {
    Environment {
        role,
        name: name.into(),
        urls: vec![("web".into(), format!("https://{host}")), ("api".into(), format!("https://api.{host}"))],
        recorded: None,
    }
}

fn revision(role: Role, environment: &str, build: Option<&str>, when: &str) -> Entry {
    Entry::Revision(Revision {
        role,
        environment: environment.into(),
        build: build.map(Into::into),
        when: when.into(),
        fault: build.is_none().then(|| "no answer within 10 s".into()),
    })
}

/// One exchange; `path` is what the request asks for.
fn exchange(path: &str, status: u16, body: &str, at: f64) -> Exchange {
    Exchange {
        method: "GET".into(),
        url: format!("{{{{ api }}}}{path}"),
        request_headers: vec![("accept".into(), "application/json".into()), ("user-agent".into(), "prodiff/0.1.0".into())],
        request_body: None,
        curl: format!("curl --header 'authorization: Bearer $STAGING_TOKEN' 'https://api.staging.example.org{path}'"),
        redirects: Vec::new(),
        response: Some(Response {
            status,
            version: "2".into(),
            url: format!("{{{{ api }}}}{path}"),
            headers: vec![
                ("content-type".into(), "application/json; charset=utf-8".into()),
                ("cache-control".into(), "public, max-age=300".into()),
                ("etag".into(), format!("\"{:x}\"", body.len() * 7919)),
                ("strict-transport-security".into(), "max-age=31536000; includeSubDomains".into()),
                ("vary".into(), "accept-encoding, origin".into()),
                ("x-content-type-options".into(), "nosniff".into()),
            ],
            body: BodyReference {
                kind: BodyKind::Json,
                stored: Some(format!("{:064x}", body.len() * 104_729)),
                size: body.len() as u64,
                sha256: None,
                excerpt: body.into(),
            },
            connect_ms: (at < 50.0).then_some(11.2),
            first_byte_ms: 18.4,
            total_ms: 21.9,
        }),
        fault: None,
    }
}

const PLUGIN: &str = "{\n  \"name\": \"affinder\",\n  \"version\": \"0.4.1\",\n  \"authors\": [\n    {\n      \"name\": \"Ada Example\"\n    }\n  ],\n  \"license\": \"BSD-3-Clause\",\n  \"release_date\": \"2026-11-20T08:12:44Z\",\n  \"total_installs\": 12045\n}\n";

/// A case under construction: writes its entries when it is told to.
struct Play {
    id: String,
    name: String,
    file: String,
    line: usize,
    environment: &'static str,
    role: Role,
    at: f64,
    duration: f64,
    entries: Vec<Entry>,
    failures: Vec<Failure>,
    expectations: u32,
    snapshots: u32,
    requests: u32,
}

impl Play {
    fn new(file: &str, line: usize, slug: &str, name: &str, at: f64) -> Self {
        let id = format!("{file}::{slug}");
        let started = Entry::CaseStarted(CaseStarted {
            case: id.clone(),
            suite: file.into(),
            name: name.into(),
            tags: Vec::new(),
            file: format!("suites/{file}.yaml"),
            line,
            at_ms: at,
        });
        Self {
            id,
            name: name.into(),
            file: format!("suites/{file}.yaml"),
            line,
            environment: "staging",
            role: Role::Candidate,
            at,
            duration: 0.0,
            entries: vec![started],
            failures: Vec::new(),
            expectations: 0,
            snapshots: 0,
            requests: 0,
        }
    }

    fn on(mut self, role: Role, environment: &'static str) -> Self {
        (self.role, self.environment) = (role, environment);
        self
    }

    fn step(mut self, path: &str, status: Status, exchange: Exchange, expectations: &[(&str, bool, &str, &str)]) -> Self {
        let expectations: Vec<Expectation> = expectations
            .iter()
            .enumerate()
            .map(|(n, (subject, holds, expected, actual))| Expectation {
                line: self.line + 4 + n,
                subject: (*subject).into(),
                holds: *holds,
                expected: (*expected).into(),
                actual: (*actual).into(),
            })
            .collect();
        let failures: Vec<Failure> = expectations
            .iter()
            .filter(|expectation| !expectation.holds)
            .map(|expectation| Failure {
                status: Status::Failed,
                environment: self.environment.into(),
                file: self.file.clone(),
                line: expectation.line,
                column: 13,
                step: format!("GET {path}"),
                message: format!("{} is not as expected", expectation.subject),
                expected: expectation.expected.clone(),
                actual: expectation.actual.clone(),
                excerpt: exchange.response.as_ref().map(|response| response.body.excerpt.chars().take(160).collect()).unwrap_or_default(),
                curl: exchange.curl.clone(),
                screenshot: String::new(),
            })
            .collect();
        self.push_step(path, status, Some(exchange), expectations, failures);
        self
    }

    /// A step of a browser, which fails where it says why.
    fn browse(mut self, title: &str, page: Page, why: Option<(&str, &str, &str)>) -> Self {
        let status = if why.is_some() { Status::Failed } else { Status::Passed };
        let screenshot = page.artifact("screenshot").unwrap_or_default().to_owned();
        let (expectations, failures) = match why {
            None => {
                let holds = Expectation {
                    line: self.line + 4,
                    subject: "visible {heading: Plugins}".into(),
                    holds: true,
                    expected: "visible".into(),
                    actual: "visible".into(),
                };
                (vec![holds], Vec::new())
            }
            Some((message, expected, actual)) => {
                let failure = Failure {
                    status,
                    environment: self.environment.into(),
                    file: self.file.clone(),
                    line: self.line + 6,
                    column: 9,
                    step: title.into(),
                    message: message.into(),
                    expected: expected.into(),
                    actual: actual.into(),
                    excerpt: String::new(),
                    curl: String::new(),
                    screenshot,
                };
                (Vec::new(), vec![failure])
            }
        };
        self.push_step(title, status, None, expectations, failures);
        if let Some(Entry::Step(step)) = self.entries.last_mut() {
            title.clone_into(&mut step.title);
            step.page = Some(page);
            step.captures.clear();
        }
        self
    }

    fn blocked(mut self, path: &str, message: &str) -> Self {
        let mut exchange = exchange(path, 0, "", 0.0);
        exchange.response = None;
        exchange.fault = Some(message.into());
        let failure = Failure {
            status: Status::Blocked,
            environment: self.environment.into(),
            file: self.file.clone(),
            line: self.line + 2,
            column: 9,
            step: format!("GET {path}"),
            message: message.into(),
            expected: String::new(),
            actual: String::new(),
            excerpt: String::new(),
            curl: exchange.curl.clone(),
            screenshot: String::new(),
        };
        self.push_step(path, Status::Blocked, Some(exchange), Vec::new(), vec![failure]);
        self
    }

    fn push_step(
        &mut self,
        path: &str,
        status: Status,
        exchange: Option<Exchange>,
        expectations: Vec<Expectation>,
        failures: Vec<Failure>,
    ) {
        let duration_ms = 20.0 + (path.len() % 7) as f64 * 3.5;
        self.expectations += expectations.len() as u32;
        self.requests += 1;
        self.failures.extend(failures.iter().cloned());
        self.entries.push(Entry::Step(Box::new(Step {
            page: None,
            case: self.id.clone(),
            attempt: 1,
            environment: self.environment.into(),
            role: self.role,
            step: format!("steps[{}]", self.entries.len() - 1),
            file: self.file.clone(),
            line: self.line + 2,
            title: format!("GET {path}"),
            status,
            at_ms: self.at + self.duration,
            duration_ms,
            requests: 1,
            exchange,
            expectations,
            captures: vec![("version".into(), "0.4.1".into())],
            failures,
            compared: true,
        })));
        self.duration += duration_ms;
    }

    fn snapshot(mut self, outcome: SnapshotOutcome, differences: Vec<Difference>, fingerprints: &[&str]) -> Self {
        self.snapshots += 1;
        let slug = self.id.rsplit("::").next().unwrap_or_default().to_owned();
        self.entries.push(Entry::Snapshot(Snapshot {
            case: self.id.clone(),
            environment: self.environment.into(),
            step: "steps[0]".into(),
            title: "GET /plugins/affinder".into(),
            file: self.file.clone(),
            line: self.line + 9,
            name: "plugin".into(),
            outcome,
            path: format!("api/plugins/{slug}.plugin.snap"),
            expected: (outcome != SnapshotOutcome::New).then(|| "aa".repeat(32)),
            actual: "bb".repeat(32),
            count: differences.len(),
            differences,
            fingerprints: fingerprints.iter().map(|&fingerprint| fingerprint.into()).collect(),
            status: Some(200),
            content_type: Some("application/json".into()),
        }));
        self
    }

    fn end(mut self, suite: &str, tags: &[&str], status: Status, attempts: u32, reason: Option<&str>) -> Vec<Entry> {
        self.entries.push(Entry::Case(Case {
            id: self.id,
            suite: suite.into(),
            name: self.name,
            tags: tags.iter().map(|&tag| tag.into()).collect(),
            status,
            attempts,
            duration_ms: self.duration,
            file: self.file,
            line: self.line,
            reason: reason.map(Into::into),
            failures: self.failures,
            requests: self.requests,
            expectations: self.expectations,
            snapshots: self.snapshots,
            compared: 0,
        }));
        self.entries
    }
}

fn skipped(file: &str, line: usize, slug: &str, name: &str, reason: &str) -> Entry {
    let mut entries = Play::new(file, line, slug, name, 0.0).end("Plugin API", &["api"], Status::Skipped, 0, Some(reason));
    entries.pop().expect("a case ends with its case entry")
}

fn tail(entries: &[Entry], exit_code: u8) -> Entry {
    let mut counts = Counts::default();
    for entry in entries {
        match entry {
            Entry::Step(step) => counts.requests += u64::from(step.requests),
            Entry::Snapshot(_) => counts.snapshots += 1,
            Entry::Case(case) => {
                counts.cases.add(case.status);
                counts.expectations += u64::from(case.expectations);
            }
            Entry::Hidden(hidden) => counts.hidden += hidden.count,
            Entry::Warning(_) => counts.warnings += 1,
            Entry::Run(_)
            | Entry::CaseStarted(_)
            | Entry::Finding(_)
            | Entry::NotObserved(_)
            | Entry::Revision(_)
            | Entry::Note(_)
            | Entry::End(_) => {}
        }
    }
    Entry::End(End { finished: "2026-11-23T15:30:45.907Z".into(), exit_code, ended_early: None, reason: None, counts })
}

fn difference(at: &str, path: &str, kind: Kind, expected: Option<&str>, actual: Option<&str>) -> Difference {
    Difference {
        aspect: Aspect::Body,
        kind,
        at: at.into(),
        path: path.into(),
        expected: expected.map(Into::into),
        actual: actual.map(Into::into),
    }
}

const GOOD: (&str, bool, &str, &str) = ("status", true, "below 400", "200");

fn run() -> Vec<Entry> {
    let file = "api/plugins";
    let mut entries = vec![
        head("run", vec![environment(Role::Candidate, "staging", "staging.example.org")], 10),
        revision(Role::Candidate, "staging", Some("build-4711"), "before"),
    ];
    let passing = Play::new(file, 12, "a-plugin-answers-by-its-name[affinder]", "a plugin answers by its name [affinder]", 3.0)
        .step(
            "/plugins/affinder",
            Status::Passed,
            exchange("/plugins/affinder", 200, PLUGIN, 3.0),
            &[GOOD, ("json $.name", true, "\"affinder\"", "\"affinder\"")],
        )
        .snapshot(SnapshotOutcome::Equal, Vec::new(), &[])
        .end("Plugin API", &["api", "smoke"], Status::Passed, 1, None);
    let changed = Play::new(file, 12, "a-plugin-answers-by-its-name[napari-svg]", "a plugin answers by its name [napari-svg]", 4.0)
        .step("/plugins/napari-svg", Status::Passed, exchange("/plugins/napari-svg", 200, PLUGIN, 4.0), &[GOOD])
        .snapshot(
            SnapshotOutcome::Changed,
            vec![
                difference(
                    "$.authors[0].name",
                    "$.authors[*].name",
                    Kind::Changed,
                    Some("\"Ada Example of the Lab\""),
                    Some("\"Ada Example\""),
                ),
                difference("$.license", "$.license", Kind::Removed, Some("\"BSD-3-Clause\""), None),
            ],
            &["5b1c9e02d7aa", "c0ffee123456"],
        )
        .end("Plugin API", &["api", "smoke"], Status::Failed, 1, None);
    let failing = Play::new(file, 40, "the-index-lists-every-plugin", "the index lists every plugin", 6.0)
        .step(
            "/plugins/index",
            Status::Failed,
            exchange("/plugins/index", 500, "{\"message\": \"Internal Server Error\", \"trace\": \"at index.py:41\"}\n", 6.0),
            &[
                ("status", false, "200", "500"),
                ("header content-type", true, "contains `json`", "application/json; charset=utf-8"),
                ("json $[*].name", false, "at least 100 elements", "nothing at $[*].name"),
            ],
        )
        .end("Plugin API", &["api"], Status::Failed, 2, None);
    let blocked = Play::new("api/metrics", 8, "downloads-are-counted", "downloads are counted", 9.0)
        .blocked("/metrics/affinder", "cannot connect to api.staging.example.org: connection refused")
        .end("Metrics", &["api", "slow"], Status::Blocked, 1, Some("cannot connect to api.staging.example.org: connection refused"));
    let new = Play::new("api/home", 5, "the-home-sections-have-their-shape", "the home sections have their shape", 12.0)
        .step("/home/sections/newest", Status::Passed, exchange("/home/sections/newest", 200, "{\n  \"newest\": []\n}\n", 12.0), &[GOOD])
        .snapshot(SnapshotOutcome::New, Vec::new(), &[])
        .end("Home", &["api"], Status::Unreviewed, 1, None);
    let flaky = Play::new("api/home", 22, "shields-say-the-name", "shields say the name", 15.0)
        .step("/shields/affinder", Status::Passed, exchange("/shields/affinder", 200, "{\n  \"label\": \"napari hub\"\n}\n", 15.0), &[GOOD])
        .end("Home", &["api", "smoke"], Status::Flaky, 2, Some("the first attempt said: no answer within 10 s"));
    let (seen, searched) = browsed();
    // Interleaved as sixteen cases in flight would write them.
    entries.extend(failing.into_iter().chain(passing).chain(changed).chain(flaky).chain(blocked).chain(new).chain(searched).chain(seen));
    entries.push(skipped(file, 60, "a-plugin-can-be-renamed", "a plugin can be renamed", "protected"));
    entries.push(Entry::Finding(Finding {
        fingerprint: "c0ffee123456".into(),
        verdict: Verdict::Changed,
        severity: Severity::Breaking,
        fails: true,
        aspect: Aspect::Body,
        kind: "removed".into(),
        path: "$.license".into(),
        count: 1,
        summary: "`license` is gone from a plugin".into(),
        why: "the accepted baseline has it, this run does not".into(),
        places: vec![place_of_run("$.license", Some("\"BSD-3-Clause\""), None)],
        digests: Vec::new(),
        digests_cut: false,
    }));
    entries.push(Entry::Finding(Finding {
        fingerprint: "5b1c9e02d7aa".into(),
        verdict: Verdict::Changed,
        severity: Severity::Change,
        fails: true,
        aspect: Aspect::Body,
        kind: "changed".into(),
        path: "$.authors[*].name".into(),
        count: 1,
        summary: "authors lost their affiliation".into(),
        why: "the accepted baseline differs from this run".into(),
        places: vec![place_of_run("$.authors[0].name", Some("\"Ada Example of the Lab\""), Some("\"Ada Example\""))],
        digests: Vec::new(),
        digests_cut: false,
    }));
    entries.push(Entry::Hidden(Hidden {
        rule: "ignore".into(),
        path: "$..total_installs".into(),
        count: 2,
        why: "suites/api/plugins.yaml:10".into(),
    }));
    entries.push(Entry::Warning(Warning { case: None, message: "the step at suites/api/home.yaml:14 pauses for 2 s".into() }));
    entries.push(revision(Role::Candidate, "staging", Some("build-4711"), "after"));
    entries.push(tail(&entries, 1));
    entries
}

/// A case of a browser that passed, and one that failed.
fn browsed() -> (Vec<Entry>, Vec<Entry>) {
    let file = "web/plugins";
    let mut redirected = page("/plugins", "Plugins");
    redirected.redirects = vec![Redirect { status: 308, to: "{{ web }}/plugins".into() }];
    let seen = Play::new(file, 8, "the-list-is-shown", "the list is shown", 20.0).browse("open /plugins/", redirected, None).end(
        "Plugin pages",
        &["web"],
        Status::Passed,
        1,
        None,
    );
    let mut broken = page("/plugins?q=ruler", "Plugins");
    broken.status = None;
    broken.console = Some(vec![
        "info: search index: 480 plugins".into(),
        "warning: a slow frame".into(),
        "error: Failed to load resource: the server responded with a status of 500".into(),
        "uncaught: TypeError: rows is undefined".into(),
    ]);
    broken.failed_requests = vec!["GET {{ api }}/plugins/index: 500".into()];
    broken.artifacts = vec![
        ("screenshot".into(), format!("artifacts/{}.png", "5c".repeat(32))),
        ("aria".into(), format!("bodies/{}", "aa".repeat(32))),
        ("html".into(), format!("bodies/{}", "bb".repeat(32))),
    ];
    broken.before = vec![("open /plugins".into(), format!("artifacts/{}.png", "5b".repeat(32)))];
    let why = ("could not act: nothing matches {link: Bramble ruler}", "an element that can be acted on", "could not act after 5s");
    let searched = Play::new(file, 20, "the-list-can-be-searched", "the list can be searched", 22.0)
        .browse("open /plugins", page("/plugins", "Plugins"), None)
        .browse("click {link: Bramble ruler}", broken, Some(why))
        .end("Plugin pages", &["web"], Status::Failed, 1, None);
    (seen, searched)
}

fn place_of_run(at: &str, expected: Option<&str>, actual: Option<&str>) -> Place {
    Place {
        case: "api/plugins::a-plugin-answers-by-its-name[napari-svg]".into(),
        step: "GET /plugins/napari-svg".into(),
        at: at.into(),
        readings: Readings::Run { expected: expected.map(Into::into), actual: actual.map(Into::into) },
    }
}

fn place(case: &str, step: &str, at: &str, before: Option<&str>, reference: Option<&str>, candidate: Option<&str>) -> Place {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Place {
        case: case.into(),
        step: step.into(),
        at: at.into(),
        readings: Readings::Compare { before: owned(before), reference: owned(reference), candidate: owned(candidate) },
    }
}

/// A pair of sides of one case, each with one step.
fn pair(file: &str, line: usize, slug: &str, name: &str, path: &str, at: f64) -> Vec<Entry> {
    let reference = Play::new(file, line, slug, name, at).on(Role::Reference, "staging").step(
        path,
        Status::Passed,
        exchange(path, 200, PLUGIN, at),
        &[GOOD],
    );
    let mut candidate = reference.on(Role::Candidate, "production");
    let mut answer = exchange(path, 200, &PLUGIN.replace("BSD-3-Clause", "MIT"), at + 1.0);
    answer.redirects = vec![Redirect { status: 301, to: format!("{{{{ api }}}}{path}") }];
    candidate = candidate.step(path, Status::Passed, answer, &[GOOD]);
    candidate.entries
}

fn end_pair(file: &str, line: usize, slug: &str, name: &str, status: Status, reason: Option<&str>) -> Entry {
    Entry::Case(Case {
        id: format!("{file}::{slug}"),
        suite: "Plugin API".into(),
        name: name.into(),
        tags: vec!["api".into()],
        status,
        attempts: 1,
        duration_ms: 47.5,
        file: format!("suites/{file}.yaml"),
        line,
        reason: reason.map(Into::into),
        failures: Vec::new(),
        requests: 2,
        expectations: 2,
        snapshots: 0,
        compared: 1,
    })
}

fn compare() -> Vec<Entry> {
    let (index, plugin, home, metrics) = (
        ("api/plugins", 40, "the-index-lists-every-plugin", "the index lists every plugin"),
        ("api/plugins", 12, "a-plugin-answers-by-its-name[affinder]", "a plugin answers by its name [affinder]"),
        ("api/home", 5, "the-home-sections-have-their-shape", "the home sections have their shape"),
        ("api/metrics", 8, "downloads-are-counted", "downloads are counted"),
    );
    let mut entries = vec![
        head(
            "compare",
            vec![
                environment(Role::Reference, "staging", "staging.example.org"),
                environment(Role::Candidate, "production", "www.example.org"),
            ],
            4,
        ),
        revision(Role::Reference, "staging", Some("build-4711"), "before"),
        revision(Role::Candidate, "production", Some("build-4711"), "before"),
    ];
    entries.extend(pair(index.0, index.1, index.2, index.3, "/plugins/index", 4.0));
    entries.extend(pair(plugin.0, plugin.1, plugin.2, plugin.3, "/plugins/affinder", 21.0));
    entries.extend(pair(home.0, home.1, home.2, home.3, "/home/sections/newest", 60.0));
    entries.extend(pair(metrics.0, metrics.1, metrics.2, metrics.3, "/metrics/affinder", 80.0));
    let id = |case: (&str, usize, &str, &str)| format!("{}::{}", case.0, case.2);
    let finding = |fingerprint: &str, verdict, severity, fails, aspect, kind: &str, path: &str, count, summary: &str, why: &str, places| {
        Entry::Finding(Finding {
            fingerprint: fingerprint.into(),
            verdict,
            severity,
            fails,
            aspect,
            kind: kind.into(),
            path: path.into(),
            count,
            summary: summary.into(),
            why: why.into(),
            places,
            digests: Vec::new(),
            digests_cut: false,
        })
    };
    let rows = (0..20)
        .map(|n| {
            let at = format!("$[{}].version", n * 3 + 4);
            let version = format!("\"0.{}.{}\"", n % 5, n % 3);
            place(&id(index), "GET /plugins/index", &at, Some(&version), Some(&version), None)
        })
        .collect();
    entries.push(finding(
        "9f3a1c77e0b2",
        Verdict::CandidateOnly,
        Severity::Breaking,
        true,
        Aspect::Body,
        "removed",
        "$[*].version",
        23,
        "`version` is gone from 23 rows of the index",
        "production lacks it now; staging has it, and so had production before (run 2026-11-20). 7 samples a side never varied.",
        rows,
    ));
    entries.push(finding(
        "1d20c4a9be55",
        Verdict::CandidateOnly,
        Severity::Change,
        true,
        Aspect::Header,
        "changed",
        "cache-control",
        41,
        "`cache-control` is shorter on 41 responses",
        "production answers with another value than staging and than production before",
        vec![place(
            &id(plugin),
            "GET /plugins/affinder",
            "cache-control",
            Some("public, max-age=300, stale-while-revalidate=60"),
            Some("public, max-age=300, stale-while-revalidate=60"),
            Some("public, max-age=5"),
        )],
    ));
    entries.push(finding(
        "77aa0b1c2d3e",
        Verdict::NotReleased,
        Severity::Change,
        true,
        Aspect::Body,
        "changed",
        "$.license",
        1,
        "`license` is still what it was before the release",
        "staging has the new value; production still answers with the old one after 25 min of settling: a stale cache, a flag, a failed roll-out",
        vec![place(&id(plugin), "GET /plugins/affinder", "$.license", Some("\"MIT\""), Some("\"BSD-3-Clause\""), Some("\"MIT\""))],
    ));
    entries.push(finding(
        "e4e4e4e4e4e4",
        Verdict::Diverged,
        Severity::Change,
        true,
        Aspect::Body,
        "changed",
        "$.newest[*].summary",
        2,
        "summaries of two plugins differ everywhere",
        "all three readings differ",
        vec![place(
            &id(home),
            "GET /home/sections/newest",
            "$.newest[0].summary",
            Some("\"Quickly find the affine matrix mapping one image to another using manual correspondence points\""),
            Some("\"Quickly find the affine matrix that maps one image to another with manual correspondence points\""),
            Some("\"Quickly find the affine transformation mapping one image to another using points\""),
        )],
    ));
    entries.push(finding(
        "0a0b0c0d0e0f",
        Verdict::Released,
        Severity::Change,
        false,
        Aspect::Body,
        "added",
        "$.newest[*].badges",
        4,
        "plugins of the home section have badges",
        "staging and production have it, production before had not; nobody has approved it",
        vec![place(&id(home), "GET /home/sections/newest", "$.newest[0].badges", None, Some("[\"new\"]"), Some("[\"new\"]"))],
    ));
    entries.push(finding(
        "abcdefabcdef",
        Verdict::Lagging,
        Severity::Change,
        false,
        Aspect::Body,
        "changed",
        "$.usage.stats.total_installs",
        1,
        "production's metrics are 4 min older",
        "the watermark of the same response says so; both are within twice their refresh",
        vec![place(&id(metrics), "GET /metrics/affinder", "$.usage.stats.total_installs", Some("12000"), Some("12051"), Some("12045"))],
    ));
    entries.push(end_pair(index.0, index.1, index.2, index.3, Status::Failed, None));
    entries.push(end_pair(plugin.0, plugin.1, plugin.2, plugin.3, Status::Failed, None));
    entries.push(end_pair(home.0, home.1, home.2, home.3, Status::Failed, None));
    entries.push(end_pair(metrics.0, metrics.1, metrics.2, metrics.3, Status::Passed, None));
    entries.push(Entry::Hidden(Hidden {
        rule: "volatile".into(),
        path: "$.generated".into(),
        count: 12,
        why: "a date-time that changed in 7 of 7 samples on both sides".into(),
    }));
    entries.push(Entry::Hidden(Hidden {
        rule: "unordered".into(),
        path: "$[*].tags".into(),
        count: 5,
        why: "suites/api/plugins.yaml:10".into(),
    }));
    entries.push(Entry::NotObserved(NotObserved {
        case: id(metrics),
        what: "round `napari-ghost`".into(),
        why: "only staging lists it".into(),
    }));
    entries.push(Entry::Warning(Warning { case: Some(id(metrics)), message: "production's data are 4 min older than staging's".into() }));
    entries.push(revision(Role::Reference, "staging", Some("build-4711"), "after"));
    entries.push(revision(Role::Candidate, "production", Some("build-4711"), "after"));
    entries.push(tail(&entries, 1));
    entries.push(Entry::Note(Note { action: "known".into(), what: "1d20c4a9be55".into(), at: "2026-11-23T16:02:00Z".into() }));
    entries
}

fn hostile() -> Vec<Entry> {
    let mut entries = vec![head("run", vec![environment(Role::Candidate, HOSTILE, "hostile.example.org")], 1)];
    let mut answer = exchange("/x", 200, HOSTILE, 0.0);
    answer.url = HOSTILE.into();
    answer.curl = HOSTILE.into();
    answer.request_headers.push((HOSTILE.into(), HOSTILE.into()));
    if let Some(response) = &mut answer.response {
        response.headers.push((HOSTILE.into(), HOSTILE.into()));
    }
    let mut seen = page(HOSTILE, HOSTILE);
    seen.browser = HOSTILE.into();
    seen.console = Some(vec![HOSTILE.into(), format!("error: {HOSTILE}")]);
    seen.redirects = vec![Redirect { status: 302, to: HOSTILE.into() }];
    seen.failed_requests = vec![HOSTILE.into()];
    seen.artifacts = vec![
        ("screenshot".into(), format!("artifacts/{HOSTILE}")),
        ("aria".into(), format!("bodies/{}", "ee".repeat(32))),
        ("html".into(), format!("bodies/{}", "ef".repeat(32))),
        (HOSTILE.into(), HOSTILE.into()),
    ];
    seen.no_picture = Some(HOSTILE.into());
    seen.before = vec![(HOSTILE.into(), HOSTILE.into())];
    let mut play = Play::new("api/hostile", 3, HOSTILE, HOSTILE, 1.0)
        .step(HOSTILE, Status::Failed, answer, &[GOOD, (HOSTILE, false, HOSTILE, HOSTILE)])
        .browse(HOSTILE, seen, Some((HOSTILE, HOSTILE, HOSTILE)))
        .snapshot(SnapshotOutcome::Changed, vec![difference(HOSTILE, HOSTILE, Kind::Changed, Some(HOSTILE), Some("x"))], &[HOSTILE]);
    for failure in &mut play.failures {
        failure.message = HOSTILE.into();
        failure.environment = HOSTILE.into();
    }
    entries.extend(play.end(HOSTILE, &[HOSTILE], Status::Failed, 1, Some(HOSTILE)));
    entries.push(Entry::Finding(Finding {
        fingerprint: HOSTILE.into(),
        verdict: Verdict::Changed,
        severity: Severity::Breaking,
        fails: true,
        aspect: Aspect::Body,
        kind: HOSTILE.into(),
        path: HOSTILE.into(),
        count: 1,
        summary: HOSTILE.into(),
        why: HOSTILE.into(),
        places: vec![Place {
            case: HOSTILE.into(),
            step: HOSTILE.into(),
            at: HOSTILE.into(),
            readings: Readings::Run { expected: Some(HOSTILE.into()), actual: Some(HOSTILE.replace("evil", "bad")) },
        }],
        digests: Vec::new(),
        digests_cut: false,
    }));
    entries.push(Entry::Hidden(Hidden { rule: HOSTILE.into(), path: HOSTILE.into(), count: 1, why: HOSTILE.into() }));
    entries.push(Entry::NotObserved(NotObserved { case: HOSTILE.into(), what: HOSTILE.into(), why: HOSTILE.into() }));
    entries.push(Entry::Warning(Warning { case: Some(HOSTILE.into()), message: HOSTILE.into() }));
    entries.push(revision(Role::Candidate, HOSTILE, Some(HOSTILE), "before"));
    entries.push(tail(&entries, 1));
    entries.push(Entry::Note(Note { action: HOSTILE.into(), what: HOSTILE.into(), at: HOSTILE.into() }));
    entries
}

/// A `run` of this many cases with two requests each, sixteen in flight.
pub(crate) fn many(n_cases: usize, spread: Spread) -> Vec<Entry> {
    let mut entries = vec![
        head("run", vec![environment(Role::Candidate, "staging", "staging.example.org")], n_cases),
        revision(Role::Candidate, "staging", Some("build-4711"), "before"),
    ];
    for number in 0..n_cases {
        let file = format!("api/area-{:02}/suite-{:03}", number / 1000, number / 20);
        let slug = format!("case-{number}-answers-as-promised");
        let name = format!("case {number} answers as promised");
        let path = format!("/plugins/plugin-{number}");
        let fate = match spread {
            Spread::AllPassed => 1,
            Spread::Mixed => number % 40,
        };
        let at = (number / 16) as f64 * 42.0;
        let play = Play::new(&file, 3 + (number % 20) * 14, &slug, &name, at);
        let good = exchange(&path, 200, PLUGIN, at + 60.0);
        let named = ("json $.name", fate != 0, "\"affinder\"", if fate == 0 { "\"another\"" } else { "\"affinder\"" });
        entries.extend(match fate {
            0 => play.step(&path, Status::Failed, good, &[GOOD, named]).end("Suite", &["api", "bulk"], Status::Failed, 1, None),
            13 if number % 3 == 0 => {
                play.blocked(&path, "no answer within 10 s").end("Suite", &["api"], Status::Blocked, 1, Some("no answer within 10 s"))
            }
            17 if number % 3 == 0 => vec![skipped(&file, 3 + (number % 20) * 14, &slug, &name, "no CDN there")],
            19 if number % 5 == 0 => play.step(&path, Status::Passed, good, &[GOOD, named]).end(
                "Suite",
                &["api"],
                Status::Flaky,
                2,
                Some("the first attempt said: no answer within 10 s"),
            ),
            _ => {
                let list = exchange("/plugins/index?page=1", 200, PLUGIN, at + 60.0);
                play.step("/plugins/index?page=1", Status::Passed, list, &[GOOD])
                    .step(&path, Status::Passed, good, &[GOOD, named])
                    .snapshot(SnapshotOutcome::Equal, Vec::new(), &[])
                    .end("Suite", if number % 7 == 0 { &["api", "smoke"] } else { &["api"] }, Status::Passed, 1, None)
            }
        });
    }
    let exit_code = u8::from(spread == Spread::Mixed);
    entries.push(tail(&entries, exit_code));
    entries
}
