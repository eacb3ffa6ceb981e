//! The page of a plugin, and the error that stands for one that there is not. What is counted of it comes from the API, in
//! the browser.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::document::{Head, page};
use super::markdown;
use super::part::{CROSS, accordion, day, icon, type_label};
use super::route::{HTML, NO_CACHE, served};
use crate::catalogue::Plugin;
use crate::fault::Fault;
use crate::object;
use crate::reply::{Ask, Reply, escape};
use crate::world::{Entry, World};

/// A name and a value in HTML.
type Fact = (&'static str, String);

pub(super) fn answer(world: &World, ask: &Ask, name: &str) -> Reply {
    let Some(entry) = world.reachable(name) else { return unknown(world, ask, name) };
    let plugin = world.plugin(entry);
    let first = world.listed.iter().map(|entry| &world.plugin(entry).name).min();
    if world.has(Fault::PluginPage500) && first == Some(&plugin.name) {
        let head = Head { route: "/500", path: "/500", ..Head::default() };
        let body = "<div class=\"frame lost\"><h1>500</h1><p>Internal Server Error.</p></div>";
        return Reply::new(500, HTML, page(world, ask, &head, body)).with("cache-control", NO_CACHE);
    }
    let authors = author_names(world, plugin).join(", ");
    let title = format!("{} - napari Plugin - {authors}", plugin.title());
    let body = body(world, entry);
    let head = Head {
        title: Some(&title),
        path: &ask.path,
        description: Some(&plugin.summary),
        social: Some(&title),
        route: "/plugins/[name]",
        props: &json!({"name": plugin.name, "version": entry.version.number}).to_string(),
    };
    served(page(world, ask, &head, &body))
}

/// The page tells of the API's error, but says that all is well: that is how its model behaves.
fn unknown(world: &World, ask: &Ask, name: &str) -> Reply {
    let message = format!("Unable to load plugin \"{name}\": Request failed with status code 404");
    let body = format!(
        "<div class=\"frame lost said\"><h1>Error: {}</h1><p>Try again later, or <a href=\"/plugins\">browse all plugins</a>.</p></div>",
        escape(&message)
    );
    let props = json!({"error": message}).to_string();
    let head = Head { title: Some("napari Plugin"), path: &ask.path, route: "/plugins/[name]", props: &props, ..Head::default() };
    served(page(world, ask, &head, &body))
}

fn author_names<'a>(world: &World, plugin: &'a Plugin) -> Vec<&'a str> {
    if world.has(Fault::AuthorsLost) { Vec::new() } else { plugin.author_names() }
}

/// The list, narrowed down to what shares a value.
fn filtered(filter: &str, value: &str) -> String {
    format!("<a href=\"/plugins?{filter}={}\">{}</a>", utf8_percent_encode(value, NON_ALPHANUMERIC), escape(value))
}

fn body(world: &World, entry: &Entry) -> String {
    let plugin = world.plugin(entry);
    let summary = if world.has(Fault::DoubleEscaped) { escape(&escape(&plugin.summary)) } else { escape(&plugin.summary) };
    let author = |name: &str| {
        let link = if world.has(Fault::AuthorLinksBroken) {
            format!("<a href=\"/plugins/{}\">{}</a>", utf8_percent_encode(name, NON_ALPHANUMERIC), escape(name))
        } else {
            filtered("authors", name)
        };
        format!("<li>{link}</li>")
    };
    let authors: String = author_names(world, plugin).into_iter().map(author).collect();
    let repository = plugin.code_repository.as_ref().map_or_else(String::new, |url| {
        let url = escape(url);
        format!("<a class=\"button plain\" rel=\"nofollow\" href=\"{url}\">Code repository</a>")
    });
    let (description, headings) = markdown::render(&plugin.description);
    let contents: String = headings
        .iter()
        .enumerate()
        .map(|(place, heading)| {
            let (id, text) = (&heading.id, escape(&heading.text));
            format!("<li data-testid=\"tocItem\" data-active=\"{}\"><a href=\"#{id}\">{text}</a></li>", place == 0)
        })
        .collect();

    let mut tabs = vec![
        ("description", "Description", format!("<div class=\"prose\">{description}</div>")),
        ("activity", "Activity", activity(world)),
    ];
    if plugin.cited && !world.has(Fault::CitationTabMissing) {
        tabs.push(("citation", "Citation Info", citation(world, entry)));
    }
    let details = details(world, entry);
    format!(
        "<article class=\"frame\" data-testid=\"pluginDetails\"><div class=\"plugin-head\"><h1>{title}</h1><p class=\"name\">{name}</p>\
         <p class=\"summary\">{summary}</p><ul class=\"authors\" data-testid=\"pluginAuthors\" aria-label=\"Authors\">{authors}</ul>\
         <div class=\"actions\"><button class=\"button\" type=\"button\" data-testid=\"installButton\" aria-haspopup=\"dialog\">Install</button>\
         {repository}</div></div>\
         <div class=\"plugin\"><div><div class=\"narrow\">{folded}</div>{tabs}</div>\
         <div class=\"side\"><section class=\"details wide\"><h2>Details</h2>{details}</section>\
         <nav class=\"wide\" aria-labelledby=\"contents\"><h2 id=\"contents\">On this page</h2><ul>{contents}</ul></nav></div></div></article>{install}",
        title = escape(plugin.title()),
        name = escape(&plugin.name),
        folded = accordion("details", "Details", &format!("<div class=\"details\">{details}</div>")),
        tabs = tab_markup(&tabs),
        install = install(plugin),
    )
}

/// Tabs as the pattern of their role has them: the first is open, and the only one that Tab reaches.
fn tab_markup(tabs: &[(&str, &str, String)]) -> String {
    let (mut buttons, mut panels) = (String::new(), String::new());
    for (place, (id, name, content)) in tabs.iter().enumerate() {
        let is_open = place == 0;
        buttons.push_str(&format!(
            "<button type=\"button\" role=\"tab\" id=\"tab-{id}\" aria-controls=\"{id}\" aria-selected=\"{is_open}\"{tabindex}>{name}</button>",
            tabindex = if is_open { "" } else { " tabindex=\"-1\"" },
        ));
        panels.push_str(&format!(
            "<div role=\"tabpanel\" id=\"{id}\" aria-labelledby=\"tab-{id}\" tabindex=\"0\"{hidden}>{content}</div>",
            hidden = if is_open { "" } else { " hidden" },
        ));
    }
    format!("<div class=\"tabs\" role=\"tablist\" aria-label=\"About this plugin\">{buttons}</div>{panels}")
}

fn details(world: &World, entry: &Entry) -> String {
    let plugin = world.plugin(entry);
    let listed = |filter: &str, values: &[&str]| values.iter().map(|value| filtered(filter, value)).collect::<Vec<_>>().join(", ");
    let types = plugin.plugin_types.iter().map(|kind| {
        let label = type_label(kind);
        format!("<a href=\"/plugins?pluginType={kind}\">{label}</a>")
    });
    let mut facts: Vec<Fact> = vec![
        ("Version", escape(&entry.version.number)),
        ("Release date", day(entry.version.released)),
        ("First released", day(plugin.first_released())),
        ("License", escape(plugin.license)),
        ("Plugin type", types.collect::<Vec<_>>().join(", ")),
        ("Open extension", escape(&plugin.reader_extensions.join(", "))),
        ("Save extension", escape(&plugin.writer_extensions.join(", "))),
        ("Python versions supported", escape(&object::python_version(world, entry).unwrap_or_default())),
        ("Operating system", escape(&plugin.operating_systems.iter().map(|system| last_part(system)).collect::<Vec<_>>().join(", "))),
    ];
    if entry.has_category {
        for category in &plugin.categories {
            // A link that does not say which filter it means leads to the whole list.
            let filter = if world.has(Fault::CategoryLinksLost) { "category" } else { filter_of(category.dimension) };
            facts.push((category.dimension, listed(filter, &category.labels)));
        }
    }
    facts.retain(|(_, value)| !value.is_empty());
    let fact = |(label, value): &Fact| format!("<div><dt>{label}</dt><dd data-label=\"{}\">{value}</dd></div>", label.to_lowercase());
    format!("<dl>{}</dl>", facts.iter().map(fact).collect::<String>())
}

/// `Linux` of `Operating System :: POSIX :: Linux`.
fn last_part(classifier: &str) -> &str {
    classifier.rsplit(" :: ").next().unwrap_or(classifier)
}

fn filter_of(dimension: &str) -> &'static str {
    match dimension {
        crate::taxonomy::WORKFLOW => "workflowStep",
        crate::taxonomy::MODALITY => "imageModality",
        _ => "supportedData",
    }
}

/// Filled from `/metrics/<name>` in the browser.
fn activity(world: &World) -> String {
    let unit = if world.has(Fault::InstallsLabelledCommits) { "commits" } else { "installs" };
    format!(
        "<h2 class=\"unseen\">Activity</h2><div class=\"skeleton\" data-testid=\"skeleton-loader\"></div>\
         <p data-testid=\"activityError\" hidden>Activity cannot be shown now. Try again later.</p><ul class=\"stats\" hidden>\
         <li><span data-testid=\"totalInstalls\"></span> total {unit}</li>\
         <li><span data-testid=\"recentInstalls\"></span> {unit} in the last 30 days</li>\
         <li><span data-testid=\"totalCommits\"></span> total commits</li>\
         <li><span data-testid=\"latestCommit\"></span> latest commit</li></ul>\
         <figure class=\"chart\" data-chart=\"installs\" hidden><figcaption>Installs by month</figcaption></figure>\
         <figure class=\"chart\" data-chart=\"commits\" hidden><figcaption>Commits by month</figcaption></figure>"
    )
}

fn citation(world: &World, entry: &Entry) -> String {
    let citations = object::citations(world, entry);
    let form = |(key, name): (&str, &str)| {
        let text = citations[key].as_str().unwrap_or_default();
        format!("<h3>{name}</h3><pre>{}</pre>", escape(text.trim_end()))
    };
    let forms: String = [("APA", "APA"), ("BibTex", "BibTeX"), ("RIS", "RIS")].into_iter().map(form).collect();
    format!("<div class=\"prose\"><h2>Citation</h2><p>If you use this plugin, cite it.</p>{forms}</div>")
}

fn install(plugin: &Plugin) -> String {
    format!(
        "<dialog role=\"dialog\" id=\"install\" data-testid=\"installModal\" aria-labelledby=\"install-title\"><div class=\"head\">\
         <h2 id=\"install-title\">Install {title}</h2>\
         <button class=\"square\" type=\"button\" data-testid=\"installClose\" aria-label=\"Close\">{cross}</button></div>\
         <p>In the environment in which you run napari:</p>\
         <div class=\"command\"><code>pip install {name}</code>\
         <button class=\"button\" type=\"button\" data-testid=\"installCopy\">Copy</button></div>\
         <p class=\"dim\" role=\"status\"></p></dialog>",
        title = escape(plugin.title()),
        name = escape(&plugin.name),
        cross = icon(CROSS),
    )
}
