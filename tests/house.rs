//! Rules of the house that no compiler holds: what the core may depend on, what is never written, how long a file may be.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::support::source::{named, rust_files, without_tests, without_texts};

/// A file whose own code (without its tests) is longer hides a room.
const MAX_LINES: usize = 600;

/// Files that may be longer, and why.
const LONG_FILES: &[(&str, &str)] = &[
    ("harness/core/record/entry.rs", "the vocabulary of the record: one list of fields, no logic"),
    ("harness/core/yaml/parse.rs", "one walk over the parser's events"),
];

/// Crates that reach for the world: the core gets what they know as values.
const WORLDLY: &[&str] = &[
    "anstream",
    "axum",
    "clap",
    "crossterm",
    "directories",
    "dirs",
    "fantoccini",
    "futures",
    "getrandom",
    "hyper",
    "hyper-util",
    "indicatif",
    "libtest-mimic",
    "mio",
    "notify",
    "owo-colors",
    "rand",
    "reqwest",
    "rustls",
    "socket2",
    "tempfile",
    "tokio",
    "tokio-util",
    "tungstenite",
    "ureq",
    "walkdir",
];

/// Modules of `std` that reach for the world. Of `net` only the sockets do; an address is a value.
const WORLDLY_STD: &[&str] = &["env", "fs", "os", "process", "thread"];

/// Names that reach for the world, wherever they come from.
const WORLDLY_NAMES: &[&str] = &["TcpListener", "TcpStream", "ToSocketAddrs", "UdpSocket", "UnixStream", "to_socket_addrs"];

/// What no source may hold, and what to write instead.
const NEVER: &[(&str, &str)] = &[
    ("#[allow(", "#[expect(…, reason = \"…\")]"),
    ("#![allow(", "#[expect(…, reason = \"…\")] at the smallest place"),
    ("todo!(", "the thing itself, or nothing"),
    ("unimplemented!(", "the thing itself, or nothing"),
    ("dbg!(", "an event, or nothing"),
];

/// What names a machine or a registry; written apart, so that this file does not hold it.
const PLACES: &[&str] = &[
    concat!("/ro", "ot/"),
    concat!("/wo", "rk/"),
    concat!("/Us", "ers/"),
    concat!("index.cra", "tes.io"),
    concat!("static.cra", "tes.io"),
    concat!("sh.rust", "up.rs"),
    concat!("arti", "factory"),
    concat!("jf", "rog"),
];

fn root() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from)
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Paths below the root and texts of all sources.
fn sources() -> Vec<(String, String)> {
    let root = root();
    let files: Vec<PathBuf> = ["harness", "tests"].iter().flat_map(|folder| rust_files(&root.join(folder))).collect();
    assert!(files.len() > 20, "no sources were found");
    files.iter().map(|path| (shown(&root, path), fs::read_to_string(path).expect("a source is text"))).collect()
}

fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).expect("the file is in the house").display().to_string().replace('\\', "/")
}

fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// Names of the crates that a manifest's sections of this kind list.
fn dependencies<'a>(manifest: &'a str, section: &str) -> Vec<&'a str> {
    let header = format!("[{section}]");
    let mut within = false;
    let mut names = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            within = line.trim() == header;
            // `[dependencies.tokio]`
            let table = line.trim().strip_prefix(header.trim_end_matches(']')).and_then(|rest| rest.strip_prefix('.'));
            names.extend(table.and_then(|rest| rest.strip_suffix(']')));
        } else if within && !line.trim_start().starts_with('#') {
            let name = line.split(['=', '.', ' ']).next().unwrap_or("").trim();
            names.extend((!name.is_empty()).then_some(name));
        }
    }
    names
}

#[test]
fn the_core_depends_on_nothing_that_reaches_for_the_world() {
    let manifest = read("harness/core/Cargo.toml");
    let dependencies = dependencies(&manifest, "dependencies");
    assert!(dependencies.contains(&"serde"), "the manifest was not understood");
    let worldly: Vec<&&str> = dependencies.iter().filter(|name| WORLDLY.contains(name)).collect();
    assert!(worldly.is_empty(), "harness/core/Cargo.toml lists {worldly:?}: the core is pure, these belong to the shell");
}

#[test]
fn the_sandbox_knows_nothing_of_prodiff() {
    let manifest = read("harness/sandbox/Cargo.toml");
    for section in ["dependencies", "dev-dependencies"] {
        assert!(!dependencies(&manifest, section).iter().any(|name| name.starts_with("prodiff")), "{section} of the sandbox list prodiff");
    }
}

fn worldly_paths(path: &str, source: &str) -> Vec<String> {
    let (code, _) = without_tests(&without_texts(source));
    let named = named(&code, &["std", "tokio"], usize::MAX);
    let paths = named
        .into_iter()
        .filter(|named| named.root == "tokio" || WORLDLY_STD.contains(&named.first.as_str()))
        .map(|named| (named.line, format!("{}::{}", named.root, named.first)));
    let names = code.lines().enumerate().flat_map(|(number, line)| {
        let words = line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| WORLDLY_NAMES.contains(word));
        words.map(move |word| (number + 1, word.to_owned()))
    });
    paths.chain(names).map(|(line, what)| format!("{path}:{line}: `{what}` reaches for the world; the core is given values")).collect()
}

#[test]
fn the_core_names_nothing_that_reaches_for_the_world() {
    let of_core = |path: &str| path.starts_with("harness/core/") && !path.contains("/examples/");
    let complaints: Vec<String> =
        sources().iter().filter(|(path, _)| of_core(path)).flat_map(|(path, source)| worldly_paths(path, source)).collect();
    none(&complaints);
}

fn banned(deny: &str) -> Vec<&str> {
    deny.lines().filter_map(|line| line.trim().strip_prefix("{ crate = \"")?.split('"').next()).collect()
}

fn locked(lock: &str) -> Vec<&str> {
    lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).collect()
}

#[test]
fn the_lock_file_holds_no_banned_crate() {
    let (deny, lock) = (read("deny.toml"), read("Cargo.lock"));
    let (banned, locked) = (banned(&deny), locked(&lock));
    assert!(banned.contains(&"serde_yaml") && locked.contains(&"prodiff-core"), "the files were not understood");
    let found: Vec<&&str> = banned.iter().filter(|name| locked.contains(name)).collect();
    assert!(found.is_empty(), "Cargo.lock holds {found:?}, which deny.toml bans; `cargo tree -i` says who brought it");
}

/// Lines of a file without its tests at the end.
fn lines_of_code(source: &str) -> usize {
    let (code, _) = without_tests(&without_texts(source));
    code.trim_end().lines().count()
}

fn too_long(path: &str, source: &str) -> Option<String> {
    let lines = lines_of_code(source);
    let listed = LONG_FILES.iter().any(|(long, _)| *long == path);
    match (lines > MAX_LINES, listed) {
        (true, false) => Some(format!("{path}: {lines} lines of code hide a room: split it, or list it in LONG_FILES with the reason")),
        (false, true) => Some(format!("{path}: {lines} lines of code are few enough: take it out of LONG_FILES")),
        (true, true) | (false, false) => None,
    }
}

#[test]
fn no_file_hides_a_room() {
    let is_test = |path: &str| path.contains("/tests/") || ["tests.rs", "sample.rs", "evil.rs"].iter().any(|name| path.ends_with(name));
    let complaints: Vec<String> =
        sources().iter().filter(|(path, _)| !is_test(path)).filter_map(|(path, source)| too_long(path, source)).collect();
    none(&complaints);
}

fn words_never_written(path: &str, source: &str) -> Vec<String> {
    let code = without_texts(source);
    let mut complaints = Vec::new();
    for (number, line) in code.lines().enumerate() {
        for (word, instead) in NEVER {
            if line.replace(' ', "").contains(word) {
                complaints.push(format!("{path}:{}: `{word}…)`; write {instead}", number + 1));
            }
        }
    }
    complaints
}

#[test]
fn exceptions_have_reasons_and_nothing_is_left_to_do() {
    let complaints: Vec<String> = sources().iter().flat_map(|(path, source)| words_never_written(path, source)).collect();
    none(&complaints);
}

fn places(path: &str, text: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    for (number, line) in text.lines().enumerate() {
        complaints
            .extend(PLACES.iter().filter(|place| line.contains(**place)).map(|place| format!("{path}:{}: names `{place}`", number + 1)));
    }
    complaints
}

/// Every file that git may hold, below a folder.
fn kept_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the house can be read") {
        let path = entry.expect("a folder of the house can be read").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if ["target", ".git", "reports", "Cargo.lock"].contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() { kept_files(&path, found) } else { found.push(path) }
    }
}

#[test]
fn nothing_names_a_machine_or_a_registry() {
    let root = root();
    let mut files = Vec::new();
    kept_files(&root, &mut files);
    let complaints: Vec<String> = files
        .iter()
        .filter_map(|path| Some((path, fs::read_to_string(path).ok()?)))
        .flat_map(|(path, text)| places(&shown(&root, path), &text))
        .collect();
    none(&complaints);
}

#[test]
fn both_licences_are_there() {
    for (path, line) in
        [("LICENSE-MIT", "Copyright (c) 2026 The prodiff authors"), ("LICENSE-APACHE", "Copyright 2026 The prodiff authors")]
    {
        assert!(read(path).lines().any(|found| found == line), "{path} does not say `{line}`");
    }
    assert!(read("Cargo.toml").contains("license = \"MIT OR Apache-2.0\""));
}

mod tests {
    use super::*;

    #[test]
    fn every_way_to_list_a_crate_is_seen() {
        let manifest = "[package]\nname = \"a\"\n[dependencies]\ntokio = \"1\"\n# clap = \"4\"\nserde.workspace = true\n[dependencies.rand]\nversion = \"1\"\n[dev-dependencies]\nureq = \"3\"";
        assert_eq!(dependencies(manifest, "dependencies"), ["tokio", "serde", "rand"]);
        assert_eq!(dependencies(manifest, "dev-dependencies"), ["ureq"]);
    }

    #[test]
    fn a_core_that_reaches_for_the_world_is_seen() {
        let expected = |what: &str| vec![format!("a.rs:1: `{what}` reaches for the world; the core is given values")];
        assert_eq!(worldly_paths("a.rs", "use std::{fmt, fs::File};"), expected("std::fs"));
        assert_eq!(worldly_paths("a.rs", "fn a() { std::env::var(\"X\") }"), expected("std::env"));
        assert_eq!(worldly_paths("a.rs", "use tokio::sync::Mutex;"), expected("tokio::sync"));
        assert_eq!(worldly_paths("a.rs", "use std::net::{IpAddr, TcpStream};"), expected("TcpStream"));
        assert_eq!(worldly_paths("a.rs", "// std::fs\nuse std::fmt;\n#[cfg(test)]\nmod tests { use std::fs; }"), [""; 0]);
    }

    #[test]
    fn banned_and_locked_crates_are_read() {
        assert_eq!(banned("[bans]\ndeny = [\n    { crate = \"a\", reason = \"x\" },\n]"), ["a"]);
        assert_eq!(locked("[[package]]\nname = \"a\"\nversion = \"1\"\n[[package]]\nname = \"b\""), ["a", "b"]);
    }

    #[test]
    fn long_files_are_seen_and_their_tests_do_not_count() {
        let long = "fn a() {}\n".repeat(601);
        let with_tests = format!("fn a() {{}}\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
        assert!(too_long("a.rs", &long).is_some());
        assert_eq!(too_long("a.rs", &with_tests), None);
        assert_eq!(too_long(LONG_FILES[0].0, &long), None);
        assert!(too_long(LONG_FILES[0].0, "fn a() {}").is_some());
    }

    #[test]
    fn words_that_are_never_written_are_seen() {
        let complaints = |source: &str| words_never_written("a.rs", source).len();
        assert_eq!(complaints("#[allow(dead_code)]\nfn a() { todo!(); dbg!(1); unimplemented!() }"), 4);
        assert_eq!(complaints("#![allow(clippy::all)]"), 1);
        assert_eq!(complaints("// todo!(), #[allow(x)]\nlet a = \"dbg!(\";\n#[expect(dead_code, reason = \"b\")]"), 0);
    }

    #[test]
    fn places_of_one_machine_are_seen() {
        assert_eq!(places("a.md", &format!("cd {}me/project", PLACES[0])), [format!("a.md:1: names `{}`", PLACES[0])]);
        assert_eq!(places("a.md", "cd project"), [""; 0]);
    }
}
