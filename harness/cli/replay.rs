//! Pages of a `compare` are confirmed by playing their whole case again on both sides, in fresh contexts, after it ended.

use std::sync::Arc;

use prodiff_core::{
    action::is_safe_method,
    execute::trace::{Captured, Event as CaseEvent},
    pair::{self, Effect, Event, Input, Outcome, PageQuestion, PairRun},
    plan::{Part, PlannedCase},
    suite::model::Verb,
};

use super::{
    duet::Duet,
    play::{Cancel, Phase},
};

impl Duet {
    /// Plays the whole pair again, in fresh contexts, until it is known of every page whether it would differ again. What a
    /// replay does is a sample alone: it tells nothing, keeps nothing and is not recorded.
    pub(super) async fn confirm_pages(
        &self,
        mut pages: Vec<PageQuestion>,
        case: &Arc<PlannedCase>,
        handed: &[Vec<Captured>; 2],
    ) -> Vec<PageQuestion> {
        let is_live = self.halves.iter().all(|half| half.live().is_some());
        if !is_live || !may_be_played_again(case) {
            return pages;
        }
        for _ in 0..self.n_samples {
            if !pages.iter().any(PageQuestion::wants_samples) || self.stop.reason().is_some() {
                break;
            }
            let Ok([reference, candidate]) = self.both(case, handed) else { break };
            let setup = pair::Setup { case: Arc::clone(case), reference, candidate, before: None, n_samples: 0, seed: self.seed };
            let outcome = self.replay(PairRun::new(setup), case).await;
            let replayed: pair::Replayed = outcome.pages.iter().filter_map(PageQuestion::looks).collect();
            for page in &mut pages {
                page.sample(&replayed);
            }
        }
        pages
    }

    /// Plays a pair without telling of it; secrets that it learns are masked all the same.
    async fn replay(&self, mut run: PairRun, case: &Arc<PlannedCase>) -> Outcome {
        let mut stages = self.stages();
        let mut cancel = Cancel::new(&self.stop, self.clock);
        let phase = if matches!(case.part, Part::After) { Phase::CleanUp } else { Phase::Steps };
        let mut turn = run.advance(Input::Start, self.clock.now());
        loop {
            for event in turn.events {
                if let Event::Side { event: CaseEvent::Secret { name, value }, .. } = event {
                    self.recorder.learn(&name, &value);
                }
            }
            if let Effect::Done(outcome) = turn.next {
                stages.end().await;
                return *outcome;
            }
            let input = tokio::select! {
                biased;
                reason = cancel.next(phase) => Input::Cancel(reason),
                input = self.perform(turn.next, &mut stages) => input,
            };
            turn = run.advance(input, self.clock.now());
        }
    }
}

/// Whether a case may be played again to see whether its pages would differ again: nothing in it changes anything, or it says
/// that it may be repeated.
fn may_be_played_again(case: &PlannedCase) -> bool {
    case.all_steps().all(|step| match &step.verb {
        Verb::Http(http) => http.repeatable.unwrap_or_else(|| http.safe || is_safe_method(&http.method)),
        Verb::Look | Verb::Pause(_) | Verb::SaveSession(_) | Verb::Page(_) => true,
    })
}
