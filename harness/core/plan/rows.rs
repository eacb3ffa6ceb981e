//! Spreads a case out over its rows.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    diagnostic::{Diagnostic, Span},
    json::{self, Json},
    suite::model::{Case, Named, Row, Rows, Suite},
    template::{Dynamic, Scope, Variable},
};

/// The most rows a case may have: a matrix grows faster than people think.
const MAX_ROWS: usize = 100_000;

/// One row, rendered.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Expanded {
    /// Its id; nothing for a case without rows.
    pub(super) id: Option<String>,
    /// Its variables.
    pub(super) cells: Vec<(String, Json)>,
}

/// The rows of a case: one without variables where it has none.
pub(super) fn expand(
    suite: &Suite,
    case: &Case,
    scope: &Scope,
    files: &BTreeMap<(String, String), String>,
    problems: &mut Vec<Diagnostic>,
) -> Vec<Expanded> {
    let (rows, joins) = match &case.rows {
        None => return vec![Expanded::default()],
        Some(Rows::List(rows)) => (rows.iter().filter_map(|row| render(row, scope, problems)).collect(), Joins::First),
        Some(Rows::Matrix(axes)) => (matrix(axes, scope, &case.span, problems), Joins::All),
        Some(Rows::File { path }) => (from_file(suite, path, files, problems), Joins::First),
    };
    rows.into_iter()
        .filter_map(|cells| {
            let id = row_id(case, &cells, joins, scope, problems)?;
            Some(Expanded { id: Some(id), cells })
        })
        .collect()
}

#[derive(Clone, Copy)]
enum Joins {
    First,
    All,
}

type Cells = Vec<(String, Json)>;

fn render(row: &Row, scope: &Scope, problems: &mut Vec<Diagnostic>) -> Option<Cells> {
    row.cells.iter().map(|(name, value)| Some((name.name.clone(), rendered(value, scope, problems)?))).collect()
}

fn rendered(value: &Dynamic, scope: &Scope, problems: &mut Vec<Diagnostic>) -> Option<Json> {
    match value.render(scope) {
        Ok(rendered) => Some(rendered.value),
        Err(error) => {
            problems.push(Diagnostic::error(&error.span, error.message).help("rows are known before any request: captures cannot be used"));
            None
        }
    }
}

fn matrix(axes: &[(Named, Vec<Dynamic>)], scope: &Scope, span: &Span, problems: &mut Vec<Diagnostic>) -> Vec<Cells> {
    let size = axes.iter().try_fold(1_usize, |size, (_, values)| size.checked_mul(values.len()));
    if size.is_none_or(|size| size > MAX_ROWS) {
        problems.push(Diagnostic::error(span, format!("the matrix has more than {MAX_ROWS} rows")));
        return Vec::new();
    }
    let mut rows: Vec<Cells> = vec![Vec::new()];
    for (name, values) in axes {
        let values: Vec<Json> = values.iter().filter_map(|value| rendered(value, scope, problems)).collect();
        rows = rows
            .into_iter()
            .flat_map(|row| {
                values.iter().map(move |value| {
                    let mut row = row.clone();
                    row.push((name.name.clone(), value.clone()));
                    row
                })
            })
            .collect();
    }
    rows
}

fn from_file(suite: &Suite, path: &Named, files: &BTreeMap<(String, String), String>, problems: &mut Vec<Diagnostic>) -> Vec<Cells> {
    let Some(text) = files.get(&(suite.path.clone(), path.name.clone())) else {
        // The store has said why it could not be read.
        return Vec::new();
    };
    match read(&path.name, text) {
        Ok(rows) if rows.is_empty() => {
            problems.push(Diagnostic::error(&path.span, format!("`{}` holds no rows", path.name)));
            rows
        }
        Ok(rows) if rows.len() > MAX_ROWS => {
            problems.push(Diagnostic::error(&path.span, format!("`{}` holds more than {MAX_ROWS} rows", path.name)));
            Vec::new()
        }
        Ok(rows) => rows,
        Err(message) => {
            problems.push(Diagnostic::error(&path.span, format!("`{}`: {message}", path.name)));
            Vec::new()
        }
    }
}

/// The names that rows of a file give; those that not every row gives included.
///
/// # Errors
/// What is wrong with the file.
pub fn columns(path: &str, text: &str) -> Result<BTreeSet<String>, String> {
    let rows = read(path, text)?;
    if rows.is_empty() {
        return Err(String::from("it holds no rows"));
    }
    Ok(rows.into_iter().flatten().map(|(name, _)| name).collect())
}

/// The rows of a file: JSON by its name, else CSV.
fn read(path: &str, text: &str) -> Result<Vec<Cells>, String> {
    if path.to_ascii_lowercase().ends_with(".json") { from_json(text) } else { from_csv(text) }
}

fn from_json(text: &str) -> Result<Vec<Cells>, String> {
    let document = json::read(text).map_err(|error| error.to_string())?;
    if let Some(duplicate) = document.duplicates.first() {
        return Err(format!("duplicate key at {}", duplicate.at));
    }
    let Json::List(rows) = document.json else { return Err(String::from("expected a list of maps")) };
    let rows = rows.into_iter().enumerate().map(|(index, row)| match row {
        Json::Map(cells) if !cells.is_empty() => {
            cells.iter().try_for_each(|(name, _)| check_name(name)).map_err(|message| format!("row {}: {message}", index + 1))?;
            Ok(cells)
        }
        other => Err(format!("row {} is not a map with values but a {}", index + 1, other.kind())),
    });
    rows.collect()
}

/// CSV (RFC 4180): the first line names the columns, every cell is text.
fn from_csv(text: &str) -> Result<Vec<Cells>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(text.as_bytes());
    let names: Vec<String> = reader.headers().map_err(|error| error.to_string())?.iter().map(|name| name.trim().to_owned()).collect();
    for (index, name) in names.iter().enumerate() {
        check_name(name)?;
        if names[..index].contains(name) {
            return Err(format!("two columns are called `{name}`"));
        }
    }
    let rows = reader.records().map(|record| {
        let record = record.map_err(|error| error.to_string())?;
        Ok(names.iter().cloned().zip(record.iter().map(Json::from)).collect())
    });
    rows.collect()
}

fn check_name(name: &str) -> Result<(), String> {
    let sound = !name.is_empty() && name.chars().all(|character| character.is_alphanumeric() || matches!(character, '-' | '_'));
    if sound { Ok(()) } else { Err(format!("`{name}` is no name for a variable: letters, digits, `-` and `_` only")) }
}

fn row_id(case: &Case, cells: &Cells, joins: Joins, scope: &Scope, problems: &mut Vec<Diagnostic>) -> Option<String> {
    let id = match (&case.id, joins) {
        (Some(template), _) => {
            let mut scope = scope.clone();
            for (name, value) in cells {
                scope.set(name.clone(), Variable::open(value.clone()));
            }
            match template.render_text(&scope) {
                Ok(rendered) => rendered.text,
                Err(error) => {
                    problems.push(Diagnostic::error(&error.span, error.message));
                    return None;
                }
            }
        }
        (None, Joins::First) => cells.first().map(|(_, value)| plain(value)).unwrap_or_default(),
        (None, Joins::All) => cells.iter().map(|(_, value)| plain(value)).collect::<Vec<_>>().join(","),
    };
    if id.trim().is_empty() {
        problems.push(Diagnostic::error(&case.span, "a row has an empty id").help("name it with `id: '{{ … }}'`"));
        return None;
    }
    Some(id)
}

fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::List(_) | Json::Map(_) => json::to_compact(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: Result<Vec<Cells>, String>, expected: Result<&str, &str>) {
        let shown = rows.map(|rows| {
            let shown: Vec<String> = rows
                .iter()
                .map(|row| row.iter().map(|(name, value)| format!("{name}={}", json::to_compact(value))).collect::<Vec<_>>().join(" "))
                .collect();
            shown.join("; ")
        });
        assert_eq!(shown.as_deref().map_err(String::as_str), expected);
    }

    #[test]
    fn csv_cells_are_text() {
        check(from_csv("name,n\na,01\n\"b,c\",\n"), Ok(r#"name="a" n="01"; name="b,c" n="""#));
    }

    #[test]
    fn a_broken_csv_is_said() {
        assert!(from_csv("a,b\n1\n").is_err());
        check(from_csv("a,a\n1,2\n"), Err("two columns are called `a`"));
        check(from_csv("a b\n1\n"), Err("`a b` is no name for a variable: letters, digits, `-` and `_` only"));
    }

    #[test]
    fn json_rows_keep_their_types() {
        check(from_json(r#"[{"n": 1.10, "t": "x"}]"#), Ok(r#"n=1.10 t="x""#));
        check(from_json(r#"{"n": 1}"#), Err("expected a list of maps"));
        check(from_json("[1]"), Err("row 1 is not a map with values but a number"));
    }
}
