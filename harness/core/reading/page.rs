//! One page as it is compared and kept: secrets and the environment's own URLs called by name.

use crate::{
    mask::{self, Naming},
    observation::page::{Answer, ConsoleLevel, PageObservation, Watched},
};

/// A page, named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageReading {
    /// The address.
    pub url: String,
    /// The title.
    pub title: String,
    /// Status of the document, where a step loaded one and the browser tells.
    pub status: Option<u16>,
    /// Redirects that led to the document: status and target.
    pub redirects: Vec<(u16, String)>,
    /// `<meta>` by name, in document order.
    pub meta: Vec<(String, String)>,
    /// `<link>` by relation, in document order.
    pub links: Vec<(String, String)>,
    /// What the console said: level and text. The error says why that is not known.
    pub console: Result<Vec<(ConsoleLevel, String)>, String>,
    /// What the page asked for. The error says why that is not known.
    pub requests: Result<Vec<PageAsked>, String>,
    /// Trees and texts that were kept: `page` for the tree of a page that was opened, `aria.0`, `text.1`, `html.2` for what a
    /// snapshot keeps, by its place there. The error says why there is none.
    pub texts: Vec<(String, Result<String, String>)>,
}

/// One request of a page, named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageAsked {
    /// The method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// How it ended: a status, or why there was none.
    pub outcome: Option<String>,
    /// Whether it failed: no answer, or a status from 400.
    pub has_failed: bool,
}

impl PageReading {
    /// The reading of a page.
    #[must_use]
    pub fn of(page: &PageObservation, naming: &Naming) -> Self {
        let raw = |text: &str| naming.name_text(text, mask::Content::Raw).into_owned();
        let pairs = |pairs: &[(String, String)]| pairs.iter().map(|(name, value)| (name.clone(), raw(value))).collect();
        let document = page.document.as_ref();
        Self {
            url: raw(page.url.as_str()),
            title: raw(&page.title),
            status: document.and_then(|document| document.status),
            redirects: document
                .map(|document| document.redirects.iter().map(|(status, to)| (*status, raw(to.as_str()))).collect())
                .unwrap_or_default(),
            meta: pairs(&page.meta),
            links: pairs(&page.links),
            console: match &page.console {
                Watched::Seen(messages) => Ok(messages.iter().map(|message| (message.level, raw(&message.text))).collect()),
                Watched::NotObserved(why) => Err(why.clone()),
            },
            requests: match &page.requests {
                Watched::Seen(requests) => Ok(requests
                    .iter()
                    .map(|request| PageAsked {
                        method: request.method.clone(),
                        url: raw(&request.url),
                        outcome: request.failure.as_deref().map(raw).or_else(|| request.status.map(|status| status.to_string())),
                        has_failed: request.failure.is_some() || request.status.is_some_and(|status| status >= 400),
                    })
                    .collect()),
                Watched::NotObserved(why) => Err(why.clone()),
            },
            texts: Vec::new(),
        }
    }

    /// The same, with what was kept of it.
    #[must_use]
    pub fn with_texts<'k>(self, kept: impl Iterator<Item = (&'k str, &'k Answer)>, naming: &Naming) -> Self {
        let texts = kept.map(|(what, answer)| (what.to_owned(), page_text(answer, naming))).collect();
        Self { texts, ..self }
    }
}

/// A text that was read of a page, named; or why there is none.
///
/// # Errors
/// What was not there, or could not be observed.
pub fn page_text(answer: &Answer, naming: &Naming) -> Result<String, String> {
    match answer {
        Answer::Text(text) => Ok(naming.name_text(text, mask::Content::Raw).into_owned()),
        Answer::Nothing(why) | Answer::NotObserved(why) => Err(naming.name_text(why, mask::Content::Raw).into_owned()),
        Answer::Elements(_) | Answer::Png(_) | Answer::Violations(_) | Answer::Vitals { .. } | Answer::Storage(_) => {
            Err(String::from("the browser gave another answer than was asked for"))
        }
    }
}
