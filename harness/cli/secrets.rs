//! Secrets come from environment variables or `--env-file`, by the names that suites use.

use std::{collections::BTreeMap, env, fs, path::Path};

use prodiff_core::{diagnostic::Diagnostic, template::Name};

/// The shortest secret: a shorter one would mask half of every report.
const SHORTEST: usize = 4;

/// Values by name, as given by the file or else by the environment.
#[derive(Debug, Default)]
pub struct Vault {
    file: BTreeMap<String, String>,
}

impl Vault {
    /// A vault over an `--env-file`: `NAME=value` a line, `#` begins a comment line, quotes around a value are taken off.
    ///
    /// # Errors
    /// One line that says what is wrong with the file. It never quotes a value.
    pub fn open(file: Option<&Path>) -> Result<Self, String> {
        let Some(path) = file else { return Ok(Self::default()) };
        let text = fs::read_to_string(path).map_err(|error| format!("--env-file {}: {error}", path.display()))?;
        let mut values = BTreeMap::new();
        for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let line = line.strip_prefix("export ").unwrap_or(line);
            let Some((name, value)) = line.split_once('=') else {
                return Err(format!("{}:{}: expected NAME=value", path.display(), index + 1));
            };
            values.insert(name.trim().to_owned(), unquoted(value.trim()).to_owned());
        }
        Ok(Self { file: values })
    }

    /// The secrets that were asked for, and a complaint at the line of each that is missing or too short.
    #[must_use]
    pub fn take(&self, names: &[Name]) -> (BTreeMap<String, String>, Vec<Diagnostic>) {
        let mut found = BTreeMap::new();
        let mut problems = Vec::new();
        for name in names {
            let Some(secret) = name.secret() else { continue };
            match self.file.get(secret).cloned().or_else(|| env::var(secret).ok()) {
                None => problems.push(
                    Diagnostic::error(&name.span, format!("secret `{secret}` is not set"))
                        .help(format!("set the environment variable {secret}, or name it in --env-file")),
                ),
                Some(value) if value.chars().count() < SHORTEST => {
                    problems.push(Diagnostic::error(&name.span, format!("secret `{secret}` is shorter than {SHORTEST} characters")));
                }
                Some(value) => {
                    found.insert(secret.to_owned(), value);
                }
            }
        }
        (found, problems)
    }
}

fn unquoted(value: &str) -> &str {
    let quoted = |quote: char| value.strip_prefix(quote).and_then(|value| value.strip_suffix(quote));
    quoted('"').or_else(|| quoted('\'')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&[(&str, &str)], &str>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.env");
        fs::write(&path, text).unwrap();
        let read = Vault::open(Some(&path)).map(|vault| vault.file);
        match (read, expected) {
            (Ok(read), Ok(expected)) => {
                let read: Vec<(&str, &str)> = read.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                assert_eq!(read, expected);
            }
            (Err(message), Err(expected)) => assert!(message.ends_with(expected), "{message}"),
            (read, _) => panic!("{read:?}"),
        }
    }

    #[test]
    fn an_env_file_is_read_line_by_line() {
        check("# comment\nA=one\nexport B = 'two words'\nC=\"a=b\"\n\n", Ok(&[("A", "one"), ("B", "two words"), ("C", "a=b")]));
        check("A=one\nnonsense\n", Err("secrets.env:2: expected NAME=value"));
    }
}
