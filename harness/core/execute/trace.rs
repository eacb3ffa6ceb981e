//! What one step did, as it happened: bytes and secrets and all. The shell names and masks it before it is written.

use std::time::Duration;

use crate::{
    action::{CookieJar, HttpRequest, Session},
    assertion::Judgement,
    diagnostic::Span,
    execute::call::Call,
    json::Json,
    observation::{
        Exchange, Fault,
        page::{Answer, PageObservation},
    },
    plan::Section,
    verdict::Status,
};

/// Something that a case tells while it runs.
#[derive(Debug)]
pub enum Event {
    /// A value became known that must not be written: mask it from now on.
    Secret {
        /// What it is called: a capture's name, or the name of the secret it was made from.
        name: String,
        /// The value.
        value: String,
    },
    /// `save_session`: cookies to keep under a name.
    Session {
        /// The session's name.
        name: String,
        /// Cookies, and what pages stored.
        session: Session,
    },
    /// A step ended.
    Step(Box<StepTrace>),
}

/// One step, ended.
#[derive(Debug)]
pub struct StepTrace {
    /// Which list it stands in.
    pub section: Section,
    /// Its place in the list, counted from 0.
    pub index: usize,
    /// What it did, in words: `GET /plugins/index`, or its `name:`.
    pub title: String,
    /// `passed`, `failed` or `blocked`.
    pub status: Status,
    /// When it began, since the run began.
    pub began: Duration,
    /// How long it took, retries included.
    pub took: Duration,
    /// Requests it sent, hops and retries included.
    pub requests: u32,
    /// The request as it first went out.
    pub request: Option<HttpRequest>,
    /// What was seen at last; for `look` nothing of its own.
    pub seen: Seen,
    /// Every expectation that was evaluated.
    pub judgements: Vec<Judgement>,
    /// What was captured.
    pub captures: Vec<Captured>,
    /// Why it failed or was blocked; empty when it passed.
    pub failures: Vec<StepFailure>,
    /// The call and the cookies from before it, for sending the same request again.
    pub replay: Option<Replay>,
}

impl StepTrace {
    /// Its address in the case: `steps[0]`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}[{}]", self.section.key(), self.index)
    }
}

/// What a step saw.
#[derive(Debug, Clone)]
pub enum Seen {
    /// It looked at nothing (a pause), or was blocked before it could.
    Nothing,
    /// A response of its own.
    Exchange(std::sync::Arc<Exchange>),
    /// The response of an earlier step: `look`.
    Earlier(std::sync::Arc<Exchange>),
    /// There was no answer.
    Fault(Fault),
    /// A page that a browser showed.
    Page(std::sync::Arc<PageSeen>),
}

/// A page as a step saw it at last, and what it keeps of it.
#[derive(Debug, Clone)]
pub struct PageSeen {
    /// The page.
    pub page: PageObservation,
    /// What was read for the step's snapshot: each called by its place among the snapshot's contents. Of a step that failed,
    /// what helps to see why: `screenshot`, `aria`, `html`, and beside the picture what is [`SHOWN`].
    pub kept: Vec<Kept>,
    /// Of a step that failed, pictures of the steps before it, where they were taken.
    pub before: Vec<Shot>,
}

/// Under these names stands the text that was seen when a picture was taken. It is not written: it tells whether the picture
/// shows a secret.
pub const SHOWN: [&str; 2] = ["shown text", "shown aria"];

/// The page as it looked behind a step.
#[derive(Debug, Clone)]
pub struct Shot {
    /// The step, in words.
    pub title: String,
    /// `screenshot`, and beside it what is [`SHOWN`].
    pub kept: Vec<Kept>,
}

/// Something that was read of a page to be kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// What it is.
    pub what: String,
    /// What was read.
    pub answer: Answer,
}

impl Seen {
    /// The response that its expectations look at.
    #[must_use]
    pub fn exchange(&self) -> Option<&std::sync::Arc<Exchange>> {
        match self {
            Self::Exchange(exchange) | Self::Earlier(exchange) => Some(exchange),
            Self::Nothing | Self::Fault(_) | Self::Page(_) => None,
        }
    }

    /// The page that its expectations look at.
    #[must_use]
    pub fn page(&self) -> Option<&std::sync::Arc<PageSeen>> {
        match self {
            Self::Page(page) => Some(page),
            Self::Nothing | Self::Fault(_) | Self::Exchange(_) | Self::Earlier(_) => None,
        }
    }
}

/// What is needed to send a step's request again with the cookies from before it.
#[derive(Debug, Clone)]
pub struct Replay {
    /// The resolved request.
    pub call: std::sync::Arc<Call>,
    /// The cookies from before the step.
    pub jar: CookieJar,
}

/// One captured value.
#[derive(Debug, Clone, PartialEq)]
pub struct Captured {
    /// The variable.
    pub name: String,
    /// Its value.
    pub value: Json,
    /// Whether it must not be written.
    pub secret: bool,
}

/// One reason why a step failed or was blocked.
#[derive(Debug, Clone, PartialEq)]
pub struct StepFailure {
    /// `failed` or `blocked`.
    pub status: Status,
    /// Where in the suite.
    pub span: Span,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What was expected; empty where nothing was.
    pub expected: String,
    /// What was there; empty where nothing was.
    pub actual: String,
}
