//! What cases say as tests. The binary is both sides: started in a project's folder with `PRODIFF_ON` it is that project's
//! `tests/regression.rs`; else it starts itself so, and looks at what came out.

use std::{
    collections::BTreeMap,
    process::{Command, ExitCode, Stdio},
};

use libtest_mimic::{Arguments, Failed, Trial};
use prodiff_sandbox::{Environment, Sandbox};
use tempfile::TempDir;

/// The variable that makes this binary the test of a project.
const ON: &str = "PRODIFF_ON";

const SUITE: &str = "
suite: Plugins
url: api
cases:
  - case: the index answers
    steps:
      - get: /plugins/index
        expect: {status: 200}
  - case: needs the index
    needs: the index answers
    steps:
      - get: /plugins/index
        expect: {status: 200}
  - case: not here
    skip: {adhoc: it is too early}
    steps:
      - get: /plugins/index
        expect: {status: 200}
";

fn main() -> ExitCode {
    if std::env::var_os(ON).is_some() {
        prodiff::libtest::main()
    }
    let arguments = Arguments::from_args();
    let tests: [(&str, Test); 11] = [
        ("cases_are_listed_by_their_identities", cases_are_listed_by_their_identities),
        ("what_is_skipped_is_ignored_with_its_reason", what_is_skipped_is_ignored_with_its_reason),
        ("a_filter_plays_what_it_names_and_what_that_needs", a_filter_plays_what_it_names_and_what_that_needs),
        ("what_fails_says_where_and_why", what_fails_says_where_and_why),
        ("what_is_blocked_fails_with_its_reason", what_is_blocked_fails_with_its_reason),
        ("a_new_snapshot_fails_and_says_how_it_is_accepted", a_new_snapshot_fails_and_says_how_it_is_accepted),
        ("no_secret_is_said", no_secret_is_said),
        ("an_after_that_fails_fails_the_last_case", an_after_that_fails_fails_the_last_case),
        ("a_broken_suite_fails_before_anything_is_listed", a_broken_suite_fails_before_anything_is_listed),
        ("processes_of_nextest_hold_to_one_limit", processes_of_nextest_hold_to_one_limit),
        ("a_case_that_nextest_cannot_find_again_fails", a_case_that_nextest_cannot_find_again_fails),
    ];
    let trial = |(name, test): (&'static str, Test)| {
        Trial::test(name, move || {
            test(&Hub::start());
            Ok::<(), Failed>(())
        })
    };
    libtest_mimic::run(&arguments, tests.map(trial).into()).exit_code()
}

/// An embedded hub, and a project without suites yet.
struct Hub {
    sandbox: Sandbox,
    project: TempDir,
    _runtime: tokio::runtime::Runtime,
}

type Test = fn(&Hub);

/// How this binary ended as the test of a project.
struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Hub {
    fn start() -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime can be had");
        let sandbox = runtime.block_on(Sandbox::start(prodiff_sandbox::Options::still())).expect("free ports can be had");
        let project = tempfile::tempdir().expect("there is room for temporary files");
        Self { sandbox, project, _runtime: runtime }
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.project.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a file stands in a folder")).expect("a folder can be made");
        std::fs::write(path, text).expect("a file can be written");
    }

    fn api(&self) -> String {
        format!("api={}", self.sandbox.urls(Environment::Production).api)
    }

    fn command(&self, on: &str, arguments: &[&str], more: &[(&str, &str)]) -> Command {
        let mut command = Command::new(std::env::current_exe().expect("this binary is somewhere"));
        let kept: BTreeMap<_, _> = ["PATH", "LLVM_PROFILE_FILE"].iter().filter_map(|name| Some((*name, std::env::var_os(name)?))).collect();
        command.args(arguments).current_dir(self.project.path()).env_clear().envs(kept).env(ON, on).envs(more.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn test(&self, on: &str, arguments: &[&str], more: &[(&str, &str)]) -> Ended {
        let ended = self.command(on, arguments, more).output().expect("this binary can be started");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ended { code: ended.status.code(), stdout: text(ended.stdout), stderr: text(ended.stderr) }
    }
}

impl Ended {
    fn check(&self, code: i32, holds: &[&str]) {
        let Self { stdout, stderr, .. } = self;
        assert_eq!(self.code, Some(code), "{stdout}{stderr}");
        for text in holds {
            assert!(stdout.contains(text) || stderr.contains(text), "`{text}` is not in:\n{stdout}{stderr}");
        }
    }

    fn lacks(&self, text: &str) {
        assert!(!self.stdout.contains(text), "`{text}` is in:\n{}", self.stdout);
    }
}

fn cases_are_listed_by_their_identities(hub: &Hub) {
    hub.write("suites/a.yaml", SUITE);
    let listed = hub.test(&hub.api(), &["--list", "--format", "terse"], &[]);
    listed.check(0, &[]);
    assert_eq!(listed.stdout, "a::the-index-answers: test\na::needs-the-index: test\na::not-here: test\n");
    let ignored = hub.test(&hub.api(), &["--list", "--format", "terse", "--ignored"], &[]);
    assert_eq!(ignored.stdout, "a::not-here: test\n");
    assert!(!hub.project.path().join("reports").exists(), "listing leaves a report");
}

fn what_is_skipped_is_ignored_with_its_reason(hub: &Hub) {
    hub.write("suites/a.yaml", SUITE);
    let ended = hub.test(&hub.api(), &[], &[]);
    ended.check(0, &["ignored (it is too early)", "test result: ok. 2 passed; 0 failed; 1 ignored"]);
    let report = std::fs::read_to_string(hub.project.path().join("reports/latest/report.json")).expect("there is a report");
    assert!(report.contains("a::needs-the-index") && report.contains("it is too early"), "{report}");
    // Nextest takes a process that ends well for a test that passed.
    hub.test(&hub.api(), &["--exact", "a::not-here", "--ignored"], &[("NEXTEST", "1")]).check(101, &["skipped: it is too early"]);
}

fn a_filter_plays_what_it_names_and_what_that_needs(hub: &Hub) {
    hub.write("suites/a.yaml", SUITE);
    let ended = hub.test(&hub.api(), &["needs"], &[]);
    ended.check(0, &["test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out"]);
    hub.test(&hub.api(), &["no such case"], &[]).check(0, &["0 passed", "3 filtered out"]);
    hub.test(&hub.api(), &["--exact", "a::needs-the-index", "--test-threads", "1"], &[]).check(0, &["1 passed"]);
}

fn what_fails_says_where_and_why(hub: &Hub) {
    hub.write("suites/a.yaml", &SUITE.replace("status: 200", "status: 418"));
    let ended = hub.test(&hub.api(), &[], &[]);
    ended.check(101, &["a::the-index-answers", "suites/a.yaml:8:", "expected  418", "actual    200", "curl ", "0 passed; 2 failed"]);
    ended.check(101, &["blocked: needs `a::the-index-answers`, which failed"]);
}

fn what_is_blocked_fails_with_its_reason(hub: &Hub) {
    hub.write("suites/a.yaml", SUITE);
    let ended = hub.test("api=http://127.0.0.1:1", &["the-index-answers"], &[]);
    ended.check(101, &["blocked: ", "refused", "0 passed; 1 failed"]);
}

fn a_new_snapshot_fails_and_says_how_it_is_accepted(hub: &Hub) {
    hub.write(
        "suites/a.yaml",
        "suite: A\nurl: api\ncases:\n  - case: kept\n    steps:\n      - get: /categories\n        snapshot: whole\n",
    );
    let ended = hub.test(&hub.api(), &[], &[]);
    ended.check(101, &["unreviewed: new snapshot whole", "prodiff accept reports/", " --all", "0 passed; 1 failed"]);
}

fn no_secret_is_said(hub: &Hub) {
    let suite = SUITE.replace("status: 200", "header: {content-type: '{{ secret.TOKEN }}'}");
    hub.write("suites/a.yaml", &suite);
    let ended = hub.test(&hub.api(), &["the-index-answers"], &[("TOKEN", "Zorando Zinnober")]);
    // Expected is the secret, and the answer happens to hold it.
    ended.check(101, &["expected  •••", "{{ secret.TOKEN }}", "0 passed; 1 failed"]);
    ended.lacks("Zinnober");
}

fn an_after_that_fails_fails_the_last_case(hub: &Hub) {
    let after = "after:\n  - get: /plugins/index\n    expect: {status: 418}\n";
    hub.write("suites/a.yaml", &format!("{}{after}", SUITE.trim_start()));
    hub.test(&hub.api(), &[], &[]).check(101, &["a::after", "expected  418", "1 passed; 1 failed"]);
}

fn a_broken_suite_fails_before_anything_is_listed(hub: &Hub) {
    hub.write("suites/a.yaml", &SUITE.replace("expect:", "expcet:"));
    hub.write("suites/b.yaml", "suite: B\ncasse: []\n");
    for arguments in [&["--list"] as &[&str], &[]] {
        let ended = hub.test(&hub.api(), arguments, &[]);
        ended.check(101, &["suites/a.yaml:8:", "suites/b.yaml:2:", "nothing was sent"]);
        ended.lacks("a::");
    }
}

fn processes_of_nextest_hold_to_one_limit(hub: &Hub) {
    hub.write("suites/a.yaml", SUITE);
    let production = &hub.sandbox.urls(Environment::Production).api;
    let environments = format!("environments:\n  production:\n    urls: {{api: '{production}'}}\n    limit: {{requests_per_second: 5}}\n");
    hub.write("suites/environments.yaml", &environments);
    let began = std::time::Instant::now();
    let nextest = [("NEXTEST", "1"), ("NEXTEST_RUN_ID", "one")];
    let start = || hub.command("production", &["--exact", "a::the-index-answers"], &nextest).spawn().expect("this binary can be started");
    let started: Vec<_> = (0..4).map(|_| start()).collect();
    for process in started {
        let ended = process.wait_with_output().expect("it ends");
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
    }
    // Four requests, 200 ms apart; each process for itself would wait for nothing.
    assert!(began.elapsed().as_millis() >= 600, "{:?}", began.elapsed());
    let records = std::fs::read_dir(hub.project.path().join("reports/nextest-one")).expect("the records stand together");
    assert_eq!(records.filter(|entry| entry.as_ref().is_ok_and(|entry| entry.file_name() != "latest")).count(), 4);
}

fn a_case_that_nextest_cannot_find_again_fails(hub: &Hub) {
    hub.write("suites/a.yaml", SUITE);
    hub.test(&hub.api(), &["--exact", "a::gone"], &[("NEXTEST", "1")]).check(101, &["there is no case a::gone here"]);
}
