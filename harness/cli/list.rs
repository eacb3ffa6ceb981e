//! `prodiff list`: the cases, one identity a line.

use std::sync::Arc;

use chrono::Utc;
use prodiff_core::{
    json::{self, Json},
    plan::{self, PlannedCase},
};

use super::{
    args::{ListArgs, ListFormat},
    dispatch,
    exit::Exit,
    load::{self, Refusal},
};

/// Lists what is selected. Needs no environment and no secrets: rows that depend on one are shown as they are without it.
///
/// # Errors
/// When a file is broken or nothing is selected.
pub fn list(args: &ListArgs) -> Result<Exit, Refusal> {
    let loaded = load::load(&args.folders.suites, &[])?;
    if loaded.has_errors() {
        return Err(Refusal::usage(loaded.complaints()));
    }
    let selection = load::selection(&args.select, &args.folders)?;
    let (site, surroundings) = load::any_site(&loaded)?;
    let options = plan::Options {
        selection: selection.clone(),
        timeout: None,
        default_timeout: None,
        browsers: Vec::new(),
        retries: None,
        seed: 0,
        began: Utc::now(),
    };
    let plan = plan::build(&loaded.suites, &site, &surroundings, &loaded.row_files, &options)
        .map_err(|problems| Refusal::usage(load::complaints(&problems)))?;
    load::demand_selection(&plan, &loaded.suites, &selection, false)?;
    let text = match args.format {
        ListFormat::Plain => plan.cases().map(|case| format!("{}\n", case.id)).collect::<String>(),
        ListFormat::Json => format!("{}\n", json::to_pretty(&Json::List(plan.cases().map(entry).collect()))),
    };
    dispatch::out(&text)
}

fn entry(case: &Arc<PlannedCase>) -> Json {
    let (file, line) = case.span().map_or((String::new(), 0), |span| (span.source.name.clone(), span.line()));
    Json::Map(vec![
        (String::from("id"), Json::text(case.id.as_str())),
        (String::from("name"), Json::text(case.name())),
        (String::from("suite"), Json::text(case.suite.name.clone())),
        (String::from("tags"), Json::List(case.tags().into_iter().map(Json::from).collect())),
        (String::from("file"), Json::text(file)),
        (String::from("line"), Json::Number(line.into())),
    ])
}
