//! A screen that nobody sees, for a browser that cannot do without.

use std::{fs, path::Path, time::Duration};

use tokio::time::{Instant, sleep};

use super::group::{Group, Program};

/// An X server without a screen (Xvfb).
#[derive(Debug)]
pub struct Display {
    group: Group,
    number: u32,
}

/// How long it may take until it listens.
const PATIENCE: Duration = Duration::from_secs(20);

impl Display {
    /// Starts one on a free number.
    ///
    /// # Errors
    /// When it ends, or does not listen in time.
    pub async fn start(path: &Path) -> Result<Self, String> {
        // It chooses the number itself and prints it once it listens.
        let arguments = ["-displayfd", "1", "-screen", "0", "1920x1600x24", "-nolisten", "tcp", "-noreset"].map(String::from);
        let program = Program { path, arguments: &arguments, variables: &[] };
        let group = Group::start(&program).map_err(|error| format!("{}: {error}", path.display()))?;
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(number) = announced(&group.output()) {
                return Ok(Self { group, number });
            }
            if let Some(how) = group.ended() {
                return Err(format!("Xvfb: {how}; it printed: {}", group.tail()));
            }
            if Instant::now() >= until {
                return Err(format!("Xvfb: it was not ready within {} s", PATIENCE.as_secs()));
            }
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// What `DISPLAY` is to be.
    #[must_use]
    pub fn name(&self) -> String {
        format!(":{}", self.number)
    }

    /// How it ended, if it did.
    #[must_use]
    pub fn ended(&self) -> Option<String> {
        self.group.ended().map(|how| format!("Xvfb: {how}"))
    }

    /// Ends it.
    pub async fn end(self) {
        let (number, owner) = (self.number, self.group.id());
        self.group.end().await;
        // One that had to be killed leaves its lock, outside its folder; it is ours as long as it names our process.
        let lock = format!("/tmp/.X{number}-lock");
        if fs::read_to_string(&lock).is_ok_and(|text| text.trim() == owner.to_string()) {
            let _ = fs::remove_file(lock);
            let _ = fs::remove_file(format!("/tmp/.X11-unix/X{number}"));
        }
    }
}

/// The line that holds nothing but a number.
fn announced(output: &str) -> Option<u32> {
    let (whole, _) = output.rsplit_once('\n')?;
    whole.lines().find_map(|line| line.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_found_among_what_is_printed() {
        assert_eq!(announced("a warning\n99\n"), Some(99));
        assert_eq!(announced("9"), None);
    }
}
