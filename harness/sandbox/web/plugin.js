// The page of a plugin: tabs, what is counted of it, how to install it, and where in its description the reader is.

import { count, day, month } from './text.js';

const byTestId = (id) => document.querySelector(`[data-testid="${id}"]`);

export function hydrate(data) {
  // The error page of a plugin that there is not has nothing to bring to life.
  if (data.props.pageProps.error) return;
  wireTabs();
  wireInstall();
  wireContents();
  loadActivity(`${data.runtimeConfig.api}/metrics/${encodeURIComponent(data.props.pageProps.name)}`);
}

/** One tab is in the order of Tab; arrows go to the others and open them. */
function wireTabs() {
  const tabs = [...document.querySelectorAll('[role="tab"]')];
  const select = (chosen) => {
    for (const tab of tabs) {
      tab.setAttribute('aria-selected', String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      document.getElementById(tab.getAttribute('aria-controls')).hidden = tab !== chosen;
    }
  };
  for (const [at, tab] of tabs.entries()) {
    tab.addEventListener('click', () => select(tab));
    tab.addEventListener('keydown', (event) => {
      const n_tabs = tabs.length;
      const to = { ArrowRight: (at + 1) % n_tabs, ArrowLeft: (at + n_tabs - 1) % n_tabs, Home: 0, End: n_tabs - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      select(tabs[to]);
      tabs[to].focus();
    });
  }
}

function wireInstall() {
  const dialog = document.getElementById('install');
  const said = dialog.querySelector('[role="status"]');
  const command = dialog.querySelector('code');
  byTestId('installButton').addEventListener('click', () => {
    said.textContent = '';
    dialog.showModal();
  });
  byTestId('installClose').addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  byTestId('installCopy').addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(command.textContent);
      said.textContent = 'Copied';
    } catch {
      // Where the browser keeps the clipboard to itself, the reader copies.
      getSelection().selectAllChildren(command);
      said.textContent = 'Press Ctrl+C to copy';
    }
  });
}

/** Marks the heading that is being read. */
function wireContents() {
  const items = [...document.querySelectorAll('[data-testid="tocItem"]')];
  const headings = items.map((item) => document.getElementById(item.querySelector('a').hash.slice(1)));
  const mark = () => {
    const passed = headings.findLastIndex((heading) => heading.getBoundingClientRect().top < 120);
    for (const [at, item] of items.entries()) item.dataset.active = String(at === Math.max(passed, 0));
  };
  addEventListener('scroll', mark, { passive: true });
  mark();
}

async function loadActivity(url) {
  const panel = document.getElementById('activity');
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`status ${response.status}`);
    showActivity(panel, await response.json());
  } catch {
    panel.querySelector('[data-testid="activityError"]').hidden = false;
  }
  for (const skeleton of panel.querySelectorAll('[data-testid="skeleton-loader"]')) skeleton.remove();
}

function showActivity(panel, { usage, maintenance }) {
  const write = (id, text) => {
    byTestId(id).textContent = text;
  };
  write('totalInstalls', count(usage.stats.total_installs));
  write('recentInstalls', count(usage.stats.installs_in_last_30_days));
  write('totalCommits', count(maintenance.stats.total_commits));
  const latest = maintenance.stats.latest_commit_timestamp;
  write('latestCommit', latest ? day(latest) : 'none');
  draw(panel.querySelector('[data-chart="installs"]'), usage.timeline, 'installs');
  draw(panel.querySelector('[data-chart="commits"]'), maintenance.timeline, 'commits');
  panel.querySelector('.stats').hidden = false;
}

/** A bar for each month, oldest first; the months' numbers are its name for those who do not see it. */
function draw(figure, timeline, key) {
  const most = Math.max(1, ...timeline.map((row) => row[key]));
  const bars = document.createElement('div');
  bars.className = 'bars';
  bars.setAttribute('role', 'img');
  bars.setAttribute('aria-label', timeline.map((row) => `${month(row.timestamp)}: ${row[key]} ${key}`).join(', ') || `no ${key}`);
  for (const row of timeline) {
    const bar = document.createElement('i');
    bar.style.height = `${(row[key] / most) * 100}%`;
    bar.title = `${month(row.timestamp)}: ${row[key]} ${key}`;
    bars.append(bar);
  }
  const ends = document.createElement('p');
  ends.className = 'ends';
  for (const row of [timeline.at(0), timeline.at(-1)].filter(Boolean)) {
    const end = document.createElement('span');
    end.textContent = month(row.timestamp);
    ends.append(end);
  }
  figure.append(bars, ends);
  figure.hidden = false;
}
