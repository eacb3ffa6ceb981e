//! Installs and commits: counters that only grow, and their monthly timelines.

use std::time::Duration;

use serde_json::{Value, json};

use crate::catalogue::Plugin;
use crate::clock::{DAY, Month, SECOND};
use crate::dice::Dice;
use crate::fault::Fault;
use crate::reply::{self, Ask, Reply};
use crate::world::World;

/// More months than this are never counted or shown.
const MOST_MONTHS: i32 = 1_200;

#[derive(Clone, Debug)]
pub(crate) struct Counters {
    pub(crate) total_installs: u64,
    pub(crate) recent_installs: u64,
    pub(crate) total_commits: u64,
    /// Epoch milliseconds; none without a repository.
    pub(crate) latest_commit: Option<i64>,
}

/// The counters as they stood at `crawled`. They never fall as it advances.
pub(crate) fn counters(seed: u64, plugin: &Plugin, start: i64, crawled: i64) -> Counters {
    let last = Month::of(crawled);
    let mut total_installs = 0;
    let mut total_commits = 0;
    let mut month = Month::of(plugin.first_released()).max(last.plus(-MOST_MONTHS));
    while month < last {
        total_installs += installs(seed, plugin, month);
        total_commits += commits(seed, plugin, month);
        month = month.plus(1);
    }
    let elapsed = (crawled - last.start()).max(0) as u64;
    let length = (last.plus(1).start() - last.start()).max(1) as u64;
    let share = |monthly: u64| (u128::from(monthly) * u128::from(elapsed) / u128::from(length)) as u64;
    let this_month = share(installs(seed, plugin, last));
    total_installs += this_month;
    total_commits += share(commits(seed, plugin, last));

    // Somebody is always installing the popular ones, so that growth shows within seconds.
    let watched = (crawled - start + DAY).max(0) / SECOND;
    total_installs += watched as u64 * plugin.popularity / 10_000;

    let recent_installs = this_month + installs(seed, plugin, last.plus(-1)) - share(installs(seed, plugin, last.plus(-1)));
    let rhythm = (1 + plugin.popularity as i64 % 19) * DAY;
    let latest_commit = plugin.code_repository.is_some().then_some(crawled / rhythm * rhythm / 1_000);
    Counters { total_installs, recent_installs, total_commits, latest_commit }
}

/// Installs in a month; a few months have none.
fn installs(seed: u64, plugin: &Plugin, month: Month) -> u64 {
    if month < Month::of(plugin.first_released()) {
        return 0;
    }
    let mut dice = Dice::of(seed ^ month.number(), &["installs", &plugin.name]);
    if dice.chance(6) { 0 } else { plugin.popularity / 2 + dice.below(plugin.popularity) }
}

fn commits(seed: u64, plugin: &Plugin, month: Month) -> u64 {
    if plugin.code_repository.is_none() || month < Month::of(plugin.first_released()) {
        return 0;
    }
    let mut dice = Dice::of(seed ^ month.number(), &["commits", &plugin.name]);
    if dice.chance(20) { 0 } else { dice.below(60) }
}

/// `/metrics/<name>`: zeros for whom nobody knows, never an error.
pub(crate) fn answer(world: &World, ask: &Ask, name: &str, now: i64) -> Reply {
    let limit = ask.param("limit").map_or(Some(12), reply::integer).unwrap_or(0).clamp(0, i64::from(MOST_MONTHS)) as i32;
    let entry = world.reachable(name);
    let current = Month::of(now);
    let seed = world.ground.catalogue.seed;
    let gaps = world.has(Fault::MetricsGaps);

    let timeline = |what: &str, count: &dyn Fn(Month) -> u64| -> Value {
        let months = (1..=limit).rev().map(|back| current.plus(-back));
        let rows = months.map(|month| (month, count(month))).filter(|(_, count)| !gaps || *count > 0);
        rows.map(|(month, count)| json!({"timestamp": month.start() / 1_000, what: count})).collect()
    };
    let of = |count: fn(u64, &Plugin, Month) -> u64| move |month| entry.map_or(0, |entry| count(seed, world.plugin(entry), month));
    let counters = entry.map(|entry| &entry.counters);
    let mut answer = world.json(&json!({
        "usage": {
            "timeline": timeline("installs", &of(installs)),
            "stats": {
                "total_installs": counters.map_or(0, |counters| counters.total_installs),
                "installs_in_last_30_days": counters.map_or(0, |counters| counters.recent_installs),
            },
        },
        "maintenance": {
            "timeline": timeline("commits", &of(commits)),
            "stats": {
                "total_commits": counters.map_or(0, |counters| counters.total_commits),
                "latest_commit_timestamp": counters.and_then(|counters| counters.latest_commit),
            },
        },
    }));
    if world.has(Fault::SlowMetrics) {
        answer.delay = Duration::from_millis(800);
    }
    answer
}
