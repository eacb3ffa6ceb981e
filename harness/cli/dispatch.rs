//! One command in, one exit code out.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;

use super::{
    accept,
    args::{Cli, Command},
    browsers, check, compare, demo,
    exit::Exit,
    list,
    load::Refusal,
    report, run, sandbox, sign_off,
};

/// The whole program.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let ended = match &cli.command {
        Command::Run(args) => within(run::run(args)),
        Command::Compare(args) => within(compare::compare(args)),
        Command::Accept(args) => accept::accept(args),
        Command::Reject(args) => accept::reject(args),
        Command::SignOff(args) => sign_off::sign_off(args),
        Command::List(args) => list::list(args),
        Command::Check(args) => check::check(args),
        Command::Report(args) => report::report(args),
        Command::Sandbox(args) => within(sandbox::sandbox(args)),
        Command::Browsers(args) => within(browsers::browsers(args)),
        Command::Schema => out(&prodiff_core::schema::text()),
        Command::Demo(args) => within(demo::demo(args)),
    };
    match ended {
        Ok(exit) => exit.into(),
        Err(Refusal { exit, message }) => {
            // Nothing of a site and nothing secret is in a refusal: it is about files and arguments.
            let _ = writeln!(io::stderr().lock(), "{message}");
            exit.into()
        }
    }
}

/// Runs a command that talks to the network. A runtime is only made for those.
///
/// # Errors
/// The command's own.
pub(super) fn within(command: impl Future<Output = Result<Exit, Refusal>>) -> Result<Exit, Refusal> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| Refusal::usage(error.to_string()))?;
    let ended = runtime.block_on(command);
    // A name that is still being looked up must not hold the end of the program.
    runtime.shutdown_background();
    ended
}

/// Prints text for programs. A reader that has gone away is no error.
///
/// # Errors
/// When standard output cannot be written.
pub(super) fn out(text: &str) -> Result<Exit, Refusal> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(Exit::Passed),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Passed),
        Err(error) => Err(Refusal { exit: Exit::Blocked, message: error.to_string() }),
    }
}
