//! Plugins as the API's objects: a row of the index, and the whole.

use serde_json::{Map, Value, json};

use crate::catalogue::Author;
use crate::clock::iso;
use crate::environment::Release;
use crate::fault::Fault;
use crate::world::{Entry, World};

/// The fields that the index and the whole object share.
pub(crate) fn row(world: &World, entry: &Entry) -> Map<String, Value> {
    let plugin = world.plugin(entry);
    let mut row = Map::new();
    let mut put = |key: &str, value: Value| row.insert(key.to_owned(), value);
    put("authors", authors(world, entry));
    if entry.has_category && !plugin.categories.is_empty() {
        let labels = plugin
            .categories
            .iter()
            .map(|category| (category.dimension.to_owned(), set(world, entry, category.dimension, &category.labels)));
        put("category", Value::Object(labels.collect()));
    }
    put("code_repository", json!(plugin.code_repository));
    put("description_content_type", json!("text/markdown"));
    put("description_text", json!(plain(&plugin.description)));
    put("development_status", json!([plugin.development_status]));
    put("display_name", json!(plugin.display_name));
    if let Some(message) = plugin.error_message {
        put("error_message", json!(message));
    }
    put("first_released", json!(iso(plugin.first_released())));
    put("license", json!(plugin.license));
    put("name", json!(plugin.name));
    if let Some(npe2) = plugin.npe2 {
        put("npe2", json!(npe2));
    }
    put("operating_system", set(world, entry, "operating_system", &plugin.operating_systems));
    put("plugin_types", set(world, entry, "plugin_types", &plugin.plugin_types));
    if let Some(python) = python_version(world, entry) {
        put("python_version", json!(python));
    }
    put("reader_file_extensions", set(world, entry, "reader_file_extensions", &plugin.reader_extensions));
    put("release_date", json!(iso(entry.version.released)));
    put("summary", json!(plugin.summary));
    put("version", json!(entry.version.number));
    put("visibility", json!(plugin.visibility.name()));
    put("writer_file_extensions", set(world, entry, "writer_file_extensions", &plugin.writer_extensions));
    put("writer_save_layers", set(world, entry, "writer_save_layers", &plugin.writer_layers));
    row
}

/// A row of `/plugins/index`, with what may be wrong with it.
pub(crate) fn index_row(world: &World, entry: &Entry) -> Value {
    let mut row = row(world, entry);
    let installs = entry.counters.total_installs;
    row.insert("total_installs".into(), if world.has(Fault::RetypedField) { json!(installs.to_string()) } else { json!(installs) });
    if world.has(Fault::NullField) && entry.at.is_multiple_of(3) {
        row.insert("summary".into(), Value::Null);
    }
    if world.has(Fault::DatesWithoutZone) {
        for key in ["first_released", "release_date"] {
            if let Some(Value::String(date)) = row.get_mut(key) {
                date.pop();
            }
        }
    }
    Value::Object(row)
}

/// The body of `/plugins/<name>`.
pub(crate) fn whole(world: &World, entry: &Entry) -> Value {
    let plugin = world.plugin(entry);
    let mut whole = row(world, entry);
    let mut put = |key: &str, value: Value| whole.insert(key.to_owned(), value);
    if entry.has_category && !plugin.categories.is_empty() {
        let hierarchies = plugin.categories.iter().map(|category| (category.dimension.to_owned(), json!(category.hierarchy)));
        put("category_hierarchy", Value::Object(hierarchies.collect()));
    }
    if plugin.cited {
        put("citations", citations(world, entry));
    }
    if entry.has_conda {
        put("conda", json!([{"channel": "example-forge", "package": plugin.name.to_lowercase()}]));
    }
    put("description", json!(plugin.description));
    let site = plugin.code_repository.clone().unwrap_or_default();
    put("documentation", json!(if entry.at.is_multiple_of(2) && !site.is_empty() { format!("{site}#readme") } else { String::new() }));
    if let (Release::Next, Some(funding)) = (world.deployed.release, &plugin.funding) {
        put("funding", json!(funding));
    }
    put("report_issues", json!(if site.is_empty() { String::new() } else { format!("{site}/issues") }));
    put("project_site", json!(site));
    put("requirements", json!(plugin.requirements));
    put("support", json!(""));
    put("twitter", json!(""));
    Value::Object(whole)
}

/// The seven fields that a home section shows of a plugin.
pub(crate) fn card(world: &World, entry: &Entry) -> Value {
    let plugin = world.plugin(entry);
    json!({
        "authors": authors(world, entry),
        "display_name": plugin.display_name,
        "first_released": iso(plugin.first_released()),
        "name": plugin.name,
        "release_date": iso(entry.version.released),
        "summary": plugin.summary,
        "total_installs": entry.counters.total_installs,
    })
}

/// The body of `/manifest/<name>`.
pub(crate) fn manifest(world: &World, entry: &Entry) -> Value {
    let plugin = world.plugin(entry);
    let commands: Value =
        plugin.plugin_types.iter().map(|kind| json!({"id": format!("{}.{kind}", plugin.name), "title": plugin.title()})).collect();
    json!({
        "contributions": {"commands": commands},
        "display_name": plugin.title(),
        "name": plugin.name,
        "npe1_shim": plugin.npe2 == Some(false),
        "schema_version": "0.2.1",
    })
}

/// The specifier as the release writes it.
pub(crate) fn python_version(world: &World, entry: &Entry) -> Option<String> {
    let minor = world.plugin(entry).python_minor?;
    Some(match world.deployed.release {
        Release::Current => format!(">=3.{minor}"),
        Release::Next => format!(">=3.{minor},<4"),
    })
}

fn authors(world: &World, entry: &Entry) -> Value {
    if world.has(Fault::AuthorsLost) {
        return json!([]);
    }
    let author = |author: &Author| match &author.email {
        Some(email) => json!({"email": email, "name": author.name}),
        None => json!({"name": author.name}),
    };
    entry.authors.iter().map(author).collect()
}

/// A list whose order means nothing: it is another one in each environment and build.
fn set(world: &World, entry: &Entry, key: &str, members: &[&str]) -> Value {
    let mut members = members.to_vec();
    world.ground.dice(&world.deployed, &["set", key, &world.plugin(entry).name]).shuffle(&mut members);
    json!(members)
}

/// How to cite it, in every form.
pub(crate) fn citations(world: &World, entry: &Entry) -> Value {
    let plugin = world.plugin(entry);
    let who = plugin.author_names().join(", ");
    let what = plugin.title();
    json!({
        "APA": format!("{who}. {what} [Computer software]"),
        "BibTex": format!("@misc{{YourReferenceHere,\nauthor = {{{who}}},\ntitle = {{{what}}}\n}}\n"),
        "RIS": format!("TY  - COMP\nTI  - {what}\nAU  - {who}\nER  -\n"),
        "citation": format!("cff-version: 1.2.0\ntitle: {what}\n"),
    })
}

/// Markdown without its marks.
fn plain(markdown: &str) -> String {
    let words: Vec<&str> = markdown.split_whitespace().filter(|word| !word.bytes().all(|byte| byte == b'#')).collect();
    words.join(" ").replace('*', "")
}
