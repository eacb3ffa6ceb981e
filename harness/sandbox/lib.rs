//! A small plugin hub on loopback, as three environments: what the demo and the tests point their suites at.
//!
//! It is modelled on a real hub with its oddities: text errors, soft errors, lists in an order that means nothing, a home
//! section that is random, counters that grow, data that every environment renews at its own pace, caching in production only,
//! builds known by an id alone. All names, people and texts are invented and come from a seed.
//!
//! Its pages are rendered here and brought to life in the browser, a little after they are there: `page` writes them, `web/`
//! holds their scripts, style and pictures, which need nothing from outside.
//!
//! ```
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! use prodiff_sandbox::{Environment, Fault, Options, Release, Sandbox};
//!
//! let sandbox = Sandbox::start(Options::still()).await?;
//! println!("{}", sandbox.urls(Environment::Staging).web);
//! sandbox.deploy(Environment::Production, Release::Next, &[Fault::CorsLost]);
//! sandbox.shutdown().await;
//! # std::io::Result::Ok(()) }).unwrap();
//! ```

mod environment;
mod fault;
mod options;
mod sandbox;

mod clock;
mod dice;

mod catalogue;
mod taxonomy;
mod words;

mod world;

mod api;
mod gateway;
mod home;
mod metrics;
mod object;
mod page;
mod reply;
mod server;
mod site;
mod sitemap;

pub use environment::{Environment, PerEnvironment, Release, Urls};
pub use fault::Fault;
pub use options::{Clock, Drift, Options, Pace, SiteOptions};
pub use sandbox::Sandbox;
