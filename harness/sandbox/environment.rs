//! Which environments there are, and which release each runs.

use std::fmt;
use std::ops::{Index, IndexMut};

/// One of the three environments that a sandbox serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Environment {
    /// Where developers try things; its data are the oldest.
    Dev,
    /// Where a release is looked at the day before.
    Staging,
    /// What users see: indexable, and behind a caching gateway.
    Production,
}

impl Environment {
    /// All of them, in the order in which a release travels.
    pub const ALL: [Environment; 3] = [Environment::Dev, Environment::Staging, Environment::Production];

    /// The name in lower case: `dev`, `staging`, `production`.
    pub const fn name(self) -> &'static str {
        match self {
            Environment::Dev => "dev",
            Environment::Staging => "staging",
            Environment::Production => "production",
        }
    }

    /// The environment of that name, if there is one.
    pub fn parse(name: &str) -> Option<Environment> {
        Environment::ALL.into_iter().find(|environment| environment.name() == name)
    }

    /// The environment whose host a wrongly built page of this one would name.
    pub(crate) const fn foreign(self) -> Environment {
        match self {
            Environment::Dev | Environment::Production => Environment::Staging,
            Environment::Staging => Environment::Dev,
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One value for each environment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PerEnvironment<T> {
    /// The value for [`Environment::Dev`].
    pub dev: T,
    /// The value for [`Environment::Staging`].
    pub staging: T,
    /// The value for [`Environment::Production`].
    pub production: T,
}

impl<T> Index<Environment> for PerEnvironment<T> {
    type Output = T;

    fn index(&self, environment: Environment) -> &T {
        match environment {
            Environment::Dev => &self.dev,
            Environment::Staging => &self.staging,
            Environment::Production => &self.production,
        }
    }
}

impl<T> IndexMut<Environment> for PerEnvironment<T> {
    fn index_mut(&mut self, environment: Environment) -> &mut T {
        match environment {
            Environment::Dev => &mut self.dev,
            Environment::Staging => &mut self.staging,
            Environment::Production => &mut self.production,
        }
    }
}

/// The base URLs of one environment, without a trailing slash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Urls {
    /// Where the pages are, such as `http://127.0.0.1:40001`.
    pub web: String,
    /// Where the API is; another port.
    pub api: String,
}

/// A release of the hub's code.
///
/// [`Release::Next`] differs from [`Release::Current`] in five ways that are meant, each in one place:
/// - the first paragraph of the page `/about`;
/// - `python_version` in the index and in plugin objects: `>=3.8` becomes `>=3.8,<4` (the plugin's page shows it too);
/// - a new optional field `funding` in the objects of some plugins;
/// - a header `Referrer-Policy` on every answer of the web port;
/// - one more term in `/categories`, `Quality control` (which `/categories/quality-control` knows then).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Release {
    /// `26.11.1`
    #[default]
    Current,
    /// `26.11.2`
    Next,
}

impl Release {
    /// The label, such as `26.11.1`.
    pub const fn label(self) -> &'static str {
        match self {
            Release::Current => "26.11.1",
            Release::Next => "26.11.2",
        }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_parses_back() {
        for environment in Environment::ALL {
            assert_eq!(Environment::parse(environment.name()), Some(environment));
            assert_ne!(environment.foreign(), environment);
        }
        assert_eq!(Environment::parse("prod"), None);
    }
}
