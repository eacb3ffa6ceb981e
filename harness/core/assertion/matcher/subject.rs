//! What a matcher judges: a value or nothing, how it is read, and where it stands.

use std::fmt::Write;

use crate::json::{Json, Segment};

/// What a matcher judges.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The value; nothing when nothing was found.
    pub value: Option<&'a Json>,
    /// How it is read.
    pub mode: Mode,
    /// Where it stands.
    pub place: Place<'a>,
}

/// How a value is read, which decides what a plain value in the suite means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A JSON value: kinds count, `1` is not `"1"`.
    Json,
    /// Text of headers, cookies, query, pages: a plain number matches the same digits.
    Text,
    /// Text of elements, or a list of such texts where several are asked for; numbers as in [`Mode::Text`].
    Texts,
    /// Text in which case does not count, such as `SameSite=Lax`.
    Word,
    /// A status code: `2xx` means its class.
    Status,
    /// How many: a number.
    Count,
    /// A size in bytes: takes `2 MB` too.
    Bytes,
    /// A duration as text with a unit, such as `812ms`.
    Duration,
    /// A number of seconds: takes `1h` too.
    Seconds,
    /// The names of a map's keys, whose order does not count.
    Keys,
}

impl Mode {
    /// Whether the value can never be a list or map, so that comparing it to one is a mistake in the suite.
    #[must_use]
    pub fn is_scalar(self) -> bool {
        match self {
            Self::Text | Self::Word | Self::Status | Self::Count | Self::Bytes | Self::Duration | Self::Seconds => true,
            Self::Json | Self::Texts | Self::Keys => false,
        }
    }

    /// How the elements of a list of this mode are read.
    #[must_use]
    pub fn of_elements(self) -> Self {
        match self {
            Self::Text | Self::Texts | Self::Word | Self::Keys => Self::Text,
            Self::Json | Self::Status | Self::Count | Self::Bytes | Self::Duration | Self::Seconds => Self::Json,
        }
    }

    /// What the value is, for messages: "a status".
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Json => "a value",
            Self::Text | Self::Texts | Self::Word => "text",
            Self::Status => "a status",
            Self::Count => "a number",
            Self::Bytes => "a size",
            Self::Duration | Self::Seconds => "a duration",
            Self::Keys => "the list of keys",
        }
    }
}

/// Where a value stands; rendered only when it is part of a failure.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// The subject itself, whose elements are counted from `$`.
    Whole,
    /// The subject itself, found at this normalized path of a document.
    At(&'a str),
    /// The subject is the list of what a path selected; each element stands at a path of its own.
    Selected(&'a [String]),
    /// An element of a list.
    Index(&'a Place<'a>, usize),
    /// The value of a map's key.
    Key(&'a Place<'a>, &'a str),
    /// Below another place, by a normalized path that begins with `$`.
    Below(&'a Place<'a>, &'a str),
}

impl Place<'_> {
    /// Whether the subject is the list of what a path selected.
    #[must_use]
    pub fn is_selection(&self) -> bool {
        matches!(self, Self::Selected(_))
    }

    /// The normalized path, or nothing for the subject itself.
    #[must_use]
    pub fn within(&self) -> Option<String> {
        match self {
            Self::Whole | Self::At(_) | Self::Selected(_) => None,
            Self::Index(..) | Self::Key(..) | Self::Below(..) => Some(self.path()),
        }
    }

    /// The normalized path; `$` for the subject itself where it has none.
    #[must_use]
    pub fn path(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) {
        match self {
            Self::Whole | Self::Selected(_) => text.push('$'),
            Self::At(path) => text.push_str(path),
            Self::Index(Place::Selected(paths), index) if *index < paths.len() => text.push_str(&paths[*index]),
            Self::Index(place, index) => {
                place.write(text);
                write!(text, "[{index}]").expect("a string takes all text");
            }
            Self::Key(place, key) => {
                place.write(text);
                write!(text, "{}", Segment::Key((*key).to_owned())).expect("a string takes all text");
            }
            Self::Below(place, path) => {
                place.write(text);
                text.push_str(path.strip_prefix('$').unwrap_or(path));
            }
        }
    }
}

impl<'a> Subject<'a> {
    /// A value that was found.
    #[must_use]
    pub fn found(value: &'a Json, mode: Mode) -> Self {
        Self { value: Some(value), mode, place: Place::Whole }
    }

    /// Nothing was found.
    #[must_use]
    pub fn nothing(mode: Mode) -> Self {
        Self { value: None, mode, place: Place::Whole }
    }

    /// The same, at a place.
    #[must_use]
    pub fn at(self, place: Place<'a>) -> Self {
        Self { place, ..self }
    }
}
