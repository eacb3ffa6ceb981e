//! The play itself: what is done, in which order, and what is said of it.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use chrono::{TimeDelta, Utc};
use prodiff_core::{mask::sanitize_line, record::Finding, report::Summary, verdict::Status};
use prodiff_sandbox::{Environment, Fault, Options, Release, Sandbox};

use super::{
    planted::{PLANTED, Tally},
    project::{OWNER, Project},
};
use crate::{
    cli::{args::DemoArgs, exit::Exit, ledger::Ledger, load::Refusal, reports, signals},
    store::{
        atomic::{self, Access, Durability},
        record::Record,
        reports as folders,
    },
};

/// What is left behind.
const KEPT: [&str; 2] = ["report.html", "report.json"];
/// How long the known differences of the play are accepted.
const KNOWN_FOR: TimeDelta = TimeDelta::days(30);
/// How much of a fingerprint is shown: as much as names it for certain.
const SHOWN_FINGERPRINT: usize = 12;

/// Plays a release, and holds what was found against what was planted.
///
/// # Errors
/// When the play cannot go on: a port, a file, or a command that did not end as it should.
pub async fn demo(args: &DemoArgs) -> Result<Exit, Refusal> {
    let mut project = None;
    let ended = tokio::select! {
        biased;
        () = signals::wait() => {
            say("interrupted: nothing is left behind");
            Ok(Exit::Interrupted)
        }
        ended = play(args, &mut project) => ended,
    };
    if let Some(project) = project {
        let folder = project.path().to_owned();
        project.close().await.map_err(|error| cannot(&format!("{} cannot be removed", folder.display()), &error))?;
    }
    ended
}

async fn play(args: &DemoArgs, project: &mut Option<Project>) -> Result<Exit, Refusal> {
    let sandbox = Sandbox::start(Options::still()).await.map_err(|error| cannot("the sandbox cannot be served", &error))?;
    let project = project.insert(Project::new(&sandbox).map_err(|error| cannot("the demo has no folder to play in", &error))?);
    let (current, next) = (Release::Current.label(), Release::Next.label());

    say("A release of a small plugin hub, played on this machine.");
    say(&format!("staging     {}", sandbox.urls(Environment::Staging).web));
    say(&format!("production  {}", sandbox.urls(Environment::Production).web));

    chapter(1, &format!("Both run release {current}. What staging shows is looked at and accepted once."));
    run(project, &["run", "--on", "staging", "--release", current], Exit::Unreviewed).await?;
    run(project, &["accept", "--all"], Exit::Passed).await?;

    chapter(2, "Production's pages are for robots, staging's are not: it gets its own snapshot of them, and then passes.");
    run(project, &["run", "--on", "production", "--release", current], Exit::Failed).await?;
    run(project, &["accept", "--all", "--for", "production"], Exit::Passed).await?;
    run(project, &["run", "--on", "production", "--release", current], Exit::Passed).await?;

    chapter(3, "Where the two differ for good reasons, a person says so once; after that, silence.");
    let compare = |release: &'static str| ["compare", "staging", "production", "--release", release];
    run(project, &compare(current), Exit::Failed).await?;
    let until = (Utc::now() + KNOWN_FOR).format("%Y-%m-%d").to_string();
    let reason = "only production caches and is for robots";
    run(project, &["accept", "--all", "--known", "--reason", reason, "--owner", OWNER, "--until", &until], Exit::Passed).await?;
    run(project, &compare(current), Exit::Passed).await?;

    chapter(4, &format!("Staging gets release {next}. What it changes is meant: accepted, and signed off."));
    sandbox.deploy(Environment::Staging, Release::Next, &[]);
    run(project, &["run", "--on", "staging", "--release", next], Exit::Failed).await?;
    run(project, &["accept", "--all"], Exit::Passed).await?;
    run(project, &["sign-off", "--on", "staging", "--release", next], Exit::Passed).await?;

    chapter(5, &format!("Production gets release {next}, and with it, unseen:"));
    let faults: Vec<Fault> = PLANTED.iter().map(|planted| planted.fault).collect();
    for fault in &faults {
        say(&format!("   - {fault}: {}", fault.description()));
    }
    sandbox.deploy(Environment::Production, Release::Next, &faults);
    run(project, &["compare", "staging", "production", "--release", next, "--settle", "2s"], Exit::Failed).await?;

    let verdict = conclude(project, &args.output)?;
    sandbox.shutdown().await;
    Ok(verdict)
}

/// Holds the newest record against what was planted, and keeps its report.
fn conclude(project: &Project, output: &Path) -> Result<Exit, Refusal> {
    let (record, summary) = newest(project)?;
    let approved = Ledger::read(&project.path().join("baselines"))?.approved;
    let cases: Vec<(String, Status)> = summary.rows.iter().map(|row| (row.id.clone(), row.status)).collect();
    let findings = &summary.findings;
    keep(record.folder(), output).map_err(|error| cannot(&format!("{}", output.display()), &error))?;
    let tally = Tally::new(&PLANTED, findings, &cases, &approved);
    chapter(6, "What was planted, and what was found:");
    for line in table(&tally) {
        say(&sanitize_line(&line));
    }
    say("");
    let n_planted = tally.planted.len();
    let exit = if tally.agrees() {
        say(&format!("planted and found agree: {n_planted} of {n_planted} defects, and nothing else"));
        Exit::Passed
    } else {
        let n_more = tally.unexplained.len() + tally.unexplained_cases.len();
        say(&format!("planted and found DIFFER: {} of {n_planted} defects found, {n_more} not planted", tally.n_found()));
        Exit::Failed
    };
    say(&format!("report: {}", output.join(KEPT[0]).display()));
    Ok(exit)
}

/// The two beside each other, line by line.
fn table(tally: &Tally<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for (planted, found) in &tally.planted {
        lines.push(format!("   planted  {}", planted.fault));
        lines.extend(found.iter().map(|finding| format!("   found    {}", line(finding))));
        if found.is_empty() {
            lines.push(format!("   MISSED   a finding `{}` at {}", planted.verdict.name(), planted.path));
        }
    }
    lines.extend(tally.unexplained.iter().map(|finding| format!("   NOT PLANTED  {}", line(finding))));
    lines.extend(tally.unexplained_cases.iter().map(|(id, status)| format!("   NOT PLANTED  {status} {id}")));
    lines
}

fn line(finding: &Finding) -> String {
    let fingerprint: String = finding.fingerprint.chars().take(SHOWN_FINGERPRINT).collect();
    format!("{fingerprint}  {}  {}", finding.verdict.name(), finding.summary)
}

/// Copies the report out of the folder that will be gone.
fn keep(record: &Path, output: &Path) -> io::Result<()> {
    atomic::make_folder(output, Access::Shared)?;
    for name in KEPT {
        atomic::write(&output.join(name), &fs::read(record.join(name))?, Access::Owner, Durability::Rendered)?;
    }
    Ok(())
}

/// Runs one command of the play, shows it with the gist of what it said, and insists on how it ends.
async fn run(project: &Project, arguments: &[&str], expected: Exit) -> Result<(), Refusal> {
    let command = typed(arguments);
    say(&format!("   $ {command}"));
    let ended = project.prodiff(arguments).await.map_err(|error| cannot(&command, &error))?;
    if ended.code != Some(i32::from(expected.code())) {
        say(&ended.text);
        let code = ended.code.map_or_else(|| String::from("a signal"), |code| format!("exit code {code}"));
        return Err(Refusal {
            exit: Exit::Failed,
            message: format!("the demo did not go as it should: `{command}` ended with {code}, expected {}", expected.code()),
        });
    }
    let gist = match arguments.first() {
        Some(&("run" | "compare")) => vec![sentence(project)?],
        Some(_) | None => first_lines(&ended.text),
    };
    for line in gist {
        say(&format!("     {}", cut(&sanitize_line(&line))));
    }
    Ok(())
}

/// What the newest run came to, as its report says it.
fn sentence(project: &Project) -> Result<String, Refusal> {
    let summary = newest(project)?.1;
    Ok(summary.answer().sentence)
}

fn newest(project: &Project) -> Result<(Record, Summary), Refusal> {
    let record = folders::latest(&project.path().join("reports")).map_err(|error| cannot("there is no record", &error))?;
    let summary = reports::summary(&record).map_err(|error| cannot("the record cannot be read", &error))?;
    Ok((record, summary))
}

/// The beginning of what a command said.
fn first_lines(text: &str) -> Vec<String> {
    const SHOWN: usize = 4;
    let mut lines: Vec<String> = text.lines().take(SHOWN).map(str::to_owned).collect();
    let n_more = text.lines().count().saturating_sub(SHOWN);
    if n_more > 0 {
        lines.push(format!("… {n_more} more"));
    }
    lines
}

fn cut(line: &str) -> String {
    const LONGEST: usize = 120;
    if line.chars().count() <= LONGEST { line.to_owned() } else { line.chars().take(LONGEST - 1).chain(['…']).collect() }
}

/// A command as somebody would type it.
fn typed(arguments: &[&str]) -> String {
    let word = |word: &&str| if word.contains(' ') { format!("'{word}'") } else { (*word).to_owned() };
    format!("prodiff {}", arguments.iter().map(word).collect::<Vec<_>>().join(" "))
}

fn chapter(number: u8, text: &str) {
    say(&format!("\n{number}. {text}"));
}

/// Prints a line for people. A reader that has gone away is no error.
fn say(line: &str) {
    let mut stdout = io::stdout().lock();
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}

fn cannot(what: &str, error: &dyn std::error::Error) -> Refusal {
    Refusal { exit: Exit::Blocked, message: format!("{what}: {error}") }
}
