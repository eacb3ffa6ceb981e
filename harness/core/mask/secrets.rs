//! The secrets of a run, and where they stand in a text, in whatever encoding.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashSet},
    fmt,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    ops::Range,
    sync::{Arc, OnceLock},
};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};

use super::decode::{Kind, decode, map_back};
use crate::json::Number;

/// What stands in place of a secret.
pub const MASK: &str = "•••";

/// A secret has at least this many characters: a shorter one would hide half of every text.
pub const MIN_SECRET: usize = 4;

/// A line of a secret of several lines counts by itself when it has at least this many characters.
const MIN_LINE: usize = 8;

/// How many layers of escapes around each other are undone.
const MAX_LAYERS: usize = 3;

/// The value is too short to be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("secret `{name}` is shorter than {MIN_SECRET} characters")]
pub struct TooShort {
    /// Its name.
    pub name: String,
}

/// Every secret that is known so far, with its name.
///
/// A value: a clone keeps what it knew. Adding is cheap, also for the thousandth secret; what searches is built
/// when it is first needed.
#[derive(Clone, Default)]
pub struct Secrets {
    // Sizes fall by at least half from one level to the next, so that there are few and each secret moves seldom.
    levels: Vec<Arc<Level>>,
}

struct Level {
    entries: Vec<Entry>,
    search: OnceLock<Search>,
}

#[derive(Clone)]
struct Entry {
    name: Arc<str>,
    value: Arc<str>,
}

struct Search {
    automaton: AhoCorasick,
    patterns: Vec<Pattern>,
}

/// What a match of a pattern means.
struct Pattern {
    entry: usize,
    /// For base64: what the digits beside the match must hold, as the rest of their bits is the neighbours'.
    edges: Option<Edges>,
}

/// The bits of a secret in the base64 digits at its edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Edges {
    before: Bits,
    after: Bits,
}

/// Some bits of a base64 digit; none of them where the digit holds nothing of the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Bits {
    mask: u8,
    value: u8,
}

/// Where a secret stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) range: Range<usize>,
    pub(super) name: Arc<str>,
}

impl Secrets {
    /// Adds a secret. `name` is what stands in `{{ secret.NAME }}`; several values may share it.
    ///
    /// Derived values belong here too: what a template made with a secret, Basic credentials, fetched tokens, captures
    /// that are marked secret.
    ///
    /// # Errors
    /// The value has fewer than [`MIN_SECRET`] characters.
    pub fn add(&mut self, name: &str, value: &str) -> Result<(), TooShort> {
        if value.chars().count() < MIN_SECRET {
            return Err(TooShort { name: name.to_owned() });
        }
        if self.entries().any(|entry| &*entry.name == name && &*entry.value == value) {
            return Ok(());
        }
        let mut entries = vec![Entry { name: name.into(), value: value.into() }];
        while let Some(last) = self.levels.pop_if(|last| last.entries.len() <= entries.len()) {
            entries.extend(last.entries.iter().cloned());
        }
        self.levels.push(Arc::new(Level { entries, search: OnceLock::new() }));
        Ok(())
    }

    /// Adds everything that another value knows.
    pub fn add_all(&mut self, other: &Self) {
        for entry in other.entries() {
            self.add(&entry.name, &entry.value).expect("it was long enough before");
        }
    }

    /// The same secrets under other names, so that two environments can call their tokens alike; names not listed stay.
    #[must_use]
    pub fn renamed(&self, names: &BTreeMap<String, String>) -> Self {
        let mut renamed = Self::default();
        for entry in self.entries() {
            let name = names.get(&*entry.name).map_or(&*entry.name, String::as_str);
            renamed.add(name, &entry.value).expect("it was long enough before");
        }
        renamed
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.levels.iter().map(|level| level.entries.len()).sum()
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.levels.iter().flat_map(|level| &level.entries)
    }

    /// The name of the secret that is exactly this value.
    #[must_use]
    pub fn name_of(&self, value: &str) -> Option<&str> {
        self.entries().filter(|entry| &*entry.value == value).map(|entry| &*entry.name).min()
    }

    /// The name of the secret whose value is written as this number is.
    pub(super) fn name_of_number(&self, number: &Number) -> Option<&str> {
        self.name_of(number.as_str())
    }

    /// Replaces what is left of every secret, in every form, by `•••`, in such a way that JSON stays JSON: a number or word
    /// outside of quotes becomes `null`. Takes time linear in the text.
    ///
    /// Forms: as it is; percent-encoded, JSON-escaped and HTML-escaped, wholly or in part, in either hex case and up
    /// to three times around each other; form-encoded; in hex; in base64 of either alphabet at any of the three
    /// alignments, also twice. Secrets of several lines also line by line.
    ///
    /// A secret that is itself a piece of JSON with quotes or brackets can still break the JSON around it when it
    /// stands there unescaped and not as a whole value.
    #[must_use]
    pub fn mask_bytes<'text>(&self, text: &'text [u8]) -> Cow<'text, [u8]> {
        let found = self.find(text);
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut masked = Vec::with_capacity(text.len());
        let mut at = 0;
        for Found { range, .. } in found {
            let (range, replacement) = match bare_token(text, &range) {
                Some((token, replacement)) => (token, replacement),
                None => (range, MASK),
            };
            // A bare token may hold two secrets.
            if range.end <= at {
                continue;
            }
            if range.start >= at {
                masked.extend_from_slice(&text[at..range.start]);
                masked.extend_from_slice(replacement.as_bytes());
            }
            at = range.end;
        }
        masked.extend_from_slice(&text[at..]);
        Cow::Owned(masked)
    }

    /// As [`Secrets::mask_bytes`], for text.
    #[must_use]
    pub fn mask_text<'text>(&self, text: &'text str) -> Cow<'text, str> {
        match self.mask_bytes(text.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            // A secret may end inside of a character only where it is escaped, and escapes are ASCII.
            Cow::Owned(masked) => Cow::Owned(String::from_utf8_lossy(&masked).into_owned()),
        }
    }

    /// Where secrets stand, in order and apart from each other. What overlaps is one place, named by its longest part.
    pub(super) fn find(&self, text: &[u8]) -> Vec<Found> {
        if self.levels.is_empty() || text.len() < MIN_SECRET {
            return Vec::new();
        }
        let mut found = Vec::new();
        self.find_below(&mut vec![(Cow::Borrowed(text), None)], &mut HashSet::new(), &mut found);
        unite(found)
    }

    /// Searches the last of the texts, and then what each kind of escape makes of it. Each text is the one before it
    /// with one kind of escape undone.
    fn find_below(&self, layers: &mut Vec<(Cow<'_, [u8]>, Option<Kind>)>, seen: &mut HashSet<u64>, all: &mut Vec<Found>) {
        let (text, _) = layers.last().expect("there is a text");
        // The order in which escapes of two kinds are undone seldom matters: then the text has been searched already.
        let mut hasher = DefaultHasher::new();
        (layers.len(), text).hash(&mut hasher);
        if !seen.insert(hasher.finish()) {
            return;
        }
        let found = self.search(text);
        if !found.is_empty() {
            let (mut ranges, names): (Vec<_>, Vec<_>) = found.into_iter().map(|found| (found.range, found.name)).unzip();
            for pair in layers.windows(2).rev() {
                if let [(below, _), (_, Some(kind))] = pair {
                    map_back(below, *kind, &mut ranges);
                }
            }
            all.extend(ranges.into_iter().zip(names).map(|(range, name)| Found { range, name }));
        }
        if layers.len() > MAX_LAYERS {
            return;
        }
        for kind in Kind::ALL {
            let (text, _) = layers.last().expect("there is a text");
            if let Some(decoded) = decode(text, kind) {
                layers.push((Cow::Owned(decoded), Some(kind)));
                self.find_below(layers, seen, all);
                layers.pop();
            }
        }
    }

    fn search(&self, text: &[u8]) -> Vec<Found> {
        let mut found = Vec::new();
        for level in &self.levels {
            let Search { automaton, patterns } = level.search.get_or_init(|| level.build());
            for hit in automaton.find_overlapping_iter(text) {
                let pattern = &patterns[hit.pattern().as_usize()];
                let range = match pattern.edges {
                    Some(edges) => widen(text, edges, hit.range()),
                    None => Some(hit.range()),
                };
                found.extend(range.map(|range| Found { range, name: Arc::clone(&level.entries[pattern.entry].name) }));
            }
        }
        found
    }
}

/// Shows how many secrets there are and no more.
impl fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Secrets({})", self.len())
    }
}

/// Takes in the base64 digits at the edges that hold bits of the secret, and the padding; nothing if they hold other bits.
fn widen(text: &[u8], edges: Edges, mut range: Range<usize>) -> Option<Range<usize>> {
    let digit = |at: Option<usize>| at.and_then(|at| text.get(at)).copied().and_then(base64_digit);
    // A digit that is missing was cut off: what is left is hidden all the same.
    if let Some(value) = digit(range.start.checked_sub(1)).filter(|_| edges.before.mask > 0) {
        if value & edges.before.mask != edges.before.value {
            return None;
        }
        range.start -= 1;
    }
    if let Some(value) = digit(Some(range.end)).filter(|_| edges.after.mask > 0) {
        if value & edges.after.mask != edges.after.value {
            return None;
        }
        range.end += 1;
    }
    for _ in 0..2 {
        range.end += usize::from(text.get(range.end) == Some(&b'='));
    }
    Some(range)
}

/// What a digit of either base64 alphabet stands for (RFC 4648, 4 and 5).
fn base64_digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// Makes overlapping places one, named by the longest of them, then by the alphabet.
fn unite(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by(|one, two| {
        one.range.start.cmp(&two.range.start).then_with(|| two.range.end.cmp(&one.range.end)).then_with(|| one.name.cmp(&two.name))
    });
    let mut united: Vec<(Found, usize)> = Vec::new();
    for next in found {
        let length = next.range.len();
        match united.last_mut().filter(|(last, _)| next.range.start < last.range.end) {
            Some((last, longest)) => {
                last.range.end = last.range.end.max(next.range.end);
                if length > *longest || (length == *longest && next.name < last.name) {
                    last.name = next.name;
                    *longest = length;
                }
            }
            None => united.push((next, length)),
        }
    }
    united.into_iter().map(|(found, _)| found).collect()
}

/// The JSON number, word or whole list or map outside of quotes that a match lies in, and what may stand there instead.
fn bare_token(text: &[u8], range: &Range<usize>) -> Option<(Range<usize>, &'static str)> {
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let start = range.start - text[..range.start].iter().rev().take_while(is_part).count();
    let end = range.end + text[range.end..].iter().take_while(is_part).count();
    let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let before = text[..start].iter().rev().find(|byte| !is_blank(byte));
    let after = text[end..].iter().find(|byte| !is_blank(byte));
    if !matches!(before, None | Some(b'[' | b',' | b':')) || !matches!(after, None | Some(b']' | b',' | b'}')) {
        return None;
    }
    let token = std::str::from_utf8(&text[start..end]).ok()?;
    let is_whole = (token.starts_with('{') && token.ends_with('}')) || (token.starts_with('[') && token.ends_with(']'));
    if token == "null" {
        return Some((start..end, "0"));
    }
    (is_whole || matches!(token, "true" | "false") || Number::parse(token).is_some()).then_some((start..end, "null"))
}

impl Level {
    fn build(&self) -> Search {
        let (mut texts, mut patterns) = (Vec::new(), Vec::new());
        for (entry, Entry { value, .. }) in self.entries.iter().enumerate() {
            for Form { bytes, edges } in forms(value) {
                texts.push(bytes);
                patterns.push(Pattern { entry, edges });
            }
        }
        // A table is twice as fast to search, as long as there are few secrets.
        const FEW_BYTES: usize = 24_000;
        let is_small = texts.iter().map(Vec::len).sum::<usize>() < FEW_BYTES;
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(is_small.then_some(AhoCorasickKind::DFA))
            .build(&texts)
            .expect("secrets are far below the limits of automata");
        Search { automaton, patterns }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Form {
    bytes: Vec<u8>,
    edges: Option<Edges>,
}

/// Every text that gives a secret away once the escapes around it are undone.
fn forms(value: &str) -> Vec<Form> {
    let mut texts = vec![value.to_owned()];
    let is_long = |text: &str, least: usize| text.chars().count() >= least;
    texts.extend(Some(value.trim().to_owned()).filter(|text| is_long(text, MIN_SECRET)));
    if value.contains('\n') {
        texts.push(value.replace("\r\n", "\n"));
        texts.push(value.replace("\r\n", "\n").replace('\n', "\r\n"));
        // The armour of keys is no secret, and stands around others too.
        let lines = value.lines().map(str::trim).filter(|line| is_long(line, MIN_LINE) && !line.starts_with("-----"));
        texts.extend(lines.map(str::to_owned));
    }
    // Many a server reads UTF-8 as Latin-1 and throws that back.
    let misread = |text: &String| text.bytes().map(char::from).collect::<String>();
    let misread: Vec<String> = texts.iter().filter(|text| !text.is_ascii()).map(misread).collect();
    texts.extend(misread);
    let mut forms = Vec::new();
    let plain = |bytes: Vec<u8>| Form { bytes, edges: None };
    for text in texts {
        if text.contains(' ') {
            forms.push(plain(text.replace(' ', "+").into_bytes()));
        }
        let bytes = text.into_bytes();
        for digits in ["0123456789abcdef", "0123456789ABCDEF"] {
            let digit = |value: u8| digits.as_bytes()[usize::from(value)];
            forms.push(plain(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()));
        }
        forms.extend(base64_forms(&bytes));
        // Twice, as when credentials are put into a token; the inner text is whole.
        for inner in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            forms.extend(base64_forms(inner.as_bytes()));
        }
        forms.push(plain(bytes));
    }
    forms.sort();
    forms.dedup();
    forms
}

/// Base64 of either alphabet, wherever in the encoded text the bytes begin.
fn base64_forms(bytes: &[u8]) -> Vec<Form> {
    let mut forms = Vec::new();
    for alignment in 0..3 {
        let shifted: Vec<u8> = std::iter::repeat_n(0, alignment).chain(bytes.iter().copied()).collect();
        let (n_bits_before, n_bits) = (8 * alignment, 8 * shifted.len());
        let (first, end) = (n_bits_before.div_ceil(6), n_bits / 6);
        let digits = STANDARD_NO_PAD.encode(&shifted);
        // The bits of the neighbours are zero here: a whole digit is what the secret puts into it.
        let bits = |place: Option<usize>, mask: u8| {
            let value = place.and_then(|place| digits.as_bytes().get(place)).copied().and_then(base64_digit);
            value.map_or(Bits { mask: 0, value: 0 }, |value| Bits { mask, value })
        };
        let edges = Edges {
            before: bits(first.checked_sub(1), [0, 0b00_1111, 0b00_0011][alignment]),
            after: bits((end < digits.len()).then_some(end), [0, 0b11_0000, 0b11_1100][n_bits % 6 / 2]),
        };
        for digits in [&digits, &URL_SAFE_NO_PAD.encode(&shifted)] {
            forms.push(Form { bytes: digits.as_bytes()[first..end].to_vec(), edges: Some(edges) });
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;

    use super::*;
    use crate::json::read;

    fn secrets(values: &[&str]) -> Secrets {
        let mut secrets = Secrets::default();
        for (place, value) in values.iter().enumerate() {
            secrets.add(&format!("S{place}"), value).unwrap();
        }
        secrets
    }

    #[track_caller]
    fn check(values: &[&str], text: &str, expected: &str) {
        let secrets = secrets(values);
        assert_eq!(secrets.mask_text(text), expected, "{text}");
        assert_eq!(secrets.mask_text(expected), expected, "once is enough: {expected}");
    }

    #[test]
    fn every_form_is_masked_and_its_neighbour_is_not() {
        // Escaped for HTML first, then sent as a form: one space is an entity, the other a plus.
        check(&["a- +éA 0"], "x=a-%26%2332%3B%2B%C3%A9A+0", "x=•••");
        const SECRET: &str = "p&ss \"w/rd+é<";
        for (masked, kept) in [
            (SECRET, "p&ss \"w/rd+é>"),
            ("p&ss \"w/rd+Ã©<", "p&ss \"w/rd+Ã¨<"),
            ("p%26ss%20%22w%2Frd%2B%C3%A9%3C", "p%26ss%20%22w%2Frd%2B%C3%A9%3E"),
            ("p%26ss%20%22w%2frd%2b%c3%a9%3c", "p%26ss%20%22w%2frd%2b%c3%a8%3c"),
            ("%70%26%73%73%20%22%77%2F%72%64%2B%C3%A9%3C", "%70%26%73%73%20%22%77%2F%72%64%2B%C3%A9%3D"),
            ("p%26ss+%22w%2Frd%2B%C3%A9%3C", "p%26ss-%22w%2Frd%2B%C3%A9%3C"),
            (r#"p&ss \"w\/rd+\u00e9<"#, r#"p&ss \"w\/rd+\u00e8<"#),
            (r#"\u0070\u0026\u0073\u0073\u0020\u0022w\u002Frd+\u00E9\u003C"#, r#"\u0070\u0026\u0073\u0073\u0021"#),
            (r"p\u0026ss \u0022w/rd\x2b\xe9\x3c", r"p\u0026ss \u0022w/rd\x2b\xe9\x3d"),
            ("p&amp;ss &quot;w/rd+é&lt;", "p&amp;ss &quot;w/rd+é&gt;"),
            ("p&#38;ss &#34;w/rd+&eacute;&#60;", "p&#38;ss &#34;w/rd+&egrave;&#60;"),
            ("p&#x26;ss&#x20;&#x22;w&sol;rd&plus;&#xE9;&#x3C;", "p&#x27;ss&#x20;&#x22;w&sol;rd&plus;&#xE9;&#x3C;"),
            ("cCZzcyAidy9yZCvDqTw=", "cCZzcyAidy9yZCvDqT0="),
            ("cCZzcyAidy9yZCvDqTw", "cCZzcyAidy8yZCvDqTw"),
            ("cCZzcyAidy9yZCvDqTw%3D", "dCZzcyAidy9yZCvDqTw%3D"),
            ("Y0NaemN5QWlkeTl5WkN2RHFUdz0=", "Y0NaemN5QWAkeTl5WkN2RHFUdz0="),
            ("7026737320227 72f72642bc3a93c".replace(' ', "").as_str(), "7026737320227 72f72642bc3a93d".replace(' ', "").as_str()),
            ("70267373202277 2F72642BC3A93C".replace(' ', "").as_str(), "70267373202277 2F72642BC3A93E".replace(' ', "").as_str()),
            // One encoding inside another.
            ("p%2526ss%2520%2522w%252Frd%252B%25C3%25A9%253C", "p%2526ss%2520%2522w%252Frd%252B%25C3%25A9%253D"),
            (r"p\u0026amp;ss &quot;w\/rd+\u00e9\u0026lt;", r"p\u0026amp;ss &quot;w\/rd+\u00e9\u0026gt;"),
        ] {
            let text = format!("<{masked}>");
            let hidden = secrets(&[SECRET]).mask_text(&text).into_owned();
            assert!(hidden.starts_with("<•••") && hidden.len() < 20, "{text} → {hidden}");
            check(&[SECRET], kept, kept);
        }
    }

    #[test]
    fn base64_of_a_pair_is_masked_at_every_alignment() {
        for user in ["", "a", "ad", "ada"] {
            for rest in ["", "!", "!!", "!!!"] {
                let pair = STANDARD_NO_PAD.encode(format!("{user}:hunter2{rest}"));
                let masked = secrets(&["hunter2"]).mask_text(&pair).into_owned();
                assert!(masked.contains(MASK), "{pair}");
                let kept = STANDARD_NO_PAD.encode(format!("{user}:hunter3{rest}"));
                check(&["hunter2"], &kept, &kept);
            }
        }
    }

    #[test]
    fn json_stays_json() {
        check(
            &["1234"],
            r#"{"pin": 1234, "pins": [1234,99, 912345 ], "s": "1234"}"#,
            r#"{"pin": null, "pins": [null,99, null ], "s": "•••"}"#,
        );
        check(&["1234"], "1234", "null");
        check(&["1234"], "took 1234 ms", "took ••• ms");
        check(&["true"], r#"{"a":true,"b":null,"c":"true"}"#, r#"{"a":null,"b":null,"c":"•••"}"#);
        check(&["null"], r#"{"a":true,"b":null}"#, r#"{"a":true,"b":0}"#);
        check(&[r#"{"key":"abc"}"#], r#"{"c":{"key":"abc"},"d":"{\"key\":\"abc\"}"}"#, r#"{"c":null,"d":"•••"}"#);
        check(&["a\"b\\c"], r#"{"a\"b\\c": "x a\"b\\c y"}"#, r#"{"•••": "x ••• y"}"#);
        for text in [r#"[1234.5, -1234, 1.1234e5, {"x":1234}]"#, r#"{"a":"\u0031234"}"#] {
            assert!(read(secrets(&["1234"]).mask_text(text).as_bytes()).is_ok(), "{text}");
        }
    }

    #[test]
    fn overlapping_secrets_leave_nothing() {
        check(&["abcdef", "defghi"], "xabcdefghiy", "x•••y");
        check(&["abcd", "xabcdx"], "xabcdx abcd", "••• •••");
        check(&["aaaa"], "aaaaaaaaa aaa", "••• aaa");
    }

    #[test]
    fn secrets_of_several_lines_count_line_by_line() {
        let key = "-----BEGIN KEY-----\nMIIEowIBAAKC\nshort\n-----END KEY-----\n";
        check(&[key], "x MIIEowIBAAKC y", "x ••• y");
        check(&[key], "short -----BEGIN KEY-----", "short -----BEGIN KEY-----");
        check(&[key], &key.replace('\n', "\r\n"), "•••");
        check(&[key], &key.replace('\n', "\\n"), "•••");
        check(&["hunter2\n"], "hunter2", "•••");
    }

    #[test]
    fn what_is_too_short_is_refused() {
        let mut secrets = Secrets::default();
        assert_eq!(secrets.add("PIN", "äöü").unwrap_err().to_string(), "secret `PIN` is shorter than 4 characters");
        assert!(secrets.is_empty() && matches!(secrets.mask_text("äöü"), Cow::Borrowed(_)));
        assert!(secrets.add("PIN", "äöüß").is_ok());
    }

    #[test]
    fn a_clone_keeps_what_it_knew() {
        let mut secrets = secrets(&["abcdef"]);
        let earlier = secrets.clone();
        secrets.add("LATER", "ghijkl").unwrap();
        secrets.add("LATER", "ghijkl").unwrap();
        assert_eq!((earlier.len(), secrets.len()), (1, 2));
        assert_eq!((earlier.mask_text("ghijkl"), secrets.mask_text("ghijkl")), ("ghijkl".into(), MASK.into()));
        assert_eq!(format!("{secrets:?}"), "Secrets(2)");
    }

    #[test]
    fn many_secrets_are_cheap_to_add() {
        let mut secrets = Secrets::default();
        for place in 0..500 {
            secrets.add("CAPTURE", &format!("token-{place:05}-{}", place * 7919)).unwrap();
            // Each is searched for at once, as between two steps of a case.
            assert_eq!(secrets.mask_text(&format!("x token-{place:05}-{} y", place * 7919)), "x ••• y");
        }
        assert!(secrets.levels.len() < 12);
    }

    #[test]
    fn other_names_can_be_given() {
        let renamed = secrets(&["abcdef", "ghijkl"]).renamed(&[(String::from("S1"), String::from("TOKEN"))].into());
        assert_eq!((renamed.name_of("abcdef"), renamed.name_of("ghijkl"), renamed.name_of("x")), (Some("S0"), Some("TOKEN"), None));
    }

    /// Writes a text with one kind of escape, each character escaped or not by turns of `pick`.
    fn escaped(text: &str, kind: u8, mut pick: impl FnMut() -> bool) -> String {
        const LIKE_A_FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_');
        const LIKE_A_PATH: &AsciiSet =
            &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?').add(b'`').add(b'{').add(b'}').add(b'%');
        let by_character = |pick: &mut dyn FnMut() -> bool, is_special: &dyn Fn(char) -> bool, escape: &dyn Fn(char) -> String| {
            text.chars().map(|character| if is_special(character) || pick() { escape(character) } else { character.to_string() }).collect()
        };
        match kind {
            0 => text.to_owned(),
            1 => utf8_percent_encode(text, NON_ALPHANUMERIC).to_string(),
            2 => text
                .bytes()
                .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02x}") })
                .collect(),
            3 => utf8_percent_encode(text, LIKE_A_FORM).to_string().replace("%20", "+"),
            4 => utf8_percent_encode(text, LIKE_A_PATH).to_string(),
            5 => text.bytes().map(|byte| format!("%{byte:02X}")).collect(),
            6 => crate::json::quote(text),
            7 => by_character(
                &mut pick,
                &|character| matches!(character, '"' | '\\') || character.is_control() || !character.is_ascii(),
                &|character| {
                    let mut units = [0; 2];
                    character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04X}")).collect()
                },
            ),
            8 => by_character(&mut pick, &|character| matches!(character, '&' | '<' | '>' | '"'), &|character| {
                format!("&#{};", u32::from(character))
            }),
            9 => by_character(&mut pick, &|character| matches!(character, '&' | '<' | '>' | '"'), &|character| {
                format!("&#x{:X};", u32::from(character))
            }),
            10 => text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;"),
            11 => base64::engine::general_purpose::STANDARD.encode(text),
            12 => base64::engine::general_purpose::URL_SAFE.encode(text),
            13 => text.bytes().map(|byte| format!("{byte:02x}")).collect(),
            14 => text.bytes().map(|byte| format!("{byte:02X}")).collect(),
            _ => crate::json::quote(&crate::json::quote(text)),
        }
    }

    const N_KINDS: u8 = 16;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_form_of_a_secret_survives(
            secret in "[a-zA-Z0-9 +/%&<>\"'\\\\_.~!é日-]{4,24}",
            before in "[a-z]{0,5}[ :=]",
            kind in 0..N_KINDS,
            outer in 0..11_u8,
            picks in proptest::collection::vec(any::<bool>(), 32),
        ) {
            prop_assume!(secret.trim().chars().count() >= MIN_SECRET);
            let mut turn = picks.iter().cycle().copied();
            let mut pick = || turn.next().unwrap_or(false);
            let inner = escaped(&secret, kind, &mut pick);
            let whole = escaped(&inner, outer, &mut pick);
            let text = format!("{before}{whole}\n");
            let masked = secrets(&[&secret]).mask_text(&text).into_owned();
            // A form that reads as a bare number becomes `null`, so that JSON stays JSON.
            prop_assert!(masked.contains(MASK) || masked.contains("null"), "{} as {} leaves {}", secret, text, masked);
            prop_assert!(!masked.contains(&whole), "{} as {} leaves {}", secret, text, masked);
            // What is left, with every escape undone, does not hold it either.
            let mut layer = masked.into_bytes();
            for _ in 0..4 {
                prop_assert!(!layer.windows(secret.len()).any(|window| window == secret.as_bytes()), "{} as {}", secret, text);
                let Some(decoded) = Kind::ALL.into_iter().find_map(|kind| decode(&layer, kind)) else { break };
                layer = decoded;
            }
        }

        #[test]
        fn a_secret_inside_base64_is_not_left(user in "[a-z]{0,6}", secret in "[a-zA-Z0-9+/=_!-]{4,20}", rest in "[a-z]{0,6}") {
            for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
                let text = engine.encode(format!("{user}:{secret}:{rest}"));
                let masked = secrets(&[&secret]).mask_text(&text).into_owned();
                prop_assert!(masked.contains(MASK), "{}", text);
                // At most the edges of the neighbours are gone, and nothing of the secret is left.
                let left = masked.split(MASK).map(str::len).sum::<usize>();
                prop_assert!(left <= (user.len() + rest.len() + 2) * 4 / 3 + 2, "{} {}", text, masked);
            }
        }

        #[test]
        fn json_that_is_masked_is_still_json(secret in "[a-z0-9][a-z0-9\\\\é ]{2,8}(\"[a-z])?[a-z0-9]{2}", other in "[a-z0-9]{0,6}", number in 1000..99_999_u32) {
            let quoted = crate::json::quote(&format!("{other}{secret}{other}"));
            let text = format!("{{{quoted}: [{number}, {quoted}, {{\"x\": {number}}}]}}");
            let masked = secrets(&[&secret, &number.to_string()]).mask_bytes(text.as_bytes()).into_owned();
            prop_assert!(read(&masked).is_ok(), "{} → {}", text, String::from_utf8_lossy(&masked));
        }
    }
}
