//! `prodiff sign-off`: this recorded run is what the next environment must become.

use chrono::{SecondsFormat, Utc};
use prodiff_core::record::{Entry, Note};

use super::{args::SignOffArgs, dispatch, exit::Exit, load::Refusal, runs};
use crate::store::{record::Record, reports};

/// Marks the newest complete record of a release on an environment.
///
/// # Errors
/// When there is none, or it cannot be marked.
pub fn sign_off(args: &SignOffArgs) -> Result<Exit, Refusal> {
    let found = reports::records(&args.folders.reports)
        .into_iter()
        .filter(|record| runs::is_of(record, &args.on, Some(&args.release)))
        .find(is_complete);
    let Some(record) = found else {
        return Err(Refusal::usage(format!(
            "no complete run of release {} on {} in {}\nhelp: prodiff run --on {} --release {}",
            args.release,
            args.on,
            args.folders.reports.display(),
            args.on,
            args.release
        )));
    };
    let note =
        Note { action: runs::SIGNED_OFF.to_owned(), what: args.release.clone(), at: Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true) };
    record.note(note).map_err(|error| Refusal { exit: Exit::Blocked, message: format!("{}: {error}", record.folder().display()) })?;
    dispatch::out(&format!("signed off: {} is {} on {}\n", record.folder().display(), args.release, args.on))
}

/// Whether a run played everything it was to play.
fn is_complete(record: &Record) -> bool {
    record.entries().is_ok_and(|entries| {
        entries.filter_map(Result::ok).any(|entry| matches!(entry, Entry::End(end) if end.ended_early.is_none() && end.exit_code != 130))
    })
}
