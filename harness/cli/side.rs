//! One environment as a run reaches it: client, gates, latch, budget.

use std::{
    collections::{BTreeMap, HashMap},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use prodiff_core::{
    action::{HttpRequest, Limit},
    environment::site::{Authority, Site},
    observation::{Fault, HttpResponse},
    template::Surroundings,
};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::drivers::{
    browser::page::Browsers,
    budget::{Budget, Share},
    gate::{Gate, Permit},
    http::{Http, SetupError},
    latch::Latch,
};

/// What the sides of a run share: bodies in flight, gates of environments, hosts that do not answer.
#[derive(Debug)]
pub struct Shared {
    budget: Arc<Budget>,
    latch: Latch,
    gates: HashMap<String, Arc<Gate>>,
    requests: AtomicU64,
    browsers: Browsers,
}

/// Bodies in flight may take this much memory together; one response may always proceed.
const BUDGET: u64 = 256_000_000;

impl Shared {
    /// Gates for every environment that a site of the run knows of.
    #[must_use]
    pub fn new(sites: &[Arc<Site>], browsers: Browsers) -> Arc<Self> {
        let gates = limits(sites).map(|(name, limit)| (name.to_owned(), Arc::new(Gate::new(limit)))).collect();
        Self::with(gates, browsers)
    }

    /// The same, but all processes that are given the folder hold to the limits together.
    ///
    /// # Errors
    /// When files in it cannot be locked.
    pub fn between_processes(sites: &[Arc<Site>], browsers: Browsers, folder: &Path) -> io::Result<Arc<Self>> {
        let gates = limits(sites)
            .map(|(name, limit)| Ok((name.to_owned(), Arc::new(Gate::between_processes(limit, folder, name)?))))
            .collect::<io::Result<_>>()?;
        Ok(Self::with(gates, browsers))
    }

    fn with(gates: HashMap<String, Arc<Gate>>, browsers: Browsers) -> Arc<Self> {
        Arc::new(Self { budget: Budget::new(BUDGET), latch: Latch::default(), gates, requests: AtomicU64::new(0), browsers })
    }

    /// Ends every browser of the run.
    pub async fn end(&self) {
        self.browsers.end().await;
    }

    /// Requests sent so far.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
}

/// The limits of every environment that a site knows of, by name.
fn limits(sites: &[Arc<Site>]) -> impl Iterator<Item = (&str, Limit)> {
    let mut limits = BTreeMap::new();
    for site in sites {
        for (_, guarded) in site.guards.hosts() {
            limits.entry(guarded.environment.as_str()).or_insert(guarded.limit);
        }
        limits.entry(site.name.as_str()).or_insert(site.limit);
    }
    limits.into_iter()
}

/// One environment as a run reaches it.
#[derive(Debug)]
pub struct Side {
    /// The environment.
    pub site: Arc<Site>,
    /// What templates see of it.
    pub surroundings: Arc<Surroundings>,
    http: Http,
    base: PathBuf,
    shared: Arc<Shared>,
    open: Arc<Gate>,
}

impl Side {
    /// A side; files of its certificates are relative to `base`.
    ///
    /// # Errors
    /// When its certificates cannot be read.
    pub fn new(site: Arc<Site>, surroundings: Arc<Surroundings>, shared: Arc<Shared>, base: &Path) -> Result<Self, SetupError> {
        let http = Http::new(&site.transport, base)?;
        Ok(Self { site, surroundings, http, base: base.to_owned(), shared, open: Arc::new(Gate::new(Limit::default())) })
    }

    /// Sends a request within the limits of whoever owns the host.
    ///
    /// # Errors
    /// The fault, when nothing of an answer was seen.
    pub async fn perform(&self, request: HttpRequest, cancel: &CancellationToken) -> Result<HttpResponse, Fault> {
        let permit = tokio::select! {
            permit = self.gate(&request.url).pass() => permit,
            () = cancel.cancelled() => return Err(cancelled()),
        };
        self.send(&request, permit, cancel).await
    }

    /// Waits until an address may be asked, and counts it: a browser asks it then.
    ///
    /// # Errors
    /// When the run is told to end meanwhile.
    pub async fn pass(&self, url: &Url, cancel: &CancellationToken) -> Result<(), Fault> {
        tokio::select! {
            permit = self.gate(url).pass() => drop(permit),
            () = cancel.cancelled() => return Err(cancelled()),
        }
        self.shared.requests.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// The browsers of the run.
    #[must_use]
    pub fn browsers(&self) -> &Browsers {
        &self.shared.browsers
    }

    /// A file that a suite names, below the suites folder.
    #[must_use]
    pub fn file(&self, file: &Path) -> PathBuf {
        super::stage::absolute(&self.base, file)
    }

    /// Sends one request on each of two sides, back to back: both gates are held before either request goes. The first
    /// of the pair goes first.
    pub async fn perform_both(
        (one, request_one): (&Self, HttpRequest),
        (two, request_two): (&Self, HttpRequest),
        cancel: &CancellationToken,
    ) -> (Result<HttpResponse, Fault>, Result<HttpResponse, Fault>) {
        let (gate_one, gate_two) = (one.gate(&request_one.url), two.gate(&request_two.url));
        let permits = async {
            if Arc::ptr_eq(gate_one, gate_two) {
                // One environment on both sides: its gate is passed twice, in order.
                (gate_one.pass().await, None)
            } else {
                let (permit_one, permit_two) = Gate::pass_both(gate_one, gate_two).await;
                (permit_one, Some(permit_two))
            }
        };
        let (permit_one, permit_two) = tokio::select! {
            permits = permits => permits,
            () = cancel.cancelled() => return (Err(cancelled()), Err(cancelled())),
        };
        match permit_two {
            Some(permit_two) => tokio::join!(one.send(&request_one, permit_one, cancel), two.send(&request_two, permit_two, cancel)),
            None => {
                let answer_one = one.send(&request_one, permit_one, cancel).await;
                let answer_two = two.perform(request_two, cancel).await;
                (answer_one, answer_two)
            }
        }
    }

    fn gate(&self, url: &Url) -> &Arc<Gate> {
        let environment = match self.site.guards.of(url) {
            Some(guarded) => guarded.environment.as_str(),
            None if self.site.owns(url) => self.site.name.as_str(),
            None => return &self.open,
        };
        self.shared.gates.get(environment).unwrap_or(&self.open)
    }

    async fn send(&self, request: &HttpRequest, permit: Permit, cancel: &CancellationToken) -> Result<HttpResponse, Fault> {
        let host = Authority::of(&request.url);
        if let Some(fault) = self.shared.latch.fault(&host) {
            return Err(fault);
        }
        self.shared.requests.fetch_add(1, Ordering::Relaxed);
        let mut share: Share = self.shared.budget.share();
        let answer = self.http.perform_within(request, cancel, &mut share).await;
        drop(permit);
        self.shared.latch.note(&host, &answer);
        answer
    }
}

pub(super) fn cancelled() -> Fault {
    Fault {
        kind: prodiff_core::observation::FaultKind::Cancelled,
        detail: String::from("the run was told to end"),
        after: std::time::Duration::ZERO,
    }
}
