//! Pages of text: the static ones, and the sitemap for people.

use super::document::{Head, page};
use super::route::{HTML, STATIC, entity_tag, served};
use crate::environment::Release;
use crate::reply::{Ask, Reply, escape};
use crate::sitemap;
use crate::world::World;

/// A static page: path, title, heading, paragraphs.
type Static = (&'static str, &'static str, &'static str, &'static [&'static str]);

const STATIC_PAGES: &[Static] = &[
    (
        "/about",
        "About - napari hub",
        "About the hub",
        &[
            "It lists what others have made, so that you need not make it again.",
            "Plugins are found by name, by what they do & by who wrote them.",
        ],
    ),
    (
        "/contact",
        "Contact - napari hub",
        "Contact",
        &["Nobody lives here: this hub is part of a test tool and ends with it.", "Write to hub@example.org if you like silence."],
    ),
    (
        "/faq",
        "FAQ - napari hub",
        "Frequently asked questions",
        &[
            "Why is my plugin missing? Because it was made up, and yours was not.",
            "How often are data renewed? More often in production than in staging.",
        ],
    ),
    (
        "/privacy",
        "Privacy - napari hub",
        "Privacy",
        &["No cookies, no counting, no third parties.", "What you ask is forgotten when you have the answer."],
    ),
];
const ABOUT_NEXT: &str = "It lists what others have made, so that you can start where they stopped.";

/// The static page at a path, made once a build.
pub(super) fn answer(world: &World, ask: &Ask) -> Option<Reply> {
    let (path, title, heading, paragraphs) = STATIC_PAGES.iter().find(|(route, ..)| *route == ask.path)?;
    let mut body = format!("<div class=\"frame\"><div class=\"text\"><h1>{}</h1>", escape(heading));
    for (place, paragraph) in paragraphs.iter().enumerate() {
        let text = match world.deployed.release {
            Release::Next if *path == "/about" && place == 0 => ABOUT_NEXT,
            Release::Current | Release::Next => paragraph,
        };
        body.push_str(&match text.split_once("? ") {
            Some((question, reply)) => format!("<h2>{}?</h2><p>{}</p>", escape(question), escape(reply)),
            None => format!("<p>{}</p>", escape(text)),
        });
    }
    body.push_str("</div></div>");
    let head = Head { title: Some(title), path, description: Some(heading), social: Some(title), route: path, props: "" };
    let html = page(world, ask, &head, &body);
    let tag = entity_tag(&html);
    Some(Reply::new(200, HTML, html).with("cache-control", STATIC).with("etag", tag).with("x-nextjs-cache", "HIT"))
}

/// `/sitemap`.
pub(super) fn map(world: &World, ask: &Ask) -> Reply {
    let body = format!("<div class=\"frame\"><h1>Sitemap</h1>{}</div>", sitemap::as_list(world));
    served(page(world, ask, &Head { title: Some("Sitemap - napari hub"), path: "/sitemap", route: "/sitemap", ..Head::default() }, &body))
}
