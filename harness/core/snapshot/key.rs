//! Which file holds a snapshot's baseline.

use super::slug;

/// What tells one snapshot from all others: never its attempt, order or time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SnapshotKey {
    /// The suite's path without `.yaml`, with forward slashes.
    pub suite: String,
    /// The case's slug.
    pub case: String,
    /// The row's id, for cases with rows.
    pub row: Option<String>,
    /// The snapshot's name, with what it keeps where it keeps several things: `plugin`, `plugin.headers`.
    pub name: String,
}

/// For whom a baseline holds; nothing means for all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Variant {
    /// The environment's name.
    pub environment: Option<String>,
    /// The browser's name.
    pub browser: Option<String>,
    /// The viewport: `390x844`.
    pub viewport: Option<String>,
}

impl SnapshotKey {
    /// The file of a variant below the baselines folder, with forward slashes and `.snap`.
    #[must_use]
    pub fn path(&self, variant: &Variant) -> String {
        let folder: Vec<String> = self.suite.split('/').map(file_name).collect();
        let row = self.row.as_ref().map(|row| format!("[{}]", row_slug(row))).unwrap_or_default();
        let parts = [&variant.environment, &variant.browser, &variant.viewport];
        let of: String = parts.into_iter().flatten().map(|name| format!("@{}", slug(name))).collect();
        format!("{}/{}{row}.{}{of}.snap", folder.join("/"), file_name(&self.case), file_name(&self.name))
    }

    /// The files that may hold the baseline for whom a snapshot was taken, most specific first: the viewport is dropped first,
    /// then the browser, then the environment.
    #[must_use]
    pub fn lookup(&self, whole: &Variant) -> Vec<String> {
        let kept = |part: &Option<String>, keeps: bool| part.clone().filter(|_| keeps);
        let mut paths = Vec::new();
        for number in (0..8_u8).rev() {
            let variant = Variant {
                environment: kept(&whole.environment, number & 4 != 0),
                browser: kept(&whole.browser, number & 2 != 0),
                viewport: kept(&whole.viewport, number & 1 != 0),
            };
            let path = self.path(&variant);
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        paths
    }
}

/// A row's slug. Ids that are slugs already stand as they are; others are told apart by a digest, since `a b` and `a-b` may
/// both be rows of one case.
fn row_slug(row: &str) -> String {
    let plain = row.chars().all(|character| character.is_alphanumeric() || matches!(character, '-' | '_' | '.' | ','));
    if plain && !row.starts_with('.') && row.chars().count() <= 80 { row.to_owned() } else { super::slug_with_digest(row) }
}

/// A part of a path that stays in its folder. Suite paths and names are checked where they are read; this holds whatever comes.
fn file_name(part: &str) -> String {
    let sound = !part.is_empty()
        && !part.starts_with('.')
        && part
            .chars()
            .all(|character| !character.is_control() && !matches!(character, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|'));
    if sound { part.to_owned() } else { super::slug_with_digest(part) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(suite: &str, case: &str, row: Option<&str>, name: &str, expected: &str) {
        let key = SnapshotKey { suite: suite.to_owned(), case: case.to_owned(), row: row.map(str::to_owned), name: name.to_owned() };
        assert_eq!(key.path(&Variant::default()), expected);
    }

    #[test]
    fn a_baseline_stands_beside_its_suite() {
        check("api/plugins", "a-case", None, "list", "api/plugins/a-case.list.snap");
        check("api/plugins", "a-case", Some("napari-svg"), "list.headers", "api/plugins/a-case[napari-svg].list.headers.snap");
    }

    #[test]
    fn rows_that_look_alike_have_files_of_their_own() {
        let path = |row: &str| {
            SnapshotKey { suite: "s".into(), case: "c".into(), row: Some(row.into()), name: "n".into() }.path(&Variant::default())
        };
        assert_ne!(path("a b"), path("a-b"));
        assert_ne!(path("a b"), path("a/b"));
        assert!(!path("../x").contains(".."));
    }

    #[test]
    fn an_environments_own_baseline_comes_first() {
        let key = SnapshotKey { suite: "s".into(), case: "c".into(), row: None, name: "n".into() };
        let on = Variant { environment: Some("production".into()), ..Variant::default() };
        assert_eq!(key.lookup(&on), ["s/c.n@production.snap", "s/c.n.snap"]);
    }

    #[test]
    fn the_viewport_is_dropped_first_and_then_the_browser() {
        let key = SnapshotKey { suite: "s".into(), case: "c".into(), row: None, name: "n".into() };
        let whole = Variant { environment: Some("dev".into()), browser: Some("firefox".into()), viewport: Some("390x844".into()) };
        let expected = [
            "s/c.n@dev@firefox@390x844.snap",
            "s/c.n@dev@firefox.snap",
            "s/c.n@dev@390x844.snap",
            "s/c.n@dev.snap",
            "s/c.n@firefox@390x844.snap",
            "s/c.n@firefox.snap",
            "s/c.n@390x844.snap",
            "s/c.n.snap",
        ];
        assert_eq!(key.lookup(&whole), expected);
    }

    #[test]
    fn nothing_leaves_the_folder() {
        let key = SnapshotKey { suite: "../x".into(), case: "..".into(), row: Some("/".into()), name: "a/../b".into() };
        let path = key.path(&Variant { environment: Some("../p".into()), ..Variant::default() });
        assert!(!path.contains("..") && !path.starts_with('/'), "{path}");
        assert_eq!(path.matches('/').count(), 2, "{path}");
    }
}
