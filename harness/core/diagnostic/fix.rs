//! What `check --fix` writes.

use super::{Diagnostic, Source};

/// The text of `source` with the fixes of its diagnostics put in place of their spans.
///
/// Of two fixes that overlap, the first in the text is made; checking again finds the other.
#[must_use]
pub fn apply_fixes(source: &Source, diagnostics: &[Diagnostic]) -> String {
    let mut fixes: Vec<(usize, usize, &str)> = diagnostics
        .iter()
        .filter_map(|diagnostic| {
            let span = diagnostic.span.as_ref().filter(|span| *span.source == *source)?;
            Some((span.start, span.end, diagnostic.fix.as_deref()?))
        })
        .collect();
    fixes.sort_unstable();
    let mut fixed = String::with_capacity(source.text.len() + 2 * fixes.len());
    let mut done = 0;
    for (start, end, replacement) in fixes {
        let (Some(before), Some(_)) = (source.text.get(done..start), source.text.get(start..end)) else {
            continue;
        };
        fixed.push_str(before);
        fixed.push_str(replacement);
        done = end;
    }
    fixed.push_str(&source.text[done..]);
    fixed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Span;

    #[test]
    fn fixes_take_the_place_of_their_spans() {
        let source = Source::new("a.yaml", "a: @x\nb: @y\n");
        let other = Source::new("b.yaml", "a: @x\nb: @y\n");
        let fix = |source, range, text: &str| Diagnostic::error(&Span::new(source, range), "x").fix(text);
        let diagnostics = [
            fix(&source, 9..11, "'@y'"),
            fix(&source, 3..5, "'@x'"),
            fix(&source, 4..8, "overlaps"),
            fix(&other, 0..1, "elsewhere"),
            Diagnostic::error(&Span::new(&source, 0..1), "has no fix"),
            Diagnostic::general("has no place").fix("nowhere"),
        ];
        assert_eq!(apply_fixes(&source, &diagnostics), "a: '@x'\nb: '@y'\n");
        assert_eq!(apply_fixes(&source, &[]), source.text);
    }
}
