//! The browsers of a run: a pool for each kind, filled as cases need them.

use std::{collections::BTreeMap, sync::Arc};

use prodiff_core::{
    action::page::PageSetup,
    observation::{Fault, FaultKind},
};
use tokio::{
    sync::{Mutex, OwnedSemaphorePermit, Semaphore},
    time::Instant,
};
use url::Url;

use super::page::Page;
use crate::drivers::browser::{
    act::ActError,
    error::BrowserError,
    provide::{
        install::{self, Command, System},
        registry::Browser,
        search::{self, Machine, NotFound},
    },
    session::{pool::Pool, settings::Settings},
};

/// How a run's browsers are.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many at once, of all kinds together.
    pub n_sessions: usize,
    /// Whether a person wants to watch.
    pub headed: bool,
    /// A WebDriver server for everything, over what environments say.
    pub grid: Option<Url>,
    /// Whether certificates that nobody vouches for are taken.
    pub any_certificate: bool,
    /// Proxy of every request of a page.
    pub proxy: Option<String>,
    /// Told, in one line, what is installed before it is.
    pub announce: fn(&str),
}

/// A browser's name, and the server that it runs on.
type Kind = (&'static str, Option<Url>);

/// All browsers of a run.
#[derive(Debug)]
pub struct Browsers {
    options: Options,
    machine: Machine,
    pools: Mutex<BTreeMap<Kind, Result<Pool, BrowserError>>>,
    seats: Arc<Semaphore>,
}

/// The right to have so many pages at once. A case takes all that it needs in one go: if two took one each and then
/// waited for another, both would wait for ever.
#[derive(Debug)]
pub struct Seats {
    _permits: OwnedSemaphorePermit,
}

impl Browsers {
    /// None is looked for, let alone started, before a case needs it.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let seats = Arc::new(Semaphore::new(options.n_sessions.max(1)));
        Self { options, machine: Machine::this(), pools: Mutex::default(), seats }
    }

    /// Waits until a case may have so many pages at once. Where the run has fewer seats, all of them do.
    ///
    /// # Errors
    /// When the run ends first.
    pub async fn seats(&self, n_pages: usize) -> Result<Seats, Fault> {
        let began = Instant::now();
        let wanted = u32::try_from(n_pages.clamp(1, self.options.n_sessions.max(1))).unwrap_or(1);
        match Arc::clone(&self.seats).acquire_many_owned(wanted).await {
            Ok(permits) => Ok(Seats { _permits: permits }),
            Err(_) => Err(ActError::new(FaultKind::Cancelled, "the run was stopped").after(began.elapsed())),
        }
    }

    /// A fresh page for a case that has its seats, in a browser of its kind.
    ///
    /// # Errors
    /// When there is none, or none can be started.
    pub async fn page(&self, _: &Seats, setup: &Arc<PageSetup>) -> Result<Page, Fault> {
        let began = Instant::now();
        self.opened(setup).await.map_err(|error| error.after(began.elapsed()))
    }

    async fn opened(&self, setup: &Arc<PageSetup>) -> Result<Page, ActError> {
        if self.seats.is_closed() {
            return Err(ActError::new(FaultKind::Cancelled, "the run was stopped"));
        }
        let browser = Browser::named(&setup.browser)
            .ok_or_else(|| ActError::new(FaultKind::NoBrowser, format!("there is no browser called `{}`", setup.browser)))?;
        let pool = self.pool(browser, setup.grid.as_ref()).await?;
        let lease = pool.lease().await?;
        match Page::begin(lease, setup).await {
            // A browser that died while it was idle is replaced, once.
            Err(error) if error.kind == FaultKind::BrowserGone => Page::begin(pool.lease().await?, setup).await,
            outcome => outcome,
        }
    }

    async fn pool(&self, browser: &'static Browser, grid: Option<&Url>) -> Result<Pool, BrowserError> {
        let grid = self.options.grid.as_ref().or(grid).cloned();
        // The lock is held while something is installed: other cases need the same.
        let mut pools = self.pools.lock().await;
        let key = (browser.name, grid.clone());
        if let Some(pool) = pools.get(&key) {
            return pool.clone();
        }
        let made = self.settings(browser, grid.as_ref()).await.map(Pool::new);
        pools.insert(key, made.clone());
        made
    }

    async fn settings(&self, browser: &'static Browser, grid: Option<&Url>) -> Result<Settings, BrowserError> {
        let found = match grid {
            Some(grid) => Ok(Settings::remote(browser, grid)),
            None => Settings::here(browser, &self.machine, self.options.headed),
        };
        let settings = match found {
            Err(BrowserError::Missing { .. }) if self.install(browser).await => Settings::here(browser, &self.machine, self.options.headed),
            found => found,
        }?;
        let Options { any_certificate, proxy, .. } = self.options.clone();
        Ok(Settings { any_certificate, proxy, ..settings })
    }

    /// Installs what is missing where that can be done without asking anybody: as root, from packages. Whether anything was.
    async fn install(&self, browser: &'static Browser) -> bool {
        let is_missing =
            |program: &&'static _| matches!(search::find(program, &self.machine, self.options.headed), Err(NotFound::Missing { .. }));
        let missing: Vec<_> = browser.programs().filter(is_missing).collect();
        let plan = install::plan(&missing, &System::this());
        let is_quick = plan.by_hand.is_empty() && plan.commands.iter().all(|command| !command.is_slow);
        if !install::is_root() || plan.commands.is_empty() || !is_quick {
            return false;
        }
        (self.options.announce)(&format!("no {} here; installing it: {}", browser.name, plan.line()));
        for command in &plan.commands {
            if !run(command).await {
                return false;
            }
        }
        true
    }

    /// Ends every browser. No case gets one any more.
    pub async fn end(&self) {
        self.seats.close();
        for pool in self.pools.lock().await.values().flatten() {
            pool.end().await;
        }
    }
}

async fn run(command: &Command) -> bool {
    let Some((program, arguments)) = command.words.split_first() else { return false };
    let mut process = tokio::process::Command::new(program);
    process.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").kill_on_drop(true);
    process.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    process.status().await.is_ok_and(|status| status.success())
}
