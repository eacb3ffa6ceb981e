// The list of plugins: search, filters, order and pages, all of them in the address.

import { openMenu, openOptions } from './popup.js';
import { search } from './search.js';
import { count, day } from './text.js';

const PER_PAGE = 15;
const DEFAULT_SORT = 'recentlyUpdated';
const PYTHONS = ['3.6', '3.7', '3.8', '3.9', '3.10', '3.11'];
const SYSTEMS = { linux: 'Linux', mac: 'macOS', windows: 'Windows' };
const TYPES = { reader: 'Reader', sample_data: 'Sample data', theme: 'Theme', widget: 'Widget', writer: 'Writer' };
const CLOSED = /proprietary/i;

/** The filters by their name in the address: what a plugin has of each, which options there always are, what they are called. */
const FILTERS = {
  workflowStep: { of: (plugin) => plugin.category?.['Workflow step'] },
  imageModality: { of: (plugin) => plugin.category?.['Image modality'] },
  supportedData: { of: (plugin) => plugin.category?.['Supported data'] },
  pluginType: { of: (plugin) => plugin.plugin_types, text: (value) => TYPES[value] ?? value },
  writerFileExtensions: { of: (plugin) => plugin.writer_file_extensions },
  readerFileExtensions: { of: (plugin) => plugin.reader_file_extensions?.map((extension) => extension.replace(/^\*/, '')) },
  authors: { of: (plugin) => plugin.authors?.map((author) => author.name) },
  python: { of: (plugin) => PYTHONS.filter((version) => satisfies(version, plugin.python_version)), options: PYTHONS },
  operatingSystem: { of: systems, options: Object.keys(SYSTEMS), text: (value) => SYSTEMS[value] ?? value },
  license: { of: (plugin) => (CLOSED.test(plugin.license) ? [] : ['oss']), options: ['oss'], text: () => 'Open source' },
};

const descending = (of) => (a, b) => (of(b) > of(a)) - (of(b) < of(a));
const title = (plugin) => plugin.display_name || plugin.name;
// "napari-" at the beginning says nothing where everything is for napari.
const plainTitle = (plugin) => title(plugin).replace(/^napari[- ]/i, '');

const ORDERS = {
  relevance: { text: 'Relevance', order: null },
  recentlyUpdated: { text: 'Recently updated', order: descending((plugin) => plugin.release_date) },
  newest: { text: 'Newest', order: descending((plugin) => plugin.first_released) },
  pluginName: { text: 'Plugin name', order: (a, b) => plainTitle(a).localeCompare(plainTitle(b)) },
  totalInstalls: { text: 'Total installs', order: descending((plugin) => Number(plugin.total_installs)) },
};

/** Whether `3.x` is within a specifier such as `>=3.8,<4`. */
function satisfies(version, specifier) {
  const number = (text) => text.split('.').slice(0, 2).reduce((sum, part, at) => sum + Number(part) * (at ? 1 : 1000), 0);
  const holds = {
    '>=': (bound) => number(version) >= bound,
    '<=': (bound) => number(version) <= bound,
    '>': (bound) => number(version) > bound,
    '<': (bound) => number(version) < bound,
    '==': (bound) => number(version) === bound,
    '!=': (bound) => number(version) !== bound,
  };
  return (specifier ?? '').split(',').filter(Boolean).every((part) => {
    const [, operator, bound] = /^\s*([<>=!]+)\s*([\d.]+)/.exec(part) ?? [];
    return holds[operator]?.(number(bound)) ?? true;
  });
}

function systems(plugin) {
  const classifiers = (plugin.operating_system ?? []).join('\n');
  if (classifiers.includes('OS Independent')) return Object.keys(SYSTEMS);
  const names = { linux: /Linux|POSIX/, mac: /MacOS/i, windows: /Windows/ };
  return Object.keys(names).filter((system) => names[system].test(classifiers));
}

const all = (id) => document.querySelectorAll(`[data-testid="${id}"]`);
const one = (id) => all(id)[0];

export function hydrate(data) {
  const index = data.props.pageProps.index.slice().sort((a, b) => title(a).localeCompare(title(b)));
  const list = document.querySelector('.cards');
  const sample = list.querySelector('li');
  let state = read();

  /** What the address asks for. */
  function read() {
    const asked = new URLSearchParams(location.search);
    const query = (asked.get('search') ?? '').trim();
    const sort = asked.get('sort');
    const known = Object.hasOwn(ORDERS, sort ?? '') && (sort !== 'relevance' || query);
    const chosen = Object.fromEntries(Object.keys(FILTERS).map((key) => [key, new Set(asked.getAll(key))]));
    return { query, chosen, sort: known ? sort : DEFAULT_SORT, page: Number.parseInt(asked.get('page') ?? '1', 10) || 1 };
  }

  /** The address that asks for it; parameters that mean nothing here stay. */
  function address() {
    const known = ['search', 'sort', 'page', ...Object.keys(FILTERS)];
    const asked = new URLSearchParams([...new URLSearchParams(location.search)].filter(([name]) => !known.includes(name)));
    if (state.query) asked.append('search', state.query);
    for (const [key, chosen] of Object.entries(state.chosen)) for (const value of chosen) asked.append(key, value);
    asked.append('sort', state.sort);
    asked.append('page', String(state.page));
    return `${location.pathname}?${asked}`;
  }

  function found() {
    const fits = (plugin) =>
      Object.entries(FILTERS).every(([key, filter]) => {
        const chosen = state.chosen[key];
        return chosen.size === 0 || (filter.of(plugin) ?? []).some((value) => chosen.has(value));
      });
    let plugins = index.filter(fits);
    if (state.query) plugins = search(plugins, state.query);
    const { order } = ORDERS[state.sort];
    return order ? plugins.sort(order) : plugins;
  }

  function change(next) {
    state = { ...state, page: 1, ...next };
    render();
    history.pushState(null, '', address());
  }

  function render() {
    const plugins = found();
    const n_pages = Math.ceil(plugins.length / PER_PAGE);
    state.page = Math.min(Math.max(state.page, 1), Math.max(n_pages, 1));
    const shown = plugins.slice((state.page - 1) * PER_PAGE, state.page * PER_PAGE);
    list.replaceChildren(...shown.map((plugin) => card(sample, plugin)));
    document.querySelector('h1').textContent = `Browse plugins: ${plugins.length}`;
    document.getElementById('count').textContent = `${plugins.length} plugins found`;
    document.getElementById('nothing').hidden = plugins.length > 0;
    one('paginationValue').textContent = `${state.page}/${n_pages}`;
    one('paginationLeft').disabled = state.page <= 1;
    one('paginationRight').disabled = state.page >= n_pages;
    renderSearch();
    renderSort();
    for (const button of all('pluginFilter')) renderChips(button);
    for (const button of all('clearAllButton')) button.disabled = !keysOf(button).some((key) => state.chosen[key].size);
  }

  function renderSearch() {
    const button = document.querySelector('[data-testid="submitQueryButton"], [data-testid="clearQueryButton"]');
    button.dataset.testid = state.query ? 'clearQueryButton' : 'submitQueryButton';
    button.setAttribute('aria-label', state.query ? 'Clear search' : 'Search');
  }

  function renderSort() {
    one('sortDropdown').querySelector('b').textContent = ORDERS[state.sort].text;
    for (const radio of all('sortByRadio')) {
      radio.checked = radio.value === state.sort;
      radio.closest('label').hidden = radio.value === 'relevance' && !state.query;
    }
  }

  /** The options chosen stand below their filter, each a button that takes it away. */
  function renderChips(button) {
    const key = button.dataset.filter;
    const chips = [...state.chosen[key]].map((value) => {
      const chip = document.createElement('button');
      const text = FILTERS[key].text?.(value) ?? value;
      chip.className = 'chip';
      chip.type = 'button';
      chip.textContent = text;
      chip.setAttribute('aria-label', `Remove ${text}`);
      chip.addEventListener('click', () => choose(key, new Set([...state.chosen[key]].filter((held) => held !== value))));
      return chip;
    });
    button.closest('.filter').querySelector('.chips').replaceChildren(...chips);
  }

  function choose(key, values) {
    const before = state.chosen[key];
    if (values.size === before.size && [...values].every((value) => before.has(value))) return;
    change({ chosen: { ...state.chosen, [key]: values } });
  }

  function options(key) {
    const filter = FILTERS[key];
    const there = filter.options ?? [...new Set(index.flatMap((plugin) => filter.of(plugin) ?? []))].sort((a, b) => a.localeCompare(b));
    return there.map((value) => ({ value, text: filter.text?.(value) ?? value }));
  }

  const keysOf = (button) => [...button.closest('.filters').querySelectorAll('[data-filter]')].map((filter) => filter.dataset.filter);
  const sorts = () => Object.entries(ORDERS).filter(([sort]) => sort !== 'relevance' || state.query);

  for (const button of all('pluginFilter')) {
    const key = button.dataset.filter;
    button.addEventListener('click', () => {
      const onClose = (values) => choose(key, values);
      openOptions(button, { label: button.dataset.label, options: options(key), chosen: state.chosen[key], onClose });
    });
  }
  for (const button of all('clearAllButton')) {
    button.addEventListener('click', () => {
      change({ chosen: { ...state.chosen, ...Object.fromEntries(keysOf(button).map((key) => [key, new Set()])) } });
    });
  }
  one('sortDropdown').addEventListener('click', (event) => {
    const choices = sorts().map(([value, { text }]) => ({ value, text }));
    const onChoose = (sort) => change({ sort });
    openMenu(event.currentTarget, { label: 'Sort', options: choices, chosen: state.sort, testId: 'sortOption', onChoose });
  });
  for (const radio of all('sortByRadio')) radio.addEventListener('change', () => change({ sort: radio.value }));

  const input = one('searchBarInput');
  const ask = (query) => {
    // What fits best comes first; without a query nothing fits better than the rest.
    const sort = query ? 'relevance' : state.sort === 'relevance' ? DEFAULT_SORT : state.sort;
    change({ query, sort });
  };
  one('searchBarForm').addEventListener('submit', (event) => {
    event.preventDefault();
    ask(input.value.trim());
  });
  document.querySelector('[data-testid="submitQueryButton"]').addEventListener('click', (event) => {
    if (event.currentTarget.dataset.testid !== 'clearQueryButton') return;
    event.preventDefault();
    input.value = '';
    ask('');
    input.focus();
  });

  const turn = (by) => {
    change({ page: state.page + by });
    scrollTo({ top: 0 });
  };
  one('paginationLeft').addEventListener('click', () => turn(-1));
  one('paginationRight').addEventListener('click', () => turn(1));

  addEventListener('popstate', () => {
    state = read();
    input.value = state.query;
    render();
  });
  // What somebody has typed until now stays, unless the address knows better.
  if (state.query) input.value = state.query;
  render();
  history.replaceState(null, '', address());
}

/** A card like those that the server made, for another plugin. */
function card(sample, plugin) {
  const item = sample.cloneNode(true);
  const part = (id) => item.querySelector(`[data-testid="${id}"]`);
  part('pluginSearchResult').setAttribute('href', `/plugins/${encodeURIComponent(plugin.name)}`);
  part('searchResultDisplayName').textContent = title(plugin);
  part('searchResultName').textContent = plugin.name;
  part('searchResultSummary').textContent = plugin.summary ?? '';
  part('searchResultAuthor').textContent = (plugin.authors ?? []).map((author) => author.name).join(', ');
  const facts = {
    version: [plugin.version, plugin.version],
    'release date': [plugin.release_date, day(plugin.release_date)],
    'total installs': [plugin.total_installs, count(plugin.total_installs)],
  };
  for (const [label, [value, text]] of Object.entries(facts)) {
    const fact = item.querySelector(`[data-label="${label}"]`);
    fact.dataset.value = value;
    fact.querySelector('b').textContent = text;
  }
  return item;
}
