//! The files that pages need: scripts, style and pictures, as they are in `web/`.

use std::time::Duration;

use super::patch::patched;
use crate::fault::Fault;
use crate::reply::{Ask, Reply};
use crate::world::World;

const FOLDER: &str = "/_next/static/";
/// The address of such a file names its build, so that it never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The files of a build by their name.
pub(super) const FILES: [(&str, &str); 8] = [
    ("app.css", include_str!("../web/app.css")),
    ("app.js", include_str!("../web/app.js")),
    ("hero.svg", include_str!("../web/hero.svg")),
    ("plugin.js", include_str!("../web/plugin.js")),
    ("plugins.js", include_str!("../web/plugins.js")),
    ("popup.js", include_str!("../web/popup.js")),
    ("search.js", include_str!("../web/search.js")),
    ("text.js", include_str!("../web/text.js")),
];
const FAVICON: &str = include_str!("../web/favicon.svg");

/// Whether an address is that of a file and not of a page.
pub(super) fn is_asset(path: &str) -> bool {
    path.starts_with(FOLDER) || is_favicon(path)
}

// Browsers ask for the second one by themselves where a page names none.
fn is_favicon(path: &str) -> bool {
    path == "/favicon.svg" || path == "/favicon.ico"
}

/// The file at an address; nothing if the address is a page's.
pub(super) fn answer(world: &World, ask: &Ask) -> Option<Reply> {
    if is_favicon(&ask.path) {
        return Some(Reply::new(200, "image/svg+xml", FAVICON).with("cache-control", "public, max-age=0"));
    }
    let (build, name) = ask.path.strip_prefix(FOLDER)?.split_once('/').unwrap_or_default();
    let deployed = &world.deployed;
    let is_served = build == deployed.build || world.has(Fault::MixedBuilds) && build == deployed.other_build;
    let file = FILES.into_iter().find(|(known, _)| *known == name).filter(|_| is_served && !is_missing(world, name));
    // The files of another build went with it.
    let Some((name, text)) = file else { return Some(Reply::new(404, "text/plain; charset=utf-8", "Not Found")) };
    let mut reply = Reply::new(200, content_type(name), patched(world, name, text)).with("cache-control", FOR_EVER);
    if world.has(Fault::PictureLate) && name == "hero.svg" {
        reply.delay = Duration::from_secs(3);
    }
    Some(reply)
}

fn is_missing(world: &World, name: &str) -> bool {
    match name {
        "app.css" => world.has(Fault::StylesheetMissing),
        "hero.svg" => world.has(Fault::PictureMissing),
        "plugins.js" => world.has(Fault::ChunkMissing),
        _ => false,
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        _ => "image/svg+xml",
    }
}
