//! Recorded runs as a side of a comparison, and as what was *before*.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use prodiff_core::{
    pair::{Recorded, RecordedStep, recall},
    record::{Entry, Role, Run},
    verdict::Status,
};

use super::{load::Refusal, runs};
use crate::store::{record::Record, reports};

/// A recorded run of one environment, by case.
#[derive(Debug)]
pub struct Recall {
    record: Record,
    /// What people call it.
    pub name: String,
    /// Its head.
    pub run: Run,
    /// Which side of it answers.
    role: Role,
    builds: Vec<String>,
    cases: Mutex<Option<HashMap<String, Kept>>>,
}

/// What is kept of one case: its last attempt.
#[derive(Debug, Default)]
struct Kept {
    status: Option<Status>,
    attempt: u32,
    steps: BTreeMap<String, RecordedStep>,
}

impl Recall {
    /// The side of a record that is this environment; for a record of one environment that one.
    ///
    /// # Errors
    /// When the record cannot be read or does not hold the environment.
    pub fn open(record: Record, environment: Option<&str>) -> Result<Self, Refusal> {
        let run = record.run().map_err(|error| Refusal::usage(error.to_string()))?;
        let held = match environment {
            Some(name) => run.environments.iter().rev().find(|known| known.name == name),
            None => run.environments.last(),
        };
        let name = record.folder().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let Some(held) = held else {
            return Err(Refusal::usage(format!("{name} holds no environment `{}`", environment.unwrap_or_default())));
        };
        let role = held.role;
        let mut builds = Vec::new();
        for entry in record.entries().map_err(|error| Refusal::usage(error.to_string()))? {
            if let Ok(Entry::Revision(revision)) = entry
                && revision.role == role
                && let Some(build) = revision.build
            {
                builds.push(build);
            }
        }
        Ok(Self { record, name, run, role, builds, cases: Mutex::new(None) })
    }

    /// The environment's name.
    #[must_use]
    pub fn environment(&self) -> &str {
        self.run.environments.iter().find(|known| known.role == self.role).map_or("", |known| known.name.as_str())
    }

    /// The build that answered last.
    #[must_use]
    pub fn build(&self) -> Option<&str> {
        self.builds.last().map(String::as_str)
    }

    /// The builds that answered, as they were read.
    #[must_use]
    pub fn builds(&self) -> &[String] {
        &self.builds
    }

    /// What the record holds of a case; empty when it holds nothing.
    #[must_use]
    pub fn case(&self, id: &str) -> Recorded {
        self.with(|cases| Recorded { record: self.name.clone(), steps: cases.get(id).map(|kept| kept.steps.clone()).unwrap_or_default() })
    }

    /// Whether a case passed there, flaky or not, and sent requests.
    #[must_use]
    pub fn has_sound(&self, id: &str) -> bool {
        self.with(|cases| {
            cases.get(id).is_some_and(|kept| {
                // A case may be unreviewed for its snapshots and still have answered as it should.
                // A suite's `before` that did its work is no case of its own.
                let sound = match kept.status {
                    Some(status) => matches!(status, Status::Passed | Status::Flaky | Status::Unreviewed),
                    None => id.ends_with("::before") || id.ends_with("::after"),
                };
                sound && !kept.steps.is_empty()
            })
        })
    }

    fn with<T>(&self, look: impl FnOnce(&HashMap<String, Kept>) -> T) -> T {
        let mut cases = self.cases.lock().unwrap_or_else(PoisonError::into_inner);
        look(cases.get_or_insert_with(|| self.read()))
    }

    fn read(&self) -> HashMap<String, Kept> {
        let mut cases: HashMap<String, Kept> = HashMap::new();
        let Ok(entries) = self.record.entries() else { return cases };
        for entry in entries.filter_map(Result::ok) {
            match entry {
                Entry::Step(step) if step.role == self.role => {
                    let kept = cases.entry(step.case.clone()).or_default();
                    if step.attempt > kept.attempt {
                        *kept = Kept { attempt: step.attempt, ..Kept::default() };
                    }
                    if let Some(recorded) = recall::step(&step, &|name| self.record.body(name)) {
                        kept.steps.insert(step.step.clone(), recorded);
                    }
                }
                Entry::Case(case) => cases.entry(case.id).or_default().status = Some(case.status),
                _ => {}
            }
        }
        cases
    }
}

/// How many older records are looked through for a case that the newest does not hold.
const DEEPEST: usize = 5;

/// What the candidate is now, as far as records can be told from it.
pub struct Now<'a> {
    /// Its build.
    pub build: Option<&'a str>,
    /// The release's label.
    pub label: Option<&'a str>,
    /// The record that it answers from: only what is older was before it.
    pub record: Option<&'a Recall>,
}

/// The records that may be *before*, newest first: finished, of the environment, and of another build.
///
/// Another build is another revision; where either is not known, another release label; where the older record has none, it
/// is before the first record of this label.
#[must_use]
pub fn befores(folder: &std::path::Path, environment: &str, now: &Now<'_>) -> Vec<Recall> {
    let records: Vec<Recall> = reports::records(folder)
        .into_iter()
        .filter(is_finished)
        .filter_map(|record| Recall::open(record, Some(environment)).ok())
        .collect();
    let first_of_label = now.label.and_then(|label| {
        let of_label = records.iter().filter(|recall| recall.run.release.as_deref() == Some(label));
        of_label.map(|recall| recall.run.started.clone()).min()
    });
    let is_older = |recall: &Recall| now.record.is_none_or(|own| recall.name != own.name && recall.run.started <= own.run.started);
    records
        .into_iter()
        .filter(is_older)
        .filter(|recall| match (now.build, recall.build(), now.label, recall.run.release.as_deref()) {
            (Some(now), Some(then), _, _) => now != then,
            (_, _, Some(now), Some(then)) => now != then,
            (_, _, Some(_), None) => first_of_label.as_ref().is_none_or(|first| recall.run.started < *first),
            (_, _, None, _) => false,
        })
        .take(DEEPEST)
        .collect()
}

/// When a record first saw this build of the environment answer. A record in which it took over from another saw it at its
/// end.
#[must_use]
pub fn first_sight(folder: &std::path::Path, environment: &str, build: &str) -> Option<DateTime<Utc>> {
    let seen = |record: Record| {
        let recall = Recall::open(record, Some(environment)).ok()?;
        let at = match recall.builds.iter().position(|known| known == build)? {
            0 => recall.run.started.clone(),
            _ => finished(&recall.record)?,
        };
        DateTime::parse_from_rfc3339(&at).ok().map(|at| at.to_utc())
    };
    reports::records(folder).into_iter().filter_map(seen).min()
}

fn finished(record: &Record) -> Option<String> {
    record.entries().ok()?.filter_map(Result::ok).find_map(|entry| match entry {
        Entry::End(end) => Some(end.finished),
        _ => None,
    })
}

fn is_finished(record: &Record) -> bool {
    record
        .entries()
        .is_ok_and(|entries| entries.filter_map(Result::ok).any(|entry| matches!(entry, Entry::End(end) if end.ended_early.is_none())))
}

/// The record that a side or `--before` names.
///
/// # Errors
/// When there is none.
pub fn named(text: &str, folder: &std::path::Path, environment: Option<&str>) -> Result<Recall, Refusal> {
    let asked = text.rsplit_once('@').map(|(_, name)| name).filter(|_| !std::path::Path::new(text).exists());
    Recall::open(runs::find(text, folder)?, asked.or(environment))
}
