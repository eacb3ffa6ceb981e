//! The pages of the web port: rendered here, brought to life in the browser by what is in `web/`.

mod route;

mod front;
mod list;
mod missing;
mod plugin;
mod text;

mod asset;
mod card;
mod document;
mod markdown;
mod part;
mod patch;

pub(crate) use route::{answer, is_page};
