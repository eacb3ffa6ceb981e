//! The defects that can be planted: one line each, with a name and what a visitor sees.

use std::fmt;

macro_rules! faults {
    ($($variant:ident $name:literal $description:literal;)*) => {
        /// A defect that can be planted in one environment, drawn from the bugs that a real hub had.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Fault {
            $(#[doc = $description] $variant,)*
        }

        impl Fault {
            /// Every fault, sorted by name.
            pub const ALL: &'static [Fault] = &[$(Fault::$variant),*];

            /// The name in kebab case, as `--fault` takes it.
            pub const fn name(self) -> &'static str {
                match self { $(Fault::$variant => $name,)* }
            }

            /// What it does, in one sentence.
            pub const fn description(self) -> &'static str {
                match self { $(Fault::$variant => $description,)* }
            }
        }
    };
}

faults! {
    AuthorsLost "authors-lost" "Every plugin has lost its authors: the list is empty.";
    BlockedLeaks "blocked-leaks" "Blocked plugins are listed and reachable by name.";
    CacheHeaderLost "cache-header-lost" "No response says how it may be cached: `Cache-Control` is gone from API and pages.";
    CorsLost "cors-lost" "The API no longer sends `Access-Control-Allow-Origin`.";
    DatesWithoutZone "dates-without-zone" "Dates in the index have lost the `Z` that says UTC.";
    DebugErrors "debug-errors" "A 500 of the API shows a stack trace.";
    DoubleEscaped "double-escaped" "Summaries on plugin pages are escaped twice, so that readers see `&amp;`.";
    DuplicateRows "duplicate-rows" "The index lists some plugins twice.";
    ForeignHost "foreign-host" "Pages name another environment's API host (staging's, on staging dev's).";
    ForgottenCache "forgotten-cache" "`/categories` still answers as the previous release did.";
    GatewayIgnoresQuery "gateway-ignores-query" "The API's cache ignores the query: `limit=3` and `limit=5` give the same answer.";
    InstallsLabelledCommits "installs-labelled-commits" "Plugin pages label the number of installs \"commits\".";
    JsonErrors "json-errors" "The API's error bodies are JSON objects instead of plain text.";
    LegacyEndpointRemoved "legacy-endpoint-removed" "`/shields/<name>`, which badges in READMEs use, answers 404.";
    ManifestUnavailable "manifest-unavailable" "Every manifest answers 503, as if it had not been built yet.";
    MetricsGaps "metrics-gaps" "Months without activity are left out of the timelines instead of counting zero.";
    MixedBuilds "mixed-builds" "Two builds answer by turns: pages carry another build id on every second request.";
    NewestReversed "newest-reversed" "The home section `newest` shows the oldest plugins.";
    NullField "null-field" "`summary` is null in every third row of the index.";
    PartialIndex "partial-index" "The index lists fewer than half of the plugins; the rest have vanished from every list.";
    PluginPage500 "plugin-page-500" "The page of the first plugin by name answers 500, although its API answer is fine.";
    RetypedField "retyped-field" "`total_installs` in the index is text instead of a number.";
    RobotsFlipped "robots-flipped" "Robots are sent away from production's pages, and invited to those of the other environments.";
    SitemapForeignHost "sitemap-foreign-host" "The sitemap's addresses are on another environment's host.";
    SitemapTemplateUrls "sitemap-template-urls" "The sitemap lists route templates such as `/plugins/[name]`.";
    Slow "slow" "The lists of plugins (API index, home sections, page of plugins) take 1.5 s longer.";
    Soft404 "soft-404" "Unknown pages answer 200 instead of 404.";
    StaleIndex "stale-index" "The index stopped updating long ago: versions and dates are old, newer plugins are missing.";
    UnknownPlugin200 "unknown-plugin-200" "`/plugins/<unknown>` of the API answers 200 with `{}` instead of 404.";
    WrongContentType "wrong-content-type" "The API labels its JSON `text/html`.";
    ZeroInstallsMixedCase "zero-installs-mixed-case" "The index counts no installs for plugins with capitals in their name.";
}

impl Fault {
    /// The fault of that name, if there is one.
    pub fn parse(name: &str) -> Option<Fault> {
        Fault::ALL.iter().copied().find(|fault| fault.name() == name)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which faults an environment has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults(u64);

// One bit each.
const _: () = assert!(Fault::ALL.len() <= 64);

impl Faults {
    pub(crate) fn of(faults: &[Fault]) -> Faults {
        Faults(faults.iter().fold(0, |bits, fault| bits | 1 << (*fault as u64)))
    }

    pub(crate) fn has(self, fault: Fault) -> bool {
        self.0 & 1 << (fault as u64) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_a_name_of_its_own_and_one_sentence() {
        assert!(Fault::ALL.is_sorted_by(|a, b| a.name() < b.name()));
        for fault in Fault::ALL {
            assert_eq!(Fault::parse(fault.name()), Some(*fault));
            assert!(fault.name().bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'), "{fault}");
            assert!(fault.description().ends_with('.'), "{fault}");
        }
        assert_eq!(Fault::parse("Slow"), None);
    }

    #[test]
    fn a_set_holds_what_was_put_in_and_nothing_else() {
        let faults = Faults::of(&[Fault::Slow, Fault::AuthorsLost]);
        let held: Vec<Fault> = Fault::ALL.iter().copied().filter(|fault| faults.has(*fault)).collect();
        assert_eq!(held, [Fault::AuthorsLost, Fault::Slow]);
    }
}
