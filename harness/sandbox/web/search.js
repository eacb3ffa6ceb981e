// Finds plugins by words that may be misspelt a little. Knows nothing of the page.

// How much of a word may be wrong: one letter in seven.
const THRESHOLD = 0.16;
const FIELDS = [
  { weight: 8, text: (plugin) => plugin.name },
  { weight: 8, text: (plugin) => plugin.display_name },
  { weight: 4, text: (plugin) => plugin.summary },
  { weight: 2, text: (plugin) => (plugin.authors ?? []).map((author) => author.name).join(', ') },
  { weight: 1, text: (plugin) => plugin.description_text },
];

/** The plugins that a query finds, best first. */
export function search(plugins, query) {
  const alternatives = query.toLowerCase().split('|').map((words) => words.trim().split(/\s+/).filter(Boolean));
  const scored = plugins.map((plugin) => ({ plugin, score: score(plugin, alternatives) }));
  return scored.filter((hit) => hit.score > 0).sort((a, b) => b.score - a.score).map((hit) => hit.plugin);
}

/** How well a plugin fits: the weights of the fields in which every word is found, less what is wrong there. */
function score(plugin, alternatives) {
  let total = 0;
  for (const { weight, text } of FIELDS) {
    const field = (text(plugin) ?? '').toLowerCase();
    const costs = alternatives.filter((words) => words.length).map((words) => Math.max(...words.map((word) => cost(field, word))));
    const least = Math.min(...costs, Infinity);
    if (least <= THRESHOLD) total += weight * (1 - least);
  }
  return total;
}

/** The share of a word that is wrong where the field fits best; 'exact, ^first, last$, =whole and !without as in other searches. */
function cost(field, word) {
  const found = (yes) => (yes ? 0 : 1);
  if (word.length > 1) {
    if (word[0] === '!') return found(!field.includes(word.slice(1)));
    if (word[0] === "'") return found(field.includes(word.slice(1)));
    if (word[0] === '=') return found(field === word.slice(1));
    if (word[0] === '^') return found(field.startsWith(word.slice(1)));
    if (word.endsWith('$')) return found(field.endsWith(word.slice(0, -1)));
  }
  return field.includes(word) ? 0 : errors(field, word) / word.length;
}

/** The fewest letters to insert, delete or replace so that the word stands somewhere in the field (Sellers). */
function errors(field, word) {
  let column = Array.from({ length: word.length + 1 }, (_, at) => at);
  let least = word.length;
  for (const letter of field) {
    const next = [0];
    for (let at = 1; at <= word.length; at++) {
      const replaced = column[at - 1] + (word[at - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, column[at] + 1, next[at - 1] + 1));
    }
    least = Math.min(least, next[word.length]);
    column = next;
  }
  return least;
}
