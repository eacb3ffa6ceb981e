//! Small parts that pages share: days, numbers, names, icons, what folds away.

use chrono::DateTime;

/// A day as people read it: `2 Nov 2025`.
pub(super) fn day(at: i64) -> String {
    DateTime::from_timestamp_micros(at).unwrap_or_default().format("%-d %b %Y").to_string()
}

/// A number with its thousands apart: `12,345`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A picture of lines; whoever cannot see it misses nothing.
pub(super) fn icon(path: &str) -> String {
    format!("<svg class=\"icon\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"{path}\"/></svg>")
}

pub(super) const MAGNIFIER: &str = "m20 20-4.5-4.5M17 10.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0z";
pub(super) const CROSS: &str = "m6 6 12 12M18 6 6 18";
pub(super) const LINES: &str = "M4 6h16M4 12h16M4 18h16";
pub(super) const DOWN: &str = "m6 9 6 6 6-6";
pub(super) const LEFT: &str = "m15 6-6 6 6 6";
pub(super) const RIGHT: &str = "m9 6 6 6-6 6";

/// A heading that folds what follows it away.
pub(super) fn accordion(id: &str, title: &str, content: &str) -> String {
    format!(
        "<div class=\"accordion\"><h2><button type=\"button\" data-testid=\"accordionSummary\" data-title=\"{title}\" aria-expanded=\"false\" \
         aria-controls=\"fold-{id}\">{title} {down}</button></h2><div id=\"fold-{id}\" hidden>{content}</div></div>",
        down = icon(DOWN),
    )
}

/// What a type of plugin is called.
pub(super) fn type_label(kind: &str) -> &'static str {
    match kind {
        "reader" => "Reader",
        "writer" => "Writer",
        "sample_data" => "Sample data",
        "theme" => "Theme",
        _ => "Widget",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!([0, 999, 1_000, 12_345, 1_234_567].map(grouped), ["0", "999", "1,000", "12,345", "1,234,567"]);
    }

    #[test]
    fn days_are_written_for_people() {
        assert_eq!(day(1_764_547_200_000_000), "1 Dec 2025");
    }
}
