//! From bytes to a tree, past every slip that can be mended.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    limits::{MAX_ATTEMPTS, MAX_DIAGNOSTICS, MAX_FILE},
    node::Node,
    parse::{Parsed, parse},
    repair::{Edit, Repaired},
};
use crate::diagnostic::{Diagnostic, Source, Span, sort};

/// The one document of a source, and every complaint about its YAML.
///
/// A slip whose meaning is plain (text that wants quotes) is reported, and reading goes on as if it
/// were mended, so that there is a tree and further mistakes are found. No tree means that the rest could not be read.
#[must_use]
pub fn read(source: &Arc<Source>) -> (Option<Node>, Vec<Diagnostic>) {
    if source.text.len() > MAX_FILE {
        return (None, vec![too_large(source, source.text.len())]);
    }
    let mut diagnostics = Vec::new();
    let mut edits: BTreeMap<usize, Edit> = BTreeMap::new();
    let mut attempted = 0;
    loop {
        let in_order: Vec<Edit> = edits.values().cloned().collect();
        let repaired = Repaired::new(&source.text, &in_order);
        let Parsed { tree, slips, complaints, reached } = parse(source, &repaired);
        // Making the repaired text costs little, but not nothing.
        attempted += reached + repaired.text.len() / 8;

        let before = edits.len();
        for slip in slips {
            let range = repaired.original(slip.range.clone());
            let place = Span::new(source, range.clone());
            let mut diagnostic = Diagnostic::error(&place, slip.message);
            diagnostic.help = slip.help;
            // What was mended and still does not read has its complaint already.
            if repaired.is_mended(&slip.range) {
                continue;
            }
            if let Some(replacement) = slip.replacement {
                let overlaps =
                    edits.range(..range.end.max(range.start + 1)).next_back().is_some_and(|(_, edit)| edit.range.end > range.start);
                if overlaps {
                    continue;
                }
                diagnostic.fix = Some(replacement.clone());
                edits.insert(range.start, Edit { range, replacement });
            }
            diagnostics.push(diagnostic);
        }
        let is_mended = edits.len() > before;
        if !is_mended || attempted > MAX_ATTEMPTS || diagnostics.len() >= MAX_DIAGNOSTICS {
            diagnostics.extend(complaints);
            sort(&mut diagnostics);
            if diagnostics.len() > MAX_DIAGNOSTICS {
                diagnostics.truncate(MAX_DIAGNOSTICS);
            }
            return (tree, diagnostics);
        }
    }
}

/// The source in a file's bytes.
///
/// # Errors
/// The file is too large or not UTF-8; the diagnostic points at the first byte that is not.
pub fn from_bytes(name: impl Into<String>, bytes: &[u8]) -> Result<Arc<Source>, Box<Diagnostic>> {
    let name = name.into();
    if bytes.len() > MAX_FILE {
        return Err(Box::new(too_large(&Source::new(name, ""), bytes.len())));
    }
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(Source::new(name, text)),
        Err(error) => error,
    };
    let start = error.valid_up_to();
    let line_end = bytes[start..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| start + at);
    let source = Source::new(name, String::from_utf8_lossy(&bytes[..line_end]));
    let diagnostic =
        Diagnostic::error(&Span::new(&source, start..start + char::REPLACEMENT_CHARACTER.len_utf8()), "this is not UTF-8 text");
    Err(Box::new(match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => diagnostic.help("the file is UTF-16; save it as UTF-8"),
        _ => diagnostic.help("save the file as UTF-8"),
    }))
}

fn too_large(source: &Arc<Source>, bytes: usize) -> Diagnostic {
    Diagnostic::error(&Span::new(source, 0..0), format!("the file has {bytes} bytes; {MAX_FILE} are the most"))
        .help("split it into several files")
}
