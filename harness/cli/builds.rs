//! Which results were seen while a build changed: nobody can say of which build they are.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// The builds of a run's environments as they were read, and the cases that ended since.
#[derive(Debug, Default)]
pub struct Builds {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// What was read of each environment, by its place among the sides; nothing was read of one that is not here.
    sides: BTreeMap<usize, Side>,
    changes: Vec<Change>,
    /// Cases that ended since every environment was last read.
    open: Vec<String>,
}

#[derive(Debug)]
struct Side {
    /// Every build that was read, each once, in the order in which they were first seen.
    seen: Vec<String>,
    last: String,
}

/// A change of build between two readings.
#[derive(Debug)]
struct Change {
    /// When the reading that saw it had ended: what began later saw the new build alone.
    until: Duration,
    message: String,
}

/// What one round of readings came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Round {
    /// Every build is as it was: what ended since the last round is of one build.
    Steady,
    /// A build could not be read: the next round decides.
    Unknown,
    /// A build changed.
    Moved {
        /// What is to be said, one sentence an environment.
        messages: Vec<String>,
        /// The cases that are of no one build, and why.
        cases: BTreeMap<String, String>,
    },
}

impl Builds {
    /// Takes up a round of readings that has ended: place among the sides, environment, build.
    pub fn read(&self, readings: &[(usize, &str, Option<String>)], ended: Duration) -> Round {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut messages = Vec::new();
        let mut is_unknown = false;
        for (place, name, build) in readings {
            let Some(build) = build else {
                is_unknown |= state.sides.contains_key(place);
                continue;
            };
            let Some(side) = state.sides.get_mut(place) else {
                state.sides.insert(*place, Side { seen: vec![build.clone()], last: build.clone() });
                continue;
            };
            if side.last != *build {
                messages.push(if side.seen.contains(build) {
                    format!("{name} answers with two builds by turns, {} and {build}", side.last)
                } else {
                    format!("the build of {name} changed mid-run, from {} to {build}", side.last)
                });
                side.last.clone_from(build);
                if !side.seen.contains(build) {
                    side.seen.push(build.clone());
                }
            }
        }
        if messages.is_empty() {
            if is_unknown {
                return Round::Unknown;
            }
            state.open.clear();
            return Round::Steady;
        }
        let message = messages.join("; ");
        let cases = std::mem::take(&mut state.open).into_iter().map(|case| (case, message.clone())).collect();
        state.changes.push(Change { until: ended, message });
        Round::Moved { messages, cases }
    }

    /// Takes note of a case that began then and has ended now. Says why nobody can say of which build it is, if that is known
    /// already.
    #[must_use]
    pub fn ended(&self, case: &str, began: Duration) -> Option<String> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let found = state.changes.iter().find(|change| began <= change.until).map(|change| change.message.clone());
        if found.is_none() && !state.sides.is_empty() {
            state.open.push(case.to_owned());
        }
        found
    }

    /// Whether builds are read at all: then findings wait for the next reading.
    #[must_use]
    pub fn are_read(&self) -> bool {
        !self.state.lock().unwrap_or_else(PoisonError::into_inner).sides.is_empty()
    }

    /// Whether a build changed.
    #[must_use]
    pub fn moved(&self) -> bool {
        !self.state.lock().unwrap_or_else(PoisonError::into_inner).changes.is_empty()
    }

    /// The last build that was read of a side.
    #[must_use]
    pub fn last(&self, place: usize) -> Option<String> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).sides.get(&place).map(|side| side.last.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn read(builds: &Builds, build: Option<&str>, seconds: u64) -> Round {
        builds.read(&[(1, "production", build.map(str::to_owned))], at(seconds + 1))
    }

    fn moved(messages: &[&str], cases: &[&str]) -> Round {
        let messages: Vec<String> = messages.iter().map(|text| (*text).to_owned()).collect();
        let cases = cases.iter().map(|case| ((*case).to_owned(), messages.join("; "))).collect();
        Round::Moved { messages, cases }
    }

    const CHANGED: &str = "the build of production changed mid-run, from b1 to b2";

    #[test]
    fn what_ended_between_the_readings_and_what_was_under_way_is_of_no_one_build() {
        let builds = Builds::default();
        assert_eq!(read(&builds, Some("b1"), 0), Round::Steady);
        assert_eq!(builds.ended("early", at(1)), None);
        assert_eq!(read(&builds, Some("b1"), 60), Round::Steady);
        assert_eq!(builds.ended("late", at(50)), None);
        assert_eq!(read(&builds, Some("b2"), 120), moved(&[CHANGED], &["late"]));
        assert_eq!(builds.ended("under-way", at(121)).as_deref(), Some(CHANGED));
        assert_eq!(builds.ended("new", at(122)), None);
        assert_eq!(read(&builds, Some("b2"), 180), Round::Steady);
        assert!(builds.moved());
    }

    #[test]
    fn a_reading_that_failed_leaves_it_open() {
        let builds = Builds::default();
        assert_eq!(read(&builds, Some("b1"), 0), Round::Steady);
        assert_eq!(builds.ended("a", at(1)), None);
        assert_eq!(read(&builds, None, 60), Round::Unknown);
        assert_eq!(read(&builds, Some("b2"), 120), moved(&[CHANGED], &["a"]));
        // Where nothing is read nothing is known to have changed.
        let builds = Builds::default();
        assert_eq!(read(&builds, None, 0), Round::Steady);
        assert_eq!((builds.ended("a", at(1)), builds.are_read(), builds.moved()), (None, false, false));
    }

    #[test]
    fn two_builds_by_turns_are_said_to_be() {
        let builds = Builds::default();
        assert_eq!(read(&builds, Some("b1"), 0), Round::Steady);
        assert_eq!(read(&builds, Some("b2"), 60), moved(&[CHANGED], &[]));
        assert_eq!(read(&builds, Some("b1"), 120), moved(&["production answers with two builds by turns, b2 and b1"], &[]));
    }
}
