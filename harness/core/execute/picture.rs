//! Pictures of a page for people: what is asked of the browser, and what must not be seen in them.
//!
//! Text is masked where it is written; a picture cannot be. So whatever a step filled with a secret is painted over, and beside
//! every picture stands what could be read of the page then: the record keeps no picture of a page that shows a secret in text.

use std::collections::VecDeque;

use super::trace::{Kept, SHOWN, Shot};
use crate::{
    action::{
        Locator,
        page::{Extract, ImageOf, ImageProbe, PageVerb, Probe},
    },
    observation::page::Answer,
};

/// How many pictures of the steps before a failing one are held.
const STRIP: usize = 8;

/// Elements that a case has filled with secrets.
#[derive(Debug, Clone, Default)]
pub(super) struct Concealed {
    covers: Vec<Locator>,
    /// A frame cannot be painted over from outside of it, nor the page from within.
    is_in_frame: bool,
}

impl Concealed {
    /// A secret was filled into this.
    pub(super) fn add(&mut self, into: Locator, is_in_frame: bool) {
        self.is_in_frame |= is_in_frame;
        if !self.covers.contains(&into) {
            self.covers.push(into);
        }
    }

    /// What is asked for a picture of the window, and for the text that is seen in it.
    pub(super) fn probes(&self, is_in_frame: bool) -> Vec<Probe> {
        let uncovered = || Extract { at: None, except: self.covers.clone() };
        let mut probes = vec![Probe::Text(uncovered()), Probe::Aria(uncovered())];
        if self.covers.is_empty() {
            probes.insert(0, Probe::Screenshot);
        } else if !self.is_in_frame && !is_in_frame {
            probes.insert(0, Probe::Image(ImageProbe { of: ImageOf::Viewport, cover: self.covers.clone() }));
        }
        probes
    }

    /// The answers to those probes, by name.
    pub(super) fn kept(&self, is_in_frame: bool, answers: Vec<Answer>) -> Vec<Kept> {
        let n_asked = self.probes(is_in_frame).len();
        let names = std::iter::once("screenshot").chain(SHOWN);
        let why = || Answer::Nothing(String::from("a secret was filled in, and a frame cannot be painted over"));
        let withheld = (n_asked == SHOWN.len()).then(why);
        names.zip(withheld.into_iter().chain(answers)).map(|(what, answer)| Kept { what: what.to_owned(), answer }).collect()
    }
}

/// Whether an action may make the page look otherwise, so that a picture of it tells something.
pub(super) fn is_worth_a_picture(verb: &PageVerb) -> bool {
    match verb {
        PageVerb::Open(_)
        | PageVerb::Back
        | PageVerb::Forward
        | PageVerb::Reload
        | PageVerb::Gesture { .. }
        | PageVerb::Fill { .. }
        | PageVerb::Select { .. }
        | PageVerb::Upload { .. }
        | PageVerb::Drag { .. }
        | PageVerb::Press { .. }
        | PageVerb::ScrollTo(_)
        | PageVerb::ScrollBy { .. }
        | PageVerb::AcceptDialog(_)
        | PageVerb::DismissDialog
        | PageVerb::Switch(_)
        | PageVerb::CloseWindow
        | PageVerb::Resize(_)
        | PageVerb::Emulate(_)
        | PageVerb::Script(_) => true,
        PageVerb::Look => false,
    }
}

/// The last pictures of a case, the newest last. In memory alone: they are written only when a step fails.
#[derive(Debug, Default)]
pub(super) struct Strip(VecDeque<Shot>);

impl Strip {
    pub(super) fn push(&mut self, shot: Shot) {
        if self.0.len() == STRIP {
            self.0.pop_front();
        }
        self.0.push_back(shot);
    }

    /// Hands all of them over, to the step that failed.
    pub(super) fn take(&mut self) -> Vec<Shot> {
        std::mem::take(&mut self.0).into()
    }
}
