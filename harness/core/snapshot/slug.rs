//! File names made of names that people choose.

use sha2::{Digest as _, Sha256};

/// The longest slug before a digest, in characters.
pub const LONGEST_SLUG: usize = 80;

/// The same in bytes: file systems count those, and a letter may take four.
const LONGEST_SLUG_BYTES: usize = 120;

/// How many hexadecimal digits of a digest tell names apart that would meet.
const DIGEST_DIGITS: usize = 8;

/// A name as part of a file's: letters and digits stay, everything between them becomes one `-`. What is longer than
/// [`LONGEST_SLUG`] is cut and gets a digest of the whole name, and so does a name without a letter or digit.
///
/// Two different names may have one slug: tell them apart by [`slug_with_digest`].
///
/// ```
/// use prodiff_core::snapshot::slug;
/// assert_eq!(slug("a plugin answers by its name"), "a-plugin-answers-by-its-name");
/// assert_eq!(slug("../../etc/passwd"), "etc-passwd");
/// ```
#[must_use]
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    let mut n_characters = 0;
    let mut is_cut = false;
    let mut gap = false;
    for character in name.chars() {
        if !character.is_alphanumeric() {
            gap = true;
            continue;
        }
        let n_needed = if gap && n_characters > 0 { 2 } else { 1 };
        if n_characters + n_needed > LONGEST_SLUG || slug.len() + 1 + character.len_utf8() > LONGEST_SLUG_BYTES {
            is_cut = true;
            break;
        }
        if n_needed == 2 {
            slug.push('-');
        }
        slug.push(character);
        n_characters += n_needed;
        gap = false;
    }
    if is_cut || slug.is_empty() { with_digest(slug, name) } else { slug }
}

/// The slug with a digest of the name behind it, for names whose slugs would meet.
#[must_use]
pub fn slug_with_digest(name: &str) -> String {
    let slug = slug(name);
    let ending = format!("-{}", digest(name));
    if slug.ends_with(&ending) || slug == digest(name) { slug } else { with_digest(slug, name) }
}

fn with_digest(slug: String, name: &str) -> String {
    if slug.is_empty() { digest(name) } else { format!("{slug}-{}", digest(name)) }
}

fn digest(name: &str) -> String {
    let digest = Sha256::digest(name.as_bytes());
    let mut hex = String::new();
    for byte in digest.iter().take(DIGEST_DIGITS / 2) {
        use std::fmt::Write as _;
        write!(hex, "{byte:02x}").expect("writing to a string cannot fail");
    }
    hex
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn letters_and_digits_stay() {
        let check = |name: &str, expected: &str| assert_eq!(slug(name), expected);
        check("List of plugins", "List-of-plugins");
        check("  größe: 5 %  ", "größe-5");
        check("a/b\\c..d", "a-b-c-d");
        check("…", "b4935894");
        check(&"x".repeat(80), &"x".repeat(80));
        check(&"x".repeat(81), &format!("{}-4d1f7bb8", "x".repeat(80)));
        check(&format!("{} y", "x".repeat(79)), &format!("{}-bfedb505", "x".repeat(79)));
    }

    #[test]
    fn a_digest_tells_names_apart() {
        assert_ne!(slug_with_digest("a b"), slug_with_digest("a-b"));
        assert!(slug_with_digest("a b").starts_with("a-b-"));
        assert_eq!(slug_with_digest(&"x".repeat(100)), slug(&"x".repeat(100)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_slug_is_always_a_safe_file_name(name in ".{0,120}") {
            for slug in [slug(&name), slug_with_digest(&name)] {
                prop_assert!(!slug.is_empty() && slug.chars().count() <= LONGEST_SLUG + 1 + DIGEST_DIGITS);
                prop_assert!(slug.len() <= LONGEST_SLUG_BYTES + 1 + DIGEST_DIGITS);
                prop_assert!(slug.chars().all(|character| character.is_alphanumeric() || character == '-'));
                prop_assert!(!slug.starts_with('-') && !slug.ends_with('-'));
            }
        }
    }
}
