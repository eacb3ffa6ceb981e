//! The two sides go step by step.

use super::*;
use crate::verdict::Status;

#[test]
fn a_green_comparison_costs_one_request_a_side() {
    let case = steps("- get: /a\n- get: /b\n  compare: false");
    let played = play(pair(&case), |_, _| ok("{}"));
    assert_eq!(played.effects, ["both GET /a", "both GET /b"]);
    assert_eq!((played.compared.len(), played.findings().len(), played.own), (1, 0, [Status::Passed; 2]));
}

#[test]
fn who_goes_first_alternates_and_is_told() {
    let case = steps("- get: /a\n- get: /b\n- get: /c");
    let mut order = Vec::new();
    let played = play(pair(&case), |role, _| {
        order.push(role);
        ok("{}")
    });
    let told: Vec<Role> = played.compared.iter().map(|compared| compared.first).collect();
    assert_eq!(told, order.iter().copied().step_by(2).collect::<Vec<_>>());
    assert!(told.windows(2).all(|two| two[0] != two[1]), "{told:?}");
}

#[test]
fn each_sides_retries_end_before_they_are_compared() {
    let case = steps("- get: /a\n  retry: {within: 10s, every: 1s}\n  expect: {json: {$.ready: true}}\n- get: /b");
    let mut n_asked = 0;
    let played = play(pair(&case), |role, _| {
        n_asked += usize::from(role == Role::Candidate);
        ok(if role == Role::Candidate && n_asked < 3 { r#"{"ready":false}"# } else { r#"{"ready":true}"# })
    });
    assert_eq!(played.effects, ["both GET /a", "sleep 999ms", "candidate GET /a", "sleep 999ms", "candidate GET /a", "both GET /b"]);
    assert!(played.findings().is_empty());
}

#[test]
fn redirects_are_followed_hop_by_hop_on_both_sides() {
    let case = steps("- get: /a");
    let played = play(pair(&case), |role, request| match (role, request.url.path()) {
        (Role::Reference, "/a") => Ok((301, vec![("location", String::from("/b"))], String::new())),
        (Role::Candidate, "/a") => Ok((301, vec![("location", String::from("/c"))], String::new())),
        _ => ok("{}"),
    });
    assert_eq!(played.effects[..2], ["both GET /a", "both GET /b"]);
    assert_eq!(played.findings(), ["different changed redirect[1]"]);
}

#[test]
fn what_one_side_does_not_reach_is_not_observed() {
    let case = steps("- get: /a\n- get: /b\n- get: /c");
    let played = play(pair(&case), |role, request| {
        if role == Role::Candidate && request.url.path() == "/b" { Ok((500, Vec::new(), String::new())) } else { ok("{}") }
    });
    assert_eq!(played.own, [Status::Passed, Status::Failed]);
    assert_eq!(played.not_observed, ["Blocks GET /c (steps[2]): the candidate did not reach this step"]);
    assert_eq!(played.effects.last().unwrap(), "reference GET /c");
    assert!(played.findings().contains(&String::from("different changed status")), "{:?}", played.findings());
}

#[test]
fn requests_that_differ_are_compared_by_shape_and_the_capture_is_named() {
    let case = steps("- get: /a\n  compare: false\n  capture: {id: {json: $.id}, other: {json: $.other}}\n- get: '/b/{{ id }}'");
    let played = play(pair(&case), |role, request| match request.url.path() {
        "/a" => ok(format!(r#"{{"id":"{role:?}","other":"{role:?} too"}}"#)),
        _ => ok(match role {
            Role::Reference => r#"{"id":"r","n":1,"gone":1}"#,
            Role::Candidate => r#"{"id":"c","n":null}"#,
        }),
    });
    assert_eq!(played.findings(), ["different removed $.gone", "different retyped $.n"]);
    assert_eq!(played.not_observed, ["Blocks values of GET /b/Candidate (steps[1]): the requests differ, as capture `id` does"]);
}

#[test]
fn own_urls_in_requests_do_not_make_them_differ() {
    let case = steps("- get: '/b?next={{ web }}/x'");
    let played = play(pair(&case), |_, request| ok(format!(r#"{{"self":"{}"}}"#, request.url.origin().ascii_serialization())));
    assert_eq!((played.findings().len(), played.not_observed.len(), played.requests()), (0, 0, 1));
}

#[test]
fn an_answer_that_fails_to_come_on_one_side_is_a_finding_and_on_both_it_blocks() {
    let case = steps("- get: /a");
    let played = play(pair(&case), |role, _| if role == Role::Candidate { Err(FaultKind::Timeout) } else { ok("{}") });
    assert_eq!((played.findings(), played.own), (vec![String::from("different retyped status")], [Status::Passed, Status::Failed]));
    let played = play(pair(&case), |_, _| Err(FaultKind::Timeout));
    assert_eq!((played.findings().len(), played.own), (0, [Status::Blocked; 2]));
    assert_eq!(played.not_observed, ["Blocks answer of GET /a (steps[0]): neither side answered: time-out"]);
    assert_eq!(played.requests(), 1);
}

#[test]
fn a_foreign_host_is_not_compared() {
    let case = steps("- get: https://elsewhere.test/a");
    let played = play(pair(&case), |role, _| ok(format!("{{\"a\":\"{role:?}\"}}")));
    assert_eq!((played.compared.len(), played.requests()), (0, 1));
}

#[test]
fn cancelled_pairs_end() {
    let case = steps("- get: /a\n- get: /b");
    let mut run = PairRun::new(pair(&case));
    let turn = run.advance(Input::Start, Duration::ZERO);
    assert!(matches!(turn.next, Effect::Both { .. }));
    let turn = run.advance(Input::Cancel(String::from("interrupted")), Duration::ZERO);
    let Effect::Done(outcome) = turn.next else { panic!("{:?}", turn.next) };
    assert_eq!(outcome.own, [Status::Blocked; 2]);
    assert!(turn.events.iter().all(|event| !matches!(event, Event::Compared(_))));
}

#[test]
fn a_pair_that_is_cancelled_while_it_samples_says_what_it_saw() {
    let case = steps("- get: /a");
    let mut run = PairRun::new(pair(&case));
    let turn = run.advance(Input::Start, Duration::ZERO);
    let Effect::Both { reference: Action::Http(reference), candidate: Action::Http(candidate), .. } = turn.next else { panic!() };
    let input = Input::Both { reference: response(&reference, ok("1")), candidate: response(&candidate, ok("2")) };
    let turn = run.advance(input, Duration::ZERO);
    assert!(matches!(turn.next, Effect::Both { .. }));
    let turn = run.advance(Input::Cancel(String::from("interrupted")), Duration::ZERO);
    let decisions: Vec<String> = turn
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Compared(compared) => Some(compared.sides.decisions[0].to_string()),
            Event::Side { .. } | Event::NotObserved { .. } => None,
        })
        .collect();
    assert_eq!(decisions, ["unconfirmed: the run was told to end"]);
    assert!(matches!(turn.next, Effect::Done(_)));
}
