//! Routes, shapes and oddities of the API, and what must hold between its routes.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use prodiff_sandbox::{Environment, Fault, Options, Sandbox};
use serde_json::{Value, json};

use crate::client::{Answer, api, index, on, raw, send, web};

const STAGING: Environment = Environment::Staging;
const PRODUCTION: Environment = Environment::Production;

fn names(rows: &Value) -> Vec<String> {
    rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_the_routes_say_of_one_plugin_agrees_in_every_environment() {
    for options in [Options::still(), Options { clock: prodiff_sandbox::Clock::Frozen, ..Options::default() }] {
        on(options, async |sandbox| {
            for environment in Environment::ALL {
                agrees(sandbox, environment).await;
            }
        });
    }
}

async fn agrees(sandbox: &Sandbox, environment: Environment) {
    let rows = index(sandbox, environment).await;
    assert!((140..160).contains(&rows.len()));
    for (name, row) in &rows {
        assert_eq!(row["visibility"], "public");
        let whole = api(sandbox, environment, &format!("/plugins/{name}")).await;
        assert_eq!(whole.status, 200);
        let whole = whole.json();
        for (key, value) in row.as_object().unwrap().iter().filter(|(key, _)| *key != "total_installs") {
            assert_eq!(whole[key], *value, "{key} of {name}");
        }
        let version = row["version"].as_str().unwrap();
        assert_eq!(api(sandbox, environment, &format!("/plugins/{name}/versions/{version}")).await.json(), whole);
        let metrics = api(sandbox, environment, &format!("/metrics/{name}")).await.json();
        assert_eq!(metrics["usage"]["stats"]["total_installs"], row["total_installs"]);
        assert_eq!(api(sandbox, environment, &format!("/shields/{name}")).await.json()["message"], **name);
    }

    let all = api(sandbox, environment, "/plugins/index/all").await.json();
    let everybody: BTreeSet<String> = names(&all).into_iter().collect();
    assert!(rows.keys().all(|name| everybody.contains(name)));
    assert!(all.as_array().unwrap().iter().all(|row| row.get("total_installs").is_none()));
    let of = |visibility: &str| {
        let rows = all.as_array().unwrap().iter().filter(|row| row["visibility"] == visibility);
        rows.map(|row| row["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!([of("hidden").len(), of("blocked").len()], [2, 2]);
    for hidden in of("hidden") {
        assert!(!rows.contains_key(&hidden));
        assert_eq!(api(sandbox, environment, &format!("/plugins/{hidden}")).await.json()["visibility"], "hidden");
    }
    for blocked in of("blocked") {
        assert!(!rows.contains_key(&blocked));
        assert_eq!(api(sandbox, environment, &format!("/plugins/{blocked}")).await.status, 404);
        assert_eq!(api(sandbox, environment, &format!("/shields/{blocked}")).await.json()["message"], "plugin not found");
    }

    let home = api(sandbox, environment, "/plugin/home/sections/newest,top_installed,plugin_types,recently_updated?limit=5").await.json();
    let mut seen = BTreeSet::new();
    for (section, content) in home.as_object().unwrap() {
        let members = names(&content["plugins"]);
        assert_eq!(members.len(), 5, "{section}");
        for member in members {
            assert!(rows.contains_key(&member));
            assert!(seen.insert(member), "a plugin is in one section at most");
        }
    }
    let kind = &home["plugin_types"]["type"];
    assert!(home["plugin_types"]["plugins"].as_array().unwrap().iter().all(|card| {
        let types = rows[card["name"].as_str().unwrap()]["plugin_types"].as_array().unwrap();
        types.contains(kind)
    }));
    for (section, key) in [("newest", "first_released"), ("recently_updated", "release_date"), ("top_installed", "total_installs")] {
        let values: Vec<&Value> = home[section]["plugins"].as_array().unwrap().iter().map(|card| &card[key]).collect();
        let descending = |pair: &[&Value]| match (pair[0].as_str(), pair[1].as_str()) {
            (Some(first), Some(second)) => first >= second,
            (None, _) | (_, None) => pair[0].as_u64() >= pair[1].as_u64(),
        };
        assert!(values.windows(2).all(descending), "{section}: {values:?}");
    }

    let page = web(sandbox, environment, "/plugins").await;
    assert_eq!(names(&page.props()["index"]).len(), rows.len());
    let sitemap = web(sandbox, environment, "/sitemap.xml").await.text;
    let own = format!("<loc>{}/plugins/", sandbox.urls(environment).web);
    let listed: BTreeSet<&str> = sitemap.split(&own).skip(1).map(|rest| rest.split_once("</loc>").unwrap().0).collect();
    assert_eq!(listed, rows.keys().map(String::as_str).collect());
}

#[test]
fn errors_are_plain_text_with_the_content_types_of_the_model() {
    on(Options::still(), async |sandbox| {
        let base = &sandbox.urls(STAGING).api;
        let check = async |method: &str, path: &str, expected: (u16, &str, &str)| {
            let answer = send(base, method, path, &[]).await;
            let content_type = answer.header("content-type").unwrap().split(';').next().unwrap();
            assert_eq!((answer.status, content_type, answer.text.trim_end()), expected, "{method} {path}");
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{method} {path}");
        };
        let html = "text/html";
        check("GET", "/plugins/nobody", (404, html, "Plugin does not exist")).await;
        check("GET", "/plugins/nobody/versions/1", (404, html, "Plugin does not exist")).await;
        check("GET", "/manifest/nobody", (404, html, "Plugin does not exist")).await;
        check("GET", "/plugin/home/sections/newest?limit=abc", (500, html, "Internal Server Error")).await;
        check("GET", "/plugin/home/sections/newest?limit=", (500, html, "Internal Server Error")).await;
        check("GET", "/plugin/home/sections/plugin_types?limit=-1", (500, html, "Internal Server Error")).await;
        check("PUT", "/plugins/index", (500, html, "Internal Server Error")).await;
        check("DELETE", "/plugins/index", (500, html, "Internal Server Error")).await;
        check("POST", "/plugins/index", (401, html, "Unauthorized Access")).await;
        check("POST", "/nowhere", (401, html, "Unauthorized Access")).await;
        check("OPTIONS", "/plugins/index", (200, html, "")).await;
        for path in ["/plugins", "/plugins/", "/nowhere", "/plugins/a/b", "/metrics/", "//", "/plugins//versions/1"] {
            let answer = send(base, "GET", path, &[]).await;
            assert_eq!((answer.status, answer.header("content-type")), (404, Some("text/plain; charset=utf-8")), "{path}");
            assert!(answer.text.contains("/plugins/index/all") && answer.text.contains("/metrics/<name>"), "{path}");
        }
        assert_eq!(send(base, "POST", "/plugins/index", &["x-api-key: sandbox-api-key"]).await.status, 500);
        assert_eq!(send(base, "POST", "/plugins/index", &["x-api-key: wrong"]).await.status, 401);
    });
}

#[test]
fn who_nobody_knows_gets_an_empty_answer_where_the_model_gives_one() {
    on(Options::still(), async |sandbox| {
        let get = async |path: &str| {
            let answer = api(sandbox, STAGING, path).await;
            assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")), "{path}");
            answer.json()
        };
        assert_eq!(get("/categories/nothing").await, json!([]));
        assert_eq!(get("/categories/segmentation/versions/nothing").await, json!([]));
        assert_eq!(get("/categories/Segmentation/versions/TERMS:alpha06").await, get("/categories/segmentation").await);
        assert_eq!(get("/categories/segmentation").await.as_array().unwrap().len(), 2);
        assert!(get("/categories").await.as_object().unwrap().len() > 125);
        assert_eq!(get("/plugin/home/sections/unknown,others").await, json!({}));
        assert_eq!(get("/plugin/home/sections/unknown,newest?limit=0").await, json!({"newest": {"plugins": []}}));
        assert_eq!(get("/shields/nobody").await["message"], "plugin not found");
        let metrics = get("/metrics/nobody?limit=2").await;
        assert_eq!(metrics["usage"]["stats"], json!({"installs_in_last_30_days": 0, "total_installs": 0}));
        assert_eq!(metrics["maintenance"]["stats"], json!({"latest_commit_timestamp": null, "total_commits": 0}));
        assert_eq!(metrics["usage"]["timeline"].as_array().unwrap().len(), 2);
        let n_listed = index(sandbox, STAGING).await.len();
        let all_but_two = get("/plugin/home/sections/newest?limit=-2").await;
        assert_eq!(all_but_two["newest"]["plugins"].as_array().unwrap().len(), n_listed - 2);
    });
}

#[test]
fn timelines_are_months_that_end_with_the_last_one() {
    let start: DateTime<Utc> = "2026-01-31T23:59:59Z".parse().unwrap();
    on(Options { start: Some(start), ..Options::still() }, async |sandbox| {
        let name = index(sandbox, STAGING).await.into_keys().next().unwrap();
        let timeline = async |query: &str| {
            let metrics = api(sandbox, STAGING, &format!("/metrics/{name}{query}")).await.json();
            let stamps = |part: &str| {
                let rows = metrics[part]["timeline"].as_array().unwrap();
                rows.iter().map(|row| row["timestamp"].as_i64().unwrap()).collect::<Vec<_>>()
            };
            assert_eq!(stamps("usage"), stamps("maintenance"));
            stamps("usage")
        };
        let month = |back: u32| {
            let first = NaiveDate::from_ymd_opt(start.year(), start.month(), 1).unwrap() - Months::new(back);
            first.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_millis()
        };
        assert_eq!(timeline("?limit=3").await, [month(3), month(2), month(1)]);
        assert_eq!(timeline("").await, (1..=12).rev().map(month).collect::<Vec<_>>());
        assert_eq!(timeline("?limit=15&limit=2").await.len(), 15);
        for odd in ["?limit=0", "?limit=-4", "?limit=abc", "?limit=", "?limit=%ff"] {
            assert!(timeline(odd).await.is_empty(), "{odd}");
        }
        assert_eq!(timeline("?limit=99999999999999999999").await.len(), 1_200);
    });
}

#[test]
fn bodies_are_indented_ascii_with_sorted_keys() {
    on(Options::still(), async |sandbox| {
        for path in ["/plugins/index", "/metrics/nobody", "/shields/nobody", "/categories"] {
            let answer = api(sandbox, STAGING, path).await;
            assert!(answer.text.is_ascii(), "{path}");
            // serde_json sorts keys and indents by two; of letters beyond ASCII it writes themselves.
            let again = format!("{:#}\n", answer.json());
            let escaped: String = again
                .chars()
                .map(|letter| if letter.is_ascii() { letter.to_string() } else { format!("\\u{:04x}", letter as u32) })
                .collect();
            assert_eq!(answer.text, escaped, "{path}");
        }
        assert!(api(sandbox, STAGING, "/plugins/index").await.text.contains("\\u00b5"));
    });
}

#[test]
fn fields_are_absent_or_null_now_and_then() {
    on(Options::still(), async |sandbox| {
        let rows = index(sandbox, STAGING).await;
        let share = |key: &str| rows.values().filter(|row| row.get(key).is_some()).count();
        for key in ["category", "npe2", "python_version"] {
            assert!(share(key) > 5 && share(key) < rows.len(), "{key}: {}", share(key));
        }
        assert_eq!(share("error_message"), 1);
        assert!(rows.values().any(|row| row["code_repository"].is_null()));
        assert!(rows.values().any(|row| row["display_name"] == ""));
        assert!(rows.keys().filter(|name| **name != name.to_lowercase()).count() > 5);
        let mixed = rows.keys().find(|name| **name != name.to_lowercase()).unwrap();
        assert_eq!(api(sandbox, STAGING, &format!("/plugins/{}", mixed.to_lowercase())).await.status, 404);
        let mut wholes = Vec::new();
        for name in rows.keys() {
            wholes.push(api(sandbox, STAGING, &format!("/plugins/{name}")).await.json());
        }
        assert!(wholes.iter().any(|whole| whole["requirements"].is_null()));
        for key in ["conda", "citations", "category_hierarchy"] {
            let n = wholes.iter().filter(|whole| whole.get(key).is_some()).count();
            assert!(n > 0 && n < wholes.len(), "{key}: {n}");
        }
    });
}

#[test]
fn manifests_are_there_failed_or_not_built_yet() {
    on(Options::still(), async |sandbox| {
        let mut seen = BTreeSet::new();
        for (name, row) in index(sandbox, STAGING).await {
            let answer = api(sandbox, STAGING, &format!("/manifest/{name}")).await;
            let again = api(sandbox, STAGING, &format!("/manifest/{name}/versions/{}", row["version"].as_str().unwrap())).await;
            assert_eq!((answer.status, &answer.text), (again.status, &again.text));
            match answer.status {
                200 => assert_eq!(answer.json()["name"], name),
                404 => assert_eq!(answer.text, "Plugin Manifest Not Found. Manifest discovery failed."),
                503 => assert_eq!(answer.header("retry-after"), Some("300")),
                other => panic!("{other}"),
            }
            seen.insert(answer.status);
        }
        assert_eq!(seen, BTreeSet::from([200, 404, 503]));
    });
}

#[test]
fn only_production_caches() {
    on(Options::still(), async |sandbox| {
        let cache = |answer: &Answer| {
            ["cache-control", "age", "x-cache", "etag", "last-modified", "vary"].map(|name| answer.header(name).map(str::to_owned))
        };
        for environment in [Environment::Dev, STAGING] {
            assert_eq!(cache(&api(sandbox, environment, "/plugins/index").await), [const { None }; 6]);
        }
        let some = |value: &str| Some(value.to_owned());
        let first = cache(&api(sandbox, PRODUCTION, "/plugins/index").await);
        assert_eq!(first, [some("max-age=5"), None, some("Miss from gateway"), None, None, None]);
        let second = cache(&api(sandbox, PRODUCTION, "/plugins/index").await);
        assert_eq!(second, [some("max-age=5"), some("0"), some("Hit from gateway"), None, None, None]);
        sandbox.advance(std::time::Duration::from_secs(1));
        assert_eq!(cache(&api(sandbox, PRODUCTION, "/plugins/index").await)[1], some("1"));
        // At two seconds production renews its data.
        sandbox.advance(std::time::Duration::from_secs(1));
        assert_eq!(cache(&api(sandbox, PRODUCTION, "/plugins/index").await)[2], some("Miss from gateway"));
        assert_eq!(cache(&api(sandbox, PRODUCTION, "/plugins/nobody").await)[..2], [None, None]);
    });
}

#[test]
fn lists_without_order_come_in_another_one_elsewhere() {
    on(Options::still(), async |sandbox| {
        let staging = api(sandbox, STAGING, "/plugins/index").await.json();
        let production = api(sandbox, PRODUCTION, "/plugins/index").await.json();
        assert_ne!(names(&staging), names(&production));
        let (staging, production) = (index(sandbox, STAGING).await, index(sandbox, PRODUCTION).await);
        let mut n_reordered = 0;
        for (name, row) in staging {
            for (key, value) in row.as_object().unwrap() {
                let other = &production[&name][key];
                let sorted = |value: &Value| {
                    let mut items: Vec<String> = value.as_array().unwrap().iter().map(Value::to_string).collect();
                    items.sort();
                    items
                };
                match key.as_str() {
                    "operating_system" | "plugin_types" | "reader_file_extensions" | "writer_file_extensions" | "writer_save_layers" => {
                        assert_eq!(sorted(value), sorted(other), "{name}.{key}");
                        n_reordered += usize::from(value != other);
                    }
                    "category" => {}
                    _ => assert_eq!(value, other, "{name}.{key}"),
                }
            }
        }
        assert!(n_reordered > 20);
    });
}

#[test]
fn frozen_answers_are_the_same_twice_but_for_the_random_section() {
    on(Options::still(), async |sandbox| {
        for environment in Environment::ALL {
            let name = index(sandbox, environment).await.into_keys().next().unwrap();
            for path in ["/plugins/index", "/plugins/index/all", "/categories", "/plugin/home/sections/newest,top_installed"] {
                assert_eq!(api(sandbox, environment, path).await.text, api(sandbox, environment, path).await.text, "{path}");
            }
            for path in [format!("/plugins/{name}"), format!("/metrics/{name}"), format!("/manifest/{name}")] {
                assert_eq!(api(sandbox, environment, &path).await.text, api(sandbox, environment, &path).await.text, "{path}");
            }
            for path in ["/plugins", "/about", "/sitemap.xml", "/plugins/nobody"] {
                let without_date = async || {
                    let mut answer = web(sandbox, environment, path).await;
                    answer.headers.retain(|(name, _)| name != "date");
                    answer
                };
                assert_eq!(without_date().await, without_date().await, "{path}");
            }
        }
        let random = "/plugin/home/sections/plugin_types?limit=9";
        assert_ne!(api(sandbox, STAGING, random).await.text, api(sandbox, STAGING, random).await.text);
        // Production's gateway holds it.
        assert_eq!(api(sandbox, PRODUCTION, random).await.text, api(sandbox, PRODUCTION, random).await.text);
    });
}

#[test]
fn head_tells_the_length_and_sends_nothing() {
    on(Options::still(), async |sandbox| {
        let get = api(sandbox, STAGING, "/plugins/index").await;
        let head = send(&sandbox.urls(STAGING).api, "HEAD", "/plugins/index", &[]).await;
        assert_eq!((head.status, head.text.as_str()), (200, ""));
        assert_eq!(head.header("content-length"), Some(get.text.len().to_string().as_str()));
    });
}

#[test]
fn odd_requests_get_an_answer_and_harm_nobody() {
    on(Options { faults: vec![(PRODUCTION, Fault::DebugErrors)], ..Options::still() }, async |sandbox| {
        let long = format!("/plugins/{}", "x".repeat(60_000));
        let deep = "/a".repeat(20_000);
        let csv = format!("/plugin/home/sections/{}?limit=999999999999999999999", "newest,".repeat(5_000));
        let paths = [
            "/plugins/%",
            "/plugins/%zz",
            "/plugins/%ff%fe",
            "/plugins/%00",
            "/plugins/..%2f..%2fetc",
            "/%2e%2e/",
            "/metrics/a?limit=%",
            "/?&&==&",
            "/plugins/%3Cscript%3E",
            "/plugin/home/sections/newest?limit=-9223372036854775808",
            "/categories/%F0%9F%A6%80",
            "/plugins/a%22b'c%3Cd%3E",
            "*",
            "/plugins/index?limit=1",
            &long,
            &deep,
            &csv,
        ];
        for environment in [STAGING, PRODUCTION] {
            let urls = sandbox.urls(environment);
            for path in paths {
                for base in [&urls.api, &urls.web] {
                    for method in ["GET", "HEAD", "OPTIONS", "PATCH"] {
                        let request = format!("{method} {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
                        let answer = raw(base, request.as_bytes()).await.unwrap();
                        let start: String = path.chars().take(60).collect();
                        assert!(answer.starts_with("HTTP/1.1 "), "{method} {start}: {answer:?}");
                        assert!(!answer.contains("<script>"), "{method} {start}");
                    }
                }
            }
            for bytes in [&b"\0\0\0\r\n\r\n"[..], b"GET / HTTP/9.9\r\n\r\n", b"GET \xff HTTP/1.1\r\nhost: a\r\n\r\n"] {
                // Nonsense may be refused or cut off; the next request must be served.
                let _ = raw(&urls.api, bytes).await;
            }
            assert_eq!(api(sandbox, environment, "/plugins/index").await.status, 200);
            assert_eq!(web(sandbox, environment, "/").await.status, 200);
        }
    });
}
