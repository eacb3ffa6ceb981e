//! `prodiff run`: regression on one environment.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, RwLock},
    time::Duration,
};

use chrono::{DateTime, SecondsFormat, Utc};
use prodiff_core::{
    diagnostic,
    environment::site::Site,
    mask::{Origins, Secrets},
    plan::{self, Plan},
    record::{self, Case, End, Entry, Role, Run},
    review::Pending,
    template::Surroundings,
    verdict::Status,
};

use super::{
    args::{Folders, Format, Playing, RunArgs, Select},
    builds::Builds,
    exit::{self, Demands, Exit},
    ledger::Ledger,
    load::{self, Loaded, Occasion, Refusal, SideName},
    play::Clock,
    player::{Player, saved_sessions},
    recorder::{Listener, Recorder},
    reports,
    revisions::{self, Watched, When},
    schedule::{self, Limits},
    screen::{Detail, Options, Screen},
    sessions::Sessions,
    side::{Shared, Side},
    signals,
    snapshots::Snapshots,
    stop::{Reason, Stop, Urgency},
};
use crate::{
    drivers::browser::page::{self, Browsers},
    store::{
        baselines::Baselines,
        record::{Record, SharedSecrets},
        reports as folders,
    },
};

/// Plays suites on one environment.
///
/// # Errors
/// When nothing can be played: usage, broken suites, nothing selected.
pub async fn run(args: &RunArgs) -> Result<Exit, Refusal> {
    let chosen = choose(args)?;
    play(chosen, args, Audience { options: screen_options(&args.playing), listener: None, between_processes: None }).await
}

/// What a run is about to play, and where.
pub struct Chosen {
    /// The cases.
    pub plan: Plan,
    loaded: Loaded,
    site: Arc<Site>,
    surroundings: Arc<Surroundings>,
    ledger: Ledger,
    occasion: Occasion,
}

/// Who watches a run, and with whom it shares its limits.
pub struct Audience {
    /// How the terminal is used.
    pub options: Options,
    /// Who else is told everything that the record is.
    pub listener: Option<Listener>,
    /// A folder in which several processes agree on who may send; nothing where this one is alone.
    pub between_processes: Option<PathBuf>,
}

/// Reads everything and decides what is played. Sends nothing.
///
/// # Errors
/// When nothing can be played: usage, broken suites, nothing selected.
pub fn choose(args: &RunArgs) -> Result<Chosen, Refusal> {
    let side = SideName::parse(&args.on);
    if matches!(side, SideName::Recorded(_)) {
        return Err(Refusal::usage("a run needs a site; `prodiff report` renders a recorded one again"));
    }
    let occasion = Occasion::new(&args.playing)?;
    let loaded = load::load(&args.folders.suites, &side.url_names())?;
    refuse_broken(&loaded, &args.playing)?;
    let (site, surroundings) = load::resolve(&side, &loaded, &loaded.suites, &occasion)?;
    let ledger = Ledger::read(&args.folders.baselines)?;
    let mut plan = plan(&loaded, &site, &surroundings, &args.select, &args.folders, &args.playing, &occasion)?;
    share(&mut plan, &args.playing, &args.folders)?;
    Ok(Chosen { plan, loaded, site, surroundings, ledger, occasion })
}

/// Plays what was chosen.
///
/// # Errors
/// When there is no place for the record, or a certificate cannot be read.
pub async fn play(chosen: Chosen, args: &RunArgs, audience: Audience) -> Result<Exit, Refusal> {
    let Chosen { plan, loaded, site, surroundings, ledger, occasion } = chosen;
    let secrets = secrets(&[(&site, &surroundings)]);
    let screen = Arc::new(Screen::new(audience.options, Arc::clone(&secrets)));
    if !loaded.diagnostics.is_empty() {
        screen.say(&loaded.complaints());
    }
    let folder = folders::new_folder(&args.folders.reports, occasion.began, "run", &[&site.name])
        .map_err(|error| Refusal::usage(format!("{}: {error}", args.folders.reports.display())))?;
    let recorder =
        Recorder::begin(&folder, Arc::clone(&screen), secrets).map_err(|error| Refusal::usage(format!("{}: {error}", folder.display())))?;
    let recorder = Arc::new(match audience.listener {
        Some(listener) => recorder.heard_by(listener),
        None => recorder,
    });
    // From here on there is a report, whatever comes.
    point_latest(&args.folders.reports, &folder, &screen);
    let broken = if args.playing.keep_going { loaded.broken.clone() } else { Vec::new() };
    recorder.put(&Entry::Run(Run {
        version: record::VERSION,
        prodiff: env!("CARGO_PKG_VERSION").to_owned(),
        command: String::from("run"),
        release: args.playing.release.clone(),
        seed: occasion.seed,
        started: timestamp(occasion.began),
        environments: vec![environment(Role::Candidate, &site)],
        planned: plan.cases().count() + broken.len(),
        selection: selected(&args.select, &args.playing),
    }));
    for (path, file) in &broken {
        recorder.put(&Entry::Case(with_first_mistake(broken_file(path, file), &loaded)));
    }
    let (sites, browsers) = ([Arc::clone(&site)], browsers(&args.playing, &[&site]));
    let shared = match &audience.between_processes {
        None => Shared::new(&sites, browsers),
        Some(folder) => Shared::between_processes(&sites, browsers, folder)
            .map_err(|error| Refusal::usage(format!("{}: limits cannot be shared: {error}", folder.display())))?,
    };
    let side = Side::new(Arc::clone(&site), surroundings, Arc::clone(&shared), &args.folders.suites)
        .map_err(|error| Refusal::usage(chain(&error)))?;
    let side = Arc::new(side);
    let stop = Stop::default();
    let _signals = signals::watch(&stop, &recorder);
    let _limit = time_limit(args.playing.max_time, &stop);
    let sessions = Sessions::new(plan.suites.iter().flat_map(|suite| saved_sessions(&suite.suite.before)));
    let player = Arc::new(Player {
        side,
        origins: origins(&site),
        recorder: Arc::clone(&recorder),
        clock: Clock::start(),
        began: occasion.began,
        seed: occasion.seed,
        sessions,
        snapshots: Snapshots {
            baselines: Baselines::new(&args.folders.baselines),
            pending: pending(&args.playing),
            release: args.playing.release.clone(),
        },
        ledger,
        findings: std::sync::Mutex::default(),
        builds: Builds::default(),
        stop: stop.clone(),
    });
    let watched = Watched { builds: &player.builds, recorder: &recorder, clock: player.clock, began: occasion.began };
    let sides = [(Role::Candidate, player.side.as_ref())];
    revisions::read(&sides, When::Before, &watched).await;
    let limits = Limits { jobs: usize::from(args.playing.jobs), fail_fast: args.playing.fail_fast };
    tokio::select! {
        () = schedule::schedule(plan, Arc::clone(&player), limits, &stop) => {}
        () = revisions::watch(&sides, &watched, |_| {}) => {}
    }
    shared.end().await;
    revisions::read(&sides, When::After, &watched).await;
    let build_moved = player.builds.moved();
    let failing_finding = player.conclude_findings();
    let demands = Demands { broken_file: !broken.is_empty(), build_moved, failing_finding, ..demands(&args.playing, &stop) };
    finish(&recorder, shared.requests(), demands, &stop)
}

/// The browsers of a run: none is looked for before a case needs it.
#[must_use]
pub fn browsers(playing: &Playing, sites: &[&Site]) -> Browsers {
    let n_cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    Browsers::new(page::Options {
        n_sessions: playing.sessions.map_or(n_cores, usize::from),
        headed: playing.headed,
        grid: playing.grid.clone(),
        any_certificate: false,
        proxy: sites.iter().find_map(|site| site.transport.proxy.as_ref().map(ToString::to_string)),
        announce: |line| super::screen::announce(line),
    })
}

/// Refuses to go on over broken files, unless told to.
///
/// # Errors
/// With every mistake of every file.
pub fn refuse_broken(loaded: &Loaded, playing: &Playing) -> Result<(), Refusal> {
    if !loaded.has_errors() {
        return Ok(());
    }
    // Without the file that says what is protected, nothing may be sent.
    let environments_broken = loaded.environments.is_none() && loaded.broken.iter().any(|(path, _)| path == "environments");
    if playing.keep_going && !environments_broken {
        return Ok(());
    }
    let n_errors = loaded.diagnostics.iter().filter(|found| found.severity == diagnostic::Severity::Error).count();
    let errors = if n_errors == 1 { String::from("1 error") } else { format!("{n_errors} errors") };
    Err(Refusal::usage(format!("{}\n\n{errors}; nothing was sent", loaded.complaints())))
}

/// The plan for one site.
///
/// # Errors
/// When rows cannot be read, or nothing is selected.
pub fn plan(
    loaded: &Loaded,
    site: &Site,
    surroundings: &Arc<Surroundings>,
    select: &Select,
    folders: &Folders,
    playing: &Playing,
    occasion: &Occasion,
) -> Result<Plan, Refusal> {
    let selection = load::selection(select, folders)?;
    let options = plan::Options {
        selection: selection.clone(),
        timeout: playing.timeout,
        browsers: playing.browser.clone(),
        default_timeout: loaded.environments.as_ref().and_then(|environments| environments.defaults.timeout),
        retries: playing.retries,
        seed: occasion.seed,
        began: occasion.began,
    };
    let plan = plan::build(&loaded.suites, site, surroundings, &loaded.row_files, &options)
        .map_err(|problems| Refusal::usage(load::complaints(&problems)))?;
    let broken_only = playing.keep_going && !loaded.broken.is_empty();
    load::demand_selection(&plan, &loaded.suites, &selection, playing.allow_none || broken_only)?;
    Ok(plan)
}

/// Points `latest` at a run. Where something else stands in its place, it stays, and that is said: the next command would look at it.
pub fn point_latest(reports: &Path, folder: &Path, screen: &Screen) {
    if let Err(error) = folders::point_latest(reports, folder) {
        screen.say(&format!("warning: `latest` does not point at this run: {error}"));
    }
}

/// Leaves the shard of this machine in a plan, and puts what took longest in front.
///
/// # Errors
/// When there is no such run to take durations from, or nothing is left.
pub fn share(plan: &mut Plan, playing: &Playing, folders: &Folders) -> Result<(), Refusal> {
    let durations = playing.durations.as_deref().map(|run| load::durations(&super::runs::find(run, &folders.reports)?)).transpose()?;
    if let Some(shard) = playing.shard {
        let n_selected = plan.cases().count();
        shard.keep(plan, durations.as_ref());
        if plan.suites.is_empty() && !playing.allow_none {
            let message =
                format!("this shard holds none of the selected cases ({n_selected} in all)\nhelp: --allow-none takes that for no error");
            return Err(Refusal { exit: Exit::Nothing, message });
        }
    }
    if let Some(durations) = &durations {
        plan::longest_first(plan, durations);
    }
    Ok(())
}

/// The secrets of a run as known before it begins: those that were given, and what is made of them for every request.
#[must_use]
pub fn secrets(sides: &[(&Arc<Site>, &Arc<Surroundings>)]) -> SharedSecrets {
    let mut secrets = Secrets::default();
    for (site, surroundings) in sides {
        for (name, value) in &surroundings.secrets {
            let _too_short = secrets.add(name, value);
        }
        if let Some((_, credentials)) = site.authorization.as_deref().and_then(|value| value.split_once(' ')) {
            let _too_short = match secrets.name_of(credentials) {
                Some(_) => Ok(()),
                None => secrets.add("authorization", credentials),
            };
        }
        for (name, variable) in &site.variables {
            if let (true, Some(text)) = (variable.secret, variable.value.as_str()) {
                let _too_short = secrets.add(name, text);
            }
        }
    }
    Arc::new(RwLock::new(secrets))
}

/// An environment's own URLs by name.
#[must_use]
pub fn origins(site: &Site) -> Arc<Origins> {
    Arc::new(Origins::new(site.urls.iter().chain(&site.aliases).cloned()))
}

/// How the command line wants the terminal.
#[must_use]
pub fn screen_options(playing: &Playing) -> Options {
    let detail = match (playing.quiet, playing.verbose) {
        (true, _) => Detail::Quiet,
        (false, true) => Detail::Every,
        (false, false) => Detail::Usual,
    };
    Options { format: playing.format, color: playing.color, detail }
}

/// Whether snapshots may wait for review: never where CI is set, unless told so.
#[must_use]
pub fn pending(playing: &Playing) -> Pending {
    let is_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0");
    if is_ci && !playing.pending { Pending::Never } else { Pending::Written }
}

/// What the exit code depends on besides the counts.
#[must_use]
pub fn demands(playing: &Playing, stop: &Stop) -> Demands {
    Demands {
        strict: playing.strict,
        allow_none: playing.allow_none,
        at_least: playing.expect_at_least,
        interrupted: stop.reason() == Some(Reason::Interrupted),
        broken_file: false,
        failing_finding: false,
        build_moved: false,
    }
}

/// Cancels the run when its time is over.
pub fn time_limit(limit: Option<Duration>, stop: &Stop) -> Option<tokio_util::task::AbortOnDropHandle<()>> {
    let limit = limit?;
    let stop = stop.clone();
    Some(tokio_util::task::AbortOnDropHandle::new(tokio::spawn(async move {
        tokio::time::sleep(limit).await;
        stop.ask(Urgency::Cancel { reason: Reason::TimeLimit });
    })))
}

/// Ends the record, renders the reports, says the verdict.
///
/// # Errors
/// When the record is not whole or a report cannot be written.
pub fn finish(recorder: &Recorder, requests: u64, demands: Demands, stop: &Stop) -> Result<Exit, Refusal> {
    let mut counts = recorder.counts();
    counts.requests = requests;
    let exit = exit::of(&counts, demands);
    recorder.put(&Entry::End(End {
        finished: timestamp(Utc::now()),
        exit_code: exit.code(),
        ended_early: stop.reason().map(|reason| reason.words().to_owned()),
        reason: exit::explain(&counts, demands),
        counts,
    }));
    recorder.screen().clear();
    if let Some(error) = recorder.broken() {
        return Err(Refusal { exit: Exit::Blocked, message: format!("{}: the record is not whole: {error}", recorder.folder().display()) });
    }
    let failed =
        |error: std::io::Error| Refusal { exit: exit.worse(Exit::Blocked), message: format!("the reports cannot be written: {error}") };
    let record = Record::open(recorder.folder()).map_err(|error| failed(std::io::Error::other(error)))?;
    let summary = reports::summary(&record).map_err(failed)?;
    let written = reports::render(&record, &summary, &reports::all(), recorder.folder(), &recorder.secrets())
        .and_then(|()| reports::step_summary(recorder.folder()));
    // What was found is said also where it cannot be written.
    recorder.screen().conclude(&summary, &shown(recorder.folder()));
    written.map_err(failed)?;
    Ok(exit)
}

fn shown(folder: &Path) -> String {
    folder.join("report.html").display().to_string()
}

/// A moment as records have it.
#[must_use]
pub fn timestamp(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// An environment as records have it.
#[must_use]
pub fn environment(role: Role, site: &Site) -> record::Environment {
    let urls = site.urls.iter().map(|(name, url)| (name.clone(), url.as_str().trim_end_matches('/').to_owned())).collect();
    record::Environment { role, name: site.name.clone(), urls, recorded: None }
}

/// What was selected, as typed.
#[must_use]
pub fn selected(select: &Select, playing: &Playing) -> Vec<String> {
    let tags = select.tag.iter().map(|tag| format!("--tag {tag}"));
    let failed = select.failed.iter().map(|run| format!("--failed {run}"));
    let shard = playing.shard.iter().map(|shard| format!("--shard {shard}"));
    select.select.iter().cloned().chain(tags).chain(failed).chain(shard).collect()
}

/// A broken file's case at the line of its first mistake.
#[must_use]
pub fn with_first_mistake(case: Case, loaded: &Loaded) -> Case {
    let mut mistakes = loaded.diagnostics.iter().filter(|found| found.severity == diagnostic::Severity::Error);
    let first = mistakes.find_map(|found| found.span.as_ref().filter(|span| span.source.name == case.file).map(|span| (found, span)));
    let Some((found, span)) = first else { return case };
    Case { line: span.line(), reason: Some(format!("the file is broken: {}", found.message)), ..case }
}

/// The case that stands for a file that could not be read.
#[must_use]
pub fn broken_file(path: &str, file: &str) -> Case {
    Case {
        id: format!("{path}::file"),
        suite: path.to_owned(),
        name: String::from("file"),
        tags: Vec::new(),
        status: Status::Blocked,
        attempts: 0,
        duration_ms: 0.0,
        file: file.to_owned(),
        line: 1,
        reason: Some(String::from("the file is broken; `prodiff check` says where")),
        failures: Vec::new(),
        requests: 0,
        expectations: 0,
        snapshots: 0,
        compared: 0,
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    text
}

/// The format of a command's output, for what is printed outside a run.
#[must_use]
pub fn is_machine(format: Format) -> bool {
    format == Format::Json
}
