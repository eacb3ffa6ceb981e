//! The entries of a record, in the order in which a run writes them.

use serde::{Deserialize, Serialize};

use crate::verdict::Status;

/// The version of the record and of `report.json`.
pub const VERSION: u32 = 1;

/// One line of `record.jsonl`.
///
/// A finished run is `run`, then for each case `case_started`, `step`s, `snapshot`s, `case`, in any
/// interleaving of cases; then what was concluded over all cases; then `end`. A killed run lacks its tail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Entry {
    /// The run began. The first line.
    Run(Run),
    /// A case began.
    CaseStarted(CaseStarted),
    /// A step of a case ended, on one side.
    Step(Box<Step>),
    /// A snapshot was compared with its baseline.
    Snapshot(Snapshot),
    /// A case ended. A case's attempts before the last leave only their steps.
    Case(Case),
    /// A cause with all its places.
    Finding(Finding),
    /// A tolerance that hid something.
    Hidden(Hidden),
    /// Something that could not be looked at.
    NotObserved(NotObserved),
    /// Something worth a look that changes no status.
    Warning(Warning),
    /// A build was read from an environment.
    Revision(Revision),
    /// A person did something with this run afterwards: accepted, rejected, signed off.
    Note(Note),
    /// The run ended. The last line of the run itself; notes may follow.
    End(End),
}

/// Which side of a comparison an environment is on. A `run` has candidates only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The side that shows how it should be.
    Reference,
    /// The side that is judged.
    Candidate,
}

/// The head of a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// [`VERSION`].
    pub version: u32,
    /// The tool's version.
    pub prodiff: String,
    /// `run` or `compare`.
    pub command: String,
    /// `--release`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// The seed of everything random.
    pub seed: u64,
    /// RFC 3339, UTC, milliseconds.
    pub started: String,
    /// The environments, reference first.
    pub environments: Vec<Environment>,
    /// How many cases are planned, skipped ones included.
    pub planned: usize,
    /// What was selected, as typed; empty for everything.
    pub selection: Vec<String>,
}

/// One environment of the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// Its side.
    pub role: Role,
    /// Its name.
    pub name: String,
    /// URL name → base URL, in the order written.
    pub urls: Vec<(String, String)>,
    /// The record that this side was read from, for `run:…` sides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<String>,
}

/// A case began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseStarted {
    /// Its identity.
    pub case: String,
    /// Its suite's name.
    #[serde(default)]
    pub suite: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The suite's file.
    #[serde(default)]
    pub file: String,
    /// Where it is written, counted from 1.
    #[serde(default)]
    pub line: usize,
    /// Milliseconds since the run began.
    pub at_ms: f64,
}

impl CaseStarted {
    /// What is known of a case that never ended, as the run was killed: nothing was found out.
    #[must_use]
    pub fn unfinished(self) -> Case {
        Case {
            id: self.case,
            suite: self.suite,
            name: self.name,
            tags: self.tags,
            status: Status::Blocked,
            attempts: 1,
            duration_ms: 0.0,
            file: self.file,
            line: self.line,
            reason: Some(String::from("the run was killed before it ended")),
            failures: Vec::new(),
            requests: 0,
            expectations: 0,
            snapshots: 0,
            compared: 0,
        }
    }
}

/// A step ended on one side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The case's identity.
    pub case: String,
    /// Counted from 1.
    pub attempt: u32,
    /// The environment's name.
    pub environment: String,
    /// Its side.
    pub role: Role,
    /// Where it stands in the case, whatever else ran: `steps[0]`, `before[1]`, `after_each[0]`.
    pub step: String,
    /// The suite's file as shown to people, and the verb's line in it.
    pub file: String,
    /// The line of the verb.
    pub line: usize,
    /// What it did, in words: `GET /plugins/index`, or its `name:`.
    pub title: String,
    /// `passed`, `failed` or `blocked`.
    pub status: Status,
    /// Milliseconds since the run began.
    pub at_ms: f64,
    /// How long it took, retries included.
    pub duration_ms: f64,
    /// Requests it sent, hops and retries included.
    pub requests: u32,
    /// The request and what came of it, for HTTP steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<Exchange>,
    /// The page, for steps of a browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Page>,
    /// Every expectation that was evaluated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expectations: Vec<Expectation>,
    /// What was captured; secrets are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub captures: Vec<(String, String)>,
    /// Why it failed or was blocked, expectations included, in the order found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Failure>,
    /// Whether `compare` may look at it.
    pub compared: bool,
}

impl Step {
    /// The same step with its page, whose picture stands beside each of its failures.
    #[must_use]
    pub fn with_page(mut self, page: Option<Page>) -> Self {
        if let Some(file) = page.as_ref().and_then(|page| page.artifact("screenshot")) {
            for failure in &mut self.failures {
                file.clone_into(&mut failure.screenshot);
            }
        }
        self.page = page;
        self
    }
}

/// A page as a step saw it at last.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Page {
    /// The browser: `chromium 1280x800`.
    pub browser: String,
    /// The address, named.
    pub url: String,
    /// The title.
    pub title: String,
    /// Status of the document, where the step loaded one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The redirects that led to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirects: Vec<Redirect>,
    /// What the console said since the last navigation: `error: …`. Nothing where the browser does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub console: Option<Vec<String>>,
    /// How many requests the page made since the last navigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<usize>,
    /// Those that failed: method, URL and how.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed_requests: Vec<String>,
    /// `<meta>` by name, where the step is compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub meta: Vec<(String, String)>,
    /// `<link>` by relation, where the step is compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<(String, String)>,
    /// What the step kept to be compared, each with its file in `bodies/`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<(String, String)>,
    /// What was kept to see how it looked: `screenshot`, `aria`, `html` of a step that failed, each with its file below the record.
    ///
    /// What a picture shows cannot be masked. What a case filled with a secret is painted over in it, and no picture is kept of
    /// a page whose text shows a secret.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<(String, String)>,
    /// Why there is no picture of a step that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_picture: Option<String>,
    /// Of a step that failed, pictures of the steps before it: the step in words, and its file below the record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<(String, String)>,
}

impl Page {
    /// The file of an artifact below the record.
    #[must_use]
    pub fn artifact(&self, what: &str) -> Option<&str> {
        self.artifacts.iter().find(|(name, _)| name == what).map(|(_, file)| file.as_str())
    }
}

/// A request and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// The method.
    pub method: String,
    /// The URL, named: `{{ api }}/plugins/index`.
    pub url: String,
    /// The headers that were sent; values of sensitive ones are not written.
    pub request_headers: Vec<(String, String)>,
    /// What was sent as a body, named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_body: Option<BodyReference>,
    /// A command that sends the same request; secrets as `$NAME`.
    pub curl: String,
    /// The redirects that were followed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirects: Vec<Redirect>,
    /// The response, unless there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
    /// Why there was no (whole) response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// One redirect that was followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redirect {
    /// The status.
    pub status: u16,
    /// Where it led, named.
    pub to: String,
}

/// A response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// `1.0`, `1.1` or `2`.
    pub version: String,
    /// The final URL, named.
    pub url: String,
    /// Headers as received, named; values of sensitive ones are not written, `set-cookie` keeps name and attributes.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: BodyReference,
    /// Until the connection was up; nothing when a pooled one was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect_ms: Option<f64>,
    /// Until the head was there.
    pub first_byte_ms: f64,
    /// Until the last byte, hops included.
    pub total_ms: f64,
}

/// A body: named, canonical, stored once in `bodies/`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BodyReference {
    /// What it is.
    pub kind: BodyKind,
    /// The file in `bodies/`; nothing for an empty body or one that is not stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stored: Option<String>,
    /// Size in bytes as received, after content decoding.
    pub size: u64,
    /// SHA-256 of the bytes as received, for bodies that are neither JSON nor text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The first lines, at most 2 kB, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub excerpt: String,
}

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    /// There is none.
    Empty,
    /// JSON, stored with two-space indentation.
    Json,
    /// HTML, stored as text.
    Html,
    /// Other text.
    Text,
    /// Bytes: digest and size are all that is kept.
    Bytes,
    /// Over the size limit: digest and size are of the part that was read.
    OverLimit,
    /// Could not be read to its end.
    Broken,
}

/// One expectation that was evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expectation {
    /// The line of the suite; of the verb for an implied one.
    pub line: usize,
    /// What was looked at: `status`, `header content-type`, `json $.name`.
    pub subject: String,
    /// Whether it held.
    pub holds: bool,
    /// What was expected, in words.
    pub expected: String,
    /// What was there, cut at 2 kB.
    pub actual: String,
}

/// Why a case failed or was blocked: one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// `failed` or `blocked`.
    pub status: Status,
    /// The environment's name.
    pub environment: String,
    /// The file as shown to people.
    pub file: String,
    /// The line of the suite.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// The step: `GET /plugins/index`.
    pub step: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What was expected; empty where nothing was.
    pub expected: String,
    /// What was there; empty where nothing was.
    pub actual: String,
    /// The smallest telling part of the response with its path, a few lines at most; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub excerpt: String,
    /// A command that sends the same request; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub curl: String,
    /// For pages, how it looked: a picture in PNG, by its path below the record; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub screenshot: String,
}

/// A snapshot was compared with its baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The case's identity.
    pub case: String,
    /// The environment's name.
    pub environment: String,
    /// The step: as in [`Step::step`].
    pub step: String,
    /// The step in words.
    pub title: String,
    /// The suite's file and the snapshot's line.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The snapshot's name with what it keeps where it keeps several: `plugin`, `plugin.headers`.
    pub name: String,
    /// What became of it.
    pub outcome: SnapshotOutcome,
    /// Where its baseline stands or would stand, below `baselines/`, with forward slashes.
    pub path: String,
    /// The file in `bodies/` with the canonical text that was expected; nothing for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// The file in `bodies/` with the canonical text that was there.
    pub actual: String,
    /// The differences, at most 200, smallest paths first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// How many differences there are.
    #[serde(default)]
    pub count: usize,
    /// The finding that its differences were put under: their fingerprints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fingerprints: Vec<String>,
    /// The status and content type of the response, for the snapshot's head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The content type without parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
}

/// What became of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnapshotOutcome {
    /// It equals its baseline.
    Equal,
    /// There is no baseline; somebody must look.
    New,
    /// It differs from its baseline.
    Changed,
    /// An expectation of its step failed: it was taken, but does not wait for review.
    NotReviewable,
}

/// One place where two readings disagree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What was looked at.
    pub aspect: Aspect,
    /// How they differ.
    pub kind: Kind,
    /// The place: `$[4].version`; a header's name.
    pub at: String,
    /// The place for all rows: `$[*].version`.
    pub path: String,
    /// What was expected, as JSON or text, cut at 2 kB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What was there, cut at 2 kB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
}

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the documentation; compare.md and commands.md list them")]
pub enum Aspect {
    Status,
    Header,
    Cookie,
    Redirect,
    Body,
    Tls,
    Page,
    Aria,
    Text,
    Html,
    Image,
    Console,
    Requests,
    Accessibility,
    Timing,
    Identity,
    Revision,
}

impl Aspect {
    /// The name programs read.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Header => "header",
            Self::Cookie => "cookie",
            Self::Redirect => "redirect",
            Self::Body => "body",
            Self::Tls => "tls",
            Self::Page => "page",
            Self::Aria => "aria",
            Self::Text => "text",
            Self::Html => "html",
            Self::Image => "image",
            Self::Console => "console",
            Self::Requests => "requests",
            Self::Accessibility => "accessibility",
            Self::Timing => "timing",
            Self::Identity => "identity",
            Self::Revision => "revision",
        }
    }
}

/// How two readings disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Only the actual side has it.
    Added,
    /// Only the expected side has it.
    Removed,
    /// Both have it, with other values.
    Changed,
    /// Both have it, with other types; `null` is a type.
    Retyped,
    /// Both have the same elements in another order.
    Reordered,
}

impl Kind {
    /// The name programs read.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Retyped => "retyped",
            Self::Reordered => "reordered",
        }
    }
}

/// A case ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Its identity.
    pub id: String,
    /// The suite's name and the case's name, for people.
    pub suite: String,
    /// The case's name with its row.
    pub name: String,
    /// Tags of suite and case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The worst of everything.
    pub status: Status,
    /// How often it was tried; 0 for a skipped one.
    pub attempts: u32,
    /// Of all attempts.
    pub duration_ms: f64,
    /// The file as shown to people.
    pub file: String,
    /// The line of `case:`.
    pub line: usize,
    /// Why, for blocked and skipped ones; for flaky ones what the first attempt said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why it failed or was blocked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Failure>,
    /// Requests sent, of all attempts.
    pub requests: u32,
    /// Expectations evaluated, of the last attempt.
    pub expectations: u32,
    /// Snapshots compared with a baseline, or new.
    pub snapshots: u32,
    /// Observations compared between environments.
    #[serde(default)]
    pub compared: u32,
}

/// compare.md's verdicts, and `changed` for a run against baselines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Production differs from both staging and what it was: the regression that the tool exists for.
    CandidateOnly,
    /// All three differ.
    Diverged,
    /// The expected change is missing on the candidate.
    NotReleased,
    /// They differ, and attribution is impossible or within tolerance of *before*.
    Different,
    /// A snapshot differs from its baseline.
    Changed,
    /// Undecided within the bound on samples.
    Unsure,
    /// The release changed it on both sides.
    Released,
    /// Data of another age.
    Lagging,
    /// A known difference.
    Standing,
    /// A known difference that is no longer seen.
    Gone,
    /// Nothing differs.
    Unchanged,
}

impl Verdict {
    /// The name programs read.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CandidateOnly => "candidate-only",
            Self::Diverged => "diverged",
            Self::NotReleased => "not-released",
            Self::Different => "different",
            Self::Changed => "changed",
            Self::Unsure => "unsure",
            Self::Released => "released",
            Self::Lagging => "lagging",
            Self::Standing => "standing",
            Self::Gone => "gone",
            Self::Unchanged => "unchanged",
        }
    }
}

/// How bad a finding is, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Added field, white space, number form.
    Minor,
    /// Time, size or number of requests beyond a budget.
    Slower,
    /// Value, text, order where order counts, header value.
    Change,
    /// Status class, field gone, type or nullness changed, row lost.
    Breaking,
}

impl Severity {
    /// The name programs read.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Change => "change",
            Self::Slower => "slower",
            Self::Minor => "minor",
        }
    }
}

/// A cause, with all the places where it shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Hex digest of aspect, path pattern, kind and transformation.
    pub fingerprint: String,
    /// What it is.
    pub verdict: Verdict,
    /// How bad it is.
    pub severity: Severity,
    /// Whether it makes its cases fail.
    pub fails: bool,
    /// What was looked at.
    pub aspect: Aspect,
    /// A [`Kind`]'s name, or an identity rule's.
    pub kind: String,
    /// The path pattern; a header's name.
    pub path: String,
    /// How many places.
    pub count: u64,
    /// One sentence for people: "`points{1}` → `points` in `[*].writer_save_layers`, 23 rows".
    pub summary: String,
    /// Why it is what it is: which sides agree, which noise was looked for.
    pub why: String,
    /// At most 20 places, the smallest by case, step, path.
    pub places: Vec<Place>,
    /// What stood on both sides, for `accept`: every pair that was seen, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub digests: Vec<ValueDigests>,
    /// Whether there were more pairs than are kept: then it cannot be accepted as a whole.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub digests_cut: bool,
}

/// What stood on both sides of a change, as digests of the canonical values; `none` where there was nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ValueDigests {
    /// Of the expected value.
    pub expected: String,
    /// Of the actual value.
    pub actual: String,
}

/// One place where a finding shows. A `run` fills `expected` and `actual`, a `compare` the three readings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Place {
    /// The case's identity.
    pub case: String,
    /// The step in words.
    pub step: String,
    /// The place: `$[4].version`.
    pub at: String,
    /// What each side had there.
    pub readings: Readings,
}

/// What each side had, as text cut at 2 kB; `None` where it had nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Readings {
    /// Of a comparison between environments.
    Compare {
        /// The candidate environment before the release.
        before: Option<String>,
        /// The reference now.
        reference: Option<String>,
        /// The candidate now.
        candidate: Option<String>,
    },
    /// Of a run against baselines.
    Run {
        /// The baseline.
        expected: Option<String>,
        /// This run.
        actual: Option<String>,
    },
}

impl Default for Readings {
    fn default() -> Self {
        Self::Run { expected: None, actual: None }
    }
}

/// A tolerance that hid something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden {
    /// The rule's name: `ignore`, `unordered`, `volatile`, `tolerance`, …
    pub rule: String,
    /// The path pattern.
    pub path: String,
    /// How often.
    pub count: u64,
    /// Its evidence.
    pub why: String,
}

/// Something that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotObserved {
    /// The case's identity.
    pub case: String,
    /// What: `console`, `steps after the login`.
    pub what: String,
    /// Why.
    pub why: String,
}

/// Something worth a look that changes no status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The case's identity, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// What, in one sentence.
    pub message: String,
}

/// A build was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// The side.
    pub role: Role,
    /// The environment's name.
    pub environment: String,
    /// The build; nothing when it could not be read.
    pub build: Option<String>,
    /// When: `before`, `during`, `after`.
    pub when: String,
    /// Why it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// A person did something with this run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// `accepted`, `rejected`, `known`, `signed-off`.
    pub action: String,
    /// What it was done to: a fingerprint, `case:snapshot`, a release label.
    pub what: String,
    /// RFC 3339.
    pub at: String,
}

/// The tail of a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// RFC 3339.
    pub finished: String,
    /// The exit code.
    pub exit_code: u8,
    /// Why the run ended early: `interrupted`, `--fail-fast`, `--max-time`; nothing for one that played everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_early: Option<String>,
    /// Why the exit code is what it is where no case says so: `9 cases were tested, --expect-at-least asks for 12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was counted.
    pub counts: Counts,
}

/// What was tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Cases by status.
    pub cases: CaseCounts,
    /// Requests sent: hops, retries, samples and revision reads count.
    pub requests: u64,
    /// Expectations evaluated.
    pub expectations: u64,
    /// Snapshots compared.
    pub snapshots: u64,
    /// Differences that a tolerance hid.
    pub hidden: u64,
    /// Warnings.
    pub warnings: u64,
}

/// Cases by status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the statuses")]
pub struct CaseCounts {
    pub passed: u64,
    pub flaky: u64,
    pub failed: u64,
    pub blocked: u64,
    pub unreviewed: u64,
    pub skipped: u64,
}

impl CaseCounts {
    /// Counts one more.
    pub fn add(&mut self, status: Status) {
        *self.of(status) += 1;
    }

    /// Counts one as another that it turned out to be.
    pub fn change(&mut self, from: Status, to: Status) {
        let count = self.of(from);
        *count = count.saturating_sub(1);
        self.add(to);
    }

    fn of(&mut self, status: Status) -> &mut u64 {
        match status {
            Status::Passed => &mut self.passed,
            Status::Flaky => &mut self.flaky,
            Status::Failed => &mut self.failed,
            Status::Blocked => &mut self.blocked,
            Status::Unreviewed => &mut self.unreviewed,
            Status::Skipped => &mut self.skipped,
        }
    }

    /// All cases.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.passed + self.flaky + self.failed + self.blocked + self.unreviewed + self.skipped
    }
}
