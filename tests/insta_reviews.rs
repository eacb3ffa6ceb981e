//! What waits for review is reviewed with `cargo insta` as well as with our own `accept`. Said aloud where it is not installed.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use crate::support::{project::Project, script::Script, site::Site};

const SUITE: &str = "suite: Hub\ncases:\n  - case: an index\n    steps:\n      - get: /index\n        expect: {status: 200}\n        \
                     snapshot: {name: list, ignore: ['$.at']}\n      - get: /text\n        expect: {status: 200}\n        snapshot: {name: text, text: true}\n";
const ROUTES: &str =
    "routes:\n  /index: {json: {b: 1.10, a: [\"é\", \"'\\\"\\\\\\u0007\"], at: 1}}\n  /text: {text: \"---\\nno newline\"}\n";

/// Where `cargo-insta` is, in the places where cargo looks for its subcommands.
fn cargo_insta() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cargo")));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = home.map(|home| home.join("bin")).into_iter().chain(std::env::split_paths(&path));
    folders.map(|folder| folder.join(format!("cargo-insta{}", std::env::consts::EXE_SUFFIX))).find(|file| file.is_file())
}

#[test]
fn what_waits_is_accepted_by_cargo_insta() {
    let Some(program) = cargo_insta() else {
        #[expect(clippy::print_stderr, reason = "what is skipped is said")]
        {
            eprintln!("SKIPPED: cargo-insta is not installed (`cargo install cargo-insta --locked`), so nothing was reviewed with it");
        }
        return;
    };
    let sites = Site::start_all(Script::read(ROUTES).unwrap());
    let project = Project::new();
    let nothing = BTreeMap::new();
    project.write("suites/environments.yaml", format!("environments: {{site: {{urls: {{web: '{}'}}}}}}\n", sites[0].url()));
    project.write("suites/hub.yaml", SUITE);
    // `cargo insta review` works in a Cargo workspace.
    project.write("Cargo.toml", "[package]\nname = \"suites\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n");
    project.write("src/lib.rs", "");
    let run = ["run", "--on", "site"];
    assert_eq!(project.prodiff(&run, &nothing).code, Some(5), "both snapshots are new");

    let mut environment = BTreeMap::new();
    for name in ["HOME", "CARGO", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"] {
        environment.extend(std::env::var(name).ok().map(|value| (name.to_owned(), value)));
    }
    let ended = project.run(&program, &["insta", "accept"], &environment);
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);

    let baselines: Vec<String> = project.files().into_iter().filter(|file| file.starts_with("baselines/")).collect();
    assert_eq!(baselines, ["baselines/hub/an-index.list.snap", "baselines/hub/an-index.text.snap"], "{}{}", ended.stdout, ended.stderr);
    let ended = project.prodiff(&run, &nothing);
    assert_eq!(ended.code, Some(0), "what it wrote is what the next run reads: {}", ended.stderr);
}
