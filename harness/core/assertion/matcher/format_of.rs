//! `format`: the text is in a well-known form.

use std::sync::Arc;

use super::{Check, Kind, Parsing, Subject, equality, parse::push};
use crate::{
    assertion::{Context, Failure, Outcome},
    diagnostic::did_you_mean,
    extract::{Argument, Unresolved, argument, shown::quoted},
    format,
    json::Json,
    template::Dynamic,
    yaml::Node,
};

/// The kind `format`.
pub(super) struct Format;

#[derive(Debug)]
struct FormatCheck {
    wanted: Argument<format::Format>,
}

impl Kind for Format {
    fn name(&self) -> &'static str {
        "format"
    }

    fn documentation(&self) -> &'static str {
        "The text is in this form: `uuid date-time date email uri ipv4 ipv6 hostname semver jwt base64 hex`."
    }

    fn example(&self) -> &'static str {
        "{format: date-time}"
    }

    fn schema(&self) -> serde_json::Value {
        let names: Vec<&str> = format::Format::ALL.iter().map(|format| format.name()).collect();
        serde_json::json!({"enum": names})
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        Some(Arc::new(FormatCheck { wanted: Argument::parse(node, parsing.diagnostics, read)? }))
    }
}

fn read(value: &Json) -> Result<format::Format, String> {
    let name = value.as_str().unwrap_or_default();
    let names = || format::Format::ALL.iter().map(|format| format.name());
    let near = || {
        did_you_mean(name, names())
            .map_or_else(|| format!("one of {}", names().collect::<Vec<_>>().join(", ")), |near| format!("did you mean `{near}`?"))
    };
    format::Format::parse(name).ok_or_else(|| format!("{} is not a format: {}", argument::found(value), near()))
}

fn words(format: format::Format) -> String {
    format!("the format {}", format.name())
}

impl Check for FormatCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let wanted = *self.wanted.resolve(context.scope)?;
        Ok(match subject.value {
            Some(Json::String(text)) if wanted.matches(text) => Outcome::Holds,
            Some(Json::String(text)) => Failure::different(subject.place.within(), words(wanted), quoted(text)).into(),
            Some(_) => equality::unsuited(subject, &words(wanted), "the value is not text").into(),
            None => equality::nothing(subject, &words(wanted)).into(),
        })
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        self.wanted.resolve(context.scope).map_or_else(|_| self.wanted.phrase(context.scope), |wanted| words(*wanted))
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        push(&self.wanted, found);
    }
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::{
        Mode,
        testing::{check, check_nothing, complaints},
    };

    #[test]
    fn text_is_in_a_form() {
        for (name, yes, no) in [
            ("uuid", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6ba7b810-9dad-11d1-80b4"),
            ("date-time", "2024-05-01T12:00:00Z", "2024-05-01"),
            ("date", "2024-02-29", "2023-02-29"),
            ("email", "ada@example.org", "ada.example.org"),
            ("uri", "https://example.org/x", "example"),
            ("ipv4", "192.0.2.1", "192.0.2.256"),
            ("ipv6", "2001:db8::1", "192.0.2.1"),
            ("hostname", "www.example.org", "-a-.example"),
            ("semver", "1.2.3-rc.1", "1.2"),
            ("base64", "aGVsbG8=", "hello!"),
            ("hex", "c0ffee", "coffee"),
        ] {
            check(&format!("{{format: {name}}}"), &format!("\"{yes}\""), "");
            check(&format!("{{format: {name}}}"), &format!("\"{no}\""), &format!("expected the format {name}, actual \"{no}\""));
        }
        check("{format: hex}", "5", "expected the format hex, actual 5; the value is not text");
        check_nothing("{format: hex}", "expected the format hex, actual nothing");
        complaints("{format: datetime}", Mode::Json, &["`datetime` is not a format: did you mean `date-time`?"]);
    }
}
