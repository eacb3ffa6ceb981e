//! The API's routes, with the manners of the hub that it is modelled on.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use crate::catalogue::Manifest;
use crate::environment::Release;
use crate::fault::Fault;
use crate::reply::{self, Ask, Reply};
use crate::taxonomy;
use crate::world::{Entry, World};
use crate::{home, metrics, object, words};

/// The version of the terms, as `/categories/<name>/versions/<version>` takes it.
const TERMS_VERSION: &str = "TERMS:alpha06";
/// The key that lets a POST through; there is nothing behind it.
const API_KEY: &str = "sandbox-api-key";
const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

const ROUTES: &str = "404 Not Found. The endpoints are:
    /
    /swagger.yml
    /plugins/index
    /plugins/index/all
    /plugins/<name>
    /plugins/<name>/versions/<version>
    /plugin/home/sections/<sections>
    /manifest/<name>
    /manifest/<name>/versions/<version>
    /shields/<name>
    /categories
    /categories/<category>
    /categories/<category>/versions/<version>
    /metrics/<name>
";

const FRONT: &str = "<!DOCTYPE html>
<html lang=\"en\">
<head><meta charset=\"utf-8\"><title>Plugin hub API</title></head>
<body><h1>Plugin hub API</h1><p>Described in <a href=\"/swagger.yml\">swagger.yml</a>.</p></body>
</html>
";

// As with its model, only some routes are described.
const SWAGGER: &str = "openapi: 3.0.3
info:
  title: Plugin hub API
  version: 0.0.1
paths:
  /plugins/index:
    get:
      summary: All public plugins
      responses: {'200': {description: A list of plugins}}
  /plugins/{name}:
    get:
      summary: One plugin
      parameters: [{name: name, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: The plugin}, '404': {description: There is no such plugin}}
  /categories:
    get:
      summary: All terms
      responses: {'200': {description: Terms and where they stand}}
  /shields/{name}:
    get:
      summary: A badge
      parameters: [{name: name, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: The badge}}
";

/// The routes, told apart before it is known whether the method suits.
enum Route<'a> {
    Front,
    Swagger,
    Index,
    IndexAll,
    Plugin { name: &'a str, version: Option<&'a str> },
    Home { sections: &'a str },
    Manifest { name: &'a str, version: Option<&'a str> },
    Shield { name: &'a str },
    Categories,
    Category { name: &'a str, version: Option<&'a str> },
    Metrics { name: &'a str },
}

fn route<'a>(segments: &[&'a str]) -> Option<Route<'a>> {
    let filled = |segment: &str| !segment.is_empty();
    Some(match *segments {
        [""] => Route::Front,
        ["swagger.yml"] => Route::Swagger,
        ["plugins", "index"] => Route::Index,
        ["plugins", "index", "all"] => Route::IndexAll,
        ["plugins", name] if filled(name) => Route::Plugin { name, version: None },
        ["plugins", name, "versions", version] if filled(name) && filled(version) => Route::Plugin { name, version: Some(version) },
        ["plugin", "home", "sections", sections] if filled(sections) => Route::Home { sections },
        ["manifest", name] if filled(name) => Route::Manifest { name, version: None },
        ["manifest", name, "versions", version] if filled(name) && filled(version) => Route::Manifest { name, version: Some(version) },
        ["shields", name] if filled(name) => Route::Shield { name },
        ["categories"] => Route::Categories,
        ["categories", name] if filled(name) => Route::Category { name, version: None },
        ["categories", name, "versions", version] if filled(name) && filled(version) => Route::Category { name, version: Some(version) },
        ["metrics", name] if filled(name) => Route::Metrics { name },
        _ => return None,
    })
}

/// What the API answers, but for what the gateway adds.
pub(crate) fn answer(world: &World, ask: &Ask, now: i64) -> Reply {
    let method = &ask.method;
    if method == Method::POST && ask.api_key.as_deref() != Some(API_KEY) {
        return world.error(401, HTML, "Unauthorized Access");
    }
    let segments = ask.segments();
    let Some(route) = route(&segments) else { return world.error(404, TEXT, ROUTES) };
    if method == Method::OPTIONS {
        return Reply::new(200, HTML, "").with("allow", "GET, HEAD, OPTIONS");
    }
    if method != Method::GET && method != Method::HEAD {
        // A catch-all handler makes this of a 405.
        return world.broken("MethodNotAllowed: 405 Method Not Allowed");
    }
    match route {
        Route::Front => Reply::new(200, HTML, FRONT),
        Route::Swagger => Reply::new(200, HTML, SWAGGER),
        Route::Index => index(world),
        Route::IndexAll => {
            let all = || reply::pretty(&world.entries.iter().map(|entry| Value::Object(object::row(world, entry))).collect()).into();
            world.json_bytes(world.index_all.get_or_init(all).clone())
        }
        Route::Plugin { name, version } => plugin(world, name, version),
        Route::Home { sections } => sections_of(world, ask, sections, now),
        Route::Manifest { name, version } => manifest(world, name, version),
        Route::Shield { name } => shield(world, name),
        Route::Categories => world.json(&taxonomy::all(&world.ground.catalogue.terms, world.deployed.categories_edition)),
        Route::Category { name, version } => {
            let known = version.is_none_or(|version| version == TERMS_VERSION);
            let edition = edition(world.deployed.release);
            world.json(&if known { taxonomy::one(&world.ground.catalogue.terms, edition, name) } else { json!([]) })
        }
        Route::Metrics { name } => metrics::answer(world, ask, name, now),
    }
}

/// Which edition of the terms a release has.
pub(crate) const fn edition(release: Release) -> u8 {
    match release {
        Release::Current => 1,
        Release::Next => 2,
    }
}

fn index(world: &World) -> Reply {
    let body = || reply::pretty(&world.listed.iter().map(|entry| object::index_row(world, entry)).collect()).into();
    let mut answer = world.json_bytes(world.index.get_or_init(body).clone());
    answer.delay = world.list_delay();
    answer
}

fn plugin(world: &World, name: &str, version: Option<&str>) -> Reply {
    match world.reachable(name).and_then(|entry| at_version(entry, version)) {
        Some(entry) => world.json(&object::whole(world, &entry)),
        None if world.has(Fault::UnknownPlugin200) => world.json(&json!({})),
        None => world.error(404, HTML, "Plugin does not exist"),
    }
}

fn at_version(entry: &Entry, version: Option<&str>) -> Option<Entry> {
    let mut entry = entry.clone();
    if let Some(wanted) = version {
        entry.version = entry.versions.iter().find(|version| version.number == wanted)?.clone();
    }
    Some(entry)
}

fn sections_of(world: &World, ask: &Ask, sections: &str, now: i64) -> Reply {
    let names: Vec<&str> = sections.split(',').collect();
    let Some(limit) = ask.param("limit").map_or(Some(3), reply::integer) else {
        return world.broken("ValueError: invalid literal for int() with base 10");
    };
    match home::choose(world, &names, limit, now, ask.number) {
        Ok(sections) => {
            let mut answer = world.json(&home::body(world, &sections));
            answer.delay = world.list_delay();
            answer
        }
        Err(home::NegativeSample) => world.broken("ValueError: Sample larger than population or is negative"),
    }
}

fn manifest(world: &World, name: &str, version: Option<&str>) -> Reply {
    let Some(entry) = world.reachable(name).and_then(|entry| at_version(entry, version)) else {
        return world.error(404, HTML, "Plugin does not exist");
    };
    let manifest = if world.has(Fault::ManifestUnavailable) { Manifest::NotBuilt } else { world.plugin(&entry).manifest };
    match manifest {
        Manifest::Found => world.json(&object::manifest(world, &entry)),
        Manifest::DiscoveryFailed => world.error(404, HTML, "Plugin Manifest Not Found. Manifest discovery failed."),
        Manifest::NotBuilt => {
            world.error(503, HTML, "Plugin Manifest Not Yet Processed. Please try again later.").with("retry-after", "300")
        }
    }
}

fn shield(world: &World, name: &str) -> Reply {
    if world.has(Fault::LegacyEndpointRemoved) {
        return world.error(404, TEXT, ROUTES);
    }
    let message = if world.reachable(name).is_some() { name } else { "plugin not found" };
    world.json(&json!({
        "color": "#0074B8",
        "label": "napari hub",
        "logoSvg": words::LOGO,
        "message": message,
        "schemaVersion": 1,
        "style": "flat-square",
    }))
}

impl World {
    pub(crate) fn json(&self, value: &Value) -> Reply {
        self.json_bytes(reply::pretty(value).into())
    }

    fn json_bytes(&self, body: axum::body::Bytes) -> Reply {
        Reply::new(200, if self.has(Fault::WrongContentType) { HTML } else { "application/json" }, body)
    }

    fn error(&self, status: u16, content_type: &str, text: &str) -> Reply {
        if self.has(Fault::JsonErrors) {
            return Reply::new(status, "application/json", reply::pretty(&json!({"error": text.trim_end()})));
        }
        Reply::new(status, content_type, text.to_owned())
    }

    fn broken(&self, cause: &str) -> Reply {
        if self.has(Fault::DebugErrors) {
            let trace = format!("Traceback (most recent call last):\n  File \"/app/api/app.py\", line 84, in dispatch\n{cause}\n");
            return self.error(500, HTML, &trace);
        }
        self.error(500, HTML, "Internal Server Error")
    }

    /// How much longer a list takes than it should.
    pub(crate) fn list_delay(&self) -> Duration {
        if self.has(Fault::Slow) { Duration::from_secs(4) } else { Duration::ZERO }
    }
}
