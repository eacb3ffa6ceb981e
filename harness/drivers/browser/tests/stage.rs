//! A page on a small site, and what a test does with it.

use std::{sync::Arc, time::Duration};

use prodiff_core::{
    action::{
        Locator, Part, TextMatch,
        page::{Extract, Gesture, PageAction, PageSetup, PageVerb, Probe, Viewport},
    },
    observation::{
        Fault,
        page::{Answer, Element, PageObservation},
    },
};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{
    pages::{self, Site},
    settings,
};
use crate::drivers::browser::{page::Page, session::pool::Pool};

/// One page of one browser.
pub(in crate::drivers::browser) struct Stage {
    pub(in crate::drivers::browser) page: Page,
    pub(in crate::drivers::browser) site: Site,
    pub(in crate::drivers::browser) pool: Pool,
    setup: Arc<PageSetup>,
}

pub(in crate::drivers::browser) fn setup(browser: &str) -> PageSetup {
    PageSetup {
        browser: String::from(browser),
        viewport: Viewport { width: 1000, height: 700 },
        ready: None,
        navigation_timeout: Duration::from_secs(30),
        headers: vec![],
        own_origins: vec![],
        protected_origins: vec![],
        mocks: vec![],
        blocked: vec![],
        storage: vec![],
        grid: None,
    }
}

impl Stage {
    /// Opens `/` of a site with these pages; nothing where the browser is not here.
    pub(in crate::drivers::browser) async fn with(
        browser: &str,
        pages: &[(&str, &str)],
        change: impl FnOnce(&mut PageSetup, &Site),
    ) -> Option<Self> {
        let pool = Pool::new(settings(browser)?);
        let site = pages::serve(pages).await;
        let mut setup = setup(browser);
        change(&mut setup, &site);
        let setup = Arc::new(setup);
        let page = Page::begin(pool.lease().await.unwrap(), &setup).await.unwrap();
        let mut stage = Self { page, site, pool, setup };
        let home = stage.url("/");
        stage.act(PageVerb::Open(home)).await.unwrap();
        Some(stage)
    }

    /// The same, with a page of this body and nothing special.
    pub(in crate::drivers::browser) async fn of(browser: &str, body: &str) -> Option<Self> {
        let page = format!("<!doctype html><html lang=en><title>Stage</title><body>{body}");
        Self::with(browser, &[("/", &page)], |_, _| {}).await
    }

    pub(in crate::drivers::browser) fn url(&self, path: &str) -> Url {
        Url::parse(&self.site.url(path)).unwrap()
    }

    pub(in crate::drivers::browser) fn action(&self, verb: PageVerb) -> PageAction {
        let timeout = Duration::from_secs(3);
        PageAction { setup: Arc::clone(&self.setup), cookies: vec![], frames: vec![], verb, probes: vec![], timeout }
    }

    pub(in crate::drivers::browser) async fn perform(&mut self, action: &PageAction) -> Result<PageObservation, Fault> {
        self.page.perform(action, &CancellationToken::new()).await
    }

    pub(in crate::drivers::browser) async fn act(&mut self, verb: PageVerb) -> Result<PageObservation, Fault> {
        let action = self.action(verb);
        self.perform(&action).await
    }

    pub(in crate::drivers::browser) async fn click(&mut self, on: Locator) -> Result<PageObservation, Fault> {
        self.act(PageVerb::Gesture { gesture: Gesture::Click, on }).await
    }

    /// What a script in the page returns, as JSON.
    pub(in crate::drivers::browser) async fn script(&mut self, source: &str) -> String {
        let seen = self.act(PageVerb::Script(String::from(source))).await.unwrap();
        seen.result.map_or_else(String::new, |json| prodiff_core::json::to_compact(&json))
    }

    pub(in crate::drivers::browser) async fn probe(&mut self, probe: Probe) -> Answer {
        let action = PageAction { probes: vec![probe], ..self.action(PageVerb::Look) };
        self.perform(&action).await.unwrap().answers.remove(0)
    }

    pub(in crate::drivers::browser) async fn elements(&mut self, at: Locator) -> Vec<Element> {
        match self.probe(Probe::Elements { at, attributes: vec![String::from("id")] }).await {
            Answer::Elements(elements) => elements,
            other => panic!("{other:?}"),
        }
    }

    /// Ids of the visible elements that a locator finds, or what is said instead.
    pub(in crate::drivers::browser) async fn ids(&mut self, at: Locator) -> String {
        match self.probe(Probe::Elements { at, attributes: vec![String::from("id")] }).await {
            Answer::Elements(elements) => {
                let visible = elements.iter().filter(|element| element.visible);
                visible.map(|element| element.attributes[0].clone().unwrap_or_else(|| String::from("-"))).collect::<Vec<_>>().join(" ")
            }
            Answer::Nothing(why) => why,
            other => panic!("{other:?}"),
        }
    }

    pub(in crate::drivers::browser) async fn aria(&mut self) -> String {
        match self.probe(Probe::Aria(Extract::default())).await {
            Answer::Text(text) => text,
            other => panic!("{other:?}"),
        }
    }

    /// Ends the browser; nothing of it is left.
    pub(in crate::drivers::browser) async fn end(self) {
        self.page.end().await;
        self.pool.end().await;
    }
}

pub(in crate::drivers::browser) fn is(text: &str) -> TextMatch {
    TextMatch::Equals(String::from(text))
}

pub(in crate::drivers::browser) fn role(role: &str, name: &str) -> Locator {
    let name = (!name.is_empty()).then(|| is(name));
    Locator::of(Part::Role { role: String::from(role), name })
}

pub(in crate::drivers::browser) fn css(selector: &str) -> Locator {
    Locator::of(Part::Css(String::from(selector)))
}

pub(in crate::drivers::browser) fn text(text: &str) -> Locator {
    Locator::of(Part::Text(is(text)))
}
