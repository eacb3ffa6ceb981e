//! Whether nextest has started this process, and what its processes share.

use std::path::{Path, PathBuf};

use prodiff_core::plan::Plan;

use crate::{
    cli::load::Refusal,
    drivers::between::{Held, Lock},
};

/// One of the processes that nextest starts, one a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Nextest {
    run: String,
}

impl Nextest {
    /// What the environment says.
    pub(super) fn of_this_process() -> Option<Self> {
        Self::said(std::env::var("NEXTEST").ok().as_deref(), std::env::var("NEXTEST_RUN_ID").ok().as_deref())
    }

    fn said(nextest: Option<&str>, run: Option<&str>) -> Option<Self> {
        let is_plain = |run: &&str| {
            !run.is_empty() && run.len() <= 80 && run.chars().all(|character| character.is_ascii_alphanumeric() || character == '-')
        };
        nextest.filter(|value| *value == "1").map(|_| Self { run: run.filter(is_plain).unwrap_or("run").to_owned() })
    }

    /// Where the records of all its processes go, below the reports folder.
    pub(super) fn records(&self, reports: &Path) -> PathBuf {
        reports.join(format!("nextest-{}", self.run))
    }
}

/// Where processes agree, below the reports folder.
pub(super) fn common_folder(reports: &Path) -> PathBuf {
    reports.join(".between-processes")
}

/// Every `lock` of the cases of a plan, held against other processes. Waits for those that have one of them.
///
/// # Errors
/// When one cannot be had.
pub(super) fn hold_locks(plan: &Plan, folder: &Path) -> Result<Vec<Held>, Refusal> {
    let mut names: Vec<&String> = plan.cases().flat_map(|case| &case.locks).collect();
    // Taken in one order by all: nobody waits for somebody who waits for him.
    names.sort();
    names.dedup();
    let mut locks: Vec<Lock> = Vec::new();
    let refuse = |error| Refusal::usage(format!("{}: locks cannot be shared: {error}", folder.display()));
    for name in names {
        let lock = Lock::new(folder, &format!("lock-{name}")).map_err(refuse)?;
        // Two names may be one file; it is only held once.
        if !locks.contains(&lock) {
            locks.push(lock);
        }
    }
    locks.sort();
    locks.iter().map(Lock::wait).collect::<Result<_, _>>().map_err(refuse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_nextest_is_nextest() {
        let of = |run: &str| Some(Nextest { run: run.to_owned() });
        assert_eq!(Nextest::said(None, Some("a")), None);
        assert_eq!(Nextest::said(Some("0"), Some("a")), None);
        assert_eq!(Nextest::said(Some("1"), Some("a1-b2")), of("a1-b2"));
        assert_eq!(Nextest::said(Some("1"), None), of("run"));
        assert_eq!(Nextest::said(Some("1"), Some("../..")), of("run"));
    }
}
