//! Doing what a person does: real input at a point that was checked, within the time of its action.

mod element;
mod fault;
mod frame;
mod keys;
mod pointer;
mod verb;

pub(super) use fault::ActError;
pub(super) use frame::{enter, leave};
pub(super) use keys::press;
pub(super) use verb::{drag, fill, gesture, select};
pub(super) use verb::{scroll_by, scroll_to, upload};
