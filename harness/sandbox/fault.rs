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
    AccordionsStuck "accordions-stuck" "Below 875 px filters, order and details do not fold out.";
    AuthorLinksBroken "author-links-broken" "Authors on a plugin page lead to an error page instead of the list of what they wrote.";
    AuthorsLost "authors-lost" "Every plugin has lost its authors: the list is empty.";
    BlockedLeaks "blocked-leaks" "Blocked plugins are listed and reachable by name.";
    ButtonMoved "button-moved" "The install button stands 8 px lower.";
    CacheHeaderLost "cache-header-lost" "No response says how it may be cached: `Cache-Control` is gone from API and pages.";
    CanonicalForeignHost "canonical-foreign-host" "Pages tell robots that staging is their canonical address.";
    CategoryLinksLost "category-links-lost" "Categories on a plugin page lead to the whole list instead of the filtered one.";
    ChunkMissing "chunk-missing" "The script of the list of plugins answers 404, so that search, filters, order and pages are dead.";
    CitationTabMissing "citation-tab-missing" "Plugins that can be cited have lost the tab that says how.";
    ConsoleError "console-error" "Plugin pages write an error to the console; nothing else is wrong.";
    ContrastLow "contrast-low" "Secondary text is too pale to be read in the light scheme.";
    CopyDead "copy-dead" "The install dialog says that the command was copied, but it was not.";
    CorsLost "cors-lost" "The API no longer sends `Access-Control-Allow-Origin`.";
    DarkUnreadable "dark-unreadable" "In the dark scheme text is as dark as the ground.";
    DatesWithoutZone "dates-without-zone" "Dates in the index have lost the `Z` that says UTC.";
    DebugErrors "debug-errors" "A 500 of the API shows a stack trace.";
    DeepLinksLost "deep-links-lost" "An address with a query, filters or a page opens the whole list.";
    DoubleEscaped "double-escaped" "Summaries on plugin pages are escaped twice, so that readers see `&amp;`.";
    DuplicateRows "duplicate-rows" "The index lists some plugins twice.";
    FilterIgnored "filter-ignored" "The operating system can be chosen as a filter, but all plugins stay.";
    FiltersNotInAddress "filters-not-in-address" "Filters narrow the list, but the address does not know.";
    FocusInvisible "focus-invisible" "The keyboard's focus cannot be seen.";
    ForeignHost "foreign-host" "Pages name another environment's API host (staging's, on staging dev's).";
    ForgottenCache "forgotten-cache" "`/categories` still answers as the previous release did.";
    FuzzyLost "fuzzy-lost" "Search finds nothing where a letter is wrong.";
    GatewayIgnoresQuery "gateway-ignores-query" "The API's cache ignores the query: `limit=3` and `limit=5` give the same answer.";
    HeadingSkipped "heading-skipped" "The home page's sections have a heading of the fourth level below the first.";
    HeadlineFaded "headline-faded" "Headings are #333 instead of #000.";
    HydrationNever "hydration-never" "Pages look as they should, but no script wakes them: every click is lost.";
    InstallCovered "install-covered" "Something invisible lies over the install button and takes its clicks.";
    InstallDialogDead "install-dialog-dead" "The install button does nothing.";
    InstallsLabelledCommits "installs-labelled-commits" "Plugin pages label the number of installs \"commits\".";
    JsonErrors "json-errors" "The API's error bodies are JSON objects instead of plain text.";
    LanguageLost "language-lost" "Pages do not say which language they are in.";
    LayoutShift "layout-shift" "A while after the page is there, a notice pushes everything down.";
    LegacyEndpointRemoved "legacy-endpoint-removed" "`/shields/<name>`, which badges in READMEs use, answers 404.";
    ManifestUnavailable "manifest-unavailable" "Every manifest answers 503, as if it had not been built yet.";
    MenuDead "menu-dead" "Below 875 px the menu does not open.";
    MetricsForeignHost "metrics-foreign-host" "Plugin pages ask another environment's API for the activity (staging's, on staging dev's).";
    MetricsGaps "metrics-gaps" "Months without activity are left out of the timelines instead of counting zero.";
    MixedBuilds "mixed-builds" "Two builds answer by turns: pages carry another build id on every second request.";
    NewestReversed "newest-reversed" "The home section `newest` shows the oldest plugins.";
    NullField "null-field" "`summary` is null in every third row of the index.";
    PaginationStuck "pagination-stuck" "The list stays on its first page.";
    PartialIndex "partial-index" "The index lists fewer than half of the plugins; the rest have vanished from every list.";
    PictureAltLost "picture-alt-lost" "The picture of the home page has lost its text alternative.";
    PictureLate "picture-late" "The picture of the home page, the largest thing there, comes 3 s late.";
    PictureMissing "picture-missing" "The picture of the home page answers 404.";
    PluginPage500 "plugin-page-500" "The page of the first plugin by name answers 500, although its API answer is fine.";
    RequestPerCard "request-per-card" "The list asks the API once more for each card that it shows.";
    RetypedField "retyped-field" "`total_installs` in the index is text instead of a number.";
    RobotsFlipped "robots-flipped" "Robots are sent away from production's pages, and invited to those of the other environments.";
    ScrollKept "scroll-kept" "The next page of the list begins where the last one was left, at its end.";
    SearchLabelsLost "search-labels-lost" "The search bar and its button have lost their accessible names.";
    SearchThrows "search-throws" "Searching ends with an exception that nobody catches.";
    SidewaysScroll "sideways-scroll" "Below 480 px pages are wider than the screen.";
    SitemapForeignHost "sitemap-foreign-host" "The sitemap's addresses are on another environment's host.";
    SitemapTemplateUrls "sitemap-template-urls" "The sitemap lists route templates such as `/plugins/[name]`.";
    Slow "slow" "The lists of plugins (API index, home sections, page of plugins) take 4 s longer.";
    SlowMetrics "slow-metrics" "The metrics of a plugin take 0.8 s longer.";
    Soft404 "soft-404" "Unknown pages answer 200 instead of 404.";
    SortIgnored "sort-ignored" "Whatever order is chosen, the list stays in the usual one.";
    StaleIndex "stale-index" "The index stopped updating long ago: versions and dates are old, newer plugins are missing.";
    StylesheetMissing "stylesheet-missing" "The style of every page answers 404.";
    TabsDead "tabs-dead" "A click on a tab does not open it.";
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
pub(crate) struct Faults(u128);

// One bit each.
const _: () = assert!(Fault::ALL.len() <= 128);

impl Faults {
    pub(crate) fn of(faults: &[Fault]) -> Faults {
        Faults(faults.iter().fold(0, |bits, fault| bits | 1 << (*fault as u32)))
    }

    pub(crate) fn has(self, fault: Fault) -> bool {
        self.0 & 1 << (fault as u32) != 0
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
