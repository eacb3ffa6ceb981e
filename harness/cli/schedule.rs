//! In what order cases are played: a suite's `before`, its cases side by side, its `after`; which need others; locks; how many
//! at once.

use std::{
    collections::{BTreeSet, HashMap},
    future::Future,
    sync::Arc,
};

use prodiff_core::{
    plan::{CaseId, Plan, PlannedCase, PlannedSuite},
    verdict::Status,
};
use tokio::{
    sync::{Mutex, Semaphore, watch},
    task::JoinSet,
};

use super::stop::{Reason, Stop, Urgency};

/// Who plays the cases of a plan.
pub trait Play: Send + Sync + 'static {
    /// What a suite's `before` hands on to its cases.
    type Handed: Clone + Send + Sync + 'static;

    /// Waits for what a case needs from others before it takes a place, such as a saved session.
    fn ready(&self, case: &Arc<PlannedCase>) -> impl Future<Output = ()> + Send;

    /// Plays a suite's `before`.
    ///
    /// # Errors
    /// Why its cases cannot be played.
    fn before(&self, case: Arc<PlannedCase>) -> impl Future<Output = Result<Self::Handed, String>> + Send;

    /// Plays a case and says what became of it.
    ///
    /// `handed` comes from the suite's `before` and from the cases that it needs, in this order. What it hands on comes back,
    /// unless those that need it cannot be played.
    fn case(&self, case: Arc<PlannedCase>, handed: Vec<Self::Handed>) -> impl Future<Output = (Status, Option<Self::Handed>)> + Send;

    /// Plays a suite's `after`.
    fn after(&self, case: Arc<PlannedCase>, handed: Option<Self::Handed>) -> impl Future<Output = ()> + Send;

    /// Takes note of a case that was not started.
    fn not_started(&self, case: &Arc<PlannedCase>, status: Status, reason: String);

    /// Takes note that no further session will be saved by this suite's `before`.
    fn no_more_sessions(&self, suite: &PlannedSuite);
}

/// How many at once, and when to stop.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Cases in flight.
    pub jobs: usize,
    /// Failed cases after which nothing new is started.
    pub fail_fast: Option<u64>,
}

/// Plays a whole plan.
pub async fn schedule<P: Play>(plan: Plan, player: Arc<P>, limits: Limits, stop: &Stop) {
    let rails = Arc::new(Rails {
        places: Semaphore::new(limits.jobs),
        locks: locks(&plan),
        fail_fast: limits.fail_fast,
        failed: Mutex::new(0),
        stop: stop.clone(),
    });
    let mut suites = JoinSet::new();
    for suite in plan.suites {
        suites.spawn(play_suite(suite, Arc::clone(&player), Arc::clone(&rails)));
    }
    while let Some(ended) = suites.join_next().await {
        // A suite's own tasks catch their panics; what is left is a bug that must not look like a green run.
        if let Err(panic) = ended {
            std::panic::resume_unwind(panic.into_panic());
        }
    }
}

struct Rails {
    places: Semaphore,
    locks: HashMap<String, Arc<Mutex<()>>>,
    fail_fast: Option<u64>,
    failed: Mutex<u64>,
    stop: Stop,
}

fn locks(plan: &Plan) -> HashMap<String, Arc<Mutex<()>>> {
    plan.cases().flat_map(|case| &case.locks).map(|name| (name.clone(), Arc::default())).collect()
}

async fn play_suite<P: Play>(suite: PlannedSuite, player: Arc<P>, rails: Arc<Rails>) {
    let (skipped, playable): (Vec<_>, Vec<_>) = suite.cases.iter().cloned().partition(|case| case.skip.is_some());
    for case in &skipped {
        player.not_started(case, Status::Skipped, case.skip.clone().unwrap_or_default());
    }
    if playable.is_empty() {
        player.no_more_sessions(&suite);
        return;
    }
    let mut handed = None;
    let mut started = false;
    if let Some(before) = &suite.before {
        let place = rails.places.acquire().await.expect("the places are never closed");
        if let Some(reason) = rails.stop.reason() {
            drop(place);
            player.no_more_sessions(&suite);
            for case in &playable {
                give_up(&*player, case, reason);
            }
            return;
        }
        started = true;
        let played = player.before(Arc::clone(before)).await;
        drop(place);
        match played {
            Ok(captured) => handed = Some(captured),
            Err(reason) => {
                player.no_more_sessions(&suite);
                for case in &playable {
                    player.not_started(case, Status::Blocked, reason.clone());
                }
                play_after(&suite, &*player, None).await;
                return;
            }
        }
    }
    player.no_more_sessions(&suite);
    let needed: BTreeSet<&CaseId> = playable.iter().flat_map(|case| &case.needs).collect();
    let ends: HashMap<CaseId, watch::Sender<Option<Ended<P::Handed>>>> =
        needed.into_iter().map(|id| (id.clone(), watch::Sender::new(None))).collect();
    let mut tasks = Vec::new();
    for case in playable {
        let needs = case.needs.iter().filter_map(|id| Some((id.clone(), ends.get(id)?.subscribe()))).collect();
        tasks.push((case, needs));
    }
    let mut ends = ends;
    let mut cases = JoinSet::new();
    for (case, needs) in tasks {
        let ended = ends.remove(&case.id);
        cases.spawn(play_case(case, Inherited { handed: handed.clone(), needs }, ended, Arc::clone(&player), Arc::clone(&rails)));
    }
    // A needed case that is not here never ends: nobody waits for it.
    drop(ends);
    while let Some(ended) = cases.join_next().await {
        match ended {
            Ok(was_started) => started |= was_started,
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        }
    }
    if started {
        play_after(&suite, &*player, handed).await;
    }
}

async fn play_after<P: Play>(suite: &PlannedSuite, player: &P, handed: Option<P::Handed>) {
    if let Some(after) = &suite.after {
        player.after(Arc::clone(after), handed).await;
    }
}

/// How a case ended that others need.
#[derive(Debug, Clone)]
struct Ended<H> {
    status: Status,
    /// What it hands on: what it was given by those that it needs, then its own; nothing when it cannot be built upon.
    handed: Option<Vec<H>>,
}

/// What a case is given by others.
struct Inherited<H> {
    /// By the suite's `before`.
    handed: Option<H>,
    /// By the cases that it needs, when they have ended.
    needs: Vec<(CaseId, watch::Receiver<Option<Ended<H>>>)>,
}

/// Plays one case and tells those that need it. Says whether it was started.
async fn play_case<P: Play>(
    case: Arc<PlannedCase>,
    inherited: Inherited<P::Handed>,
    told: Option<watch::Sender<Option<Ended<P::Handed>>>>,
    player: Arc<P>,
    rails: Arc<Rails>,
) -> bool {
    let mut from_needed = Vec::new();
    for (id, mut end) in inherited.needs {
        let ended = match end.wait_for(Option::is_some).await {
            Ok(ended) => ended.clone(),
            Err(_) => None,
        };
        match ended {
            Some(Ended { status: _, handed: Some(handed) }) => from_needed.extend(handed),
            ended => {
                let status = ended.map(|ended| ended.status);
                let own = without(&*player, &case, &id, status, &rails);
                tell(told, own, None);
                return false;
            }
        }
    }
    let handed = inherited.handed.into_iter().chain(from_needed.iter().cloned()).collect();
    match play_now(case, handed, player, rails).await {
        Turn::Played(status, own) => {
            let handed = own.map(|own| from_needed.into_iter().chain([own]).collect());
            tell(told, status, handed);
            true
        }
        Turn::GivenUp(status) => {
            tell(told, status, None);
            false
        }
    }
}

fn tell<H>(told: Option<watch::Sender<Option<Ended<H>>>>, status: Status, handed: Option<Vec<H>>) {
    if let Some(told) = told {
        // Nobody may be left to hear it.
        let _ = told.send(Some(Ended { status, handed }));
    }
}

/// A case that a needed one has left without what it needs.
fn without<P: Play>(player: &P, case: &Arc<PlannedCase>, needed: &CaseId, status: Option<Status>, rails: &Rails) -> Status {
    if let Some(reason) = rails.stop.reason() {
        return give_up(player, case, reason);
    }
    let what = match status {
        Some(Status::Failed) => "failed",
        Some(Status::Blocked) => "is blocked",
        Some(Status::Skipped) => "was not started",
        Some(Status::Passed | Status::Flaky | Status::Unreviewed) | None => "did not come to its end",
    };
    let reason = format!("needs `{needed}`, which {what}");
    player.not_started(case, Status::Blocked, reason);
    Status::Blocked
}

/// What became of a case whose turn has come.
enum Turn<H> {
    Played(Status, Option<H>),
    GivenUp(Status),
}

/// Plays one case when it has its locks and a place.
async fn play_now<P: Play>(case: Arc<PlannedCase>, handed: Vec<P::Handed>, player: Arc<P>, rails: Arc<Rails>) -> Turn<P::Handed> {
    player.ready(&case).await;
    let mut held = Vec::new();
    // Locks are sorted by name: two cases never wait for each other.
    for name in &case.locks {
        held.push(Arc::clone(&rails.locks[name]).lock_owned().await);
    }
    let _place = rails.places.acquire().await.expect("the places are never closed");
    if let Some(reason) = rails.stop.reason() {
        return Turn::GivenUp(give_up(&*player, &case, reason));
    }
    // Every case of a suite has a task from the start; what playing takes is only made when its turn has come.
    let (status, own) = Box::pin(player.case(case, handed)).await;
    if status == Status::Failed {
        let mut failed = rails.failed.lock().await;
        *failed += 1;
        if rails.fail_fast.is_some_and(|enough| *failed >= enough) {
            rails.stop.ask(Urgency::NoMore { reason: Reason::FailFast });
        }
    }
    Turn::Played(status, own)
}

/// A case whose turn never came. Past the time limit it could not be looked at, which is not the same as not being asked for.
fn give_up<P: Play>(player: &P, case: &Arc<PlannedCase>, reason: Reason) -> Status {
    let status = match reason {
        Reason::Interrupted | Reason::FailFast => Status::Skipped,
        Reason::TimeLimit => Status::Blocked,
    };
    player.not_started(case, status, reason.words().to_owned());
    status
}
