//! Undoes the escapes of URLs, of JSON and JavaScript, of HTML, or of mail, and finds the way back.
//!
//! A secret can be escaped in more ways than can be listed: each character by itself, in either
//! hex case, by name or by number, one escape around another. So it is the text that is
//! unescaped, layer by layer, and searched each time for the plain secret. One kind at a time: in
//! `\\\\&quot;` the entity has to go before it is known what the backslashes mean.

use std::ops::Range;

/// What a text looks like with its escapes undone once, or nothing if there are none.
pub(super) fn decode(source: &[u8], kind: Kind) -> Option<Vec<u8>> {
    // Without both signs a form is a URL, or holds nothing that is escaped.
    if kind == Kind::Form && !(source.contains(&b'%') && source.contains(&b'+')) {
        return None;
    }
    let mut decoded = Vec::new();
    let mut n_escapes = 0_usize;
    walk(source, kind, |_, unit| match unit {
        Unit::Plain(plain) => decoded.extend_from_slice(plain),
        Unit::Escape(bytes) => {
            n_escapes += 1;
            decoded.extend_from_slice(bytes);
        }
    });
    (n_escapes > 0).then_some(decoded)
}

/// Turns ranges of the decoded text into ranges of the source; an escape is covered whole.
pub(super) fn map_back(source: &[u8], kind: Kind, ranges: &mut [Range<usize>]) {
    // Starts and ends are each visited in order, so that one walk serves all.
    let order = |key: &dyn Fn(&Range<usize>) -> usize| {
        let mut order: Vec<usize> = (0..ranges.len()).collect();
        order.sort_by_key(|place| key(&ranges[*place]));
        order
    };
    let starts = order(&|range| range.start);
    let ends = order(&|range| range.end);
    let (mut next_start, mut next_end, mut decoded) = (0, 0, 0);
    let mut mapped: Vec<Range<usize>> = ranges.to_vec();
    walk(source, kind, |at, unit| {
        let (length, is_escape) = match unit {
            Unit::Plain(plain) => (plain.len(), false),
            Unit::Escape(bytes) => (bytes.len(), true),
        };
        while let Some(place) = starts.get(next_start).copied().filter(|place| ranges[*place].start < decoded + length) {
            mapped[place].start = if is_escape { at.start } else { at.start + (ranges[place].start - decoded) };
            next_start += 1;
        }
        while let Some(place) = ends.get(next_end).copied().filter(|place| ranges[*place].end <= decoded + length) {
            mapped[place].end = if is_escape { at.end } else { at.start + (ranges[place].end - decoded) };
            next_end += 1;
        }
        decoded += length;
    });
    ranges.clone_from_slice(&mapped);
}

/// Whose escapes are undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `%41`
    Url,
    /// `%41`, and `+` for a space (WHATWG URL, application/x-www-form-urlencoded)
    Form,
    /// `\u0041`, `\x41`, `\"`
    Json,
    /// `&#65;`, `&#x41;`, `&amp;`
    Html,
    /// `=41`, and `=` at the end of a line (quoted-printable: RFC 2045, 6.7)
    Quoted,
    /// A word that is broken over lines, as base64 is in mails and keys
    Lines,
}

impl Kind {
    pub(super) const ALL: [Self; 6] = [Self::Url, Self::Json, Self::Html, Self::Form, Self::Quoted, Self::Lines];

    /// Whether it is the last that is undone, and stands within one other at most.
    pub(super) fn is_innermost(self) -> bool {
        matches!(self, Self::Quoted | Self::Lines)
    }

    fn begins_with(self, byte: u8) -> bool {
        match self {
            Self::Url => byte == b'%',
            Self::Form => matches!(byte, b'%' | b'+'),
            Self::Json => byte == b'\\',
            Self::Html => byte == b'&',
            Self::Quoted => byte == b'=',
            Self::Lines => matches!(byte, b'\r' | b'\n'),
        }
    }

    fn read(self, source: &[u8], start: usize) -> Option<Escape> {
        let text = &source[start..];
        match self {
            Self::Form if text.first() == Some(&b'+') => Some(Escape::byte(1, b' ')),
            Self::Url | Self::Form => percent(text),
            Self::Json => backslash(text),
            Self::Html => entity(text),
            Self::Quoted => quoted(text),
            Self::Lines => broken_word(source, start),
        }
    }
}

enum Unit<'text> {
    Plain(&'text [u8]),
    Escape(&'text [u8]),
}

fn walk(source: &[u8], kind: Kind, mut visit: impl FnMut(Range<usize>, Unit<'_>)) {
    let (mut plain, mut at) = (0, 0);
    while let Some(offset) = source[at..].iter().position(|byte| kind.begins_with(*byte)) {
        let start = at + offset;
        let escape = kind.read(source, start);
        let Some(Escape { length, bytes, n_bytes }) = escape else {
            at = start + 1;
            continue;
        };
        if plain < start {
            visit(plain..start, Unit::Plain(&source[plain..start]));
        }
        visit(start..start + length, Unit::Escape(&bytes[..n_bytes]));
        at = start + length;
        plain = at;
    }
    if plain < source.len() {
        visit(plain..source.len(), Unit::Plain(&source[plain..]));
    }
}

struct Escape {
    /// How long it is in the source.
    length: usize,
    bytes: [u8; 4],
    n_bytes: usize,
}

impl Escape {
    fn nothing(length: usize) -> Self {
        Self { length, bytes: [0; 4], n_bytes: 0 }
    }

    fn byte(length: usize, byte: u8) -> Self {
        Self { length, bytes: [byte, 0, 0, 0], n_bytes: 1 }
    }

    fn character(length: usize, character: char) -> Self {
        let mut bytes = [0; 4];
        let n_bytes = character.encode_utf8(&mut bytes).len();
        Self { length, bytes, n_bytes }
    }
}

fn hex(digits: Option<&[u8]>) -> Option<u32> {
    digits?.iter().try_fold(0, |number: u32, digit| Some(number.checked_mul(16)? + char::from(*digit).to_digit(16)?))
}

/// Percent-encoding (RFC 3986, 2.1), and `%u0041` as JavaScript's `escape` writes it.
fn percent(text: &[u8]) -> Option<Escape> {
    if text.get(1) == Some(&b'u') {
        return Some(Escape::character(6, char::from_u32(hex(text.get(2..6))?)?));
    }
    let byte = hex(text.get(1..3))?;
    Some(Escape::byte(3, u8::try_from(byte).ok()?))
}

/// Quoted-printable, with its line breaks that are none (RFC 2045, 6.7).
fn quoted(text: &[u8]) -> Option<Escape> {
    if let Some(length) = line_break(&text[1..]) {
        return Some(Escape::nothing(1 + length));
    }
    Some(Escape::byte(3, u8::try_from(hex(text.get(1..3))?).ok()?))
}

fn line_break(text: &[u8]) -> Option<usize> {
    match text {
        [b'\r', b'\n', ..] => Some(2),
        [b'\r' | b'\n', ..] => Some(1),
        _ => None,
    }
}

/// A line break with what indents the next line, between two letters of one word. Where a line of JSON or HTML ends or begins, no
/// word is broken.
fn broken_word(source: &[u8], start: usize) -> Option<Escape> {
    let before = *source.get(start.checked_sub(1)?)?;
    let rest = &source[start..];
    let n_break = line_break(rest)?;
    let length = n_break + rest[n_break..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let after = *rest.get(length)?;
    let is_within = |byte: u8, structure: &[u8]| byte > b' ' && byte != 0x7f && !structure.contains(&byte);
    (is_within(before, b",;{[}]>\"") && is_within(after, b"}]{[<\"")).then(|| Escape::nothing(length))
}

/// The escapes of JSON (RFC 8259, 7) and JavaScript's `\x41`, `\u{41}`, `\101` and `\'`.
fn backslash(text: &[u8]) -> Option<Escape> {
    let control = |byte| Some(Escape::byte(2, byte));
    match text.get(1)? {
        b'u' if text.get(2) == Some(&b'{') => {
            let n_digits = text[3..].iter().take(7).position(|byte| *byte == b'}').filter(|count| *count > 0)?;
            Some(Escape::character(n_digits + 4, char::from_u32(hex(text.get(3..3 + n_digits))?)?))
        }
        b'u' => {
            let unit = hex(text.get(2..6))?;
            if let Some(character) = char::from_u32(unit) {
                return Some(Escape::character(6, character));
            }
            if text.get(6..8) != Some(b"\\u") || unit >= 0xdc00 {
                return None;
            }
            let low = hex(text.get(8..12))?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
            Some(Escape::character(12, char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + low)?))
        }
        b'x' => Some(Escape::character(4, char::from_u32(hex(text.get(2..4))?)?)),
        b'0'..=b'3' => {
            let is_octal = |digit: &u8| matches!(digit, b'0'..=b'7');
            let digits = text.get(1..4).filter(|digits| digits.iter().all(is_octal))?;
            Some(Escape::byte(4, digits.iter().fold(0, |byte, digit| (byte << 3) | (digit - b'0'))))
        }
        b'n' => control(b'\n'),
        b'r' => control(b'\r'),
        b't' => control(b'\t'),
        b'b' => control(8),
        b'f' => control(12),
        byte @ (b'"' | b'\\' | b'/' | b'\'') => Some(Escape::byte(2, *byte)),
        _ => None,
    }
}

/// Character references of HTML: decimal, hex, and the names of ASCII and Latin-1 characters. Browsers read numbers also
/// without a semicolon behind them (HTML, 13.2.5.80).
fn entity(text: &[u8]) -> Option<Escape> {
    const LONGEST: usize = 12;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric();
    let (begin, radix) = match text.get(1..)? {
        [b'#', b'x' | b'X', ..] => (3, 16),
        [b'#', ..] => (2, 10),
        _ => (1, 36),
    };
    let digits = text[begin..].iter().take(LONGEST).take_while(|byte| char::from(**byte).is_digit(radix) && is_name(byte)).count();
    let end = begin + digits;
    let body = std::str::from_utf8(&text[begin..end]).ok().filter(|body| !body.is_empty())?;
    let is_closed = text.get(end) == Some(&b';');
    let character = match radix {
        36 if is_closed => named(body)?,
        36 => return None,
        _ => char::from_u32(u32::from_str_radix(body, radix).ok()?)?,
    };
    Some(Escape::character(end + usize::from(is_closed), character))
}

fn named(name: &str) -> Option<char> {
    // ASCII punctuation (HTML, 13.5), without the aliases nobody writes.
    const ASCII: [(&str, char); 37] = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("AMP", '&'),
        ("LT", '<'),
        ("GT", '>'),
        ("QUOT", '"'),
        ("excl", '!'),
        ("num", '#'),
        ("dollar", '$'),
        ("percnt", '%'),
        ("lpar", '('),
        ("rpar", ')'),
        ("ast", '*'),
        ("plus", '+'),
        ("comma", ','),
        ("period", '.'),
        ("sol", '/'),
        ("colon", ':'),
        ("semi", ';'),
        ("equals", '='),
        ("quest", '?'),
        ("commat", '@'),
        ("lsqb", '['),
        ("lbrack", '['),
        ("bsol", '\\'),
        ("rsqb", ']'),
        ("rbrack", ']'),
        ("Hat", '^'),
        ("lowbar", '_'),
        ("grave", '`'),
        ("lcub", '{'),
        ("verbar", '|'),
        ("vert", '|'),
        ("rcub", '}'),
    ];
    // U+00A0 to U+00FF, in order.
    const LATIN: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro \
        para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc \
        Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig \
        agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc \
        otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";
    if let Some((_, character)) = ASCII.iter().find(|(known, _)| *known == name) {
        return Some(*character);
    }
    let place = LATIN.split_whitespace().position(|known| known == name)?;
    char::from_u32(0xa0 + u32::try_from(place).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: Kind, source: &str, expected: Option<&str>) {
        let decoded = decode(source.as_bytes(), kind).map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(decoded.as_deref(), expected, "{source}");
    }

    #[test]
    fn every_escape_is_undone_once() {
        check(Kind::Url, "a%41%c3%A9%2541%u00e9", Some("aAé%41é"));
        check(Kind::Json, r"\u{41}\u{1f600}\u{}\u{110000}\u{4", Some(r"A😀\u{}\u{110000}\u{4"));
        check(Kind::Json, r#"\u0041\u00e9\ud83d\ude00\n\"\\n\/\x41\'"#, Some("Aé😀\n\"\\n/A'"));
        check(Kind::Html, "&amp;amp;&#65;&#x41;&#X041;&eacute;&sol;&yuml;&nbsp;", Some("&amp;AAAé/ÿ\u{a0}"));
        check(Kind::Html, "&#65&#66x&#x41&#x42;", Some("ABxAB"));
        check(Kind::Json, r"\101\0342", Some("A\u{1c}2"));
        check(Kind::Quoted, "a=41=3D=\r\nb=\nc=", Some("aA=bc="));
        check(Kind::Lines, "ab\ncd\r\n  ef", Some("abcdef"));
    }

    #[test]
    fn what_is_no_escape_stays() {
        for (kind, text) in [
            (Kind::Url, ""),
            (Kind::Url, "100% %zz %4 \\n &amp;"),
            (Kind::Json, r"\d \u12 \ud83d \ud83dx %41"),
            (Kind::Html, "& &x &nothing; &#; &#xzz; &#1114112; &amp %41"),
            (Kind::Json, r"\08 \400 \9"),
            (Kind::Quoted, "a == b; x=z1"),
            (Kind::Lines, "{\n  \"a\": 1,\n  \"b\": [\n    2\n  ]\n}\n<p>\n<b>\n\nx\n"),
        ] {
            check(kind, text, None);
        }
    }

    #[test]
    fn ranges_find_their_way_back() {
        let source = r"x\u0041b\u00e9c\n";
        assert_eq!(decode(source.as_bytes(), Kind::Json).unwrap(), "xAbéc\n".as_bytes());
        let mut ranges = [1..3, 3..5, 4..6, 6..7, 0..7];
        map_back(source.as_bytes(), Kind::Json, &mut ranges);
        let texts = ranges.map(|range| &source[range]);
        assert_eq!(texts, [r"\u0041b", r"\u00e9", r"\u00e9c", r"\n", source]);
    }
}
