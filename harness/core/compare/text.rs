//! Compares two texts line by line, and shows how they differ.

use std::{collections::HashMap, fmt::Write as _};

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::{Comparison, Difference, Kind, Place, Statement, Weight, json::scalar_label, transformation};
use crate::json::Json;

/// How many lines that both texts have may be weighed against each other for the shortest difference. Beyond it lines that
/// moved may show as removed and added more often than needed; a statement says so.
pub const MAX_LINES: usize = 4_000;

/// How many differing lines are listed; the rest is counted.
pub const MAX_DIFFERENCES: usize = 10_000;

/// The longest line that is shown whole, in characters.
const LONGEST_LINE: usize = 300;

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// HTML with every tag and every text between two on a line of its own, white space folded: a page without line breaks differs
/// in a place, not as a whole.
#[must_use]
pub fn html_lines(html: &str) -> String {
    let mut lines = String::with_capacity(html.len() + html.len() / 8);
    let push = |lines: &mut String, piece: &str| {
        let mut words = piece.split_whitespace();
        if let Some(first) = words.next() {
            lines.push_str(first);
            for word in words {
                lines.push(' ');
                lines.push_str(word);
            }
            lines.push('\n');
        }
    };
    for piece in html.split_inclusive('>') {
        let (text, tag) = piece.find('<').map_or((piece, ""), |start| piece.split_at(start));
        push(&mut lines, text);
        push(&mut lines, tag);
    }
    lines
}

/// Compares two texts. White space alone (blank lines, indentation, line ends) is minor.
#[must_use]
pub fn text(expected: &str, actual: &str) -> Comparison {
    let mut comparison = Comparison::default();
    if expected == actual {
        return comparison;
    }
    let (before, after) = (lines(expected), lines(actual));
    let blocks = Blocks::of(&before, &after);
    for block in &blocks.changed {
        let (removed, added) = (&before[block.expected.clone()], &after[block.actual.clone()]);
        let pairs_up = removed.len() == added.len();
        if pairs_up {
            for (place, (one, two)) in removed.iter().zip(added).enumerate() {
                comparison.line(block.expected.start + place, Kind::Changed, Some(one), Some(two));
            }
            continue;
        }
        let is_rewrapped = words(removed).eq(words(added));
        for (place, line) in removed.iter().enumerate() {
            comparison.line(block.expected.start + place, Kind::Removed, Some(line), None);
        }
        for (place, line) in added.iter().enumerate() {
            comparison.line(block.actual.start + place, Kind::Added, None, Some(line));
        }
        if is_rewrapped {
            let n_lines = (removed.len() + added.len()).min(comparison.differences.len());
            let start = comparison.differences.len() - n_lines;
            comparison.differences[start..].iter_mut().for_each(|difference| difference.weight = Weight::Minor);
        }
    }
    if comparison.n_differences == 0 {
        // Equal line by line: the last line break is what differs.
        let last = before.last().copied().unwrap_or_default();
        let (broken, index) = (format!("{last}\n"), before.len().saturating_sub(1));
        let (one, two) = if expected.ends_with('\n') { (broken.as_str(), last) } else { (last, broken.as_str()) };
        comparison.line(index, Kind::Changed, Some(one), Some(two));
    }
    if blocks.is_over_bound {
        let text = format!("more than {MAX_LINES} lines to weigh: the difference shown may not be the shortest");
        comparison.statements.push(Statement { pattern: "line".to_owned(), text, count: 1 });
    }
    if comparison.n_differences > comparison.differences.len() {
        let text = format!("{} lines differ, of which {} are listed", comparison.n_differences, comparison.differences.len());
        comparison.statements.push(Statement { pattern: "line".to_owned(), text, count: 1 });
    }
    comparison.differences.sort_by(|one, two| one.at.cmp(&two.at).then(two.kind.cmp(&one.kind)));
    comparison
}

impl Comparison {
    fn line(&mut self, index: usize, kind: Kind, expected: Option<&str>, actual: Option<&str>) {
        self.n_differences += 1;
        if self.differences.len() >= MAX_DIFFERENCES {
            return;
        }
        let is_space = expected.unwrap_or_default().split_whitespace().eq(actual.unwrap_or_default().split_whitespace());
        let transformation = match (expected, actual) {
            _ if is_space => "white space".to_owned(),
            (Some(one), Some(two)) => transformation::texts(one, two),
            (Some(line), None) | (None, Some(line)) => transformation::scalar(&Json::from(line)),
            (None, None) => String::new(),
        };
        self.differences.push(Difference {
            at: Place::Line(index + 1),
            key: format!("line{}", scalar_label(&Json::from(expected.or(actual).unwrap_or_default()))),
            pattern: "line".to_owned(),
            kind,
            expected: expected.map(Json::from),
            actual: actual.map(Json::from),
            weight: if is_space { Weight::Minor } else { Weight::Full },
            transformation,
            note: None,
        });
    }
}

/// Shows how two texts differ: lines with `-`, `+` or a space before them, gaps as `@@ line N @@`, at most `n_lines` of them.
/// Characters that would move a cursor are escaped. Empty when the texts are equal.
///
/// ```
/// let shown = prodiff_core::compare::text::unified("a\nb\nc\n", "a\nx\nc\n", 20);
/// assert_eq!(shown, "  a\n- b\n+ x\n  c\n");
/// ```
#[must_use]
pub fn unified(expected: &str, actual: &str, n_lines: usize) -> String {
    let (before, after) = (lines(expected), lines(actual));
    let blocks = Blocks::of(&before, &after);
    let mut shown: Vec<String> = Vec::new();
    let mut next = 0;
    for (number, block) in blocks.changed.iter().enumerate() {
        let start = block.expected.start.saturating_sub(CONTEXT).max(next);
        if start > next || (number == 0 && start > 0) {
            shown.push(format!("@@ line {} @@", start + 1));
        }
        shown.extend(before[start..block.expected.start].iter().map(|line| visible(' ', line)));
        shown.extend(before[block.expected.clone()].iter().map(|line| visible('-', line)));
        shown.extend(after[block.actual.clone()].iter().map(|line| visible('+', line)));
        let following = blocks.changed.get(number + 1).map_or(before.len(), |block| block.expected.start);
        next = (block.expected.end + CONTEXT).min(following);
        shown.extend(before[block.expected.end..next].iter().map(|line| visible(' ', line)));
        if shown.len() > n_lines {
            break;
        }
    }
    if blocks.changed.is_empty() && expected != actual {
        shown.push("@@ only the line break at the end differs @@".to_owned());
    }
    if shown.len() > n_lines {
        let n_changed: usize = blocks.changed.iter().map(|block| block.expected.len() + block.actual.len()).sum();
        shown.truncate(n_lines);
        shown.push(format!("… ({n_changed} lines differ)"));
    }
    let mut out = shown.join("\n");
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

fn visible(sign: char, line: &str) -> String {
    let mut out = format!("{sign} ");
    for (at, character) in line.chars().enumerate() {
        if at == LONGEST_LINE {
            out.push('…');
            break;
        }
        if character != '\t' && crate::json::is_hidden(character) {
            write!(out, "\\u{:04x}", u32::from(character)).expect("writing to a string cannot fail");
        } else {
            out.push(character);
        }
    }
    out
}

/// Lines without their breaks; a carriage return stays and counts as white space.
fn lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.split('\n').collect();
    if lines.last() == Some(&"") {
        lines.pop();
    }
    lines
}

fn words<'t>(lines: &[&'t str]) -> impl Iterator<Item = &'t str> {
    lines.iter().flat_map(|line| line.split_whitespace())
}

/// Lines that stand on either side between lines that both have.
struct Block {
    expected: std::ops::Range<usize>,
    actual: std::ops::Range<usize>,
}

struct Blocks {
    changed: Vec<Block>,
    is_over_bound: bool,
}

impl Blocks {
    fn of(expected: &[&str], actual: &[&str]) -> Self {
        // Lines as numbers: compared often, hashed once.
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        let mut number = |line| {
            let next = numbers.len();
            *numbers.entry(line).or_insert(next)
        };
        let one: Vec<usize> = expected.iter().map(|line| number(line)).collect();
        let two: Vec<usize> = actual.iter().map(|line| number(line)).collect();
        let n_numbers = numbers.len();
        // A line that one side alone has can match nothing; without those the search is short.
        let present = |lines: &[usize]| {
            let mut present = vec![false; n_numbers];
            lines.iter().for_each(|line| present[*line] = true);
            present
        };
        let (in_one, in_two) = (present(&one), present(&two));
        let shared = |lines: &[usize]| -> Vec<usize> { (0..lines.len()).filter(|at| in_one[lines[*at]] && in_two[lines[*at]]).collect() };
        let (places, other_places) = (shared(&one), shared(&two));
        let (short, other_short): (Vec<usize>, Vec<usize>) =
            (places.iter().map(|place| one[*place]).collect(), other_places.iter().map(|place| two[*place]).collect());
        let head = short.iter().zip(&other_short).take_while(|(one, two)| one == two).count();
        let rest = short.len().min(other_short.len()) - head;
        let tail = short.iter().rev().zip(other_short.iter().rev()).take(rest).take_while(|(one, two)| one == two).count();
        let (middle, other_middle) = (&short[head..short.len() - tail], &other_short[head..other_short.len() - tail]);
        let is_over_bound = middle.len() + other_middle.len() > MAX_LINES;
        let mut kept: Vec<(usize, usize)> = (0..head).map(|at| (at, at)).collect();
        if is_over_bound {
            kept.extend(unique_in_order(middle, other_middle, n_numbers).into_iter().map(|(one, two)| (one + head, two + head)));
        } else {
            for operation in capture_diff_slices(Algorithm::Myers, middle, other_middle) {
                if let DiffOp::Equal { old_index, new_index, len } = operation {
                    kept.extend((0..len).map(|at| (old_index + head + at, new_index + head + at)));
                }
            }
        }
        kept.extend((0..tail).rev().map(|back| (short.len() - 1 - back, other_short.len() - 1 - back)));
        let mut changed = Vec::new();
        let (mut next, mut other_next) = (0, 0);
        let kept = kept.into_iter().map(|(one, two)| (places[one], other_places[two]));
        for (place, other_place) in kept.chain([(one.len(), two.len())]) {
            if place > next || other_place > other_next {
                changed.push(Block { expected: next..place, actual: other_next..other_place });
            }
            (next, other_next) = (place + 1, other_place + 1);
        }
        Self { changed, is_over_bound }
    }
}

/// The lines that stand once on both sides, as many as keep their order: O(n log n), whatever the texts.
fn unique_in_order(expected: &[usize], actual: &[usize], n_numbers: usize) -> Vec<(usize, usize)> {
    let places = |lines: &[usize]| {
        let mut places: Vec<(usize, usize)> = vec![(0, 0); n_numbers];
        for (place, line) in lines.iter().enumerate() {
            places[*line] = (places[*line].0 + 1, place);
        }
        places
    };
    let (one, two) = (places(expected), places(actual));
    let mut pairs: Vec<(usize, usize)> = one
        .iter()
        .zip(&two)
        .filter(|((times, _), (other, _))| *times == 1 && *other == 1)
        .map(|((_, one), (_, two))| (*one, *two))
        .collect();
    pairs.sort_unstable();
    super::json::unmoved(&pairs)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(expected: &str, actual: &str, outcome: &[&str]) {
        let value = |json: &Option<Json>| json.as_ref().and_then(Json::as_str).map(|line| format!("{line:?}")).unwrap_or_default();
        let seen: Vec<String> = text(expected, actual)
            .differences
            .iter()
            .map(|difference| {
                let minor = if difference.weight == Weight::Minor { " minor" } else { "" };
                format!("{}{minor} {} {} > {}", difference.kind, difference.at, value(&difference.expected), value(&difference.actual))
            })
            .collect();
        assert_eq!(seen, outcome, "{expected:?} {actual:?}");
    }

    #[test]
    fn lines_differ_at_their_place() {
        check("a\nb\nc\n", "a\nb\nc\n", &[]);
        check("a\nb\nc\n", "a\nx\nc\n", &[r#"changed line 2 "b" > "x""#]);
        check("a\nb\nc\n", "a\nc\nd\n", &[r#"removed line 2 "b" > "#, r#"added line 3  > "d""#]);
        check("", "a\n", &[r#"added line 1  > "a""#]);
    }

    #[test]
    fn white_space_alone_is_minor() {
        check("a b\n", "  a   b\r\n", &[r#"changed minor line 1 "a b" > "  a   b\r""#]);
        check("a\nb", "a\nb\n", &[r#"changed minor line 2 "b" > "b\n""#]);
        check("a\n\nb\n", "a\nb\n", &[r#"removed minor line 2 "" > "#]);
        check(
            "a b c\n",
            "a\nb c\n",
            &[r#"removed minor line 1 "a b c" > "#, r#"added minor line 1  > "a""#, r#"added minor line 2  > "b c""#],
        );
        check("a b c\n", "a\nb d\n", &[r#"removed line 1 "a b c" > "#, r#"added line 1  > "a""#, r#"added line 2  > "b d""#]);
    }

    #[test]
    fn the_difference_is_shown_with_context_and_within_bounds() {
        let before: String = (1..30).map(|line| format!("l{line}\n")).collect();
        let after = before.replace("l5\n", "l5\u{1b}[2J\n").replace("l20\n", "");
        assert_eq!(
            unified(&before, &after, 50),
            "@@ line 2 @@\n  l2\n  l3\n  l4\n- l5\n+ l5\\u001b[2J\n  l6\n  l7\n  l8\n@@ line 17 @@\n  l17\n  l18\n  l19\n- l20\n  l21\n  l22\n  l23\n"
        );
        assert_eq!(unified(&before, &after, 3), "@@ line 2 @@\n  l2\n  l3\n… (3 lines differ)\n");
        assert_eq!(unified("a\n", "a\n", 3), "");
        assert_eq!(unified("a\n", "a", 3), "@@ only the line break at the end differs @@\n");
    }

    #[test]
    fn huge_texts_stay_within_the_bound_and_say_so() {
        let lines = |step: usize| -> String { (0..30_000_usize).map(|line| format!("{}\n", line * step % 30_011 % 9_000)).collect() };
        let comparison = text(&lines(7), &lines(13));
        assert!(
            comparison.statements.iter().any(|statement| statement.text.starts_with("more than 4000 lines")),
            "{:?}",
            comparison.statements
        );
        assert_eq!(comparison.differences.len(), MAX_DIFFERENCES);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn texts_equal_themselves_and_swapping_sides_swaps_lines(one in "[abc \n]{0,30}", two in "[abc \n]{0,30}") {
            prop_assert!(text(&one, &one).is_equal());
            let (there, back) = (text(&one, &two), text(&two, &one));
            prop_assert_eq!(there.is_equal(), one == two);
            // Which of several shortest differences is taken may depend on the side; what is left over may not.
            let net = |comparison: &Comparison| {
                let count = |kind| comparison.differences.iter().filter(|difference| difference.kind == kind).count();
                count(Kind::Added).cast_signed() - count(Kind::Removed).cast_signed()
            };
            prop_assert_eq!(net(&there), -net(&back));
        }
    }
}
