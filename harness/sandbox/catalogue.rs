//! The plugins there are, whichever environment looks: made from a seed, never changed afterwards.

use std::collections::HashMap;

use crate::clock::{DAY, SECOND};
use crate::dice::Dice;
use crate::taxonomy::{self, Term};
use crate::words;

/// How many plugins everybody knows; two more are known to a drifting staging alone.
const PLUGINS: usize = 150;

// 2025-12-01: every date of the catalogue lies before, whatever time it is for the hub.
const CLOSED: i64 = 1_764_547_200 * SECOND;

/// When a stale index stopped updating: some months before the catalogue was closed.
pub(crate) const STALE: i64 = CLOSED - 200 * DAY;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Visibility {
    Public,
    Hidden,
    Blocked,
}

impl Visibility {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Visibility::Public => "public",
            Visibility::Hidden => "hidden",
            Visibility::Blocked => "blocked",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manifest {
    Found,
    DiscoveryFailed,
    NotBuilt,
}

/// Who publishes this plugin, and where it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Everywhere,
    /// Publishes versions all the time while environments drift; the number staggers them.
    Busy(i64),
    /// Known to staging alone, and only while environments drift.
    StagingOnly,
}

#[derive(Clone, Debug)]
pub(crate) struct Author {
    pub(crate) name: String,
    pub(crate) email: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) number: String,
    pub(crate) released: i64,
}

/// What is known of a plugin in one dimension of the terms.
#[derive(Clone, Debug)]
pub(crate) struct Category {
    pub(crate) dimension: &'static str,
    pub(crate) labels: Vec<&'static str>,
    pub(crate) hierarchy: Vec<Vec<String>>,
}

/// A plugin as its makers published it.
#[derive(Clone, Debug)]
pub(crate) struct Plugin {
    pub(crate) name: String,
    pub(crate) display_name: String,
    pub(crate) summary: String,
    pub(crate) description: String,
    pub(crate) authors: Vec<Author>,
    pub(crate) code_repository: Option<String>,
    pub(crate) license: &'static str,
    pub(crate) development_status: &'static str,
    pub(crate) operating_systems: Vec<&'static str>,
    pub(crate) plugin_types: Vec<&'static str>,
    /// The oldest Python 3 that will do.
    pub(crate) python_minor: Option<u64>,
    pub(crate) reader_extensions: Vec<&'static str>,
    pub(crate) writer_extensions: Vec<&'static str>,
    pub(crate) writer_layers: Vec<&'static str>,
    /// Empty for most.
    pub(crate) categories: Vec<Category>,
    pub(crate) npe2: Option<bool>,
    pub(crate) error_message: Option<&'static str>,
    pub(crate) requirements: Option<Vec<&'static str>>,
    pub(crate) conda: bool,
    pub(crate) cited: bool,
    pub(crate) funding: Option<String>,
    pub(crate) visibility: Visibility,
    pub(crate) manifest: Manifest,
    pub(crate) presence: Presence,
    /// Never empty; oldest first.
    pub(crate) versions: Vec<Version>,
    /// Installs of an ordinary month.
    pub(crate) popularity: u64,
}

impl Plugin {
    pub(crate) fn first_released(&self) -> i64 {
        self.versions.first().map_or(0, |version| version.released)
    }

    pub(crate) fn is_mixed_case(&self) -> bool {
        self.name.bytes().any(|byte| byte.is_ascii_uppercase())
    }

    /// The name that people read; some plugins have none.
    pub(crate) fn title(&self) -> &str {
        if self.display_name.is_empty() { &self.name } else { &self.display_name }
    }

    pub(crate) fn author_names(&self) -> Vec<&str> {
        self.authors.iter().map(|author| author.name.as_str()).collect()
    }
}

/// All plugins and terms.
#[derive(Debug)]
pub(crate) struct Catalogue {
    pub(crate) seed: u64,
    pub(crate) plugins: Vec<Plugin>,
    pub(crate) by_name: HashMap<String, usize>,
    pub(crate) terms: Vec<Term>,
}

impl Catalogue {
    pub(crate) fn of(seed: u64) -> Catalogue {
        let terms = taxonomy::terms();
        let mut names = Vec::with_capacity(words::STEMS.len() * words::TRADES.len());
        for stem in words::STEMS {
            for trade in words::TRADES {
                names.push((*stem, *trade));
            }
        }
        let names = Dice::of(seed, &["names"]).sample(&names, PLUGINS + 2);
        let plugins: Vec<Plugin> = names.iter().enumerate().map(|(at, name)| plugin(seed, at, name, &terms)).collect();
        let by_name = plugins.iter().enumerate().map(|(at, plugin)| (plugin.name.clone(), at)).collect();
        Catalogue { seed, plugins, by_name, terms }
    }
}

fn plugin(
    seed: u64,
    at: usize,
    (stem, (trade, summary, step)): &(&'static str, (&'static str, &'static str, &'static str)),
    terms: &[Term],
) -> Plugin {
    let number = at.to_string();
    let mut dice = Dice::of(seed, &["plugin", &number]);
    // The first plugins play fixed parts, so that each oddity is there whatever the seed.
    let name = match at {
        1 | 2 => format!("{}-{}", capital(stem), capital(trade)),
        _ => match dice.below(8) {
            0 => format!("napari-{}{}", capital(stem), capital(trade)),
            1 => format!("{}_{trade}", capital(stem)),
            2 | 3 => format!("{stem}-{trade}"),
            _ => format!("napari-{stem}-{trade}"),
        },
    };
    let (visibility, manifest) = match at {
        3 | 4 => (Visibility::Hidden, Manifest::Found),
        5 | 6 => (Visibility::Blocked, Manifest::Found),
        7 | 8 => (Visibility::Public, Manifest::DiscoveryFailed),
        9 | 10 => (Visibility::Public, Manifest::NotBuilt),
        _ => (Visibility::Public, Manifest::Found),
    };
    let presence = match at {
        11..=16 => Presence::Busy(at as i64 - 11),
        _ if at >= PLUGINS => Presence::StagingOnly,
        _ => Presence::Everywhere,
    };
    let display_name = match at {
        17 | 18 => String::new(),
        _ if dice.chance(50) => format!("{} {trade}", capital(stem)),
        _ => name.clone(),
    };
    let n_authors = 1 + dice.below(3) as usize;
    let authors = (0..n_authors).map(|_| author(&mut dice)).collect();
    let plugin_types = match at % 5 {
        0 => vec!["widget"],
        1 => vec!["reader", "widget"],
        2 => vec!["reader", "writer", "widget", "sample_data"],
        3 => vec!["widget", "sample_data"],
        _ => vec!["writer", "widget", "theme"],
    };
    let reads = plugin_types.contains(&"reader");
    let writes = plugin_types.contains(&"writer");
    let reader_extensions = if reads { sample(&mut dice, words::READER_EXTENSIONS, 2, 5) } else { Vec::new() };
    let writer_extensions = if writes { sample(&mut dice, words::WRITER_EXTENSIONS, 2, 4) } else { Vec::new() };
    let writer_layers = if writes { sample(&mut dice, words::LAYERS, 2, 5) } else { Vec::new() };
    let mut categories = Vec::new();
    if at.is_multiple_of(4) {
        let data = sample(&mut dice, taxonomy::DATA_KINDS, 1, 3);
        let modality = sample(&mut dice, taxonomy::MODALITIES, 1, 2);
        for (dimension, labels) in [(taxonomy::WORKFLOW, vec![*step]), (taxonomy::DATA, data), (taxonomy::MODALITY, modality)] {
            let hierarchy = taxonomy::hierarchy(terms, dimension, &labels);
            categories.push(Category { dimension, labels, hierarchy });
        }
    }
    let description = description(&mut dice, &name, summary);
    // Two are not open source, so that a filter for those that are leaves somebody out.
    let license = match (at, dice.pick(words::LICENSES)) {
        (22 | 23, _) => words::CLOSED_LICENSE,
        (_, license) => license,
    };
    let code_repository = (at % 16 != 15).then(|| format!("https://git.example.org/{stem}/{name}"));
    Plugin {
        display_name,
        summary: format!("{summary}."),
        description,
        authors,
        license,
        development_status: dice.pick(words::STATUSES),
        operating_systems: if dice.chance(60) { vec![words::SYSTEMS[0]] } else { sample(&mut dice, &words::SYSTEMS[1..], 1, 3) },
        plugin_types,
        python_minor: (at % 25 != 24).then(|| 7 + dice.below(4)),
        reader_extensions,
        writer_extensions,
        writer_layers,
        categories,
        npe2: (at % 10 != 9).then(|| dice.chance(70)),
        error_message: (at == 19).then_some("Manifest is not valid: `contributions` is not a map"),
        requirements: (at % 18 != 17).then(|| sample(&mut dice, words::REQUIREMENTS, 2, 6)),
        conda: dice.chance(58),
        cited: at % 30 == 2,
        funding: at.is_multiple_of(3).then(|| format!("https://fund.example.org/{name}")),
        visibility,
        manifest,
        presence,
        versions: versions(&mut dice),
        // A few are very popular, most are not.
        popularity: 20 + 40_000 / (1 + dice.below(400)),
        code_repository,
        name,
    }
}

fn author(dice: &mut Dice) -> Author {
    let name = format!("{} {}", dice.pick(words::GIVEN), dice.pick(words::FAMILY));
    let email = dice.chance(30).then(|| format!("user{}@example.org", dice.below(100)));
    Author { name, email }
}

fn versions(dice: &mut Dice) -> Vec<Version> {
    let n_versions = 1 + dice.below(6);
    let mut released = CLOSED - (60 + dice.below(1_900)) as i64 * DAY;
    let (mut minor, mut patch) = (dice.below(4), dice.below(5));
    let mut versions = Vec::new();
    for _ in 0..n_versions {
        released += dice.below((DAY - SECOND) as u64) as i64;
        versions.push(Version { number: format!("0.{minor}.{patch}"), released });
        let room = (CLOSED - DAY - released) / DAY;
        if room < 2 {
            break;
        }
        released += (1 + dice.below((room as u64).min(160))) as i64 * DAY;
        if dice.chance(30) {
            (minor, patch) = (minor + 1, 0);
        } else {
            patch += 1;
        }
    }
    versions
}

fn description(dice: &mut Dice, name: &str, summary: &str) -> String {
    let mut text = format!("# {name}\n\n{summary}.\n\n## Usage\n\n");
    for sentence in dice.sample(words::SENTENCES, 4) {
        text.push_str(sentence);
        text.push('\n');
    }
    text.push_str(&format!("\n## Installation\n\n    pip install {name}\n"));
    text
}

fn sample(dice: &mut Dice, from: &[&'static str], least: u64, most: u64) -> Vec<&'static str> {
    let n = least + dice.below(most - least + 1);
    dice.sample(from, n as usize)
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_seed_names_are_unique_and_dates_in_order() {
        for seed in 0..40 {
            let catalogue = Catalogue::of(seed);
            assert_eq!(catalogue.by_name.len(), PLUGINS + 2, "seed {seed}");
            for plugin in &catalogue.plugins {
                assert!(plugin.versions.is_sorted_by(|a, b| a.released < b.released && a.number != b.number), "{plugin:?}");
                assert!(plugin.versions.last().is_some_and(|newest| newest.released < CLOSED), "{plugin:?}");
            }
        }
    }

    #[test]
    fn a_stale_index_would_show() {
        let plugins = Catalogue::of(7).plugins;
        let old = |plugin: &&Plugin| plugin.versions.last().is_some_and(|newest| newest.released > STALE);
        assert!(plugins.iter().filter(old).count() > 20);
        assert!(plugins.iter().filter(|plugin| plugin.first_released() > STALE).count() > 2);
    }
}
