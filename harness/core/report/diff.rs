//! Which words of two values differ, for marking them.

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// A stretch of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    /// Whether the other value lacks it.
    pub(super) differs: bool,
}

/// The bound on work: products of words beyond it are marked as a whole. Never a bound on time.
const MAX_PRODUCT: usize = 60_000;

/// Marks what differs in each of two values. Values that share little are not marked at all: every word would be.
pub(super) fn mark<'a>(expected: &'a str, actual: &'a str) -> (Vec<Piece<'a>>, Vec<Piece<'a>>) {
    let (all_expected, all_actual) = (words(expected), words(actual));
    let prefix = all_expected.iter().zip(&all_actual).take_while(|(a, b)| a == b).count();
    let (rest_expected, rest_actual) = (&all_expected[prefix..], &all_actual[prefix..]);
    let suffix = rest_expected.iter().rev().zip(rest_actual.iter().rev()).take_while(|(a, b)| a == b).count();
    let (middle_expected, middle_actual) = (&rest_expected[..rest_expected.len() - suffix], &rest_actual[..rest_actual.len() - suffix]);

    let (mut marked_expected, mut marked_actual) = (Marker::default(), Marker::default());
    for word in &all_expected[..prefix] {
        marked_expected.push(word, false);
        marked_actual.push(word, false);
    }
    if middle_expected.len() * middle_actual.len() <= MAX_PRODUCT {
        for operation in capture_diff_slices(Algorithm::Myers, middle_expected, middle_actual) {
            let is_equal = matches!(operation, DiffOp::Equal { .. });
            for word in &middle_expected[operation.old_range()] {
                marked_expected.push(word, !is_equal);
            }
            for word in &middle_actual[operation.new_range()] {
                marked_actual.push(word, !is_equal);
            }
        }
    } else {
        middle_expected.iter().for_each(|word| marked_expected.push(word, true));
        middle_actual.iter().for_each(|word| marked_actual.push(word, true));
    }
    for word in &rest_expected[rest_expected.len() - suffix..] {
        marked_expected.push(word, false);
        marked_actual.push(word, false);
    }
    let shorter = expected.len().min(actual.len());
    let is_alike = shorter > 0 && marked_expected.n_equal * 2 >= shorter;
    (marked_expected.cut(expected, is_alike), marked_actual.cut(actual, is_alike))
}

/// One value without a mark.
pub(super) fn plain(text: &str) -> Vec<Piece<'_>> {
    if text.is_empty() { Vec::new() } else { vec![Piece { text, differs: false }] }
}

/// Lengths of stretches, alternately equal and different.
#[derive(Default)]
struct Marker {
    stretches: Vec<(usize, bool)>,
    n_equal: usize,
}

impl Marker {
    fn push(&mut self, word: &str, differs: bool) {
        if !differs {
            self.n_equal += word.len();
        }
        match self.stretches.last_mut() {
            Some((length, same)) if *same == differs => *length += word.len(),
            _ => self.stretches.push((word.len(), differs)),
        }
    }

    fn cut(self, text: &str, is_alike: bool) -> Vec<Piece<'_>> {
        if !is_alike {
            return plain(text);
        }
        let mut rest = text;
        let mut pieces = Vec::with_capacity(self.stretches.len());
        for (length, differs) in self.stretches {
            let (piece, after) = rest.split_at(length);
            pieces.push(Piece { text: piece, differs });
            rest = after;
        }
        pieces
    }
}

/// Cuts text into words, runs of white space, and single other characters.
fn words(text: &str) -> Vec<&str> {
    #[derive(PartialEq)]
    enum Class {
        Word,
        Space,
        Other,
    }
    let class = |character: char| match character {
        space if space.is_whitespace() => Class::Space,
        word if word.is_alphanumeric() || word == '_' => Class::Word,
        _ => Class::Other,
    };
    let mut words = Vec::new();
    let mut start = 0;
    let mut previous = Class::Other;
    for (position, character) in text.char_indices() {
        let current = class(character);
        if position > start && (current != previous || current == Class::Other) {
            words.push(&text[start..position]);
            start = position;
        }
        previous = current;
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::mark;

    /// Shows marks as `[…]`.
    fn check(expected: &str, actual: &str, marked_expected: &str, marked_actual: &str) {
        let (one, other) = mark(expected, actual);
        let shown = |pieces: &[super::Piece<'_>]| -> String {
            pieces.iter().map(|piece| if piece.differs { format!("[{}]", piece.text) } else { piece.text.to_owned() }).collect()
        };
        assert_eq!((shown(&one).as_str(), shown(&other).as_str()), (marked_expected, marked_actual));
    }

    #[test]
    fn only_the_words_that_differ_are_marked() {
        check("max-age=300, public", "max-age=5, public", "max-age=[300], public", "max-age=[5], public");
        check("public, max-age=300, immutable", "public, max-age=5", "public, max-age=[300, immutable]", "public, max-age=[5]");
        check("a b c d", "a c d e", "a [b ]c d", "a c d[ e]");
        check("same", "same", "same", "same");
        check("", "", "", "");
        check("", "new", "", "new");
        check("ä ö ü ß", "ä ö y ß", "ä ö [ü] ß", "ä ö [y] ß");
    }

    #[test]
    fn values_that_share_little_are_not_marked() {
        check("at least 100 elements", "nothing at $[*].name", "at least 100 elements", "nothing at $[*].name");
    }

    #[test]
    fn long_values_without_a_common_word_are_no_burden() {
        let (one, other) = ("a,".repeat(50_000) + "x", "b;".repeat(50_000) + "x");
        let (marked, _) = mark(&one, &other);
        assert_eq!(marked.iter().map(|piece| piece.text.len()).sum::<usize>(), one.len());
    }
}
