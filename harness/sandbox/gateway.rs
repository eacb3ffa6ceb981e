//! The cache before production's API: answers a while from memory, and says so in headers.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::Method;

use crate::clock::{self, SECOND};
use crate::environment::Environment;
use crate::fault::Fault;
use crate::reply::{Ask, Reply};
use crate::world::World;

/// Beyond so many answers all are forgotten, whoever asks for whatever.
const MOST: usize = 1_000;
/// Longer addresses are not worth remembering, in bytes.
const LONGEST_KEY: usize = 1_000;

#[derive(Debug, Default)]
pub(crate) struct Gateway {
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    /// What the answers were made from: revision and generation.
    from: (u64, i64),
    answers: HashMap<String, (i64, Reply)>,
}

impl Gateway {
    /// The answer from memory while it is fresh, else from `answer`.
    pub(crate) fn through(&self, world: &World, ask: &Ask, now: i64, answer: impl FnOnce() -> Reply) -> Reply {
        let ignores_query = world.has(Fault::GatewayIgnoresQuery);
        let caches = ignores_query || world.ground.environment == Environment::Production;
        if !caches || !(ask.method == Method::GET || ask.method == Method::HEAD) {
            return answer();
        }
        let life = clock::micros(world.ground.pace.cache).max(1_000);
        let query = if ignores_query { "" } else { &ask.query };
        let key = format!("{}?{query}", ask.path);
        let from = (world.deployed.revision, world.generation);

        let fresh = {
            let mut held = self.lock();
            if held.from != from {
                held.answers.clear();
                held.from = from;
            }
            held.answers.get(&key).filter(|(at, _)| now - at < life).cloned()
        };
        let (age, mut answer, state) = match fresh {
            Some((at, kept)) => (Some((now - at).max(0) / SECOND), kept, "Hit from gateway"),
            None => (None, answer(), "Miss from gateway"),
        };
        if age.is_none() && answer.status == 200 && key.len() <= LONGEST_KEY {
            let mut held = self.lock();
            if held.answers.len() >= MOST {
                held.answers.clear();
            }
            // Somebody may have deployed in the meantime.
            if held.from == from {
                held.answers.insert(key, (now, answer.clone()));
            }
        }
        if answer.status == 200 && !world.has(Fault::CacheHeaderLost) {
            answer = answer.with("cache-control", format!("max-age={}", (life / SECOND).max(1)));
        }
        if let Some(age) = age {
            answer = answer.with("age", age.to_string());
        }
        answer.with("x-cache", state)
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        // A lock left behind by a panic holds whole answers all the same.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
