use super::*;

const ENVIRONMENTS: &str = "environments:
  dev: {urls: {web: 'http://d.example.org'}, params: {branch: main}}
  staging: {urls: {web: 'http://s.example.org', api: 'http://a.example.org'}, refresh: 1h, vars: {token: x}}
";

/// What is said of a suite beside `ENVIRONMENTS`.
#[track_caller]
fn beside(text: &str, expected: &[&str]) {
    let files = [read(&Source::new("environments.yaml", ENVIRONMENTS), "environments"), read(&Source::new("a.yaml", text), "a")];
    let mut all: Vec<Diagnostic> = files.iter().flat_map(|file| file.diagnostics.clone()).collect();
    let rows = [("c.csv", "name,n\na,1\n"), ("c.json", r#"[{"name": "a"}]"#), ("broken.csv", "a,b\n1\n"), ("empty.csv", "a,b\n")];
    let rows: RowFiles = rows.iter().map(|(path, text)| ((String::from("a"), String::from(*path)), String::from(*text))).collect();
    all.extend(problems(&files, &rows, &[]));
    sort(&mut all);
    same(sentences(&all), expected, text);
}

/// Keys of a suite in line 2 and a case's keys, with what it gets, in line 4 and after.
#[track_caller]
fn case(suite: &str, keys: &str, expected: &[&str]) {
    let keys = keys.replace('\n', "\n    ");
    beside(&format!("suite: S\n{suite}\ncases:\n  - case: c\n    {keys}\n"), expected);
}

#[test]
fn every_name_is_defined_somewhere() {
    case("vars: {a: 1}", "steps: [{get: '/{{ a }}/{{ token }}/{{ branch }}/{{ web }}/{{ secret.X }}/{{ environment.name }}'}]", &[]);
    case("vars: {plugin: 1}", "steps: [{get: '/{{ plugn }}'}]", &["5:24 unknown name `plugn` (did you mean `plugin`?)"]);
    case("vars: {a: '{{ b }}', b: 1}", "steps: [{get: /}]", &["2:15 unknown name `b` (it is defined further down)"]);
    case(
        "vars: {a: 1}",
        "steps: [{get: '/{{ v }}', capture: {v: {json: $.v}}}, {get: '/{{ v }}'}]",
        &["5:24 unknown name `v` (it is captured later than it is used)"],
    );
    case(
        "vars: {a: 1}",
        "steps: [{get: /, capture: {v: {json: $.v}}, expect: {json: {$.w: '{{ v }}'}}}]",
        &["5:74 unknown name `v` (it is captured later than it is used)"],
    );
    case(
        "vars: {a: 1}",
        "steps: [{post: /, query: {a: '{{ q }}'}, headers: {b: '{{ h }}'}, cookies: {c: '{{ c }}'}, body: {json: ['{{ j }}']}, auth: {basic: {user: '{{ u }}', password: '{{ p }}'}}}]",
        &[
            "5:38 unknown name `q`",
            "5:63 unknown name `h`",
            "5:88 unknown name `c`",
            "5:114 unknown name `j`",
            "5:148 unknown name `u`",
            "5:169 unknown name `p`",
        ],
    );
    case(
        "vars: {a: 1}",
        "steps: [{get: /, capture: {v: {json: '$.{{ x }}'}}, expect: {status: '{{ s }}'}}]",
        &["5:48 unknown name `x`", "5:78 unknown name `s`"],
    );
    case("before: [{get: /, capture: {names: {json: '$[*].name'}}}]", "steps: [{get: '/{{ names }}'}]", &[]);
    case("before_each: [{get: /, capture: {one: {json: $.name}}}]", "steps: [{get: '/{{ one }}'}]\nafter: [{get: '/{{ one }}'}]", &[]);
    case("after_each: [{get: '/{{ late }}'}]", "steps: [{get: /, capture: {late: {json: $.name}}}]", &[]);
    case(
        "after: [{get: '/{{ own }}'}]",
        "steps: [{get: /, capture: {own: {json: $.name}}}]",
        &["2:20 unknown name `own` (a case captures it, and cases hand their captures on to cases only)"],
    );
    case("headers: {x: '{{ t }}'}", "steps: [{get: /}]", &["2:18 unknown name `t`"]);
    case("auth: {bearer: '{{ t }}'}", "steps: [{get: /}, {get: /, auth: none}]", &["2:20 unknown name `t`"]);
    case("vars: {a-b: 1, c: 2}", "steps: [{get: '/{{ a-b }}/{{ c-1 }}'}]", &[]);
}

#[test]
fn environments_that_count_are_those_a_case_runs_on() {
    case(
        "tags: [x]",
        "environments: [dev]\nsteps: [{get: '/{{ token }}'}]",
        &["6:24 unknown name `token` (only environments that this does not run on define it)"],
    );
    case("tags: [x]", "skip: {staging: why}\nsteps: [{get: api /}]", &["6:19 unknown URL `api` (there are `web`)"]);
    case(
        "skip: {dev: why}",
        "steps: [{get: '/{{ branch }}'}]",
        &["5:24 unknown name `branch` (only environments that this does not run on define it)"],
    );
    case(
        "environments: [dev]",
        "steps: [{get: '/{{ environment.refresh }}'}]",
        &["5:24 unknown name `environment.refresh` (no environment here says `refresh`)"],
    );
    case("environments: [staging]", "steps: [{get: '/{{ environment.refresh * 2 }}'}]", &[]);
    case(
        "environments: [stagin]",
        "skip: {production: x}\nsteps: [{get: /}]",
        &[
            "2:16 unknown environment `stagin` (did you mean `staging`?)",
            "5:12 unknown environment `production` (there are `dev`, `staging`)",
        ],
    );
    case(
        "url: apj",
        "url: webb\nsteps: [{get: apo /}, {get: /x y}, {get: 'https://x.example.org/a b'}]",
        &[
            "2:6 unknown URL `apj` (did you mean `api`?)",
            "5:10 unknown URL `webb` (did you mean `web`?)",
            "6:19 unknown URL `apo` (did you mean `api`?)",
        ],
    );
}

#[test]
fn rows_give_names() {
    case("tags: [x]", "rows: [{name: a, n: 1}]\nid: '{{ name }}'\nsteps: [{get: '/{{ name }}/{{ n }}'}]", &[]);
    case(
        "tags: [x]",
        "rows: [{name: a, n: 1}, {name: b}]\nsteps: [{get: '/{{ name }}/{{ n }}'}]",
        &["6:35 the row in line 5 has no `n` (every row gives every variable that the case uses)"],
    );
    case(
        "tags: [x]",
        "rows: [{name: a}]\nid: '{{ nam }}'\nsteps: [{get: '/{{ id }}'}]",
        &["6:13 unknown name `nam` (did you mean `name`?)", "7:24 unknown name `id`"],
    );
    case(
        "tags: [x]",
        "rows: {matrix: {a: [1], b: ['{{ a }}']}}\nsteps: [{get: '/{{ a }}{{ c }}'}]",
        &["5:37 unknown name `a`", "6:31 unknown name `c`"],
    );
    case("tags: [x]", "rows: {file: c.csv}\nsteps: [{get: '/{{ name }}/{{ nme }}'}]", &["6:35 unknown name `nme` (did you mean `name`?)"]);
    case("tags: [x]", "rows: {file: c.json}\nsteps: [{get: '/{{ name }}/{{ n }}'}]", &["6:35 unknown name `n`"]);
    case("tags: [x]", "rows: {file: away.csv}\nsteps: [{get: '/{{ name }}'}]", &[]);
    case(
        "tags: [x]",
        "rows: {file: broken.csv}\nsteps: [{get: '/{{ name }}'}]",
        &["5:18 `broken.csv`: CSV error: record 1 (line: 2, byte: 4): found record with 1 fields, but the previous record has 2 fields"],
    );
    case("tags: [x]", "rows: {file: empty.csv}\nsteps: [{get: '/{{ a }}'}]", &["5:18 `empty.csv`: it holds no rows"]);
    case(
        "before: [{get: /, capture: {v: {json: $.v}}}]",
        "rows: [{a: '{{ v }}'}]\nsteps: [{get: '/{{ a }}'}]",
        &["5:20 unknown name `v` (it is captured later than it is used)"],
    );
}

#[test]
fn one_name_means_one_thing() {
    case(
        "vars: {token: 1, web: 2, branch: 3}",
        "steps: [{get: /}]",
        &[
            "2:8 `token` is a suite variable here and a variable of environment `staging` (one name means one thing: call one of them something else)",
            "2:18 `web` is a suite variable here and a URL of environment `dev` (one name means one thing: call one of them something else)",
            "2:26 `branch` is a suite variable here and a param of environment `dev` (one name means one thing: call one of them something else)",
        ],
    );
    case("environments: [dev]\nvars: {token: 1}", "steps: [{get: /}]", &[]);
    case(
        "vars: {a: 1}",
        "rows: [{a: 1, token: 2, b: 3}]\nsteps: [{get: /, capture: {b: {json: $.b}}}]",
        &[
            "5:13 `a` is a column of rows here and a suite variable (one name means one thing: call one of them something else)",
            "5:19 `token` is a column of rows here and a variable of environment `staging` (one name means one thing: call one of them something else)",
            "6:32 `b` is a capture here and a column of the case's rows (one name means one thing: call one of them something else)",
        ],
    );
    case(
        "vars: {a: 1}",
        "rows: {matrix: {a: [1]}}\nsteps: [{get: /, capture: {api: {json: $.b}, a: {json: $.a}}}]",
        &[
            "5:21 `a` is a column of rows here and a suite variable (one name means one thing: call one of them something else)",
            "6:32 `api` is a capture here and a URL of environment `staging` (one name means one thing: call one of them something else)",
            "6:50 `a` is a capture here and a suite variable (one name means one thing: call one of them something else)",
        ],
    );
    case(
        "vars: {name: 1}",
        "rows: {file: c.csv}\nsteps: [{get: /}]",
        &["5:18 `name` is a column of rows here and a suite variable (one name means one thing: call one of them something else)"],
    );
    case(
        "before: [{get: /, capture: {v: {json: $.v}}}]",
        "rows: [{v: 1}]\nsteps: [{get: /}]",
        &[
            "5:13 `v` is a column of rows here and a capture that the case inherits (one name means one thing: call one of them something else)",
        ],
    );
    case(
        "before: [{get: /, capture: {v: {json: $.v}}}]",
        "steps: [{get: /, capture: {v: {json: $.v}}}, {get: '/{{ v }}', capture: {v: {json: $.v}}}]",
        &[],
    );
}

#[test]
fn cases_and_snapshots_are_told_apart() {
    beside(
        "suite: S\ncases:\n  - {case: a, steps: [{get: /}]}\n  - {case: a, steps: [{get: /}]}\n",
        &["4:12 two cases are called `a` (the first stands at line 3)"],
    );
    case("tags: [x]", "steps: [{get: /, snapshot: x}, {get: /, snapshot: y}]", &[]);
    case(
        "tags: [x]",
        "steps: [{get: /, snapshot: x}, {get: /, snapshot: {name: X}}]",
        &["5:55 two snapshots of this case are called `X` (the first stands at line 5; give each a name of its own)"],
    );
    case(
        "tags: [x]",
        "steps: [{get: /, snapshot: true}, {get: /, snapshot: {json: true}}]",
        &["5:58 two snapshots of this case are called `snapshot` (the first stands at line 5; give each a name of its own)"],
    );
    case(
        "before_each: [{get: /, snapshot: x}]",
        "steps: [{get: /, snapshot: x}]",
        &["5:32 two snapshots of this case are called `x` (the first stands at line 2; give each a name of its own)"],
    );
    case("tags: [x]", "steps: [{get: /, snapshot: true}, {get: /, snapshot: x}]", &[]);
}

#[test]
fn names_become_slugs_that_never_meet() {
    let slugs = |names: &[&str]| -> Vec<String> {
        let cases: String = names.iter().map(|name| format!("  - {{case: '{name}', steps: [{{get: /}}]}}\n")).collect();
        let file = read(&Source::new("a.yaml", format!("suite: S\ncases:\n{cases}")), "a");
        assert_eq!(file.diagnostics, []);
        file.suite().unwrap().cases.iter().map(|case| case.slug.clone()).collect()
    };
    assert_eq!(slugs(&["a plugin answers", "b"]), ["a-plugin-answers", "b"]);
    let met = slugs(&["a b", "a-b", "c"]);
    assert!(met[0].starts_with("a-b-") && met[1].starts_with("a-b-") && met[0] != met[1], "{met:?}");
    assert_eq!(slugs(&["a-b", "c", "a b"]), [met[1].as_str(), "c", met[0].as_str()]);
    let own = slugs(&["before", "After", "file", "a file"]);
    assert!(own[0].starts_with("before-") && own[1].starts_with("After-") && own[2].starts_with("file-"), "{own:?}");
    let cased = slugs(&["List", "list"]);
    assert!(cased[0].starts_with("List-") && cased[1].starts_with("list-"), "{cased:?}");
}

#[test]
fn sessions_are_saved_by_somebody() {
    case("before: [{get: /}, {save_session: ada}]", "session: ada\nsteps: [{get: /}]", &[]);
    case("session: ade", "steps: [{get: /}, {save_session: ada}]", &["2:10 unknown session `ade` (did you mean `ada`?)"]);
}

#[test]
fn without_environments_every_url_name_means_the_one_given() {
    check("suite: S\nurl: api\ncases:\n  - {case: c, environments: [x], steps: [{get: 'other /{{ web }}/{{ api }}'}]}\n", &[]);
    check("suite: S\ncases:\n  - {case: c, steps: [{get: '/{{ nmae }}'}]}\n", &["3:34 unknown name `nmae`"]);
    let file = || [read(&Source::new("a.yaml", "suite: S\ncases: [{case: c, steps: [{get: '/{{ cdn }}'}]}]\n"), "a")];
    assert_eq!(problems(&file(), &RowFiles::new(), &[String::from("cdn")]), []);
    assert_eq!(problems(&file(), &RowFiles::new(), &[]).len(), 1);
}

#[test]
fn a_case_that_checks_nothing_is_told() {
    case(
        "tags: [x]",
        "steps: [{save_session: ada}]",
        &["4:5 warning: this case checks nothing and will be blocked (a request checks its status at least)"],
    );
    case("before_each: [{get: /}]", "steps: [{save_session: ada}]", &[]);
}

#[test]
fn a_mistake_makes_no_others() {
    case(
        "vars: {a: }",
        "steps: [{get: '/{{ a }}', capture: {v: $.v}}, {get: '/{{ v }}'}, {get: '/{{ w }}'}]",
        &[
            "2:10 nothing is written here (write `null` for null, or quotes for an empty text)",
            "5:44 a capture says where to take its value from (did you mean `{json: '$.v'}`?)",
            "5:81 unknown name `w`",
        ],
    );
    case(
        "tags: [x]",
        "rows: [{a: 1, 'b c': 2}]\nsteps: [{get: '/{{ a }}'}]",
        &["5:19 `b c` cannot name a variable (names are made of letters (a to z), digits, `-` and `_`)"],
    );
}

#[test]
fn two_files_of_environments_are_one_too_many() {
    let files = ["a.yaml", "b.yaml"].map(|name| read(&Source::new(name, "environments: {dev: {urls: {web: 'http://x.org'}}}\n"), name));
    assert_eq!(sentences(&problems(&files, &RowFiles::new(), &[])), ["1:1 a folder has one file of environments (the other is a.yaml)"]);
}

#[test]
fn secrets_are_found_with_their_places() {
    let text = "suite: S
vars: {a: '{{ secret.A }}'}
headers: {x: '{{ secret.B }}'}
auth: {basic: {user: u, password: '{{ secret.C }}'}}
before: [{get: '/{{ secret.D }}'}]
cases:
  - case: c
    rows: [{r: '{{ secret.E }}'}]
    steps:
      - get: /
        body: {json: ['{{ secret.F }}']}
        expect: {json: {$.x: '{{ secret.G }}'}}
        capture: {k: {json: $.k, default: '{{ secret.H }}'}}
";
    let file = read(&Source::new("a.yaml", text), "a");
    assert_eq!(sentences(&file.diagnostics), [""; 0]);
    let mut secrets: Vec<String> =
        secrets_of_suite(file.suite().unwrap()).iter().map(|name| format!("{} {}", name.secret().unwrap(), name.span)).collect();
    secrets.sort();
    assert_eq!(
        secrets,
        [
            "A a.yaml:2:15",
            "B a.yaml:3:18",
            "C a.yaml:4:39",
            "D a.yaml:5:21",
            "E a.yaml:8:20",
            "F a.yaml:11:27",
            "G a.yaml:12:34",
            "H a.yaml:13:47"
        ]
    );
    let text = "environments: {dev: {urls: {web: 'http://{{ secret.A }}'}, auth: {bearer: '{{ secret.B }}'}, vars: {x: '{{ secret.C }}'}}}";
    let file = read(&Source::new("a.yaml", text), "a");
    let names = secrets_of_environment(&file.environments().unwrap().environments[0]);
    assert_eq!(names.iter().filter_map(|name| name.secret()).collect::<Vec<_>>(), ["A", "C", "B"]);
}

#[test]
fn what_a_case_needs_must_be_there_and_hands_on_its_captures() {
    let suite = |cases: &str| format!("suite: A\ncases:\n{cases}");
    let made = "- {case: made, steps: [{get: /, capture: {id: {json: $.id}}}]}\n";
    let paid = "- {case: paid, needs: made, steps: [{get: '/{{ id }}', capture: {bill: {json: $.id}}}]}\n";
    check(&suite(&format!("{paid}{made}- {{case: shown, needs: [paid], steps: [{{get: '/{{{{ id }}}}/{{{{ bill }}}}'}}]}}\n")), &[]);
    check(
        &suite(&format!(
            "{made}- {{case: a, needs: mode, steps: [{{get: /}}]}}\n- {{case: b, needs: a, steps: [{{get: '/{{{{ id }}}}'}}]}}\n"
        )),
        &[
            "4:20 unknown case `mode` (did you mean `made`?)",
            "5:42 unknown name `id` (another case captures it, and hands it on where it is needed: `needs: made`)",
        ],
    );
    check(
        &suite(
            "- {case: a, needs: b, steps: [{get: /}]}\n- {case: b, needs: c, steps: [{get: /}]}\n- {case: c, needs: [a, d], steps: [{get: /}]}\n- {case: d, needs: d, steps: [{get: /}]}\n",
        ),
        &[
            "3:20 `a` and `b` need each other",
            "4:20 `b` and `c` need each other",
            "5:21 `c` and `a` need each other",
            "6:20 `d` needs itself",
        ],
    );
    check(
        &suite("- {case: a, rows: [{n: 1}], steps: [{get: /}]}\n- {case: b, needs: a, steps: [{get: /}]}\n"),
        &["4:20 `a` has rows: of which one would the captures be handed on? (what others need stands in a case without rows)"],
    );
    check(
        &suite(&format!("{made}- {{case: a, needs: made, rows: [{{id: 1}}], steps: [{{get: /}}]}}\n")),
        &[
            "4:34 `id` is a column of rows here and a capture that the case inherits (one name means one thing: call one of them something else)",
        ],
    );
    check(&suite("- {case: a, needs: [], steps: [{get: /}]}\n"), &["3:20 expected a list of cases, found an empty list"]);
    let chain: String = (0..900)
        .map(|n| format!("- {{case: c{n}, needs: c{}, steps: [{{get: /}}]}}\n", n + 1))
        .chain([String::from("- {case: c900, steps: [{get: /}]}\n")])
        .collect();
    assert!(complaints(&suite(&chain)).iter().any(|complaint| complaint.contains("cannot need more than 50 others")));
}
