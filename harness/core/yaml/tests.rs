//! The traps of YAML, as the language page lists them, and what hostile files meet.

use super::*;
use crate::diagnostic::{Diagnostic, Source, apply_fixes, render};

/// The tree in a short form: `{a: 1, b: 'text'}`; blanks are `_`.
fn outline(node: &Node) -> String {
    match &node.value {
        Yaml::Blank => String::from("_"),
        Yaml::Null => String::from("null"),
        Yaml::Bool(value) => value.to_string(),
        Yaml::Number(number) => number.to_string(),
        Yaml::Text { text, .. } => format!("{text:?}"),
        Yaml::List(items) => format!("[{}]", items.iter().map(outline).collect::<Vec<_>>().join(", ")),
        Yaml::Map(entries) => {
            format!(
                "{{{}}}",
                entries.iter().map(|entry| format!("{}: {}", entry.key, outline(&entry.value))).collect::<Vec<_>>().join(", ")
            )
        }
    }
}

fn complaints(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics
        .iter()
        .map(|diagnostic| {
            let position = diagnostic.span.as_ref().expect("a complaint about a file has a place").position();
            format!("{}:{} {}", position.line, position.column, diagnostic.message)
        })
        .collect()
}

/// A sound text and its tree.
fn sound(text: &str, expected: &str) {
    let (tree, diagnostics) = read(&Source::new("a.yaml", text));
    assert_eq!(complaints(&diagnostics), Vec::<String>::new(), "{text}");
    assert_eq!(tree.as_ref().map(outline).as_deref(), Some(expected), "{text}");
}

/// A text with mistakes: `line:column message` of each.
fn wrong(text: &str, expected: &[&str]) {
    let (_, diagnostics) = read(&Source::new("a.yaml", text));
    assert_eq!(complaints(&diagnostics), expected, "{text}");
}

/// A text with slips, each of which is reported; and the text as `check --fix` leaves it, which has none and the same tree.
fn mended(text: &str, expected: &[&str], fixed: &str, tree: &str) {
    let source = Source::new("a.yaml", text);
    let (actual, diagnostics) = read(&source);
    assert_eq!(complaints(&diagnostics), expected, "{text}");
    assert!(diagnostics.iter().all(|diagnostic| diagnostic.help.is_some()), "{text}");
    assert_eq!(actual.as_ref().map(outline).as_deref(), Some(tree), "{text}");
    assert_eq!(apply_fixes(&source, &diagnostics), fixed, "{text}");
    sound(fixed, tree);
}

#[test]
fn only_json_numbers_are_numbers() {
    sound("[0, -1, 1.10, 1e5, 12345678901234567890]", "[0, -1, 1.10, 1e5, 12345678901234567890]");
    sound(
        "[0755, 1_000, +1, .5, 0x1f, 0o17, .inf, .nan, 1., 1:30]",
        r#"["0755", "1_000", "+1", ".5", "0x1f", "0o17", ".inf", ".nan", "1.", "1:30"]"#,
    );
    sound("['1', \"1\"]", r#"["1", "1"]"#);
    sound("a: |\n  1\n", r#"{a: "1\n"}"#);
}

#[test]
fn a_number_that_overflows_is_an_error() {
    mended(
        "a: 12e4567\nb: [-1e999]",
        &["1:4 the number 12e4567 is too large to be one", "2:5 the number -1e999 is too large to be one"],
        "a: '12e4567'\nb: ['-1e999']",
        r#"{a: "12e4567", b: ["-1e999"]}"#,
    );
    sound("a: '12e4567'", r#"{a: "12e4567"}"#);
}

#[test]
fn only_true_false_null_and_tilde_are_special() {
    sound("[true, false, null, ~]", "[true, false, null, null]");
    sound(
        "[no, on, yes, off, y, Null, NULL, TRUE, True, FALSE]",
        r#"["no", "on", "yes", "off", "y", "Null", "NULL", "TRUE", "True", "FALSE"]"#,
    );
    sound("['true', \"null\", '~']", r#"["true", "null", "~"]"#);
}

#[test]
fn blank_is_not_null() {
    sound("a:\nb: null\nc: ~\nd: ''\ne: []\nf: {}", r#"{a: _, b: null, c: null, d: "", e: [], f: {}}"#);
    sound("-\n- # a comment\n- x\n-", r#"[_, _, "x", _]"#);
    sound("a: # a comment\nb: {c: , d: 1}", "{a: _, b: {c: _, d: 1}}");
}

#[test]
fn keys_keep_their_source_text() {
    sound(
        "1: a\n1.10: b\ntrue: c\nnull: d\n0755: e\n'x y': f\n~: g",
        r#"{1: "a", 1.10: "b", true: "c", null: "d", 0755: "e", x y: "f", ~: "g"}"#,
    );
}

#[test]
fn every_duplicate_key_is_reported_at_the_second() {
    wrong(
        "a: 1\nb: {c: 1, c: 2}\na: 3\nx:\n  - y: 1\n    y: 2\na: 4",
        &[
            "2:11 duplicate key `c`; the first is in line 2",
            "3:1 duplicate key `a`; the first is in line 1",
            "6:5 duplicate key `y`; the first is in line 5",
            "7:1 duplicate key `a`; the first is in line 1",
        ],
    );
    wrong("1: a\n'1': b", &["2:1 duplicate key `1`; the first is in line 1"]);
    let (tree, _) = read(&Source::new("a.yaml", "a: 1\na: 2"));
    assert_eq!(tree.as_ref().map(outline).as_deref(), Some("{a: 1, a: 2}"), "both are passed on");
}

#[test]
fn complex_and_missing_keys_are_errors() {
    wrong("? [a, b]\n: c", &["1:3 a key is text, not a list"]);
    wrong("{a: 1}: c", &["1:1 a key is text, not a map"]);
    wrong(": c", &["1:1 a key is missing before the colon"]);
    wrong("{{ x }}: c", &["1:1 `{{` starts a map here, not a template"]);
}

#[test]
fn tags_are_errors() {
    mended(
        "a: !x y\nb: !!str 5",
        &["1:4 `!x` is a tag; tags are not used in suites", "2:4 `!!str` is a tag; tags are not used in suites"],
        "a: '!x y'\nb: '5'",
        r#"{a: "!x y", b: "5"}"#,
    );
    mended(
        "a: !important\nb: [!x, c]",
        &["1:4 `!important` is a tag; tags are not used in suites", "2:5 `!x` is a tag; tags are not used in suites"],
        "a: '!important'\nb: ['!x', c]",
        r#"{a: "!important", b: ["!x", "c"]}"#,
    );
    wrong(
        "a: !x {b: 1}\n!!map c: !y [1]",
        &[
            "1:4 `!x` is a tag; tags are not used in suites",
            "2:1 `!!map` is a tag; tags are not used in suites",
            "2:10 `!y` is a tag; tags are not used in suites",
        ],
    );
    wrong("a: !e!x y", &["1:4 `!` starts a tag here; tags are not used in suites"]);
}

#[test]
fn anchors_and_merges_work() {
    sound("a: &x {k: 1, l: 2}\nb: *x\nc: {<<: *x, l: 3, m: 4}", "{a: {k: 1, l: 2}, b: {k: 1, l: 2}, c: {k: 1, l: 3, m: 4}}");
    sound("a: &x {k: 1}\nb: &y {k: 2, l: 2}\nc:\n  z: 0\n  <<: [*x, *y]\n", "{a: {k: 1}, b: {k: 2, l: 2}, c: {z: 0, k: 1, l: 2}}");
    sound("a: &x 1.10\nb: [*x]\n*x : c", r#"{a: 1.10, b: [1.10], 1.10: "c"}"#);
    sound("a: {'<<': 1}", "{a: {<<: 1}}");
    sound("a: {<<: {b: 1}}", "{a: {b: 1}}");
    wrong("a: {<<: 5}\nb: {<<: [x]}", &["1:9 `<<` merges maps, and this is none", "2:10 `<<` merges maps, and this is none"]);
    wrong("a: &x {b: 1}\nc: {<<: *x, <<: *x}", &["2:13 duplicate key `<<`; the first is in line 2"]);
    wrong("a: &x [*x]", &["1:8 `*x` stands within what it repeats"]);
    wrong(
        "a: &name 1\nb: *nmae\n",
        &["1:4 `&name` names a value, and nothing uses the name", "2:4 `*` starts an alias here, and no anchor `&nmae` stands above"],
    );
    wrong("a: &copy; 2026", &["1:4 `&copy;` names a value, and nothing uses the name"]);
}

#[test]
fn aliases_and_merges_stand_where_they_are_used() {
    let text = "a: &x {k: [5]}\nb: *x\nc:\n  <<: *x\n";
    let (tree, _) = read(&Source::new("a.yaml", text));
    let tree = tree.unwrap();
    let place = |node: &Node| format!("{} {}", node.span, node.span.text());
    assert_eq!(place(tree.get("a").unwrap()), "a.yaml:1:7 {k: [5]}");
    assert_eq!(place(tree.get("b").unwrap()), "a.yaml:2:4 *x");
    assert_eq!(place(&tree.get("b").unwrap().get("k").unwrap().items().unwrap()[0]), "a.yaml:1:12 5");
    let merged = &tree.get("c").unwrap().entries().unwrap()[0];
    assert_eq!((merged.key_span.to_string().as_str(), place(&merged.value).as_str()), ("a.yaml:1:8", "a.yaml:4:7 *x"));
    assert!(!tree.get("b").unwrap().is_replaceable() && !merged.value.is_replaceable());
}

#[test]
fn places_are_those_of_the_text() {
    let text = "\u{feff}näme: wört # c\r\nlist:\r\n  - 'it''s'\r\n  - \"b\\n\"\r\nblock: |\r\n  one\r\n  two\r\n\r\nmap:\r\n  k: v\r\n\r\nend:\r\n";
    let (tree, diagnostics) = read(&Source::new("a.yaml", text));
    assert_eq!(diagnostics, []);
    let tree = tree.unwrap();
    let mut places = Vec::new();
    for entry in tree.entries().unwrap() {
        places.push(format!("{}-{} {:?}", entry.key_span, entry.value.span, entry.value.span.text()));
    }
    assert_eq!(
        places,
        [
            "a.yaml:1:1-a.yaml:1:7 \"wört\"",
            "a.yaml:2:1-a.yaml:3:3 \"- 'it''s'\\r\\n  - \\\"b\\\\n\\\"\"",
            "a.yaml:5:1-a.yaml:6:3 \"one\\r\\n  two\"",
            "a.yaml:9:1-a.yaml:10:3 \"k: v\"",
            "a.yaml:12:1-a.yaml:12:5 \"\"",
        ]
    );
    assert_eq!(outline(&tree), r#"{näme: "wört", list: ["it's", "b\n"], block: "one\ntwo\n", map: {k: "v"}, end: _}"#);
}

#[test]
fn one_document_and_not_an_empty_one() {
    sound("---\na: 1\n...\n", "{a: 1}");
    sound("%YAML 1.2\n---\na: 1\n", "{a: 1}");
    wrong("a: 1\n---\nb: 2\n", &["2:1 a second document begins here"]);
    for text in ["", "\n\n", "# only\n# comments", "---\n", "\u{feff}"] {
        wrong(text, &["1:1 the file is empty"]);
    }
}

#[test]
fn a_hash_right_before_text_is_an_error_after_unquoted_text() {
    mended(
        "css: main #list\nb: {css: a #b, c: 1}\nc:\n  - x #y # why\n",
        &[
            "1:6 `#` starts a comment here, and hides the text after it",
            "2:10 `#` starts a comment here, and hides the text after it",
            "4:5 `#` starts a comment here, and hides the text after it",
        ],
        "css: 'main #list'\nb: {css: 'a #b', c: 1}\nc:\n  - 'x #y' # why\n",
        r##"{css: "main #list", b: {css: "a #b", c: 1}, c: ["x #y"]}"##,
    );
    wrong("a: 5 #five\n", &["1:4 `#` starts a comment here, and hides the text after it"]);
    wrong("a: one\n  two #three\n", &["2:7 `#` starts a comment here, and hides the text after it"]);
    sound("a: x # comment\n#b\nb: 'y' #c\nc: d#e\n#end", r##"{a: "x", b: "y", c: "d#e"}"##);
    sound("cases: #here\n  - a\n", r#"{cases: ["a"]}"#);
}

#[test]
fn a_value_that_starts_with_a_special_character_gets_a_hint() {
    let slip = |value: &str, message: &str, fixed: &str, text: &str| {
        mended(
            &format!("a: {value}\nb: 1\n"),
            &[&format!("1:4 {message}")],
            &format!("a: {fixed}\nb: 1\n"),
            &format!("{{a: {text:?}, b: 1}}"),
        );
        mended(&format!("- {value} # c\n- 1\n"), &[&format!("1:3 {message}")], &format!("- {fixed} # c\n- 1\n"), &format!("[{text:?}, 1]"));
    };
    slip("{{ x }}", "`{{` starts a map here, not a template", "'{{ x }}'", "{{ x }}");
    slip("{{ x }}/y", "`{{` starts a map here, not a template", "'{{ x }}/y'", "{{ x }}/y");
    slip(
        "{{ a | join(', ') }} {{ b }}",
        "`{{` starts a map here, not a template",
        "'{{ a | join('', '') }} {{ b }}'",
        "{{ a | join(', ') }} {{ b }}",
    );
    slip("[symbol] text", "`[` starts a list here, and text follows it", "'[symbol] text'", "[symbol] text");
    slip("*", "`*` starts an alias here", "'*'", "*");
    slip("*.js", "`*` starts an alias here, and no anchor `&.js` stands above", "'*.js'", "*.js");
    slip("*bold* text", "`*` starts an alias here, and no anchor `&bold*` stands above", "'*bold* text'", "*bold* text");
    slip("#main", "`#` starts a comment here", "'#main'", "#main");
    slip("@ada", "unquoted text cannot begin with `@`", "'@ada'", "@ada");
    slip("%5", "unquoted text cannot begin with `%`", "'%5'", "%5");
    slip("`x`", "unquoted text cannot begin with ``` ` ```".replace("``` ` ```", "```").as_str(), "'`x`'", "`x`");
    slip("> 5 items", "`>` starts a block of text here", "'> 5 items'", "> 5 items");
    slip(">=5", "`>` starts a block of text here", "'>=5'", ">=5");
    slip(">5", "`>` starts a block of text here, and there is none", "'>5'", ">5");
    slip("| x", "`|` starts a block of text here", "'| x'", "| x");
    slip("& x", "`&` starts an anchor here", "'& x'", "& x");
    slip(", x", "unquoted text cannot begin with `,`", "', x'", ", x");
    slip("] x", "unquoted text cannot begin with `]`", "'] x'", "] x");
    slip("\"a\" b", "there is text behind the closing quote", "'\"a\" b'", "\"a\" b");
    slip("'it's'", "there is text behind the closing quote", "'it''s'", "it's");
}

#[test]
fn unquoted_text_within_braces_gets_a_hint() {
    let slip = |value: &str, message: &str, fixed: &str, text: &str| {
        mended(
            &format!("a: {{b: {value}, c: 1}}\n"),
            &[&format!("1:8 {message}")],
            &format!("a: {{b: {fixed}, c: 1}}\n"),
            &format!("{{a: {{b: {text:?}, c: 1}}}}"),
        );
        mended(
            &format!("a: {{c: 1, b: {value}}}\n"),
            &[&format!("1:14 {message}")],
            &format!("a: {{c: 1, b: {fixed}}}\n"),
            &format!("{{a: {{c: 1, b: {text:?}}}}}"),
        );
    };
    slip("{{ x }}", "`{{` starts a map here, not a template", "'{{ x }}'", "{{ x }}");
    slip("{{ f(1, 2) }}/y", "`{{` starts a map here, not a template", "'{{ f(1, 2) }}/y'", "{{ f(1, 2) }}/y");
    slip("/p/{{ x }}/y", "`{` ends the unquoted text before it here", "'/p/{{ x }}/y'", "/p/{{ x }}/y");
    slip("$[0].name", "`[` ends the unquoted text before it here", "'$[0].name'", "$[0].name");
    slip("$[*]", "`[` ends the unquoted text before it here", "'$[*]'", "$[*]");
    slip("$.a[?@.b == 'c, d']", "`[` ends the unquoted text before it here", "'$.a[?@.b == ''c, d'']'", "$.a[?@.b == 'c, d']");
    slip("^\\d{3}$", "`{` ends the unquoted text before it here", "'^\\d{3}$'", "^\\d{3}$");
    slip("Smith, John", "the comma ends the text before `John`", "'Smith, John'", "Smith, John");
    slip("b: c", "`: ` within unquoted text starts a value here", "'b: c'", "b: c");
    slip("*.js", "`*` starts an alias here, and no anchor `&.js` stands above", "'*.js'", "*.js");
    slip("@x", "unquoted text cannot begin with `@`", "'@x'", "@x");
    slip("[a] b", "`[` starts a list here, and text follows it", "'[a] b'", "[a] b");
    mended(
        "a: [{{ x }}, **/ads/**, $[0]]",
        &[
            "1:5 `{{` starts a map here, not a template",
            "1:14 `*` starts an alias here, and no anchor `&*/ads/**` stands above",
            "1:25 `[` ends the unquoted text before it here",
        ],
        "a: ['{{ x }}', '**/ads/**', '$[0]']",
        r#"{a: ["{{ x }}", "**/ads/**", "$[0]"]}"#,
    );
    mended("{b: x, c:1}", &["1:8 a space is missing after `c:`"], "{b: x, c: 1}", r#"{b: "x", c: 1}"#);
    wrong("{b: 'x', c}", &["1:10 `c` is a key without a value"]);
    mended(
        "{a: b, css: #x}",
        &["1:13 `#` starts a comment here, and hides the text after it"],
        "{a: b, css: '#x'}",
        r##"{a: "b", css: "#x"}"##,
    );
}

#[test]
fn a_path_as_key_within_braces_gets_a_hint() {
    mended(
        "json: {$[0].name: x, $.a[?@.b == 'c, d']: {exists: true}}\nb: 1",
        &["1:8 `[` ends the unquoted key before it here", "1:22 `[` ends the unquoted key before it here"],
        "json: {'$[0].name': x, '$.a[?@.b == ''c, d'']': {exists: true}}\nb: 1",
        r#"{json: {$[0].name: "x", $.a[?@.b == 'c, d']: {exists: true}}, b: 1}"#,
    );
    sound("json: {$.a: 1}\nb:\n  $[0].name: x", r#"{json: {$.a: 1}, b: {$[0].name: "x"}}"#);
}

#[test]
fn a_backslash_in_double_quotes_gets_a_hint() {
    mended(r#"a: "^\d+\.\d\"$""#, &[r"1:4 `\d` means nothing in double quotes"], r#"a: '^\d+\.\d"$'"#, r#"{a: "^\\d+\\.\\d\"$"}"#);
    mended("a: \"it's \\w\"\nb: 1", &[r"1:4 `\w` means nothing in double quotes"], "a: 'it''s \\w'\nb: 1", r#"{a: "it's \\w", b: 1}"#);
    wrong(r#"a: "\\ \d""#, &[r"1:8 `\d` means nothing in double quotes"]);
    wrong(r#"a: "\bword\b""#, &[r"1:4 `\b` in double quotes is a backspace, not the end of a word"]);
    sound(r#"a: "\t\n\u00e9\"""#, r#"{a: "\t\né\""}"#);
}

#[test]
fn a_colon_in_plain_text_gets_a_hint() {
    mended("a: b: c\nd: 1", &["1:4 `: ` within unquoted text starts a value here"], "a: 'b: c'\nd: 1", r#"{a: "b: c", d: 1}"#);
    sound("a: http://x.example.org:80/y\nb: 12:30", r#"{a: "http://x.example.org:80/y", b: "12:30"}"#);
}

#[test]
fn slips_of_lines_are_explained() {
    wrong("a:\n\t- b\n", &["2:1 a tab cannot indent YAML"]);
    wrong("a:\n  b: 1\n\tc: 2\n", &["3:1 a tab cannot indent YAML"]);
    wrong("a: 'b\nc: 1\n", &["1:4 the quote that opens here is never closed"]);
    wrong("a: \"b\nc: 1\n", &["1:4 the quote that opens here is never closed"]);
    wrong("a: [b\nc: 1\n", &["1:4 the `[` that opens here is never closed"]);
    wrong("a:\n  b: 1\n c: 2\n", &["3:2 this does not fit the keys above it"]);
    wrong("a: 1\n  b: 2\n", &["2:4 a colon makes a key here, where none can stand"]);
    wrong("a: 1\ntext\nb: 2\n", &["2:1 `key: value` is expected here"]);
    wrong("- a\nb: 1\n", &["2:1 `- ` is expected here"]);
    wrong("a: - b\n", &["1:4 a list cannot begin here"]);
    wrong("a: b\n  c # d\n  e\n", &["2:5 a comment cannot stand within text of several lines"]);
    mended("a: 1\nk:value\nb: 2\n", &["2:1 a space is missing after `k:`"], "a: 1\nk: value\nb: 2\n", r#"{a: 1, k: "value", b: 2}"#);
    mended("k:value\nb: 2\n", &["1:1 a space is missing after `k:`"], "k: value\nb: 2\n", r#"{k: "value", b: 2}"#);
}

#[test]
fn all_slips_of_a_file_come_in_one_go() {
    let text = "a: @x\nb: {c: $[0]}\nk: {{ y }}\nd: x: y\ne: \"\\d\"\nf: main #list\ng: 'open\n";
    wrong(
        text,
        &[
            "1:4 unquoted text cannot begin with `@`",
            "2:8 `[` ends the unquoted text before it here",
            "3:4 `{{` starts a map here, not a template",
            "4:4 `: ` within unquoted text starts a value here",
            r"5:4 `\d` means nothing in double quotes",
            "6:4 `#` starts a comment here, and hides the text after it",
            "7:4 the quote that opens here is never closed",
        ],
    );
    let (tree, diagnostics) = read(&Source::new("a.yaml", "a: @x\na: 2\nc: {d: {{ y }}, d: 1}\n"));
    assert_eq!(
        complaints(&diagnostics),
        [
            "1:4 unquoted text cannot begin with `@`",
            "2:1 duplicate key `a`; the first is in line 1",
            "3:8 `{{` starts a map here, not a template",
            "3:17 duplicate key `d`; the first is in line 3"
        ]
    );
    assert_eq!(tree.as_ref().map(outline).as_deref(), Some(r#"{a: "@x", a: 2, c: {d: "{{ y }}", d: 1}}"#));
}

#[test]
fn hundreds_of_slips_that_stop_the_parser_come_in_one_go() {
    let text: String = (0..600).map(|at| format!("key{at}: @x\n")).collect();
    let (tree, diagnostics) = read(&Source::new("a.yaml", text));
    assert_eq!((diagnostics.len(), tree.is_some()), (600, true));
}

#[test]
fn a_slip_reads_well() {
    let (_, diagnostics) = read(&Source::new("suites/a.yaml", "suite: x\nb: {json: $[0].name}\n"));
    assert_eq!(
        diagnostics.iter().map(render).collect::<Vec<_>>().join("\n"),
        "suites/a.yaml:2:11: `[` ends the unquoted text before it here\n  |\n2 | b: {json: $[0].name}\n  |           ^^^^^^^^^\n  = help: quote the text: '$[0].name'"
    );
}

#[test]
fn bytes_that_are_no_text_are_pointed_at() {
    let check = |bytes: &[u8], expected: &str| {
        let diagnostic = from_bytes("a.yaml", bytes).expect_err("these are no text");
        assert_eq!(render(&diagnostic), expected);
    };
    check(
        b"a: 1\nb: \xff\xfe x\n",
        "a.yaml:2:4: this is not UTF-8 text\n  |\n2 | b: \u{fffd}\u{fffd} x\n  |    ^\n  = help: save the file as UTF-8",
    );
    check(
        b"\xff\xfea\0:\0",
        "a.yaml:1:1: this is not UTF-8 text\n  |\n1 | \u{fffd}\u{fffd}a\\u{0}:\\u{0}\n  | ^\n  = help: the file is UTF-16; save it as UTF-8",
    );
    assert_eq!(from_bytes("a.yaml", "ä: 1".as_bytes()).map(|source| source.text.clone()), Ok(String::from("ä: 1")));
    let large = from_bytes("a.yaml", &vec![b'a'; MAX_FILE + 1]).expect_err("this is too large");
    assert_eq!(large.message, "the file has 16000001 bytes; 16000000 are the most");
}

#[test]
fn hostile_texts_end_in_an_error() {
    let check = |text: &str, expected: &str| {
        let (tree, diagnostics) = read(&Source::new("a.yaml", text));
        let messages: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
        assert_eq!(messages, [expected], "{}", &text[..text.len().min(200)]);
        assert_eq!(tree, None);
    };
    let too_deep = "more than 100 lists and maps stand within each other";
    check(&"[".repeat(20_000), too_deep);
    check(&"{a: ".repeat(20_000), too_deep);
    check(&"- ".repeat(20_000), too_deep);
    check(&(0..5_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>(), too_deep);
    check(&format!("{}{}{}", "- ".repeat(80), "[".repeat(80), "]".repeat(80)), too_deep);
    let chain: String = (1..300).map(|level| format!("a{level}: &a{level} [*a{}]\n", level - 1)).collect();
    check(&format!("a0: &a0 []\n{chain}"), too_deep);

    let many = "the file holds more than 500000 values, those that aliases repeat included";
    let bomb: String = (1..10).map(|level| format!("l{level}: &l{level} [{}]\n", vec![format!("*l{}", level - 1); 9].join(", "))).collect();
    check(&format!("l0: &l0 [x, x]\n{bomb}"), many);
    let merges: String = (0..40).map(|at| format!("m{at}: {{<<: [{}]}}\n", vec!["*b"; 100].join(", "))).collect();
    let base: String = (0..100).map(|at| format!("k{at}: 1, ")).collect();
    check(&format!("b: &b {{{base}}}\n{merges}"), many);
    check(&"- a\n".repeat(600_000), many);
    let text = "x".repeat(100_000);
    check(&format!("a: &a {text}\nb: [{}]", vec!["*a"; 1_000].join(", ")), "aliases repeat more than 8000000 bytes of text");
    let nested = format!("{}{}{}", (0..90).map(|level| format!("&n{level} [")).collect::<String>(), "a, ".repeat(20_000), "]".repeat(90));
    check(&format!("a: {nested}\nb: *n0"), "`*n0` repeats too much");

    let anchors: String = (0..20_000).map(|at| format!("- &a{at} {{}}\n")).collect();
    check(&anchors, "the file holds more than 10000 anchors");

    check(&format!("a: '{}", "x\n ".repeat(1_000_000)), "the quote that opens here is never closed");
    check(&format!("a: \"{}", "\\\\".repeat(1_000_000)), "the quote that opens here is never closed");
    check(&"x".repeat(MAX_FILE + 1), "the file has 16000001 bytes; 16000000 are the most");
    check("a: x\0y", "`\\u{0}` cannot stand here");
}

#[test]
fn complaints_are_bounded() {
    for line in ["a: @x\n", "- {{ x }}\n", "- x #y\n", "a: 1\n", "- !x {}\n", "- &a x\n", "- 1e999\n"] {
        let (_, diagnostics) = read(&Source::new("a.yaml", line.repeat(100_000)));
        assert!((2..=MAX_DIAGNOSTICS).contains(&diagnostics.len()), "{line}: {}", diagnostics.len());
    }
}

#[test]
fn a_suite_of_ten_thousand_cases_is_read() {
    let case = |at: usize| {
        format!(
            "  - case: plugin {at} answers\n    tags: [smoke, links]\n    steps:\n      - get: /plugins/{at}\n        query: {{fields: all}}\n        expect:\n          status: 200\n          json:\n            $.name: plugin-{at}\n            $.authors: {{count: {{at_least: 1}}}}\n"
        )
    };
    let text: String = std::iter::once(String::from("suite: Large\ncases:\n")).chain((0..10_000).map(case)).collect();
    assert!(text.len() > 2_000_000);
    let (tree, diagnostics) = read(&Source::new("a.yaml", text));
    assert_eq!(diagnostics, []);
    assert_eq!(tree.unwrap().get("cases").and_then(Node::items).map(<[Node]>::len), Some(10_000));
}
