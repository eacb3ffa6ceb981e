//! The faults that only a browser sees: what each changes in the files that it gets.

use crate::fault::Fault;
use crate::world::World;

/// What stands for another environment's API.
const FOREIGN_API: &str = "FOREIGN_API";

/// A fault that only a browser sees: in a file that it gets, one text stands where another should.
struct Patch {
    fault: Fault,
    file: &'static str,
    sound: &'static str,
    broken: &'static str,
}

const PATCHES: &[Patch] = &[
    Patch { fault: Fault::AccordionsStuck, file: "app.js", sound: "panel.hidden = !panel.hidden;", broken: "panel.hidden = true;" },
    Patch {
        fault: Fault::ButtonMoved,
        file: "app.css",
        sound: ".actions { display: flex; flex-wrap: wrap; gap: 0.75rem; margin-top: 0.5rem; }",
        broken: ".actions { display: flex; flex-wrap: wrap; gap: 0.75rem; margin-top: 1rem; }",
    },
    Patch {
        fault: Fault::ConsoleError,
        file: "plugin.js",
        sound: "  wireContents();\n",
        broken: "  wireContents();\n  console.error('Warning: each child in a list should have a unique \"key\"');\n",
    },
    Patch { fault: Fault::ContrastLow, file: "app.css", sound: "--soft: #55606b;", broken: "--soft: #9aa5af;" },
    Patch {
        fault: Fault::CopyDead,
        file: "plugin.js",
        sound: "await navigator.clipboard.writeText(command.textContent);",
        broken: "await null;",
    },
    Patch { fault: Fault::DarkUnreadable, file: "app.css", sound: "--ink: #e6edf3;", broken: "--ink: #1b2733;" },
    Patch {
        fault: Fault::DeepLinksLost,
        file: "plugins.js",
        sound: "const asked = new URLSearchParams(location.search);",
        broken: "const asked = new URLSearchParams();",
    },
    Patch {
        fault: Fault::FilterIgnored,
        file: "plugins.js",
        sound: "operatingSystem: { of: systems,",
        broken: "operatingSystem: { of: () => Object.keys(SYSTEMS),",
    },
    Patch {
        fault: Fault::FiltersNotInAddress,
        file: "plugins.js",
        sound: "for (const value of chosen) asked.append(key, value);",
        broken: "for (const value of chosen) asked.delete(key, value);",
    },
    Patch {
        fault: Fault::FocusInvisible,
        file: "app.css",
        sound: ":focus-visible { outline: 3px solid",
        broken: ":focus-visible { outline: 0 solid",
    },
    Patch { fault: Fault::FuzzyLost, file: "search.js", sound: "errors(field, word) / word.length;", broken: "1;" },
    Patch { fault: Fault::HeadlineFaded, file: "app.css", sound: "--headline: #000;", broken: "--headline: #333;" },
    Patch {
        fault: Fault::HydrationNever,
        file: "app.js",
        sound: "const later = () => setTimeout(() => hydrate(chunk), HYDRATION_MS);",
        broken: "const later = () => {};",
    },
    Patch {
        fault: Fault::InstallCovered,
        file: "app.css",
        sound: ".plugin-head { display: grid;",
        broken: ".plugin-head::after { content: ''; position: absolute; inset: 0; } .plugin-head { position: relative; display: grid;",
    },
    Patch {
        fault: Fault::InstallDialogDead,
        file: "plugin.js",
        sound: "    said.textContent = '';\n    dialog.showModal();",
        broken: "    said.textContent = '';",
    },
    Patch {
        fault: Fault::LayoutShift,
        file: "app.js",
        sound: "  const page = await chunk;\n",
        broken: "  const page = await chunk;\n  setTimeout(() => {\n    const news = document.createElement('p');\n    news.textContent = 'The hub has news.';\n    \
                 news.style.cssText = 'margin: 0; padding: 8rem 2rem';\n    document.querySelector('main').prepend(news);\n  }, 700);\n",
    },
    Patch { fault: Fault::MenuDead, file: "app.js", sound: "() => menu.showModal());", broken: "() => {});" },
    Patch {
        fault: Fault::MetricsForeignHost,
        file: "plugin.js",
        sound: "`${data.runtimeConfig.api}/metrics/",
        broken: "`FOREIGN_API/metrics/",
    },
    Patch {
        fault: Fault::PaginationStuck,
        file: "plugins.js",
        sound: "change({ page: state.page + by });",
        broken: "change({ page: state.page });",
    },
    Patch {
        fault: Fault::RequestPerCard,
        file: "plugins.js",
        sound: "    renderSearch();\n    renderSort();\n",
        broken: "    for (const plugin of shown) fetch(`${data.runtimeConfig.api}/plugins/${plugin.name}`);\n    renderSearch();\n    renderSort();\n",
    },
    Patch { fault: Fault::ScrollKept, file: "plugins.js", sound: "    scrollTo({ top: 0 });\n", broken: "" },
    Patch {
        fault: Fault::SearchThrows,
        file: "search.js",
        sound: "const alternatives = query.toLowerCase()",
        broken: "const alternatives = query.text.toLowerCase()",
    },
    Patch {
        fault: Fault::SidewaysScroll,
        file: "app.css",
        sound: ".foot a { display: inline-block; padding-block: 0.25rem; }",
        broken: ".foot a { display: inline-block; padding-block: 0.25rem; }\n@media (width < 480px) { .foot .frame { min-width: 30rem; } }",
    },
    Patch {
        fault: Fault::SortIgnored,
        file: "plugins.js",
        sound: "return order ? plugins.sort(order) : plugins;",
        broken: "return order ? plugins.sort(ORDERS.recentlyUpdated.order) : plugins;",
    },
    Patch { fault: Fault::TabsDead, file: "plugin.js", sound: "() => select(tab));", broken: "() => select(tabs[0]));" },
];

/// A file as the faults of its environment leave it.
pub(super) fn patched(world: &World, name: &str, text: &str) -> String {
    let mut text = text.to_owned();
    for patch in PATCHES.iter().filter(|patch| patch.file == name && world.has(patch.fault)) {
        text = text.replacen(patch.sound, patch.broken, 1);
    }
    let foreign = world.ground.environment.foreign();
    text.replace(FOREIGN_API, &world.ground.urls[foreign].api)
}

#[cfg(test)]
mod tests {
    use super::super::asset::FILES;
    use super::*;

    #[test]
    fn every_patch_finds_its_place_once_and_leaves_the_others_theirs() {
        for patch in PATCHES {
            let (_, text) = FILES.into_iter().find(|(name, _)| *name == patch.file).unwrap();
            assert_eq!(text.matches(patch.sound).count(), 1, "{}: {}", patch.fault, patch.sound);
            assert_ne!(patch.sound, patch.broken, "{}", patch.fault);
        }
        for (name, text) in FILES {
            let patches = || PATCHES.iter().filter(|patch| patch.file == name);
            let all = patches().fold(text.to_owned(), |text, patch| text.replacen(patch.sound, patch.broken, 1));
            for patch in patches() {
                assert!(patch.broken.is_empty() || all.contains(patch.broken), "{} does not go with the others", patch.fault);
            }
        }
    }

    #[test]
    fn nothing_that_is_sound_names_another_environment() {
        for (name, text) in FILES {
            assert!(!text.contains(FOREIGN_API), "{name}");
        }
    }
}
