//! The segments of a JSONPath without filters (RFC 9535): their syntax, and what they select of a list.

use super::Position;

/// One segment of a JSONPath without filters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// Whether it looks at every depth (`..`).
    pub(crate) descends: bool,
    /// What it selects of each list or map.
    pub(crate) picks: Vec<Pick>,
}

/// What a segment selects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pick {
    Key(String),
    /// Negative counts from the end.
    Index(i64),
    All,
    Slice {
        start: Option<i64>,
        end: Option<i64>,
        step: i64,
    },
}

impl Pick {
    /// The positions it selects of a list of `length` elements, in its order.
    pub(crate) fn positions(&self, length: usize) -> Vec<usize> {
        match self {
            Self::Key(_) => Vec::new(),
            Self::Index(index) => position(*index, length).into_iter().collect(),
            Self::All => (0..length).collect(),
            Self::Slice { start, end, step } => slice(*start, *end, *step, length),
        }
    }
}

impl Pick {
    /// Whether a slice holds that position.
    pub(crate) fn slice_contains(&self, position: Position) -> bool {
        let Self::Slice { start, end, step } = self else { return false };
        // The ends of the slice in the list's own positions (RFC 9535, section 2.3.4.2.2).
        let length = i64::try_from(position.length).unwrap_or(i64::MAX);
        let index = i64::try_from(position.index).unwrap_or(i64::MAX);
        let normal = |index: i64| if index >= 0 { index } else { length.saturating_add(index) };
        if *step > 0 {
            let lower = normal(start.unwrap_or(0)).clamp(0, length);
            let upper = normal(end.unwrap_or(length)).clamp(0, length);
            (lower..upper).contains(&index) && (index - lower) % step == 0
        } else if *step < 0 {
            let upper = normal(start.unwrap_or(length - 1)).clamp(-1, length - 1);
            let lower = end.map_or(-1, |end| normal(end).clamp(-1, length - 1));
            lower < index && index <= upper && (upper - index) % step == 0
        } else {
            false
        }
    }
}

/// The position that an index means, negative ones from the end.
pub(super) fn position(index: i64, length: usize) -> Option<usize> {
    let length = i64::try_from(length).ok()?;
    let index = if index < 0 { length.checked_add(index)? } else { index };
    (0..length).contains(&index).then(|| usize::try_from(index).expect("between zero and a length"))
}

/// RFC 9535, section 2.3.4.2.2.
fn slice(start: Option<i64>, end: Option<i64>, step: i64, length: usize) -> Vec<usize> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let normal = |index: i64| if index >= 0 { index } else { length.saturating_add(index) };
    let mut selected = Vec::new();
    let mut take = |index: i64| selected.push(usize::try_from(index).expect("between zero and a length"));
    if step > 0 {
        let lower = normal(start.unwrap_or(0)).clamp(0, length);
        let upper = normal(end.unwrap_or(length)).clamp(0, length);
        let mut index = lower;
        while index < upper {
            take(index);
            index = index.saturating_add(step);
        }
    } else if step < 0 {
        let upper = normal(start.unwrap_or(length - 1)).clamp(-1, length - 1);
        let lower = end.map_or(-1, |end| normal(end).clamp(-1, length - 1));
        let mut index = upper;
        while lower < index {
            take(index);
            index = index.saturating_add(step);
        }
    }
    selected
}

/// The segments of a path that is known to be a JSONPath; nothing if it holds a filter.
pub(super) fn steps(text: &str) -> Option<Vec<Step>> {
    let mut scanner = Scanner { rest: text.strip_prefix('$')? };
    let mut steps = Vec::new();
    loop {
        scanner.blank();
        if scanner.rest.is_empty() {
            return Some(steps);
        }
        let descends = scanner.take("..");
        let picks = if scanner.take("[") {
            scanner.bracket()?
        } else {
            if !descends && !scanner.take(".") {
                return None;
            }
            if scanner.take("*") { vec![Pick::All] } else { vec![Pick::Key(scanner.shorthand()?)] }
        };
        steps.push(Step { descends, picks });
    }
}

/// Reads the syntax of a text that is known to be a JSONPath.
pub(super) struct Scanner<'a> {
    pub(super) rest: &'a str,
}

impl Scanner<'_> {
    pub(super) fn take(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    pub(super) fn blank(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    pub(super) fn shorthand(&mut self) -> Option<String> {
        let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_' || !character.is_ascii();
        let end = self.rest.find(|character| !is_name(character)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!name.is_empty()).then(|| name.to_owned())
    }

    fn bracket(&mut self) -> Option<Vec<Pick>> {
        let mut picks = Vec::new();
        loop {
            self.blank();
            picks.push(self.pick()?);
            self.blank();
            if self.take("]") {
                return Some(picks);
            }
            if !self.take(",") {
                return None;
            }
        }
    }

    pub(super) fn pick(&mut self) -> Option<Pick> {
        if self.take("*") {
            return Some(Pick::All);
        }
        for quote in ['\'', '"'] {
            if self.rest.starts_with(quote) {
                self.rest = &self.rest[1..];
                return self.string(quote).map(Pick::Key);
            }
        }
        let start = self.integer();
        self.blank();
        if !self.take(":") {
            return start.map(Pick::Index);
        }
        self.blank();
        let end = self.integer();
        self.blank();
        let step = if self.take(":") {
            self.blank();
            self.integer().unwrap_or(1)
        } else {
            1
        };
        Some(Pick::Slice { start, end, step })
    }

    fn integer(&mut self) -> Option<i64> {
        let digits = self.rest.strip_prefix('-').unwrap_or(self.rest);
        let n_digits = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
        let (number, rest) = self.rest.split_at(self.rest.len() - digits.len() + n_digits);
        let number = number.parse().ok()?;
        self.rest = rest;
        Some(number)
    }

    /// A string up to its closing quote; the opening one was taken.
    pub(super) fn string(&mut self, quote: char) -> Option<String> {
        let mut text = String::new();
        let mut characters = self.rest.chars();
        loop {
            match characters.next()? {
                character if character == quote => {
                    self.rest = characters.as_str();
                    return Some(text);
                }
                '\\' => text.push(match characters.next()? {
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'u' => {
                        let mut unit = || {
                            let digits: String = characters.by_ref().take(4).collect();
                            u32::from_str_radix(&digits, 16).ok()
                        };
                        let first = unit()?;
                        if (0xd800..0xdc00).contains(&first) {
                            if (characters.next()?, characters.next()?) != ('\\', 'u') {
                                return None;
                            }
                            let digits: String = characters.by_ref().take(4).collect();
                            let low = u32::from_str_radix(&digits, 16).ok()?;
                            char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + low.checked_sub(0xdc00)?)?
                        } else {
                            char::from_u32(first)?
                        }
                    }
                    character @ ('/' | '\\' | '\'' | '"') => character,
                    _ => return None,
                }),
                character => text.push(character),
            }
        }
    }
}

/// How deep brackets nest outside of strings.
pub(super) fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest, mut quote, mut escaped) = (0_usize, 0, None, false);
    for character in text.chars() {
        match (quote, character) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if character == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '(' | '[') => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, _) => {}
        }
    }
    deepest
}
