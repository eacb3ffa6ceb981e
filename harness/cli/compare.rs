//! `prodiff compare`: two environments, or recorded runs, against each other.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use prodiff_core::{
    check,
    environment::{resolve::Resolved, site::Site},
    known::Known,
    mask::Secrets,
    record::{self, Entry, Hidden, Role, Run, Severity},
};

use super::{
    args::{CompareArgs, FailOn},
    duet::{Duet, Half, LiveHalf, Tally},
    exit::Exit,
    ledger::Ledger,
    load::{self, Loaded, Occasion, Refusal, SideName},
    play::Clock,
    player::saved_sessions,
    recall::{self, Recall},
    recorder::Recorder,
    revisions, run,
    schedule::{self, Limits},
    screen::Screen,
    sessions::Sessions,
    side::{Shared, Side},
    signals,
    stop::Stop,
};
use crate::store::{record::SharedSecrets, reports as folders};

/// A side before anything is sent.
enum Chosen {
    Live(Resolved),
    Recorded(Box<Recall>),
}

/// Compares two sides.
///
/// # Errors
/// When nothing can be compared: usage, broken suites, nothing selected, no such record.
pub async fn compare(args: &CompareArgs) -> Result<Exit, Refusal> {
    let names = [SideName::parse(&args.reference), SideName::parse(&args.candidate)];
    let occasion = Occasion::new(&args.playing)?;
    let given: Vec<String> = names.iter().flat_map(SideName::url_names).collect();
    let loaded = load::load(&args.folders.suites, &given)?;
    run::refuse_broken(&loaded, &args.playing)?;
    let ledger = Ledger::read(&args.folders.baselines)?;
    let deployed = args.deployed_at.as_deref().map(moment).transpose()?;
    let chosen = [choose(&names[0], &loaded, &occasion, args)?, choose(&names[1], &loaded, &occasion, args)?];
    let (plan_site, plan_surroundings) = plan_site(&chosen, &occasion)?;
    let mut plan = run::plan(&loaded, &plan_site, &plan_surroundings, &args.select, &args.folders, &args.playing, &occasion)?;
    skip_where_either_does(&mut plan, &chosen, &loaded, args, &occasion)?;
    run::share(&mut plan, &args.playing, &args.folders)?;
    let live: Vec<(&Arc<Site>, &Arc<prodiff_core::template::Surroundings>)> = chosen
        .iter()
        .filter_map(|chosen| match chosen {
            Chosen::Live((site, surroundings)) => Some((site, surroundings)),
            Chosen::Recorded(_) => None,
        })
        .collect();
    let secrets: SharedSecrets = run::secrets(&live);
    let sites: Vec<Arc<Site>> = live.iter().map(|(site, _)| Arc::clone(site)).collect();
    let shared = Shared::new(&sites);
    let screen = Arc::new(Screen::new(run::screen_options(&args.playing), Arc::clone(&secrets)));
    if !loaded.diagnostics.is_empty() {
        screen.say(&loaded.complaints());
    }
    let shown = |chosen: &Chosen| match chosen {
        Chosen::Live((site, _)) => site.name.clone(),
        Chosen::Recorded(recall) => recall.environment().to_owned(),
    };
    let environments = [shown(&chosen[0]), shown(&chosen[1])];
    let folder = folders::new_folder(&args.folders.reports, occasion.began, "compare", &[&environments[0], &environments[1]])
        .map_err(|error| Refusal::usage(format!("{}: {error}", args.folders.reports.display())))?;
    let recorder =
        Recorder::begin(&folder, Arc::clone(&screen), secrets).map_err(|error| Refusal::usage(format!("{}: {error}", folder.display())))?;
    let recorder = Arc::new(recorder);
    run::point_latest(&args.folders.reports, &folder, &screen);
    recorder.put(&Entry::Run(Run {
        version: record::VERSION,
        prodiff: env!("CARGO_PKG_VERSION").to_owned(),
        command: String::from("compare"),
        release: args.playing.release.clone(),
        seed: occasion.seed,
        started: run::timestamp(occasion.began),
        environments: vec![environment(Role::Reference, &chosen[0]), environment(Role::Candidate, &chosen[1])],
        planned: plan.cases().count() + if args.playing.keep_going { loaded.broken.len() } else { 0 },
        selection: run::selected(&args.select, &args.playing),
    }));
    if args.playing.keep_going {
        for (path, file) in &loaded.broken {
            recorder.put(&Entry::Case(run::with_first_mistake(run::broken_file(path, file), &loaded)));
        }
    }
    let refresh = chosen.iter().filter_map(|chosen| match chosen {
        Chosen::Live((site, _)) => site.refresh,
        Chosen::Recorded(_) => None,
    });
    let slower_refresh = refresh.max();
    let settle = args.settle.or_else(|| match &chosen[1] {
        Chosen::Live((site, _)) => site.settle,
        Chosen::Recorded(_) => None,
    });
    let renamed = alike(&chosen, &loaded);
    let mut halves = Vec::new();
    for (chosen, names) in chosen.into_iter().zip(renamed) {
        halves.push(match chosen {
            Chosen::Recorded(recall) => Half::Recorded(recall),
            Chosen::Live((site, surroundings)) => {
                let own = run::secrets(&[(&site, &surroundings)]);
                let own: Secrets = own.read().unwrap_or_else(PoisonError::into_inner).renamed(&names);
                let origins = run::origins(&site);
                let side = Side::new(site, surroundings, Arc::clone(&shared), &args.folders.suites)
                    .map_err(|error| Refusal::usage(error.to_string()))?;
                let sessions = Sessions::new(plan.suites.iter().flat_map(|suite| saved_sessions(&suite.suite.before)));
                Half::Live(Box::new(LiveHalf { side, origins, secrets: own, sessions }))
            }
        });
    }
    let halves: [Half; 2] = halves.try_into().map_err(|_| Refusal::usage("a comparison has two sides"))?;
    let stop = Stop::default();
    let _signals = signals::watch(&stop, &recorder);
    let _limit = run::time_limit(args.playing.max_time, &stop);
    let clock = Clock::start();
    let builds = read_builds(&halves, "before", occasion.began, &recorder).await;
    let befores = match &args.before {
        Some(text) => vec![recall::named(text, &args.folders.reports, Some(&environments[1]))?],
        None => recall::befores(&args.folders.reports, &environments[1], builds[1].as_deref(), args.playing.release.as_deref()),
    };
    // A run that is over when this one begins cannot be itself; the folder of this run holds no end yet.
    let until = settle_until(settle.unwrap_or_default(), deployed, occasion.began);
    let duet = Arc::new(Duet {
        halves,
        befores,
        recorder: Arc::clone(&recorder),
        clock,
        began: occasion.began,
        seed: occasion.seed,
        n_samples: u32::from(args.confirm),
        fail_on: severity(args.fail_on),
        approved: ledger.approved,
        known: ledger.known,
        slower_refresh,
        settles: !until.is_zero(),
        stop: stop.clone(),
        tally: Mutex::new(Tally::default()),
    });
    let limits = Limits { jobs: usize::from(args.playing.jobs), fail_fast: args.playing.fail_fast };
    schedule::schedule(plan, Arc::clone(&duet), limits, &stop).await;
    duet.settle(until).await;
    let after = read_builds(&duet.halves, "after", occasion.began, &recorder).await;
    let mut moved = false;
    for (index, name) in environments.iter().enumerate() {
        moved |= revisions::report_moved(name, builds[index].as_deref(), after[index].as_deref(), &recorder);
    }
    let failing = conclude(&duet, &recorder);
    let demands = super::exit::Demands { failing_finding: failing, ..run::demands(&args.playing, &stop) };
    let demands = super::exit::Demands { broken_file: args.playing.keep_going && !loaded.broken.is_empty(), build_moved: moved, ..demands };
    run::finish(&recorder, shared.requests(), demands, &stop)
}

/// Writes findings and what was hidden into the record. Says whether a finding fails.
fn conclude(duet: &Duet, recorder: &Recorder) -> bool {
    let tally = std::mem::take(&mut *duet.tally.lock().unwrap_or_else(PoisonError::into_inner));
    let mut findings = tally.findings;
    let seen = findings.fingerprints().clone();
    let known: &Known = &duet.known;
    for gone in known.gone(&seen, &tally.compared) {
        findings.add_gone(gone);
    }
    let mut failing = false;
    for finding in findings.finish() {
        failing |= finding.fails;
        recorder.put(&Entry::Finding(finding));
    }
    for ((rule, path), (count, why)) in tally.hidden {
        recorder.put(&Entry::Hidden(Hidden { rule, path, count, why }));
    }
    failing
}

fn choose(name: &SideName, loaded: &Loaded, occasion: &Occasion, args: &CompareArgs) -> Result<Chosen, Refusal> {
    match name {
        SideName::Recorded(text) => Ok(Chosen::Recorded(Box::new(recall::named(text, &args.folders.reports, None)?))),
        SideName::Named(_) | SideName::Adhoc(_) => load::resolve(name, loaded, &loaded.suites, occasion).map(Chosen::Live),
    }
}

/// The site that cases are planned for: a live one's. Two records are planned as the candidate's environment.
fn plan_site(chosen: &[Chosen; 2], occasion: &Occasion) -> Result<Resolved, Refusal> {
    let [reference, candidate] = chosen;
    match (candidate, reference) {
        (Chosen::Live(resolved), _) | (_, Chosen::Live(resolved)) => Ok((Arc::clone(&resolved.0), Arc::clone(&resolved.1))),
        (Chosen::Recorded(recall), Chosen::Recorded(_)) => {
            let settings = prodiff_core::environment::resolve::Settings {
                set: BTreeMap::new(),
                secrets: BTreeMap::new(),
                mutations: occasion.mutations,
                seed: occasion.seed,
                began: occasion.began,
            };
            let nowhere = [(None, String::from("http://localhost"))];
            let (site, surroundings) = prodiff_core::environment::resolve::adhoc(&nowhere, None, &settings)
                .map_err(|problems| Refusal::usage(load::complaints(&problems)))?;
            let mut site = Arc::try_unwrap(site).map_err(|_| Refusal::usage("a site of its own is shared"))?;
            recall.environment().clone_into(&mut site.name);
            Ok((Arc::new(site), surroundings))
        }
    }
}

/// A case that one side skips is not compared.
fn skip_where_either_does(
    plan: &mut prodiff_core::plan::Plan,
    chosen: &[Chosen; 2],
    loaded: &Loaded,
    args: &CompareArgs,
    occasion: &Occasion,
) -> Result<(), Refusal> {
    for chosen in chosen {
        let Chosen::Live((site, surroundings)) = chosen else { continue };
        let other = run::plan(loaded, site, surroundings, &args.select, &args.folders, &args.playing, occasion)?;
        let skipped: BTreeMap<String, String> =
            other.cases().filter_map(|case| Some((case.id.as_str().to_owned(), case.skip.clone()?))).collect();
        for case in plan.suites.iter_mut().flat_map(|suite| &mut suite.cases) {
            if let (None, Some(reason)) = (&case.skip, skipped.get(case.id.as_str()))
                && let Some(case) = Arc::get_mut(case)
            {
                case.skip = Some(format!("{}: {reason}", site.name));
            }
        }
    }
    Ok(())
}

fn environment(role: Role, chosen: &Chosen) -> record::Environment {
    match chosen {
        Chosen::Live((site, _)) => run::environment(role, site),
        Chosen::Recorded(recall) => {
            let held = recall.run.environments.iter().find(|known| known.name == recall.environment());
            record::Environment {
                role,
                name: recall.environment().to_owned(),
                urls: held.map(|held| held.urls.clone()).unwrap_or_default(),
                recorded: Some(recall.name.clone()),
            }
        }
    }
}

/// New names for secrets that only one environment's own settings use: the first of each is called alike on both sides, so
/// that texts in which they stand compare.
fn alike(chosen: &[Chosen; 2], loaded: &Loaded) -> [BTreeMap<String, String>; 2] {
    let of_suites: Vec<String> =
        loaded.suites.iter().flat_map(|suite| check::secrets_of_suite(suite)).filter_map(|name| name.secret().map(str::to_owned)).collect();
    let of = |chosen: &Chosen| -> BTreeMap<String, String> {
        let Chosen::Live((site, _)) = chosen else { return BTreeMap::new() };
        let environment = loaded.environments.as_ref().and_then(|file| file.environments.iter().find(|known| known.name == site.name));
        let mut own: Vec<String> = Vec::new();
        for name in environment.map(check::secrets_of_environment).unwrap_or_default() {
            if let Some(secret) = name.secret()
                && !of_suites.iter().any(|known| known == secret)
                && !own.iter().any(|known| known == secret)
            {
                own.push(secret.to_owned());
            }
        }
        own.into_iter().enumerate().map(|(index, name)| (name, format!("environment-{}", index + 1))).collect()
    };
    [of(&chosen[0]), of(&chosen[1])]
}

async fn read_builds(halves: &[Half; 2], when: &str, began: DateTime<Utc>, recorder: &Recorder) -> [Option<String>; 2] {
    let read = async |half: &Half, role| match half.live() {
        Some(live) => revisions::read(&live.side, role, when, began, recorder).await,
        None => None,
    };
    [read(&halves[0], Role::Reference).await, read(&halves[1], Role::Candidate).await]
}

fn moment(text: &str) -> Result<DateTime<Utc>, Refusal> {
    DateTime::parse_from_rfc3339(text)
        .map(|moment| moment.to_utc())
        .map_err(|_| Refusal::usage(format!("--deployed-at {text}: write it as 2026-11-23T10:00:00Z")))
}

/// Until when late changes are asked again, since the run began: `settle` from the deployment, else from the start of the run.
fn settle_until(settle: Duration, deployed: Option<DateTime<Utc>>, began: DateTime<Utc>) -> Duration {
    let passed = deployed.and_then(|deployed| (began - deployed).to_std().ok()).unwrap_or_default();
    settle.saturating_sub(passed)
}

fn severity(fail_on: FailOn) -> Severity {
    match fail_on {
        FailOn::Breaking => Severity::Breaking,
        FailOn::Change => Severity::Change,
        FailOn::Slower => Severity::Slower,
        FailOn::Minor => Severity::Minor,
    }
}
