//! What the web port serves.

use prodiff_sandbox::{Environment, Options, Release};

use crate::client::{Answer, index, on, send, web};

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
            let installs = between(&page.text, "data-testid=\"totalInstalls\">", "</span>").unwrap();
            assert_eq!(installs, row["total_installs"].to_string(), "{name}");
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
        let list = web(sandbox, STAGING, "/plugins").await.text;
        assert!(list.contains("&amp; draws") && list.contains("&lt; 5 µm") && list.contains("&quot;profiles&quot;"));
    });
}

#[test]
fn the_next_release_differs_where_it_says_and_nowhere_else() {
    on(Options::still(), async |sandbox| {
        let before = index(sandbox, STAGING).await;
        let name = before.iter().find(|(_, row)| row.get("python_version").is_some()).unwrap().0.clone();
        let about = async || web(sandbox, STAGING, "/about").await;
        let text = |answer: &Answer| between(&answer.text, "<main>", "</main>").unwrap().to_owned();
        let about_before = about().await;
        sandbox.deploy(STAGING, Release::Next, &[]);
        let about_after = about().await;
        assert_ne!(text(&about_before), text(&about_after));
        assert_eq!(about_before.header("referrer-policy"), None);
        assert_eq!(about_after.header("referrer-policy"), Some("strict-origin-when-cross-origin"));

        let after = index(sandbox, STAGING).await;
        let mut n_changed = 0;
        for (name, row) in &before {
            for (key, value) in row.as_object().unwrap() {
                let now = &after[name][key];
                match (key.as_str(), value.as_str()) {
                    ("python_version", Some(specifier)) => {
                        assert_eq!(*now, format!("{specifier},<4"));
                        n_changed += 1;
                    }
                    _ if value.is_array() || value.is_object() => {}
                    _ => assert_eq!(now, value, "{name}.{key}"),
                }
            }
        }
        assert!(n_changed > 100);
        let whole = crate::client::api(sandbox, STAGING, &format!("/plugins/{name}")).await.json();
        assert!(whole["python_version"].as_str().unwrap().ends_with(",<4"));
    });
}
