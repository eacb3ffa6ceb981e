//! With a real browser: what survives its death, ours, and that of nobody.

#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::{
    env,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use prodiff_core::{
    action::page::{Gesture, PageAction, PageVerb},
    observation::FaultKind,
};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{
    error::BrowserError,
    page::{Browsers, Options, Page},
    process::driver::Driver,
    provide::{registry::Browser, search::Machine},
    session::{
        context::Context,
        pool::Pool,
        session::Session,
        settings::{Place, Settings},
    },
};

mod acting;
mod pages;
mod reading;
mod stage;

const SIZE: (u32, u32) = (1280, 800);
pub(super) const LONG: Duration = Duration::from_secs(30);

/// The browser's settings, or nothing, aloud, where it is not here. On CI it has to be here.
pub(super) fn settings(name: &str) -> Option<Settings> {
    let browser = Browser::named(name).expect("the browser is one of ours");
    match Settings::here(browser, &Machine::this(), false) {
        Ok(settings) => Some(settings),
        Err(error) if name == "chromium" && env::var_os("CI").is_some() => panic!("{error}"),
        Err(error) => {
            eprintln!("SKIPPED: {error}");
            None
        }
    }
}

/// What is in a group now, zombies apart.
fn members(group: u32) -> usize {
    let stats = std::fs::read_dir("/proc").unwrap().filter_map(|entry| std::fs::read_to_string(entry.ok()?.path().join("stat")).ok());
    stats
        .filter(|stat| {
            let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
            fields[2] == group.to_string() && fields[0] != "Z"
        })
        .count()
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + LONG;
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// What must be gone in the end.
struct Traces {
    group: u32,
    folder: PathBuf,
}

impl Traces {
    fn of(session: &Session) -> Self {
        let group = session.driver().unwrap().group();
        assert!(members(group.id()) > 2, "the driver and its browser run in the group");
        Self { group: group.id(), folder: group.folder().to_owned() }
    }

    fn are_gone(&self) {
        assert_eq!(members(self.group), 0, "a process survived");
        assert!(!self.folder.exists(), "{} survived", self.folder.display());
    }
}

fn kill(pid: u32) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

async fn open(context: &Context, url: &str) -> Result<(), BrowserError> {
    let params = json!({"context": context.window(), "url": url, "wait": "complete"});
    context.session().bidi("browsingContext.navigate", params, LONG).await.map(|_| ())
}

async fn script(context: &Context, script: &str) -> Result<serde_json::Value, BrowserError> {
    let session = context.session();
    session.command("run a script", LONG, session.client().execute(script, vec![])).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_ended_leaves_nothing() {
    for name in ["chromium", "firefox", "webkit"] {
        let Some(settings) = settings(name) else { continue };
        let session = Session::start(&settings).await.unwrap();
        assert!(session.version().len() > name.len() + 2, "{}", session.version());
        let traces = Traces::of(&session);
        session.end().await;
        traces.are_gone();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_see_nothing_of_each_other() {
    let site = pages::serve(&[("/", "<!doctype html><title>Home</title>hello")]).await;
    for name in ["chromium", "firefox"] {
        let Some(settings) = settings(name) else { continue };
        let session = Arc::new(Session::start(&settings).await.unwrap());
        let n_contexts = async || {
            let contexts = session.bidi("browser.getUserContexts", json!({}), LONG).await.unwrap();
            contexts["userContexts"].as_array().unwrap().len()
        };
        let n_before = n_contexts().await;
        for round in 0..2 {
            let context = Context::open(&session, SIZE).await.unwrap();
            open(&context, &site.url("/")).await.unwrap();
            let seen =
                script(&context, "return [document.cookie, localStorage.length, document.title, innerWidth, innerHeight]").await.unwrap();
            assert_eq!(seen, json!(["", 0, "Home", 1280, 800]), "{name}, round {round}");
            script(&context, "document.cookie = 'a=1'; localStorage.setItem('a', '1')").await.unwrap();
            assert_eq!(script(&context, "return [document.cookie, localStorage.length]").await.unwrap(), json!(["a=1", 1]));
            // The second is cancelled: what it leaves is removed before the third.
            if round == 0 {
                context.close().await.unwrap();
            }
        }
        let third = Context::open(&session, SIZE).await.unwrap();
        open(&third, &site.url("/")).await.unwrap();
        assert_eq!(script(&third, "return [document.cookie, localStorage.length]").await.unwrap(), json!(["", 0]));
        third.close().await.unwrap();
        assert_eq!(n_contexts().await, n_before, "only the browser's own are left");
        Arc::into_inner(session).unwrap().end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_driver_that_is_killed_is_noticed_and_nothing_is_left() {
    let Some(settings) = settings("chromium") else { return };
    let session = Arc::new(Session::start(&settings).await.unwrap());
    let traces = Traces::of(&session);
    let context = Context::open(&session, SIZE).await.unwrap();
    let began = Instant::now();
    let waiting = script(&context, "return new Promise(() => {})");
    let (outcome, ()) = tokio::join!(waiting, async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        kill(traces.group);
    });
    let error = outcome.unwrap_err();
    assert!(error.is_infrastructure() && began.elapsed() < Duration::from_secs(5), "{error} after {:?}", began.elapsed());
    assert!(error.to_string().contains("chromedriver"), "{error}");
    until("its death is noticed", || !session.is_alive());
    assert!(Context::open(&session, SIZE).await.unwrap_err().is_infrastructure());
    drop((context, session));
    traces.are_gone();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_is_killed_is_noticed_and_replaced() {
    let Some(settings) = settings("chromium") else { return };
    let pool = Pool::new(settings);
    let lease = pool.lease().await.unwrap();
    let first = Traces::of(lease.session());
    let context = lease.context(SIZE).await.unwrap();
    let browser = children(first.group).into_iter().next().expect("the driver has a browser");
    let waiting = script(&context, "return new Promise(() => {})");
    let (outcome, ()) = tokio::join!(waiting, async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        kill(browser);
    });
    let error = outcome.unwrap_err();
    assert!(error.is_infrastructure(), "{error:?}");
    drop(context);
    drop(lease);
    let lease = pool.lease().await.unwrap();
    first.are_gone();
    let second = Traces::of(lease.session());
    let context = lease.context(SIZE).await.unwrap();
    assert_eq!(script(&context, "return 1").await.unwrap(), 1);
    context.close().await.unwrap();
    drop(lease);
    assert_eq!(pool.n_idle(), 1);
    pool.end().await;
    second.are_gone();
}

/// Direct children of a process that still run.
fn children(parent: u32) -> Vec<u32> {
    let all = std::fs::read_dir("/proc").unwrap().filter_map(|entry| std::fs::read_to_string(entry.ok()?.path().join("stat")).ok());
    all.filter_map(|stat| {
        let (id, rest) = (stat.split(' ').next()?.parse().ok()?, stat.rsplit_once(')')?.1);
        let fields: Vec<&str> = rest.split_whitespace().collect();
        (fields[1] == parent.to_string() && fields[0] != "Z").then_some(id)
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_used_by_one_case_after_the_other_and_two_at_once_are_two() {
    let Some(settings) = settings("chromium") else { return };
    let pool = Pool::new(settings);
    let (one, two) = tokio::join!(pool.lease(), pool.lease());
    let (one, two) = (one.unwrap(), two.unwrap());
    let traces = [Traces::of(one.session()), Traces::of(two.session())];
    assert_ne!(traces[0].group, traces[1].group);
    let contexts = (one.context(SIZE).await.unwrap(), two.context(SIZE).await.unwrap());
    let both = tokio::join!(script(&contexts.0, "return 1 + 1"), script(&contexts.1, "return 1 + 2"));
    assert_eq!((both.0.unwrap(), both.1.unwrap()), (json!(2), json!(3)));
    drop(contexts);
    let first = one.session().driver().unwrap().group().id();
    drop(one);
    let again = pool.lease().await.unwrap();
    assert_eq!(again.session().driver().unwrap().group().id(), first, "the idle one is used again");
    drop((again, two));
    pool.end().await;
    traces.iter().for_each(Traces::are_gone);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_panics_leaves_nothing() {
    let Some(settings) = settings("chromium") else { return };
    let (tell, told) = tokio::sync::oneshot::channel();
    let task = tokio::spawn(async move {
        let session = Session::start(&settings).await.unwrap();
        let _ = tell.send(Traces::of(&session));
        std::panic::resume_unwind(Box::new("a panic while a browser runs"));
    });
    let traces = told.await.unwrap();
    assert!(task.await.unwrap_err().is_panic());
    traces.are_gone();
}

const HOLD: &str = "PRODIFF_TEST_HOLD";

/// Not a test by itself: holds a browser until it is killed, for the next one.
#[tokio::test(flavor = "multi_thread")]
async fn holds_a_browser_until_killed() {
    if env::var_os(HOLD).is_none() {
        return;
    }
    let session = Session::start(&settings("chromium").expect("asked for only where it is")).await.unwrap();
    let traces = Traces::of(&session);
    eprintln!("holding {} {}", traces.group, traces.folder.display());
    std::future::pending::<()>().await;
}

#[test]
fn nothing_survives_us_when_we_are_killed() {
    if settings("chromium").is_none() {
        return;
    }
    let mut us = Command::new(env::current_exe().unwrap());
    us.args(["--exact", "drivers::browser::tests::holds_a_browser_until_killed", "--nocapture"]).env(HOLD, "1");
    let mut us = us.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(us.stderr.take().unwrap()).lines();
    let line = lines.map_while(Result::ok).find(|line| line.starts_with("holding ")).expect("it says what it holds");
    let mut words = line.split(' ').skip(1);
    let group: u32 = words.next().unwrap().parse().unwrap();
    let folder = PathBuf::from(words.next().unwrap());
    assert!(members(group) > 2 && Path::new(&folder).exists());
    us.kill().unwrap();
    us.wait().unwrap();
    until("the processes end", || members(group) == 0);
    until("the folder is removed", || !folder.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_driver_elsewhere_is_a_server_like_any_other() {
    let Some(here) = settings("chromium") else { return };
    let Place::Here(files) = &here.place else { panic!("it is here") };
    let server = Driver::start(here.browser, files).await.unwrap();
    works_remotely("chromium", server.url()).await;
    until("its browser ends", || members(server.group().id()) <= 2);
    server.end().await;
}

/// Where a real Selenium Grid is to be had, as `PRODIFF_TEST_GRID=http://127.0.0.1:4444`.
#[tokio::test(flavor = "multi_thread")]
async fn a_grid_gives_browsers_with_bidi() {
    let Some(grid) = env::var("PRODIFF_TEST_GRID").ok() else {
        eprintln!("SKIPPED: PRODIFF_TEST_GRID names no Selenium Grid");
        return;
    };
    for name in ["chromium", "firefox"] {
        works_remotely(name, &url::Url::parse(&grid).unwrap()).await;
    }
}

async fn works_remotely(name: &str, server: &url::Url) {
    let site = pages::serve(&[("/", "<!doctype html><title>Home</title><button>Go</button>")]).await;
    let pool = Pool::new(Settings::remote(Browser::named(name).unwrap(), server));
    let setup = Arc::new(stage::setup(name));
    let lease = pool.lease().await.unwrap();
    assert!(lease.session().driver().is_none() && lease.session().connection().is_some(), "{name}");
    let mut page = Page::begin(lease, &setup).await.unwrap();
    let act = |verb| PageAction { setup: Arc::clone(&setup), cookies: vec![], frames: vec![], verb, probes: vec![], timeout: LONG };
    let go = CancellationToken::new();
    let seen = page.perform(&act(PageVerb::Open(url::Url::parse(&site.url("/")).unwrap())), &go).await.unwrap();
    assert_eq!(seen.title, "Home", "{name}");
    let click = PageVerb::Gesture { gesture: Gesture::Click, on: stage::role("button", "Go") };
    page.perform(&act(click), &go).await.unwrap();
    page.end().await;
    pool.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_has_its_browsers_and_none_after_its_end() {
    if settings("chromium").is_none() {
        return;
    }
    let options = Options { n_sessions: 1, headed: false, grid: None, any_certificate: false, proxy: None, announce: |_| {} };
    let browsers = Browsers::new(options);
    let setup = Arc::new(stage::setup("chromium"));
    for _ in 0..2 {
        let seats = browsers.seats(1).await.unwrap();
        browsers.page(&seats, &setup).await.unwrap().end().await;
    }
    // A comparison needs two, also where there is one seat; another case waits meanwhile.
    let seats = browsers.seats(2).await.unwrap();
    let (one, two) = tokio::join!(browsers.page(&seats, &setup), browsers.page(&seats, &setup));
    assert!(tokio::time::timeout(Duration::from_millis(50), browsers.seats(1)).await.is_err());
    one.unwrap().end().await;
    two.unwrap().end().await;
    let unknown = Arc::new(stage::setup("netscape"));
    assert_eq!(browsers.page(&seats, &unknown).await.unwrap_err().kind, FaultKind::NoBrowser);
    let (waiting, ()) = tokio::join!(browsers.seats(1), browsers.end());
    assert_eq!(waiting.unwrap_err().kind, FaultKind::Cancelled, "who waits is told");
    assert_eq!(browsers.page(&seats, &setup).await.unwrap_err().kind, FaultKind::Cancelled);
}
