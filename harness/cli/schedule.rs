//! In what order cases are played: a suite's `before`, its cases side by side, its `after`; locks; how many at once.

use std::{collections::HashMap, future::Future, sync::Arc};

use prodiff_core::{
    plan::{Plan, PlannedCase, PlannedSuite},
    verdict::Status,
};
use tokio::{
    sync::{Mutex, Semaphore},
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
    fn case(&self, case: Arc<PlannedCase>, handed: Option<Self::Handed>) -> impl Future<Output = Status> + Send;

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
    let mut cases = JoinSet::new();
    for case in playable {
        cases.spawn(play_case(case, handed.clone(), Arc::clone(&player), Arc::clone(&rails)));
    }
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

/// Plays one case when it has its locks and a place. Says whether it was started.
async fn play_case<P: Play>(case: Arc<PlannedCase>, handed: Option<P::Handed>, player: Arc<P>, rails: Arc<Rails>) -> bool {
    player.ready(&case).await;
    let mut held = Vec::new();
    // Locks are sorted by name: two cases never wait for each other.
    for name in &case.locks {
        held.push(Arc::clone(&rails.locks[name]).lock_owned().await);
    }
    let _place = rails.places.acquire().await.expect("the places are never closed");
    if let Some(reason) = rails.stop.reason() {
        give_up(&*player, &case, reason);
        return false;
    }
    // Every case of a suite has a task from the start; what playing takes is only made when its turn has come.
    let status = Box::pin(player.case(case, handed)).await;
    if status == Status::Failed {
        let mut failed = rails.failed.lock().await;
        *failed += 1;
        if rails.fail_fast.is_some_and(|enough| *failed >= enough) {
            rails.stop.ask(Urgency::NoMore { reason: Reason::FailFast });
        }
    }
    true
}

/// A case whose turn never came. Past the time limit it could not be looked at, which is not the same as not being asked for.
fn give_up<P: Play>(player: &P, case: &Arc<PlannedCase>, reason: Reason) {
    let status = match reason {
        Reason::Interrupted | Reason::FailFast => Status::Skipped,
        Reason::TimeLimit => Status::Blocked,
    };
    player.not_started(case, status, reason.words().to_owned());
}
