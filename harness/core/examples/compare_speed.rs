//! How long reading and comparing 10 MB takes: `cargo run --release -p prodiff-core --example compare_speed`.
//!
//! The goals of the design: 10 MB against 10 MB, unchanged 150 ms, every row volatile 500 ms, never quadratic.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a timing printed for people, outside the core"
)]

use std::{fmt::Write as _, hint::black_box, time::Instant};

use prodiff_core::{
    compare::{self, Options},
    json::{self, Json, Selector},
};

/// Rows like those of a plugin index, about 10 MB of them.
const N_ROWS: usize = 14_000;

fn index(revision: usize, keyed: bool) -> String {
    let mut text = String::from("[");
    for row in 0..N_ROWS {
        if row > 0 {
            text.push(',');
        }
        let name = if keyed { format!("\"name\":\"plugin-{row}\",") } else { String::new() };
        write!(
            text,
            "{{{name}\"authors\":[{{\"email\":\"user{row}@example.org\",\"name\":\"Author {row}\"}}],\
             \"category\":{{\"Supported data\":[\"2D\",\"3D\"],\"Workflow step\":[\"Image registration\"]}},\
             \"code_repository\":\"https://example.org/{}/plugin\",\"description_content_type\":\"text/markdown\",\
             \"development_status\":[\"Development Status :: 3 - Alpha\"],\"display_name\":\"Plugin {}\",\
             \"first_released\":\"2021-02-04T10:12:07.298699Z\",\"license\":\"BSD-3-Clause\",\"npe2\":true,\
             \"operating_system\":[\"Operating System :: OS Independent\"],\"plugin_types\":[\"widget\",\"reader\"],\
             \"python_version\":\">=3.{}\",\"reader_file_extensions\":[\"*.tif\",\"*.png\"],\
             \"generated\":\"2026-11-23T10:{:02}:{:02}Z\",\"summary\":\"Quickly find the affine matrix mapping one image to another\",\
             \"total_installs\":{},\"version\":\"0.{}.3\",\"visibility\":\"public\",\"writer_save_layers\":[]}}",
            row % 977,
            row % 1013,
            row % 12,
            revision % 60,
            row % 60,
            row * 31 + revision,
            row % 9,
        )
        .expect("writing to a string cannot fail");
    }
    text.push(']');
    text
}

fn time<T>(what: &str, work: impl Fn() -> T) -> T {
    let mut best = f64::INFINITY;
    let mut last = work();
    for _ in 0..5 {
        let start = Instant::now();
        let result = black_box(work());
        best = best.min(start.elapsed().as_secs_f64());
        last = result;
    }
    println!("{what:<58} {:>7.1} ms", best * 1_000.0);
    last
}

fn main() {
    let text = index(1, true);
    println!("{:.1} MB a side, {N_ROWS} rows; best of five", text.len() as f64 / 1e6);
    let read = |text: &str| json::read(text).expect("the text is JSON").json;
    let one = time("read", || read(&text));
    time("write, two-space", || json::to_pretty(&one));
    let (same, volatile) = (read(&text), read(&index(7, true)));
    let none = Options::default();
    let run = |what: &str, one: &Json, two: &Json, options: &Options| {
        let comparison = time(what, || compare::json(one, two, options));
        println!("    {} differences, {} statements", comparison.n_differences, comparison.statements.len());
    };
    run("compare, unchanged", &one, &same, &none);
    run("compare, every row volatile in two fields, key inferred", &one, &volatile, &none);
    let mut shuffled = same.clone();
    if let Json::List(rows) = &mut shuffled {
        rows.reverse();
    }
    run("compare, rows reversed", &one, &shuffled, &none);
    let (unkeyed, unkeyed_volatile) = (read(&index(1, false)), read(&index(7, false)));
    run("compare, every row volatile, nothing tells rows apart", &unkeyed, &unkeyed_volatile, &none);
    let mut fewer = unkeyed_volatile.clone();
    if let Json::List(rows) = &mut fewer {
        rows.remove(N_ROWS / 2);
    }
    run("compare, the same with one row lost (bound met)", &unkeyed, &fewer, &none);
    let selector = |text: &str| Selector::parse(text).expect("a JSONPath");
    let rules = Options {
        unordered: vec![selector("$[*].plugin_types"), selector("$..operating_system")],
        tolerance: vec![(selector("$..total_installs"), "5%".parse().expect("a tolerance"))],
        ..Options::default()
    };
    run("compare, every row volatile, three rules", &one, &volatile, &rules);
}
