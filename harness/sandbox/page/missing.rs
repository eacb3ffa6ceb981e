//! What stands for a page that is not there. It has no title, as in its model.

use super::document::{Head, page};
use super::route::{HTML, NO_CACHE};
use crate::fault::Fault;
use crate::reply::{Ask, Reply};
use crate::world::World;

pub(super) fn answer(world: &World, ask: &Ask) -> Reply {
    let status = if world.has(Fault::Soft404) { 200 } else { 404 };
    let head = Head { path: "/404", route: "/404", ..Head::default() };
    let body = "<div class=\"frame lost\"><h1>404</h1><p>This page was not found. <a href=\"/\">Go home</a>.</p></div>";
    Reply::new(status, HTML, page(world, ask, &head, body)).with("cache-control", NO_CACHE)
}
