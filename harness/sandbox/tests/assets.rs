//! The files that pages need, and that what a browser reads of a page agrees with what a reader without one sees.

use std::collections::BTreeSet;

use prodiff_sandbox::{Environment, Fault, Options, Release};

use crate::client::{api, index, on, web};

const STAGING: Environment = Environment::Staging;
const PRODUCTION: Environment = Environment::Production;

const FILES: [(&str, &str); 8] = [
    ("app.css", "text/css; charset=utf-8"),
    ("app.js", "text/javascript; charset=utf-8"),
    ("hero.svg", "image/svg+xml"),
    ("plugin.js", "text/javascript; charset=utf-8"),
    ("plugins.js", "text/javascript; charset=utf-8"),
    ("popup.js", "text/javascript; charset=utf-8"),
    ("search.js", "text/javascript; charset=utf-8"),
    ("text.js", "text/javascript; charset=utf-8"),
];

/// What follows each occurrence of `start`, up to `end`.
fn all<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    text.split(start).skip(1).map(|rest| rest.split_once(end).unwrap().0).collect()
}

#[test]
fn files_belong_to_their_build_and_never_change() {
    on(Options::still(), async |sandbox| {
        let before = sandbox.build(STAGING);
        for (name, content_type) in FILES {
            let file = web(sandbox, STAGING, &format!("/_next/static/{before}/{name}")).await;
            assert_eq!((file.status, file.header("content-type")), (200, Some(content_type)), "{name}");
            assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"), "{name}");
        }
        for gone in [format!("/_next/static/{before}/other.js"), format!("/_next/static/{}/app.js", sandbox.build(PRODUCTION))] {
            assert_eq!(web(sandbox, STAGING, &gone).await.status, 404, "{gone}");
        }
        sandbox.deploy(STAGING, Release::Current, &[]);
        assert_eq!(web(sandbox, STAGING, &format!("/_next/static/{before}/app.js")).await.status, 404);
    });
}

#[test]
fn everything_that_a_page_names_is_there() {
    on(Options::still(), async |sandbox| {
        let plugin = format!("/plugins/{}", index(sandbox, STAGING).await.into_keys().next().unwrap());
        let mut named = BTreeSet::new();
        for path in ["/", "/plugins", &plugin, "/about", "/sitemap", "/plugins/no-such", "/nowhere"] {
            let page = web(sandbox, STAGING, path).await.text;
            let (tags, folder) = (page.split_once("<script id=").unwrap().0, format!("/_next/static/{}/", sandbox.build(STAGING)));
            assert!(tags.contains(&format!("{folder}app.js")) && tags.contains(&format!("{folder}app.css")), "{path}");
            named.extend(all(tags, "src=\"", "\"").into_iter().map(str::to_owned));
            let links = all(tags, "<link rel=\"", ">").into_iter().filter(|link| !link.starts_with("canonical"));
            named.extend(links.map(|link| all(link, "href=\"", "\"")[0].to_owned()));
            assert!(!tags.contains("src=\"http"), "{path} loads what is not its own");
        }
        assert_eq!(named.len(), 4, "{named:?}");
        for path in named.iter().map(String::as_str).chain(["/favicon.ico"]) {
            assert_eq!(web(sandbox, STAGING, path).await.status, 200, "{path}");
        }
    });
}

#[test]
fn scripts_import_only_what_is_there() {
    on(Options::still(), async |sandbox| {
        let folder = format!("/_next/static/{}", sandbox.build(STAGING));
        let mut n_imports = 0;
        for (name, _) in FILES.into_iter().filter(|(name, _)| name.ends_with(".js")) {
            let script = web(sandbox, STAGING, &format!("{folder}/{name}")).await.text;
            for imported in all(&script, "'./", "'") {
                assert!(FILES.iter().any(|(known, _)| *known == imported), "{name} imports {imported}");
                n_imports += 1;
            }
        }
        assert!(n_imports >= 6, "{n_imports}");
    });
}

#[test]
fn mixed_builds_have_the_files_of_both() {
    on(Options::still(), async |sandbox| {
        sandbox.set_faults(STAGING, &[Fault::MixedBuilds]);
        let mut builds = BTreeSet::new();
        for _ in 0..2 {
            let build = web(sandbox, STAGING, "/about").await.build();
            // However many files a page needs, the next page is the other build's.
            for name in ["app.css", "app.js", "plugin.js"] {
                assert_eq!(web(sandbox, STAGING, &format!("/_next/static/{build}/{name}")).await.status, 200);
            }
            builds.insert(build);
        }
        assert_eq!(builds.len(), 2);
    });
}

#[test]
fn the_list_holds_the_index_of_the_api() {
    on(Options::still(), async |sandbox| {
        let page = web(sandbox, PRODUCTION, "/plugins").await;
        assert_eq!(page.props()["index"], api(sandbox, PRODUCTION, "/plugins/index").await.json());
        // The first page, latest release first, as the scripts will show it again.
        let shown = all(&page.text, "data-testid=\"searchResultName\">", "</p>");
        let rows = index(sandbox, PRODUCTION).await;
        let released: Vec<&str> = shown.iter().map(|name| rows[*name]["release_date"].as_str().unwrap()).collect();
        assert_eq!(shown.len(), 15);
        assert!(released.is_sorted_by(|a, b| a >= b), "{released:?}");
        let latest = rows.values().map(|row| row["release_date"].as_str().unwrap()).max();
        assert_eq!(released.first().copied(), latest);
        let n_pages = rows.len().div_ceil(15);
        assert!(page.text.contains(&format!("<span data-testid=\"paginationValue\">1/{n_pages}</span>")));
    });
}

#[test]
fn narrow_and_wide_markup_are_both_there() {
    on(Options::still(), async |sandbox| {
        let list = web(sandbox, STAGING, "/plugins").await.text;
        let count = |text: &str, what: &str| text.matches(what).count();
        let filters = ["workflowStep", "imageModality", "supportedData", "pluginType", "authors", "python", "operatingSystem", "license"];
        for filter in filters.into_iter().chain(["writerFileExtensions", "readerFileExtensions"]) {
            assert_eq!(count(&list, &format!("data-testid=\"pluginFilter\" data-filter=\"{filter}\"")), 2, "{filter}");
        }
        assert_eq!(count(&list, "data-testid=\"clearAllButton\""), 4);
        assert_eq!(count(&list, "data-testid=\"sortDropdown\""), 1);
        assert_eq!(count(&list, "data-testid=\"sortByRadio\""), 5);
        for title in ["Sort", "Filter by category", "Filter by requirement"] {
            assert_eq!(count(&list, &format!("data-testid=\"accordionSummary\" data-title=\"{title}\"")), 1, "{title}");
        }
        let home = web(sandbox, STAGING, "/").await.text;
        for once in ["mobileMenuButtonContainer", "iconButton", "menu", "menuClose", "searchBarForm", "searchBarInput", "submitQueryButton"]
        {
            for page in [&home, &list] {
                assert_eq!(count(page, &format!("data-testid=\"{once}\"")), 1, "{once}");
            }
        }
        assert_eq!(count(&home, "data-testid=\"pluginSearchResult\""), 9);
    });
}

#[test]
fn tabs_and_links_of_a_plugin_are_those_of_its_data() {
    on(Options::still(), async |sandbox| {
        let (mut n_cited, mut n_authors) = (0, 0);
        for name in index(sandbox, STAGING).await.into_keys() {
            let whole = api(sandbox, STAGING, &format!("/plugins/{name}")).await.json();
            let page = web(sandbox, STAGING, &format!("/plugins/{name}")).await.text;
            let tabs: Vec<&str> = all(&page, "role=\"tab\"", "</button>").into_iter().map(|tab| tab.rsplit_once('>').unwrap().1).collect();
            let is_cited = whole.get("citations").is_some();
            let expected: &[&str] = if is_cited { &["Description", "Activity", "Citation Info"] } else { &["Description", "Activity"] };
            assert_eq!(tabs, expected, "{name}");
            n_cited += usize::from(is_cited);
            let linked: Vec<&str> =
                all(&page, "href=\"/plugins?authors=", "</a>").into_iter().map(|link| link.split_once("\">").unwrap().1).collect();
            let authors: Vec<&str> = whole["authors"].as_array().unwrap().iter().map(|author| author["name"].as_str().unwrap()).collect();
            assert_eq!(linked, authors, "{name}");
            n_authors += authors.len();
        }
        assert!(n_cited >= 3 && n_authors > 200, "{n_cited} {n_authors}");
    });
}
