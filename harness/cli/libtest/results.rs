//! From the record to the tests that wait: what became of each case, and what a failed test says.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Mutex, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
};

use libtest_mimic::{Completion, Failed};
use prodiff_core::{
    mask::{Secrets, sanitize_line},
    plan::{Plan, PlannedCase},
    record::{Case, Entry, SnapshotOutcome},
    report::terminal,
    verdict::Status,
};

use crate::cli::recorder::Recorder;

/// How a test ended: nothing where it passed, else what it says.
pub(super) type Ended = Option<String>;

/// What became of each case, told to the test that waits for it.
#[derive(Debug, Default)]
pub(super) struct Results {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    waiting: HashMap<String, Sender<Ended>>,
    /// Cases of suites with an `after` that have not ended yet, by the suite's path.
    still_to_end: BTreeMap<String, usize>,
    /// The last case of such a suite: what the `after` comes to is told with it.
    last: BTreeMap<String, (String, Ended)>,
    /// What `before` and `after` of suites came to where they did not pass, by identity.
    around: BTreeMap<String, String>,
    /// New snapshots by case.
    unreviewed: BTreeMap<String, Vec<String>>,
    /// Why nothing more will be told.
    closed: Option<String>,
}

const PLAIN: terminal::Screen = terminal::Screen { style: terminal::Style::Plain, width: usize::MAX };

impl Results {
    /// Takes note of what is about to be played.
    pub(super) fn expect(&self, plan: &Plan) {
        let mut inner = self.lock();
        for suite in plan.suites.iter().filter(|suite| suite.after.is_some()) {
            let n_cases = suite.cases.iter().filter(|case| case.skip.is_none()).count();
            inner.still_to_end.insert(suite.suite.path.clone(), n_cases);
        }
    }

    /// Where a test waits for its case.
    pub(super) fn wait_for(&self, case: &PlannedCase) -> Receiver<Ended> {
        let (sender, receiver) = mpsc::channel();
        self.lock().waiting.insert(case.id.as_str().to_owned(), sender);
        receiver
    }

    /// Takes in one entry of the record.
    pub(super) fn hear(&self, entry: &Entry, recorder: &Recorder) {
        match entry {
            Entry::Snapshot(snapshot) if snapshot.outcome == SnapshotOutcome::New => {
                self.lock().unreviewed.entry(snapshot.case.clone()).or_default().push(snapshot.name.clone());
            }
            Entry::Case(case) => {
                self.ended(case, &recorder.secrets(), &recorder.folder().to_string_lossy());
            }
            _ => {}
        }
    }

    fn ended(&self, case: &Case, secrets: &Secrets, folder: &str) {
        let mut inner = self.lock();
        let (suite, name) = case.id.split_once("::").unwrap_or(("", &case.id));
        let (suite, is_around) = (suite.to_owned(), matches!(name, "before" | "after") && !inner.waiting.contains_key(&case.id));
        let new = inner.unreviewed.remove(&case.id).unwrap_or_default();
        let said = says(case, &new, folder).map(|text| secrets.mask_text(&text).into_owned());
        if is_around {
            inner.around.extend(said.map(|said| (case.id.clone(), said)));
            return;
        }
        // A case without what the suite's `before` does says why that failed.
        let before = inner.around.get(&format!("{suite}::before")).filter(|_| case.status == Status::Blocked && case.attempts == 0);
        let said = said.map(|said| before.map_or(said.clone(), |before| format!("{said}\n{before}")));
        match inner.still_to_end.get_mut(&suite) {
            Some(n_cases) if case.attempts > 0 || case.status != Status::Skipped => {
                *n_cases = n_cases.saturating_sub(1);
                if *n_cases == 0 {
                    inner.last.insert(suite, (case.id.clone(), said));
                    return;
                }
            }
            Some(_) | None => {}
        }
        inner.tell(&case.id, said);
    }

    /// Nothing more will be played. Whoever still waits is told why.
    pub(super) fn close(&self, reason: &str) {
        let mut inner = self.lock();
        for (suite, (id, said)) in std::mem::take(&mut inner.last) {
            let around = inner.around.get(&format!("{suite}::after")).cloned();
            let both = match (said, around) {
                (Some(said), Some(around)) => Some(format!("{said}\n{around}")),
                (said, around) => said.or(around),
            };
            inner.tell(&id, both);
        }
        inner.closed.get_or_insert_with(|| reason.to_owned());
        inner.waiting.clear();
    }

    /// What a test says whose case has ended, or will not.
    pub(super) fn verdict(&self, told: &Receiver<Ended>) -> Result<Completion, Failed> {
        match told.recv() {
            Ok(None) => Ok(Completion::Completed),
            Ok(Some(said)) => Err(Failed::from(said)),
            Err(_) => Err(Failed::from(self.lock().closed.clone().unwrap_or_else(|| String::from("it was not played to its end")))),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn tell(&mut self, id: &str, ended: Ended) {
        if let Some(sender) = self.waiting.remove(id) {
            // A test that waits no more needs no answer.
            let _ = sender.send(ended);
        }
    }
}

/// What a case says that makes its test fail; nothing where it passed.
fn says(case: &Case, new: &[String], folder: &str) -> Ended {
    let accept = format!("prodiff accept {folder} --all");
    let blocks: String = case.failures.iter().map(|failure| terminal::failure_block(&case.id, failure, folder, PLAIN)).collect();
    let reason = case.reason.as_deref().map(sanitize_line);
    let line = match (case.status, reason) {
        (Status::Passed | Status::Flaky, _) => return None,
        (Status::Unreviewed, _) if !new.is_empty() => {
            format!("unreviewed: new snapshot {}; what is meant is accepted by: {accept}", new.join(", "))
        }
        (Status::Unreviewed, Some(reason)) => format!("unreviewed: {reason}; what is meant is accepted by: {accept}"),
        (Status::Unreviewed, None) => format!("unreviewed: what is meant is accepted by: {accept}"),
        // What was asked for and not started has not passed.
        (status, Some(reason)) => format!("{status}: {reason}"),
        (status, None) => status.to_string(),
    };
    let (file, n_line) = (sanitize_line(&case.file), case.line);
    Some(match (blocks.trim_end(), &case.reason) {
        ("", _) => format!("{line}\n  {file}:{n_line}"),
        // Each block begins with the status.
        (blocks, None) if case.status != Status::Unreviewed => blocks.to_owned(),
        (blocks, _) => format!("{line}\n{blocks}"),
    })
}
