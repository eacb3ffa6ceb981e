//! Three readings: before, reference, candidate.

use super::*;

/// What was before, as a record of the one step has it.
fn was(steps: &[(&str, &str)]) -> Option<Before> {
    Some(Before::Record { newest: recorded(steps), same_build: Vec::new() })
}

/// What was before, as the one step's baseline has it.
fn baseline(text: &str) -> Option<Before> {
    let accepted = Accepted { path: String::from("s/c.body.snap"), text: text.to_owned() };
    Some(Before::Baselines(BTreeMap::from([(String::from("steps[0]"), accepted)])))
}

fn check(before: &str, reference: &str, candidate: &str, findings: &[&str]) {
    let case = steps("- get: /a");
    let setup = Setup { before: was(&[("steps[0]", before)]), ..pair(&case) };
    let played = play(setup, |role, _| ok(if role == Role::Candidate { candidate } else { reference }));
    assert_eq!(played.findings(), findings);
}

#[test]
fn every_verdict_in_one_answer() {
    check(
        r#"{"same":1,"released":1,"lost":1,"late":1,"apart":1}"#,
        r#"{"same":1,"released":2,"lost":1,"late":2,"apart":2}"#,
        r#"{"same":1,"released":2,"late":1,"apart":3}"#,
        &["diverged changed $.apart", "not-released changed $.late", "candidate-only removed $.lost", "? released changed $.released"],
    );
    check("{}", "{}", "{}", &[]);
}

#[test]
fn what_varies_now_is_not_the_releases() {
    let case = steps("- get: /a");
    let setup = Setup { before: was(&[("steps[0]", r#"{"n":0,"v":"x","tags":["b","a"]}"#)]), ..pair(&case) };
    let mut n = 0;
    let played = play(setup, |_, _| {
        n += 1;
        // Two values by turns: both sides have the same one in the first look.
        ok(format!(r#"{{"n":{},"v":"y","tags":["a","b"]}}"#, (n + 1) / 2 % 2 + 5))
    });
    assert_eq!(played.findings(), ["? released reordered $.tags", "? released changed $.v"]);
}

#[test]
fn without_a_step_in_the_record_there_is_no_before() {
    let case = steps("- get: /a");
    let setup = Setup { before: was(&[("steps[5]", "1")]), ..pair(&case) };
    let played = play(setup, |role, _| ok(if role == Role::Candidate { "2" } else { "1" }));
    assert_eq!((played.findings(), played.compared[0].before.as_deref()), (vec![String::from("different changed $")], None));
}

#[test]
fn a_late_change_is_asked_again_and_may_have_come() {
    let case = steps("- get: /a");
    let setup = Setup { before: was(&[("steps[0]", "1")]), ..pair(&case) };
    let played = play(setup, |role, _| ok(if role == Role::Candidate { "1" } else { "2" }));
    assert!(played.judged()[0].is_late());
    let late = played.compared[0].late.as_ref().unwrap();
    let ask_again = |candidate: &'static str| {
        let mut inspection = late.again();
        let mut next = inspection.advance(Input::Start, Duration::ZERO);
        loop {
            let effect = match next {
                Next::Effect(effect) => *effect,
                Next::Done(compared) => {
                    let (approved, known) = (Approved::default(), Known::default());
                    let today = began().date_naive();
                    let terms = Terms { fail_on: Severity::Change, approved: &approved, known: &known, today, slower_refresh: None };
                    let judged = finding::judge_step(attribute::attribute(&compared.sides).0, &terms);
                    return judged.iter().map(|judged| judged.verdict.name()).collect::<Vec<_>>();
                }
            };
            let Effect::Both { reference: Action::Http(one), candidate: Action::Http(two), .. } = effect else { panic!("{effect:?}") };
            let input = Input::Both { reference: response(&one, ok("2")), candidate: response(&two, ok(candidate)) };
            next = inspection.advance(input, Duration::ZERO);
        }
    };
    assert_eq!(ask_again("1"), ["not-released"]);
    assert_eq!(ask_again("2"), ["released"]);
    assert_eq!(ask_again("3"), ["diverged"]);
}

#[test]
fn an_accepted_body_is_before() {
    let case = steps("- get: /a");
    let accepted = "{\n  \"same\": 1,\n  \"released\": 1,\n  \"lost\": 1,\n  \"late\": 1,\n  \"apart\": 1\n}";
    let setup = Setup { before: baseline(accepted), ..pair(&case) };
    let played = play(setup, |role, _| match role {
        Role::Reference => ok(r#"{"same":1,"released":2,"lost":1,"late":2,"apart":2}"#),
        Role::Candidate => ok(r#"{"same":1,"released":2,"late":1,"apart":3}"#),
    });
    assert_eq!(
        played.findings(),
        ["diverged changed $.apart", "not-released changed $.late", "candidate-only removed $.lost", "? released changed $.released"]
    );
    assert_eq!(played.compared[0].before_of(crate::record::Aspect::Body), Some("s/c.body.snap"));
}

#[test]
fn a_baseline_says_nothing_of_what_it_does_not_hold() {
    let case = steps("- get: /a");
    let play_with = |accepted: &str, reference: Answered, candidate: Answered| {
        let setup = Setup { before: baseline(accepted), ..pair(&case) };
        let played = play(setup, |role, _| if role == Role::Candidate { candidate.clone() } else { reference.clone() });
        (played.findings(), played.compared[0].before_of(crate::record::Aspect::Header).map(str::to_owned))
    };
    let with = |name: &'static str, body: &str| {
        Ok((200, vec![("content-type", String::from("application/json")), (name, String::from("x"))], body.to_owned()))
    };
    // A header has no before here: nobody can say whose it is.
    assert_eq!(play_with("1", with("vary", "1"), ok("1")), (vec![String::from("different removed vary")], None));
    // An answer that failed to come has no body.
    let (findings, _) = play_with("1", ok("1"), Err(FaultKind::Reset));
    assert_eq!(findings, ["different retyped status"]);
}

#[test]
fn an_accepted_text_is_before_whatever_ended_its_last_line() {
    let case = steps("- get: /a");
    let text = |body: &str| Ok((200, vec![("content-type", String::from("text/plain"))], body.to_owned()));
    let check = |accepted: &str, reference: &str, candidate: &str, findings: &[&str]| {
        let setup = Setup { before: baseline(accepted), ..pair(&case) };
        let played = play(setup, |role, _| text(if role == Role::Candidate { candidate } else { reference }));
        assert_eq!(played.findings(), findings, "{accepted:?}");
    };
    check("a\nb", "a\nb\n", "a\nb\n", &[]);
    check("a\nb", "a\r\nb\r\n\n", "a\r\nb\r\n\n", &[]);
    check("a\nb", "a\nb\n", "a\nc\n", &["candidate-only changed line[=\"b\"]"]);
    check("a\nb", "a\nc\n", "a\nc\n", &["? released changed line[=\"b\"]"]);
}

#[test]
fn a_field_that_comes_and_goes_in_other_rows_was_not_released_in_one() {
    let case = steps("- get: /a");
    let setup = Setup { before: was(&[("steps[0]", r#"[{"id":"a","o":1},{"id":"b"},{"id":"c"}]"#)]), ..pair(&case) };
    let mut n = 0;
    let played = play(setup, |_, _| {
        n += 1;
        // Row b has the field in every second pair of looks; row a, which had it before, has it in none of these few.
        ok(format!(r#"[{{"id":"a"}},{{"id":"b"{}}},{{"id":"c"}}]"#, if (n - 1) / 2 % 2 == 1 { ",\"o\":1" } else { "" }))
    });
    assert_eq!(played.findings(), Vec::<String>::new());
}

#[test]
fn what_varied_among_runs_of_one_build_was_not_released() {
    let case = steps("- get: /a");
    let record = |body: &str| recorded(&[("steps[0]", body)]);
    let newest = record(r#"{"flap":"boom","v":1,"late":1}"#);
    let check = |same_build: Vec<Recorded>, findings: &[&str], hidden: &[&str]| {
        let setup = Setup { before: Some(Before::Record { newest: newest.clone(), same_build }), ..pair(&case) };
        let late = |role| if role == Role::Candidate { 1 } else { 2 };
        let played = play(setup, |role, _| ok(format!(r#"{{"flap":"ok","v":2,"late":{}}}"#, late(role))));
        assert_eq!(
            (played.findings(), played.hidden()),
            (findings.iter().map(|text| (*text).to_owned()).collect(), hidden.iter().map(|text| (*text).to_owned()).collect())
        );
    };
    let (late, released) = ("not-released changed $.late", "? released changed $.v");
    check(Vec::new(), &[late, "? released changed $.flap", released], &[]);
    check(vec![record(r#"{"flap":"ok","v":1,"late":1}"#)], &[late, released], &["volatile $.flap 1"]);
    // What was something else again is no proof of anything, nor is an answer that had no such place.
    check(vec![record(r#"{"flap":"bang","v":1,"late":1}"#), record("[]")], &[late, "? released changed $.flap", released], &[]);
}
