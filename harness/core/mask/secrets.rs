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

use super::{
    cut::{self, Halves},
    decode::{Kind, decode, map_back},
    forms::{Case, Form, forms},
};
use crate::json::Number;

/// What stands in place of a secret.
pub const MASK: &str = "•••";

/// A secret has at least this many characters: a shorter one would hide half of every text.
pub const MIN_SECRET: usize = 4;

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
    /// Of the patterns in whose letters the case tells, and of the others behind them.
    exact: AhoCorasick,
    any_case: AhoCorasick,
    n_exact: usize,
    /// Few texts were cut.
    halves: OnceLock<Halves>,
    /// Which entry each pattern belongs to, and what it looks like.
    patterns: Vec<(usize, Form)>,
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
    /// Forms: as it is; percent-encoded, JSON-escaped, HTML-escaped and
    /// quoted-printable, wholly or in part, in either hex case and up to three times around each other; form-encoded; in
    /// hex, with or without separators; in base32; in base64 of either alphabet at any of the three alignments, also twice;
    /// each of these broken over lines. Secrets of several lines also line by line. Where a text was cut, which is marked
    /// with `…`, also what is left of a secret before and behind it.
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
        let is_inmost = layers.last().is_some_and(|(_, kind)| kind.is_some_and(Kind::is_innermost));
        if layers.len() > MAX_LAYERS || is_inmost {
            return;
        }
        for kind in Kind::ALL {
            if kind.is_innermost() && layers.len() > 2 {
                continue;
            }
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
            let Search { exact, any_case, n_exact, halves, patterns } = level.search.get_or_init(|| level.build());
            let name = |pattern: usize| Arc::clone(&level.entries[patterns[pattern].0].name);
            let exact = exact.find_overlapping_iter(text).map(|hit| (hit.pattern().as_usize(), hit.range()));
            let any_case = any_case.find_overlapping_iter(text).map(|hit| (n_exact + hit.pattern().as_usize(), hit.range()));
            for (pattern, range) in exact.chain(any_case) {
                let range = patterns[pattern].1.confirm(text, range);
                found.extend(range.map(|range| Found { range, name: name(pattern) }));
            }
            let Some(cuts) = cut::places(text) else { continue };
            let halves = halves.get_or_init(|| Halves::of(patterns.iter().map(|(_, form)| form.bytes.as_slice())));
            let cut = halves.find(text, &cuts, |pattern| &patterns[pattern].1.bytes);
            found.extend(cut.into_iter().map(|(range, pattern)| Found { range, name: name(pattern) }));
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
        let entries = self.entries.iter().enumerate();
        let forms = entries.flat_map(|(entry, Entry { value, .. })| forms(value).into_iter().map(move |form| (entry, form)));
        let (mut patterns, any_case): (Vec<_>, Vec<_>) = forms.partition(|(_, form)| form.case == Case::Exact);
        let n_exact = patterns.len();
        patterns.extend(any_case);
        // A table is twice as fast to search, as long as there are few secrets.
        const FEW_BYTES: usize = 24_000;
        let is_small = patterns.iter().map(|(_, form)| form.bytes.len()).sum::<usize>() < FEW_BYTES;
        let automaton = |patterns: &[(usize, Form)], case: Case| {
            AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .ascii_case_insensitive(case == Case::Any)
                .kind(is_small.then_some(AhoCorasickKind::DFA))
                .build(patterns.iter().map(|(_, form)| &form.bytes))
                .expect("secrets are far below the limits of automata")
        };
        let exact = automaton(&patterns[..n_exact], Case::Exact);
        let any_case = automaton(&patterns[n_exact..], Case::Any);
        Search { exact, any_case, n_exact, halves: OnceLock::new(), patterns }
    }
}

#[cfg(test)]
mod tests {
    use base64::{
        Engine as _,
        engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
    };
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
            // In whatever case, with separators, broken over lines.
            ("7026737320227 72F72642Bc3A93c".replace(' ', "").as_str(), "7026737320227 72F72642Bc3A93d".replace(' ', "").as_str()),
            ("70:26:73:73:20:22:77:2F:72:64:2B:C3:A9:3C", "70:26:73:73:20:22:77:2F:72:64:2B:C3:A9:3D"),
            ("cCZzcyAi\ndy9yZCvD\r\n  qTw=", "cCZzcyAi\ndy9yZCvD\n\nqTw"),
            (r"cCZzcyAi\ndy9yZCvD\nqTw=", r"cCZzcyAi\ndy8yZCvD\nqTw="),
            ("p&ss =22w/rd+=C3=A9<", "p&ss =22w/rd+=C3=A8<"),
            ("OATHG4ZAEJ3S64TEFPB2SPA=", "OATHG4ZAEJ3S64TEFPB2SQA="),
            (r"p\46ss\040\042w/rd+é<".replace("46", "046").as_str(), r"p\046ss\041\042w/rd+é<"),
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
    fn the_beginning_of_a_secret_that_was_cut_is_masked() {
        const LONG: &str = "hunter2/and+more";
        check(&[LONG], "it begins \"x hunter2/a…\"", "it begins \"x •••…\"");
        check(&[LONG], "near \"hunter2%2Fan…\"", "near \"•••…\"");
        check(&[LONG], "near hunter2%2…", "near •••…");
        check(&[LONG], "aHVudGVyMi9h…", "•••…");
        check(&["hunt2", "hunter2-and-more"], "hunter2-and… hunt…", "•••… •••…");
        check(&[LONG], "Read more… hunter… hun…", "Read more… •••… hun…");
        check(&[LONG], "near \"…and+more\\\", NaN\"", "near \"…•••\\\", NaN\"");
        check(&[LONG], "…2Fand%2Bmore …ore", "…••• …ore");
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
