//! Suites, cases and steps.

use serde_json::{Value, json};

use super::{described, list_of, map, map_of, of, pages, words};
use crate::suite::verb::{Means, PAGE_KEYS, REQUEST_OPTIONS, VERBS};

pub(super) fn definitions() -> Vec<(&'static str, Value)> {
    vec![("case", case()), ("step", step()), ("steps", list_of(of("step"))), ("rows", rows())]
}

/// The keys that suites and cases have alike.
fn common() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("description", "What it is about, for the report.", of("text")),
        ("tags", "Words by which cases are selected: `--tag smoke`.", of("tags")),
        ("url", "The name of the URL that paths without one mean.", of("url_name")),
        ("before", "Steps in front.", of("steps")),
        ("after", "Steps behind, which always run.", of("steps")),
        ("normalise", "What does not count in snapshots and comparisons.", of("normalise")),
        ("session", "The saved session to start from a copy of.", of("name")),
        ("environments", "The environments where it runs; left out, all.", list_of(of("named"))),
        ("skip", "Environments where it does not run, and why.", map_of(of("named"))),
        ("timeout", "How long one exchange may take.", of("positive_duration")),
        ("retries", "How often a case that did not pass is tried again.", json!({"type": "integer", "minimum": 0, "maximum": 100})),
        ("lock", "Cases with the same lock never run at the same time.", of("named")),
    ]
}

pub(super) fn file() -> Value {
    let own = vec![
        ("suite", "What people call the suite.", of("named")),
        ("vars", "Variables of all cases.", of("variables")),
        ("before_each", "Steps in front of every case.", of("steps")),
        ("after_each", "Steps behind every case, which always run.", of("steps")),
        ("headers", "Headers that all requests send to the environment's hosts.", of("headers")),
        ("auth", "How all requests identify themselves to the environment's hosts.", of("auth")),
        ("cases", "What the suite checks.", list_of(of("case"))),
    ];
    map(own.into_iter().chain(common()).chain(pages::options()), &["suite", "cases"])
}

fn case() -> Value {
    let failure = map(
        [
            ("issue", "What will mend it, such as `'#1275'`.", of("named")),
            ("until", "The last day on which failing is expected.", json!({"type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}$"})),
        ],
        &["issue"],
    );
    let own = vec![
        ("case", "What people call the case; it becomes its identity.", of("named")),
        ("rows", "Plays the case once for each row.", of("rows")),
        ("id", "How a row is called; left out, by its first value.", of("text")),
        (
            "needs",
            "Cases of this suite that must have passed before this one starts; it sees what they captured.",
            json!({"anyOf": [of("named"), list_of(of("named"))]}),
        ),
        ("expected_failure", "The case must fail until a bug is mended.", failure),
        ("steps", "What the case does, in order.", of("steps")),
    ];
    let mut case = map(own.into_iter().chain(common()).chain(pages::options()), &["case", "steps"]);
    case["dependentRequired"] = json!({"id": ["rows"]});
    case
}

fn rows() -> Value {
    let mut row = of("variables");
    row["minProperties"] = json!(1);
    let file = map(
        [(
            "file",
            "A CSV file, whose cells are text, or a JSON file with a list of maps.",
            json!({"type": "string", "pattern": "\\.([cC][sS][vV]|[jJ][sS][oO][nN])$"}),
        )],
        &["file"],
    );
    let mut axes = map_of(list_of(json!({})));
    axes["propertyNames"] = of("variable_name");
    let matrix = map([("matrix", "Every combination of these values.", axes)], &["matrix"]);
    json!({"anyOf": [list_of(row), file, matrix]})
}

fn step() -> Value {
    let mut step = map(common_of_steps().into_iter().chain(options()).chain(pages::step_options()), &[]);
    let mut verbs = Vec::new();
    let mut requests = Vec::new();
    let mut of_pages = Vec::new();
    let mut alone = vec![json!("look")];
    for verb in VERBS.iter().filter(|verb| verb.means != Means::Later) {
        let value = match verb.means {
            Means::Request(_) => of("target"),
            Means::AnyRequest => map(
                [
                    ("method", "The method.", json!({"type": "string", "pattern": "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"})),
                    ("path", "Where the request goes.", of("target")),
                ],
                &["method", "path"],
            ),
            Means::Look | Means::Later => json!({"enum": [null, true, "response", "page"]}),
            Means::Page(kind) => pages::verb(kind),
            Means::Pause => of("duration"),
            Means::SaveSession => of("name"),
        };
        if matches!(verb.means, Means::Request(_) | Means::AnyRequest) {
            requests.push(json!({"required": [verb.name]}));
        }
        if let Means::Page(kind) = verb.means {
            of_pages.push(json!({"required": [verb.name]}));
            if kind.stands_alone() {
                alone.push(json!(verb.name));
            }
        }
        verbs.push(json!({"required": [verb.name]}));
        step["properties"][verb.name] = described(value, verb.documentation);
    }
    step["oneOf"] = json!(verbs);
    let forbidden = |keys: &[&str]| -> Value {
        let keys: serde_json::Map<String, Value> = keys.iter().map(|key| ((*key).to_owned(), Value::Bool(false))).collect();
        json!({"properties": keys})
    };
    let options: Vec<&str> = REQUEST_OPTIONS.to_vec();
    let is_look = json!({"required": ["look"]});
    let only_of_pages: Vec<&str> = PAGE_KEYS.to_vec();
    let look_or_page: Vec<Value> = of_pages.iter().cloned().chain([is_look]).collect();
    step["allOf"] = json!([
        {"if": {"anyOf": requests}, "then": {"properties": {"expect": of("expect"), "capture": captures("capture")}}, "else": forbidden(&options)},
        {"if": {"anyOf": of_pages}, "then": {"properties": {"expect": of("page_expect"), "capture": captures("page_capture")}}},
        {"if": {"anyOf": look_or_page}, "else": forbidden(&only_of_pages)},
        {"if": {"anyOf": [{"required": ["pause"]}, {"required": ["save_session"]}]}, "then": forbidden(&["expect", "capture", "snapshot"])},
    ]);
    json!({"anyOf": [{"enum": alone}, step]})
}

fn captures(of_what: &str) -> Value {
    let mut captures = map_of(of(of_what));
    captures["propertyNames"] = of("variable_name");
    captures
}

fn common_of_steps() -> Vec<(&'static str, &'static str, Value)> {
    let either = |one: Value, other: Value| json!({"anyOf": [one, other]});
    vec![
        ("name", "A name for the report.", of("named")),
        ("expect", "What must hold of the response, or of the page.", either(of("expect"), of("page_expect"))),
        ("capture", "Names, and what they keep for later steps.", either(captures("capture"), captures("page_capture"))),
        ("snapshot", "Keeps what was seen, to be reviewed.", of("snapshot")),
        ("normalise", "What does not count in snapshots and comparisons.", of("normalise")),
        ("compare", "`false` leaves the step out of comparisons.", json!({"type": "boolean"})),
        ("soft", "`true` lets the case go on after a failure.", json!({"type": "boolean"})),
        ("timeout", "How long the exchange may take.", of("positive_duration")),
    ]
}

fn options() -> Vec<(&'static str, &'static str, Value)> {
    let mut body = map(
        [
            ("json", "Sent as `application/json`.", json!({})),
            ("text", "Sent as `text/plain`.", of("text")),
            ("form", "Sent as `application/x-www-form-urlencoded`; lists repeat the key.", words::parameters()),
        ],
        &[],
    );
    body["minProperties"] = json!(1);
    body["maxProperties"] = json!(1);
    let retry = map(
        [
            ("within", "No further attempt begins after this long.", of("positive_duration")),
            ("every", "The pause between attempts; a longer `Retry-After` is honoured.", of("positive_duration")),
        ],
        &["within"],
    );
    vec![
        ("query", "Parameters added to the path's own; lists repeat the key.", words::parameters()),
        ("headers", "Headers of the request.", of("headers")),
        ("cookies", "Cookies sent besides the session's.", of("cookies")),
        ("body", "The body of the request.", body),
        ("body_limit", "How many bytes of the answer are kept; left out, 32 MB.", of("size")),
        (
            "redirects",
            "`follow` (up to ten), `none`, or how many are followed before the response is judged.",
            json!({"anyOf": [{"enum": ["follow", "none"]}, {"type": "integer", "minimum": 0, "maximum": 50}]}),
        ),
        ("auth", "How the request identifies itself.", of("auth")),
        ("retry", "Repeats the request until its expectations hold.", retry),
        ("safe", "`true`: changes nothing, whatever its method.", json!({"type": "boolean"})),
        ("repeatable", "Whether `compare` may send it again.", json!({"type": "boolean"})),
    ]
}
