//! What one environment holds at one moment: plugins at their versions, in scan order, with counters.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use axum::body::Bytes;

use crate::catalogue::{Author, Catalogue, Plugin, Presence, STALE, Version, Visibility};
use crate::clock;
use crate::dice::Dice;
use crate::environment::{Environment, PerEnvironment, Release, Urls};
use crate::fault::{Fault, Faults};
use crate::metrics::{self, Counters};
use crate::options::{Drift, Pace};

/// What runs in an environment since its last deploy or change of faults.
#[derive(Debug)]
pub(crate) struct Deployed {
    pub(crate) release: Release,
    pub(crate) faults: Faults,
    pub(crate) build: String,
    /// The build of the other container, while two are mixed.
    pub(crate) other_build: String,
    /// Which edition of the terms `/categories` shows.
    pub(crate) categories_edition: u8,
    /// Goes up with every change, so that nothing made before is used again.
    pub(crate) revision: u64,
}

/// What never changes while a sandbox runs.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) environment: Environment,
    pub(crate) urls: PerEnvironment<Urls>,
    pub(crate) pace: Pace,
    pub(crate) drift: Drift,
    /// The hub's time at its start.
    pub(crate) start: i64,
}

impl Ground {
    /// How many times the environment has renewed its data by then.
    pub(crate) fn generation(&self, now: i64) -> i64 {
        (now - self.start).max(0) / self.refresh()
    }

    /// The moment that the data of a generation show.
    fn crawled(&self, generation: i64) -> i64 {
        let lag = match (self.drift, self.environment) {
            (Drift::Off, _) | (Drift::On, Environment::Production) => 0,
            (Drift::On, Environment::Staging) => self.refresh() / 2,
            (Drift::On, Environment::Dev) => self.refresh() / 10 * 9,
        };
        self.start.saturating_add(generation.saturating_mul(self.refresh())) - lag
    }

    fn refresh(&self) -> i64 {
        let refresh = match self.drift {
            Drift::Off => self.pace.refresh.production,
            Drift::On => self.pace.refresh[self.environment],
        };
        clock::micros(refresh).max(1_000)
    }

    pub(crate) fn own(&self) -> &Urls {
        &self.urls[self.environment]
    }

    /// Dice for something that differs between environments and builds, but not from one request to the next.
    pub(crate) fn dice(&self, deployed: &Deployed, purpose: &[&str]) -> Dice {
        let mut words = vec![self.environment.name(), deployed.build.as_str()];
        words.extend(purpose);
        Dice::of(self.catalogue.seed, &words)
    }
}

/// A plugin as this environment shows it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Where it stands in the catalogue.
    pub(crate) at: usize,
    pub(crate) version: Version,
    /// All versions known here, oldest first.
    pub(crate) versions: Vec<Version>,
    pub(crate) authors: Vec<Author>,
    pub(crate) counters: Counters,
    /// Whether enrichment has reached this environment.
    pub(crate) has_conda: bool,
    pub(crate) has_category: bool,
}

/// The data of an environment between two refreshes.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) ground: Arc<Ground>,
    pub(crate) deployed: Arc<Deployed>,
    pub(crate) generation: i64,
    /// Every plugin known here, blocked ones too, in scan order.
    pub(crate) entries: Vec<Entry>,
    by_name: HashMap<usize, usize>,
    /// What lists show: public plugins, unless a fault says otherwise.
    pub(crate) listed: Vec<Entry>,
    /// Bodies that are dear to make, made once.
    pub(crate) index: OnceLock<Bytes>,
    pub(crate) index_all: OnceLock<Bytes>,
    pub(crate) cards: OnceLock<String>,
    pub(crate) list_props: OnceLock<String>,
}

impl World {
    pub(crate) fn at(ground: Arc<Ground>, deployed: Arc<Deployed>, generation: i64) -> World {
        let crawled = ground.crawled(generation);
        let plugins = &ground.catalogue.plugins;
        let mut entries: Vec<Entry> = (0..plugins.len()).filter_map(|at| entry(&ground, at, crawled)).collect();
        ground.dice(&deployed, &["scan", &generation.to_string()]).shuffle(&mut entries);
        let by_name = entries.iter().enumerate().map(|(place, entry)| (entry.at, place)).collect();
        let listed = listed(&ground, deployed.faults, &entries);
        World {
            ground,
            deployed,
            generation,
            entries,
            by_name,
            listed,
            index: OnceLock::new(),
            index_all: OnceLock::new(),
            cards: OnceLock::new(),
            list_props: OnceLock::new(),
        }
    }

    pub(crate) fn plugin(&self, entry: &Entry) -> &Plugin {
        &self.ground.catalogue.plugins[entry.at]
    }

    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.deployed.faults.has(fault)
    }

    /// The plugin of exactly that name, if it may be seen at all.
    pub(crate) fn reachable(&self, name: &str) -> Option<&Entry> {
        let at = self.ground.catalogue.by_name.get(name)?;
        let entry = &self.entries[*self.by_name.get(at)?];
        let visible = match self.plugin(entry).visibility {
            Visibility::Public | Visibility::Hidden => true,
            Visibility::Blocked => self.has(Fault::BlockedLeaks),
        };
        visible.then_some(entry)
    }
}

fn entry(ground: &Ground, at: usize, crawled: i64) -> Option<Entry> {
    let plugin = &ground.catalogue.plugins[at];
    let drifts = match ground.drift {
        Drift::Off => false,
        Drift::On => true,
    };
    let mut versions = plugin.versions.clone();
    match plugin.presence {
        Presence::StagingOnly if !(drifts && ground.environment == Environment::Staging) => return None,
        Presence::Busy(place) if drifts => versions.extend(published(ground, place, crawled)),
        Presence::Everywhere | Presence::StagingOnly | Presence::Busy(_) => {}
    }
    let version = versions.last()?.clone();
    let mut authors = plugin.authors.clone();
    let mut dice = Dice::of(ground.catalogue.seed, &["enrichment", ground.environment.name(), &plugin.name]);
    if drifts && at % 40 == 21 {
        authors[0].email = Some(format!("{}@example.org", ground.environment.name()));
    }
    Some(Entry {
        at,
        version,
        versions,
        authors,
        counters: metrics::counters(ground.catalogue.seed, plugin, ground.start, crawled),
        has_conda: plugin.conda && (!drifts || dice.chance(60)),
        has_category: !drifts || at % 52 != 24 || ground.environment == Environment::Staging,
    })
}

/// The versions that a busy plugin published while we watched.
fn published(ground: &Ground, place: i64, crawled: i64) -> Vec<Version> {
    // More would make a body grow without end; the newest stay.
    const KEPT: i64 = 50;
    let period = clock::micros(ground.pace.publish).max(1_000);
    // They began ten versions before the start, one after the other.
    let first = ground.start.saturating_sub(period.saturating_mul(10)).saturating_add(period / 6 * place);
    let n_versions = (crawled - first).max(0) / period;
    let kept = (n_versions - KEPT).max(0)..n_versions;
    kept.map(|n| Version { number: format!("1.0.{n}"), released: first + n * period }).collect()
}

fn listed(ground: &Ground, faults: Faults, entries: &[Entry]) -> Vec<Entry> {
    let catalogue = &ground.catalogue;
    let is_listed = |entry: &&Entry| match catalogue.plugins[entry.at].visibility {
        Visibility::Public => true,
        Visibility::Hidden => false,
        Visibility::Blocked => faults.has(Fault::BlockedLeaks),
    };
    let mut listed: Vec<Entry> = entries.iter().filter(is_listed).cloned().collect();
    if faults.has(Fault::PartialIndex) {
        // 160 of 360, as it once happened.
        listed.retain(|entry| Dice::of(catalogue.seed, &["vanish", &catalogue.plugins[entry.at].name]).below(360) < 160);
    }
    if faults.has(Fault::StaleIndex) {
        for entry in &mut listed {
            entry.versions.retain(|version| version.released <= STALE);
            if let Some(newest) = entry.versions.last() {
                entry.version = newest.clone();
            }
        }
        listed.retain(|entry| !entry.versions.is_empty());
    }
    if faults.has(Fault::ZeroInstallsMixedCase) {
        for entry in &mut listed {
            if catalogue.plugins[entry.at].is_mixed_case() {
                entry.counters.total_installs = 0;
            }
        }
    }
    if faults.has(Fault::DuplicateRows) {
        let again: Vec<Entry> = listed.iter().filter(|entry| entry.at % 37 == 20).cloned().collect();
        listed.extend(again);
    }
    listed
}
