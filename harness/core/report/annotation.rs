//! Annotations on the suite's lines, as GitHub reads them from the log.

use super::text::visible;
use crate::{record::Failure, verdict::Status};

/// One failure as a workflow command, without a line feed; for where `GITHUB_ACTIONS` is set.
///
/// The only place that writes such a command: everything else breaks those that a site may have sent.
#[must_use]
pub fn annotation(case: &str, failure: &Failure) -> String {
    let level = match failure.status {
        Status::Failed | Status::Blocked => "error",
        Status::Unreviewed | Status::Flaky => "warning",
        Status::Passed | Status::Skipped => "notice",
    };
    let mut message = format!("{} on {}: {}", failure.step, failure.environment, failure.message);
    if !failure.expected.is_empty() || !failure.actual.is_empty() {
        message.push_str(&format!("\nexpected {}\nactual {}", failure.expected, failure.actual));
    }
    format!(
        "::{level} file={},line={},col={},title={}::{}",
        property(&failure.file),
        failure.line,
        failure.column,
        property(&format!("{} {case}", failure.status.name())),
        data(&message),
    )
}

/// A message: three characters are written as their codes (actions/toolkit, `escapeData`).
fn data(text: &str) -> String {
    visible(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A").replace("##[", "# #[")
}

/// A property: those that end it too (`escapeProperty`).
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::annotation;
    use crate::{
        record::{Entry, Failure},
        report::sample::Sample,
    };

    fn failures(sample: Sample) -> Vec<Failure> {
        sample
            .entries()
            .into_iter()
            .filter_map(|entry| if let Entry::Case(case) = entry { Some(case.failures) } else { None })
            .flatten()
            .collect()
    }

    #[test]
    fn a_failure_is_shown_at_its_line() {
        assert_eq!(
            annotation("api/plugins::x", &failures(Sample::Run)[0]),
            "::error file=suites/api/plugins.yaml,line=44,col=13,title=failed api/plugins%3A%3Ax::GET /plugins/index on staging: status is not as expected%0Aexpected 200%0Aactual 500"
        );
    }

    #[test]
    fn hostile_text_cannot_start_a_command_of_its_own() {
        let line = annotation("a\n::warning::b", &failures(Sample::Hostile)[0]);
        assert!(!line.contains(['\n', '\r', '\u{1b}', '\0']) && !line.contains("##["), "{line}");
        assert!(line.starts_with("::error file="));
    }
}
