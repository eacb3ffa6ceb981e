//! What one sample says of a difference that was seen before.

use std::collections::{HashMap, HashSet};

use super::observation::STATUS;
use crate::{
    attribute::{Contrast, Seen, is_positional},
    compare::{Difference, Kind, Weight},
    finding,
    json::{self, Json},
    noise::{Evidence, Shown, Variation},
    record::{Aspect, Role, Severity},
};

/// What of a place differs: noise in one says nothing of another. A timestamp that becomes null is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Trait {
    /// Its value.
    Value,
    /// Its type; null is one.
    Type,
    /// Whether it is there.
    Presence,
    /// The order of its elements.
    Order,
}

impl Trait {
    pub(super) fn of(kind: Kind) -> Self {
        match kind {
            Kind::Changed => Self::Value,
            Kind::Retyped => Self::Type,
            Kind::Added | Kind::Removed => Self::Presence,
            Kind::Reordered => Self::Order,
        }
    }

    /// Whether a place that varied in `other` varies in this. What changed its type changed its value too.
    fn varies_with(self, other: Self) -> bool {
        self == other || (self == Self::Value && other == Self::Type)
    }

    /// Whether all rows of a list vary when one does: values and orders of a path are volatile as a whole, presence and type
    /// are each row's own.
    fn is_of_the_path(self) -> bool {
        match self {
            Self::Value | Self::Order => true,
            Self::Type | Self::Presence => false,
        }
    }
}

/// The differences of one comparison, to be asked for those of another.
pub(super) struct Index<'c> {
    by_key: HashMap<(Aspect, &'c str), Vec<&'c Difference>>,
    by_pattern: HashMap<(Aspect, &'c str), Vec<&'c Difference>>,
    lines: HashSet<String>,
}

/// How far another comparison of the same place is looked into.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Key,
    Pattern,
}

impl<'c> Index<'c> {
    pub(super) fn new(contrast: &'c Contrast) -> Self {
        let mut index = Self { by_key: HashMap::new(), by_pattern: HashMap::new(), lines: HashSet::new() };
        for Seen { aspect, difference } in &contrast.differences {
            index.by_key.entry((*aspect, &difference.key)).or_default().push(difference);
            let of_pattern = index.by_pattern.entry((*aspect, &difference.pattern)).or_default();
            // One of each kind and weight is enough to know that the path varied.
            if !of_pattern.iter().any(|known| known.kind == difference.kind && known.weight == difference.weight) {
                of_pattern.push(difference);
            }
            if is_line(difference) {
                index.lines.extend([&difference.expected, &difference.actual].into_iter().flatten().map(json::to_compact));
            }
        }
        index
    }

    /// Whether a difference of the same trait is here.
    fn has(&self, seen: &Seen, reach: Reach) -> bool {
        let difference = &seen.difference;
        let found = match reach {
            Reach::Key => self.by_key.get(&(seen.aspect, difference.key.as_str())),
            Reach::Pattern => self.by_pattern.get(&(seen.aspect, difference.pattern.as_str())),
        };
        found.is_some_and(|found| found.iter().any(|other| is_alike(seen.aspect, difference, other)))
    }

    /// The differences at a place.
    pub(super) fn at<'a>(&'a self, seen: &'a Seen) -> &'a [&'a Difference] {
        self.by_key.get(&(seen.aspect, seen.difference.key.as_str())).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether something that holds the place came, went or changed its type, so that the place itself was not to be seen.
    pub(super) fn covers(&self, seen: &Seen) -> bool {
        let key = seen.difference.key.as_str();
        let is_step = |(at, character): (usize, char)| (at > 0 && matches!(character, '.' | '[')).then_some(at);
        let takes_along = |difference: &&Difference| match Trait::of(difference.kind) {
            Trait::Presence | Trait::Type => true,
            Trait::Value | Trait::Order => false,
        };
        let holds = |at: usize| self.by_key.get(&(seen.aspect, &key[..at])).is_some_and(|above| above.iter().any(takes_along));
        key.char_indices().filter_map(is_step).any(holds)
    }

    /// Whether a side's own samples vary at a difference between the sides.
    fn varied(&self, seen: &Seen) -> bool {
        let difference = &seen.difference;
        if is_line(difference) {
            // A line is known by its text: it varied when it, or the line in its place, came, went or changed.
            return [&difference.expected, &difference.actual]
                .into_iter()
                .flatten()
                .any(|line| self.lines.contains(&json::to_compact(line)));
        }
        let is_wide = Trait::of(difference.kind).is_of_the_path() || is_positional(&difference.key);
        self.has(seen, if is_wide { Reach::Pattern } else { Reach::Key })
    }
}

/// Whether one difference varies with another of the same place or path.
fn is_alike(aspect: Aspect, difference: &Difference, other: &Difference) -> bool {
    if difference.weight == Weight::Full && other.weight == Weight::Minor {
        return false;
    }
    if aspect == Aspect::Status && difference.pattern == STATUS {
        // A site that answers 500 and 502 by turns is broken all the time: only another class is another answer.
        let is_breaking = |difference: &Difference| finding::severity(aspect, difference) == Severity::Breaking;
        return !is_breaking(difference) || is_breaking(other);
    }
    Trait::of(difference.kind).varies_with(Trait::of(other.kind))
}

fn is_line(difference: &Difference) -> bool {
    difference.pattern == "line"
}

/// Whether a difference is about an element of a list being there.
fn is_membership(difference: &Difference) -> bool {
    Trait::of(difference.kind) == Trait::Presence && (difference.pattern.ends_with("[*]") || difference.pattern.ends_with("{*}"))
}

/// By how many rows a list is longer on the actual side, by the list's key; lists of equal length are not in it.
pub(super) fn lengths(contrast: &Contrast) -> HashMap<(Aspect, &str), i64> {
    let mut lengths: HashMap<(Aspect, &str), i64> = HashMap::new();
    for Seen { aspect, difference } in contrast.differences.iter().filter(|seen| is_membership(&seen.difference)) {
        if let Some(list) = list_of(difference) {
            *lengths.entry((*aspect, list)).or_default() += if difference.kind == Kind::Added { 1 } else { -1 };
        }
    }
    lengths.retain(|_, length| *length != 0);
    lengths
}

/// The key of the list that an element came to or went from.
pub(super) fn list_of(difference: &Difference) -> Option<&str> {
    // The pattern says how many steps there are below the list: one. Its key is what stands in front of the last bracket that
    // is no part of a quoted label.
    let key = difference.key.as_str();
    let mut quoted = false;
    let mut escaped = false;
    let mut start = None;
    for (at, character) in key.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' if !quoted => start = Some(at),
            _ => {}
        }
    }
    (is_membership(difference) && difference.pattern.ends_with("[*]")).then_some(start)?.map(|start| &key[..start])
}

/// One sample of both sides, compared.
pub(super) struct Sample<'c> {
    /// Each side's first look and its sample; nothing for a side that was not sampled or did not answer.
    pub(super) within: [Option<Index<'c>>; 2],
    /// The samples of both sides.
    pub(super) between: Option<Index<'c>>,
}

impl Sample<'_> {
    /// What the sample says of a difference between the sides.
    pub(super) fn shows(&self, seen: &Seen) -> Shown {
        if let Some(role) = self.varied(seen) {
            return Shown::Varied(Variation::Within(role));
        }
        let Some(between) = &self.between else { return Shown::Nothing };
        let difference = &seen.difference;
        if between.has(seen, Reach::Key) || (is_line(difference) && between.varied(seen)) {
            return Shown::Again;
        }
        let is_covered = between.covers(seen) || self.within.iter().flatten().any(|within| within.covers(seen));
        if is_covered {
            return Shown::Nothing;
        }
        // The rows of a list that changes under us may be told apart another way in every sample: then the path counts, but
        // for a row itself, which is there or not.
        if !is_membership(difference) && between.has(seen, Reach::Pattern) {
            return Shown::Again;
        }
        if is_positional(&difference.key) && between.has(seen, Reach::Pattern) {
            return Shown::Again;
        }
        Shown::Varied(Variation::Between)
    }

    /// What the sample says of a difference from before that both sides share.
    pub(super) fn shows_of_both(&self, seen: &Seen) -> Shown {
        if let Some(role) = self.varied(seen) {
            return Shown::Varied(Variation::Within(role));
        }
        match &self.between {
            None => Shown::Nothing,
            Some(between) if between.has(seen, Reach::Key) => Shown::Varied(Variation::Between),
            Some(between) if between.covers(seen) => Shown::Nothing,
            Some(_) => Shown::Again,
        }
    }

    fn varied(&self, seen: &Seen) -> Option<Role> {
        super::ROLES.into_iter().find(|role| self.within[super::place(*role)].as_ref().is_some_and(|within| within.varied(seen)))
    }
}

/// What was seen to vary within a side over all samples.
#[derive(Debug, Default)]
pub(super) struct Volatile {
    by_pattern: HashMap<(Aspect, String, Trait), Evidence>,
    by_key: HashMap<(Aspect, String, Trait), Evidence>,
    /// Lists whose rows came and went: `$.plugins[*]`.
    lists: HashSet<(Aspect, String)>,
}

impl Volatile {
    /// Takes up what differs between a side's first look and a sample of it.
    pub(super) fn add(&mut self, contrast: &Contrast, role: Role, sample: u32) {
        let evidence = Evidence { variation: Variation::Within(role), sample };
        for Seen { aspect, difference } in contrast.differences.iter().filter(|seen| seen.difference.weight == Weight::Full) {
            let trait_ = Trait::of(difference.kind);
            if is_membership(difference) {
                self.lists.insert((*aspect, difference.pattern.clone()));
            }
            let pattern = (*aspect, difference.pattern.clone(), trait_);
            self.by_pattern.entry(pattern).or_insert_with(|| evidence.clone());
            let key = if is_line(difference) { String::new() } else { difference.key.clone() };
            self.by_key.entry((*aspect, key, trait_)).or_insert_with(|| evidence.clone());
            if is_line(difference) {
                for line in [&difference.expected, &difference.actual].into_iter().flatten() {
                    self.by_key.entry((*aspect, line_key(line), Trait::Value)).or_insert_with(|| evidence.clone());
                }
            }
        }
    }

    /// Takes up a difference that was found to be noise.
    pub(super) fn add_noise(&mut self, seen: &Seen, evidence: &Evidence) {
        let Seen { aspect, difference } = seen;
        if is_membership(difference) {
            self.lists.insert((*aspect, difference.pattern.clone()));
        }
        let trait_ = Trait::of(difference.kind);
        self.by_pattern.entry((*aspect, difference.pattern.clone(), trait_)).or_insert_with(|| evidence.clone());
        self.by_key.entry((*aspect, difference.key.clone(), trait_)).or_insert_with(|| evidence.clone());
    }

    /// Why a difference from before that both sides share says nothing: the field comes and goes by itself in other rows. That
    /// it does so in this one too, more looks at before would have shown, and there is one alone.
    pub(super) fn explains_of_both(&self, seen: &Seen) -> Option<&Evidence> {
        let Seen { aspect, difference } = seen;
        let found = || self.by_pattern.get(&(*aspect, difference.pattern.clone(), Trait::of(difference.kind)));
        self.explains(seen).or_else(|| if is_line(difference) { None } else { found() })
    }

    /// Why a difference from before says nothing: its place varies by itself now.
    pub(super) fn explains(&self, seen: &Seen) -> Option<&Evidence> {
        let Seen { aspect, difference } = seen;
        if is_line(difference) {
            let lines = [&difference.expected, &difference.actual].into_iter().flatten();
            return lines.into_iter().find_map(|line| self.by_key.get(&(*aspect, line_key(line), Trait::Value)));
        }
        let trait_ = Trait::of(difference.kind);
        let traits = [trait_, if trait_ == Trait::Value { Trait::Type } else { trait_ }];
        // Of before there is one look alone: which of a random list's rows it had says nothing.
        let is_wide = trait_.is_of_the_path() || is_positional(&difference.key) || is_membership(difference);
        let found = traits.into_iter().find_map(|trait_| {
            if is_wide {
                self.by_pattern.get(&(*aspect, difference.pattern.clone(), trait_))
            } else {
                self.by_key.get(&(*aspect, difference.key.clone(), trait_))
            }
        });
        found.or_else(|| self.list_of(*aspect, difference))
    }

    /// The evidence of a volatile list around a place that is known by its position alone.
    fn list_of(&self, aspect: Aspect, difference: &Difference) -> Option<&Evidence> {
        if !is_positional(&difference.key) {
            return None;
        }
        let pattern = &difference.pattern;
        let list = pattern
            .match_indices("[*]")
            .map(|(at, step)| &pattern[..at + step.len()])
            .find(|list| self.lists.contains(&(aspect, (*list).to_owned())))?;
        self.by_pattern.get(&(aspect, list.to_owned(), Trait::Presence))
    }
}

fn line_key(line: &Json) -> String {
    format!("line {}", json::to_compact(line))
}
