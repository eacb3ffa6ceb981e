//! What the page says of itself, and everything else, as one observation.

use prodiff_core::{
    json::Json,
    observation::page::{Answer, Dialog, Download, PageObservation, Watched},
};
use serde_json::Value;
use tokio::time::Duration;
use url::Url;

use super::{navigate, seen::Arriving};

/// What the page said of itself the last time it could.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub(super) url: Url,
    title: String,
    meta: Vec<(String, String)>,
    links: Vec<(String, String)>,
    overflow: u32,
}

impl Facts {
    /// Those of a window in which nothing was opened yet.
    pub(super) fn blank() -> Self {
        let url = Url::parse("about:blank").expect("it is a URL");
        Self { url, title: String::new(), meta: Vec::new(), links: Vec::new(), overflow: 0 }
    }

    /// Those that the agent tells.
    pub(super) fn read(said: &Value) -> Option<Self> {
        let pairs = |key: &str| {
            let all = said.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let text = |pair: &Value, index: usize| pair.get(index).and_then(Value::as_str).unwrap_or_default().to_owned();
            all.iter().map(|pair| (text(pair, 0), text(pair, 1))).collect()
        };
        Some(Self {
            url: navigate::address(said)?,
            title: said.get("title").and_then(Value::as_str).unwrap_or_default().to_owned(),
            meta: pairs("meta"),
            links: pairs("links"),
            overflow: said.get("overflow").and_then(Value::as_f64).and_then(|width| format!("{width:.0}").parse().ok()).unwrap_or(0),
        })
    }

    /// The observation, as far as the page itself tells.
    pub(super) fn observation(&self, answers: Vec<Answer>, dialog: Option<Dialog>, result: Option<Json>) -> PageObservation {
        let unwatched = || String::from("this browser does not tell");
        PageObservation {
            url: self.url.clone(),
            title: self.title.clone(),
            meta: self.meta.clone(),
            links: self.links.clone(),
            overflow: self.overflow,
            document: None,
            console: Watched::NotObserved(unwatched()),
            requests: Watched::NotObserved(unwatched()),
            dialog,
            result,
            downloads: Watched::NotObserved(unwatched()),
            withheld: Vec::new(),
            cookies: Vec::new(),
            answers,
            elapsed: Duration::ZERO,
        }
    }
}

/// Files that were downloaded, with their sizes where they are whole and here.
pub(super) fn downloads(arriving: &[Arriving]) -> Vec<Download> {
    let size = |arriving: &Arriving| Some(arriving.path.as_ref()?.metadata().ok()?.len());
    arriving.iter().map(|arriving| Download { name: arriving.name.clone(), bytes: size(arriving) }).collect()
}
