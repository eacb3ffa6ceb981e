//! Differences are asked again before they count.

use super::*;

fn counted(n: &mut u64) -> u64 {
    *n += 1;
    *n
}

#[test]
fn a_steady_difference_takes_seven_samples_a_side() {
    let case = steps("- get: /a");
    let played = play(pair(&case), |role, _| ok(if role == Role::Candidate { r#"{"a":2}"# } else { r#"{"a":1}"# }));
    assert_eq!((played.requests(), played.compared[0].requests), (8, 14));
    assert_eq!(played.findings(), ["different changed $.a"]);
    assert_eq!(played.compared[0].sides.decisions[0].to_string(), "the same in 7 more samples a side");
}

#[test]
fn what_varies_within_a_side_is_noise_and_ends_the_samples() {
    let case = steps("- get: /a");
    let mut n = 0;
    let played = play(pair(&case), |_, _| ok(format!(r#"{{"a":{}}}"#, counted(&mut n))));
    assert_eq!(played.requests(), 2);
    assert!(played.findings().is_empty());
    assert_eq!(played.hidden(), ["volatile $.a 1"]);
}

#[test]
fn noise_in_a_value_does_not_hide_another_kind() {
    let case = steps("- get: /a");
    let mut n = 0;
    let played = play(pair(&case), |role, _| {
        let n = counted(&mut n);
        ok(match role {
            Role::Reference => format!(r#"{{"at":"t{n}","list":[{n},1]}}"#),
            Role::Candidate => format!(r#"{{"at":null,"list":[{n}]}}"#),
        })
    });
    let findings = played.findings();
    assert!(findings.contains(&String::from("different retyped $.at")), "{findings:?}");
    assert_eq!(played.requests(), 8);
}

#[test]
fn another_class_of_status_is_found_however_it_varies_within() {
    let case = steps("- get: /a\n  expect: {status: any}");
    let mut n = 0;
    let played = play(pair(&case), |role, _| match role {
        Role::Reference => ok("{}"),
        Role::Candidate => Ok((
            500 + u16::try_from(counted(&mut n) % 3).unwrap(),
            vec![("content-type", String::from("application/json"))],
            String::from("{}"),
        )),
    });
    assert_eq!(played.findings(), ["different changed status"]);
}

#[test]
fn what_may_not_be_sent_again_is_decided_unconfirmed() {
    let check = |step: &str, requests: usize, why: &str| {
        let case = steps(step);
        let played = play(pair(&case), |role, _| ok(if role == Role::Candidate { "2" } else { "1" }));
        assert_eq!((played.requests(), played.findings()), (requests, vec![String::from("different changed $")]), "{step}");
        assert_eq!(played.compared[0].sides.decisions[0].to_string(), why, "{step}");
    };
    check("- post: /a\n  safe: true", 1, "unconfirmed: POST is not sent again without `repeatable: true`");
    check("- post: /a\n  repeatable: true", 8, "the same in 7 more samples a side");
    check("- get: /a\n  repeatable: false", 1, "unconfirmed: the step says `repeatable: false`");
}

#[test]
fn without_samples_it_is_unconfirmed_and_fails_all_the_same() {
    let case = steps("- get: /a");
    let played = play(Setup { n_samples: 0, ..pair(&case) }, |role, _| ok(if role == Role::Candidate { "2" } else { "1" }));
    assert_eq!((played.requests(), played.findings()), (1, vec![String::from("different changed $")]));
}

#[test]
fn samples_use_the_cookies_from_before_and_leave_none_behind() {
    let case = steps("- get: /a\n- get: /b\n- get: /c\n  compare: false");
    let mut cookies = Vec::new();
    let mut n = 0;
    let played = play(pair(&case), |role, request| {
        if role == Role::Candidate {
            cookies.push(format!("{} {}", request.url.path(), request.header("cookie").unwrap_or("-")));
        }
        let cookie = format!("sid={}", counted(&mut n));
        let headers = vec![("content-type", String::from("application/json")), ("set-cookie", cookie)];
        let body = if role == Role::Candidate && request.url.path() == "/b" { "2" } else { "1" };
        Ok((200, headers, String::from(body)))
    });
    assert_eq!(played.findings(), ["different changed $"]);
    let of_b: Vec<&String> = cookies.iter().filter(|cookie| cookie.starts_with("/b")).collect();
    assert!(of_b.len() == 8 && of_b.iter().all(|cookie| *cookie == of_b[0] && !cookie.ends_with('-')), "{cookies:?}");
    // What the first look at `/b` set is what `/c` sends, not what its samples set.
    let sent = cookies.last().unwrap();
    assert!(sent.starts_with("/c sid=") && sent.len() == "/c sid=4".len(), "{cookies:?}");
}

#[test]
fn samples_that_fail_say_nothing() {
    let case = steps("- get: /a");
    let mut n = 0;
    let played = play(pair(&case), |role, _| {
        n += u32::from(role == Role::Candidate);
        match role {
            Role::Candidate if n > 1 => Err(FaultKind::Reset),
            Role::Candidate => ok("2"),
            Role::Reference => ok("1"),
        }
    });
    assert_eq!(played.findings(), ["different changed $"]);
    assert_eq!(played.compared[0].sides.decisions[0].to_string(), "unconfirmed: none of 16 samples showed the place");
}

#[test]
fn a_difference_that_is_seldom_to_be_seen_is_unsure() {
    let case = steps("- get: /a");
    let mut n = [0, 0];
    let played = play(pair(&case), |role, _| {
        n[place(role)] += 1;
        let value = if role == Role::Candidate { 2 } else { 1 };
        // The row is there in the first look and in the first sample alone.
        ok(if n[place(role)] <= 2 {
            format!(r#"{{"rows":[{{"name":"x","v":1}},{{"name":"a","v":{value}}}]}}"#)
        } else {
            String::from(r#"{"rows":[{"name":"x","v":1}]}"#)
        })
    });
    assert_eq!(played.findings(), ["? unsure changed $.rows[name=a].v"]);
}

#[test]
fn a_record_answers_and_cannot_be_sampled() {
    let case = steps("- get: /a\n- get: /b");
    let mut n = 0;
    let setup = Setup { reference: Side::Recorded(recorded(&[("steps[0]", r#"{"a":1,"n":0}"#)])), ..pair(&case) };
    let played = play(setup, |_, _| ok(format!(r#"{{"a":2,"n":{}}}"#, counted(&mut n))));
    assert_eq!(played.findings(), ["different changed $.a"]);
    assert_eq!(played.hidden(), ["volatile $.n 1"]);
    let decision = played.compared[0].sides.decisions[0].to_string();
    assert_eq!(decision, "unconfirmed: run-1 is a record, which cannot be asked again");
    assert_eq!(played.not_observed, ["Counted GET /b (steps[1]): run-1 (reference) does not hold this step"]);
    assert!(played.effects.iter().all(|effect| effect.starts_with("candidate")), "{:?}", played.effects);
}

#[test]
fn two_records_are_compared_without_a_request() {
    let case = steps("- get: /a\n- get: /b");
    let setup = Setup {
        reference: Side::Recorded(recorded(&[("steps[0]", "1"), ("steps[1]", "1")])),
        candidate: Side::Recorded(recorded(&[("steps[0]", "2")])),
        ..pair(&case)
    };
    let played = play(setup, |_, _| panic!("a record sends nothing"));
    assert_eq!((played.requests(), played.findings()), (0, vec![String::from("different changed $")]));
    assert_eq!(played.not_observed, ["Counted GET /a (steps[1]): run-1 (candidate) does not hold this step"]);
}

#[test]
fn rules_of_all_levels_hold() {
    let case = case(
        "normalise: {ignore: [$.a]}\ncases:\n  - case: c\n    normalise: {unordered: [$.b]}\n    steps:\n      - get: /a\n        normalise: {tolerance: {$.c: 5}}\n",
    );
    let played = play(pair(&case), |role, _| {
        ok(if role == Role::Candidate { r#"{"a":1,"b":[2,1],"c":14}"# } else { r#"{"a":2,"b":[1,2],"c":10}"# })
    });
    assert_eq!((played.requests(), played.findings().len()), (1, 0));
    assert_eq!(played.hidden(), ["ignore $.a 1", "tolerance $.c 1", "unordered $.b 1"]);
}
