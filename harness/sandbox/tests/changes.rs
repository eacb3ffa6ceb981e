//! What changes while it runs: deploys, refreshes, versions, counters, and the end.

use std::time::Duration;

use chrono::{DateTime, Utc};
use prodiff_sandbox::{Clock, Drift, Environment, Fault, Options, Release, Sandbox, SiteOptions};

use crate::client::{api, index, on, raw, web};

const STAGING: Environment = Environment::Staging;
const PRODUCTION: Environment = Environment::Production;

/// Drifting, but only when told to.
fn drifting() -> Options {
    Options { clock: Clock::Frozen, ..Options::default() }
}

#[test]
fn every_deploy_is_another_build_and_a_seed_repeats_them() {
    let mut builds = Vec::new();
    for _ in 0..2 {
        on(Options::still(), async |sandbox| {
            let mut seen = vec![sandbox.build(STAGING), sandbox.build(PRODUCTION)];
            assert_eq!(web(sandbox, STAGING, "/about").await.build(), seen[0]);
            for release in [Release::Next, Release::Next, Release::Current] {
                sandbox.deploy(STAGING, release, &[]);
                assert_eq!(sandbox.release(STAGING), release);
                assert_eq!(web(sandbox, STAGING, "/plugins").await.build(), sandbox.build(STAGING));
                seen.push(sandbox.build(STAGING));
            }
            sandbox.set_faults(STAGING, &[Fault::CorsLost]);
            assert_eq!(Some(&sandbox.build(STAGING)), seen.last(), "faults are no build");
            assert_eq!(sandbox.build(PRODUCTION), seen[1], "a deploy is of one environment");
            let mut unique = seen.clone();
            unique.sort();
            unique.dedup();
            assert_eq!(unique.len(), seen.len());
            builds.push(seen);
        });
    }
    assert_eq!(builds[0], builds[1]);
}

#[test]
fn counters_grow_and_orders_change_with_each_refresh() {
    on(Options::still(), async |sandbox| {
        let installs = async || -> u64 { index(sandbox, STAGING).await.values().map(|row| row["total_installs"].as_u64().unwrap()).sum() };
        let order = async || api(sandbox, STAGING, "/plugins/index").await.text;
        let (installs_before, order_before) = (installs().await, order().await);
        sandbox.advance(Duration::from_millis(1_999));
        assert_eq!(order().await, order_before, "nothing changes between refreshes");
        sandbox.advance(Duration::from_secs(60));
        assert!(installs().await > installs_before);
        assert_ne!(order().await, order_before);
    });
}

#[test]
fn counters_never_fall_even_at_the_end_of_a_month() {
    let start: DateTime<Utc> = "2026-02-28T23:00:00Z".parse().unwrap();
    on(Options { start: Some(start), ..Options::still() }, async |sandbox| {
        let mut before = index(sandbox, STAGING).await;
        for _ in 0..4 {
            sandbox.advance(Duration::from_secs(1_800));
            let after = index(sandbox, STAGING).await;
            for (name, row) in &after {
                assert!(row["total_installs"].as_u64() >= before[name]["total_installs"].as_u64(), "{name}");
            }
            before = after;
        }
    });
}

#[test]
fn new_versions_reach_production_first_and_only_while_data_drift() {
    let versions = async |sandbox: &Sandbox, environment| {
        let rows = index(sandbox, environment).await;
        rows.into_iter()
            .map(|(name, row)| (name, row["version"].as_str().unwrap().to_owned()))
            .collect::<std::collections::BTreeMap<_, _>>()
    };
    on(drifting(), async |sandbox| {
        let (staging, production) = (versions(sandbox, STAGING).await, versions(sandbox, PRODUCTION).await);
        let skewed: Vec<&String> =
            staging.keys().filter(|name| production.get(*name).is_some_and(|version| *version != staging[*name])).collect();
        assert!(!skewed.is_empty() && skewed.len() <= 6, "{skewed:?}");
        assert_eq!(staging.len(), production.len() + 2, "two are known to staging alone");
        // A minute later staging has caught up with what production had.
        sandbox.advance(Duration::from_secs(60));
        let later = versions(sandbox, STAGING).await;
        for name in skewed {
            assert_ne!(later[name], staging[name]);
            let path = format!("/plugins/{name}/versions/{}", production[name]);
            assert_eq!(api(sandbox, STAGING, &path).await.status, 200, "{path}");
        }
    });
    on(Options::still(), async |sandbox| {
        let before = versions(sandbox, PRODUCTION).await;
        assert_eq!(before, versions(sandbox, STAGING).await);
        sandbox.advance(Duration::from_secs(3_600));
        assert_eq!(before, versions(sandbox, PRODUCTION).await);
    });
}

#[test]
fn enrichment_differs_only_while_data_drift() {
    let check = |drift: Drift, expected: bool| {
        on(Options { drift, ..drifting() }, async |sandbox| {
            let mut differs = false;
            for name in index(sandbox, PRODUCTION).await.into_keys() {
                let path = format!("/plugins/{name}");
                let staging = api(sandbox, STAGING, &path).await.json();
                let production = api(sandbox, PRODUCTION, &path).await.json();
                differs |= staging.get("conda") != production.get("conda");
            }
            assert_eq!(differs, expected, "{drift:?}");
        });
    };
    check(Drift::On, true);
    check(Drift::Off, false);
}

#[test]
fn the_home_section_goes_through_the_types() {
    on(Options::still(), async |sandbox| {
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..4 {
            let home = api(sandbox, STAGING, "/plugin/home/sections/plugin_types").await.json();
            seen.insert(home["plugin_types"]["type"].as_str().unwrap().to_owned());
            sandbox.advance(Duration::from_secs(30));
        }
        assert_eq!(seen.len(), 4);
    });
}

#[test]
fn time_passes_by_itself_unless_it_is_frozen() {
    let mut options = Options::default();
    options.pace.refresh.production = Duration::from_millis(5);
    on(options, async |sandbox| {
        let before = api(sandbox, PRODUCTION, "/plugins/index").await.text;
        let changed = async {
            while api(sandbox, PRODUCTION, "/plugins/index").await.text == before {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), changed).await.expect("data are renewed");
    });
}

#[test]
fn a_seed_decides_everything() {
    let body = |seed| {
        let mut text = String::new();
        on(Options { seed, start: Some("2026-06-01T00:00:00Z".parse().unwrap()), ..Options::still() }, async |sandbox| {
            text = api(sandbox, STAGING, "/plugins/index").await.text;
        });
        text
    };
    assert_eq!(body(1), body(1));
    assert_ne!(body(1), body(2));
}

#[test]
fn ports_are_those_asked_for_and_on_loopback_only() {
    on(Options::still(), async |sandbox| {
        let taken: u16 = sandbox.urls(STAGING).web.rsplit_once(':').unwrap().1.parse().unwrap();
        assert!(sandbox.urls(STAGING).web.starts_with("http://127.0.0.1:"));
        let mut options = Options::still();
        options.sites.dev = SiteOptions { web_port: taken, ..SiteOptions::default() };
        assert_eq!(Sandbox::start(options).await.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    });
}

#[test]
fn it_stops_when_shut_down_and_when_dropped() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let request = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        let sandbox = Sandbox::start(Options::still()).await.unwrap();
        let url = sandbox.urls(PRODUCTION).web.clone();
        // A connection that stays open must not hold it up.
        let _idle = tokio::net::TcpStream::connect(url.strip_prefix("http://").unwrap()).await.unwrap();
        assert!(raw(&url, request).await.is_ok());
        sandbox.shutdown().await;
        assert!(raw(&url, request).await.is_err());

        let sandbox = Sandbox::start(Options::still()).await.unwrap();
        let url = sandbox.urls(PRODUCTION).web.clone();
        assert!(raw(&url, request).await.is_ok());
        drop(sandbox);
        let gone = async { while raw(&url, request).await.is_ok() {} };
        tokio::time::timeout(Duration::from_secs(20), gone).await.expect("the port is given back");
    });
}

#[test]
fn odd_paces_and_moments_are_borne() {
    let paces = [Duration::ZERO, Duration::MAX];
    for start in ["1970-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "+20000-01-01T00:00:00Z"] {
        for pace in paces {
            let mut options = Options { start: Some(start.parse().unwrap()), ..drifting() };
            options.pace.refresh = prodiff_sandbox::PerEnvironment { dev: pace, staging: pace, production: pace };
            (options.pace.publish, options.pace.rotate, options.pace.cache) = (pace, pace, pace);
            on(options, async |sandbox| {
                for _ in 0..2 {
                    for environment in Environment::ALL {
                        assert!(index(sandbox, environment).await.len() > 100);
                        assert_eq!(api(sandbox, environment, "/plugin/home/sections/plugin_types,newest").await.status, 200);
                        assert_eq!(api(sandbox, environment, "/metrics/nobody?limit=5").await.status, 200);
                        assert_eq!(web(sandbox, environment, "/").await.status, 200);
                    }
                    sandbox.advance(Duration::MAX);
                }
            });
        }
    }
}

#[test]
fn many_visitors_at_once_all_get_their_answer() {
    on(Options::default(), async |sandbox| {
        let mut visits = Vec::new();
        for visitor in 0..64 {
            let base = sandbox.urls(Environment::ALL[visitor % 3]).api.clone();
            visits.push(tokio::spawn(async move {
                crate::client::send(&base, "GET", "/plugins/index", &[]).await.json().as_array().unwrap().len()
            }));
        }
        for visit in visits {
            assert!(visit.await.unwrap() > 100);
        }
    });
}
