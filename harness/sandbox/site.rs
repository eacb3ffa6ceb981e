//! One running environment: what is deployed, what it holds, and its two ports' answers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::api;
use crate::clock::HubClock;
use crate::dice::Dice;
use crate::environment::Release;
use crate::fault::{Fault, Faults};
use crate::gateway::Gateway;
use crate::page;
use crate::reply::{Ask, Reply};
use crate::world::{Deployed, Ground, World};

/// Which of an environment's two ports is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Web,
    Api,
}

#[derive(Debug)]
pub(crate) struct Site {
    ground: Arc<Ground>,
    clock: Arc<HubClock>,
    world: RwLock<Arc<World>>,
    gateway: Gateway,
    /// Counted apart, so that calls of the API do not disturb pages that change by turns.
    page_requests: AtomicU64,
    api_requests: AtomicU64,
}

impl Site {
    pub(crate) fn new(ground: Ground, clock: Arc<HubClock>, release: Release, faults: Faults) -> Site {
        let ground = Arc::new(ground);
        let deployed = Arc::new(deployed(&ground, release, faults, 0, None));
        let generation = ground.generation(clock.now());
        let world = RwLock::new(Arc::new(World::at(ground.clone(), deployed, generation)));
        Site { ground, clock, world, gateway: Gateway::default(), page_requests: AtomicU64::new(0), api_requests: AtomicU64::new(0) }
    }

    pub(crate) fn deployed(&self) -> Arc<Deployed> {
        self.world.read().unwrap_or_else(PoisonError::into_inner).deployed.clone()
    }

    /// Another build of a release; whatever the gateway kept is forgotten.
    pub(crate) fn deploy(&self, release: Release, faults: Faults) {
        self.change(|ground, before| deployed(ground, release, faults, before.revision + 1, Some(before)));
    }

    /// The same build with other faults.
    pub(crate) fn set_faults(&self, faults: Faults) {
        self.change(|_, before| Deployed {
            release: before.release,
            faults,
            build: before.build.clone(),
            other_build: before.other_build.clone(),
            categories_edition: categories_edition(before.release, faults, None),
            revision: before.revision + 1,
        });
    }

    fn change(&self, next: impl FnOnce(&Ground, &Deployed) -> Deployed) {
        let generation = self.ground.generation(self.clock.now());
        // Worlds are whole at any moment, also after a panic elsewhere.
        let mut world = self.world.write().unwrap_or_else(PoisonError::into_inner);
        let deployed = next(&self.ground, &world.deployed);
        *world = Arc::new(World::at(self.ground.clone(), Arc::new(deployed), generation));
    }

    /// The data as they are now, renewed first if it is time.
    fn world(&self, now: i64) -> Arc<World> {
        let generation = self.ground.generation(now);
        {
            let world = self.world.read().unwrap_or_else(PoisonError::into_inner);
            if world.generation >= generation {
                return world.clone();
            }
        }
        let mut world = self.world.write().unwrap_or_else(PoisonError::into_inner);
        if world.generation < generation {
            *world = Arc::new(World::at(self.ground.clone(), world.deployed.clone(), generation));
        }
        world.clone()
    }

    pub(crate) fn answer(&self, side: Side, mut ask: Ask) -> Reply {
        ask.number = match side {
            Side::Web if page::is_page(&ask.path) => self.page_requests.fetch_add(1, Ordering::Relaxed),
            // The files of a page are asked for by whoever keeps none; that must not change the next page.
            Side::Web => 0,
            Side::Api => self.api_requests.fetch_add(1, Ordering::Relaxed),
        };
        let now = self.clock.now();
        let world = self.world(now);
        match side {
            Side::Web => page::answer(&world, &ask, now),
            Side::Api => {
                let answer = self.gateway.through(&world, &ask, now, || api::answer(&world, &ask, now));
                if world.has(Fault::CorsLost) { answer } else { answer.with("access-control-allow-origin", "*") }
            }
        }
    }
}

fn deployed(ground: &Ground, release: Release, faults: Faults, revision: u64, before: Option<&Deployed>) -> Deployed {
    let words = ["build", ground.environment.name(), release.label()];
    let mut dice = Dice::of(ground.catalogue.seed ^ (revision << 32), &words);
    let mut build = || {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
        (0..21).map(|_| char::from(dice.pick(LETTERS))).collect::<String>()
    };
    Deployed {
        release,
        faults,
        build: build(),
        other_build: build(),
        categories_edition: categories_edition(release, faults, before.map(|before| before.release)),
        revision,
    }
}

/// Which terms are shown; a forgotten cache shows those of the release that ran before.
fn categories_edition(release: Release, faults: Faults, before: Option<Release>) -> u8 {
    let own = api::edition(release);
    if !faults.has(Fault::ForgottenCache) {
        return own;
    }
    before.map(api::edition).filter(|edition| *edition != own).unwrap_or(own - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forgotten_cache_shows_what_ran_before() {
        let check = |release, faults: &[Fault], before, expected| {
            assert_eq!(categories_edition(release, Faults::of(faults), before), expected);
        };
        check(Release::Next, &[], Some(Release::Current), 2);
        check(Release::Next, &[Fault::ForgottenCache], Some(Release::Current), 1);
        check(Release::Current, &[Fault::ForgottenCache], Some(Release::Next), 2);
        check(Release::Next, &[Fault::ForgottenCache], Some(Release::Next), 1);
        check(Release::Current, &[Fault::ForgottenCache], None, 0);
    }
}
