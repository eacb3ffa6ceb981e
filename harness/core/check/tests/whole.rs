use proptest::prelude::*;

use super::*;

/// The environments and the suite of the language page, as far as this version goes.
const ENVIRONMENTS: &str = "environments:
  dev:
    params: {branch: dev-shared, api_id: {required: true}}      # --set branch=…
    urls:
      web: https://{{ branch }}-frontend.dev.example.org
      api: https://{{ api_id }}.execute-api.example.org/{{ branch }}
    refresh: 24h                     # how often its data are renewed
    indexable: false                 # should robots index it? (nothing said: not judged)
  staging:
    urls: {web: https://staging.example.org, api: https://api.staging.example.org}
    refresh: 1h
    auth: {bearer: '{{ secret.STAGING_TOKEN }}'}
  production:
    urls: {web: https://www.example.org, api: https://api.example.org}
    aliases: {web: [https://example.org]}      # other hosts of the same site
    refresh: 5m
    settle: 25m                      # how long a release may take to reach every cache
    indexable: true
    protect: read-only
    limit: {requests_per_second: 5, concurrent: 4}
    revision: {get: web /, html: 'script#__NEXT_DATA__', json: $.buildId}   # which build answers
defaults:
  url: web
  timeout: 10s          # one HTTP exchange or navigation
";
const SUITE: &str = r"# yaml-language-server: $schema=../schema.json
suite: Plugin API
description: What the plugin endpoints promise the frontend.
tags: [api]
url: api
vars: {plugin: affinder}
before:
  - get: /plugins/index
    capture: {names: {json: '$[*].name'}}
normalise: {ignore: ['$..total_installs']}

cases:
  - case: a plugin answers by its name
    tags: [smoke, links]
    rows: [{name: affinder}, {name: napari-svg}]
    steps:
      - get: /plugins/{{ name }}
        query: {fields: all}
        headers: {accept: application/json}
        expect:
          status: 200
          header:
            content-type: {contains: json}
          json:
            $.name: '{{ name }}'
            $.version: {matches: '^\d+\.\d+'}
            $.authors: {count: {at_least: 1}}
            $.release_date: {format: date-time, age: {at_most: 3650d}}
          time: {at_most: 800ms}
        capture:
          version: {json: $.version}
        snapshot: plugin
  - case: every normalising key
    steps:
      - get: /plugins/index
        snapshot:
          name: list
          json: true
          ignore: ['$..etag']
          kind: {'$.id': uuid, '$.updated': date-time}
          unordered: ['$[*].tags']
          key: {'$': $.name}
          version_by: {'$': $.version}
          round: {'$..score': 2}
          tolerance: {'$..installs': 5%, '$..count': 3}
          replace: [{matches: 'build-\w+', with: build-…}]
";

#[test]
fn the_page_is_sound() {
    check(ENVIRONMENTS, &[]);
    check(SUITE, &[]);
    let files = [read(&Source::new("environments.yaml", ENVIRONMENTS), "environments"), read(&Source::new("a.yaml", SUITE), "a")];
    assert_eq!(problems(&files, &RowFiles::new(), &[]), []);
}

#[test]
fn all_mistakes_of_a_file_come_in_one_go() {
    check(
        "suite: S
descripton: x
tags: api
timeout: 5
headers: {accept: 'a', content length: b}
vars: {n: }
normalise: {ignor: ['$.x']}
cases:
  - case: a
    retries: many
    steps:
      - gett: /x
      - get: plugins
        expect: {statuss: 200, json: {$.a: {contain: x}, $.b: {coun: 1}}}
        capture: {v: $.x}
      - post: /y
        body: {jsn: 1}
        timeout: 0
      - get: /{{ w }}/{{ v }}/{{ n }}
      - click: x
      - look: { }
  - case: a
    rows: [{r: 1}]
    id: '{{ q }}'
    steps: []
  - steps: [{get: '/{{ r'}]
",
        &[
            "2:1 unknown key `descripton` of a suite (did you mean `description`?)",
            "3:7 expected a list of tags, found the text `api` (a list of one is written [api])",
            "4:10 expected a duration such as `10s`, found the number 5 (a duration has a unit: `5s` or `5ms`)",
            "5:24 `content length` cannot name a header",
            "6:10 nothing is written here (write `null` for null, or quotes for an empty text)",
            "7:13 unknown normalising key `ignor` (did you mean `ignore`?)",
            "10:14 expected a whole number of retries, such as 2, found the text `many`",
            "12:9 unknown verb `gett` (did you mean `get`?)",
            "13:14 `plugins` is not a path: it begins with `/` or `?` (did you mean `/plugins`? A URL's name stands before the path: `api /plugins`)",
            "14:18 unknown expectation `statuss` (did you mean `status`?)",
            "14:45 unknown matcher `contain` (did you mean `contains`?)",
            "14:64 unknown matcher `coun` (did you mean `count`?)",
            "15:22 a capture says where to take its value from (did you mean `{json: '$.x'}`?)",
            "17:16 unknown kind `jsn` of body (did you mean `json`?)",
            "18:18 a `timeout` of 0 can never hold",
            "19:18 unknown name `w`",
            "21:9 warning: this step looks at nothing (`look` takes `expect`, `capture` or `snapshot`)",
            "21:15 expected `page`, `response` or nothing, found a map",
            "22:11 two cases are called `a` (the first stands at line 9)",
            "24:13 unknown name `q`",
            "25:12 expected a list of steps, found an empty list",
            "26:5 `case` is missing: the name of the case",
            "26:21 this `{{` is never closed (a literal `{{` is written `{{ '{{' }}`)",
        ],
    );
}

#[test]
fn what_yaml_gets_wrong_and_what_the_language_gets_wrong_come_together() {
    check(
        "suite: S\ncases:\n  - case: a\n    steps:\n      - get: {{ web }}\n        expect: {json: {$[0].x: 1}}\n      - gett: /\n",
        &[
            "5:14 `{{` starts a map here, not a template (quote the template: '{{ web }}')",
            "6:25 `[` ends the unquoted key before it here (quote the key: '$[0].x')",
            "7:9 unknown verb `gett` (did you mean `get`?)",
        ],
    );
}

#[test]
fn a_suite_of_many_cases_is_checked() {
    let case = |at: usize| {
        format!(
            "  - case: plugin {at} answers
    tags: [smoke, links]
    steps:
      - get: /plugins/{{{{ plugin }}}}/{at}
        query: {{fields: all}}
        expect: {{status: 200, json: {{$.name: plugin-{at}, $.authors: {{count: {{at_least: 1}}}}}}}}
        capture: {{v: {{json: $.version}}}}
        snapshot: plugin
"
        )
    };
    let text: String = (0..2_000).map(case).collect();
    let file = read(&Source::new("a.yaml", format!("suite: Large\nvars: {{plugin: x}}\ncases:\n{text}")), "a");
    assert_eq!(file.diagnostics, []);
    assert_eq!(file.suite().unwrap().cases.len(), 2_000);
    assert_eq!(problems(&[file], &RowFiles::new(), &[]), []);
}

#[test]
fn many_mistakes_cost_no_more_than_their_text() {
    let check = |text: String, expected: usize| assert_eq!(complaints(&text).len(), expected, "{}", &text[..200]);
    let many = |n: usize, line: &dyn Fn(usize) -> String| -> String { (0..n).map(line).collect() };
    let head = "suite: S\ncases:\n";
    let captures = many(5_000, &|at| format!("c{at}: {{status: true}}, "));
    let cases = many(2_000, &|at| format!("  - {{case: c{at}, steps: [{{get: '/{{{{ x{at} }}}}'}}]}}\n"));
    check(format!("suite: S\nbefore: [{{get: /, capture: {{{captures}}}}}]\ncases:\n{cases}"), 1_001);
    check(format!("{head}{}", many(5_000, &|_| String::from("  - {case: same, steps: [{get: /}]}\n"))), 1_000);
    check(format!("{head}{}", many(5_000, &|at| format!("  - {{casee: {at}}}\n"))), 1_000);
    let rows = many(5_000, &|at| format!("{{r{at}: 1}}, "));
    check(format!("{head}  - case: c\n    rows: [{rows}]\n    steps: [{{get: /}}]\n"), 0);
    let steps = |step: &dyn Fn(usize) -> String| format!("{head}  - case: c\n    steps:\n{}", many(5_000, step));
    check(steps(&|_| String::from("      - {get: /, snapshot: x}\n")), 1_000);
    check(steps(&|at| format!("      - {{k{at}: /}}\n")), 1_000);
    let vars = many(5_000, &|at| format!("v{at}: '{{{{ w{at} }}}}', "));
    check(format!("suite: S\nvars: {{{vars}}}\ncases: [{{case: c, steps: [{{get: /}}]}}]\n"), 1_001);
    check(format!("{head}  - case: c\n    steps:\n      - get: /{}\n", many(20_000, &|at| format!("{{{{ w{at} }}}}"))), 1_000);
}

/// Words of the language, in any order.
fn soup() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "suite",
        "cases",
        "case",
        "steps",
        "get",
        "post",
        "look",
        "pause",
        "expect",
        "status",
        "json",
        "$.x",
        "capture",
        "rows",
        "id",
        "vars",
        "environments",
        "urls",
        "web",
        "/",
        "'{{ x }}'",
        "'{{ secret.T }}'",
        "'{{'",
        "200",
        "10s",
        "true",
        "null",
        "[",
        "]",
        "{",
        "}",
        ":",
        ": ",
        ", ",
        "- ",
        "\n",
        "\n  ",
        "\n    ",
        "\n      ",
        "snapshot",
        "normalise",
        "ignore",
        "matrix",
        "file",
        "a.csv",
        "auth",
        "basic",
        "bearer",
        "none",
        "headers",
        "retry",
        "within",
        "body",
        "form",
        "defaults",
        "flows",
        "#",
        "&a ",
        "*a",
        "!x ",
        "'",
        "\"",
        "\u{e4}",
    ]);
    prop::collection::vec(words, 0..60).prop_map(|words| words.join(" "))
}

/// A sound suite in which some bytes are others.
fn broken() -> impl Strategy<Value = String> {
    let texts = prop::sample::select(vec![ENVIRONMENTS, SUITE]);
    let slips = prop::collection::vec((any::<prop::sample::Index>(), ".{0,3}", 0..4_usize), 1..6);
    (texts, slips).prop_map(|(text, slips)| {
        let mut characters: Vec<char> = text.chars().collect();
        for (index, inserted, removed) in slips {
            let at = index.index(characters.len());
            let end = (at + removed).min(characters.len());
            characters.splice(at..end, inserted.chars());
        }
        characters.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(text in prop_oneof![soup(), broken(), ".{0,200}"]) {
        let file = read(&Source::new("a.yaml", text.as_str()), "a");
        prop_assert!(!matches!(file.content, Content::Nothing) || !file.is_sound());
        for diagnostic in file.diagnostics.iter().chain(&problems(std::slice::from_ref(&file), &RowFiles::new(), &[])) {
            let span = diagnostic.span.as_ref().unwrap();
            prop_assert!(span.end <= text.len() && text.is_char_boundary(span.start), "{diagnostic:?}");
        }
    }
}
