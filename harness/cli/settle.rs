//! Asks again for changes that have not arrived, until `settle` is over.

use std::{sync::PoisonError, time::Duration};

use prodiff_core::{
    pair::{Input, Late, Next},
    plan::PlannedCase,
};

use super::{
    duet::{Duet, Placed, Played},
    tally::Waiting,
};

/// How often a late change is asked again while there is time.
const SETTLE_PACE: Duration = Duration::from_secs(15);

impl Duet {
    /// Asks what was late again until `settle` is over, then concludes the cases that waited.
    pub async fn settle(&self, until: Duration) {
        let waiting = std::mem::take(&mut self.tally.lock().unwrap_or_else(PoisonError::into_inner).waiting);
        let mut waiting: Vec<Waiting> = waiting;
        while !waiting.is_empty() {
            let left = until.saturating_sub(self.clock.now());
            if left.is_zero() || self.stop.reason().is_some() {
                break;
            }
            let pause = SETTLE_PACE.min(left).min((until / 10).max(Duration::from_millis(200)));
            self.recorder.screen().say(&format!(
                "{} late: asked again in {}, {} left",
                if waiting.len() == 1 { String::from("1 case is") } else { format!("{} cases are", waiting.len()) },
                prodiff_core::value::format_duration(whole(pause)),
                prodiff_core::value::format_duration(whole(left)),
            ));
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.stop.asked() => break,
            }
            let mut still = Vec::new();
            for mut case in waiting {
                let mut late = Vec::new();
                for (question, _) in std::mem::take(&mut case.played.late) {
                    let placed = self.ask_again(&question, &case.case, &mut case.played).await;
                    if placed.iter().any(|placed| placed.judged.is_late()) {
                        late.push((question, placed));
                    } else {
                        case.played.judged.extend(placed);
                    }
                }
                case.played.late = late;
                if case.played.late.is_empty() {
                    self.conclude(&case.case, case.attempts, case.played);
                } else {
                    still.push(case);
                }
            }
            waiting = still;
        }
        for mut case in waiting {
            let late = std::mem::take(&mut case.played.late);
            case.played.judged.extend(late.into_iter().flat_map(|(_, placed)| placed));
            self.conclude(&case.case, case.attempts, case.played);
        }
    }

    async fn ask_again(&self, late: &Late, case: &PlannedCase, played: &mut Played) -> Vec<Placed> {
        let mut inspection = late.again();
        // Only requests are asked again: no browser is opened here.
        let mut stages = self.stages();
        let mut next = inspection.advance(Input::Start, self.clock.now());
        loop {
            match next {
                Next::Done(compared) => {
                    played.requests += compared.requests;
                    self.hide(compared.hidden.iter().cloned());
                    return self.judge(&compared, case);
                }
                Next::Effect(effect) => {
                    let input = self.perform(*effect, &mut stages).await;
                    next = inspection.advance(input, self.clock.now());
                }
            }
        }
    }
}

fn whole(duration: Duration) -> Duration {
    if duration < Duration::from_secs(1) {
        Duration::from_millis(u64::try_from(duration.as_millis()).unwrap_or(0))
    } else {
        Duration::from_secs(duration.as_secs())
    }
}
