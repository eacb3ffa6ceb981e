//! The pages, rendered here: home, list, plugin, the static ones, and what stands for a page that is not there.

use std::cmp::Reverse;

use axum::http::Method;
use serde_json::{Value, json};

use crate::dice;
use crate::environment::{Environment, Release};
use crate::fault::Fault;
use crate::home::{self, Section};
use crate::reply::{Ask, Reply, escape};
use crate::world::{Entry, World};
use crate::{object, sitemap};

const HTML: &str = "text/html; charset=utf-8";
const NO_CACHE: &str = "private, no-cache, no-store, max-age=0, must-revalidate";
const STATIC: &str = "s-maxage=31536000, stale-while-revalidate";

const STYLE: &str = "*{box-sizing:border-box}body{margin:0;font:16px/1.5 system-ui,sans-serif;color:#16202c;background:#fff}\
a{color:#00598c}header,main,footer{max-width:64rem;margin:auto;padding:1rem}header{display:flex;gap:1.5rem;flex-wrap:wrap;align-items:center}\
header a{text-decoration:none}.brand{font-weight:700;font-size:1.25rem}footer{border-top:1px solid #c8d2dc;margin-top:2rem;font-size:.875rem}\
h1{line-height:1.2}.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:1rem;padding:0;list-style:none}\
.cards a{display:block;height:100%;border:1px solid #c8d2dc;border-radius:.5rem;padding:1rem;color:inherit;text-decoration:none;overflow-wrap:anywhere}\
.cards a:hover,.cards a:focus{border-color:#00598c}.cards h3,.cards h5{margin:0;font-size:1.0625rem}.cards p{margin:.25rem 0}\
.dim{color:#50606f;font-size:.875rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}dt{font-weight:600}\
dd{margin:0;overflow-wrap:anywhere}pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}";

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

/// What stands in a page's head.
#[derive(Default)]
struct Head<'a> {
    /// Error pages of unknown routes have none.
    title: Option<&'a str>,
    path: &'a str,
    description: Option<&'a str>,
    /// `og:title`; without one there are no `og:` tags.
    social: Option<&'a str>,
    /// The route's template, as the page's own data name it.
    route: &'a str,
    props: Value,
}

/// What the web port answers.
pub(crate) fn answer(world: &World, ask: &Ask, now: i64) -> Reply {
    if ask.method != Method::GET && ask.method != Method::HEAD {
        return Reply::new(405, "text/plain; charset=utf-8", "Method Not Allowed").with("allow", "GET, HEAD");
    }
    let mut reply = route(world, ask, now).with("x-powered-by", "Next.js");
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
    let path = ask.path.as_str();
    if let Some(page) = STATIC_PAGES.iter().find(|(route, ..)| *route == path) {
        return fixed(world, ask, page);
    }
    match path {
        "/" => front(world, ask, now),
        "/plugins" => {
            let mut list = list(world, ask);
            list.delay = world.list_delay();
            list
        }
        "/sitemap" => {
            let body = format!("<h1>Sitemap</h1>{}", sitemap::as_list(world));
            served(page(world, ask, &Head { title: Some("Sitemap - napari hub"), path, route: path, ..Head::default() }, &body))
        }
        "/sitemap.xml" => Reply::new(200, "text/xml; charset=utf-8", sitemap::xml(world)),
        "/robots.txt" => {
            let body = format!("User-agent: *\nAllow: /\n\nSitemap: {}/sitemap.xml\n", world.ground.own().web);
            Reply::new(200, "text/plain; charset=utf-8", body)
        }
        "/api/health" => Reply::new(200, "application/json; charset=utf-8", r#"{"status":"ok"}"#).with("cache-control", NO_CACHE),
        _ => match path.strip_prefix("/plugins/") {
            Some(name) if !name.is_empty() && !name.contains('/') => plugin(world, ask, name),
            _ => missing(world, ask),
        },
    }
}

fn front(world: &World, ask: &Ask, now: i64) -> Reply {
    let names = ["plugin_types", "newest", "recently_updated"];
    let sections = home::choose(world, &names, 3, now, ask.number).expect("three is not negative");
    let mut body = String::from("<h1>Discover, install, and share plugins</h1>");
    for chosen in &sections {
        let heading = match chosen.section {
            Section::PluginTypes => format!("{} plugins", type_label(chosen.kind.unwrap_or_default())),
            Section::Newest => "Newest".to_owned(),
            Section::RecentlyUpdated => "Recently updated".to_owned(),
            Section::TopInstalled => "Top installed".to_owned(),
        };
        let cards: String = chosen.entries.iter().map(|entry| card(world, entry, "h3")).collect();
        let name = chosen.section.name();
        body.push_str(&format!("<section data-section=\"{name}\"><h2>{heading}</h2><ul class=\"cards\">{cards}</ul></section>"));
    }
    let head = Head {
        title: Some("napari hub - Image Analysis Plugins for napari"),
        path: "/",
        description: Some("The hub for discovering and sharing napari plugins"),
        social: Some("Home"),
        route: "/",
        props: json!({}),
    };
    served(page(world, ask, &head, &body))
}

fn list(world: &World, ask: &Ask) -> Reply {
    let cards = world.cards.get_or_init(|| {
        let mut listed: Vec<&Entry> = world.listed.iter().collect();
        listed.sort_by_key(|entry| (Reverse(entry.version.released), entry.at));
        listed.into_iter().map(|entry| card(world, entry, "h5")).collect()
    });
    let body = format!("<h1>Browse plugins: {}</h1><ul class=\"cards\">{cards}</ul>", world.listed.len());
    let head = Head { title: Some("napari Plugins"), path: "/plugins", route: "/plugins", props: json!({}), ..Head::default() };
    served(page(world, ask, &head, &body))
}

fn card(world: &World, entry: &Entry, heading: &str) -> String {
    let plugin = world.plugin(entry);
    let authors = if world.has(Fault::AuthorsLost) { String::new() } else { plugin.author_names().join(", ") };
    let released = crate::clock::iso(entry.version.released);
    format!(
        "<li><a data-testid=\"pluginSearchResult\" href=\"/plugins/{name}\"><article data-testid=\"searchResult\">\
         <{heading} data-testid=\"searchResultDisplayName\">{title}</{heading}>\
         <p class=\"dim\" data-testid=\"searchResultName\">{name}</p>\
         <p data-testid=\"searchResultSummary\">{summary}</p>\
         <p class=\"dim\" data-testid=\"searchResultAuthor\">{authors}</p>\
         <p class=\"dim\"><span data-testid=\"searchResultMetadata\" data-label=\"version\" data-value=\"{version}\">Version {version}</span> · \
         <span data-testid=\"searchResultMetadata\" data-label=\"release date\" data-value=\"{released}\">{day}</span> · \
         <span data-testid=\"searchResultMetadata\" data-label=\"total installs\" data-value=\"{installs}\">{installs} installs</span></p>\
         </article></a></li>",
        name = escape(&plugin.name),
        title = escape(plugin.title()),
        summary = escape(&plugin.summary),
        authors = escape(&authors),
        version = escape(&entry.version.number),
        day = &released[..10],
        installs = entry.counters.total_installs,
    )
}

fn plugin(world: &World, ask: &Ask, name: &str) -> Reply {
    let Some(entry) = world.reachable(name) else {
        // The page tells of the API's error, but says that all is well: that is how its model behaves.
        let message = format!("Unable to load plugin \"{name}\": Request failed with status code 404");
        let body = format!("<h1>Error: {}</h1><p>Try again later, or <a href=\"/plugins\">browse all plugins</a>.</p>", escape(&message));
        let props = json!({"error": message});
        let head = Head { title: Some("napari Plugin"), path: &ask.path, route: "/plugins/[name]", props, ..Head::default() };
        return served(page(world, ask, &head, &body));
    };
    let plugin = world.plugin(entry);
    let first = world.listed.iter().map(|entry| &world.plugin(entry).name).min();
    if world.has(Fault::PluginPage500) && first == Some(&plugin.name) {
        let head = Head { route: "/500", path: "/500", ..Head::default() };
        return Reply::new(500, HTML, page(world, ask, &head, "<h1>500</h1><p>Internal Server Error.</p>")).with("cache-control", NO_CACHE);
    }
    let authors = if world.has(Fault::AuthorsLost) { String::new() } else { plugin.author_names().join(", ") };
    let summary = if world.has(Fault::DoubleEscaped) { escape(&escape(&plugin.summary)) } else { escape(&plugin.summary) };
    let title = format!("{} - napari Plugin - {authors}", plugin.title());
    let unit = if world.has(Fault::InstallsLabelledCommits) { "commits" } else { "installs" };
    let counters = &entry.counters;

    let mut facts = vec![
        ("Version", entry.version.number.clone()),
        ("Release date", crate::clock::iso(entry.version.released)[..10].to_owned()),
        ("First released", crate::clock::iso(plugin.first_released())[..10].to_owned()),
        ("License", plugin.license.to_owned()),
        ("Open extension", plugin.reader_extensions.join(", ")),
        ("Save extension", plugin.writer_extensions.join(", ")),
        ("Python versions supported", object::python_version(world, entry).unwrap_or_default()),
        ("Operating system", plugin.operating_systems.join(", ")),
    ];
    facts.retain(|(_, value)| !value.is_empty());
    let facts: String = facts
        .iter()
        .map(|(label, value)| format!("<dt>{label}</dt><dd data-label=\"{}\">{}</dd>", label.to_lowercase(), escape(value)))
        .collect();
    let repository = plugin.code_repository.as_ref().map_or_else(String::new, |url| {
        let url = escape(url);
        format!("<p><a rel=\"nofollow\" href=\"{url}\">Code repository</a></p>")
    });
    let citation = if plugin.cited {
        format!("<section id=\"citation\"><h2>Citation Info</h2><p>{}. {}</p></section>", escape(&authors), escape(plugin.title()))
    } else {
        String::new()
    };
    let body = format!(
        "<article data-testid=\"pluginDetails\"><h1>{title}</h1><p class=\"dim\">{name}</p><p>{summary}</p>\
         <p data-testid=\"pluginAuthors\">{authors}</p><dl>{facts}</dl>{repository}\
         <section id=\"description\"><h2>Description</h2><pre>{description}</pre></section>\
         <section id=\"activity\"><h2>Activity</h2><ul>\
         <li><span data-testid=\"totalInstalls\">{total}</span> total {unit}</li>\
         <li><span data-testid=\"recentInstalls\">{recent}</span> {unit} in the last 30 days</li>\
         <li><span data-testid=\"totalCommits\">{commits}</span> total commits</li></ul></section>{citation}</article>",
        title = escape(plugin.title()),
        name = escape(&plugin.name),
        authors = escape(&authors),
        description = escape(&plugin.description),
        total = counters.total_installs,
        recent = counters.recent_installs,
        commits = counters.total_commits,
    );
    let head = Head {
        title: Some(&title),
        path: &ask.path,
        description: Some(&plugin.summary),
        social: Some(&title),
        route: "/plugins/[name]",
        props: json!({"name": plugin.name, "version": entry.version.number}),
    };
    served(page(world, ask, &head, &body))
}

fn fixed(world: &World, ask: &Ask, (path, title, heading, paragraphs): &Static) -> Reply {
    let mut body = format!("<h1>{}</h1>", escape(heading));
    for (place, paragraph) in paragraphs.iter().enumerate() {
        let text = match world.deployed.release {
            Release::Next if *path == "/about" && place == 0 => ABOUT_NEXT,
            Release::Current | Release::Next => paragraph,
        };
        body.push_str(&format!("<p>{}</p>", escape(text)));
    }
    let head = Head { title: Some(title), path, description: Some(heading), social: Some(title), route: path, props: json!({}) };
    let html = page(world, ask, &head, &body);
    let tag = entity_tag(&html);
    Reply::new(200, HTML, html).with("cache-control", STATIC).with("etag", tag).with("x-nextjs-cache", "HIT")
}

fn missing(world: &World, ask: &Ask) -> Reply {
    let status = if world.has(Fault::Soft404) { 200 } else { 404 };
    let head = Head { path: "/404", route: "/404", ..Head::default() };
    let body = "<h1>404</h1><p>This page was not found. <a href=\"/\">Go home</a>.</p>";
    Reply::new(status, HTML, page(world, ask, &head, body)).with("cache-control", NO_CACHE)
}

fn served(html: String) -> Reply {
    let tag = entity_tag(&html);
    Reply::new(200, HTML, html).with("cache-control", NO_CACHE).with("etag", tag)
}

fn entity_tag(html: &str) -> String {
    format!("\"{:x}\"", dice::digest(html.as_bytes()))
}

fn type_label(kind: &str) -> &'static str {
    match kind {
        "reader" => "Reader",
        "writer" => "Writer",
        "sample_data" => "Sample data",
        _ => "Widget",
    }
}

/// A whole page.
fn page(world: &World, ask: &Ask, head: &Head<'_>, body: &str) -> String {
    let ground = &world.ground;
    let own = ground.own();
    let environment = ground.environment;
    let api = if world.has(Fault::ForeignHost) { &ground.urls[environment.foreign()].api } else { &own.api };
    let mixed = world.has(Fault::MixedBuilds) && ask.number % 2 == 1;
    let build = if mixed { &world.deployed.other_build } else { &world.deployed.build };

    let mut tags = String::new();
    if let Some(title) = head.title {
        tags.push_str(&format!("<title>{}</title>", escape(title)));
    }
    if let Some(description) = head.description {
        tags.push_str(&meta("name", "description", description));
    }
    // Wherever it is served: what robots should know is production's address.
    let path = address(head.path);
    tags.push_str(&format!("<link rel=\"canonical\" href=\"{}{path}\">", escape(&ground.urls.production.web)));
    let indexable = environment == Environment::Production;
    if indexable == world.has(Fault::RobotsFlipped) {
        tags.push_str(&meta("name", "robots", "noindex"));
    }
    if let Some(social) = head.social {
        tags.push_str(&meta("property", "og:title", social));
        tags.push_str(&meta("property", "og:type", "website"));
        tags.push_str(&meta("property", "og:url", &format!("{}{path}", own.web)));
        tags.push_str(&meta("name", "twitter:card", "summary"));
    }

    let data = json!({
        "buildId": build,
        "page": head.route,
        "props": {"pageProps": head.props},
        "runtimeConfig": {"api": api, "env": environment.name()},
    });
    // `</script>` in a text must not end the element.
    let data = data.to_string().replace('<', "\\u003c");
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         {tags}<style>{STYLE}</style></head>\n<body>\
         <header><a class=\"brand\" data-testid=\"appBarHome\" href=\"/\">napari hub</a><nav><a href=\"/plugins\">Plugins</a> \
         <a href=\"/about\">About</a> <a href=\"/faq\">FAQ</a></nav></header>\n<main>{body}</main>\n\
         <footer><a href=\"/contact\">Contact</a> <a href=\"/privacy\">Privacy</a> <a href=\"/sitemap\">Sitemap</a> \
         <a href=\"{api}/\">API</a></footer>\n\
         <script id=\"__NEXT_DATA__\" type=\"application/json\">{data}</script></body>\n</html>\n",
        api = escape(api),
    )
}

fn meta(kind: &str, name: &str, content: &str) -> String {
    format!("<meta {kind}=\"{name}\" content=\"{}\">", escape(content))
}

/// A decoded path as an address, ready for an attribute.
fn address(path: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const KEPT: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'#').add(b'?').add(b'{').add(b'}').add(b'%');
    escape(&utf8_percent_encode(path, KEPT).to_string())
}
