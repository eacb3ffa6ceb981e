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
    match fault {
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
