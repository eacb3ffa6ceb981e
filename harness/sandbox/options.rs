//! How a sandbox is set up.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::environment::{Environment, PerEnvironment, Release};
use crate::fault::Fault;

/// What a sandbox serves, and how lively it is.
#[derive(Clone, Debug)]
pub struct Options {
    /// Decides plugins, orders and build ids: the same seed gives the same hub.
    pub seed: u64,
    /// The hub's time when it starts; `None` is the time it is. Kept within the years 2000 to 9000.
    pub start: Option<DateTime<Utc>>,
    /// Whether the hub's time passes by itself.
    pub clock: Clock,
    /// Whether the environments' data differ.
    pub drift: Drift,
    /// How fast things change.
    pub pace: Pace,
    /// Ports and release of each environment.
    pub sites: PerEnvironment<SiteOptions>,
    /// What is broken from the start.
    pub faults: Vec<(Environment, Fault)>,
}

impl Default for Options {
    /// A lively hub on free ports, everything at [`Release::Current`] and nothing broken.
    fn default() -> Options {
        Options {
            seed: 7,
            start: None,
            clock: Clock::Running,
            drift: Drift::On,
            pace: Pace::default(),
            sites: PerEnvironment::default(),
            faults: Vec::new(),
        }
    }
}

impl Options {
    /// A hub whose time stands still and whose environments hold the same data, for tests and demonstrations.
    ///
    /// What differs even so: the order of lists that have none (per environment and build), the home section
    /// `plugin_types` (per request, but held by production's cache), headers of the cache, build ids and hosts.
    pub fn still() -> Options {
        Options { clock: Clock::Frozen, drift: Drift::Off, ..Options::default() }
    }
}

/// Whether time passes by itself. Either way [`crate::Sandbox::advance`] moves it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// It passes as it does outside.
    Running,
    /// It stands still, so that equal requests get equal answers (but for the random home section).
    Frozen,
}

/// Whether the environments' data differ, as separate crawls make them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drift {
    /// All environments hold the same data and renew them together, at production's pace; nobody publishes new versions.
    Off,
    /// Each environment renews its data at its own pace. Some plugins publish versions all the time, so that these appear in
    /// production first; some fields are there in one environment only; two plugins are known to staging alone.
    On,
}

/// How fast things change. A zero counts as a millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How often each environment renews its data.
    pub refresh: PerEnvironment<Duration>,
    /// How often each of the busy plugins publishes a version.
    pub publish: Duration,
    /// How long the home section `plugin_types` shows one type.
    pub rotate: Duration,
    /// How long production's gateway answers from its cache. It also forgets at each refresh.
    pub cache: Duration,
}

impl Default for Pace {
    /// Scaled so that everything shows within a minute.
    fn default() -> Pace {
        let seconds = Duration::from_secs;
        Pace {
            refresh: PerEnvironment { dev: seconds(60), staging: seconds(12), production: seconds(2) },
            publish: seconds(20),
            rotate: seconds(30),
            cache: seconds(5),
        }
    }
}

impl Pace {
    /// As slow as the hub that this one is modelled on.
    pub fn real() -> Pace {
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        Pace {
            refresh: PerEnvironment { dev: minutes(24 * 60), staging: minutes(60), production: minutes(5) },
            publish: minutes(100),
            rotate: minutes(5),
            cache: minutes(5),
        }
    }
}

/// Ports and release of one environment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SiteOptions {
    /// The port of the pages on 127.0.0.1; 0 is any free one.
    pub web_port: u16,
    /// The port of the API on 127.0.0.1; 0 is any free one.
    pub api_port: u16,
    /// The release that runs from the start.
    pub release: Release,
}
