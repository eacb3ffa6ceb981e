//! Starts the three environments, changes them while they run, and stops them.

use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::catalogue::Catalogue;
use crate::clock::HubClock;
use crate::environment::{Environment, PerEnvironment, Release, Urls};
use crate::fault::{Fault, Faults};
use crate::options::Options;
use crate::server;
use crate::site::{Side, Site};
use crate::world::Ground;

/// How long [`Sandbox::shutdown`] waits for answers that are under way.
const PATIENCE: Duration = Duration::from_secs(2);

/// The three environments while they run, on 127.0.0.1 only. Dropping it stops them too.
pub struct Sandbox {
    urls: PerEnvironment<Urls>,
    sites: PerEnvironment<Arc<Site>>,
    clock: Arc<HubClock>,
    stop: watch::Sender<bool>,
    servers: Vec<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts all environments on the caller's runtime. They answer when this returns.
    ///
    /// # Errors
    /// When a port cannot be had.
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O and time enabled.
    pub async fn start(options: Options) -> io::Result<Sandbox> {
        let mut listeners = Vec::new();
        let mut urls = PerEnvironment::<Urls>::default();
        for environment in Environment::ALL {
            let ports = &options.sites[environment];
            let (web, web_url) = bind(ports.web_port).await?;
            let (api, api_url) = bind(ports.api_port).await?;
            urls[environment] = Urls { web: web_url, api: api_url };
            listeners.push((environment, Side::Web, web));
            listeners.push((environment, Side::Api, api));
        }

        let clock = Arc::new(HubClock::new(options.start.unwrap_or_else(Utc::now), options.clock));
        let catalogue = Arc::new(Catalogue::of(options.seed));
        let site = |environment: Environment| {
            let ground = Ground {
                catalogue: catalogue.clone(),
                environment,
                urls: urls.clone(),
                pace: options.pace,
                drift: options.drift,
                start: clock.start,
            };
            let faults: Vec<Fault> = options.faults.iter().filter(|(place, _)| *place == environment).map(|(_, fault)| *fault).collect();
            Arc::new(Site::new(ground, clock.clone(), options.sites[environment].release, Faults::of(&faults)))
        };
        let sites =
            PerEnvironment { dev: site(Environment::Dev), staging: site(Environment::Staging), production: site(Environment::Production) };

        let (stop, stopped) = watch::channel(false);
        let serve = |(environment, side, listener)| server::serve(listener, Arc::clone(&sites[environment]), side, stopped.clone());
        let servers = listeners.into_iter().map(serve).collect();
        Ok(Sandbox { urls, sites, clock, stop, servers })
    }

    /// Where an environment is.
    pub fn urls(&self, environment: Environment) -> &Urls {
        &self.urls[environment]
    }

    /// The build that an environment runs, as its pages name it (`buildId`).
    pub fn build(&self, environment: Environment) -> String {
        self.sites[environment].deployed().build.clone()
    }

    /// The release that an environment runs.
    pub fn release(&self, environment: Environment) -> Release {
        self.sites[environment].deployed().release
    }

    /// Deploys a new build of a release, with exactly these faults. Its build id is new even if the release is not.
    ///
    /// Under [`Fault::ForgottenCache`] one route goes on as in the release that ran until now.
    pub fn deploy(&self, environment: Environment, release: Release, faults: &[Fault]) {
        self.sites[environment].deploy(release, Faults::of(faults));
    }

    /// Lets the running build have exactly these faults, and clears the gateway's cache.
    ///
    /// A browser that was there before may hold that build's scripts, which never change: a fresh one sees these faults.
    pub fn set_faults(&self, environment: Environment, faults: &[Fault]) {
        self.sites[environment].set_faults(Faults::of(faults));
    }

    /// Moves the hub's time on, in all environments at once; a frozen clock moves in no other way.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Stops listening, lets answers that are under way end, for two seconds at most, and returns.
    pub async fn shutdown(mut self) {
        // Nobody left to hear it means that all have stopped.
        let _ = self.stop.send(true);
        let servers = std::mem::take(&mut self.servers);
        let ended = async {
            for server in servers {
                // A server that panicked has stopped as well.
                let _ = server.await;
            }
        };
        // When patience ends, the runtime's end will end them.
        let _ = tokio::time::timeout(PATIENCE, ended).await;
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("urls", &self.urls).finish_non_exhaustive()
    }
}

async fn bind(port: u16) -> io::Result<(TcpListener, String)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    Ok((listener, url))
}
