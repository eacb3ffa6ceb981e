//! Two cases in lock-step, one a side, each with its own captures, cookies and tokens; and whether a difference would be
//! there again.
//!
//! Without I/O, as the stepper is: effects come out, and what came of them goes in. A side that is a record answers from it.

mod again;
mod half;
mod inspection;
mod observation;
mod pages;
mod past;
pub mod recall;
mod run;
mod sample;
mod side;
mod stray;

pub use again::{PageQuestion, Replayed};
pub use inspection::{Compared, Inspection, Late, Next};
pub use observation::{Answer, Closeness, compare_answers, compare_readings};
pub use run::{Event, Outcome, PairRun, Setup, Turn};
pub use side::{Accepted, Asked, Before, Live, Recorded, RecordedStep, Side};

use std::time::Duration;

use crate::{
    action::Action,
    observation::{Fault, Observation},
    record::Role,
};

/// What came of the last effect.
#[derive(Debug)]
pub enum Input {
    /// Begin. Comes once, first.
    Start,
    /// Both actions were performed.
    Both {
        /// What the reference's yielded.
        reference: Box<Result<Observation, Fault>>,
        /// What the candidate's yielded.
        candidate: Box<Result<Observation, Fault>>,
    },
    /// The one action was performed.
    One(Box<Result<Observation, Fault>>),
    /// The sleep is over.
    Woke,
    /// Stop as soon as may be; steps that always run still do. A second one stops at once.
    Cancel(String),
}

/// What the pair needs next.
#[derive(Debug)]
pub enum Effect {
    /// Perform both, back to back, once both rate gates are held.
    Both {
        /// Whose goes first.
        first: Role,
        /// The reference's.
        reference: Action,
        /// The candidate's.
        candidate: Action,
    },
    /// Perform this on one side.
    One {
        /// Whose it is.
        role: Role,
        /// What to do.
        action: Action,
    },
    /// Wait until this long after the run began.
    Sleep(Duration),
    /// The case is over on both sides.
    Done(Box<Outcome>),
}

/// The two sides, in the order of expected and actual.
pub(super) const ROLES: [Role; 2] = [Role::Reference, Role::Candidate];

/// The place of a side in a pair of values.
pub(super) fn place(role: Role) -> usize {
    match role {
        Role::Reference => 0,
        Role::Candidate => 1,
    }
}

/// Which side goes first: by seed, and alternating from one number to the next.
pub(super) fn first(dice: u64, number: u64) -> Role {
    ROLES[usize::from((dice ^ number) & 1 == 1)]
}

#[cfg(test)]
mod tests;
