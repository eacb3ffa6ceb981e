//! The home page: a search bar, and three shelves of plugins.

use super::card::card;
use super::document::{Head, build, page, search};
use super::part::type_label;
use super::route::served;
use crate::fault::Fault;
use crate::home::{self, Section};
use crate::reply::{Ask, Reply};
use crate::world::World;

pub(super) fn answer(world: &World, ask: &Ask, now: i64) -> Reply {
    let names = ["plugin_types", "newest", "recently_updated"];
    let sections = home::choose(world, &names, 3, now, ask.number).expect("three is not negative");
    let mut body = format!(
        "<div class=\"hero\"><div class=\"frame\"><div><h1>Discover, install, and share plugins</h1>\
         <p>For napari, the viewer of many-dimensional images: tools that others have made, from reading to measuring.</p>{search}</div>\
         {picture}</div></div><div class=\"frame\">",
        search = search(world),
        picture = picture(world, build(world, ask)),
    );
    let level = if world.has(Fault::HeadingSkipped) { "h4" } else { "h2" };
    for chosen in &sections {
        let (heading, all) = match chosen.section {
            Section::PluginTypes => {
                let kind = chosen.kind.unwrap_or_default();
                (format!("{} plugins", type_label(kind)), format!("/plugins?pluginType={kind}"))
            }
            Section::Newest => ("Newest".to_owned(), "/plugins?sort=newest".to_owned()),
            Section::RecentlyUpdated => ("Recently updated".to_owned(), "/plugins?sort=recentlyUpdated".to_owned()),
            Section::TopInstalled => ("Top installed".to_owned(), "/plugins?sort=totalInstalls".to_owned()),
        };
        let cards: String = chosen.entries.iter().map(|entry| card(world, entry, "h3")).collect();
        let name = chosen.section.name();
        body.push_str(&format!(
            "<section class=\"shelf\" data-section=\"{name}\"><div class=\"head\"><{level}>{heading}</{level}>\
             <a href=\"{all}\" aria-label=\"See all: {heading}\">See all</a></div><ul class=\"cards\">{cards}</ul></section>"
        ));
    }
    body.push_str("</div>");
    let head = Head {
        title: Some("napari hub - Image Analysis Plugins for napari"),
        path: "/",
        description: Some("The hub for discovering and sharing napari plugins"),
        social: Some("Home"),
        route: "/",
        props: &home::body(world, &sections).to_string(),
    };
    served(page(world, ask, &head, &body))
}

/// The largest thing on the page.
fn picture(world: &World, build: &str) -> String {
    let alt = if world.has(Fault::PictureAltLost) { "" } else { " alt=\"A viewer with four layers: round cells in four colours\"" };
    // A lazy picture keeps nothing else waiting, so that lateness is all that is wrong.
    let lazy = if world.has(Fault::PictureLate) { " loading=\"lazy\"" } else { "" };
    format!("<img src=\"/_next/static/{build}/hero.svg\" width=\"640\" height=\"420\"{alt}{lazy}>")
}
