//! Plays one case against one side: performs what it asks for, waits when it says so, tells it when to stop.

use std::time::Duration;

use prodiff_core::{
    execute::{CaseRun, Effect, Input, Outcome, trace::Event},
    plan::Part,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{stage::Stage, stop::Stop};

/// Steps that always run get this long once a run was told to end.
pub const CLEAN_UP: Duration = Duration::from_secs(10);

/// The clock of a run: time since it began.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    began: Instant,
}

impl Clock {
    /// A clock that begins now.
    #[must_use]
    pub fn start() -> Self {
        Self { began: Instant::now() }
    }

    /// Time since the run began.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// Waits until this long after the run began.
    pub async fn sleep_until(&self, at: Duration) {
        tokio::time::sleep_until(self.began + at).await;
    }
}

/// Plays a case to its end and hands its events over as they happen.
pub async fn play(mut run: CaseRun, mut stage: Stage, clock: Clock, stop: &Stop, mut tell: impl FnMut(Event)) -> Outcome {
    let mut cancel = Cancel::new(stop, clock);
    let is_after = matches!(run.case().part, Part::After);
    let mut turn = run.advance(Input::Start, clock.now());
    loop {
        let cleans_up = is_after || run.position().is_some_and(|(section, _)| section.always_runs());
        let phase = if cleans_up { Phase::CleanUp } else { Phase::Steps };
        for event in turn.events {
            tell(event);
        }
        let input = match turn.next {
            Effect::Done(outcome) => {
                stage.end().await;
                return outcome;
            }
            Effect::Perform(action) => {
                let token = CancellationToken::new();
                // Dropping the future ends the exchange; the token ends what it may have handed to others.
                let _guard = token.clone().drop_guard();
                tokio::select! {
                    biased;
                    reason = cancel.next(phase) => Input::Cancel(reason),
                    observed = stage.perform(action, &token) => Input::Observed(Box::new(observed)),
                }
            }
            Effect::Sleep(until) => tokio::select! {
                biased;
                reason = cancel.next(phase) => Input::Cancel(reason),
                () = clock.sleep_until(until) => Input::Woke,
            },
        };
        turn = run.advance(input, clock.now());
    }
}

/// What a case does when its run is cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Steps that are given up at once.
    Steps,
    /// Steps that always run: they are given [`CLEAN_UP`].
    CleanUp,
}

/// When a case is to be told to stop: once when the run is cancelled, once more when its clean-up takes too long.
pub(super) struct Cancel<'a> {
    stop: &'a Stop,
    clock: Clock,
    told: Option<Duration>,
    reason: String,
    spent: bool,
}

impl<'a> Cancel<'a> {
    pub(super) fn new(stop: &'a Stop, clock: Clock) -> Self {
        Self { stop, clock, told: None, reason: String::new(), spent: false }
    }

    /// Waits until the case is to be told, and says why. Never returns a third time.
    pub(super) async fn next(&mut self, phase: Phase) -> String {
        if self.spent {
            return std::future::pending().await;
        }
        let told = match self.told {
            Some(told) => told,
            None => {
                let reason = self.stop.cancelled().await;
                reason.words().clone_into(&mut self.reason);
                let now = self.clock.now();
                self.told = Some(now);
                if phase == Phase::Steps {
                    return self.reason.clone();
                }
                // What cleans up already need not be told that it is to.
                now
            }
        };
        self.clock.sleep_until(told + CLEAN_UP).await;
        self.spent = true;
        self.reason.clone()
    }
}
