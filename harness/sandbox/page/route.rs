//! Which page answers which address.

use axum::http::Method;

use super::{asset, front, list, missing, plugin, text};
use crate::dice;
use crate::environment::Release;
use crate::fault::Fault;
use crate::reply::{Ask, Reply};
use crate::sitemap;
use crate::world::World;

pub(super) const HTML: &str = "text/html; charset=utf-8";
pub(super) const NO_CACHE: &str = "private, no-cache, no-store, max-age=0, must-revalidate";
pub(super) const STATIC: &str = "s-maxage=31536000, stale-while-revalidate";

/// Whether an address is a page's, and not a file's that a page needs.
pub(crate) fn is_page(path: &str) -> bool {
    !asset::is_asset(path)
}

/// What the web port answers.
pub(crate) fn answer(world: &World, ask: &Ask, now: i64) -> Reply {
    if ask.method != Method::GET && ask.method != Method::HEAD {
        return Reply::new(405, "text/plain; charset=utf-8", "Method Not Allowed").with("allow", "GET, HEAD");
    }
    let mut reply = route(world, ask, now);
    if is_page(&ask.path) {
        reply = reply.with("x-powered-by", "Next.js");
    }
    match world.deployed.release {
        Release::Current => {}
        Release::Next => reply = reply.with("referrer-policy", "strict-origin-when-cross-origin"),
    }
    if world.has(Fault::CacheHeaderLost) {
        reply.without("cache-control");
    }
    let tag = reply.headers.iter().find(|(name, _)| *name == "etag").map(|(_, tag)| tag.as_str());
    if reply.status == 200 && tag.is_some() && tag == ask.if_none_match.as_deref() {
        reply.status = 304;
        reply.body = Default::default();
        reply.without("content-type");
    }
    reply
}

fn route(world: &World, ask: &Ask, now: i64) -> Reply {
    if let Some(reply) = asset::answer(world, ask).or_else(|| text::answer(world, ask)) {
        return reply;
    }
    match ask.path.as_str() {
        "/" => front::answer(world, ask, now),
        "/plugins" => {
            let mut list = list::answer(world, ask);
            list.delay = world.list_delay();
            list
        }
        "/sitemap" => text::map(world, ask),
        "/sitemap.xml" => Reply::new(200, "text/xml; charset=utf-8", sitemap::xml(world)),
        "/robots.txt" => {
            let body = format!("User-agent: *\nAllow: /\n\nSitemap: {}/sitemap.xml\n", world.ground.own().web);
            Reply::new(200, "text/plain; charset=utf-8", body)
        }
        "/api/health" => Reply::new(200, "application/json; charset=utf-8", r#"{"status":"ok"}"#).with("cache-control", NO_CACHE),
        path => match path.strip_prefix("/plugins/") {
            Some(name) if !name.is_empty() && !name.contains('/') => plugin::answer(world, ask, name),
            _ => missing::answer(world, ask),
        },
    }
}

pub(super) fn served(html: String) -> Reply {
    let tag = entity_tag(&html);
    Reply::new(200, HTML, html).with("cache-control", NO_CACHE).with("etag", tag)
}

pub(super) fn entity_tag(html: &str) -> String {
    format!("\"{:x}\"", dice::digest(html.as_bytes()))
}
