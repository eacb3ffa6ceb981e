//! The home page's sections: what is new, what is popular, and a random handful.

use serde_json::{Value, json};

use crate::clock;
use crate::dice::Dice;
use crate::fault::Fault;
use crate::object;
use crate::world::{Entry, World};

/// The types that `plugin_types` goes through.
const TYPES: [&str; 4] = ["reader", "writer", "widget", "sample_data"];

/// The sections, in the order in which they choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    PluginTypes,
    Newest,
    RecentlyUpdated,
    TopInstalled,
}

impl Section {
    const ALL: [Section; 4] = [Section::PluginTypes, Section::Newest, Section::RecentlyUpdated, Section::TopInstalled];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Section::PluginTypes => "plugin_types",
            Section::Newest => "newest",
            Section::RecentlyUpdated => "recently_updated",
            Section::TopInstalled => "top_installed",
        }
    }
}

/// A section with its members.
pub(crate) struct Chosen<'a> {
    pub(crate) section: Section,
    /// Only `plugin_types` has one.
    pub(crate) kind: Option<&'static str>,
    pub(crate) entries: Vec<&'a Entry>,
}

/// A random handful cannot have fewer than no members.
#[derive(Debug)]
pub(crate) struct NegativeSample;

/// Chooses the sections asked for; unknown names are passed over. A plugin is in one section at most, so that asking for other
/// sections changes the members of each.
pub(crate) fn choose<'a>(world: &'a World, names: &[&str], limit: i64, now: i64, number: u64) -> Result<Vec<Chosen<'a>>, NegativeSample> {
    let mut left: Vec<&Entry> = world.listed.iter().collect();
    // The scan order must not decide between equals.
    left.sort_unstable_by_key(|entry| entry.at);
    let mut sections = Vec::new();
    for section in Section::ALL.into_iter().filter(|section| names.contains(&section.name())) {
        let mut kind = None;
        let entries = match section {
            Section::PluginTypes => {
                let turn = now / clock::micros(world.ground.pace.rotate).max(1_000);
                let shown = TYPES[turn.rem_euclid(TYPES.len() as i64) as usize];
                kind = Some(shown);
                let n = usize::try_from(limit).map_err(|_| NegativeSample)?;
                let fitting: Vec<&Entry> = left.iter().copied().filter(|entry| world.plugin(entry).plugin_types.contains(&shown)).collect();
                let words = ["home", world.ground.environment.name(), world.deployed.build.as_str()];
                Dice::of(world.ground.catalogue.seed ^ number.wrapping_mul(0x9e37_79b9), &words).sample(&fitting, n)
            }
            Section::Newest => {
                let sign = if world.has(Fault::NewestReversed) { 1 } else { -1 };
                first(&left, limit, |entry| sign * world.plugin(entry).first_released())
            }
            Section::RecentlyUpdated => first(&left, limit, |entry| -entry.version.released),
            Section::TopInstalled => first(&left, limit, |entry| -(entry.counters.total_installs as i64)),
        };
        left.retain(|entry| !entries.iter().any(|taken| taken.at == entry.at));
        sections.push(Chosen { section, kind, entries });
    }
    Ok(sections)
}

/// The first ones by a key; a negative limit leaves out so many at the end, as the hub's language slices.
fn first<'a>(left: &[&'a Entry], limit: i64, key: impl Fn(&Entry) -> i64) -> Vec<&'a Entry> {
    let mut sorted = left.to_vec();
    sorted.sort_by_key(|entry| key(entry));
    let n = match usize::try_from(limit) {
        Ok(n) => n,
        Err(_) => sorted.len().saturating_sub(usize::try_from(limit.unsigned_abs()).unwrap_or(usize::MAX)),
    };
    sorted.truncate(n);
    sorted
}

/// The body of `/plugin/home/sections/<csv>`.
pub(crate) fn body(world: &World, sections: &[Chosen<'_>]) -> Value {
    let section = |chosen: &Chosen<'_>| {
        let plugins: Value = chosen.entries.iter().map(|entry| object::card(world, entry)).collect();
        let value = match chosen.kind {
            Some(kind) => json!({"plugins": plugins, "type": kind}),
            None => json!({"plugins": plugins}),
        };
        (chosen.section.name().to_owned(), value)
    };
    Value::Object(sections.iter().map(section).collect())
}
