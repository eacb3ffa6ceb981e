// What every page runs: it waits until the page is there, then brings the header to life and what its route needs.

const data = JSON.parse(document.getElementById('__NEXT_DATA__').textContent);
const CHUNKS = { '/plugins': './plugins.js', '/plugins/[name]': './plugin.js' };
// The server's page is seen before it lives: what is clicked until then is lost.
const HYDRATION_MS = 150;

const byTestId = (id) => document.querySelector(`[data-testid="${id}"]`);

/** The menu of narrow screens: a dialog, so that focus stays in it and Escape closes it. */
function wireMenu() {
  const menu = byTestId('menu');
  const button = byTestId('iconButton');
  button.addEventListener('click', () => menu.showModal());
  byTestId('menuClose').addEventListener('click', () => menu.close());
  // The backdrop is part of the dialog; what is in it is not.
  menu.addEventListener('click', (event) => event.target === menu && menu.close());
}

/** Headings that fold what follows them away on narrow screens. */
function wireAccordions() {
  for (const summary of document.querySelectorAll('[data-testid="accordionSummary"]')) {
    const panel = document.getElementById(summary.getAttribute('aria-controls'));
    summary.addEventListener('click', () => {
      panel.hidden = !panel.hidden;
      summary.setAttribute('aria-expanded', String(!panel.hidden));
    });
  }
}

/** The search bar: everywhere but on the list itself it leads to the list. */
function wireSearch() {
  byTestId('searchBarForm').addEventListener('submit', (event) => {
    event.preventDefault();
    const query = byTestId('searchBarInput').value.trim();
    location.assign(query ? `/plugins?${new URLSearchParams({ search: query, sort: 'relevance', page: '1' })}` : '/plugins');
  });
}

async function hydrate(chunk) {
  wireMenu();
  wireAccordions();
  const page = await chunk;
  if (data.page !== '/plugins') wireSearch();
  page?.hydrate(data);
}

const chunk = CHUNKS[data.page] && import(CHUNKS[data.page]);
const later = () => setTimeout(() => hydrate(chunk), HYDRATION_MS);
if (document.readyState === 'complete') later();
else addEventListener('load', later);
