//! `prodiff report`: renders again what a record says. Judges nothing again.

use prodiff_core::{
    diagnostic::did_you_mean,
    mask::Secrets,
    report::{FORMATS, Format, find},
};

use super::{args::ReportArgs, dispatch, exit::Exit, load::Refusal, reports, runs};

/// Renders the reports of a record.
///
/// # Errors
/// When there is no such record or format, or the reports cannot be written.
pub fn report(args: &ReportArgs) -> Result<Exit, Refusal> {
    let formats = formats(&args.format)?;
    let record = runs::find(&args.run, &args.folders.reports)?;
    let folder = args.output.clone().unwrap_or_else(|| record.folder().to_owned());
    let failed = |error: std::io::Error| Refusal::usage(format!("{}: {error}", record.folder().display()));
    let summary = reports::summary(&record).map_err(failed)?;
    // The record was masked when it was written; a run's secrets are not known any more.
    reports::render(&record, &summary, &formats, &folder, &Secrets::default()).map_err(failed)?;
    let written: String = formats.iter().map(|format| format!("{}\n", folder.join(format.file_name()).display())).collect();
    dispatch::out(&written)
}

fn formats(names: &[String]) -> Result<Vec<&'static dyn Format>, Refusal> {
    if names.is_empty() {
        return Ok(reports::all());
    }
    names
        .iter()
        .map(|name| {
            find(name).ok_or_else(|| {
                let known: Vec<&str> = FORMATS.iter().map(|format| format.name()).collect();
                let help = match did_you_mean(name, known.iter().copied()) {
                    Some(close) => format!("did you mean `{close}`?"),
                    None => format!("known are {}", known.join(", ")),
                };
                Refusal::usage(format!("unknown format `{name}`\nhelp: {help}"))
            })
        })
        .collect()
}
