//! The order of cases in every report: by file, line and row, whichever ended first.

use std::{cmp::Ordering, collections::BTreeMap, io};

use super::{
    format::Entries,
    summary::{Row, Summary},
};
use crate::record::{Case, Entry, Wanted};

/// Sorts rows, and says for each where it went.
pub(super) fn sort(rows: Vec<Row>) -> (Vec<Row>, Vec<usize>) {
    let mut numbered: Vec<(usize, Row)> = rows.into_iter().enumerate().collect();
    numbered.sort_by(|(_, a), (_, b)| a.file.cmp(&b.file).then(a.line.cmp(&b.line)).then_with(|| natural(&a.id, &b.id)));
    let mut ranks = vec![0; numbered.len()];
    for (rank, (number, _)) in numbered.iter().enumerate() {
        ranks[*number] = rank;
    }
    (numbered.into_iter().map(|(_, row)| row).collect(), ranks)
}

/// Visits every case in the order of [`Summary::rows`].
///
/// Cases end nearly in the order in which they were planned, so that few are held back at a time.
pub(super) fn each_case(summary: &Summary, entries: &Entries<'_>, mut visit: impl FnMut(&Row, &Case) -> io::Result<()>) -> io::Result<()> {
    let cases = entries(Wanted::Cases)?.filter_map(|entry| if let Entry::Case(case) = entry { Some(case) } else { None });
    let mut early: BTreeMap<usize, Case> = BTreeMap::new();
    let mut next = 0;
    // A record that grew between the passes has more cases than ranks; those belong to the next report.
    for (case, &rank) in cases.zip(&summary.ranks) {
        early.insert(rank, case);
        while let Some(case) = early.remove(&next) {
            visit(&summary.rows[next], &case)?;
            next += 1;
        }
    }
    Ok(())
}

/// Compares text with runs of digits as numbers: `[2]` comes before `[10]`.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let (mut rest_a, mut rest_b) = (a.as_bytes(), b.as_bytes());
    while let (Some(&first_a), Some(&first_b)) = (rest_a.first(), rest_b.first()) {
        let ordering = if first_a.is_ascii_digit() && first_b.is_ascii_digit() {
            let (number_a, after_a) = split_number(rest_a);
            let (number_b, after_b) = split_number(rest_b);
            (rest_a, rest_b) = (after_a, after_b);
            number_a.len().cmp(&number_b.len()).then_with(|| number_a.cmp(number_b))
        } else {
            (rest_a, rest_b) = (&rest_a[1..], &rest_b[1..]);
            first_a.cmp(&first_b)
        };
        if ordering.is_ne() {
            return ordering;
        }
    }
    // `01` and `1` are the same number; the whole texts then decide.
    rest_a.len().cmp(&rest_b.len()).then_with(|| a.cmp(b))
}

/// The digits at the start without leading zeros, and what follows them.
fn split_number(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let zeros = digits.iter().position(|&byte| byte != b'0').unwrap_or(digits.len());
    (&digits[zeros..], rest)
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{self, Equal, Greater, Less};

    fn check(a: &str, b: &str, expected: Ordering) {
        assert_eq!(super::natural(a, b), expected, "{a} with {b}");
        assert_eq!(super::natural(b, a), expected.reverse(), "{b} with {a}");
    }

    #[test]
    fn numbers_in_names_compare_as_numbers() {
        check("a[2]", "a[10]", Less);
        check("a[10]", "a[10]", Equal);
        check("a[01]", "a[1]", Less);
        check("a[99999999999999999999]", "a[100000000000000000000]", Less);
        check("a", "a[1]", Less);
        check("b", "a10", Greater);
        check("a1", "aa", Less);
        check("ä2", "ä10", Less);
    }
}
