//! The exit codes and which of them wins.

use std::process::ExitCode;

use prodiff_core::record::Counts;

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything selected passed.
    Passed,
    /// A regression.
    Failed,
    /// Usage or suite error; nothing was sent (with `--keep-going`: a file was broken).
    Usage,
    /// Could not find out.
    Blocked,
    /// Nothing selected, or all skipped.
    Nothing,
    /// Only unreviewed.
    Unreviewed,
    /// Interrupted.
    Interrupted,
}

impl Exit {
    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Blocked => 3,
            Self::Nothing => 4,
            Self::Unreviewed => 5,
            Self::Interrupted => 130,
        }
    }

    /// Rank 130 > 1 > 2 > 3 > 5 > 4 > 0: a found regression is never hidden by an unreachable host.
    fn rank(self) -> u8 {
        match self {
            Self::Interrupted => 6,
            Self::Failed => 5,
            Self::Usage => 4,
            Self::Blocked => 3,
            Self::Unreviewed => 2,
            Self::Nothing => 1,
            Self::Passed => 0,
        }
    }

    /// The one that outranks the other.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        if other.rank() > self.rank() { other } else { self }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// What an exit code depends on besides the counts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Demands {
    /// `--strict`: flaky is a failure.
    pub strict: bool,
    /// `--allow-none`: nothing tested is fine.
    pub allow_none: bool,
    /// `--expect-at-least`.
    pub at_least: Option<u64>,
    /// The run was interrupted.
    pub interrupted: bool,
    /// A file was broken, and sound ones were played all the same.
    pub broken_file: bool,
    /// A finding fails, whatever its cases say.
    pub failing_finding: bool,
    /// A build changed mid-run: what was seen is of two.
    pub build_moved: bool,
}

/// The exit of a run with these counts.
#[must_use]
pub fn of(counts: &Counts, demands: Demands) -> Exit {
    let cases = counts.cases;
    let tested = cases.total() - cases.skipped;
    // What is blocked was tried, but not looked at.
    let looked = tested - cases.blocked;
    let when = |condition: bool, exit: Exit| if condition { exit } else { Exit::Passed };
    [
        when(demands.interrupted, Exit::Interrupted),
        when(cases.failed > 0 || demands.failing_finding, Exit::Failed),
        when(demands.strict && cases.flaky > 0, Exit::Failed),
        when(demands.at_least.is_some_and(|least| looked < least), Exit::Failed),
        when(demands.broken_file, Exit::Usage),
        when(cases.blocked > 0 || demands.build_moved, Exit::Blocked),
        when(cases.unreviewed > 0, Exit::Unreviewed),
        when(tested == 0 && !demands.allow_none, Exit::Nothing),
    ]
    .into_iter()
    .fold(Exit::Passed, Exit::worse)
}

/// What an exit code says that no case does; nothing where the cases explain it.
#[must_use]
pub fn explain(counts: &Counts, demands: Demands) -> Option<String> {
    let cases = counts.cases;
    let looked = cases.total() - cases.skipped - cases.blocked;
    if let Some(least) = demands.at_least
        && looked < least
    {
        let tested = if looked == 1 { String::from("1 case was tested") } else { format!("{looked} cases were tested") };
        return Some(format!("{tested}, and --expect-at-least asks for {least}"));
    }
    if demands.build_moved {
        return Some(String::from("a build changed mid-run"));
    }
    if demands.broken_file {
        return Some(String::from("a file is broken"));
    }
    (demands.strict && cases.flaky > 0).then(|| String::from("--strict: a case was flaky"))
}

#[cfg(test)]
mod tests {
    use prodiff_core::record::CaseCounts;

    use super::*;

    fn check(cases: CaseCounts, demands: Demands, expected: u8) {
        let counts = Counts { cases, ..Counts::default() };
        assert_eq!(of(&counts, demands).code(), expected, "{cases:?} {demands:?}");
    }

    #[test]
    fn the_worst_outranks_the_rest() {
        let none = CaseCounts::default();
        let passed = CaseCounts { passed: 1, ..none };
        let all = CaseCounts { passed: 1, flaky: 1, failed: 1, blocked: 1, unreviewed: 1, skipped: 1 };
        let demands = Demands::default();
        check(passed, demands, 0);
        check(all, demands, 1);
        check(all, Demands { interrupted: true, ..demands }, 130);
        check(CaseCounts { failed: 0, ..all }, demands, 3);
        check(CaseCounts { failed: 0, ..all }, Demands { broken_file: true, ..demands }, 2);
        check(CaseCounts { failed: 0, blocked: 0, ..all }, demands, 5);
        check(CaseCounts { failed: 1, ..none }, Demands { broken_file: true, ..demands }, 1);
        check(passed, Demands { failing_finding: true, ..demands }, 1);
    }

    #[test]
    fn nothing_tested_is_never_green_unless_allowed() {
        let none = CaseCounts::default();
        check(none, Demands::default(), 4);
        check(CaseCounts { skipped: 3, ..none }, Demands::default(), 4);
        check(CaseCounts { skipped: 3, ..none }, Demands { allow_none: true, ..Demands::default() }, 0);
        check(none, Demands { at_least: Some(1), ..Demands::default() }, 1);
    }

    #[test]
    fn too_little_tested_and_strict_flakiness_fail() {
        let passed = CaseCounts { passed: 2, flaky: 1, ..CaseCounts::default() };
        check(passed, Demands::default(), 0);
        check(passed, Demands { strict: true, ..Demands::default() }, 1);
        check(passed, Demands { at_least: Some(3), ..Demands::default() }, 0);
        check(passed, Demands { at_least: Some(4), ..Demands::default() }, 1);
        check(CaseCounts { passed: 2, blocked: 5, ..CaseCounts::default() }, Demands { at_least: Some(3), ..Demands::default() }, 1);
    }
}
