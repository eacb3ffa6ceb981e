//! `prodiff check`: reads every file, reports every mistake, sends nothing.

use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

use prodiff_core::{
    diagnostic::{self, Diagnostic, Severity, Source},
    plan::{self, Selection},
    snapshot::Variant,
    suite::model::{SnapshotContent, Step, Suite},
};

use super::{
    args::{CheckArgs, ListFormat},
    dispatch,
    exit::Exit,
    load::{self, Loaded, Refusal},
};
use crate::store::{
    atomic::{self, Access, Durability},
    baselines::Baselines,
};

/// Checks the suites folder and the baselines.
///
/// # Errors
/// When something is wrong: every mistake, exit 2.
pub fn check(args: &CheckArgs) -> Result<Exit, Refusal> {
    let mut loaded = load::load(&args.folders.suites, &[])?;
    if args.fix {
        let fixed = fix(&loaded.diagnostics)?;
        if fixed > 0 {
            loaded = load::load(&args.folders.suites, &[])?;
            let files = if fixed == 1 { "1 file" } else { "several files" };
            dispatch::out(&format!("mended {files}; look at the difference before you keep it\n"))?;
        }
    }
    let mut diagnostics = std::mem::take(&mut loaded.diagnostics);
    if !diagnostics.iter().any(|found| found.severity == Severity::Error) {
        diagnostics.extend(equal_identities(&loaded)?);
    }
    // With a broken file there is no telling whose baselines are left over.
    if !diagnostics.iter().any(|found| found.severity == Severity::Error) {
        diagnostics.extend(orphans(&loaded, &args.folders.baselines)?);
    }
    let has_errors = diagnostics.iter().any(|found| found.severity == Severity::Error);
    let text = match args.format {
        ListFormat::Json => {
            let views: Vec<_> = diagnostics.iter().map(Diagnostic::view).collect();
            format!("{}\n", serde_json::to_string_pretty(&views).map_err(|error| Refusal::usage(error.to_string()))?)
        }
        ListFormat::Plain if diagnostics.is_empty() => String::new(),
        ListFormat::Plain => format!("{}\n\n", load::complaints(&diagnostics)),
    };
    let conclusion = format!("{}: {}\n", args.folders.suites.display(), tally(&loaded, &diagnostics));
    match args.format {
        ListFormat::Json => dispatch::out(&text)?,
        ListFormat::Plain if has_errors => return Err(Refusal::usage(format!("{text}{}", conclusion.trim_end()))),
        ListFormat::Plain => dispatch::out(&format!("{text}{conclusion}"))?,
    };
    Ok(if has_errors { Exit::Usage } else { Exit::Passed })
}

fn tally(loaded: &Loaded, diagnostics: &[Diagnostic]) -> String {
    let n_cases: usize = loaded.suites.iter().map(|suite| suite.cases.len()).sum();
    let count = |n: usize, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    let n_errors = diagnostics.iter().filter(|found| found.severity == Severity::Error).count();
    let n_warnings = diagnostics.len() - n_errors;
    let sound = format!("{}, {}", count(loaded.suites.len(), "suite"), count(n_cases, "case"));
    match (n_errors, n_warnings) {
        (0, 0) => format!("{sound}, no mistakes"),
        (0, warnings) => format!("{sound}, no mistakes, {}", count(warnings, "warning")),
        (errors, 0) => count(errors, "error"),
        (errors, warnings) => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
    }
}

/// Rows that give two cases one identity.
fn equal_identities(loaded: &Loaded) -> Result<Vec<Diagnostic>, Refusal> {
    let (site, surroundings) = load::any_site(loaded)?;
    let options = plan::Options {
        selection: Selection::default(),
        timeout: None,
        default_timeout: None,
        browsers: Vec::new(),
        retries: None,
        seed: 0,
        began: chrono::Utc::now(),
    };
    Ok(plan::equal_identities(&loaded.suites, &site, &surroundings, &loaded.row_files, &options))
}

/// Writes what can be mended by quoting. Says how many files were changed.
fn fix(diagnostics: &[Diagnostic]) -> Result<usize, Refusal> {
    let mut sources: Vec<&Arc<Source>> = Vec::new();
    for span in diagnostics.iter().filter(|found| found.fix.is_some()).filter_map(|found| found.span.as_ref()) {
        if !sources.iter().any(|known| Arc::ptr_eq(known, &span.source)) {
            sources.push(&span.source);
        }
    }
    let mut changed = 0;
    for source in sources {
        let mended = diagnostic::apply_fixes(source, diagnostics);
        if mended != source.text {
            atomic::write(Path::new(&source.name), mended.as_bytes(), Access::Shared, Durability::Synced)
                .map_err(|error| Refusal::usage(format!("{}: {error}", source.name)))?;
            changed += 1;
        }
    }
    Ok(changed)
}

/// Baselines that no snapshot of any suite can mean.
fn orphans(loaded: &Loaded, folder: &Path) -> Result<Vec<Diagnostic>, Refusal> {
    if !fs::exists(folder).unwrap_or(false) {
        return Ok(Vec::new());
    }
    let files = Baselines::new(folder).files().map_err(|error| Refusal::usage(format!("{}: {error}", folder.display())))?;
    let known: BTreeSet<String> = loaded.suites.iter().flat_map(|suite| stems(suite)).collect();
    let orphaned = |path: &str| {
        let bare = without_row_and_variant(path);
        !known.contains(&bare)
    };
    let of = |paths: &[String], ending: &str| -> Vec<Diagnostic> {
        paths
            .iter()
            .filter(|path| orphaned(path))
            .map(|path| {
                let message = format!("{}/{path}{ending}: no suite takes this snapshot", folder.display());
                let problem = Diagnostic::general(message).help("delete it, or find out which case lost its name");
                Diagnostic { severity: Severity::Warning, ..problem }
            })
            .collect()
    };
    let mut found = of(&files.accepted, "");
    found.extend(of(&files.waiting, ".new"));
    Ok(found)
}

/// The paths of a suite's snapshots without row and variant.
fn stems(suite: &Suite) -> Vec<String> {
    let mut stems = Vec::new();
    let mut add = |case: &str, steps: &[Step]| {
        for spec in steps.iter().filter_map(|step| step.snapshot.as_ref()) {
            for content in &spec.contents {
                let suffixed = match content {
                    SnapshotContent::Body | SnapshotContent::Json | SnapshotContent::Aria(_) => spec.name.clone(),
                    SnapshotContent::Text | SnapshotContent::PageText(_) => format!("{}.text", spec.name),
                    SnapshotContent::PageHtml(_) => format!("{}.html", spec.name),
                    SnapshotContent::Shape => format!("{}.shape", spec.name),
                    SnapshotContent::Headers(_) => format!("{}.headers", spec.name),
                };
                let name = if spec.contents.len() > 1 { suffixed } else { spec.name.clone() };
                let key = prodiff_core::snapshot::SnapshotKey { suite: suite.path.clone(), case: case.to_owned(), row: None, name };
                stems.push(key.path(&Variant::default()));
            }
        }
    };
    add("before", &suite.before);
    add("after", &suite.after);
    for case in &suite.cases {
        for steps in [&suite.before_each, &case.before, &case.steps, &case.after, &suite.after_each] {
            add(&case.slug, steps);
        }
    }
    stems
}

/// `api/plugins/case[row].list@production.snap` → `api/plugins/case.list.snap`.
fn without_row_and_variant(path: &str) -> String {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let file = match (file.find('['), file.rfind(']')) {
        (Some(open), Some(close)) if open < close => format!("{}{}", &file[..open], &file[close + 1..]),
        _ => file.to_owned(),
    };
    let stem = file.strip_suffix(".snap").unwrap_or(&file);
    let stem = stem.split_once('@').map_or(stem, |(stem, _)| stem);
    format!("{folder}/{stem}.snap")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_variants_are_of_the_same_snapshot() {
        for path in ["a/b/case.list.snap", "a/b/case[x.y].list.snap", "a/b/case[x].list@production.snap", "a/b/case.list@x.snap"] {
            assert_eq!(without_row_and_variant(path), "a/b/case.list.snap", "{path}");
        }
    }
}
