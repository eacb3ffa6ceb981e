use super::*;

/// Keys of a suite.
#[track_caller]
pub(super) fn suite(keys: &str, expected: &[&str]) {
    check(&format!("suite: S\n{keys}\ncases: [{{case: c, steps: [{{get: /}}]}}]\n"), expected);
}

/// Keys of a case, in line 4 and after.
#[track_caller]
pub(super) fn case(keys: &str, expected: &[&str]) {
    let keys = keys.replace('\n', "\n    ");
    check(&format!("suite: S\ncases:\n  - case: c\n    {keys}\n    steps: [{{get: /}}]\n"), expected);
}

/// Keys of a step with `get`, in line 6 and after.
#[track_caller]
fn get(keys: &str, expected: &[&str]) {
    step(&format!("get: /\n{keys}"), expected);
}

/// A whole step, in line 5 and after.
#[track_caller]
pub(super) fn step(keys: &str, expected: &[&str]) {
    let keys = keys.replace('\n', "\n        ");
    check(&format!("suite: S\ncases:\n  - case: c\n    steps:\n      - {keys}\n      - get: /\n"), expected);
}

#[test]
fn keys_of_a_suite() {
    suite("description: what it promises", &[]);
    suite("descripton: x", &["2:1 unknown key `descripton` of a suite (did you mean `description`?)"]);
    suite("description: [x]", &["2:14 expected a description, found a list (quote it to mean text: '[x]')"]);
    suite("tags: [api, smoke]", &[]);
    suite("tag: [api]", &["2:1 unknown key `tag` of a suite (did you mean `tags`?)"]);
    suite("tags: api", &["2:7 expected a list of tags, found the text `api` (a list of one is written [api])"]);
    suite("tags: []", &["2:7 expected a list of tags, found an empty list"]);
    suite(
        "tags: [a b, and, api, api, '']",
        &[
            "2:8 `a b` cannot be a tag (a tag is one word, so that `--tag 'api and not slow'` can be read)",
            "2:13 `and` cannot be a tag: it means something in `--tag`",
            "2:23 tag `api` stands here twice",
            "2:28 expected a tag, found an empty text",
        ],
    );
    suite("url: api", &[]);
    suite("urll: api", &["2:1 unknown key `urll` of a suite (did you mean `url`?)"]);
    suite(
        "url: https://x.example.org",
        &["2:6 `https://x.example.org` is not the name of a URL (a URL's name stands here, as `environments.yaml` gives it under `urls`)"],
    );
    suite("vars: {plugin: affinder, n: 1.10, list: [1, '{{ plugin }}']}", &[]);
    suite("var: {plugin: affinder}", &["2:1 unknown key `var` of a suite (did you mean `vars`?)"]);
    suite("vars: [x]", &["2:7 expected a map of variables, found a list"]);
    suite(
        "vars: {my name: x, 5: y, secret: z, -a: b, c: }",
        &[
            "2:8 `my name` cannot name a variable (names are made of letters (a to z), digits, `-` and `_`)",
            "2:20 `5` cannot name a variable: in a template it is a number",
            "2:26 `secret` cannot name a variable: it means something in every template",
            "2:37 `-a` cannot name a variable: it begins with `-`",
            "2:46 nothing is written here (write `null` for null, or quotes for an empty text)",
        ],
    );
    suite("before: [{get: /}]", &[]);
    suite("befor: [{get: /}]", &["2:1 unknown key `befor` of a suite (did you mean `before`?)"]);
    suite("before: []", &["2:9 expected a list of steps, found an empty list"]);
    suite("before_each: [{get: /}]", &[]);
    suite("beforeEach: [{get: /}]", &["2:1 unknown key `beforeEach` of a suite (did you mean `before_each`?)"]);
    suite("before_each: {get: /}", &["2:14 expected a list of steps, found a map (a list of one is written [{get: /}])"]);
    suite("after: [{get: /}]", &[]);
    suite("aftr: [{get: /}]", &["2:1 unknown key `aftr` of a suite (did you mean `after`?)"]);
    suite("after_each: [{get: /}]", &[]);
    suite("after_ech: [{get: /}]", &["2:1 unknown key `after_ech` of a suite (did you mean `after_each`?)"]);
    suite("normalise: {ignore: ['$..x']}", &[]);
    suite("normalize: {ignore: ['$..x']}", &["2:1 unknown key `normalize` of a suite (did you mean `normalise`?)"]);
    suite("normalise: {}", &["2:12 expected normalising keys, found an empty map"]);
    suite("normalise: {ignor: ['$..x']}", &["2:13 unknown normalising key `ignor` (did you mean `ignore`?)"]);
    suite("sesion: ada", &["2:1 unknown key `sesion` of a suite (did you mean `session`?)"]);
    suite("session: a b", &["2:10 `a b` cannot name a session (names are made of letters (a to z), digits, `-` and `_`)"]);
    suite("environments: [staging, production]", &[]);
    suite("environment: [staging]", &["2:1 unknown key `environment` of a suite (did you mean `environments`?)"]);
    suite(
        "environments: staging",
        &["2:15 expected a list of environments, found the text `staging` (a list of one is written [staging])"],
    );
    suite("environments: []", &["2:15 expected a list of environments, found an empty list"]);
    suite("skip: {dev: no CDN there}", &[]);
    suite("skipp: {dev: no CDN there}", &["2:1 unknown key `skipp` of a suite (did you mean `skip`?)"]);
    suite("skip: [dev]", &["2:7 expected a map of environments and why they are skipped, found a list"]);
    suite("skip: {dev: }", &["2:12 nothing is written here (write why it is skipped there)"]);
    suite("skip: {}", &["2:7 expected environments and why they are skipped, found an empty map"]);
    suite("timeout: 5s", &[]);
    suite("timout: 5s", &["2:1 unknown key `timout` of a suite (did you mean `timeout`?)"]);
    suite("timeout: 5", &["2:10 expected a duration such as `10s`, found the number 5 (a duration has a unit: `5s` or `5ms`)"]);
    suite("timeout: 0", &["2:10 a `timeout` of 0 can never hold"]);
    suite("retries: 2", &[]);
    suite("retry: 2", &["2:1 unknown key `retry` of a suite"]);
    suite("retries: -1", &["2:10 expected a whole number of retries, such as 2, found the number -1"]);
    suite("retries: 1000", &["2:10 more than 100 retries are never made"]);
    suite("headers: {Accept: application/json, x-n: 1.10}", &[]);
    suite("header: {accept: x}", &["2:1 unknown key `header` of a suite (did you mean `headers`?)"]);
    suite(
        "headers: {a b: x, Content-Length: 5, accept: x, Accept: y, n: true, m: \"a\\nb\"}",
        &[
            "2:11 `a b` cannot name a header",
            "2:19 `content-length` is written by the connection and cannot be set",
            "2:49 header `accept` stands here twice: case does not count in its name",
            "2:63 expected the value of a header, found `true` (quote it to mean text: 'true')",
            "2:72 the value of a header cannot hold line breaks and other control characters",
        ],
    );
    suite("auth: none", &[]);
    suite("auth: {bearer: '{{ secret.T }}'}", &[]);
    suite("auth: {basic: {user: u, password: p}}", &[]);
    suite("auth: {bearr: x}", &["2:8 unknown way to identify `bearr` (did you mean `bearer`?)"]);
    suite(
        "auth: {basic: {user: 'a:b', pasword: p}}",
        &[
            "2:16 `password` is missing: what proves it",
            "2:22 a user cannot hold `:` here (RFC 7617)",
            "2:29 unknown key `pasword` of `basic` (did you mean `password`?)",
        ],
    );
    suite("auth: {bearer: x, basic: {user: u, password: p}}", &["2:19 `bearer` and `basic`: only one way to identify can stand here"]);
    suite("auth: {digest: {user: u, password: p}}", &["2:8 `digest` is not supported yet"]);
    suite("auth: {oauth2: {}}", &["2:8 `oauth2` is not supported yet"]);
    suite("auth: {aws_sigv4: {}}", &["2:8 `aws_sigv4` is not supported yet"]);
    suite("auth: {none: true}", &["2:8 `none` is no key (write `auth: none`)"]);
    suite("auth: {}", &["2:7 expected a way to identify, found an empty map"]);
    suite("auth: x", &["2:7 expected `none`, `{bearer: token}` or `{basic: {user:, password:}}`, found the text `x`"]);
    suite("lock: account", &[]);
    suite("locks: account", &["2:1 unknown key `locks` of a suite (did you mean `lock`?)"]);
    suite("lock: {}", &["2:7 expected the name of a lock, found a map (quote it to mean text: '{}')"]);
    check("suite: S\n", &["1:1 `cases` is missing: what the suite checks"]);
    check("suite: S\ncases: []\n", &["2:8 expected a list of cases, found an empty list"]);
    check("suite: S\ncases: {case: c}\n", &["2:8 expected a list of cases, found a map (a list of one is written [{case: c}])"]);
    check("suite: S\ncases: [x]\n", &["2:9 expected a case, such as `case: it answers` with `steps:`, found the text `x`"]);
    check("suite:\ncases: [{case: c, steps: [{get: /}]}]\n", &["1:7 nothing is written here (write the name of the suite)"]);
}

#[test]
fn keys_of_a_case() {
    case("description: x", &[]);
    case("desc: x", &["4:5 unknown key `desc` of a case"]);
    case("tags: [smoke]", &[]);
    case("tags: {}", &["4:11 expected a list of tags, found a map (a list of one is written [{}])"]);
    case("url: web", &[]);
    case("url: web /", &["4:10 `web /` is not the name of a URL (a URL's name stands here, as `environments.yaml` gives it under `urls`)"]);
    case("rows: [{name: affinder}, {name: napari-svg}]\nid: '{{ name }}'", &[]);
    case("row: [{name: x}]", &["4:5 unknown key `row` of a case (did you mean `rows`?)"]);
    case("rows: []", &["4:11 expected a list of rows, found an empty list"]);
    case(
        "rows: [{}, x, {a b: 1}]",
        &[
            "4:12 a row needs a variable at least",
            "4:16 expected a row: a map of variables, found the text `x`",
            "4:20 `a b` cannot name a variable (names are made of letters (a to z), digits, `-` and `_`)",
        ],
    );
    case("rows: {file: x.csv}", &[]);
    case("rows: {file: x.txt}", &["4:18 `x.txt` is neither a `.csv` nor a `.json` file"]);
    case("rows: {fil: x.csv}", &["4:12 unknown kind `fil` of rows (did you mean `file`?)"]);
    case("rows: x.csv", &["4:11 expected a list of rows, `{file: rows.csv}` or `{matrix: {…}}`, found the text `x.csv`"]);
    case("rows: {matrix: {a: [1, 2], b: [x]}}", &[]);
    case(
        "rows: {matrix: {a: 1, b: []}}",
        &[
            "4:24 expected a list of values, found the number 1 (a list of one is written [1])",
            "4:30 expected a list of values, found an empty list",
        ],
    );
    case("rows: {matrix: {}}", &["4:20 expected variables and their values, found an empty map"]);
    case("rows: {matrix: {a: [1]}, file: x.csv}", &["4:30 `matrix` and `file`: only one kind of rows can stand here"]);
    case("rows: {}", &["4:11 expected `file` or `matrix`, found an empty map"]);
    case("id: x", &["4:9 `id` names the rows of a case, and this one has none"]);
    case("environments: [staging]", &[]);
    case("enviroments: [staging]", &["4:5 unknown key `enviroments` of a case (did you mean `environments`?)"]);
    case("skip: {dev: why}", &[]);
    case("skip: dev", &["4:11 expected a map of environments and why they are skipped, found the text `dev`"]);
    case("timeout: 1m30s", &[]);
    case(
        "timeout: 1.5s",
        &[
            "4:14 expected a duration such as `10s`, found the text `1.5s` (durations are whole numbers with `ms s m h d`, such as `250ms`, `10s`, `1m30s`)",
        ],
    );
    case("retries: 0", &[]);
    case("retries: two", &["4:14 expected a whole number of retries, such as 2, found the text `two`"]);
    case("session: '-'", &["4:14 unknown session `-` (keep it in a suite's `before`: `save_session: -`)"]);
    case("sessions: x", &["4:5 unknown key `sessions` of a case (did you mean `session`?)"]);
    case("lock: a", &[]);
    case("lock: ''", &["4:11 expected the name of a lock, found an empty text"]);
    case("expected_failure: {issue: '#1275', until: 2027-01-31}", &[]);
    case("expected_failure: {issue: 12}", &[]);
    case(
        "expected_failure: {until: 2027-02-30, reason: x}",
        &[
            "4:24 `issue` is missing: what will mend it",
            "4:31 expected a date such as `2027-01-31`, found the text `2027-02-30`",
            "4:43 unknown key `reason` of `expected_failure` (the keys here are `issue`, `until`)",
        ],
    );
    case("expected_failures: {issue: 12}", &["4:5 unknown key `expected_failures` of a case (did you mean `expected_failure`?)"]);
    case("expected_failure: true", &["4:23 expected a map such as `{issue: '#12', until: 2027-01-31}`, found `true`"]);
    case("normalise: {ignore: ['$..x']}", &[]);
    case("normalise: x", &["4:16 expected a map of normalising keys, found the text `x`"]);
    case("before: [{get: /}]", &[]);
    case("before: x", &["4:13 expected a list of steps, found the text `x` (a list of one is written [x])"]);
    case("after: [{get: /}]", &[]);
    case("after: []", &["4:12 expected a list of steps, found an empty list"]);
    case("vars: {a: 1}", &["4:5 unknown key `vars` of a case"]);
    check("suite: S\ncases:\n  - steps: [{get: /}]\n", &["3:5 `case` is missing: the name of the case"]);
    check("suite: S\ncases:\n  - case: c\n", &["3:5 `steps` is missing: what the case does"]);
    check("suite: S\ncases:\n  - case: c\n    steps: []\n", &["4:12 expected a list of steps, found an empty list"]);
    check(
        "suite: S\ncases:\n  - case:\n    step: [{get: /}]\n",
        &[
            "3:5 `steps` is missing: what the case does",
            "3:10 nothing is written here (write the name of the case)",
            "4:5 unknown key `step` of a case (did you mean `steps`?)",
        ],
    );
}

#[test]
fn keys_of_any_step() {
    get("name: the list", &[]);
    get("nam: the list", &["6:9 unknown key `nam` of a step (did you mean `name`?)"]);
    get("expect: {status: 200}", &[]);
    get("expect: {statu: 200}", &["6:18 unknown expectation `statu` (did you mean `status`?)"]);
    get("expect: 200", &["6:17 expected a map of expectations (such as `expect: {status: 200}`)"]);
    get("expext: {status: 200}", &["6:9 unknown key `expext` of a step (did you mean `expect`?)"]);
    get("capture: {v: {json: $.version}}", &[]);
    get(
        "capture: {a b: {json: $.version}, environment: {json: $.x}}",
        &[
            "6:19 `a b` cannot name a capture (names are made of letters (a to z), digits, `-` and `_`)",
            "6:43 `environment` cannot name a capture: it means something in every template",
        ],
    );
    get("capture: {v: $.version}", &["6:22 a capture says where to take its value from (did you mean `{json: '$.version'}`?)"]);
    get("capture: {}", &["6:18 expected names and what they keep, found an empty map"]);
    get("captur: {v: {json: $.version}}", &["6:9 unknown key `captur` of a step (did you mean `capture`?)"]);
    get("snapshot: plugin", &[]);
    get("snapshot: true", &[]);
    get("snapshot: a b", &["6:19 `a b` cannot name a snapshot (names are made of letters (a to z), digits, `-` and `_`)"]);
    get("snapshot: false", &["6:19 expected the name of a snapshot, `true`, or a map, found `false`"]);
    get("snapshots: x", &["6:9 unknown key `snapshots` of a step (did you mean `snapshot`?)"]);
    get("snapshot: {name: list, json: true, headers: [cache-control], ignore: ['$..etag']}", &[]);
    get("snapshot: {name: list, text: true}", &[]);
    get("snapshot: {name: list, shape: true}", &[]);
    get("snapshot: {nam: list}", &["6:20 unknown key `nam` of a snapshot (did you mean `name`?)"]);
    get(
        "snapshot: {name: list, json: false, text: yes, shape: 1, headers: [a b, x, X]}",
        &[
            "6:38 leave `json` out: what is not named is not kept",
            "6:51 expected `true`, found the text `yes`",
            "6:63 expected `true`, found the number 1",
            "6:76 `a b` cannot name a header",
            "6:84 header `X` stands here twice",
        ],
    );
    get(
        "snapshot: {name: list, aria: true, image: {}, html: true}",
        &[
            "6:32 `aria` is kept of a page, and this step yields a response",
            "6:44 `image` is not supported yet",
            "6:55 `html` is kept of a page, and this step yields a response",
        ],
    );
    get("snapshot: {}", &["6:19 an empty map is no snapshot (write `snapshot: true`)"]);
    get("normalise: {ignore: ['$.x']}", &[]);
    get("normalise: [x]", &["6:20 expected a map of normalising keys, found a list"]);
    get("compare: false", &[]);
    get("compare: no", &["6:18 expected `true` or `false`, found the text `no` (write `false`)"]);
    get("soft: true", &[]);
    get("soft: 1", &["6:15 expected `true` or `false`, found the number 1"]);
    get("timeout: 500ms", &[]);
    get("timeout: 500", &["6:18 expected a duration such as `10s`, found the number 500 (a duration has a unit: `500s` or `500ms`)"]);
    get("wait: 5s", &["6:9 `wait` goes with what a browser does, not with `get` (a request has `timeout`)"]);
    get("status: 200", &["6:9 `status` stands under `expect`, not beside the verb"]);
}

#[test]
fn options_of_a_request() {
    get("query: {fields: all, n: [1, 2], q: '{{ environment.name }}'}", &[]);
    get("querry: {fields: all}", &["6:9 unknown key `querry` of a step (did you mean `query`?)"]);
    get("query: fields", &["6:16 expected a map of parameters, found the text `fields`"]);
    get(
        "query: {a: {b: 1}, c: [[1]], d: }",
        &[
            "6:20 a parameter is a text, a number, or a list of them",
            "6:32 a parameter is a text, a number, or a list of them",
            "6:40 nothing is written here (write `null` for null, or quotes for an empty text)",
        ],
    );
    get("headers: {accept: application/json}", &[]);
    get("headers: {accept: [a, b]}", &["6:27 expected the value of a header, found a list (quote it to mean text: '[a, b]')"]);
    get("cookies: {sid: abc}", &[]);
    get("cookie: {sid: abc}", &["6:9 `cookie` stands under `expect`, not beside the verb (cookies that are sent stand under `cookies`)"]);
    get("cookies: {a b: x, c: 'x; y'}", &["6:19 `a b` cannot name a cookie", "6:30 a cookie's value cannot hold `;`"]);
    get("body: {json: {a: [1, '{{ environment.name }}', null]}}", &[]);
    get("body: {text: hello}", &[]);
    get("body: {form: {a: 1, b: [x, y]}}", &[]);
    get("body: {jsn: {}}", &["6:16 unknown kind `jsn` of body (did you mean `json`?)"]);
    get("body: hello", &["6:15 expected a body, such as `{json: …}`, `{text: …}` or `{form: …}`, found the text `hello`"]);
    get("body: {}", &["6:15 expected `json`, `text` or `form`, found an empty map"]);
    get("body: {json: 1, text: x}", &["6:25 `json` and `text`: only one kind of body can stand here"]);
    get("body: {form: x}", &["6:22 expected a map of form fields, found the text `x`"]);
    get("body: {json: }", &["6:21 nothing is written here (write `null` for null, or quotes for an empty text)"]);
    get("body: {multipart: {}}", &["6:16 `multipart` is not supported yet"]);
    get("body: {file: x.bin}", &["6:16 `file` is not supported yet"]);
    get("body: {graphql: {query: x}}", &["6:16 `graphql` is not supported yet"]);
    get("body_limit: 2 MB", &[]);
    get(
        "body_limit: 2",
        &["6:21 expected a size such as `2 MB`, found the number 2 (sizes are whole numbers with `kB MB GB`, such as `2 MB`)"],
    );
    get("body_limit: 0", &["6:21 a `body_limit` of 0 keeps nothing to look at"]);
    get("body-limit: 2 MB", &["6:9 unknown key `body-limit` of a step (did you mean `body_limit`?)"]);
    get("redirects: follow", &[]);
    get("redirects: none", &[]);
    get("redirects: 2", &[]);
    get("redirects: folow", &["6:20 unknown way with redirects `folow` (did you mean `follow`?)"]);
    get("redirects: 1000", &["6:20 more than 50 redirects are never followed"]);
    get("redirects: -1", &["6:20 expected `follow`, `none` or a whole number of redirects, found the number -1"]);
    get("redirect: none", &["6:9 unknown key `redirect` of a step (did you mean `redirects`?)"]);
    get("auth: {bearer: x}", &[]);
    get("auth: bearer", &["6:15 expected `none`, `{bearer: token}` or `{basic: {user:, password:}}`, found the text `bearer`"]);
    get("retry: {within: 30s, every: 1s}", &[]);
    get("retry: {within: 30s}", &[]);
    get("retry: {every: 1s}", &["6:17 `within` is missing: how long the request is repeated"]);
    get("retry: {within: 1s, every: 30s}", &["6:36 `every` is longer than `within`: the request would never be repeated"]);
    get(
        "retry: {within: 0, evry: 1s}",
        &["6:25 a `within` of 0 can never hold", "6:28 unknown key `evry` of `retry` (did you mean `every`?)"],
    );
    get("retry: {within: 30s, until: {status: 200}}", &["6:30 `until` is not supported yet"]);
    get("retry: 3", &["6:16 expected a map such as `{within: 30s, every: 1s}`, found the number 3"]);
    get("safe: true", &[]);
    get("save: true", &["6:9 unknown key `save` of a step (did you mean `safe`?)"]);
    get("safe: yes", &["6:15 expected `true` or `false`, found the text `yes` (write `true`)"]);
    get("repeatable: false", &[]);
    get("repeatable: maybe", &["6:21 expected `true` or `false`, found the text `maybe`"]);
    get("repeatble: true", &["6:9 unknown key `repeatble` of a step (did you mean `repeatable`?)"]);
}

#[test]
fn verbs() {
    for verb in ["get", "head", "options", "post", "put", "patch", "delete"] {
        step(&format!("{verb}: /plugins"), &[]);
        step(&format!("{verb}: api /plugins"), &[]);
        step(&format!("{verb}: https://x.example.org/y"), &[]);
        step(
            &format!("{verb}: plugins"),
            &[&format!(
                "5:{} `plugins` is not a path: it begins with `/` or `?` (did you mean `/plugins`? A URL's name stands before the path: `api /plugins`)",
                11 + verb.len()
            )],
        );
    }
    step("gett: /plugins", &["5:9 unknown verb `gett` (did you mean `get`?)"]);
    step("GET: /plugins", &["5:9 unknown verb `GET` (did you mean `get`?)"]);
    step("get:", &["5:13 nothing is written here (write a path such as `/plugins`)"]);
    step("get: [/]", &["5:14 expected a path such as `/plugins`, found a list (quote it to mean text: '[/]')"]);
    step("get: api plugins", &["5:14 `plugins` is not a path: it begins with `/` or `?` (did you mean `api /plugins`?)"]);
    step("get: ftp://x.example.org/", &["5:14 `ftp://x.example.org/` is not an http or https URL (only http and https can be asked)"]);
    step("get: https://", &["5:14 `https://` is not a URL"]);
    step("get: '{{ environment.nam }}/x'", &["5:18 unknown name `environment.nam` (did you mean `name`?)"]);
    step("get: '/{{ x'", &["5:16 this `{{` is never closed (a literal `{{` is written `{{ '{{' }}`)"]);
    step("request: {method: PURGE, path: /x}", &[]);
    step(
        "request: {method: P U, pat: /x}",
        &[
            "5:19 `path` is missing: where the request goes",
            "5:27 `P U` is not a method",
            "5:32 unknown key `pat` of a request (did you mean `path`?)",
        ],
    );
    step(
        "request: {method: CONNECT, path: x}",
        &[
            "5:27 `CONNECT` opens a tunnel, which is no request",
            "5:42 `x` is not a path: it begins with `/` or `?` (did you mean `/x`? A URL's name stands before the path: `api /plugins`)",
        ],
    );
    step("request: /x", &["5:18 expected a map with `method` and `path`, found the text `/x`"]);
    step("reqest: {method: PURGE, path: /x}", &["5:9 unknown verb `reqest` (did you mean `request`?)"]);
    step("look: response\nexpect: {status: 200}", &[]);
    step("look:\nexpect: {status: 200}", &[]);
    step("look: page\nexpect: {title: x}", &[]);
    step("look: yes\nexpect: {status: 200}", &["5:15 expected `page`, `response` or nothing, found the text `yes`"]);
    step("look", &["5:9 warning: this step looks at nothing (`look` takes `expect`, `capture` or `snapshot`)"]);
    step("look:\nquery: {a: b}\nexpect: {status: 200}", &["6:9 `query` is an option of a request, and `look` sends none"]);
    step("lok: response", &["5:9 unknown verb `lok` (did you mean `look`?)"]);
    step(
        "pause: 2s",
        &[
            "5:9 warning: a pause is a last resort: it is too long or too short (`retry: {within: 30s, every: 1s}` on a request waits until its expectations hold)",
        ],
    );
    step("pause: 2", &["5:16 expected a duration such as `2s`, found the number 2 (a duration has a unit: `2s` or `2ms`)"]);
    step(
        "pause: 2s\nexpect: {status: 200}\nsnapshot: true\ncapture: {x: {status: true}}",
        &[
            "5:9 warning: a pause is a last resort: it is too long or too short (`retry: {within: 30s, every: 1s}` on a request waits until its expectations hold)",
            "6:9 `expect` has nothing to look at: `pause` yields nothing (`look` looks at what the last step yielded)",
            "7:9 `snapshot` has nothing to look at: `pause` yields nothing (`look` looks at what the last step yielded)",
            "8:9 `capture` has nothing to look at: `pause` yields nothing (`look` looks at what the last step yielded)",
        ],
    );
    step("save_session: ada", &[]);
    step("save_session: a/b", &["5:23 `a/b` cannot name a session (names are made of letters (a to z), digits, `-` and `_`)"]);
    step("save_sesion: ada", &["5:9 unknown verb `save_sesion` (did you mean `save_session`?)"]);
    step("get: /\npost: /", &["6:9 `get` and `post`: only one verb can stand here"]);
    step(
        "name: x",
        &[
            "5:9 this step has no verb (a step has one verb: `get`, `head`, `options`, `post`, `put`, `patch`, `delete`, `request`, `open`, `back`, `forward`, `reload`, `click`, `double_click`, `hover`, `check`, `uncheck`, `focus`, `clear`, `submit`, `fill`, `select`, `upload`, `drag`, `press`, `scroll`, `accept_dialog`, `dismiss_dialog`, `switch`, `close_window`, `resize`, `emulate`, `frame`, `script`, `save_session`, `look`, `pause`)",
        ],
    );
    step("fetch: /x\nquery: {a: b}", &["5:9 unknown verb `fetch` (did you mean `patch`?)"]);
    step("lock", &["5:9 unknown verb `lock` (did you mean `look`?)"]);
    step("loook", &["5:9 unknown verb `loook` (did you mean `look`?)"]);
    step("get", &["5:9 `get` needs a value (such as `get: /plugins`)"]);
    step("pause", &["5:9 `pause` needs a value (such as `pause: 2s`)"]);
    step("5", &["5:9 expected a step, such as `get: /plugins`, found the number 5"]);
    step("when", &["5:9 `when` is not supported yet"]);
    for verb in ["flow", "for_each", "when"] {
        step(&format!("{verb}: x\nexpect: {{visible: x}}"), &[&format!("5:9 `{verb}` is not supported yet")]);
    }
    step(
        "for_each: {var: n, in: '{{ x }}'}\nsteps:\n  - gett: /\n  - click: x",
        &["5:9 `for_each` is not supported yet", "7:13 unknown verb `gett` (did you mean `get`?)"],
    );
}
