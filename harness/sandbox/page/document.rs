//! What all pages share: head, header, footer, menu, and the data that the browser's side reads.

use serde_json::json;

use super::part::{CROSS, LINES, MAGNIFIER, icon};
use crate::environment::Environment;
use crate::fault::Fault;
use crate::reply::{Ask, escape};
use crate::world::World;

/// Where people go, from header and menu.
const PLACES: [(&str, &str); 3] = [("/plugins", "Plugins"), ("/about", "About"), ("/faq", "FAQ")];

/// What stands in a page's head.
#[derive(Default)]
pub(super) struct Head<'a> {
    /// Error pages of unknown routes have none.
    pub(super) title: Option<&'a str>,
    pub(super) path: &'a str,
    pub(super) description: Option<&'a str>,
    /// `og:title`; without one there are no `og:` tags.
    pub(super) social: Option<&'a str>,
    /// The route's template, as the page's own data name it.
    pub(super) route: &'a str,
    /// The page's own data as JSON; none are `{}`.
    pub(super) props: &'a str,
}

/// A whole page.
pub(super) fn page(world: &World, ask: &Ask, head: &Head<'_>, body: &str) -> String {
    let ground = &world.ground;
    let api = if world.has(Fault::ForeignHost) { &ground.urls[ground.environment.foreign()].api } else { &ground.own().api };
    let build = build(world, ask);
    let data = format!(
        "{{\"buildId\":{},\"page\":{},\"props\":{{\"pageProps\":{}}},\"runtimeConfig\":{}}}",
        json!(build),
        json!(head.route),
        if head.props.is_empty() { "{}" } else { head.props },
        json!({"api": api, "env": ground.environment.name()}),
    );
    // `</script>` in a text must not end the element.
    let data = data.replace('<', "\\u003c");
    let language = if world.has(Fault::LanguageLost) { "" } else { " lang=\"en\"" };
    format!(
        "<!DOCTYPE html>\n<html{language}>\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         {tags}<link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
         <link rel=\"stylesheet\" href=\"/_next/static/{build}/app.css\">\
         <script type=\"module\" src=\"/_next/static/{build}/app.js\"></script></head>\n<body>\
         <a class=\"skip\" href=\"#content\">Skip to content</a>{header}\n\
         <main><div id=\"content\" tabindex=\"-1\">{body}</div></main>\n\
         <footer class=\"foot\"><div class=\"frame\"><p class=\"dim\">Find what others have made for napari.</p><ul>\
         <li><a href=\"/contact\">Contact</a></li><li><a href=\"/privacy\">Privacy</a></li><li><a href=\"/sitemap\">Sitemap</a></li>\
         <li><a href=\"{api}/\">API</a></li></ul></div></footer>{menu}\n\
         <script id=\"__NEXT_DATA__\" type=\"application/json\">{data}</script></body>\n</html>\n",
        tags = tags(world, head),
        header = header(world, head),
        menu = menu(),
        api = escape(api),
    )
}

/// Where the files of the build are that answers this request.
pub(super) fn build<'a>(world: &'a World, ask: &Ask) -> &'a str {
    let mixed = world.has(Fault::MixedBuilds) && ask.number % 2 == 1;
    if mixed { &world.deployed.other_build } else { &world.deployed.build }
}

fn tags(world: &World, head: &Head<'_>) -> String {
    let ground = &world.ground;
    let mut tags = String::new();
    if let Some(title) = head.title {
        tags.push_str(&format!("<title>{}</title>", escape(title)));
    }
    if let Some(description) = head.description {
        tags.push_str(&meta("name", "description", description));
    }
    // Wherever it is served: what robots should know is production's address.
    let path = address(head.path);
    let canonical = if world.has(Fault::CanonicalForeignHost) { Environment::Staging } else { Environment::Production };
    tags.push_str(&format!("<link rel=\"canonical\" href=\"{}{path}\">", escape(&ground.urls[canonical].web)));
    let indexable = ground.environment == Environment::Production;
    if indexable == world.has(Fault::RobotsFlipped) {
        tags.push_str(&meta("name", "robots", "noindex"));
    }
    if let Some(social) = head.social {
        tags.push_str(&meta("property", "og:title", social));
        tags.push_str(&meta("property", "og:type", "website"));
        tags.push_str(&meta("property", "og:url", &format!("{}{path}", ground.own().web)));
        tags.push_str(&meta("name", "twitter:card", "summary"));
    }
    tags
}

fn header(world: &World, head: &Head<'_>) -> String {
    let place = |(path, name): (&str, &str)| {
        let here = if path == head.path { " aria-current=\"page\"" } else { "" };
        format!("<a href=\"{path}\"{here}>{name}</a>")
    };
    let search = if head.route == "/" { String::new() } else { search(world) };
    format!(
        "<header class=\"bar\"><div class=\"frame\"><a class=\"brand\" data-testid=\"appBarHome\" href=\"/\">\
         <svg viewBox=\"0 0 64 64\" aria-hidden=\"true\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"5\" stroke-linejoin=\"round\" stroke-linecap=\"round\">\
         <path d=\"M8 22 32 9l24 13-24 13zM8 33l24 13 24-13M8 44l24 13 24-13\"/></svg>napari hub</a>{search}\
         <nav class=\"wide\" aria-label=\"Main\">{places}</nav>\
         <div class=\"narrow\" data-testid=\"mobileMenuButtonContainer\">\
         <button class=\"square\" type=\"button\" data-testid=\"iconButton\" aria-label=\"Open menu\" aria-haspopup=\"dialog\">{lines}</button></div>\
         </div></header>",
        places = PLACES.into_iter().map(place).collect::<String>(),
        lines = icon(LINES),
    )
}

/// The search bar: in the header, and large on the home page. It does nothing before the page lives.
pub(super) fn search(world: &World) -> String {
    let label = |text: &str| if world.has(Fault::SearchLabelsLost) { String::new() } else { format!(" aria-label=\"{text}\"") };
    format!(
        "<form class=\"search\" role=\"search\" data-testid=\"searchBarForm\">\
         <input type=\"text\" data-testid=\"searchBarInput\"{input} placeholder=\"{placeholder}\" autocomplete=\"off\" spellcheck=\"false\" enterkeyhint=\"search\">\
         <button type=\"submit\" data-testid=\"submitQueryButton\"{button}><span class=\"if-idle\">{magnifier}</span>\
         <span class=\"if-active\">{cross}</span></button></form>",
        input = label("Search for a plugin"),
        placeholder = if world.has(Fault::SearchLabelsLost) { "" } else { "Search for a plugin…" },
        button = label("Search"),
        magnifier = icon(MAGNIFIER),
        cross = icon(CROSS),
    )
}

fn menu() -> String {
    let item = |(path, name)| format!("<li><a data-testid=\"menuItem\" href=\"{path}\">{name}</a></li>");
    let items: String = PLACES.into_iter().chain([("/contact", "Contact")]).map(item).collect();
    format!(
        "<dialog class=\"menu\" data-testid=\"menu\" aria-labelledby=\"menu-title\"><div class=\"head\"><h2 id=\"menu-title\">Menu</h2>\
         <button class=\"square\" type=\"button\" data-testid=\"menuClose\" aria-label=\"Close menu\">{}</button></div>\
         <nav aria-label=\"Menu\"><ul>{items}</ul></nav></dialog>",
        icon(CROSS),
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
