//! The texts that give a secret away once the escapes around it are undone: as it is, in hex, in base32, in base64.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};

use super::secrets::MIN_SECRET;

/// A line of a secret of several lines counts by itself when it has at least this many characters.
const MIN_LINE: usize = 8;

/// One text that gives a secret away.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Form {
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    pub(super) case: Case,
    /// For base64: what the digits beside the match must hold, as the rest of their bits is the neighbours'.
    edges: Option<Edges>,
}

/// Whether the case of ASCII letters tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Case {
    /// As in base64.
    Exact,
    /// As in hex.
    Any,
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

impl Form {
    fn of(bytes: Vec<u8>, case: Case) -> Self {
        Self { bytes, case, edges: None }
    }

    /// Where the secret stands, if this place in a text gives it away.
    pub(super) fn confirm(&self, text: &[u8], range: std::ops::Range<usize>) -> Option<std::ops::Range<usize>> {
        match self.edges {
            Some(edges) => widen(text, edges, range),
            None => Some(range),
        }
    }
}

/// Every text that gives a secret away once the escapes around it are undone.
pub(super) fn forms(value: &str) -> Vec<Form> {
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
    for text in texts {
        if text.contains(' ') {
            forms.push(Form::of(text.replace(' ', "+").into_bytes(), Case::Exact));
        }
        let bytes = text.into_bytes();
        forms.extend(hex_forms(&bytes));
        forms.push(Form::of(base32(&bytes), Case::Any));
        forms.extend(base64_forms(&bytes));
        // Twice, as when credentials are put into a token; the inner text is whole.
        for inner in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            forms.extend(base64_forms(inner.as_bytes()));
        }
        forms.push(Form::of(bytes, Case::Exact));
    }
    forms.sort();
    forms.dedup();
    forms
}

/// Hex digits, with what people and programs put between them: `706c`, `70:6c`, `70 6c`.
fn hex_forms(bytes: &[u8]) -> impl Iterator<Item = Form> {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    ["", ":", " "].into_iter().map(move |between| Form::of(digits.join(between).into_bytes(), Case::Any))
}

/// Base32 (RFC 4648, 6), as far as its digits hold nothing but these bytes.
fn base32(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bit = |at: usize| (bytes[at / 8] >> (7 - at % 8)) & 1;
    let digit = |at: usize| DIGITS[usize::from((5 * at..5 * at + 5).fold(0, |value, at| (value << 1) | bit(at)))];
    (0..8 * bytes.len() / 5).map(digit).collect()
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
            let bytes = digits.as_bytes()[first..end].to_vec();
            forms.push(Form { bytes, case: Case::Exact, edges: Some(edges) });
        }
    }
    forms
}

/// Takes in the base64 digits at the edges that hold bits of the secret, and the padding; nothing if they hold other bits.
fn widen(text: &[u8], edges: Edges, mut range: std::ops::Range<usize>) -> Option<std::ops::Range<usize>> {
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
