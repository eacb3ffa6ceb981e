//! What is told of steps that a browser does: each key in its good form, and misspelt.

use super::{
    check,
    suites::{case, step, suite},
};

#[test]
fn what_suites_and_cases_say_of_their_browser() {
    suite("browser: chromium", &[]);
    suite("browser: [chromium, firefox]", &[]);
    suite("browser: {name: [chromium, firefox], viewport: [1280x800, 390x844]}", &[]);
    suite("browser: chrome", &["2:10 unknown browser `chrome` (did you mean `chromium`?)"]);
    suite("browser: {}", &["2:10 an empty map names no browser (such as `browser: {name: chromium, viewport: 1280x800}`)"]);
    suite("browser: {viewport: 1280}", &["2:21 `1280` is not a viewport (inner width and height in CSS pixels, such as `390x844`)"]);
    suite("browser: {viewport: [390x844, 390x844]}", &["2:31 viewport `390x844` stands here twice"]);
    suite("browsers: chromium", &["2:1 unknown key `browsers` of a suite (did you mean `browser`?)"]);
    case("wait: 5s", &[]);
    case("wait: 5", &["4:11 expected a duration such as `10s`, found the number 5 (a duration has a unit: `5s` or `5ms`)"]);
    case("mock: [{url: '**/api/x', method: GET, status: 500, json: {a: 1}}]", &[]);
    case("mock: []", &["4:11 expected a list of answers, found an empty list"]);
    case(
        "mock: [{status: 99, jsn: {}}]",
        &[
            "4:13 `url` is missing: the pattern of what is answered",
            "4:21 a page can be answered with a status from 200 to 599",
            "4:25 unknown key `jsn` of `mock` (did you mean `json`?)",
        ],
    );
    case("block: ['**/ads/**']", &[]);
    case(
        "block: '**/ads/**'",
        &["4:12 expected a list of URL patterns, found the text `**/ads/**` (a list of one is written ['**/ads/**'])"],
    );
}

#[test]
fn verbs_with_a_locator() {
    for verb in ["click", "double_click", "hover", "check", "uncheck", "focus", "clear", "submit"] {
        step(&format!("{verb}: {{button: Sign in}}"), &[]);
        step(&format!("{verb}: Sign in"), &[]);
        let at = 9 + verb.len() + 3;
        step(&format!("{verb}: {{buton: x}}"), &[&format!("5:{at} unknown key `buton` of a locator (did you mean `button`?)")]);
    }
    step("clik: {button: x}", &["5:9 unknown verb `clik` (did you mean `click`?)"]);
    step("click", &["5:9 `click` needs a value (such as `click: {button: Sign in}`)"]);
}

#[test]
fn verbs_with_a_value() {
    step("open: /plugins\nexpect: {title: x}", &[]);
    step("open: web /about\nexpect: {title: x}", &[]);
    step(
        "open: plugins",
        &[
            "5:15 `plugins` is not a path: it begins with `/` or `?` (did you mean `/plugins`? A URL's name stands before the path: `api /plugins`)",
        ],
    );
    step("fill: {into: {textbox: Search}, value: ada}", &[]);
    step(
        "fill: {into: {textbox: Search}, valu: ada}",
        &["5:16 `value` is missing: what to write", "5:41 unknown key `valu` of `fill` (did you mean `value`?)"],
    );
    step("select: {in: {combobox: Sort}, option: [Newest, Oldest]}", &[]);
    step("select: {in: {combobox: Sort}}", &["5:18 `option` is missing: what to choose"]);
    step("upload: {to: {label: Photo}, files: [a.png]}", &[]);
    step("drag: {from: {text: A}, to: {text: B}}", &[]);
    step("drag: {from: {text: A}}", &["5:16 `to` is missing: where to"]);
    step("press: Control+A", &[]);
    step("press: {key: Enter, on: {textbox: Search}}", &[]);
    step("press: {key: Enter}", &[]);
    step(
        "press: {keys: Enter}",
        &["5:17 `key` is missing: which key, or keys together", "5:17 unknown key `keys` of `press` (did you mean `key`?)"],
    );
    step("scroll: {to: {css: footer}}", &[]);
    step("scroll: {by: [0, 400]}", &[]);
    step("scroll: {by: 400}", &["5:22 expected two whole numbers of pixels (such as `by: [0, 400]`: to the right, and down)"]);
    step("switch: {window: new}", &[]);
    step("switch: {window: 0}", &["5:26 expected a window (`{window: new}`, `{window: first}` or a number counted from 1)"]);
    step("resize: 390x844", &[]);
    step("resize: 390", &["5:17 `390` is not a viewport (inner width and height in CSS pixels, such as `390x844`)"]);
    step("emulate: {dark: true, timezone: Europe/Berlin, geolocation: {latitude: 52.5, longitude: 13.4}}", &[]);
    step("emulate: {drak: true}", &["5:19 unknown key `drak` of `emulate` (did you mean `dark`?)"]);
    step("emulate: {device: iPhone}", &["5:27 unknown device `iPhone` (did you mean `iPhone 13`?)"]);
    step("script: return 1\nexpect: {result: 1}", &[]);
    step("accept_dialog: Ada", &[]);
}

#[test]
fn verbs_that_stand_alone() {
    for verb in ["back", "forward", "reload", "accept_dialog", "dismiss_dialog", "close_window"] {
        check(&format!("suite: S\ncases:\n  - case: c\n    steps:\n      - get: /\n      - {verb}\n"), &[]);
    }
    step("back: 2", &["5:15 `back` takes no value (write `- back`)"]);
}

#[test]
fn options_of_a_browsers_step() {
    step("click: x\nwait: 10s\nuntil: {visible: {role: dialog}}", &[]);
    step("click: x\nquery: {a: b}", &["6:9 `query` is an option of a request, and `click` sends none"]);
    step("click: x\ntitle: y", &["6:9 `title` stands under `expect`, not beside the verb"]);
    step("click: x\ntimeout: 5s", &["5:9 `timeout` is for exchanges and navigations (an action of the browser has `wait`)"]);
    step(
        "look: page\nuntil: {title: x}",
        &[
            "5:9 warning: this step looks at nothing (`look` takes `expect`, `capture` or `snapshot`)",
            "6:9 `until` repeats an action, and `look` has none (`expect` is tried again by itself)",
        ],
    );
    step("click: x\ncapture: {v: {text: {css: h1}}}", &[]);
    step("click: x\ncapture: {v: {status: true}}", &["6:23 `status` is taken out of a response, and this step yields a page"]);
    step("click: x\nsnapshot: {name: a, aria: {css: main}, text: true, html: true, ignore: [{css: .ad}]}", &[]);
    step("click: x\nsnapshot: {json: true}", &["6:20 `json` is kept of a response, and this step yields a page"]);
    step("click: x\nsnapshot: {image: true}", &["6:20 `image` is not supported yet"]);
}

#[test]
fn look_looks_at_what_came_last() {
    let steps = |steps: &str, expected: &[&str]| check(&format!("suite: S\ncases:\n  - case: c\n    steps:\n{steps}"), expected);
    steps("      - open: /\n      - look:\n        expect: {title: x}\n", &[]);
    steps("      - open: /\n      - get: /\n      - look:\n        expect: {status: 200}\n", &[]);
    steps(
        "      - open: /\n      - look: response\n        expect: {title: x}\n",
        &[
            "3:5 warning: this case checks nothing and will be blocked (a request checks its status at least)",
            "7:18 `title` is judged of a page, and this step yields a response",
        ],
    );
    steps("      - look:\n        expect: {visible: {heading: x}}\n", &[]);
}

#[test]
fn steps_inside_a_frame_stand_in_their_list() {
    step("frame: {css: iframe}\nsteps: [{click: {button: OK}, expect: {hidden: {button: OK}}}]", &[]);
    step("frame: {css: iframe}", &["5:9 `frame` needs `steps` (such as `frame: {css: iframe}` with `steps: [{click: {button: OK}}]`)"]);
    step("frame: {css: iframe}\nsteps: [{clik: x}]", &["6:18 unknown verb `clik` (did you mean `click`?)"]);
    step("click: x\nsteps: [{click: y}]", &["6:9 `click` takes no `steps` (`frame` does: it plays them inside)"]);
}

#[test]
fn names_in_locators_and_expectations_are_known() {
    step("click: {button: '{{ nam }}'}", &["5:29 unknown name `nam`"]);
    step("click: x\nexpect: {text: [{at: {css: h1}, equals: '{{ nam }}'}]}", &["6:53 unknown name `nam`"]);
}
