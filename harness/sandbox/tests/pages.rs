//! What the web port serves.

use prodiff_sandbox::{Environment, Options, Release};
use serde_json::Value;

use crate::client::{api, index, on, send, web};

const STAGING: Environment = Environment::Staging;
const PRODUCTION: Environment = Environment::Production;

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    Some(text.split_once(start)?.1.split_once(end)?.0)
}

#[test]
fn pages_have_the_titles_and_landmarks_of_the_model() {
    on(Options::still(), async |sandbox| {
        let check = async |path: &str, status: u16, title: Option<&str>, landmark: &str| {
            let page = web(sandbox, STAGING, path).await;
            assert_eq!((page.status, between(&page.text, "<title>", "</title>")), (status, title), "{path}");
            assert!(page.text.contains(landmark), "{path}: {}", page.text);
            assert!(page.text.contains("data-testid=\"appBarHome\""), "{path}");
        };
        check("/", 200, Some("napari hub - Image Analysis Plugins for napari"), "<h2>Recently updated</h2>").await;
        let n_plugins = index(sandbox, STAGING).await.len();
        check("/plugins", 200, Some("napari Plugins"), &format!("<h1>Browse plugins: {n_plugins}</h1>")).await;
        check("/about", 200, Some("About - napari hub"), "<h1>About the hub</h1>").await;
        check("/faq", 200, Some("FAQ - napari hub"), "<h1>Frequently asked questions</h1>").await;
        check("/faq", 200, Some("FAQ - napari hub"), "<h2>Why is my plugin missing?</h2><p>Because").await;
        check("/contact", 200, Some("Contact - napari hub"), "<h1>Contact</h1>").await;
        check("/privacy", 200, Some("Privacy - napari hub"), "<h1>Privacy</h1>").await;
        check("/sitemap", 200, Some("Sitemap - napari hub"), "<h1>Sitemap</h1>").await;
        // An error that says 200, as its model does.
        check("/plugins/no-such", 200, Some("napari Plugin"), "<h1>Error: Unable to load plugin &quot;no-such&quot;").await;
        for gone in ["/nowhere", "/collections", "/preview", "/plugins/a/b", "/plugins/", "/fr/about"] {
            check(gone, 404, None, "<h1>404</h1>").await;
        }
    });
}

#[test]
fn every_plugin_has_a_page_that_agrees_with_the_index() {
    on(Options::still(), async |sandbox| {
        for (name, row) in index(sandbox, PRODUCTION).await {
            let page = web(sandbox, PRODUCTION, &format!("/plugins/{name}")).await;
            assert_eq!(page.status, 200);
            assert!(page.text.contains(&format!("<code>pip install {name}</code>")), "{name}");
            assert_eq!(page.props()["name"], name, "what the browser asks the metrics of");
            let shown = if row["display_name"] == "" { &row["name"] } else { &row["display_name"] };
            let title = between(&page.text, "<title>", "</title>").unwrap();
            assert!(title.starts_with(&format!("{} - napari Plugin - ", shown.as_str().unwrap())), "{title}");
            assert!(page.text.contains(&format!("content=\"{}/plugins/{name}\"", sandbox.urls(PRODUCTION).web)), "{name}: og:url");
        }
    });
}

#[test]
fn robots_and_canonical_know_what_production_is() {
    on(Options::still(), async |sandbox| {
        for environment in Environment::ALL {
            for path in ["/", "/plugins", "/about", "/plugins/no-such", "/nowhere"] {
                let page = web(sandbox, environment, path).await.text;
                let noindex = page.contains("<meta name=\"robots\" content=\"noindex\">");
                assert_eq!(noindex, environment != PRODUCTION, "{environment} {path}");
                let canonical = format!("<link rel=\"canonical\" href=\"{}/", sandbox.urls(PRODUCTION).web);
                assert!(page.contains(&canonical), "{environment} {path}");
                let foreign = &sandbox.urls(if environment == STAGING { Environment::Dev } else { STAGING });
                assert!(!page.contains(&foreign.web) && !page.contains(&foreign.api), "{environment} {path}");
            }
            let robots = web(sandbox, environment, "/robots.txt").await.text;
            assert!(robots.contains(&format!("Sitemap: {}/sitemap.xml", sandbox.urls(environment).web)));
            let health = web(sandbox, environment, "/api/health").await;
            assert_eq!((health.status, health.text.as_str()), (200, r#"{"status":"ok"}"#));
        }
    });
}

#[test]
fn every_address_of_the_sitemap_answers() {
    on(Options::still(), async |sandbox| {
        let sitemap = web(sandbox, STAGING, "/sitemap.xml").await;
        assert_eq!(sitemap.header("content-type"), Some("text/xml; charset=utf-8"));
        let own = &sandbox.urls(STAGING).web;
        let mut n_addresses = 0;
        for rest in sitemap.text.split("<loc>").skip(1) {
            let path = rest.split_once("</loc>").unwrap().0.strip_prefix(own.as_str()).unwrap();
            let page = web(sandbox, STAGING, path).await;
            assert!(page.status == 200 && !page.text.contains("<h1>Error"), "{path}");
            n_addresses += 1;
        }
        assert_eq!(n_addresses, 7 + index(sandbox, STAGING).await.len());
    });
}

#[test]
fn pages_say_how_they_may_be_cached_and_can_be_asked_again() {
    on(Options::still(), async |sandbox| {
        let page = web(sandbox, STAGING, "/plugins").await;
        assert_eq!(page.header("cache-control"), Some("private, no-cache, no-store, max-age=0, must-revalidate"));
        assert_eq!(page.header("x-powered-by"), Some("Next.js"));
        let tag = page.header("etag").unwrap();
        let again = send(&sandbox.urls(STAGING).web, "GET", "/plugins", &[&format!("if-none-match: {tag}")]).await;
        assert_eq!((again.status, again.text.as_str()), (304, ""));
        let about = web(sandbox, STAGING, "/about").await;
        assert_eq!(about.header("cache-control"), Some("s-maxage=31536000, stale-while-revalidate"));
        assert_eq!(send(&sandbox.urls(STAGING).web, "POST", "/plugins", &[]).await.status, 405);
    });
}

#[test]
fn what_visitors_write_stays_text() {
    on(Options::still(), async |sandbox| {
        let page = web(sandbox, STAGING, "/plugins/%3C%2Fscript%3E%3Cimg%20src=x%20onerror=%22a%22%3E").await;
        // An encoded slash is a slash to this server.
        assert_eq!(page.status, 404);
        let page = web(sandbox, STAGING, "/plugins/%3Cscript%3E%3Cimg%20src=x%20onerror=%22a%22%3E").await;
        assert_eq!(page.status, 200);
        assert!(!page.text.contains("<img") && !page.text.contains("<script>") && !page.text.contains("\"a\""), "{}", page.text);
        assert!(page.text.contains("&lt;script&gt;&lt;img src=x onerror=&quot;a&quot;&gt;"));
        // Summaries hold markup characters of their own.
        let mut shown = String::new();
        for name in index(sandbox, STAGING).await.into_keys() {
            shown.push_str(&web(sandbox, STAGING, &format!("/plugins/{name}")).await.text);
        }
        assert!(shown.contains("&amp; draws") && shown.contains("&lt; 5 µm") && shown.contains("&quot;profiles&quot;"));
    });
}

#[test]
fn the_next_release_differs_where_it_says_and_nowhere_else() {
    on(Options::still(), async |sandbox| {
        let get = async |path: &str| api(sandbox, STAGING, path).await;
        let names: Vec<String> = index(sandbox, STAGING).await.into_keys().collect();
        let wholes = async || {
            let mut wholes = Vec::new();
            for name in &names {
                wholes.push(sorted(get(&format!("/plugins/{name}")).await.json()));
            }
            wholes
        };
        let rest = async || {
            let mut bodies = Vec::new();
            for path in
                ["/plugin/home/sections/newest,top_installed", "/shields/nobody", "/metrics/nobody", "/categories/2d", "/swagger.yml"]
            {
                let mut answer = get(path).await;
                answer.headers.retain(|(name, _)| name != "date");
                bodies.push(answer);
            }
            bodies
        };
        let main = async |path: &str| {
            let page = web(sandbox, STAGING, path).await;
            let policy = page.header("referrer-policy").map(str::to_owned);
            (between(&page.text, "<main>", "</main>").map(str::to_owned), policy)
        };
        let before = (wholes().await, rest().await, get("/categories").await.json(), main("/about").await, main("/faq").await);
        sandbox.deploy(STAGING, Release::Next, &[]);
        let after = (wholes().await, rest().await, get("/categories").await.json(), main("/about").await, main("/faq").await);

        let (mut n_specifiers, mut n_funded) = (0, 0);
        for (was, mut now) in before.0.into_iter().zip(after.0) {
            if let Some(specifier) = was.get("python_version") {
                assert_eq!(now["python_version"], format!("{},<4", specifier.as_str().unwrap()));
                now["python_version"] = specifier.clone();
                n_specifiers += 1;
            }
            n_funded += usize::from(now.as_object_mut().unwrap().remove("funding").is_some());
            assert_eq!(was, now);
        }
        assert!(n_specifiers > 100 && n_funded > 30 && n_funded < names.len());
        for row in index(sandbox, STAGING).await.values().filter(|row| row.get("python_version").is_some()) {
            assert!(row["python_version"].as_str().unwrap().ends_with(",<4"));
        }
        assert_eq!(before.1, after.1);
        let mut categories = after.2;
        assert!(categories.as_object_mut().unwrap().remove("Quality control").is_some());
        assert_eq!(before.2, categories);
        assert_ne!(before.3.0, after.3.0, "/about");
        assert_eq!(before.4.0, after.4.0, "/faq");
        assert_eq!([before.3.1, before.4.1], [None, None]);
        assert_eq!([after.3.1.as_deref(), after.4.1.as_deref()], [Some("strict-origin-when-cross-origin"); 2]);
    });
}

/// The same with every list in an order of its own, since most mean nothing here.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(sorted).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        Value::Object(fields) => Value::Object(fields.into_iter().map(|(key, field)| (key, sorted(field))).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}
