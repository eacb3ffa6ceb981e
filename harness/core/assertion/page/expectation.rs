//! The expectations of a page, as data.

use crate::{
    action::page::Probe,
    assertion::{matcher::Matcher, url::UrlExpectation},
    diagnostic::Span,
    extract::{Argument, Unresolved, locator::LocatorSpec},
    json::Json,
    template::{Dynamic, Scope, Template},
};

/// Everything that a step expects of its page. Never empty.
#[derive(Debug, Clone)]
pub struct PageExpectations {
    pub(super) all: Vec<Expectation>,
}

#[derive(Debug, Clone)]
pub(super) struct Expectation {
    /// Where the key stands.
    pub(super) span: Span,
    pub(super) aspect: Aspect,
}

#[derive(Debug, Clone)]
pub(super) enum Aspect {
    Url(UrlExpectation),
    Title(Matcher),
    State { state: State, at: LocatorSpec },
    Read { read: Read, at: LocatorSpec, matcher: Matcher },
    Meta { name: String, matcher: Matcher },
    Console(Console),
    Failed { matcher: Matcher, ignore: Vec<Matcher> },
    Sent { url: Argument<String>, method: Option<String>, count: Option<Matcher> },
    Accessibility { level: &'static str, ignore: Vec<String> },
    Vitals { part: Vital, matcher: Matcher },
    NoOverflow,
    Download { name: Option<Matcher>, bytes: Option<Matcher> },
    Clipboard(Matcher),
    Result(Matcher),
    Value { of: Argument<Json>, matcher: Matcher },
}

/// What an element is expected to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Visible,
    Hidden,
    Enabled,
    Disabled,
    Checked,
    Focused,
}

/// What is read of an element.
#[derive(Debug, Clone)]
pub(super) enum Read {
    Text,
    Value,
    Attribute(Argument<String>),
    Count,
}

/// What the console is expected to have said since the last navigation.
#[derive(Debug, Clone)]
pub(super) struct Console {
    pub(super) errors: Option<Matcher>,
    pub(super) warnings: Option<Matcher>,
    pub(super) ignore: Vec<Matcher>,
}

/// A figure of how a page felt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vital {
    LargestContentfulPaint,
    CumulativeLayoutShift,
    TimeToFirstByte,
}

impl State {
    /// The key in the suite language.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Visible => "visible",
            Self::Hidden => "hidden",
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::Checked => "checked",
            Self::Focused => "focused",
        }
    }
}

impl Vital {
    /// The key in the suite language.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::LargestContentfulPaint => "lcp",
            Self::CumulativeLayoutShift => "cls",
            Self::TimeToFirstByte => "ttfb",
        }
    }
}

impl Aspect {
    /// What must be read of the page for it, besides what every look yields.
    pub(super) fn probe(&self, scope: &Scope) -> Result<Option<Probe>, Unresolved> {
        Ok(match self {
            Self::State { at, .. } => Some(Probe::Elements { at: at.resolve(scope)?, attributes: Vec::new() }),
            Self::Read { read, at, .. } => {
                let attributes = match read {
                    Read::Attribute(name) => vec![name.resolve(scope)?.clone()],
                    Read::Text | Read::Value | Read::Count => Vec::new(),
                };
                Some(Probe::Elements { at: at.resolve(scope)?, attributes })
            }
            Self::Accessibility { level, .. } => Some(Probe::Accessibility { level: (*level).to_owned() }),
            Self::Vitals { .. } => Some(Probe::Vitals),
            Self::Clipboard(_) => Some(Probe::Clipboard),
            Self::Url(_)
            | Self::Title(_)
            | Self::Meta { .. }
            | Self::Console(_)
            | Self::Failed { .. }
            | Self::Sent { .. }
            | Self::NoOverflow
            | Self::Download { .. }
            | Self::Result(_)
            | Self::Value { .. } => None,
        })
    }
}

impl PageExpectations {
    /// What must be read of the page so that it can be judged: the answers are wanted in this order.
    ///
    /// # Errors
    /// When a locator cannot be resolved.
    pub fn probes(&self, scope: &Scope) -> Result<Vec<Probe>, Unresolved> {
        let mut probes = Vec::new();
        for expectation in &self.all {
            probes.extend(expectation.aspect.probe(scope)?);
        }
        Ok(probes)
    }

    /// Whether it speaks of what must not happen: that is known only when the page has come to rest.
    #[must_use]
    pub fn wants_rest(&self) -> bool {
        self.all.iter().any(|expectation| match expectation.aspect {
            Aspect::Console(_) | Aspect::Failed { .. } | Aspect::Sent { .. } | Aspect::Accessibility { .. } | Aspect::Vitals { .. } => true,
            Aspect::Url(_)
            | Aspect::Title(_)
            | Aspect::State { .. }
            | Aspect::Read { .. }
            | Aspect::Meta { .. }
            | Aspect::NoOverflow
            | Aspect::Download { .. }
            | Aspect::Clipboard(_)
            | Aspect::Result(_)
            | Aspect::Value { .. } => false,
        })
    }

    /// Every template in it.
    #[must_use]
    pub fn templates(&self) -> Vec<&Template> {
        let mut dynamics: Vec<&Dynamic> = Vec::new();
        let mut found: Vec<&Template> = Vec::new();
        for expectation in &self.all {
            match &expectation.aspect {
                Aspect::Url(url) => url.dynamics(&mut dynamics),
                Aspect::Title(matcher)
                | Aspect::Clipboard(matcher)
                | Aspect::Result(matcher)
                | Aspect::Meta { matcher, .. }
                | Aspect::Vitals { matcher, .. } => matcher.dynamics(&mut dynamics),
                Aspect::State { at, .. } => found.extend(at.templates()),
                Aspect::Read { read, at, matcher } => {
                    found.extend(at.templates());
                    if let Read::Attribute(name) = read {
                        dynamics.extend(name.dynamic());
                    }
                    matcher.dynamics(&mut dynamics);
                }
                Aspect::Console(Console { errors, warnings, ignore }) => {
                    errors.iter().chain(warnings).chain(ignore).for_each(|matcher| matcher.dynamics(&mut dynamics));
                }
                Aspect::Failed { matcher, ignore } => {
                    matcher.dynamics(&mut dynamics);
                    ignore.iter().for_each(|matcher| matcher.dynamics(&mut dynamics));
                }
                Aspect::Sent { url, count, .. } => {
                    dynamics.extend(url.dynamic());
                    count.iter().for_each(|matcher| matcher.dynamics(&mut dynamics));
                }
                Aspect::Download { name, bytes } => {
                    name.iter().chain(bytes).for_each(|matcher| matcher.dynamics(&mut dynamics));
                }
                Aspect::Value { of, matcher } => {
                    dynamics.extend(of.dynamic());
                    matcher.dynamics(&mut dynamics);
                }
                Aspect::Accessibility { .. } | Aspect::NoOverflow => {}
            }
        }
        found.extend(dynamics.into_iter().flat_map(Dynamic::templates));
        found
    }
}
