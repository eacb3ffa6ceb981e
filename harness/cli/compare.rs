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
    mask::{Origins, Secrets},
    record::{self, Entry, Hidden, NotObserved, Revision, Role, Run, Severity},
};
use url::Url;

use super::{
    args::{CompareArgs, FailOn},
    builds::{Builds, Round},
    duet::{Duet, Half, LiveHalf},
    earlier::Earlier,
    exit::Exit,
    ledger::Ledger,
    load::{self, Loaded, Occasion, Refusal, SideName},
    play::Clock,
    player::saved_sessions,
    recall::{self, Now, Recall},
    recorder::Recorder,
    revisions::{self, Watched, When},
    run,
    schedule::{self, Limits},
    screen::Screen,
    sessions::Sessions,
    side::{Shared, Side},
    signals,
    stop::Stop,
    tally::Tally,
};
use crate::store::{baselines::Baselines, record::SharedSecrets, reports as folders};

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
    let alone = skip_where_either_does(&mut plan, &chosen, &loaded, args, &occasion)?;
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
    let shared = Shared::new(&sites, run::browsers(&args.playing, &sites.iter().map(AsRef::as_ref).collect::<Vec<_>>()));
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
    for (case, why) in alone {
        recorder.put(&Entry::NotObserved(NotObserved { case, what: String::from("the case on both sides"), why }));
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
    let one_url = named_as_one(&sites);
    let mut halves = Vec::new();
    for (chosen, names) in chosen.into_iter().zip(renamed) {
        halves.push(match chosen {
            Chosen::Recorded(recall) => Half::Recorded(recall),
            Chosen::Live((site, surroundings)) => {
                let own = run::secrets(&[(&site, &surroundings)]);
                let own: Secrets = own.read().unwrap_or_else(PoisonError::into_inner).renamed(&names);
                let called = |(name, url): &(String, Url)| (one_url.get(name).unwrap_or(name).clone(), url.clone());
                let origins = Arc::new(Origins::new(site.urls.iter().chain(&site.aliases).map(called)));
                let side = Side::new(site, surroundings, Arc::clone(&shared), &args.folders.suites)
                    .map_err(|error| Refusal::usage(error.to_string()))?;
                let sessions = Sessions::new(plan.suites.iter().flat_map(|suite| saved_sessions(&suite.suite.before)));
                Half::Live(Box::new(LiveHalf { side: Arc::new(side), origins, secrets: own, sessions }))
            }
        });
    }
    let halves: [Half; 2] = halves.try_into().map_err(|_| Refusal::usage("a comparison has two sides"))?;
    let stop = Stop::default();
    let _signals = signals::watch(&stop, &recorder);
    let _limit = run::time_limit(args.playing.max_time, &stop);
    let clock = Clock::start();
    let builds = Builds::default();
    read_builds(&halves, When::Before, &Watched { builds: &builds, recorder: &recorder, clock, began: occasion.began }).await;
    let build = builds.last(revisions::place(Role::Candidate));
    tell_recorded_builds(&halves, &recorder);
    let before = before(args, &environments[1], &halves[1], build.as_deref())?;
    // A run that is over when this one begins cannot be itself; the folder of this run holds no end yet.
    let seen = || recall::first_sight(&args.folders.reports, &environments[1], build.as_deref()?);
    let until = settle_until(settle.unwrap_or_default(), deployed.or_else(seen), occasion.began);
    let duet = Arc::new(Duet {
        halves,
        before,
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
        builds,
        stop: stop.clone(),
        tally: Mutex::new(Tally::default()),
    });
    let limits = Limits { jobs: usize::from(args.playing.jobs), fail_fast: args.playing.fail_fast };
    let watched = Watched { builds: &duet.builds, recorder: &recorder, clock, began: occasion.began };
    let playing = async {
        schedule::schedule(plan, Arc::clone(&duet), limits, &stop).await;
        duet.settle(until).await;
    };
    let live = sides(&duet.halves);
    tokio::select! {
        () = playing => {}
        () = revisions::watch(&live, &watched, |round| duet.read(round)) => {}
    }
    shared.end().await;
    let round = read_builds(&duet.halves, When::After, &watched).await;
    duet.read(&round);
    let moved = duet.builds.moved();
    let failing = conclude(&duet, &recorder);
    let demands = super::exit::Demands { failing_finding: failing, ..run::demands(&args.playing, &stop) };
    let demands = super::exit::Demands { broken_file: args.playing.keep_going && !loaded.broken.is_empty(), build_moved: moved, ..demands };
    run::finish(&recorder, shared.requests(), demands, &stop)
}

/// A record was of a build too: whoever reads the report wants to know of which.
fn tell_recorded_builds(halves: &[Half; 2], recorder: &Recorder) {
    for (role, half) in [Role::Reference, Role::Candidate].into_iter().zip(halves) {
        let Half::Recorded(recall) = half else { continue };
        for build in recall.builds() {
            recorder.put(&Entry::Revision(Revision {
                role,
                environment: recall.environment().to_owned(),
                build: Some(build.clone()),
                when: String::from("recorded"),
                fault: None,
            }));
        }
    }
}

/// What the candidate was before the release: as the command line says, else by its build or label, else as it was accepted.
fn before(args: &CompareArgs, environment: &str, candidate: &Half, build: Option<&str>) -> Result<Earlier, Refusal> {
    let reports = &args.folders.reports;
    if let Some(text) = &args.before {
        return Ok(Earlier::Records(vec![recall::named(text, reports, Some(environment))?]));
    }
    let now = match candidate {
        Half::Live(_) => Now { build, label: args.playing.release.as_deref(), record: None },
        Half::Recorded(recall) => {
            let label = recall.run.release.as_deref().or(args.playing.release.as_deref());
            Now { build: recall.build(), label, record: Some(recall) }
        }
    };
    Ok(match (now.build, now.label) {
        (None, None) => Earlier::Baselines(Baselines::new(&args.folders.baselines)),
        (Some(_), _) | (_, Some(_)) => Earlier::Records(recall::befores(reports, environment, &now)),
    })
}

/// Writes findings and what was hidden into the record. Says whether a finding fails.
fn conclude(duet: &Duet, recorder: &Recorder) -> bool {
    let mut tally = std::mem::take(&mut *duet.tally.lock().unwrap_or_else(PoisonError::into_inner));
    // What no reading came after, as the builds could not be read any more, counts as it was seen.
    tally.find(&BTreeMap::new());
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

/// A case that one side skips is not compared. Says which ones the other side would have played, and why they are skipped.
fn skip_where_either_does(
    plan: &mut prodiff_core::plan::Plan,
    chosen: &[Chosen; 2],
    loaded: &Loaded,
    args: &CompareArgs,
    occasion: &Occasion,
) -> Result<Vec<(String, String)>, Refusal> {
    let mut skips: Vec<BTreeMap<String, String>> = Vec::new();
    for chosen in chosen {
        let Chosen::Live((site, surroundings)) = chosen else { continue };
        let own = run::plan(loaded, site, surroundings, &args.select, &args.folders, &args.playing, occasion)?;
        let skipped = own.cases().filter_map(|case| Some((case.id.as_str().to_owned(), format!("{}: {}", site.name, case.skip.clone()?))));
        skips.push(skipped.collect());
    }
    let mut alone = Vec::new();
    if skips.len() < 2 {
        // The plan is the live side's: what it skips is skipped.
        return Ok(alone);
    }
    for case in plan.suites.iter_mut().flat_map(|suite| &mut suite.cases) {
        let reasons: Vec<&String> = skips.iter().filter_map(|skipped| skipped.get(case.id.as_str())).collect();
        let [reason] = reasons[..] else { continue };
        alone.push((case.id.as_str().to_owned(), reason.clone()));
        if let Some(case) = Arc::get_mut(case) {
            case.skip = Some(reason.clone());
        }
    }
    Ok(alone)
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

/// Names of URLs that one side cannot tell apart, as it has one URL for them: they are called alike on both sides, so that what
/// was asked and the links in answers compare.
fn named_as_one(sites: &[Arc<Site>]) -> BTreeMap<String, String> {
    let mut as_one: BTreeMap<String, String> = BTreeMap::new();
    let mut unite = |one: &str, two: &str| {
        let first = as_one.get(one).map_or(one, String::as_str).to_owned();
        let second = as_one.get(two).map_or(two, String::as_str).to_owned();
        for name in as_one.values_mut().filter(|name| **name == second) {
            name.clone_from(&first);
        }
        as_one.insert(one.to_owned(), first.clone());
        as_one.insert(two.to_owned(), first.clone());
        as_one.insert(second, first);
    };
    for site in sites {
        for (at, (name, url)) in site.urls.iter().enumerate() {
            if let Some((first, _)) = site.urls[..at].iter().find(|(_, other)| other == url) {
                unite(first, name);
            }
        }
        // One URL that every name means.
        if let (true, Some((only, _))) = (site.any_name, site.urls.first()) {
            for (name, _) in sites.iter().flat_map(|other| &other.urls) {
                unite(only, name);
            }
        }
    }
    as_one
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

fn sides(halves: &[Half; 2]) -> Vec<(Role, &Side)> {
    let [reference, candidate] = halves;
    let live = [(Role::Reference, reference), (Role::Candidate, candidate)];
    live.into_iter().filter_map(|(role, half)| Some((role, half.live()?.side.as_ref()))).collect()
}

async fn read_builds(halves: &[Half; 2], when: When, watched: &Watched<'_>) -> Round {
    revisions::read(&sides(halves), when, watched).await
}

fn moment(text: &str) -> Result<DateTime<Utc>, Refusal> {
    DateTime::parse_from_rfc3339(text)
        .map(|moment| moment.to_utc())
        .map_err(|_| Refusal::usage(format!("--deployed-at {text}: write it as 2026-11-23T10:00:00Z")))
}

/// Until when late changes are asked again, since the run began: `settle` from the deployment, else from the first sight of the
/// new build, else from the start of the run.
fn settle_until(settle: Duration, arrived: Option<DateTime<Utc>>, began: DateTime<Utc>) -> Duration {
    let passed = arrived.and_then(|arrived| (began - arrived).to_std().ok()).unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settle_counts_from_the_arrival_of_the_build() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        let check = |arrived: Option<&str>, minutes: u64| {
            let until = settle_until(Duration::from_secs(25 * 60), arrived.map(at), at("2026-11-23T10:00:00Z"));
            assert_eq!(until, Duration::from_secs(minutes * 60), "{arrived:?}");
        };
        check(None, 25);
        check(Some("2026-11-23T09:50:00Z"), 15);
        check(Some("2026-11-23T09:00:00Z"), 0);
        // A deployment that is still to come: from the start.
        check(Some("2026-11-23T10:30:00Z"), 25);
    }
}
