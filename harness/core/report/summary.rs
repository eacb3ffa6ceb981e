//! One pass over a record: all that is said about the whole of it, and a small row a case.

use std::{cmp::Ordering, collections::HashMap, io};

use super::{format::Entries, order, words};
use crate::{
    record::{Counts, End, Entry, Finding, Hidden, NotObserved, Note, Revision, Role, Run, Wanted, Warning},
    verdict::Status,
};

/// What a record says about its whole run. Steps, snapshots and failures are not in it: formats read them as they write.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The head of the record.
    pub run: Run,
    /// The tail; nothing for a run that was killed or still goes on.
    pub end: Option<End>,
    /// The tail's counts, or, without a tail, what was counted up to where the record ends.
    pub counts: Counts,
    /// The findings, what fails first, then by verdict, severity, count.
    pub findings: Vec<Finding>,
    /// What tolerances hid, by rule and path.
    pub hidden: Vec<Hidden>,
    /// What could not be looked at, by case.
    pub not_observed: Vec<NotObserved>,
    /// The warnings, by case.
    pub warnings: Vec<Warning>,
    /// The builds that were read, in the order read.
    pub revisions: Vec<Revision>,
    /// What people did with the run afterwards, in that order.
    pub notes: Vec<Note>,
    /// Cases that began and have no end in the record, by identity.
    pub unfinished: Vec<String>,
    /// One row a case, by file, line and row.
    pub rows: Vec<Row>,
    /// For the nth case entry of the record, its place in `rows`.
    pub(super) ranks: Vec<usize>,
    /// Which findings name a case among their places.
    findings_of: HashMap<String, Vec<usize>>,
}

/// What is held of a case between two passes.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its identity.
    pub id: String,
    /// The file as shown to people.
    pub file: String,
    /// The line of `case:`.
    pub line: usize,
    /// Its status.
    pub status: Status,
    /// Milliseconds since the run began; nothing for a skipped one.
    pub started_ms: Option<f64>,
    /// Milliseconds, of all attempts.
    pub duration_ms: f64,
}

impl Summary {
    /// Reads the record once.
    ///
    /// # Errors
    /// What reading says, and that it is no record where the first line of a run is missing.
    pub fn read(entries: &Entries<'_>) -> io::Result<Self> {
        let mut fold = Fold::default();
        for entry in entries(Wanted::Everything)? {
            fold.add(&entry);
        }
        fold.finish().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the record does not begin with a run"))
    }

    /// The findings that name this case among their places, worst first. At most 20 places of a finding are kept,
    /// so that a case can be missing here.
    pub fn findings_of<'a>(&'a self, case: &str) -> impl Iterator<Item = &'a Finding> + 'a {
        self.finding_numbers_of(case).iter().map(|&number| &self.findings[number])
    }

    /// As [`Self::findings_of`], as places in [`Self::findings`].
    #[must_use]
    pub fn finding_numbers_of(&self, case: &str) -> &[usize] {
        self.findings_of.get(case).map_or(&[], Vec::as_slice)
    }

    /// The builds that an environment answered with, in the order read.
    pub fn builds<'a>(&'a self, role: Role, environment: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        let here = move |revision: &&Revision| revision.role == role && revision.environment == environment;
        self.revisions.iter().filter(here).filter_map(|revision| revision.build.as_deref())
    }

    /// What the run came to, in the words that every format uses.
    #[must_use]
    pub fn answer(&self) -> words::Answer {
        words::answer(self)
    }
}

/// Collects a [`Summary`] from entries as they come.
#[derive(Debug, Clone, Default)]
pub struct Fold {
    run: Option<Run>,
    end: Option<End>,
    counted: Counts,
    findings: Vec<Finding>,
    hidden: Vec<Hidden>,
    not_observed: Vec<NotObserved>,
    warnings: Vec<Warning>,
    revisions: Vec<Revision>,
    notes: Vec<Note>,
    begun: HashMap<String, f64>,
    rows: Vec<Row>,
}

impl Fold {
    /// Takes the next entry of the record.
    pub fn add(&mut self, entry: &Entry) {
        match entry {
            Entry::Run(run) => {
                self.run.get_or_insert_with(|| run.clone());
            }
            Entry::CaseStarted(started) => {
                self.begun.entry(started.case.clone()).or_insert(started.at_ms);
            }
            Entry::Step(step) => self.counted.requests += u64::from(step.requests),
            Entry::Snapshot(_) => self.counted.snapshots += 1,
            Entry::Case(case) => {
                self.counted.cases.add(case.status);
                self.counted.expectations += u64::from(case.expectations);
                self.rows.push(Row {
                    id: case.id.clone(),
                    file: case.file.clone(),
                    line: case.line,
                    status: case.status,
                    started_ms: self.begun.remove(&case.id),
                    duration_ms: case.duration_ms,
                });
            }
            Entry::Finding(finding) => self.findings.push(finding.clone()),
            Entry::Hidden(hidden) => {
                self.counted.hidden += hidden.count;
                self.hidden.push(hidden.clone());
            }
            Entry::NotObserved(what) => self.not_observed.push(what.clone()),
            Entry::Warning(warning) => {
                self.counted.warnings += 1;
                self.warnings.push(warning.clone());
            }
            Entry::Revision(revision) => self.revisions.push(revision.clone()),
            Entry::Note(note) => self.notes.push(note.clone()),
            Entry::End(end) => self.end = Some(end.clone()),
        }
    }

    /// Sorts what was collected. Nothing where no run ever began.
    #[must_use]
    pub fn finish(self) -> Option<Summary> {
        let Self { run, end, counted, mut findings, mut hidden, mut not_observed, mut warnings, revisions, notes, begun, rows } = self;
        findings.sort_by(worst_first);
        hidden.sort_by(|a, b| (&a.rule, &a.path, &a.why).cmp(&(&b.rule, &b.path, &b.why)));
        not_observed.sort_by(|a, b| (&a.case, &a.what, &a.why).cmp(&(&b.case, &b.what, &b.why)));
        warnings.sort_by(|a, b| (&a.case, &a.message).cmp(&(&b.case, &b.message)));
        let mut unfinished: Vec<String> = begun.into_keys().collect();
        unfinished.sort_by(|a, b| order::natural(a, b));
        let mut findings_of: HashMap<String, Vec<usize>> = HashMap::new();
        for (number, finding) in findings.iter().enumerate() {
            for place in &finding.places {
                let numbers = findings_of.entry(place.case.clone()).or_default();
                if numbers.last() != Some(&number) {
                    numbers.push(number);
                }
            }
        }
        let (rows, ranks) = order::sort(rows);
        let counts = end.as_ref().map_or(counted, |end| end.counts);
        run.map(|run| Summary {
            run,
            end,
            counts,
            findings,
            hidden,
            not_observed,
            warnings,
            revisions,
            notes,
            unfinished,
            rows,
            ranks,
            findings_of,
        })
    }
}

fn worst_first(a: &Finding, b: &Finding) -> Ordering {
    (b.fails.cmp(&a.fails))
        .then(a.verdict.cmp(&b.verdict))
        .then(b.severity.cmp(&a.severity))
        .then(b.count.cmp(&a.count))
        .then(a.fingerprint.cmp(&b.fingerprint))
}
