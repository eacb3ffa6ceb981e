//! One side of a pair: a case being played, or a record of one.

use std::collections::BTreeMap;

use super::Answer;
use crate::{
    action::HttpRequest,
    execute,
    mask::{Content, Naming},
};

/// One side.
#[derive(Debug)]
pub enum Side {
    /// It is played now.
    Live(Box<Live>),
    /// It was played before, and answers from its record. It cannot be sampled.
    Recorded(Recorded),
}

/// A side that is played.
#[derive(Debug)]
pub struct Live {
    /// What its case begins with.
    pub setup: execute::Setup,
    /// Its own secrets and URLs by name. What the case learns on the way is added.
    pub naming: Naming,
}

/// What a record holds of one case on one side.
#[derive(Debug, Clone, Default)]
pub struct Recorded {
    /// The record's name.
    pub record: String,
    /// Its steps by address: `steps[0]`.
    pub steps: BTreeMap<String, RecordedStep>,
}

/// One step of a record.
#[derive(Debug, Clone)]
pub struct RecordedStep {
    /// The step in words.
    pub title: String,
    /// What came of its request.
    pub answer: Answer,
    /// The request; nothing where the record does not tell.
    pub asked: Option<Asked>,
}

/// What the candidate environment answered before the release.
#[derive(Debug, Clone)]
pub enum Before {
    /// A record of it.
    Record {
        /// The newest one.
        newest: Recorded,
        /// Older ones of the same build: what differs among them varied by itself.
        same_build: Vec<Recorded>,
    },
    /// Its accepted baselines, by the address of the step: where no record is known to be of another build.
    Baselines(BTreeMap<String, Accepted>),
}

/// An accepted baseline of a step's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Where it stands: `api/plugins/one.body.snap`.
    pub path: String,
    /// Its canonical text.
    pub text: String,
}

/// A request, named: two of one step on two environments should be equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// The URL: `{{ api }}/plugins/index`.
    pub url: String,
    /// The body as text; nothing for none.
    pub body: Option<String>,
}

impl Asked {
    /// A request as it went out.
    #[must_use]
    pub fn of(request: &HttpRequest, naming: &Naming) -> Self {
        let name = |text: &str| naming.name_text(text, Content::Raw).into_owned();
        Self {
            method: request.method.clone(),
            url: name(request.url.as_str()),
            body: request.body.as_deref().map(|body| name(&String::from_utf8_lossy(body))),
        }
    }

    /// Whether a text stands in it.
    pub(super) fn mentions(&self, text: &str) -> bool {
        !text.is_empty() && (self.url.contains(text) || self.body.as_deref().is_some_and(|body| body.contains(text)))
    }
}
