//! The list of plugins as the server sends it: the first page in the usual order, whatever the address asks for. Search,
//! filters, order and pages are the browser's, from the whole index in the page's data.

use std::cmp::Reverse;

use serde_json::Value;

use super::card::card;
use super::document::{Head, page};
use super::part::{DOWN, LEFT, RIGHT, accordion, icon};
use super::route::served;
use crate::object;
use crate::reply::{Ask, Reply};
use crate::world::{Entry, World};

/// How many cards a page shows.
const PER_PAGE: usize = 15;

/// A group of filters: its name in the markup, its heading, and the filters by their name in the address.
type Group = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const GROUPS: [Group; 2] = [
    (
        "category",
        "Filter by category",
        &[("workflowStep", "Workflow step"), ("imageModality", "Image modality"), ("supportedData", "Supported data")],
    ),
    (
        "requirement",
        "Filter by requirement",
        &[
            ("pluginType", "Plugin type"),
            ("writerFileExtensions", "Save extension"),
            ("readerFileExtensions", "Open extension"),
            ("authors", "Authors"),
            ("python", "Python version"),
            ("operatingSystem", "Operating system"),
            ("license", "License"),
        ],
    ),
];

/// The orders as they are named in the address; the first needs a query.
const ORDERS: [(&str, &str); 5] = [
    ("relevance", "Relevance"),
    ("recentlyUpdated", "Recently updated"),
    ("newest", "Newest"),
    ("pluginName", "Plugin name"),
    ("totalInstalls", "Total installs"),
];
const USUAL: &str = "recentlyUpdated";

pub(super) fn answer(world: &World, ask: &Ask) -> Reply {
    let n_plugins = world.listed.len();
    let n_pages = n_plugins.div_ceil(PER_PAGE);
    let cards = world.cards.get_or_init(|| {
        let mut listed: Vec<&Entry> = world.listed.iter().collect();
        listed.sort_by_key(|entry| (Reverse(entry.version.released), entry.at));
        listed.into_iter().take(PER_PAGE).map(|entry| card(world, entry, "h2")).collect()
    });
    let props = world.list_props.get_or_init(|| {
        let rows: Value = world.listed.iter().map(|entry| object::index_row(world, entry)).collect();
        format!("{{\"index\":{rows},\"status\":200}}")
    });
    let body = format!(
        "<div class=\"frame\"><div class=\"list-head\"><h1>Browse plugins: {n_plugins}</h1><p class=\"unseen\" role=\"status\" id=\"count\"></p>\
         <div class=\"sort wide\"><button type=\"button\" data-testid=\"sortDropdown\" aria-haspopup=\"menu\" aria-expanded=\"false\">\
         Sort: <b>Recently updated</b> {down}</button></div></div>\
         <div class=\"accordions narrow\">{accordions}</div><div class=\"list\"><div class=\"wide\">{filters}</div><div>\
         <ul class=\"cards\">{cards}</ul><p id=\"nothing\" hidden>Nothing fits. Try fewer words or fewer filters.</p>\
         <nav class=\"pages\" aria-label=\"Pages\">\
         <button type=\"button\" data-testid=\"paginationLeft\" aria-label=\"Previous page\" disabled>{left}</button>\
         <span data-testid=\"paginationValue\">1/{n_pages}</span>\
         <button type=\"button\" data-testid=\"paginationRight\" aria-label=\"Next page\"{last}>{right}</button></nav></div></div></div>",
        down = icon(DOWN),
        left = icon(LEFT),
        right = icon(RIGHT),
        accordions = accordions(),
        filters = GROUPS.iter().map(|group| filters(group, &format!("<h2>{}</h2>", group.1))).collect::<String>(),
        last = if n_pages > 1 { "" } else { " disabled" },
    );
    let head = Head { title: Some("napari Plugins"), path: "/plugins", route: "/plugins", props, ..Head::default() };
    served(page(world, ask, &head, &body))
}

/// A group of filters below its heading. Narrow and wide pages have the markup of both; one of them is seen.
fn filters((name, heading, filters): &Group, shown_heading: &str) -> String {
    let filter = |(key, label): &(&str, &str)| {
        format!(
            "<div class=\"filter\"><button type=\"button\" data-testid=\"pluginFilter\" data-filter=\"{key}\" data-label=\"{label}\" \
             aria-haspopup=\"listbox\" aria-expanded=\"false\">{label} {down}</button><div class=\"chips\"></div></div>",
            down = icon(DOWN),
        )
    };
    format!(
        "<div class=\"filters\"><div class=\"head\">{shown_heading}\
         <button class=\"text-button\" type=\"button\" data-testid=\"clearAllButton\" data-filter-type=\"{name}\" \
         aria-label=\"Clear all: {heading}\" disabled>Clear all</button></div>{filters}</div>",
        filters = filters.iter().map(filter).collect::<String>(),
    )
}

/// What stands beside the list on wide pages folds away above it on narrow ones.
fn accordions() -> String {
    let radio = |(value, label): (&str, &str)| {
        format!(
            "<label{hidden}><input type=\"radio\" name=\"sort\" value=\"{value}\" data-testid=\"sortByRadio\" data-sort-type=\"{value}\" \
             autocomplete=\"off\"{checked}>{label}</label>",
            hidden = if value == "relevance" { " hidden" } else { "" },
            checked = if value == USUAL { " checked" } else { "" },
        )
    };
    let radios: String = ORDERS.into_iter().map(radio).collect();
    let sort = accordion("sort", "Sort", &format!("<fieldset><legend class=\"unseen\">Sort</legend>{radios}</fieldset>"));
    GROUPS.iter().fold(sort, |before, group| before + &accordion(group.0, group.1, &filters(group, "")))
}
