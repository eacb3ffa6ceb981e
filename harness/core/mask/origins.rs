//! The environment's own URLs, wherever they stand in a text.

use std::ops::Range;

use aho_corasick::AhoCorasick;
use url::Url;

/// The environment's own URLs by name, aliases included.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    origins: Vec<Origin>,
    /// Finds the hosts; nothing where there are none.
    hosts: Option<AhoCorasick>,
}

#[derive(Debug, Clone)]
struct Origin {
    name: String,
    scheme: String,
    port: Option<u16>,
    is_default_port: bool,
    /// The path of the URL; what follows must stand below it.
    segments: Vec<String>,
}

/// Where an own URL stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) range: Range<usize>,
    /// The place of the origin in the order given: the first one wins where two are equal.
    pub(super) place: usize,
}

/// What stands right beside a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// Nothing: the text begins or ends here.
    End,
    /// Something that has got a name already, and could have continued a host.
    Token,
}

impl Origins {
    /// The URLs that `{{ name }}` stands for, aliases under the same name. Where two are equal the first one names.
    #[must_use]
    pub fn new(urls: impl IntoIterator<Item = (String, Url)>) -> Self {
        let (mut origins, mut hosts) = (Vec::new(), Vec::new());
        for (name, url) in urls {
            let Some(host) = url.host_str() else { continue };
            hosts.push(host.to_owned());
            origins.push(Origin {
                name,
                scheme: url.scheme().to_owned(),
                port: url.port_or_known_default(),
                // `Url` drops a port that is its scheme's own.
                is_default_port: url.port().is_none(),
                segments: url.path_segments().into_iter().flatten().filter(|segment| !segment.is_empty()).map(str::to_owned).collect(),
            });
        }
        let hosts = (!hosts.is_empty()).then(|| {
            AhoCorasick::builder().ascii_case_insensitive(true).build(&hosts).expect("hosts are far below the limits of automata")
        });
        Self { origins, hosts }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.origins.is_empty()
    }

    /// The name that stands for an origin.
    pub(super) fn name(&self, place: usize) -> &str {
        &self.origins[place].name
    }

    /// Every place where an own URL stands as a whole origin. Places may overlap.
    pub(super) fn find(&self, text: &str, before: Edge, after: Edge) -> Vec<Found> {
        // Most keys and values of a document are shorter than any host.
        let Some(hosts) = self.hosts.as_ref().filter(|hosts| text.len() >= hosts.min_pattern_len()) else { return Vec::new() };
        let mut found = Vec::new();
        for hit in hosts.find_overlapping_iter(text) {
            let place = hit.pattern().as_usize();
            let origin = &self.origins[place];
            let start = origin.start(&text[..hit.start()], before);
            let rest = origin.rest(&text[hit.end()..], after);
            if let (Some(start), Some(rest)) = (start, rest) {
                found.push(Found { range: start..text.len() - rest, place });
            }
        }
        found
    }
}

/// `/`, `:` and how URLs, JSON and HTML escape them.
struct Mark {
    plain: char,
    hex: &'static str,
    references: [&'static str; 3],
}

const SLASH: Mark = Mark { plain: '/', hex: "2f", references: ["&#x2f;", "&#47;", "&sol;"] };
const COLON: Mark = Mark { plain: ':', hex: "3a", references: ["&#x3a;", "&#58;", "&colon;"] };

/// A text may be escaped this many times, and still be read.
const MAX_NESTED: usize = 4;

impl Mark {
    /// The text before the mark that it ends in.
    fn strip_suffix<'text>(&self, text: &'text str) -> Option<&'text str> {
        if let Some(rest) = text.strip_suffix(self.plain) {
            return Some(strip_backslashes(rest));
        }
        if let Some(rest) = self.references.iter().find_map(|reference| strip_suffix_ignoring_case(text, reference)) {
            return Some(rest);
        }
        let mut rest = strip_suffix_ignoring_case(text, self.hex)?;
        if let Some(rest) = strip_suffix_ignoring_case(rest, "u00") {
            let stripped = strip_backslashes(rest);
            return (stripped.len() < rest.len()).then_some(stripped);
        }
        for _ in 0..MAX_NESTED {
            if let Some(rest) = rest.strip_suffix('%') {
                return Some(rest);
            }
            rest = rest.strip_suffix("25")?;
        }
        None
    }

    /// The text after the mark that it begins with.
    fn strip_prefix<'text>(&self, text: &'text str) -> Option<&'text str> {
        let bare = text.trim_start_matches('\\');
        if text.len() - bare.len() <= 1 << MAX_NESTED {
            if let Some(rest) = bare.strip_prefix(self.plain) {
                return Some(rest);
            }
            if bare.len() < text.len()
                && let Some(rest) = strip_prefix_ignoring_case(bare, "u00").and_then(|rest| strip_prefix_ignoring_case(rest, self.hex))
            {
                return Some(rest);
            }
        }
        if let Some(rest) = self.references.iter().find_map(|reference| strip_prefix_ignoring_case(text, reference)) {
            return Some(rest);
        }
        let mut rest = text.strip_prefix('%')?;
        for _ in 0..MAX_NESTED {
            if let Some(rest) = strip_prefix_ignoring_case(rest, self.hex) {
                return Some(rest);
            }
            rest = rest.strip_prefix("25")?;
        }
        None
    }
}

fn strip_backslashes(text: &str) -> &str {
    let stripped = text.trim_end_matches('\\');
    if text.len() - stripped.len() <= 1 << MAX_NESTED { stripped } else { text }
}

fn strip_suffix_ignoring_case<'text>(text: &'text str, suffix: &str) -> Option<&'text str> {
    let at = text.len().checked_sub(suffix.len())?;
    text.is_char_boundary(at).then(|| text.split_at(at)).filter(|(_, end)| end.eq_ignore_ascii_case(suffix)).map(|(rest, _)| rest)
}

fn strip_prefix_ignoring_case<'text>(text: &'text str, prefix: &str) -> Option<&'text str> {
    let start = text.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

impl Origin {
    /// Where the URL begins that goes on with this host: at its scheme, or behind the slashes of `//host`.
    fn start(&self, before: &str, edge: Edge) -> Option<usize> {
        let slashes = SLASH.strip_suffix(SLASH.strip_suffix(before)?)?;
        if let Some(scheme_end) = COLON.strip_suffix(slashes) {
            let start = strip_suffix_ignoring_case(scheme_end, &self.scheme)?;
            return Some(start.len());
        }
        // `///host` and `path//host` are something else.
        let is_relative = SLASH.strip_suffix(slashes).is_none() && is_free(slashes, edge);
        is_relative.then_some(before.len())
    }

    /// How much text is left behind the port and path of this origin, if they stand there and nothing continues them.
    fn rest(&self, after: &str, edge: Edge) -> Option<usize> {
        let mut rest = after;
        let mut has_port = false;
        if let Some(port) = COLON.strip_prefix(after) {
            let n_digits = port.bytes().take_while(u8::is_ascii_digit).count();
            if n_digits > 0 {
                if port[..n_digits].parse().ok() != self.port {
                    return None;
                }
                has_port = true;
                rest = &port[n_digits..];
            } else if is_user_info(port, edge) {
                return None;
            }
        }
        if !has_port && !self.is_default_port {
            return None;
        }
        for segment in &self.segments {
            rest = SLASH.strip_prefix(rest)?.strip_prefix(segment.as_str())?;
        }
        is_boundary(rest, edge).then_some(rest.len())
    }
}

/// Whether what follows `host:` is a password: `https://own.example.org:x@evil.example.org`.
fn is_user_info(text: &str, edge: Edge) -> bool {
    const LONGEST: usize = 256;
    let is_end = |character: &char| matches!(character, '/' | '?' | '#' | '"' | '\'' | '<' | '>') || character.is_whitespace();
    match text.chars().take(LONGEST).find(|character| *character == '@' || is_end(character)) {
        Some(character) => character == '@',
        None => edge == Edge::Token,
    }
}

/// Whether `//host` may begin after this text.
fn is_free(before: &str, edge: Edge) -> bool {
    let Some(last) = before.chars().next_back() else { return edge == Edge::End };
    if !last.is_ascii_alphanumeric() && !matches!(last, '+' | '.' | '-') {
        return true;
    }
    // The last sign of an escape: `%20`, `\n`, `\u0022`.
    let bytes = before.as_bytes();
    let is_hex = |count: usize| bytes.iter().rev().take(count).all(u8::is_ascii_hexdigit);
    let from_end = |count: usize| bytes.len().checked_sub(count).map(|at| bytes[at]);
    (is_hex(2) && from_end(3) == Some(b'%'))
        || (is_hex(4) && from_end(5) == Some(b'u') && from_end(6) == Some(b'\\'))
        || (matches!(last, 'n' | 'r' | 't' | 'b' | 'f') && from_end(2) == Some(b'\\'))
}

/// Whether a host, a port or a path segment ends before this text.
fn is_boundary(after: &str, edge: Edge) -> bool {
    let mut characters = after.chars();
    let continues = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_' | '~' | '@');
    match characters.next() {
        None => edge == Edge::End,
        // The full stop of a sentence, but not that of `example.org.evil`.
        Some('.') => characters.next().map_or(edge == Edge::End, |character| !continues(character)),
        Some('%') => {
            let byte = after.get(1..3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
            byte.map_or(edge == Edge::End, |byte| byte != b'.' && byte < 0x80 && !continues(char::from(byte)))
        }
        Some(character) => !continues(character),
    }
}
