//! A plugin as lists show it. The browser's side makes more of them from one that it finds.

use super::part::{day, grouped};
use crate::clock;
use crate::fault::Fault;
use crate::reply::escape;
use crate::world::{Entry, World};

/// One card, under a heading of the level that its page needs.
pub(super) fn card(world: &World, entry: &Entry, heading: &str) -> String {
    let plugin = world.plugin(entry);
    let authors = if world.has(Fault::AuthorsLost) { String::new() } else { plugin.author_names().join(", ") };
    let released = entry.version.released;
    let installs = entry.counters.total_installs;
    format!(
        "<li><a data-testid=\"pluginSearchResult\" href=\"/plugins/{name}\"><article data-testid=\"searchResult\">\
         <{heading} data-testid=\"searchResultDisplayName\">{title}</{heading}>\
         <p class=\"name\" data-testid=\"searchResultName\">{name}</p>\
         <p data-testid=\"searchResultSummary\">{summary}</p>\
         <p class=\"author\" data-testid=\"searchResultAuthor\">{authors}</p>\
         <p class=\"facts\">\
         <span data-testid=\"searchResultMetadata\" data-label=\"version\" data-value=\"{version}\">Version <b>{version}</b></span> \
         <span data-testid=\"searchResultMetadata\" data-label=\"release date\" data-value=\"{released}\">Updated <b>{day}</b></span> \
         <span data-testid=\"searchResultMetadata\" data-label=\"total installs\" data-value=\"{installs}\"><b>{count}</b> installs</span></p>\
         </article></a></li>",
        name = escape(&plugin.name),
        title = escape(plugin.title()),
        summary = escape(&plugin.summary),
        authors = escape(&authors),
        version = escape(&entry.version.number),
        day = day(released),
        released = clock::iso(released),
        count = grouped(installs),
    )
}
