//! "Did you mean": the nearest of the names that would have been right.

/// The candidate that `input` was probably meant to be, or nothing if none is near.
///
/// Case, `-` and `_` do not count; otherwise about one slip in three characters is forgiven.
#[must_use]
pub fn did_you_mean<'c>(input: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "");
    let input = plain(input);
    let length = input.chars().count();
    // A paragraph is no misspelt name, and distances cost the product of both lengths.
    if length > 60 {
        return None;
    }
    let forgiven = match length {
        0..=2 => 0,
        3..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let name = plain(candidate);
            let distance = strsim::damerau_levenshtein(&input, &name);
            let likeness = strsim::jaro_winkler(&input, &name);
            (distance <= forgiven).then_some((candidate, distance, likeness))
        })
        .min_by(|(_, one, like_one), (_, two, like_two)| one.cmp(two).then(like_two.total_cmp(like_one)))
        .map(|(candidate, ..)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: Option<&str>) {
        let names = ["contains", "count", "click", "timeout", "starts_with", "get", "put", "at_least"];
        assert_eq!(did_you_mean(input, names), expected, "{input}");
    }

    #[test]
    fn slips_find_their_name() {
        check("contain", Some("contains"));
        check("clik", Some("click"));
        check("cilck", Some("click"));
        check("Timeout", Some("timeout"));
        check("startsWith", Some("starts_with"));
        check("starts-with", Some("starts_with"));
        check("timeout_ms", Some("timeout"));
        check("gte", Some("get"));
    }

    #[test]
    fn other_words_find_nothing() {
        check("banana", None);
        check("x", None);
        check("", None);
        check("screenshot", None);
        check(&"contains ".repeat(20), None);
    }
}
