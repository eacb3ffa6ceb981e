//! A suite as it was written: every name still a name, every template still a template.

use std::{ops::RangeInclusive, sync::Arc, time::Duration};

use crate::{
    action::page::{Device, Gesture, Viewport, Window},
    assertion::{Expectations, PageExpectations},
    diagnostic::{Source, Span},
    extract::{PageCapture, capture::Capture, locator::LocatorSpec},
    normalise::Rules,
    template::{Dynamic, Template},
};

/// One file that begins with `suite:`.
#[derive(Debug)]
pub struct Suite {
    /// The first half of its cases' identities: the path below the suites folder without `.yaml`, with forward slashes.
    pub path: String,
    /// The file.
    pub source: Arc<Source>,
    /// What people call it.
    pub name: String,
    /// What it promises, for the report.
    pub description: Option<String>,
    /// Tags that all its cases have.
    pub tags: Vec<String>,
    /// The URL name that paths without one mean.
    pub url: Option<Named>,
    /// Variables of all its cases.
    pub vars: Vec<(Named, Dynamic)>,
    /// Steps that run once before its cases, in a session of their own.
    pub before: Vec<Step>,
    /// Steps that run in front of every case.
    pub before_each: Vec<Step>,
    /// Steps that run once after its cases, always.
    pub after: Vec<Step>,
    /// Steps that run behind every case, always.
    pub after_each: Vec<Step>,
    /// Normalising keys for everything below.
    pub normalise: Rules,
    /// The saved session that cases start from.
    pub session: Option<Named>,
    /// Where it runs: nothing means everywhere.
    pub environments: Option<Vec<Named>>,
    /// Environment → why it does not run there.
    pub skip: Vec<(Named, String)>,
    /// Time-out of one exchange, unless a case or step says otherwise.
    pub timeout: Option<Duration>,
    /// How often a case that did not pass is tried again.
    pub retries: Option<u32>,
    /// Headers that all its requests send to the environment's hosts.
    pub headers: Vec<(String, Template)>,
    /// How all its requests identify themselves to the environment's hosts.
    pub auth: Option<Auth>,
    /// Cases that hold the same lock never run at the same time.
    pub lock: Option<String>,
    /// What its browser-driven cases need.
    pub pages: PageOptions,
    /// The cases, in the order written. Never empty.
    pub cases: Vec<Arc<Case>>,
}

/// A name and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// Where it was written.
    pub span: Span,
}

/// One case, before its rows are spread out.
#[derive(Debug)]
pub struct Case {
    /// The `case:` line.
    pub span: Span,
    /// Its lines in the file, counted from 1.
    pub lines: RangeInclusive<usize>,
    /// What people call it.
    pub name: String,
    /// The second half of its identity.
    pub slug: String,
    /// What it is about, for the report.
    pub description: Option<String>,
    /// Tags of its own.
    pub tags: Vec<String>,
    /// The URL name that paths without one mean.
    pub url: Option<Named>,
    /// The rows it is repeated for.
    pub rows: Option<Rows>,
    /// How a row is called; nothing means its first value (matrix: all values joined by `,`).
    pub id: Option<Template>,
    /// Where it runs: nothing means everywhere.
    pub environments: Option<Vec<Named>>,
    /// Environment → why it does not run there.
    pub skip: Vec<(Named, String)>,
    /// Time-out of one exchange, unless a step says otherwise.
    pub timeout: Option<Duration>,
    /// How often it is tried again when it did not pass.
    pub retries: Option<u32>,
    /// The saved session it starts from.
    pub session: Option<Named>,
    /// It never runs beside a case with the same lock.
    pub lock: Option<String>,
    /// What its browser is like.
    pub pages: PageOptions,
    /// The cases of its suite that come before it and hand on their captures.
    pub needs: Vec<Named>,
    /// It must fail until a bug is mended.
    pub expected_failure: Option<ExpectedFailure>,
    /// Normalising keys for everything below.
    pub normalise: Rules,
    /// Steps in front.
    pub before: Vec<Step>,
    /// Steps behind, which always run.
    pub after: Vec<Step>,
    /// The steps. Never empty.
    pub steps: Vec<Step>,
}

/// `expected_failure`: the case must fail, fails when it passes, and fails after the date.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectedFailure {
    /// The issue that will mend it.
    pub issue: String,
    /// The last day on which failing is expected.
    pub until: Option<chrono::NaiveDate>,
    /// Where it stands.
    pub span: Span,
}

/// The rows of a case. Known before any request.
#[derive(Debug)]
pub enum Rows {
    /// Written out: one list of variables a row.
    List(Vec<Row>),
    /// In a CSV or JSON file beside the suite.
    File {
        /// Path relative to the file that names it.
        path: Named,
    },
    /// Every combination of the values.
    Matrix(Vec<(Named, Vec<Dynamic>)>),
}

/// One row.
#[derive(Debug, Clone)]
pub struct Row {
    /// Where it stands.
    pub span: Span,
    /// Its variables in the order written.
    pub cells: Vec<(Named, Dynamic)>,
}

/// One step: one verb, and what is expected, kept and compared of what it yields.
#[derive(Debug)]
pub struct Step {
    /// The verb's key.
    pub span: Span,
    /// A name for people.
    pub name: Option<String>,
    /// What it does.
    pub verb: Verb,
    /// What must hold of what it yields. For an HTTP verb without `expect` the implied status still holds.
    pub expect: Option<Expectations>,
    /// Variables it yields.
    pub capture: Vec<(Named, Capture)>,
    /// The snapshot it takes.
    pub snapshot: Option<SnapshotSpec>,
    /// Normalising keys of the step.
    pub normalise: Rules,
    /// Whether `compare` looks at it.
    pub compare: Compare,
    /// Whether a failure ends the case.
    pub on_failure: OnFailure,
    /// Time-out of one exchange.
    pub timeout: Option<Duration>,
}

impl Step {
    /// The names of what it captures, in the order written.
    pub fn captured(&self) -> impl Iterator<Item = &Named> {
        let of_page = match &self.verb {
            Verb::Page(page) => page.captures.as_slice(),
            Verb::Http(_) | Verb::Look | Verb::Pause(_) | Verb::SaveSession(_) => &[],
        };
        self.capture.iter().map(|(name, _)| name).chain(of_page.iter().map(|(name, _)| name))
    }
}

/// Whether `compare` looks at what a step yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// It does, as for every step.
    Yes,
    /// `compare: false`.
    No,
}

/// What a failed expectation does to the rest of the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// It ends the case.
    End,
    /// `soft: true`: the case goes on, and has failed.
    GoOn,
}

/// What a step does.
#[derive(Debug)]
pub enum Verb {
    /// An HTTP request.
    Http(Box<HttpStep>),
    /// No action: judge what the last step yielded.
    Look,
    /// Wait, as a last resort.
    Pause(Duration),
    /// Keep the cookies, and what pages stored, for `session:`.
    SaveSession(Named),
    /// Something that a browser does.
    Page(Box<PageStep>),
}

/// What suites and cases say of their browser; a case's word wins over its suite's.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PageOptions {
    /// Which browsers and viewports it runs in.
    pub browser: Option<BrowserSpec>,
    /// How long one browser action, or one expectation of a page, may take.
    pub wait: Option<Duration>,
    /// Answers that pages get instead of the site's.
    pub mocks: Vec<MockSpec>,
    /// URLs that pages do not get.
    pub blocked: Vec<Template>,
}

/// `browser:`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BrowserSpec {
    /// Names, each run; none means what is said further out.
    pub names: Vec<String>,
    /// Viewports, each run.
    pub viewports: Vec<Viewport>,
}

/// One answer that pages get instead of the site's.
#[derive(Debug, Clone, PartialEq)]
pub struct MockSpec {
    /// Pattern of the URL.
    pub url: Template,
    /// The method, in capitals.
    pub method: Option<String>,
    /// The status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, Template)>,
    /// The body.
    pub body: MockBody,
}

/// The body of a mocked answer.
#[derive(Debug, Clone, PartialEq)]
pub enum MockBody {
    /// `json:`
    Json(Dynamic),
    /// `text:`
    Text(Template),
}

/// Something that a browser does, as it was written.
#[derive(Debug)]
pub struct PageStep {
    /// What it does.
    pub verb: PageVerbSpec,
    /// The frames it happens in, outermost first.
    pub frames: Vec<LocatorSpec>,
    /// What must hold of the page; tried again until it does.
    pub expect: Option<PageExpectations>,
    /// The action is repeated until this holds.
    pub until: Option<PageExpectations>,
    /// Variables it yields.
    pub captures: Vec<(Named, PageCapture)>,
    /// How long the action, and then its expectations, may take.
    pub wait: Option<Duration>,
}

/// What a browser does, with its templates.
#[derive(Debug)]
pub enum PageVerbSpec {
    /// `open`
    Open(Template),
    /// `back`
    Back,
    /// `forward`
    Forward,
    /// `reload`
    Reload,
    /// `click` and the other verbs that act on one element.
    Gesture(GestureSpec),
    /// `fill`
    Fill {
        /// Which element.
        into: LocatorSpec,
        /// What is written.
        value: Template,
    },
    /// `select`
    Select {
        /// Which list.
        within: LocatorSpec,
        /// The options.
        options: Vec<Template>,
    },
    /// `upload`
    Upload {
        /// Which input.
        to: LocatorSpec,
        /// Files, relative to the suite.
        files: Vec<Template>,
    },
    /// `drag`
    Drag {
        /// What.
        from: LocatorSpec,
        /// Where to.
        to: LocatorSpec,
    },
    /// `press`
    Press {
        /// The keys.
        keys: Template,
        /// Where.
        on: Option<LocatorSpec>,
    },
    /// `scroll: {to:}`
    ScrollTo(LocatorSpec),
    /// `scroll: {by:}`
    ScrollBy {
        /// To the right.
        x: i32,
        /// Down.
        y: i32,
    },
    /// `accept_dialog`
    AcceptDialog(Option<Template>),
    /// `dismiss_dialog`
    DismissDialog,
    /// `switch`
    Switch(Window),
    /// `close_window`
    CloseWindow,
    /// `resize`
    Resize(Viewport),
    /// `emulate`
    Emulate(Box<EmulationSpec>),
    /// `script`
    Script(Template),
    /// `look: page`
    Look,
}

/// A verb that acts on one element.
#[derive(Debug)]
pub struct GestureSpec {
    /// How.
    pub gesture: Gesture,
    /// On which.
    pub on: LocatorSpec,
}

/// `emulate:`
#[derive(Debug)]
pub struct EmulationSpec {
    /// Dark mode.
    pub dark: Option<bool>,
    /// Less motion.
    pub reduced_motion: Option<bool>,
    /// No network.
    pub offline: Option<bool>,
    /// Time zone.
    pub timezone: Option<Template>,
    /// Locale.
    pub locale: Option<Template>,
    /// User agent.
    pub user_agent: Option<Template>,
    /// Latitude and longitude.
    pub geolocation: Option<(String, String)>,
    /// A device.
    pub device: Option<Device>,
}

/// An HTTP request as it was written.
#[derive(Debug)]
pub struct HttpStep {
    /// The method, in capitals.
    pub method: String,
    /// URL name and path, or an absolute URL: `api /plugins/index`, `/plugins/{{ name }}`, `https://…`.
    pub target: Template,
    /// Parameters added to the path's own, in order; lists repeat the key.
    pub query: Vec<(String, Dynamic)>,
    /// Headers, names in lower case. They win over the suite's and the environment's.
    pub headers: Vec<(String, Template)>,
    /// Cookies sent besides the jar's.
    pub cookies: Vec<(String, Template)>,
    /// The body.
    pub body: Option<Body>,
    /// How many bytes of the decoded response body are kept.
    pub body_limit: Option<u64>,
    /// What becomes of redirects.
    pub redirects: Redirects,
    /// How the request identifies itself; wins over the suite's and the environment's.
    pub auth: Option<Auth>,
    /// Whether and how it is repeated until its expectations hold.
    pub retry: Option<Retry>,
    /// `safe: true`: changes nothing, whatever its method.
    pub safe: bool,
    /// Whether `compare` may send it again; nothing means: when its method is safe.
    pub repeatable: Option<bool>,
}

/// The body of a request.
#[derive(Debug)]
pub enum Body {
    /// `json:`, sent as `application/json`.
    Json(Dynamic),
    /// `text:`, sent as `text/plain; charset=utf-8`.
    Text(Template),
    /// `form:`, sent as `application/x-www-form-urlencoded`; lists repeat the key.
    Form(Vec<(String, Dynamic)>),
}

/// What becomes of redirects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redirects {
    /// Followed; an eleventh fails the step.
    Follow,
    /// Judge the response that is there after so many hops.
    Stop {
        /// How many are followed; `none` is 0.
        after: usize,
    },
}

/// How a request identifies itself.
#[derive(Debug, Clone)]
pub enum Auth {
    /// `authorization: Bearer …`
    Bearer(Template),
    /// `authorization: Basic …` (RFC 7617).
    Basic {
        /// The user.
        user: Template,
        /// The password.
        password: Template,
    },
    /// `none`: not at all, also where suite or environment says how.
    None,
}

/// `retry:` repeats a request until its expectations hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// No further attempt begins after this long.
    pub within: Duration,
    /// Pause between attempts; a longer `Retry-After` is honoured.
    pub every: Duration,
}

/// `snapshot:` of a step.
#[derive(Debug)]
pub struct SnapshotSpec {
    /// Where it stands.
    pub span: Span,
    /// Its name; `true` is `snapshot`.
    pub name: String,
    /// What is kept.
    pub contents: Vec<SnapshotContent>,
    /// Normalising keys of its own.
    pub normalise: Rules,
}

/// One thing a snapshot keeps.
#[derive(Debug, Clone, PartialEq)]
pub enum SnapshotContent {
    /// Nothing said: the body by its type, JSON as JSON, anything else as text.
    Body,
    /// `json: true`
    Json,
    /// `text: true`
    Text,
    /// `shape: true`: the types only.
    Shape,
    /// `headers: [cache-control]`, names in lower case.
    Headers(Vec<String>),
    /// `aria`: the accessible tree of the page, or of one element. What a page's snapshot keeps where nothing is said.
    Aria(Option<Box<LocatorSpec>>),
    /// `text` of a page, or of one element.
    PageText(Option<Box<LocatorSpec>>),
    /// `html` of a page, or of one element.
    PageHtml(Option<Box<LocatorSpec>>),
}

impl SnapshotContent {
    /// What it is called among what a step keeps of its page, by its place in its snapshot; nothing for what is of a response.
    #[must_use]
    pub fn kept_as(&self, index: usize) -> Option<String> {
        match self {
            Self::Aria(_) => Some(format!("aria.{index}")),
            Self::PageText(_) => Some(format!("text.{index}")),
            Self::PageHtml(_) => Some(format!("html.{index}")),
            Self::Body | Self::Json | Self::Text | Self::Shape | Self::Headers(_) => None,
        }
    }

    /// Whether a page is what it is taken of.
    #[must_use]
    pub fn is_of_page(&self) -> bool {
        match self {
            Self::Aria(_) | Self::PageText(_) | Self::PageHtml(_) => true,
            Self::Body | Self::Json | Self::Text | Self::Shape | Self::Headers(_) => false,
        }
    }
}
