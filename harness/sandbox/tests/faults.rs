//! Each fault shows where it says, and only while it is there.

use std::time::{Duration, Instant};

use prodiff_sandbox::{Environment, Fault, Options, Release, Sandbox, SiteOptions};
use serde_json::Value;

use crate::client::{Answer, api, index, on, web};

const PRODUCTION: Environment = Environment::Production;

/// A sandbox whose staging and production have the next release.
fn options() -> Options {
    let mut options = Options::still();
    options.sites.staging = SiteOptions { release: Release::Next, ..SiteOptions::default() };
    options.sites.production = options.sites.staging;
    options
}

/// Whether the symptom of a fault is there.
async fn shows(sandbox: &Sandbox, fault: Fault) -> bool {
    let get = async |path: &str| api(sandbox, PRODUCTION, path).await;
    let page = async |path: &str| web(sandbox, PRODUCTION, path).await;
    let rows = async || -> Vec<Value> { get("/plugins/index").await.json().as_array().unwrap().clone() };
    let n_rows = async || rows().await.len();
    let any = async |symptom: fn(&Value) -> bool| rows().await.iter().any(symptom);
    let listed = async || index(sandbox, PRODUCTION).await.into_keys().collect::<Vec<_>>();
    let staging = sandbox.urls(Environment::Staging);
    let asset = async |name: &str| page(&format!("/_next/static/{}/{name}", sandbox.build(PRODUCTION))).await;
    let asset_has = async |name: &str, text: &str| {
        let asset = asset(name).await;
        // What is not there lacks everything.
        assert_eq!(asset.status, 200, "{name}");
        asset.text.contains(text)
    };
    // A plugin that can be cited, and one that is in a category.
    let pages = async || {
        let mut pages = String::new();
        for (name, row) in index(sandbox, PRODUCTION).await {
            if row.get("category").is_some() {
                pages.push_str(&page(&format!("/plugins/{name}")).await.text);
            }
        }
        pages
    };
    match fault {
        Fault::AccordionsStuck => asset_has("app.js", "panel.hidden = true;").await,
        Fault::AuthorLinksBroken => {
            let text = page(&format!("/plugins/{}", listed().await[0])).await.text;
            !text.contains("href=\"/plugins?authors=") && text.contains("href=\"/plugins/")
        }
        Fault::ButtonMoved => asset_has("app.css", "gap: 0.75rem; margin-top: 1rem; }").await,
        Fault::CanonicalForeignHost => page("/about").await.text.contains(&format!("<link rel=\"canonical\" href=\"{}/", staging.web)),
        Fault::CategoryLinksLost => pages().await.contains("href=\"/plugins?category="),
        Fault::ChunkMissing => asset("plugins.js").await.status == 404,
        Fault::CitationTabMissing => !pages().await.contains(">Citation Info</button>"),
        Fault::ConsoleError => asset_has("plugin.js", "console.error(").await,
        Fault::ContrastLow => asset_has("app.css", "--soft: #9aa5af;").await,
        Fault::CopyDead => !asset_has("plugin.js", "clipboard.writeText(").await,
        Fault::DarkUnreadable => asset_has("app.css", "--ink: #1b2733;").await,
        Fault::DeepLinksLost => asset_has("plugins.js", "const asked = new URLSearchParams();").await,
        Fault::FilterIgnored => !asset_has("plugins.js", "of: systems").await,
        Fault::FiltersNotInAddress => !asset_has("plugins.js", "asked.append(key, value)").await,
        Fault::FocusInvisible => asset_has("app.css", "outline: 0 solid").await,
        Fault::FuzzyLost => !asset_has("search.js", "errors(field, word) /").await,
        Fault::HeadingSkipped => page("/").await.text.contains("<h4>Newest</h4>"),
        Fault::HeadlineFaded => asset_has("app.css", "--headline: #333;").await,
        Fault::HydrationNever => !asset_has("app.js", "setTimeout(() => hydrate").await,
        Fault::InstallCovered => asset_has("app.css", ".plugin-head::after").await,
        Fault::InstallDialogDead => !asset_has("plugin.js", "showModal").await,
        Fault::LanguageLost => !page("/about").await.text.contains("<html lang=\"en\">"),
        Fault::LayoutShift => asset_has("app.js", ".prepend(news)").await,
        Fault::MenuDead => !asset_has("app.js", "showModal").await,
        Fault::MetricsForeignHost => asset_has("plugin.js", &format!("`{}/metrics/", staging.api)).await,
        Fault::PaginationStuck => !asset_has("plugins.js", "state.page + by").await,
        Fault::PictureAltLost => !page("/").await.text.contains(" alt=\""),
        Fault::PictureLate => {
            let began = Instant::now();
            asset("hero.svg").await;
            began.elapsed() >= Duration::from_millis(2_900)
        }
        Fault::PictureMissing => asset("hero.svg").await.status == 404,
        Fault::RequestPerCard => asset_has("plugins.js", "fetch(").await,
        Fault::ScrollKept => !asset_has("plugins.js", "scrollTo(").await,
        Fault::SearchLabelsLost => !page("/about").await.text.contains("aria-label=\"Search\""),
        Fault::SearchThrows => asset_has("search.js", "query.text.").await,
        Fault::SidewaysScroll => asset_has("app.css", ".foot .frame { min-width: 30rem; }").await,
        Fault::SlowMetrics => {
            let began = Instant::now();
            get("/metrics/nobody?limit=7").await;
            began.elapsed() >= Duration::from_millis(700)
        }
        Fault::SortIgnored => asset_has("plugins.js", "plugins.sort(ORDERS.recentlyUpdated.order)").await,
        Fault::StylesheetMissing => asset("app.css").await.status == 404,
        Fault::TabsDead => asset_has("plugin.js", "select(tabs[0])").await,
        Fault::AuthorsLost => any(|row| row["authors"].as_array().unwrap().is_empty()).await,
        Fault::BlockedLeaks => {
            let all = get("/plugins/index/all").await.json();
            let blocked = all.as_array().unwrap().iter().find(|row| row["visibility"] == "blocked").unwrap();
            get(&format!("/plugins/{}", blocked["name"].as_str().unwrap())).await.status == 200
                && any(|row| row["visibility"] == "blocked").await
        }
        Fault::CacheHeaderLost => {
            let lost = |answer: &Answer| answer.header("cache-control").is_none();
            let (first, second) = (get("/categories").await, page("/about").await);
            assert_eq!(lost(&first), lost(&second));
            lost(&first)
        }
        Fault::CorsLost => get("/categories").await.header("access-control-allow-origin").is_none(),
        Fault::DatesWithoutZone => any(|row| !row["release_date"].as_str().unwrap().ends_with('Z')).await,
        Fault::DebugErrors => get("/plugin/home/sections/newest?limit=abc").await.text.contains("Traceback"),
        Fault::DoubleEscaped => {
            let described = index(sandbox, PRODUCTION).await.into_iter().find(|(_, row)| row["summary"].as_str().unwrap().contains('&'));
            page(&format!("/plugins/{}", described.unwrap().0)).await.text.contains("&amp;amp;")
        }
        Fault::DuplicateRows => n_rows().await > listed().await.len(),
        Fault::ForeignHost => page("/about").await.text.contains(&staging.api),
        Fault::ForgottenCache => get("/categories").await.json().get("Quality control").is_none(),
        Fault::GatewayIgnoresQuery => {
            let three = get("/metrics/nobody?limit=3").await.text;
            three == get("/metrics/nobody?limit=5").await.text
        }
        Fault::InstallsLabelledCommits => {
            page(&format!("/plugins/{}", listed().await[0])).await.text.contains("commits in the last 30 days")
        }
        Fault::JsonErrors => get("/plugins/nobody").await.header("content-type") == Some("application/json"),
        Fault::LegacyEndpointRemoved => get("/shields/nobody").await.status == 404,
        Fault::ManifestUnavailable => {
            let mut n_unavailable = 0;
            for name in listed().await {
                n_unavailable += usize::from(get(&format!("/manifest/{name}")).await.status == 503);
            }
            n_unavailable > 10
        }
        Fault::MetricsGaps => get("/metrics/nobody").await.json()["usage"]["timeline"].as_array().unwrap().is_empty(),
        Fault::MixedBuilds => page("/about").await.build() != page("/about").await.build(),
        Fault::NewestReversed => {
            let home = get("/plugin/home/sections/newest").await.json();
            let newest = home["newest"]["plugins"].as_array().unwrap();
            newest[0]["first_released"].as_str() < newest[1]["first_released"].as_str()
        }
        Fault::NullField => any(|row| row["summary"].is_null()).await,
        Fault::PartialIndex => n_rows().await < 80,
        Fault::PluginPage500 => page(&format!("/plugins/{}", listed().await[0])).await.status == 500,
        Fault::RetypedField => any(|row| row["total_installs"].is_string()).await,
        Fault::RobotsFlipped => {
            let noindex = "name=\"robots\" content=\"noindex\"";
            page("/about").await.text.contains(noindex)
        }
        Fault::SitemapForeignHost => page("/sitemap.xml").await.text.contains(&format!("<loc>{}/", staging.web)),
        Fault::SitemapTemplateUrls => page("/sitemap.xml").await.text.contains("[name]"),
        Fault::Slow => {
            let began = Instant::now();
            get("/plugins/index").await;
            began.elapsed() >= Duration::from_millis(1_400)
        }
        Fault::Soft404 => page("/nowhere").await.status == 200,
        Fault::StaleIndex => {
            let mut n_old = 0;
            for row in rows().await {
                let whole = get(&format!("/plugins/{}", row["name"].as_str().unwrap())).await.json();
                n_old += usize::from(whole["version"] != row["version"] && whole["release_date"].as_str() > row["release_date"].as_str());
            }
            n_old > 10
        }
        Fault::UnknownPlugin200 => {
            let answer = get("/plugins/nobody").await;
            answer.status == 200 && answer.text == "{}\n"
        }
        Fault::WrongContentType => get("/categories").await.header("content-type") == Some("text/html; charset=utf-8"),
        Fault::ZeroInstallsMixedCase => {
            let mixed = index(sandbox, PRODUCTION).await.into_iter().find(|(name, _)| *name != name.to_lowercase()).unwrap();
            let metrics = get(&format!("/metrics/{}", mixed.0)).await.json();
            mixed.1["total_installs"] == 0 && metrics["usage"]["stats"]["total_installs"] != 0
        }
    }
}

#[test]
fn every_fault_shows_while_it_is_there_and_at_no_other_time() {
    on(options(), async |sandbox| {
        for fault in Fault::ALL {
            assert!(!shows(sandbox, *fault).await, "{fault} shows before it is planted");
            sandbox.set_faults(PRODUCTION, &[*fault]);
            assert!(shows(sandbox, *fault).await, "{fault} does not show");
            sandbox.set_faults(PRODUCTION, &[]);
        }
        for fault in Fault::ALL {
            assert!(!shows(sandbox, *fault).await, "{fault} shows after it was taken away");
        }
    });
}

#[test]
fn a_fault_stays_in_its_environment() {
    let mut options = options();
    options.faults = Fault::ALL.iter().filter(|fault| **fault != Fault::Slow).map(|fault| (Environment::Staging, *fault)).collect();
    on(options, async |sandbox| {
        for fault in Fault::ALL {
            assert!(!shows(sandbox, *fault).await, "{fault}");
        }
    });
}

#[test]
fn several_faults_show_together_from_a_deploy_on() {
    let planted = [Fault::CorsLost, Fault::NullField, Fault::RobotsFlipped, Fault::ForgottenCache];
    on(Options::still(), async |sandbox| {
        sandbox.deploy(PRODUCTION, Release::Next, &planted);
        for fault in Fault::ALL.iter().filter(|fault| **fault != Fault::Slow) {
            // What reads summaries cannot look while some are null.
            if *fault != Fault::DoubleEscaped {
                assert_eq!(shows(sandbox, *fault).await, planted.contains(fault), "{fault}");
            }
        }
        sandbox.deploy(PRODUCTION, Release::Next, &[]);
        assert!(!shows(sandbox, Fault::ForgottenCache).await);
    });
}

#[test]
fn a_forgotten_cache_keeps_a_whole_answer() {
    on(Options::still(), async |sandbox| {
        let before = api(sandbox, PRODUCTION, "/categories").await.text;
        sandbox.deploy(PRODUCTION, Release::Next, &[Fault::ForgottenCache]);
        assert_eq!(api(sandbox, PRODUCTION, "/categories").await.text, before);
        assert_ne!(
            api(sandbox, Environment::Staging, "/categories/quality-control").await.text,
            api(sandbox, PRODUCTION, "/categories/quality-control").await.text
        );
    });
}
