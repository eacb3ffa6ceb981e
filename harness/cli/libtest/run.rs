//! Lists the cases as tests, plays those that are asked for, and lets each test wait for its own.

use std::{
    collections::BTreeSet,
    io::{self, Write},
    num::NonZero,
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    thread,
};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use prodiff_core::{
    plan::{CaseId, PlannedCase},
    record::Entry,
};

use super::{
    nextest::{self, Nextest},
    options::Options,
    results::Results,
};
use crate::cli::{
    args::{Color, Format, RunArgs},
    dispatch,
    exit::Exit,
    load::Refusal,
    recorder::{Listener, Recorder},
    run::{self, Audience, Chosen},
    screen::{self, Detail},
};

/// What `cargo test` takes for a test that failed.
const FAILED: u8 = 101;

/// Plays all suites of `suites/` on the environment that `PRODIFF_ON` names, as the tests of this binary, and ends the process.
pub fn main() -> ! {
    main_with(Options::default())
}

/// Plays what the options say as the tests of this binary, and ends the process.
pub fn main_with(options: Options) -> ! {
    let code = if run(&options) == ExitCode::SUCCESS { 0 } else { FAILED };
    std::process::exit(i32::from(code))
}

/// The same, for a `main` that has something to clean up behind it: the code is for it to end with.
#[must_use = "a test binary that does not end with this code passes whatever has failed"]
pub fn run(options: &Options) -> ExitCode {
    let arguments = Arguments::from_args();
    match play(&arguments, options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(FAILED),
        Err(Refusal { exit: _, message }) => {
            complain(&message);
            ExitCode::from(FAILED)
        }
    }
}

/// Says whether all that was asked for passed.
fn play(arguments: &Arguments, options: &Options) -> Result<bool, Refusal> {
    let nextest = Nextest::of_this_process();
    let mut args = options.arguments(jobs(arguments))?;
    if let Some(nextest) = &nextest {
        args.folders.reports = nextest.records(&options.reports);
    }
    let mut chosen = run::choose(&args)?;
    // That patterns select something has been seen; that a filter of Cargo's selects nothing here is no mistake.
    args.playing.allow_none = true;
    let results = Arc::new(Results::default());
    let flags = Flags::of(arguments, nextest.as_ref());
    let mut kept: BTreeSet<CaseId> = BTreeSet::new();
    let mut plays = false;
    let mut trials = Vec::new();
    for case in chosen.plan.cases() {
        let trial = trial(case, &results, flags);
        if !arguments.is_filtered_out(&trial) {
            kept.insert(case.id.clone());
            plays |= case.skip.is_none() && !arguments.is_ignored(&trial);
        }
        trials.push(trial);
    }
    if nextest.is_some() && arguments.exact && !arguments.list && kept.is_empty() {
        return Err(Refusal::usage(format!(
            "there is no case {} here\nhelp: it was listed a moment ago: do its rows depend on the moment or on chance? `seed` settles the latter",
            arguments.filter.as_deref().unwrap_or_default()
        )));
    }
    if arguments.list || !plays {
        return Ok(!libtest_mimic::run(arguments, trials).has_failed());
    }
    chosen.plan.keep(|case| kept.contains(&case.id));
    results.expect(&chosen.plan);
    let common = nextest.as_ref().map(|_| nextest::common_folder(&options.reports));
    // Held until everything has ended.
    let _locks = common.as_ref().map(|folder| nextest::hold_locks(&chosen.plan, folder)).transpose()?;
    let reports = args.folders.reports.clone();
    let playing = {
        let results = Arc::clone(&results);
        thread::spawn(move || play_beside(chosen, &args, &results, common))
    };
    let conclusion = libtest_mimic::run(arguments, trials);
    match playing.join() {
        Ok(Ok(Exit::Passed)) => Ok(!conclusion.has_failed()),
        Ok(Ok(exit)) => {
            if !conclusion.has_failed() {
                let latest = reports.join("latest").join("report.html");
                complain(&format!("every case passed, but not the run (code {}): {} says why", exit.code(), latest.display()));
            }
            Ok(false)
        }
        Ok(Err(refusal)) => Err(refusal),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// Plays what was chosen on a thread of its own, while the tests wait.
fn play_beside(chosen: Chosen, args: &RunArgs, results: &Arc<Results>, common: Option<PathBuf>) -> Result<Exit, Refusal> {
    let _closing = Closing(Arc::clone(results));
    let listener: Listener = {
        let results = Arc::clone(results);
        Box::new(move |entry: &Entry, recorder: &Recorder| results.hear(entry, recorder))
    };
    let options = screen::Options { format: Format::Plain, color: Color::Never, detail: Detail::Nothing };
    let audience = Audience { options, listener: Some(listener), between_processes: common };
    let ended = dispatch::within(run::play(chosen, args, audience));
    if let Err(refusal) = &ended {
        results.close(&refusal.message);
    }
    ended
}

/// Lets nobody wait for what will not be played any more, also where playing has panicked.
struct Closing(Arc<Results>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.close("the run ended before this case did");
    }
}

/// What Cargo or nextest want of tests that are ignored.
#[derive(Debug, Clone, Copy)]
struct Flags {
    /// Whether what is skipped is told as ignored before it is asked for, as listing and `--ignored` need it. Else it is told when
    /// its turn comes, with the reason.
    at_once: bool,
    /// Whether what is skipped must fail when it is asked for: nextest takes a test that ends well for one that passed.
    must_fail: bool,
}

impl Flags {
    fn of(arguments: &Arguments, nextest: Option<&Nextest>) -> Self {
        let by_flag = arguments.list || arguments.ignored || arguments.include_ignored;
        Self { at_once: by_flag || nextest.is_some(), must_fail: nextest.is_some() }
    }
}

fn trial(case: &PlannedCase, results: &Arc<Results>, flags: Flags) -> Trial {
    let name = case.id.as_str();
    match case.skip.clone() {
        None => {
            let told = results.wait_for(case);
            let results = Arc::clone(results);
            Trial::ignorable_test(name, move || results.verdict(&told))
        }
        Some(reason) if flags.must_fail => {
            Trial::test(name, move || Err(Failed::from(format!("skipped: {reason}")))).with_ignored_flag(flags.at_once)
        }
        Some(reason) => Trial::ignorable_test(name, move || Ok(Completion::ignored_with(reason))).with_ignored_flag(flags.at_once),
    }
}

/// As many cases in flight as there are threads that wait for one.
fn jobs(arguments: &Arguments) -> u16 {
    let n_threads = arguments.test_threads.or_else(|| thread::available_parallelism().ok().map(NonZero::get)).unwrap_or(1);
    u16::try_from(n_threads.clamp(1, 1024)).expect("it is at most 1024")
}

fn complain(message: &str) {
    // Where standard error is closed there is nobody to tell; the code says it too.
    let _ = writeln!(io::stderr().lock(), "{message}");
}
