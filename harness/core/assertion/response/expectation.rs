//! What a step expects of its response.

use scraper::Selector as Css;

use crate::{
    assertion::{matcher::Matcher, url::UrlExpectation},
    diagnostic::Span,
    extract::Argument,
    json::{Json, Selector},
    template::{Dynamic, Name},
};

/// Everything that a step expects of its response. At least the status is expected.
#[derive(Debug, Clone)]
pub struct Expectations {
    pub(super) status: Status,
    pub(super) rest: Vec<Expectation>,
}

#[derive(Debug, Clone)]
pub(super) enum Status {
    /// Nothing is written: below 400.
    Implied,
    /// `any`: counted, and content with every status.
    Any(Span),
    Expected(Matcher),
}

#[derive(Debug, Clone)]
pub(super) struct Expectation {
    /// Where the key stands.
    pub(super) span: Span,
    pub(super) aspect: Aspect,
}

#[derive(Debug, Clone)]
pub(super) enum Aspect {
    Header { name: String, matcher: Matcher },
    Cookie { name: String, part: CookiePart, matcher: Matcher },
    Json { path: Argument<Selector>, matcher: Matcher },
    Html { css: Argument<Css>, attribute: Option<Argument<String>>, matcher: Matcher },
    Text(Matcher),
    Bytes(Matcher),
    Sha256(Matcher),
    Url(UrlExpectation),
    RedirectCount(Matcher),
    Redirects(Vec<HopExpectation>),
    Time { part: TimePart, matcher: Matcher },
    Value { of: Argument<Json>, matcher: Matcher },
}

#[derive(Debug, Clone)]
pub(super) struct HopExpectation {
    pub(super) status: Option<Matcher>,
    pub(super) to: Option<UrlExpectation>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CookiePart {
    Value,
    Secure,
    HttpOnly,
    SameSite,
    MaxAge,
    Expires,
    Domain,
    Path,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimePart {
    Whole,
    FirstByte,
    Connect,
}

impl Expectations {
    /// What a step without `expect` expects: a status below 400.
    #[must_use]
    pub fn implied() -> Self {
        Self { status: Status::Implied, rest: Vec::new() }
    }

    /// Whether the body must have been read whole.
    #[must_use]
    pub fn uses_body(&self) -> bool {
        self.rest.iter().any(|expectation| match expectation.aspect {
            Aspect::Json { .. } | Aspect::Html { .. } | Aspect::Text(_) | Aspect::Bytes(_) | Aspect::Sha256(_) => true,
            Aspect::Header { .. }
            | Aspect::Cookie { .. }
            | Aspect::Url(_)
            | Aspect::RedirectCount(_)
            | Aspect::Redirects(_)
            | Aspect::Time { .. }
            | Aspect::Value { .. } => false,
        })
    }

    /// Every template in it.
    #[must_use]
    pub fn dynamics(&self) -> Vec<&Dynamic> {
        let mut found = Vec::new();
        if let Status::Expected(matcher) = &self.status {
            matcher.dynamics(&mut found);
        }
        for expectation in &self.rest {
            match &expectation.aspect {
                Aspect::Header { matcher, .. }
                | Aspect::Cookie { matcher, .. }
                | Aspect::Text(matcher)
                | Aspect::Bytes(matcher)
                | Aspect::Sha256(matcher)
                | Aspect::RedirectCount(matcher)
                | Aspect::Time { matcher, .. } => matcher.dynamics(&mut found),
                Aspect::Json { path, matcher } => {
                    found.extend(path.dynamic());
                    matcher.dynamics(&mut found);
                }
                Aspect::Html { css, attribute, matcher } => {
                    found.extend(css.dynamic());
                    found.extend(attribute.as_ref().and_then(Argument::dynamic));
                    matcher.dynamics(&mut found);
                }
                Aspect::Url(url) => url.dynamics(&mut found),
                Aspect::Redirects(hops) => {
                    for hop in hops {
                        hop.status.iter().for_each(|matcher| matcher.dynamics(&mut found));
                        hop.to.iter().for_each(|to| to.dynamics(&mut found));
                    }
                }
                Aspect::Value { of, matcher } => {
                    found.extend(of.dynamic());
                    matcher.dynamics(&mut found);
                }
            }
        }
        found
    }

    /// Every name that its templates use, with its place.
    #[must_use]
    pub fn names(&self) -> Vec<Name> {
        self.dynamics().into_iter().flat_map(Dynamic::names).collect()
    }
}
