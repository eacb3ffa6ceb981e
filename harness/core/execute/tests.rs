//! Browser steps played against a browser that is a function: what it is asked, what comes of its answers.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use url::Url;

use super::*;
use crate::{
    action::{Limit, Transport, page::PageCookie},
    diagnostic::Source,
    environment::{
        model::{Baselines, Protect},
        site::{Guards, Mutations, SitePages},
    },
    extract::testing,
    observation::{
        FaultKind,
        page::{Answer, Dialog, Element, PageObservation, Watched},
    },
    plan, suite,
    yaml::{self, Collector},
};

fn site() -> Arc<Site> {
    Arc::new(Site {
        name: String::from("staging"),
        urls: vec![(String::from("web"), Url::parse("https://www.example.org").unwrap())],
        aliases: Vec::new(),
        any_name: false,
        default_url: None,
        variables: BTreeMap::new(),
        headers: vec![(String::from("x-from"), String::from("prodiff"))],
        cookies: Vec::new(),
        authorization: None,
        refresh: None,
        settle: None,
        indexable: None,
        revision: None,
        protect: Protect::Open,
        limit: Limit::default(),
        transport: Transport::default(),
        baselines: Baselines::Shared,
        pages: SitePages { ready: Some(String::from("return true")), ..SitePages::default() },
        guards: Arc::new(Guards::new([], Mutations::Guarded)),
    })
}

fn run(steps: &str) -> CaseRun {
    let indented: String = steps.lines().map(|line| format!("      {line}\n")).collect();
    let source = Source::new("suites/s.yaml", format!("suite: S\ncases:\n  - case: c\n    wait: 1s\n    steps:\n{indented}"));
    let (tree, diagnostics) = yaml::read(&source);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let collector = Collector::new();
    let suite = suite::read(&tree.unwrap(), &source, "s", &collector);
    let diagnostics = collector.into_diagnostics();
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let began = testing::now();
    let options = plan::Options {
        selection: plan::Selection::default(),
        timeout: None,
        default_timeout: None,
        browsers: Vec::new(),
        retries: None,
        seed: 7,
        began,
    };
    let surroundings = Arc::new(Surroundings::default());
    let plan = plan::build(&[Arc::new(suite.unwrap())], &site(), &surroundings, &BTreeMap::new(), &options).unwrap();
    let case = Arc::clone(plan.cases().next().unwrap());
    CaseRun::new(Setup {
        case,
        site: site(),
        surroundings,
        keep: Keep::Snapshots,
        inherited: Vec::new(),
        session: Session::default(),
        seed: 7,
        began,
    })
}

/// What was asked of the browser, one line each, and how the case ended.
struct Played {
    asked: Vec<String>,
    status: Status,
    failures: Vec<String>,
    captures: Vec<Captured>,
    steps: Vec<StepTrace>,
}

/// Plays steps; `browser` answers the n-th action, counted from 0.
fn play(steps: &str, browser: impl FnMut(usize, &PageAction) -> Result<PageObservation, Fault>) -> Played {
    play_on(run(steps), browser)
}

fn play_on(mut run: CaseRun, mut browser: impl FnMut(usize, &PageAction) -> Result<PageObservation, Fault>) -> Played {
    let mut at = Duration::ZERO;
    let mut turn = run.advance(Input::Start, at);
    let mut played = Played { asked: Vec::new(), status: Status::Passed, failures: Vec::new(), captures: Vec::new(), steps: Vec::new() };
    let mut n_asked = 0;
    for _ in 0..1_000 {
        for event in std::mem::take(&mut turn.events) {
            if let Event::Step(step) = event {
                played.failures.extend(step.failures.iter().map(|failure| format!("{} {}", failure.status, failure.message)));
                played.steps.push(*step);
            }
        }
        let input = match turn.next {
            Effect::Done(outcome) => {
                played.status = outcome.status;
                played.captures = outcome.captures;
                return played;
            }
            Effect::Sleep(until) => {
                at = until;
                Input::Woke
            }
            Effect::Perform(Action::Page(action)) => {
                let verb = match &action.verb {
                    PageVerb::Open(url) => format!("open {url}"),
                    PageVerb::Gesture { gesture, on } => format!("{} {on}", gesture.name()),
                    other => format!("{other:?}"),
                };
                played.asked.push(format!("{verb} {}", action.probes.len()));
                let answered = browser(n_asked, &action);
                n_asked += 1;
                Input::Observed(Box::new(answered.map(|page| Observation::Page(Box::new(page)))))
            }
            Effect::Perform(Action::Http(request)) => panic!("{request:?}"),
        };
        turn = run.advance(input, at);
    }
    panic!("it does not end")
}

fn page(answers: Vec<Answer>) -> PageObservation {
    PageObservation { answers, result: None, ..testing::page() }
}

fn elements(n: usize) -> Answer {
    let element = Element {
        described: String::from("<h1>Plugins</h1>"),
        visible: true,
        rendered: true,
        enabled: true,
        text: String::from("Plugins"),
        ..Element::default()
    };
    Answer::Elements(vec![element; n])
}

/// What a page answers that has one heading and no secret.
fn evidence(probe: &Probe) -> Answer {
    match probe {
        Probe::Screenshot | Probe::Image(_) => Answer::Png(vec![1]),
        Probe::Elements { .. } => elements(1),
        _ => Answer::Text(String::from("- main")),
    }
}

fn fault(kind: FaultKind) -> Fault {
    Fault { kind, detail: String::from("<div> covers it"), after: Duration::from_millis(5) }
}

const OPEN_AND_SEE: &str = "- open: /plugins\n  expect: {visible: {heading: Plugins}}";

#[test]
fn an_expectation_is_tried_again_until_it_holds() {
    let played = play(OPEN_AND_SEE, |n, _| Ok(page(vec![elements(usize::from(n == 3))])));
    assert_eq!(played.status, Status::Passed, "{:?}", played.failures);
    assert_eq!(played.asked, ["open https://www.example.org/plugins 1", "Look 1", "Look 1", "Look 1"]);
}

#[test]
fn what_never_holds_fails_in_time_and_is_looked_at_for_people() {
    let played = play(OPEN_AND_SEE, |_, action| {
        let is_evidence = action.probes.contains(&Probe::Screenshot);
        Ok(page(if is_evidence { action.probes.iter().map(evidence).collect() } else { vec![elements(0)] }))
    });
    assert_eq!(played.status, Status::Failed);
    assert_eq!(played.failures, ["failed visible {heading: Plugins}: expected visible, actual nothing matches"]);
    // One action, ten looks within a second, and one more for the evidence.
    assert_eq!(played.asked.len(), 12, "{:?}", played.asked);
    let kept = &played.steps[0].seen.page().unwrap().kept;
    let names: Vec<&str> = kept.iter().map(|kept| kept.what.as_str()).collect();
    assert_eq!(names, ["aria", "html", "screenshot", trace::SHOWN[0], trace::SHOWN[1]]);
    assert_eq!(kept[2].answer, Answer::Png(vec![1]));
}

#[test]
fn what_cannot_be_observed_blocks_and_is_no_pass() {
    let steps = "- open: /\n  expect: {console: clean}";
    let played =
        play(steps, |_, _| Ok(PageObservation { console: Watched::NotObserved(String::from("webkit does not tell")), ..page(vec![]) }));
    assert_eq!(played.status, Status::Blocked);
    assert_eq!(played.failures, ["blocked console: not observed: webkit does not tell"]);
}

#[test]
fn an_action_that_cannot_be_done_fails_and_says_why() {
    let played = play("- click: {button: Sign in}", |n, _| if n == 0 { Err(fault(FaultKind::NotActionable)) } else { Ok(page(vec![])) });
    assert_eq!(played.status, Status::Failed);
    assert_eq!(played.failures, ["failed could not act: <div> covers it"]);
    assert_eq!(played.asked, ["click {button: Sign in} 0", "Look 5"]);
}

#[test]
fn faults_of_pages_have_words_of_their_own() {
    for (kind, expected) in [
        (FaultKind::NotActionable, "an element that can be acted on"),
        (FaultKind::PageTimeout, "a page that is loaded and ready in time"),
        (FaultKind::PageFailed, "a page that loads"),
        (FaultKind::Script, "a script that comes to its end"),
        (FaultKind::NoBrowser, "a browser"),
    ] {
        let played = play("- click: {button: Sign in}", |n, _| if n == 0 { Err(fault(kind)) } else { Ok(page(vec![])) });
        assert_eq!(played.steps[0].failures[0].expected, expected, "{kind:?}");
    }
}

const FOUR_STEPS: &str = "- open: /\n- click: x\n- look: page\n  expect: {visible: {heading: Plugins}}\n- click: y";

/// Everything answers; the last click fails.
fn failing_at_last(action: &PageAction) -> Result<PageObservation, Fault> {
    let is_last = matches!(&action.verb, PageVerb::Gesture { on, .. } if on.to_string().contains('y'));
    if is_last { Err(fault(FaultKind::NotActionable)) } else { Ok(page(action.probes.iter().map(evidence).collect())) }
}

#[test]
fn pictures_are_taken_behind_what_changes_a_page_and_handed_to_the_step_that_fails() {
    let played = play_on(run(FOUR_STEPS).keeping_pictures(), |_, action| failing_at_last(action));
    let before: Vec<&str> = played.steps[3].seen.page().unwrap().before.iter().map(|shot| shot.title.as_str()).collect();
    assert_eq!(before, ["open /", "click {text: x}"]);
    assert!(played.steps[..3].iter().all(|step| step.seen.page().unwrap().before.is_empty()));
}

#[test]
fn a_case_that_is_played_once_takes_no_picture_of_what_goes_well() {
    let mut n_pictures = 0;
    let played = play(FOUR_STEPS, |_, action| {
        n_pictures += usize::from(action.probes.contains(&Probe::Screenshot));
        failing_at_last(action)
    });
    assert_eq!(n_pictures, 1, "that of the failure: {:?}", played.asked);
    assert!(played.steps[3].seen.page().unwrap().before.is_empty());
}

#[test]
fn only_the_last_pictures_are_held() {
    let steps: String = (0..12).map(|n| format!("- click: x{n}\n")).collect();
    let played = play_on(run(&format!("{steps}- click: y")).keeping_pictures(), |_, action| failing_at_last(action));
    let before = &played.steps[12].seen.page().unwrap().before;
    assert_eq!((before.len(), before[0].title.as_str(), before[7].title.as_str()), (8, "click {text: x4}", "click {text: x11}"));
}

#[test]
fn a_picture_that_cannot_be_taken_fails_nothing() {
    let played = play_on(run(OPEN_AND_SEE).keeping_pictures(), |_, action| {
        let is_picture = action.probes.contains(&Probe::Screenshot);
        if is_picture { Err(fault(FaultKind::Driver)) } else { Ok(page(vec![elements(1)])) }
    });
    assert_eq!((played.status, played.asked.len()), (Status::Passed, 2), "{:?}", played.failures);
}

#[test]
fn what_was_filled_with_a_secret_is_painted_over_in_every_picture_of_the_case() {
    let steps =
        "- open: /\n  capture: {token: {text: {css: h1}, secret: true}}\n- fill: {into: {label: Token}, value: '{{ token }}'}\n- click: y";
    let mut covered = Vec::new();
    let played = play(steps, |_, action| {
        for probe in &action.probes {
            match probe {
                Probe::Screenshot => panic!("a picture with nothing painted over"),
                Probe::Image(image) => covered.extend(image.cover.iter().map(ToString::to_string)),
                _ => {}
            }
        }
        if action.probes.len() == 1 && matches!(action.verb, PageVerb::Open(_)) {
            Ok(page(vec![elements(1)]))
        } else {
            failing_at_last(action)
        }
    });
    assert_eq!(played.status, Status::Failed, "{:?}", played.failures);
    assert_eq!(covered, ["{label: Token}"]);
    // What is filled with anything else stays as it is.
    let mut n_pictures = 0;
    play("- fill: {into: {label: Token}, value: open}\n- click: y", |_, action| {
        n_pictures += usize::from(action.probes.contains(&Probe::Screenshot));
        failing_at_last(action)
    });
    assert_eq!(n_pictures, 1);
}

#[test]
fn a_missing_browser_blocks() {
    let played = play(OPEN_AND_SEE, |_, _| Err(fault(FaultKind::NoBrowser)));
    assert_eq!((played.status, played.asked.len()), (Status::Blocked, 1));
}

#[test]
fn until_repeats_the_action() {
    let steps = "- click: {button: More}\n  wait: 3s\n  until: {visible: {heading: Plugins}}";
    let mut clicks = 0;
    let played = play(steps, |_, action| {
        clicks += usize::from(!matches!(action.verb, PageVerb::Look));
        Ok(page(vec![elements(usize::from(clicks == 2))]))
    });
    assert_eq!((played.status, clicks), (Status::Passed, 2), "{:?}", played.asked);
    let played = play(steps, |_, _| Ok(page(vec![elements(0)])));
    assert_eq!(played.status, Status::Failed);
}

#[test]
fn an_action_that_was_heard_late_is_not_needed_again() {
    // The second click meets the dialog that the first has opened after all.
    let steps = "- click: {button: Install}\n  wait: 3s\n  until: {visible: {role: dialog}}";
    let mut clicks = 0;
    let played = play(steps, |_, action| {
        clicks += usize::from(matches!(action.verb, PageVerb::Gesture { .. }));
        match action.verb {
            PageVerb::Gesture { .. } if clicks == 2 => Err(fault(FaultKind::NotActionable)),
            _ => Ok(page(vec![elements(usize::from(clicks == 2))])),
        }
    });
    assert_eq!((played.status, clicks), (Status::Passed, 2), "{:?} {:?}", played.failures, played.asked);
    // Where nothing has opened, what refuses the click is what is told.
    let mut n_done = 0;
    let played = play(steps, |_, action| match action.verb {
        PageVerb::Gesture { .. } if n_done > 0 => Err(fault(FaultKind::NotActionable)),
        _ => {
            n_done += 1;
            Ok(page(vec![elements(0)]))
        }
    });
    assert_eq!(played.failures, ["failed could not act: <div> covers it"]);
    // What was never done has not been done, whatever the page shows.
    let played = play(steps, |_, action| match action.verb {
        PageVerb::Gesture { .. } => Err(fault(FaultKind::NotActionable)),
        _ => Ok(page(vec![elements(1)])),
    });
    assert_eq!(played.status, Status::Failed);
}

#[test]
fn nothing_is_repeated_once_until_has_held() {
    let steps = "- click: {tab: Activity}\n  wait: 3s\n  until: {visible: {tab: Activity}}\n  expect: {visible: {heading: Installs}}";
    let mut clicks = 0;
    // What was waited for is gone again when the rest has come.
    let played = play(steps, |n, action| {
        clicks += usize::from(!matches!(action.verb, PageVerb::Look));
        Ok(page(vec![elements(usize::from(n < 8)), elements(usize::from(n > 10))]))
    });
    assert_eq!((played.status, clicks), (Status::Passed, 1), "{:?} {:?}", played.failures, played.asked);
    let played = play(steps, |_, _| Ok(page(vec![elements(1), elements(0)])));
    assert_eq!(played.failures, ["failed visible {heading: Installs}: expected visible, actual nothing matches"]);
}

#[test]
fn captures_wait_for_their_element_and_snapshots_are_read_when_all_else_holds() {
    let steps = "- open: /\n  capture: {title: {text: {css: h1}}}\n  snapshot: {name: main, aria: {css: main}, text: true}";
    let played = play(steps, |n, action| {
        let answer = |probe: &Probe| match probe {
            Probe::Elements { .. } => elements(usize::from(n > 1)),
            Probe::Aria(part) => Answer::Text(format!("- {}", part.at.as_ref().unwrap())),
            _ => Answer::Text(String::from("Plugins")),
        };
        Ok(page(action.probes.iter().map(answer).collect()))
    });
    assert_eq!(played.status, Status::Passed, "{:?}", played.failures);
    assert_eq!(played.captures[0].value.as_str(), Some("Plugins"));
    // An action, two looks until the element is there; then looks until nothing has changed for half a second.
    assert_eq!(played.asked[..3], ["open https://www.example.org/ 1", "Look 1", "Look 1"]);
    assert_eq!(played.asked[3..], ["Look 2"; 6]);
    let kept = &played.steps[0].seen.page().unwrap().kept;
    assert_eq!(kept[0].answer, Answer::Text(String::from("- {css: main}")));
}

#[test]
fn what_must_not_happen_is_looked_for_until_the_page_is_at_rest() {
    let message = |level| crate::observation::page::ConsoleMessage { level, text: String::from("boom"), source: None };
    let late = |n: usize, _: &PageAction| {
        let said = if n < 4 { Vec::new() } else { vec![message(crate::observation::page::ConsoleLevel::Uncaught)] };
        Ok(PageObservation { console: Watched::Seen(said), ..page(vec![]) })
    };
    let played = play("- open: /\n  expect: {console: clean}", late);
    assert_eq!(played.failures, ["failed console: expected clean, actual \"boom\""]);
}

#[test]
fn a_page_that_never_rests_is_kept_as_it_is_when_its_time_is_over() {
    let mut n_looks = 0;
    let played = play("- open: /\n  snapshot: {name: a, text: true}", |_, action| {
        n_looks += 1;
        Ok(page(action.probes.iter().map(|_| Answer::Text(n_looks.to_string())).collect()))
    });
    assert_eq!(played.status, Status::Passed);
    // One action, and looks for the second that `wait` gives.
    assert!((8..=12).contains(&n_looks), "{n_looks}");
}

#[test]
fn a_dialog_that_no_step_answers_fails() {
    let dialog = || Some(Dialog { kind: String::from("alert"), message: String::from("Boo") });
    let with_dialog = |n: usize, _: &PageAction| Ok(PageObservation { dialog: dialog().filter(|_| n == 0), ..page(vec![]) });
    let played = play("- click: x\n- accept_dialog", with_dialog);
    assert_eq!(played.failures, [""; 0]);
    let played = play("- click: x\n- click: y", with_dialog);
    assert_eq!(played.failures, ["failed a dialog opened that no step answers: alert \"Boo\""]);
}

#[test]
fn a_page_without_any_check_is_blocked() {
    let played = play("- open: /", |_, _| Ok(page(vec![])));
    assert_eq!(played.status, Status::Blocked);
}

#[test]
fn the_browser_is_what_the_plan_says_and_gets_the_environments_headers() {
    let mut setup = None;
    let cookie = PageCookie {
        name: String::from("sid"),
        value: String::from("1"),
        domain: String::from("www.example.org"),
        path: String::from("/"),
        secure: true,
        http_only: true,
        same_site: None,
        expires: None,
    };
    play("- open: /\n- reload", |n, action| {
        setup.get_or_insert(Arc::clone(&action.setup));
        assert!(n > 0 || action.cookies.is_empty());
        Ok(PageObservation { cookies: vec![cookie.clone()], ..page(vec![]) })
    });
    let setup = setup.unwrap();
    assert_eq!((setup.browser.as_str(), setup.viewport.to_string().as_str()), ("chromium", "1280x800"));
    assert_eq!(setup.headers, [(String::from("x-from"), String::from("prodiff"))]);
    assert_eq!(setup.ready.as_deref(), Some("return true"));
}

#[test]
fn a_cancelled_look_ends_the_case() {
    let mut run = run(OPEN_AND_SEE);
    run.advance(Input::Start, Duration::ZERO);
    let turn = run.advance(Input::Cancel(String::from("interrupted")), Duration::from_millis(1));
    assert!(matches!(turn.next, Effect::Done(Outcome { status: Status::Blocked, .. })), "{:?}", turn.next);
}
