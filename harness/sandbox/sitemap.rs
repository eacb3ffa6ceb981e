//! The sitemap, for robots and for people.

use crate::fault::Fault;
use crate::reply::escape;
use crate::world::World;

const FIXED: [&str; 7] = ["/", "/about", "/contact", "/faq", "/plugins", "/privacy", "/sitemap"];

fn paths(world: &World) -> Vec<String> {
    let mut paths: Vec<String> = FIXED.iter().map(|path| (*path).to_owned()).collect();
    if world.has(Fault::SitemapTemplateUrls) {
        paths.push("/plugins/[name]".into());
    }
    let mut names: Vec<&str> = world.listed.iter().map(|entry| world.plugin(entry).name.as_str()).collect();
    names.sort_unstable();
    paths.extend(names.into_iter().map(|name| format!("/plugins/{name}")));
    paths
}

/// `/sitemap.xml`: absolute addresses on the environment's own host.
pub(crate) fn xml(world: &World) -> String {
    let ground = &world.ground;
    let environment = if world.has(Fault::SitemapForeignHost) { ground.environment.foreign() } else { ground.environment };
    let host = &ground.urls[environment].web;
    let mut xml =
        String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for path in paths(world) {
        xml.push_str(&format!("  <url><loc>{}</loc></url>\n", escape(&format!("{host}{path}"))));
    }
    xml.push_str("</urlset>\n");
    xml
}

/// The same as a list of links.
pub(crate) fn as_list(world: &World) -> String {
    let item = |path: String| format!("<li><a href=\"{path}\">{path}</a></li>", path = escape(&path));
    format!("<ul class=\"map\">{}</ul>", paths(world).into_iter().map(item).collect::<String>())
}
