use super::*;

/// Keys of an environment, in line 3 and after; its URLs stand above.
#[track_caller]
fn environment(keys: &str, expected: &[&str]) {
    let keys = keys.replace('\n', "\n    ");
    check(
        &format!("environments:\n  dev:\n    {keys}\n    urls: {{web: 'https://x.example.org', api: 'https://a.example.org'}}\n"),
        expected,
    );
}

/// Keys beside `environments`, in line 2 and after.
#[track_caller]
fn file(keys: &str, expected: &[&str]) {
    check(&format!("environments: {{dev: {{urls: {{web: 'https://x.example.org'}}}}}}\n{keys}\n"), expected);
}

#[test]
fn keys_of_an_environment() {
    environment("params: {branch: dev-shared, api_id: {required: true}, n: {default: 5}}", &[]);
    environment("param: {branch: x}", &["3:5 unknown key `param` of an environment (did you mean `params`?)"]);
    environment(
        "params: {a b: x, c: {requird: true}, d: {}, e: [1], f: {required: true, default: 1}, g: , h: '{{ x }}'}",
        &[
            "3:14 `a b` cannot name a param (names are made of letters (a to z), digits, `-` and `_`)",
            "3:26 unknown key `requird` of a param (did you mean `required`?)",
            "3:45 expected `required: true` or a default, found an empty map",
            "3:52 expected a default, or `{required: true}`, found a list",
            "3:61 `f` cannot be required and have a default",
            "3:92 nothing is written here (write a value; `null` or '' if that is meant)",
            "3:98 a param cannot hold a template; use `vars`",
        ],
    );
    environment("vars: {plugin: affinder, url: '{{ web }}/x'}", &[]);
    environment("var: {plugin: affinder}", &["3:5 unknown key `var` of an environment (did you mean `vars`?)"]);
    environment("vars: {a: '{{ b }}', b: '{{ c }}'}", &["3:19 unknown name `b`", "3:33 unknown name `c`"]);
    environment("headers: {x-debug: '{{ environment.name }}'}", &[]);
    environment("header: {x-debug: 1}", &["3:5 unknown key `header` of an environment (did you mean `headers`?)"]);
    environment("cookies: {a: b}", &[]);
    environment("cookie: {a: b}", &["3:5 unknown key `cookie` of an environment (did you mean `cookies`?)"]);
    environment("auth: {bearer: '{{ secret.STAGING_TOKEN }}'}", &[]);
    environment("auth: {bearer: '{{ secrets.STAGING_TOKEN }}'}", &["3:24 unknown name `secrets` (did you mean `secret`?)"]);
    environment("auths: none", &["3:5 unknown key `auths` of an environment (did you mean `auth`?)"]);
    environment("aliases: {web: ['https://example.org']}", &[]);
    environment("aliases: {wep: ['https://example.org']}", &["3:15 unknown URL `wep` (did you mean `web`?)"]);
    environment(
        "aliases: {web: https://example.org}",
        &["3:20 expected a list of URLs, found the text `https://example.org` (a list of one is written [https://example.org])"],
    );
    environment("alias: {web: ['https://example.org']}", &["3:5 unknown key `alias` of an environment (did you mean `aliases`?)"]);
    environment("refresh: 24h", &[]);
    environment("refresh: 24", &["3:14 expected a duration such as `10s`, found the number 24 (a duration has a unit: `24s` or `24ms`)"]);
    environment("refesh: 24h", &["3:5 unknown key `refesh` of an environment (did you mean `refresh`?)"]);
    environment("settle: 25m", &[]);
    environment(
        "settle: soon",
        &[
            "3:13 expected a duration such as `10s`, found the text `soon` (durations are whole numbers with `ms s m h d`, such as `250ms`, `10s`, `1m30s`)",
        ],
    );
    environment("setle: 25m", &["3:5 unknown key `setle` of an environment (did you mean `settle`?)"]);
    environment("indexable: false", &[]);
    environment("indexable: no", &["3:16 expected `true` or `false`, found the text `no` (write `false`)"]);
    environment("indexible: false", &["3:5 unknown key `indexible` of an environment (did you mean `indexable`?)"]);
    environment("revision: {get: web /, html: 'script#__NEXT_DATA__', json: $.buildId}", &[]);
    environment("revision: {get: api /version, header: x-build, regex: '(\\d+)'}", &[]);
    environment("revision: {get: wep /, json: $.x}", &["3:21 unknown URL `wep` (did you mean `web`?)"]);
    environment("revision: {get: /}", &["3:16 `revision` does not say what names the build (such as `json: $.buildId`)"]);
    environment("revision: {json: $.x}", &["3:16 `get` is missing: what is asked for the revision"]);
    environment("revision: {get: /, jsn: $.x}", &["3:24 unknown key `jsn` of a capture (did you mean `json`?)"]);
    environment("revison: {get: /, json: $.x}", &["3:5 unknown key `revison` of an environment (did you mean `revision`?)"]);
    environment("protect: read-only", &[]);
    environment("protect: readonly", &["3:14 unknown protection `readonly` (did you mean `read-only`?)"]);
    environment("protect: true", &["3:14 unknown protection `true` (it is one of `read-only`)"]);
    environment("protected: read-only", &["3:5 unknown key `protected` of an environment (did you mean `protect`?)"]);
    environment("limit: {requests_per_second: 5, concurrent: 4}", &[]);
    environment("limit: {requests_per_second: 0.5}", &[]);
    environment(
        "limit: {requests_per_second: 0, concurrent: 0}",
        &["3:34 expected a number above 0 and of a million at most", "3:49 expected a whole number from 1 to 10000"],
    );
    environment(
        "limit: {request_per_second: 5, concurrent: 1.5}",
        &[
            "3:13 unknown key `request_per_second` of `limit` (did you mean `requests_per_second`?)",
            "3:48 expected a whole number of requests in flight, such as 4, found the number 1.5",
        ],
    );
    environment("limit: 5", &["3:12 expected a map such as `{requests_per_second: 5, concurrent: 4}`, found the number 5"]);
    environment("limit: {}", &["3:12 expected `requests_per_second` or `concurrent`, found an empty map"]);
    environment("limits: {concurrent: 4}", &["3:5 unknown key `limits` of an environment (did you mean `limit`?)"]);
    environment("proxy: http://proxy.example.org:3128", &[]);
    environment("proxy: proxy.example.org", &["3:12 `proxy.example.org` is not the URL of an http, https or socks5 proxy"]);
    environment("prxy: http://proxy.example.org:3128", &["3:5 unknown key `prxy` of an environment (did you mean `proxy`?)"]);
    environment("resolve: {x.example.org: 127.0.0.1}", &[]);
    environment("resolve: {x.example.org: localhost}", &["3:30 `localhost` is not an IP address"]);
    environment("resolv: {x.example.org: 127.0.0.1}", &["3:5 unknown key `resolv` of an environment (did you mean `resolve`?)"]);
    environment("ca_file: certs/ca.pem", &[]);
    environment("ca_file: {}", &["3:14 expected a PEM file, found a map (quote it to mean text: '{}')"]);
    environment("cafile: certs/ca.pem", &["3:5 unknown key `cafile` of an environment (did you mean `ca_file`?)"]);
    environment("client_certificate: {cert: c.pem, key: k.pem}", &[]);
    environment(
        "client_certificate: {cert: c.pem, keyy: k.pem}",
        &["3:26 `key` is missing: the key's PEM file", "3:39 unknown key `keyy` of `client_certificate` (did you mean `key`?)"],
    );
    environment(
        "client_certificates: {cert: c.pem, key: k.pem}",
        &["3:5 unknown key `client_certificates` of an environment (did you mean `client_certificate`?)"],
    );
    environment("baselines: own", &[]);
    environment("baselines: shred", &["3:16 unknown way with baselines `shred` (did you mean `shared`?)"]);
    environment("baseline: own", &["3:5 unknown key `baseline` of an environment (did you mean `baselines`?)"]);
    environment("identity: {foreign-host: {}}", &["3:5 `identity` is not supported yet"]);
    environment("grid: http://grid.example.org", &[]);
    environment("grid: grid.example.org", &["3:11 `grid.example.org` is not the URL of a WebDriver server"]);
    environment("gird: http://grid.example.org", &["3:5 unknown key `gird` of an environment (did you mean `grid`?)"]);
    environment(
        "params: {web: x}\nvars: {api: y}",
        &["3:14 `web` is both a URL and a param of environment `dev`", "4:12 `api` is both a URL and a variable of environment `dev`"],
    );
}

/// The URLs of an environment, in line 3.
#[track_caller]
fn urls(urls: &str, expected: &[&str]) {
    check(&format!("environments:\n  dev:\n    urls: {urls}\n"), expected);
}

#[test]
fn urls_of_an_environment() {
    urls("{web: 'https://{{ environment.name }}.example.org'}", &[]);
    urls("{}", &["3:11 expected names and URLs, found an empty map"]);
    urls("[x]", &["3:11 expected a map of names and URLs, found a list"]);
    urls("{web: example.org}", &["3:17 `example.org` is not a URL: relative URL without a base"]);
    urls("{web: 'ftp://example.org'}", &["3:17 `ftp://example.org` is not an http or https URL"]);
    urls("{web: 'https://u:p@example.org'}", &["3:17 a URL cannot hold credentials: use `auth`"]);
    urls("{web: 'https://example.org/?a=b'}", &["3:17 `https://example.org/?a=b`: a base URL has neither query nor fragment"]);
    urls("{web: }", &["3:16 nothing is written here (write a URL such as `https://www.example.org`)"]);
    urls("{my web: 'https://example.org'}", &["3:12 `my web` cannot name a URL (names are made of letters (a to z), digits, `-` and `_`)"]);
    urls("{environment: 'https://example.org'}", &["3:12 `environment` cannot name a URL: it means something in every template"]);
    urls("{web: 'https://{{ branch }}.example.org'}", &["3:29 unknown name `branch`"]);
    check(
        "environments:\n  dev:\n    url: {web: 'https://example.org'}\n",
        &[
            "2:3 `urls` is missing: environment `dev` has nothing to talk to",
            "3:5 unknown key `url` of an environment (did you mean `urls`?)",
        ],
    );
}

#[test]
fn keys_beside_environments() {
    file("defaults: {url: web, timeout: 10s}", &[]);
    file(
        "defaults: {url: wep, timeout: 10}",
        &[
            "2:17 unknown URL `wep` (did you mean `web`?)",
            "2:31 expected a duration such as `10s`, found the number 10 (a duration has a unit: `10s` or `10ms`)",
        ],
    );
    file("defaults: {urls: web}", &["2:12 unknown default `urls` (did you mean `url`?)"]);
    file("defaults: {wait: 5s, browser: {name: chromium, viewport: [1280x800, 390x844]}, ready: {script: 'return true'}}", &[]);
    file(
        "defaults: {wait: 0s, browser: {nam: chromium}, ready: {}}",
        &[
            "2:18 a `wait` of 0 can never hold",
            "2:32 unknown key `nam` of `browser` (did you mean `name`?)",
            "2:55 `script` is missing: JavaScript that returns whether the page can be acted on",
        ],
    );
    file("default: {url: web}", &["2:1 unknown key `default` (did you mean `defaults`?)"]);
    file("suite: x", &["2:1 unknown key `suite` (the keys here are `environments`, `defaults`)"]);
    check("environments: {}\n", &["1:15 expected environments, found an empty map"]);
    check("environments: [dev]\n", &["1:15 expected a map of environments, found a list"]);
    check(
        "environments:\n  my dev: {urls: {web: 'https://example.org'}}\n  adhoc: {urls: {web: 'https://example.org'}}\n  -x: {urls: {web: 'https://example.org'}}\n",
        &[
            "2:3 `my dev` cannot name an environment (names are made of letters (a to z), digits, `-` and `_`)",
            "3:3 `adhoc` is the name of environments that are given by URL",
            "4:3 `-x` cannot name an environment: on the command line it is a flag",
        ],
    );
    check("environments:\n  dev:\n", &["2:7 nothing is written here (write a map of an environment's keys)"]);
}

#[test]
fn a_file_says_what_it_is() {
    check("", &["1:1 the file is empty (its first key says what it is: `environments:`, `suite:` or `flows:`)"]);
    check("# nothing\n", &["1:1 the file is empty (its first key says what it is: `environments:`, `suite:` or `flows:`)"]);
    check("{}\n", &["1:1 the file is empty (a file begins with `suite:` or `environments:`)"]);
    check("- x\n", &["1:1 expected a map that begins with `suite:` or `environments:`, found a list"]);
    check("suit: x\ncases: []\n", &["1:1 `suit` does not say what the file is (did you mean `suite`?)"]);
    check("name: x\n", &["1:1 `name` does not say what the file is (the first key is `suite` or `environments`)"]);
    check(
        "cases: []\nsuite: x\n",
        &["1:1 `cases` does not say what the file is (`suite` must be the first key)", "1:8 expected a list of cases, found an empty list"],
    );
    check("flows: {login: {steps: [{get: /}]}}\n", &["1:1 `flows` is not supported yet"]);
}
