//! A site full of noise, compared with itself, yields nothing; what is wrong with it is found among the noise.

use super::*;

/// How often each fault is looked for.
const N_SEEDS: u64 = 6;

/// How many plugins there are.
const N_ROWS: u64 = 25;

/// Random values from a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // xorshift64*; good enough to shuffle.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % sides
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, usize::try_from(self.roll(at as u64 + 1)).unwrap());
        }
    }
}

/// What is wrong with the candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    Nothing,
    TimestampNull,
    RowLost,
    FieldGone,
    ValueWrong,
    TagLost,
    SectionRetyped,
    SectionShort,
    HeaderLost,
    RandomIdGone,
    InstallsStuck,
    InstallsNegative,
    TimestampBroken,
    RowIdWrong,
}

/// Plugins; a random section, shuffled sets, growing counters, flags that flip.
fn hub(dice: &mut Dice, counter: &mut u64, fault: Fault) -> Answered {
    *counter += 1 + dice.roll(3);
    let plugin = |n: u64, dice: &mut Dice| {
        let mut tags = [format!("\"t{}\"", n % 5), format!("\"u{}\"", n % 7), String::from("\"v\"")];
        dice.shuffle(&mut tags);
        let tags = if fault == Fault::TagLost && n == 11 {
            tags.iter().filter(|tag| *tag != "\"v\"").cloned().collect::<Vec<_>>()
        } else {
            tags.to_vec()
        };
        let summary = if n.is_multiple_of(9) { String::from("null") } else { format!("\"Plugin number {n} does things\"") };
        let license = if fault == Fault::FieldGone && n == 7 { String::new() } else { String::from("\"license\":\"MIT\",") };
        let version = if fault == Fault::ValueWrong && n == 13 { 99 } else { n };
        let installs = match (fault, n) {
            (Fault::InstallsStuck, 20) => String::from("17"),
            (Fault::InstallsNegative, _) => format!("-{}", 1 + *counter),
            _ => (counter.wrapping_mul(n) / 7).to_string(),
        };
        let commit = match (fault, n) {
            (Fault::RowIdWrong, 4) => String::from("undefined"),
            _ => format!("{:08x}-0000-4000-8000-{:012x}", dice.roll(1 << 32), dice.roll(1 << 32)),
        };
        format!(
            "{{\"name\":\"plugin-{n}\",{license}\"summary\":{summary},\"version\":\"1.{version}.0\",\"tags\":[{}],\"total_installs\":{installs},\"commit\":\"{commit}\"}}",
            tags.join(",")
        )
    };
    let mut all: Vec<u64> = (0..N_ROWS).filter(|n| fault != Fault::RowLost || *n != 19).collect();
    dice.shuffle(&mut all);
    let section: Vec<String> = all
        .iter()
        .take(if fault == Fault::SectionShort { 2 } else { 3 })
        .map(|n| {
            let summary = if fault == Fault::SectionRetyped { String::from("{\"text\":1}") } else { format!("\"s{n}\"") };
            let extra = if n % 2 == 0 { ",\"npe2\":true" } else { "" };
            format!("{{\"name\":\"plugin-{n}\",\"authors\":[\"a{}\",\"b{}\"],\"summary\":{summary}{extra}}}", n % 4, n % 3)
        })
        .collect();
    let mut rows: Vec<u64> = (0..N_ROWS).filter(|n| fault != Fault::RowLost || *n != 19).collect();
    dice.shuffle(&mut rows);
    let rows: Vec<String> = rows.into_iter().map(|n| plugin(n, dice)).collect();
    let mut names: Vec<String> = (0..6).map(|n| format!("\"n{n}\"")).collect();
    dice.shuffle(&mut names);
    names.truncate(3);
    let generated = if fault == Fault::TimestampNull {
        String::from("null")
    } else if fault == Fault::TimestampBroken {
        String::from("\"Invalid Date\"")
    } else {
        format!("\"2026-11-23T10:00:{:02}.{}Z\"", counter, dice.roll(1_000_000))
    };
    let request = if fault == Fault::RandomIdGone { String::new() } else { format!("\"request\":\"{:08x}\",", dice.roll(1 << 32)) };
    let maybe = if dice.roll(2) == 0 { "\"beta\":true," } else { "" };
    let body = format!(
        "{{\"generated\":{generated},{request}{maybe}\"coin\":{},\"plugins\":[{}],\"section\":{{\"type\":\"reader\",\"plugins\":[{}]}},\"picked\":[{}]}}",
        dice.roll(4),
        rows.join(","),
        section.join(","),
        names.join(",")
    );
    let mut headers = vec![("content-type", String::from("application/json")), ("x-request-id", dice.roll(1 << 30).to_string())];
    if fault != Fault::HeaderLost {
        headers.push(("cache-control", String::from("max-age=60")));
    }
    Ok((200, headers, body))
}

fn compare_hub(seed: u64, fault: Fault) -> Played {
    let case = steps("- get: /a");
    let (mut dice, mut counter) = (Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1), 10);
    let mut counters = [0, 5];
    play(Setup { seed, ..pair(&case) }, |role, _| {
        counter += 1;
        counters[place(role)] += 1;
        hub(&mut dice, &mut counter, if role == Role::Candidate { fault } else { Fault::Nothing })
    })
}

#[test]
fn a_site_compared_with_itself_a_hundred_times_yields_nothing() {
    for seed in 1..=100 {
        let played = compare_hub(seed, Fault::Nothing);
        assert_eq!(played.findings(), Vec::<String>::new(), "seed {seed}");
        assert!(!played.hidden().is_empty(), "what was hidden is told");
    }
}

#[test]
fn what_is_wrong_is_found_among_the_noise_each_time() {
    let check = |fault: Fault, finding: &str| {
        for seed in 1..=N_SEEDS {
            let findings = compare_hub(seed, fault).findings();
            assert!(findings.iter().any(|found| found == finding), "{fault:?} with seed {seed}: {findings:?}");
            let others: Vec<&String> = findings.iter().filter(|found| !is_of(fault, found)).collect();
            assert!(others.is_empty(), "{fault:?} with seed {seed}: {others:?}");
        }
    };
    check(Fault::TimestampNull, "different retyped $.generated");
    check(Fault::RowLost, "different removed $.plugins[name=plugin-19]");
    check(Fault::FieldGone, "different removed $.plugins[name=plugin-7].license");
    check(Fault::ValueWrong, "different changed $.plugins[name=plugin-13].version");
    check(Fault::TagLost, "different removed $.plugins[name=plugin-11].tags[=\"v\"]");
    check(Fault::HeaderLost, "different removed cache-control");
    check(Fault::RandomIdGone, "different removed $.request");
    check(Fault::InstallsStuck, "different changed $.plugins[name=plugin-20].total_installs");
    check(Fault::InstallsNegative, "different changed $.plugins[name=plugin-20].total_installs");
    check(Fault::TimestampBroken, "different changed $.generated");
    check(Fault::RowIdWrong, "different changed $.plugins[name=plugin-4].commit");
    for seed in 1..=N_SEEDS {
        let findings = compare_hub(seed, Fault::SectionRetyped).findings();
        let is_found =
            findings.iter().any(|found| found.starts_with("different retyped $.section.plugins[") && found.ends_with("].summary"));
        assert!(is_found, "seed {seed}: {findings:?}");
    }
}

#[test]
fn a_random_list_that_is_always_shorter_is_found() {
    for seed in 1..=N_SEEDS {
        let findings = compare_hub(seed, Fault::SectionShort).findings();
        let is_found = findings.iter().any(|found| found.starts_with("different removed $.section.plugins["));
        assert!(is_found && findings.len() == 1, "seed {seed}: {findings:?}");
    }
}

/// Whether a finding is what a fault did.
fn is_of(fault: Fault, finding: &str) -> bool {
    match fault {
        Fault::Nothing => false,
        Fault::TimestampNull | Fault::TimestampBroken => finding.ends_with("$.generated"),
        Fault::InstallsStuck => finding.contains("plugin-20]"),
        Fault::InstallsNegative => finding.ends_with(".total_installs"),
        Fault::RowIdWrong => finding.contains("plugin-4]"),
        Fault::RowLost => finding.contains("plugin-19"),
        Fault::FieldGone => finding.contains("plugin-7]"),
        Fault::ValueWrong => finding.contains("plugin-13"),
        Fault::TagLost => finding.contains("plugin-11"),
        Fault::SectionRetyped | Fault::SectionShort => finding.contains("section"),
        Fault::HeaderLost => finding.ends_with("cache-control"),
        Fault::RandomIdGone => finding.ends_with("$.request"),
    }
}

#[test]
fn a_wrong_row_of_a_restless_field_is_the_candidates_alone() {
    let case = steps("- get: /a");
    let record = r#"[{"id":"a","seen":"2026-11-20T00:00:00Z"},{"id":"b","seen":"2026-11-20T00:00:01Z"}]"#;
    let setup = Setup { before: Some(Before::Record { newest: recorded(&[("steps[0]", record)]), same_build: Vec::new() }), ..pair(&case) };
    let mut n = 0;
    let played = play(setup, |role, _| {
        n += 1;
        let seen = format!("2026-11-23T10:00:{n:02}Z");
        let own = if role == Role::Candidate { "Invalid Date" } else { seen.as_str() };
        ok(format!(r#"[{{"id":"a","seen":"{own}"}},{{"id":"b","seen":"{seen}"}}]"#))
    });
    assert_eq!(played.findings(), ["candidate-only changed $[id=a].seen"]);
}

#[test]
fn rows_that_stand_still_for_a_good_reason_are_not_wrong() {
    let case = steps("- get: /a");
    let check = |rows: &dyn Fn(Role, u64) -> Vec<u64>| {
        let mut counts = [0; 2];
        let played = play(pair(&case), |role, _| {
            counts[place(role)] += 1;
            let rows = rows(role, counts[place(role)]);
            let rows: Vec<String> = rows.iter().enumerate().map(|(id, n)| format!(r#"{{"id":"r{id}","n":{n}}}"#)).collect();
            ok(format!("[{}]", rows.join(",")))
        });
        assert_eq!(played.findings(), Vec::<String>::new());
        played.requests()
    };
    // A counter that grew once on the reference and is seldom asked for on either side, among busy ones.
    check(&|role, n| {
        let seldom = if role == Role::Reference { 5 + u64::from(n > 1) } else { 4 };
        vec![n * 3, n * 5, n * 7, seldom]
    });
    // A cache on the candidate: all of its rows stand still. That is no reason to ask any longer.
    let requests = check(&|role, n| if role == Role::Reference { vec![n, n * 2, n * 3] } else { vec![100, 101, 102] });
    assert_eq!(requests, 2);
}
