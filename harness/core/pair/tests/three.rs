//! Three readings: before, reference, candidate.

use super::*;

fn check(before: &str, reference: &str, candidate: &str, findings: &[&str]) {
    let case = steps("- get: /a");
    let setup = Setup { before: Some(recorded(&[("steps[0]", before)])), ..pair(&case) };
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
    let setup = Setup { before: Some(recorded(&[("steps[0]", r#"{"n":0,"v":"x","tags":["b","a"]}"#)])), ..pair(&case) };
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
    let setup = Setup { before: Some(recorded(&[("steps[5]", "1")])), ..pair(&case) };
    let played = play(setup, |role, _| ok(if role == Role::Candidate { "2" } else { "1" }));
    assert_eq!((played.findings(), played.compared[0].before.as_deref()), (vec![String::from("different changed $")], None));
}

#[test]
fn a_late_change_is_asked_again_and_may_have_come() {
    let case = steps("- get: /a");
    let setup = Setup { before: Some(recorded(&[("steps[0]", "1")])), ..pair(&case) };
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
