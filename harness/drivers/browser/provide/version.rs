//! Which version a program is.

use std::{path::Path, process::Stdio, time::Duration};

use tokio::{process::Command, time::timeout};

/// A program that does not say its version within this does not say it.
const PATIENCE: Duration = Duration::from_secs(10);

/// The version that a program says it is: the first word that looks like one. Nothing where it says none.
pub async fn version(path: &Path) -> Option<String> {
    let mut command = Command::new(path);
    command.arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let output = timeout(PATIENCE, command.output()).await.ok()?.ok()?;
    first(&String::from_utf8_lossy(&output.stdout))
}

fn first(text: &str) -> Option<String> {
    let is_version = |word: &&str| word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit());
    text.split(|c: char| c.is_whitespace() || c == '(' || c == ')').find(is_version).map(String::from)
}

/// The part before the first dot.
#[must_use]
pub fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_programs_say() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(first(text).as_deref(), expected, "{text}");
        check("Chromium 156.0.8078.108 built on Debian GNU/Linux 12 (bookworm)", Some("156.0.8078.108"));
        check("ChromeDriver 156.0.8078.108 (9f3fbfa1-refs/branch)", Some("156.0.8078.108"));
        check("Mozilla Firefox 153.7.0esr", Some("153.7.0esr"));
        check("geckodriver 0.37.1 ( 2026-07-20 10:21 +0000)", Some("0.37.1"));
        check("WebKitGTK 2.50.6 (Debian)", Some("2.50.6"));
        check("usage: program", None);
    }
}
