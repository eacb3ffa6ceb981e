//! Which element of one list is which of the other, when no key tells.
//!
//! Equal elements find each other by digest, the k-th of one value on one side being the k-th on the other. What is left
//! is paired within the gaps between elements that kept their order, then by similarity, within a fixed bound on work.
//! Nothing here depends on which side is which: swapping them swaps the pairs.

/// How many pairs of unequal rows one list may weigh against each other. Beyond it they are
/// paired in order.
pub const MAX_PAIRS_PER_LIST: usize = 250_000;

/// How many such pairs one comparison may weigh in all its lists together.
pub const MAX_PAIRS_PER_COMPARISON: usize = 1_000_000;

/// From how many thousandths two rows are alike enough to be one row that changed.
const ALIKE: u32 = 500;

/// From how many thousandths two rows at the same place are one row that changed: a quarter for each field they share.
const SAME_FORM: u32 = 125;

/// An element as the alignment sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) digest: u128,
    /// Tells equal elements apart that are written differently.
    pub(super) form: u64,
    pub(super) class: Class,
}

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Scalar,
    List,
    Map,
}

/// Whether the order of a list counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Counts,
    Free,
}

/// Which element is which. Every position of either side stands in one pair or alone.
#[derive(Debug, PartialEq, Eq, Default)]
pub(super) struct Alignment {
    pub(super) pairs: Vec<(usize, usize)>,
    pub(super) removed: Vec<usize>,
    pub(super) added: Vec<usize>,
    /// How many pairs there would have been to weigh, where that was too many.
    pub(super) over_bound: Option<usize>,
}

/// Aligns two lists. `similarity` says in thousandths how alike two unequal elements are; it is asked once for each of
/// at most `budget` pairs, which are taken off the budget, and a few times for each element.
pub(super) fn align(
    expected: &[Element],
    actual: &[Element],
    order: Order,
    budget: &mut usize,
    similarity: impl Fn(usize, usize) -> u32,
) -> Alignment {
    let shortest = expected.len().min(actual.len());
    let is_equal = |one: &Element, two: &Element| order == Order::Counts && one.digest == two.digest;
    let head = expected.iter().zip(actual).take_while(|(one, two)| is_equal(one, two)).count();
    let tail = expected.iter().rev().zip(actual.iter().rev()).take(shortest - head).take_while(|(one, two)| is_equal(one, two)).count();
    let inner = Inner {
        expected: &expected[head..expected.len() - tail],
        actual: &actual[head..actual.len() - tail],
        similarity: |one, two| similarity(one + head, two + head),
    };
    let mut alignment = inner.align(order, budget);
    for (one, two) in &mut alignment.pairs {
        *one += head;
        *two += head;
    }
    alignment.removed.iter_mut().chain(&mut alignment.added).for_each(|position| *position += head);
    alignment.pairs.extend((0..head).map(|position| (position, position)));
    alignment.pairs.extend((1..=tail).map(|back| (expected.len() - back, actual.len() - back)));
    alignment.pairs.sort_unstable();
    alignment
}

/// How many rows ahead are looked at, at most, when rows are paired in order.
const LARGEST_WINDOW: usize = 32;

/// What is left of two lists without their equal ends.
struct Inner<'e, S> {
    expected: &'e [Element],
    actual: &'e [Element],
    similarity: S,
}

impl<S: Fn(usize, usize) -> u32> Inner<'_, S> {
    fn align(&self, order: Order, budget: &mut usize) -> Alignment {
        let mut pairs = equal_pairs(self.expected, self.actual, order);
        let anchors = match order {
            Order::Counts => anchors(&pairs),
            Order::Free => Vec::new(),
        };
        let mut left = Left::new(self.expected.len(), self.actual.len(), &pairs);
        // In a gap with as many elements on both sides, the neighbours say which is which.
        if order == Order::Counts {
            let gaps = left.gaps(&anchors);
            for (expected, actual) in gaps.iter().filter(|(expected, actual)| expected.len() == actual.len()) {
                for (one, two) in expected.iter().zip(actual) {
                    if self.is_one_at_its_place(*one, *two) {
                        left.take(*one, *two, &mut pairs);
                    }
                }
            }
        }
        let over_bound = self.pair_by_similarity(&mut left, &mut pairs, budget);
        if over_bound.is_some() {
            self.pair_in_order(&mut left, &mut pairs);
        } else {
            // Unlike, but alone between their neighbours on both sides: one element that became another.
            let gaps = if order == Order::Counts { left.gaps(&anchors) } else { vec![(left.expected(), left.actual())] };
            for (expected, actual) in gaps {
                let is_one_each = expected.len() == 1 && actual.len() == 1;
                let in_order = order == Order::Counts && expected.len() == actual.len();
                for (one, two) in expected.into_iter().zip(actual) {
                    let may_be_one = match (self.expected[one].class, self.actual[two].class) {
                        (Class::Scalar, Class::Scalar) => in_order,
                        (Class::Map, Class::Map) | (Class::List, Class::List) => (self.similarity)(one, two) >= SAME_FORM,
                        (Class::Scalar | Class::List | Class::Map, _) => true,
                    };
                    if may_be_one && (in_order || is_one_each) {
                        left.take(one, two, &mut pairs);
                    }
                }
            }
        }
        Alignment { pairs, removed: left.expected(), added: left.actual(), over_bound }
    }

    /// Whether two elements at the same place are one that changed.
    fn is_one_at_its_place(&self, one: usize, two: usize) -> bool {
        match (self.expected[one].class, self.actual[two].class) {
            (Class::Scalar, Class::Scalar) => true,
            (Class::Map, Class::Map) | (Class::List, Class::List) => (self.similarity)(one, two) >= ALIKE,
            (Class::Scalar | Class::List | Class::Map, _) => false,
        }
    }

    /// Pairs rows in order: each with the most alike within a window that keeps the work within [`MAX_PAIRS_PER_LIST`],
    /// so that one lost row does not shift all that follow; else with the one at the same place if it has the same form.
    fn pair_in_order(&self, left: &mut Left, pairs: &mut Vec<(usize, usize)>) {
        let (expected, actual) = self.rows(left);
        let window = (MAX_PAIRS_PER_LIST / (2 * (expected.len() + actual.len()))).clamp(1, LARGEST_WINDOW);
        let (mut one, mut two) = (0, 0);
        while one < expected.len() && two < actual.len() {
            let weigh = |ahead: usize, other_ahead: usize| {
                let (one, two) = (expected.get(one + ahead)?, actual.get(two + other_ahead)?);
                let is_one_class = self.expected[*one].class == self.actual[*two].class;
                let similarity = if is_one_class { (self.similarity)(*one, *two) } else { 0 };
                (similarity >= ALIKE).then_some((similarity, ahead, other_ahead))
            };
            let within = (0..window).flat_map(|ahead| [weigh(0, ahead), if ahead == 0 { None } else { weigh(ahead, 0) }]).flatten();
            // The most alike; of equals the nearest, which comes first.
            let best = within.fold(None, |best: Option<(u32, usize, usize)>, next| match best {
                Some(best) if best.0 >= next.0 => Some(best),
                Some(_) | None => Some(next),
            });
            match best {
                Some((_, ahead, other_ahead)) => {
                    one += ahead;
                    two += other_ahead;
                    left.take(expected[one], actual[two], pairs);
                }
                None if (self.similarity)(expected[one], actual[two]) >= SAME_FORM => left.take(expected[one], actual[two], pairs),
                None => {}
            }
            one += 1;
            two += 1;
        }
    }

    /// What is left on both sides that is no scalar.
    fn rows(&self, left: &Left) -> (Vec<usize>, Vec<usize>) {
        let rows = |positions: Vec<usize>, elements: &[Element]| -> Vec<usize> {
            positions.into_iter().filter(|position| elements[*position].class != Class::Scalar).collect()
        };
        (rows(left.expected(), self.expected), rows(left.actual(), self.actual))
    }

    /// Pairs the rows that are most alike first; returns how many pairs there were if that was too many to weigh.
    fn pair_by_similarity(&self, left: &mut Left, pairs: &mut Vec<(usize, usize)>, budget: &mut usize) -> Option<usize> {
        let (expected, actual) = self.rows(left);
        let n_pairs = expected.len().saturating_mul(actual.len());
        if n_pairs == 0 {
            return None;
        }
        if n_pairs > MAX_PAIRS_PER_LIST.min(*budget) {
            return Some(n_pairs);
        }
        *budget -= n_pairs;
        let mut alike = Vec::new();
        for one in &expected {
            for two in &actual {
                if self.expected[*one].class == self.actual[*two].class {
                    let similarity = (self.similarity)(*one, *two);
                    if similarity >= ALIKE {
                        alike.push((similarity, *one, *two));
                    }
                }
            }
        }
        // The most alike first, then the nearest; the rest only makes the order the same on every run and either way round.
        alike.sort_unstable_by_key(|(similarity, one, two)| {
            (std::cmp::Reverse(*similarity), one.abs_diff(*two), *one.min(two), *one.max(two), *one)
        });
        for (_, one, two) in alike {
            if left.expected[one] && left.actual[two] {
                left.take(one, two, pairs);
            }
        }
        None
    }
}

/// The elements that have no counterpart yet.
struct Left {
    expected: Vec<bool>,
    actual: Vec<bool>,
}

impl Left {
    fn new(n_expected: usize, n_actual: usize, pairs: &[(usize, usize)]) -> Self {
        let mut left = Self { expected: vec![true; n_expected], actual: vec![true; n_actual] };
        for (one, two) in pairs {
            left.expected[*one] = false;
            left.actual[*two] = false;
        }
        left
    }

    fn take(&mut self, one: usize, two: usize, pairs: &mut Vec<(usize, usize)>) {
        self.expected[one] = false;
        self.actual[two] = false;
        pairs.push((one, two));
    }

    fn expected(&self) -> Vec<usize> {
        positions(&self.expected)
    }

    fn actual(&self) -> Vec<usize> {
        positions(&self.actual)
    }

    /// What is left between neighbouring anchors, on both sides; gaps with nothing left on either are left out.
    fn gaps(&self, anchors: &[(usize, usize)]) -> Vec<(Vec<usize>, Vec<usize>)> {
        let mut gaps = Vec::new();
        let (mut expected, mut actual) = (self.expected().into_iter().peekable(), self.actual().into_iter().peekable());
        let end = (self.expected.len(), self.actual.len());
        for (one, two) in anchors.iter().copied().chain([end]) {
            let mut gap = (Vec::new(), Vec::new());
            while let Some(position) = expected.next_if(|position| *position < one) {
                gap.0.push(position);
            }
            while let Some(position) = actual.next_if(|position| *position < two) {
                gap.1.push(position);
            }
            if !gap.0.is_empty() || !gap.1.is_empty() {
                gaps.push(gap);
            }
        }
        gaps
    }
}

fn positions(left: &[bool]) -> Vec<usize> {
    left.iter().enumerate().filter(|(_, is_left)| **is_left).map(|(position, _)| position).collect()
}

/// Pairs equal elements: the k-th of a value with the k-th of the same value. Where the order is free, those that are written
/// alike come first.
fn equal_pairs(expected: &[Element], actual: &[Element], order: Order) -> Vec<(usize, usize)> {
    let form = |element: &Element| if order == Order::Free { element.form } else { 0 };
    let sorted = |elements: &[Element]| {
        let mut sorted: Vec<(u128, u64, usize)> =
            elements.iter().enumerate().map(|(position, element)| (element.digest, form(element), position)).collect();
        sorted.sort_unstable();
        sorted
    };
    let (expected, actual) = (sorted(expected), sorted(actual));
    let (mut one, mut two) = (0, 0);
    let mut pairs = Vec::new();
    while let (Some((digest, _, position)), Some((other, _, other_position))) = (expected.get(one), actual.get(two)) {
        match digest.cmp(other) {
            std::cmp::Ordering::Less => one += 1,
            std::cmp::Ordering::Greater => two += 1,
            std::cmp::Ordering::Equal => {
                pairs.push((*position, *other_position));
                one += 1;
                two += 1;
            }
        }
    }
    pairs.sort_unstable();
    pairs
}

/// The pairs that every longest run of unmoved pairs has in common: the fixed points between which things happened.
pub(in crate::compare) fn anchors(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let actual: Vec<usize> = pairs.iter().map(|(_, actual)| *actual).collect();
    let Runs { ending, starting, longest } = Runs::of(&actual);
    let is_in_a_longest = |at: usize| ending[at] + starting[at] == longest + 1;
    let mut n_with_rank = vec![0_usize; longest + 1];
    for at in 0..actual.len() {
        if is_in_a_longest(at) {
            n_with_rank[ending[at]] += 1;
        }
    }
    (0..actual.len()).filter(|at| is_in_a_longest(*at) && n_with_rank[ending[*at]] == 1).map(|at| pairs[at]).collect()
}

/// How many of the pairs (sorted by the first position) moved: the fewest that explain the order of the rest.
pub(super) fn n_moved(pairs: &[(usize, usize)]) -> usize {
    let actual: Vec<usize> = pairs.iter().map(|(_, actual)| *actual).collect();
    if actual.is_sorted() {
        return 0;
    }
    pairs.len() - Runs::of(&actual).longest
}

/// Lengths of the longest rising runs that end and that start at each place of a sequence of distinct numbers.
struct Runs {
    ending: Vec<usize>,
    starting: Vec<usize>,
    longest: usize,
}

impl Runs {
    /// Patience sorting, O(n log n).
    fn of(sequence: &[usize]) -> Self {
        let ending = rising(sequence.iter().copied());
        let mut starting = rising(sequence.iter().rev().map(|number| usize::MAX - number));
        starting.reverse();
        let longest = ending.iter().copied().max().unwrap_or(0);
        Self { ending, starting, longest }
    }
}

fn rising(sequence: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut tops: Vec<usize> = Vec::new();
    sequence
        .map(|number| {
            let pile = tops.partition_point(|top| *top < number);
            if pile == tops.len() {
                tops.push(number);
            } else {
                tops[pile] = number;
            }
            pile + 1
        })
        .collect()
}

/// How alike two maps or lists are, in thousandths, from how many parts are equal, shared but unequal, and there at all.
pub(super) fn likeness(n_equal: usize, n_shared: usize, n_all: usize) -> u32 {
    if n_all == 0 {
        return 1_000;
    }
    u32::try_from((1_000 * n_equal + 250 * n_shared) / n_all).unwrap_or(1_000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Lower-case letters are scalars, upper-case ones rows; `similarity` is 600 for the same letter in another case.
    fn elements(text: &str) -> Vec<Element> {
        text.chars()
            .map(|letter| Element {
                digest: u128::from(u32::from(letter)),
                form: 0,
                class: if letter.is_uppercase() || letter.is_ascii_digit() { Class::Map } else { Class::Scalar },
            })
            .collect()
    }

    fn run(expected: &str, actual: &str, order: Order) -> Alignment {
        let (one, two) = (elements(expected), elements(actual));
        // Digits stand for the letters at their place in the alphabet, changed a little.
        let letter = |digest: u128| if digest < 64 { digest - 48 } else { digest - 64 };
        let similarity = |a: usize, b: usize| if letter(one[a].digest) == letter(two[b].digest) { 600 } else { 0 };
        align(&one, &two, order, &mut MAX_PAIRS_PER_COMPARISON.clone(), similarity)
    }

    fn check(expected: &str, actual: &str, order: Order, outcome: &str) {
        let alignment = run(expected, actual, order);
        let (one, two): (Vec<char>, Vec<char>) = (expected.chars().collect(), actual.chars().collect());
        let mut seen: Vec<String> =
            alignment.pairs.iter().filter(|(a, b)| one[*a] != two[*b]).map(|(a, b)| format!("{}>{}", one[*a], two[*b])).collect();
        seen.extend(alignment.removed.iter().map(|position| format!("-{}", one[*position])));
        seen.extend(alignment.added.iter().map(|position| format!("+{}", two[*position])));
        if n_moved(&alignment.pairs) > 0 {
            seen.push(format!("~{}", n_moved(&alignment.pairs)));
        }
        assert_eq!(seen.join(" "), outcome, "{expected} {actual}");
    }

    #[test]
    fn scalars_change_at_their_place_and_are_added_or_removed_elsewhere() {
        check("abc", "axc", Order::Counts, "b>x");
        check("abc", "ac", Order::Counts, "-b");
        check("abc", "abxc", Order::Counts, "+x");
        check("abc", "axyc", Order::Counts, "-b +x +y");
        check("abc", "xyz", Order::Counts, "a>x b>y c>z");
        check("abcd", "bcde", Order::Counts, "-a +e");
        check("", "ab", Order::Counts, "+a +b");
        check("aab", "ab", Order::Counts, "-a");
    }

    #[test]
    fn moves_are_moves() {
        check("abcdef", "bcdefa", Order::Counts, "~1");
        check("abcdef", "fedcba", Order::Counts, "~5");
        check("abcdef", "bacdef", Order::Counts, "~1");
        check("abcdef", "xcdefa", Order::Counts, "b>x ~1");
    }

    #[test]
    fn rows_are_paired_by_similarity() {
        check("ABC", "A2C", Order::Counts, "B>2");
        check("ABCD", "A3D", Order::Counts, "C>3 -B");
        check("ABC", "3C2A", Order::Free, "B>2 +3 ~2");
        check("AB", "ab", Order::Counts, "A>a B>b");
        check("AB", "XY", Order::Counts, "-A -B +X +Y");
        check("AB", "XYZ", Order::Counts, "-A -B +X +Y +Z");
        check("A", "x", Order::Free, "A>x");
        check("a", "x", Order::Free, "-a +x");
        check("aBc", "abc", Order::Counts, "B>b");
    }

    #[test]
    fn the_bound_on_work_is_kept_and_told() {
        let rows = |start: u128, n: usize| -> Vec<Element> {
            (0..n as u128).map(|at| Element { digest: start + at, form: 0, class: Class::Map }).collect()
        };
        let asked = std::cell::Cell::new(0_usize);
        let mut budget = MAX_PAIRS_PER_COMPARISON;
        let count = |_, _| {
            asked.set(asked.get() + 1);
            0
        };
        let alignment = align(&rows(0, 600), &rows(1_000, 601), Order::Counts, &mut budget, count);
        assert_eq!(alignment.over_bound, Some(360_600));
        assert!(asked.replace(0) < MAX_PAIRS_PER_LIST);
        assert_eq!((alignment.pairs.len(), alignment.added.len(), budget), (0, 601, MAX_PAIRS_PER_COMPARISON));
        // One row lost among many that all changed: the rows behind it are still themselves.
        let alike = |one: usize, two: usize| if one == two + usize::from(two >= 300) { 900 } else { 700 };
        let alignment = align(&rows(0, 601), &rows(1_000, 600), Order::Counts, &mut budget, alike);
        assert_eq!((alignment.removed, alignment.added.len()), (vec![300], 0));
        let alignment = align(&rows(0, 40), &rows(1_000, 50), Order::Counts, &mut budget, count);
        assert_eq!((alignment.over_bound, asked.get(), budget), (None, 2_040, MAX_PAIRS_PER_COMPARISON - 2_000));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn swapping_sides_swaps_pairs(expected in "[a-dA-D1-4]{0,8}", actual in "[a-dA-D1-4]{0,8}", free in any::<bool>()) {
            let order = if free { Order::Free } else { Order::Counts };
            let (there, back) = (run(&expected, &actual, order), run(&actual, &expected, order));
            let mut swapped: Vec<_> = back.pairs.iter().map(|(one, two)| (*two, *one)).collect();
            swapped.sort_unstable();
            prop_assert_eq!(&there.pairs, &swapped);
            prop_assert_eq!(&there.removed, &back.added);
            let mut all: Vec<usize> = there.pairs.iter().map(|(one, _)| *one).chain(there.removed.iter().copied()).collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..expected.len()).collect::<Vec<_>>());
        }

        #[test]
        fn a_shuffle_leaves_nothing_over(letters in prop::collection::vec("[a-e]", 0..9).prop_shuffle()) {
            let mut sorted = letters.clone();
            sorted.sort();
            let alignment = run(&sorted.concat(), &letters.concat(), Order::Free);
            prop_assert!(alignment.removed.is_empty() && alignment.added.is_empty());
        }
    }
}
