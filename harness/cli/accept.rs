//! `prodiff accept` and `prodiff reject`: what a person decides about a record.

use std::{collections::BTreeSet, path::Path};

use chrono::{NaiveDate, SecondsFormat, Utc};
use prodiff_core::{
    known::{self, Acceptance},
    record::{Entry, Finding, Note, Run, Snapshot, SnapshotOutcome, Verdict},
};

use super::{
    args::{AcceptArgs, Folders, RejectArgs},
    dispatch,
    exit::Exit,
    ledger::Ledger,
    load::Refusal,
    runs,
};
use crate::store::{
    baselines::{Baselines, Head},
    record::Record,
    reports::LATEST,
};

/// The shortest beginning of a fingerprint that names it.
const SHORTEST: usize = 6;

/// What of a record somebody can decide about.
struct Open {
    record: Record,
    run: Run,
    snapshots: Vec<Snapshot>,
    findings: Vec<Finding>,
}

/// What was named.
enum What<'a> {
    All,
    These(&'a [String]),
}

impl Open {
    fn read(record: Record) -> Result<Self, Refusal> {
        let unreadable = |error: &dyn std::fmt::Display| Refusal::usage(error.to_string());
        let run = record.run().map_err(|error| unreadable(&error))?;
        let (mut snapshots, mut findings) = (Vec::new(), Vec::new());
        for entry in record.entries().map_err(|error| unreadable(&error))? {
            match entry.map_err(|error| unreadable(&error))? {
                Entry::Snapshot(snapshot) if matches!(snapshot.outcome, SnapshotOutcome::New | SnapshotOutcome::Changed) => {
                    snapshots.push(snapshot);
                }
                Entry::Finding(finding) => findings.push(finding),
                _ => {}
            }
        }
        Ok(Self { record, run, snapshots, findings })
    }
}

impl What<'_> {
    fn takes_snapshot(&self, snapshot: &Snapshot) -> bool {
        let named = format!("{}:{}", snapshot.case, snapshot.name);
        match self {
            Self::All => true,
            Self::These(what) => what.iter().any(|what| {
                *what == named || *what == snapshot.case || snapshot.fingerprints.iter().any(|fingerprint| begins(fingerprint, what))
            }),
        }
    }

    fn takes_finding(&self, finding: &Finding) -> bool {
        match self {
            Self::All => true,
            Self::These(what) => what.iter().any(|what| begins(&finding.fingerprint, what)),
        }
    }
}

fn begins(fingerprint: &str, what: &str) -> bool {
    what.len() >= SHORTEST && fingerprint.starts_with(what)
}

/// The record that is meant, and what of it: the first word may name a run.
fn open<'a>(words: &'a [String], all: bool, folders: &Folders) -> Result<(Open, What<'a>), Refusal> {
    let names_run = words.first().is_some_and(|word| word == LATEST || word.starts_with("run:") || Path::new(word).is_dir());
    let (run, what) = if names_run { (words[0].as_str(), &words[1..]) } else { (LATEST, words) };
    if what.is_empty() && !all {
        return Err(Refusal::usage("say what: fingerprints, case:snapshot, or --all"));
    }
    if !what.is_empty() && all {
        return Err(Refusal::usage("--all and names exclude each other"));
    }
    let open = Open::read(runs::find(run, &folders.reports)?)?;
    Ok((open, if all { What::All } else { What::These(what) }))
}

/// Takes over what a run saw.
///
/// # Errors
/// When nothing fits (exit 4), or something cannot be written (exit 3).
pub fn accept(args: &AcceptArgs) -> Result<Exit, Refusal> {
    let (open, what) = open(&args.what, args.all, &args.folders)?;
    let baselines = Baselines::new(&args.folders.baselines);
    let mut ledger = Ledger::read(&args.folders.baselines)?;
    let unwritable = |message: String| Refusal { exit: Exit::Blocked, message };
    let mut lines = String::new();
    let mut done: Vec<Note> = Vec::new();
    let mut refused: Vec<String> = Vec::new();
    let now = Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true);
    let note = |action: &str, what: String| Note { action: action.to_owned(), what, at: now.clone() };
    let mut accepted_causes: BTreeSet<String> = BTreeSet::new();
    if !args.known {
        for snapshot in open.snapshots.iter().filter(|snapshot| what.takes_snapshot(snapshot)) {
            let path = match &args.environment {
                Some(environment) => own_variant(&snapshot.path, environment),
                None => snapshot.path.clone(),
            };
            let text = open
                .record
                .body(&snapshot.actual)
                .ok_or_else(|| unwritable(format!("{}:{}: the record does not hold its text any more", snapshot.case, snapshot.name)))?;
            let head = Head {
                source: snapshot.file.clone(),
                description: snapshot.title.clone(),
                environment: snapshot.environment.clone(),
                release: open.run.release.clone(),
                status: snapshot.status,
                content_type: snapshot.content_type.clone(),
                trailing_newline: true,
            };
            baselines.accept(&path, &head, &text).map_err(|error| unwritable(error.to_string()))?;
            if path != snapshot.path {
                baselines.drop_waiting(&snapshot.path).map_err(|error| unwritable(error.to_string()))?;
            }
            lines.push_str(&format!("accepted {}:{} → {path}\n", snapshot.case, snapshot.name));
            done.push(note("accepted", format!("{}:{}", snapshot.case, snapshot.name)));
            // What one environment has of its own is no change that a release makes.
            if args.environment.is_none() {
                accepted_causes.extend(snapshot.fingerprints.iter().cloned());
            }
        }
    }
    let acceptance = Acceptance { who: who(), when: now.clone() };
    for finding in &open.findings {
        // Accepting a snapshot of the reference approves the release's change too.
        let named = (args.environment.is_none() && what.takes_finding(finding)) || accepted_causes.contains(&finding.fingerprint);
        let settled = matches!(finding.verdict, Verdict::Standing | Verdict::Unchanged | Verdict::Gone | Verdict::Lagging);
        if !named || settled {
            continue;
        }
        let (action, entered) = if args.known {
            let (reason, owner, until) = known_terms(args)?;
            ("known", known::know(finding, reason, owner, until).map(|entry| ledger.known.add(entry)))
        } else {
            ("accepted", known::approve(finding, open.run.release.as_deref(), &acceptance).map(|entry| ledger.approved.add(entry)))
        };
        match entered {
            Ok(()) => {
                lines.push_str(&format!(
                    "{} {}  {}\n",
                    if args.known { "known" } else { "approved" },
                    &finding.fingerprint[..12.min(finding.fingerprint.len())],
                    finding.summary
                ));
                done.push(note(action, finding.fingerprint.clone()));
            }
            Err(error) => refused.push(format!("{}: {error}", &finding.fingerprint[..12.min(finding.fingerprint.len())])),
        }
    }
    if done.is_empty() {
        let why = if refused.is_empty() { String::from("nothing in this run waits under that name") } else { refused.join("\n") };
        return Err(Refusal { exit: Exit::Nothing, message: why });
    }
    let written = if args.known { ledger.write_known(&args.folders.baselines) } else { ledger.write_approved(&args.folders.baselines) };
    written.map_err(|error| unwritable(format!("{}: {error}", args.folders.baselines.display())))?;
    leave_notes(&open.record, done)?;
    for refusal in refused {
        lines.push_str(&format!("not accepted {refusal}\n"));
    }
    dispatch::out(&lines)
}

/// Drops what waits for review and leaves a note.
///
/// # Errors
/// When nothing fits (exit 4), or something cannot be removed (exit 3).
pub fn reject(args: &RejectArgs) -> Result<Exit, Refusal> {
    let (open, what) = open(&args.what, args.all, &args.folders)?;
    let baselines = Baselines::new(&args.folders.baselines);
    let now = Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut done = Vec::new();
    let mut lines = String::new();
    for snapshot in open.snapshots.iter().filter(|snapshot| what.takes_snapshot(snapshot)) {
        baselines.drop_waiting(&snapshot.path).map_err(|error| Refusal { exit: Exit::Blocked, message: error.to_string() })?;
        let named = format!("{}:{}", snapshot.case, snapshot.name);
        lines.push_str(&format!("rejected {named}\n"));
        done.push(Note { action: String::from("rejected"), what: named, at: now.clone() });
    }
    for finding in open.findings.iter().filter(|finding| what.takes_finding(finding)) {
        lines.push_str(&format!("rejected {}  {}\n", &finding.fingerprint[..12.min(finding.fingerprint.len())], finding.summary));
        done.push(Note { action: String::from("rejected"), what: finding.fingerprint.clone(), at: now.clone() });
    }
    if done.is_empty() {
        return Err(Refusal { exit: Exit::Nothing, message: String::from("nothing in this run waits under that name") });
    }
    leave_notes(&open.record, done)?;
    dispatch::out(&lines)
}

fn leave_notes(record: &Record, notes: Vec<Note>) -> Result<(), Refusal> {
    for note in notes {
        record.note(note).map_err(|error| Refusal { exit: Exit::Blocked, message: format!("{}: {error}", record.folder().display()) })?;
    }
    Ok(())
}

fn known_terms(args: &AcceptArgs) -> Result<(&str, &str, NaiveDate), Refusal> {
    let until = args.until.as_deref().unwrap_or_default();
    let until = until.parse().map_err(|_| Refusal::usage(format!("--until {until}: write the day as 2027-01-31")))?;
    Ok((args.reason.as_deref().unwrap_or_default(), args.owner.as_deref().unwrap_or_default(), until))
}

/// `a/case.list.snap` for production: `a/case.list@production.snap`.
fn own_variant(path: &str, environment: &str) -> String {
    let stem = path.strip_suffix(".snap").unwrap_or(path);
    let (folder, file) = stem.rsplit_once('/').map_or(("", stem), |(folder, file)| (folder, file));
    let file = file.split_once('@').map_or(file, |(file, _)| file);
    let variant = prodiff_core::snapshot::slug(environment);
    if folder.is_empty() { format!("{file}@{variant}.snap") } else { format!("{folder}/{file}@{variant}.snap") }
}

/// Who accepts: the name that the system knows.
fn who() -> String {
    ["PRODIFF_USER", "USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|name| !name.is_empty()))
        .unwrap_or_else(|| String::from("unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environments_own_variant_stands_beside_the_shared_one() {
        for (path, expected) in [
            ("a/c[x].list.snap", "a/c[x].list@production.snap"),
            ("a/c.list@staging.snap", "a/c.list@production.snap"),
            ("c.list.snap", "c.list@production.snap"),
        ] {
            assert_eq!(own_variant(path, "production"), expected);
        }
    }

    #[test]
    fn a_fingerprint_is_named_by_six_characters_or_more() {
        assert!(begins("0a1b2c3d4e", "0a1b2c"));
        assert!(!begins("0a1b2c3d4e", "0a1b2"));
        assert!(!begins("0a1b2c3d4e", "ffffff"));
    }
}
