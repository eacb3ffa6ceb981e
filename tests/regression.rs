//! The project's own suites as tests: each case one of its own, against an embedded hub that this binary starts.
//!
//! What needs a browser stands in a folder of its own and is not selected: it is played by `tests/main.rs` where there is one.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use prodiff::libtest::{self, Options};
use prodiff_sandbox::Sandbox;

#[path = "support/hub.rs"]
mod hub;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").ok_or("tests are started by Cargo")?);
    let runtime = tokio::runtime::Runtime::new()?;
    let sandbox = runtime.block_on(Sandbox::start(prodiff_sandbox::Options::still()))?;
    let project = tempfile::tempdir()?;
    for folder in ["suites", "baselines"] {
        copy(&root.join(folder), &project.path().join(folder))?;
    }
    let environments = project.path().join("suites/environments.yaml");
    fs::write(&environments, hub::moved(&fs::read_to_string(&environments)?, &sandbox))?;
    // Places are named as everybody knows them, `suites/…`.
    std::env::set_current_dir(project.path())?;
    let ended = libtest::run(&Options {
        on: Some(String::from("staging")),
        select: vec![String::from("api"), String::from("pages")],
        reports: Path::new(env!("CARGO_TARGET_TMPDIR")).join("regression"),
        ..Options::default()
    });
    std::env::set_current_dir(&root)?;
    Ok(ended)
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
