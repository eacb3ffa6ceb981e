//! The walls: which room may see which. The table here is the law; `harness/ARCHITECTURE.md` repeats it for readers.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

use crate::support::source::{named, rust_files, without_tests, without_texts};

/// Where a room is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// On the ground floor of the core: every room behind it in the table may see it.
    Ground,
    /// In the core.
    Core,
    /// In the shell.
    Shell,
}

/// What a room may see besides the ground floor in front of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sees {
    Only(&'static [&'static str]),
    /// Every room in front of it.
    All,
}

use Part::{Core, Ground, Shell};
use Sees::{All, Only};

/// The rooms in reading order. A room sees only rooms in front of it, so nothing goes round in a circle.
///
/// Test modules may see more; `harness/lib.rs` and `harness/main.rs` are doors, not rooms.
const ROOMS: &[(&str, Part, Sees)] = &[
    ("diagnostic", Ground, Only(&[])),
    ("value", Ground, Only(&[])),
    ("json", Ground, Only(&[])),
    ("format", Ground, Only(&[])),
    ("yaml", Ground, Only(&[])),
    ("template", Ground, Only(&[])),
    ("action", Core, Only(&[])),
    ("mask", Ground, Only(&["action"])),
    ("observation", Core, Only(&["action"])),
    ("extract", Core, Only(&["action", "observation"])),
    ("reading", Core, Only(&["action", "observation", "extract"])),
    ("snapshot", Core, Only(&["observation", "reading"])),
    ("compare", Core, Only(&["observation", "extract", "reading", "snapshot"])),
    ("normalise", Core, Only(&["observation", "extract", "reading", "snapshot", "compare"])),
    ("assertion", Core, Only(&["action", "observation", "extract", "compare", "normalise"])),
    ("suite", Core, Only(&["action", "extract", "assertion", "snapshot", "normalise"])),
    ("schema", Core, Only(&["action", "extract", "assertion", "normalise", "suite"])),
    ("environment", Core, Only(&["action", "extract", "suite"])),
    ("plan", Core, Only(&["action", "extract", "assertion", "snapshot", "normalise", "suite", "environment"])),
    ("check", Core, Only(&["action", "extract", "assertion", "snapshot", "normalise", "suite", "environment", "plan"])),
    ("verdict", Core, Only(&[])),
    (
        "execute",
        Core,
        Only(&["action", "observation", "extract", "assertion", "snapshot", "normalise", "suite", "environment", "plan", "verdict"]),
    ),
    ("record", Core, Only(&["action", "observation", "reading", "snapshot", "suite", "plan", "verdict", "execute"])),
    ("noise", Core, Only(&["observation", "reading", "snapshot", "compare", "verdict", "record"])),
    ("attribute", Core, Only(&["observation", "reading", "snapshot", "compare", "verdict", "record", "noise"])),
    ("identity", Core, Only(&["action", "observation", "extract", "reading", "environment", "compare", "verdict", "record"])),
    ("known", Core, Only(&["compare", "verdict", "record", "attribute"])),
    (
        "finding",
        Core,
        Only(&["observation", "reading", "snapshot", "compare", "verdict", "record", "noise", "attribute", "identity", "known"]),
    ),
    (
        "review",
        Core,
        Only(&["reading", "snapshot", "compare", "normalise", "suite", "verdict", "execute", "record", "attribute", "known", "finding"]),
    ),
    (
        "pair",
        Core,
        Only(&[
            "action",
            "observation",
            "extract",
            "reading",
            "snapshot",
            "normalise",
            "compare",
            "suite",
            "environment",
            "plan",
            "verdict",
            "execute",
            "record",
            "noise",
            "attribute",
            "finding",
        ]),
    ),
    ("report", Core, Only(&["verdict", "record"])),
    ("drivers", Shell, Only(&["action", "observation", "environment"])),
    ("store", Shell, Only(&["snapshot", "suite", "environment", "verdict", "record", "attribute", "known", "finding", "review"])),
    ("cli", Shell, All),
];

/// Files that look through a wall today, into what, and where the wall is to go. One that does so no more must go too.
const OWED: &[(&str, &str, &str)] = &[];

/// Modules of the core that are no rooms.
const NO_ROOMS: &[&str] = &["lib", "examples"];

fn root() -> PathBuf {
    // Read when the test runs, so that a checkout may be moved.
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from)
}

/// One file of a room.
#[derive(Debug)]
struct File {
    /// Below `harness/`.
    path: String,
    room: String,
    part: Part,
    /// How deep its module lies below the crate.
    depth: usize,
    source: String,
}

/// Every file of every room, without those that are only compiled for tests.
fn files(harness: &Path) -> Vec<File> {
    let mut files = Vec::new();
    let mut of_tests: HashSet<PathBuf> = HashSet::new();
    for (part, folder) in [(Core, "core"), (Shell, "drivers"), (Shell, "store"), (Shell, "cli")] {
        let folder = harness.join(folder);
        for path in rust_files(&folder) {
            let below = path.strip_prefix(if part == Shell { harness } else { &folder }).expect("the file is in the folder");
            let segments: Vec<&str> = below.iter().filter_map(|segment| segment.to_str()).collect();
            let room = segments[0].trim_end_matches(".rs").to_owned();
            let is_root = segments.last() == Some(&"mod.rs");
            let source = fs::read_to_string(&path).expect("a source is text");
            let (_, modules) = without_tests(&without_texts(&source));
            let beside = if is_root { path.with_file_name("") } else { path.with_extension("") };
            for module in modules {
                of_tests.insert(beside.join(format!("{module}.rs")));
                of_tests.insert(beside.join(module));
            }
            if NO_ROOMS.contains(&room.as_str()) {
                continue;
            }
            let shown = path.strip_prefix(harness).expect("the file is in the house").display().to_string().replace('\\', "/");
            let depth = segments.len() - usize::from(is_root);
            files.push((path, File { path: shown, room, part, depth, source }));
        }
    }
    files.retain(|(path, _)| !path.ancestors().any(|ancestor| of_tests.contains(ancestor)));
    files.into_iter().map(|(_, file)| file).collect()
}

/// What a room named: the line, and the room it looked into.
fn looks(file: &File) -> Vec<(usize, String)> {
    let (code, _) = without_tests(&without_texts(&file.source));
    let mut looks: Vec<(usize, String)> = named(&code, &["crate", "prodiff_core", "prodiff_sandbox", "prodiff"], file.depth)
        .into_iter()
        .map(|named| if named.root == "prodiff_sandbox" { (named.line, String::from("the sandbox")) } else { (named.line, named.first) })
        .filter(|(_, into)| *into != file.room)
        .collect();
    looks.dedup();
    looks
}

/// What is wrong with one look, if anything is; `owed` collects the file and the room of those that are known to be wrong.
fn complaint(file: &File, line: usize, into: &str, owed: &mut HashSet<(String, String)>) -> Option<String> {
    let File { path, room, .. } = file;
    let place = format!("harness/{path}:{line}");
    let Some(own) = ROOMS.iter().position(|(name, ..)| name == room) else {
        return Some(format!("{place}: `{room}` is no room: add it to ROOMS in tests/architecture.rs and to harness/ARCHITECTURE.md"));
    };
    if matches!(into, "" | "*") {
        return Some(format!("{place}: `{room}` hides what it looks into; name the room in the path"));
    }
    if into == "the sandbox" {
        let may = ROOMS[own].2 == All;
        return (!may).then(|| format!("{place}: `{room}` looks into the sandbox; only `cli` serves it"));
    }
    let Some(seen) = ROOMS.iter().position(|(name, ..)| *name == into) else {
        return Some(format!("{place}: `{room}` looks into `{into}`, which is no room: add it to ROOMS in tests/architecture.rs"));
    };
    let may = match ROOMS[own].2 {
        All => seen < own,
        Only(rooms) => rooms.contains(&into) || ROOMS[seen].1 == Ground && seen < own,
    };
    if may {
        return None;
    }
    if OWED.iter().any(|(who, what, _)| who == path && *what == into) {
        owed.insert((path.clone(), into.to_owned()));
        return None;
    }
    let allowed = match ROOMS[own].2 {
        Only(rooms) => rooms.join(", "),
        All => String::from("every room in front of it"),
    };
    Some(format!(
        "{place}: `{room}` looks into `{into}`\n    it may see the ground floor in front of it and: {allowed}\n    \
         pass the value in, move the type to a room that both may see, or move the wall: here and in harness/ARCHITECTURE.md, with the reason"
    ))
}

#[test]
fn every_room_sees_only_what_it_may() {
    let files = files(&root().join("harness"));
    assert!(files.iter().any(|file| file.room == "json") && files.iter().any(|file| file.part == Shell), "no sources were found");
    let mut owed = HashSet::new();
    let mut complaints: Vec<String> = files
        .iter()
        .flat_map(|file| looks(file).into_iter().map(move |(line, into)| (file, line, into)))
        .filter_map(|(file, line, into)| complaint(file, line, &into, &mut owed))
        .collect();
    for (who, what, remedy) in OWED {
        let is_there = files.iter().any(|file| file.path == *who);
        if is_there && !owed.contains(&((*who).to_owned(), (*what).to_owned())) {
            complaints.push(format!("harness/{who} looks into `{what}` no more: take it out of OWED ({remedy})"));
        }
    }
    // One line may look into two rooms, and a file that is no room need not be told so twice.
    complaints.dedup();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn the_table_goes_round_in_no_circle() {
    for (own, (room, part, sees)) in ROOMS.iter().enumerate() {
        assert_eq!(ROOMS.iter().filter(|(name, ..)| name == room).count(), 1, "`{room}` stands there twice");
        let Only(rooms) = sees else { continue };
        for seen in *rooms {
            let place = ROOMS.iter().position(|(name, ..)| name == seen);
            assert!(place.is_some_and(|place| place < own), "`{room}` may see `{seen}`, which does not stand in front of it");
            let place = place.expect("it was found");
            assert!(ROOMS[place].1 == Core, "`{room}` lists `{seen}`: the ground floor is seen anyway, the shell by `cli` alone");
            assert!(*part != Ground || *room == "mask", "`{room}` is ground floor: it stands on the rooms in front of it alone");
        }
    }
}

#[test]
fn every_module_of_the_core_is_a_room() {
    let lib = fs::read_to_string(root().join("harness/core/lib.rs")).expect("the core has a lib.rs");
    let unknown: Vec<&str> = modules(&lib).into_iter().filter(|module| !ROOMS.iter().any(|(name, ..)| name == module)).collect();
    assert!(unknown.is_empty(), "no rooms yet: {unknown:?}; add them to ROOMS in tests/architecture.rs and to harness/ARCHITECTURE.md");
    assert!(!modules(&lib).is_empty(), "lib.rs declares no modules");
}

fn modules(lib: &str) -> Vec<&str> {
    lib.lines().filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';')).collect()
}

/// The rooms of the document's table: name, and what it may see.
fn documented(document: &str) -> Vec<(String, String)> {
    let table = document.split_once("\n## Who may see whom").map_or("", |(_, rest)| rest);
    let table = table.split("\n## ").next().unwrap_or("");
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let mut cells = row.trim_matches('|').split('|').map(str::trim);
        let name = cells.next().unwrap_or("").trim_matches('`').to_owned();
        (name, cells.next().unwrap_or("").replace('`', ""))
    })
    .collect()
}

#[test]
fn the_document_has_the_same_table() {
    let document = fs::read_to_string(root().join("harness/ARCHITECTURE.md")).expect("the house has its document");
    let expected: Vec<(String, String)> = ROOMS
        .iter()
        .map(|(name, _, sees)| {
            let sees = match sees {
                All => String::from("all"),
                Only([]) => String::from("–"),
                Only(rooms) => rooms.join(", "),
            };
            ((*name).to_owned(), sees)
        })
        .collect();
    let actual = documented(&document);
    for (expected, actual) in expected.iter().zip(&actual) {
        assert_eq!(expected, actual, "harness/ARCHITECTURE.md says something else than ROOMS");
    }
    assert_eq!(expected.len(), actual.len(), "harness/ARCHITECTURE.md has another number of rooms than ROOMS");
}

#[test]
fn the_document_says_which_walls_are_owed() {
    let document = fs::read_to_string(root().join("harness/ARCHITECTURE.md")).expect("the house has its document");
    for (who, what, _) in OWED {
        let said = format!("`{who}` into `{what}`");
        assert!(document.contains(&said), "harness/ARCHITECTURE.md does not say that {said} is owed");
    }
}

mod tests {
    use super::*;

    fn check(room: &str, source: &str, expected: &[&str]) {
        let part = ROOMS.iter().find(|(name, ..)| *name == room).map_or(Core, |(_, part, _)| *part);
        let file = File { path: format!("core/{room}/a.rs"), room: room.to_owned(), part, depth: 2, source: source.to_owned() };
        let complaints: Vec<String> = looks(&file)
            .into_iter()
            .filter_map(|(line, into)| complaint(&file, line, &into, &mut HashSet::new()))
            .map(|complaint| complaint.lines().next().unwrap_or("").to_owned())
            .collect();
        assert_eq!(complaints, expected, "{source}");
    }

    #[test]
    fn a_look_through_a_wall_is_seen() {
        check(
            "suite",
            "use crate::{\n    json::Json,\n    compare::json,\n};",
            &["harness/core/suite/a.rs:1: `suite` looks into `compare`"],
        );
        check(
            "observation",
            "fn a() {\n    crate::assertion::judge()\n}",
            &["harness/core/observation/a.rs:2: `observation` looks into `assertion`"],
        );
        check("report", "use super::super::execute::CaseRun;", &["harness/core/report/a.rs:1: `report` looks into `execute`"]);
        check("json", "use crate::template::Scope;", &["harness/core/json/a.rs:1: `json` looks into `template`"]);
        check(
            "drivers",
            "use prodiff_core::{action::HttpRequest, suite::Step};",
            &["harness/core/drivers/a.rs:1: `drivers` looks into `suite`"],
        );
        check("store", "use crate::cli::Exit;", &["harness/core/store/a.rs:1: `store` looks into `cli`"]);
        check(
            "store",
            "use prodiff_sandbox::Sandbox;",
            &["harness/core/store/a.rs:1: `store` looks into the sandbox; only `cli` serves it"],
        );
        check(
            "cli",
            "use crate::core;",
            &["harness/core/cli/a.rs:1: `cli` looks into `core`, which is no room: add it to ROOMS in tests/architecture.rs"],
        );
        check("suite", "use crate::*;", &["harness/core/suite/a.rs:1: `suite` hides what it looks into; name the room in the path"]);
        check(
            "attic",
            "use crate::json::Json;",
            &["harness/core/attic/a.rs:1: `attic` is no room: add it to ROOMS in tests/architecture.rs and to harness/ARCHITECTURE.md"],
        );
    }

    #[test]
    fn what_a_room_may_see_is_no_complaint() {
        check("suite", "use crate::{action::HttpRequest, json::Json, suite::Step};\nuse super::model::Case;", &[]);
        check("suite", "#[cfg(test)]\nmod tests { use crate::compare::compare; }", &[]);
        check("cli", "use crate::{drivers::http, store};\nuse prodiff_core::pair;\nuse prodiff_sandbox::Sandbox;", &[]);
    }

    #[test]
    fn another_table_in_the_document_is_seen() {
        let document = "# House\n\n## Who may see whom\n\n| room | may see | absent |\n|---|---|---|\n| `a` | – | x |\n| `b` | a | y |\n\n## More\n| `c` | a | z |";
        let pairs: Vec<(String, String)> = [("a", "–"), ("b", "a")].map(|(name, sees)| (name.to_owned(), sees.to_owned())).into();
        assert_eq!(documented(document), pairs);
        assert_eq!(documented("# House"), []);
    }

    #[test]
    fn modules_of_a_crate_are_read() {
        assert_eq!(modules("//! mod a;\npub mod b;\nmod c;\n// pub mod d;\npub use e::f;"), ["b", "c"]);
    }
}
