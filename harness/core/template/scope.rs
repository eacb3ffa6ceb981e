//! What the names of a template mean while one case runs.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use crate::json::Json;

/// The value of a variable or capture.
#[derive(Clone, PartialEq)]
pub struct Variable {
    /// What it holds.
    pub value: Json,
    /// Whether every text made with it is a secret too.
    pub secret: bool,
}

impl Variable {
    /// A variable that anybody may see.
    #[must_use]
    pub fn open(value: Json) -> Self {
        Self { value, secret: false }
    }

    /// A variable whose value must not be written anywhere.
    #[must_use]
    pub fn secret(value: Json) -> Self {
        Self { value, secret: true }
    }
}

/// Shows the value only where it is no secret.
impl fmt::Debug for Variable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.secret { formatter.write_str("•••") } else { self.value.fmt(formatter) }
    }
}

/// What stays the same for a whole run against one environment.
#[derive(Clone, Default)]
pub struct Surroundings {
    /// Secrets by the name after `secret.`; only those that are set.
    pub secrets: BTreeMap<String, String>,
    /// The environment's URLs by name, as texts without a trailing slash: `{{ web }}`.
    pub urls: BTreeMap<String, String>,
    /// `environment.name`.
    pub environment: String,
    /// `environment.refresh`: how often the environment's data are renewed.
    pub refresh: Option<Duration>,
}

/// Shows the names of secrets, never their values.
impl fmt::Debug for Surroundings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Surroundings")
            .field("secrets", &self.secrets.keys().collect::<Vec<_>>())
            .field("urls", &self.urls)
            .field("environment", &self.environment)
            .field("refresh", &self.refresh)
            .finish()
    }
}

/// Where random values come from: a stream fixed by the run's seed and a name, such as the case's identity.
///
/// Two streams of equal seed and name yield the same values in the same order, so that both sides
/// of a comparison draw alike. Clones share their place in the stream.
#[derive(Debug, Clone)]
pub struct Random {
    seed: u64,
    name: Arc<str>,
    drawn: Arc<AtomicU64>,
}

impl Random {
    /// The stream of `name` in the run of `seed`, at its beginning.
    #[must_use]
    pub fn new(seed: u64, name: &str) -> Self {
        Self { seed, name: name.into(), drawn: Arc::new(AtomicU64::new(0)) }
    }

    /// The next 16 bytes.
    #[must_use]
    pub fn draw(&self) -> [u8; 16] {
        let place = self.drawn.fetch_add(1, Ordering::Relaxed);
        let digest =
            Sha256::new().chain_update(self.seed.to_be_bytes()).chain_update(place.to_be_bytes()).chain_update(&*self.name).finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        bytes
    }
}

/// Everything that the names of a template can mean at one moment of one case.
///
/// Clones are cheap: they share surroundings and variables, and a clone that sets a variable keeps
/// it to itself. They draw from the same stream of random values.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The time that `now()` yields.
    pub now: DateTime<Utc>,
    surroundings: Arc<Surroundings>,
    variables: Arc<BTreeMap<String, Arc<Variable>>>,
    random: Random,
}

impl Scope {
    /// A scope without variables.
    #[must_use]
    pub fn new(surroundings: Arc<Surroundings>, random: Random, now: DateTime<Utc>) -> Self {
        Self { now, surroundings, variables: Arc::default(), random }
    }

    /// Sets a variable, or replaces it.
    pub fn set(&mut self, name: impl Into<String>, variable: Variable) {
        Arc::make_mut(&mut self.variables).insert(name.into(), Arc::new(variable));
    }

    /// Takes a variable out of the scope.
    pub fn remove(&mut self, name: &str) {
        Arc::make_mut(&mut self.variables).remove(name);
    }

    /// The variable of a name.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.get(name).map(|variable| &**variable)
    }

    /// All variables, by name.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &Variable)> {
        self.variables.iter().map(|(name, variable)| (name.as_str(), &**variable))
    }

    /// What stays the same for the whole run.
    #[must_use]
    pub fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    /// The same variables with another stream of random values.
    #[must_use]
    pub fn with_random(&self, random: Random) -> Self {
        Self { random, ..self.clone() }
    }

    /// The stream of random values.
    #[must_use]
    pub fn random(&self) -> &Random {
        &self.random
    }

    /// Whether a name by itself means something: a variable or one of the environment's URLs.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.variables.contains_key(name) || self.surroundings.urls.contains_key(name)
    }

    /// Every name that may stand by itself.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().chain(self.surroundings.urls.keys()).map(String::as_str)
    }
}
