// What opens below a button and closes with Escape, Tab or a click elsewhere: the options of a filter, the menu of orders.

// From so many options on, there is a field to find one.
const MANY = 13;

const element = (tag, attributes, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

/** Options of which several may be chosen. What was chosen is told once, when the popup closes. */
export function openOptions(button, { label, options, chosen, onClose }) {
  const pending = new Set(chosen);
  const items = options.map(({ value, text }) => {
    const item = element('li', { role: 'option', tabindex: '-1', 'aria-selected': String(pending.has(value)) }, text);
    item.addEventListener('click', () => {
      if (!pending.delete(value)) pending.add(value);
      item.setAttribute('aria-selected', String(pending.has(value)));
    });
    return item;
  });
  const listbox = element('ul', { role: 'listbox', 'aria-multiselectable': 'true', 'aria-label': label }, ...items);
  // A tooltip by role, as in the hub that this one is modelled on.
  const popup = element('div', { role: 'tooltip', class: 'popup', 'aria-label': `${label} options` });
  if (items.length >= MANY) {
    const find = element('input', { type: 'search', 'aria-label': `Find in ${label}`, placeholder: 'Find…', autocomplete: 'off' });
    find.addEventListener('input', () => {
      const words = find.value.trim().toLowerCase();
      for (const item of items) item.hidden = !item.textContent.toLowerCase().includes(words);
    });
    popup.append(find);
  }
  popup.append(listbox);
  show(button, popup, items, () => onClose(pending));
}

/** Choices of which one holds. Choosing closes the menu. */
export function openMenu(button, { label, options, chosen, testId, onChoose }) {
  const items = options.map(({ value, text }) => {
    const item = element('li', { role: 'menuitemradio', tabindex: '-1', 'aria-checked': String(value === chosen) }, text);
    item.dataset.testid = testId;
    item.dataset.sortType = value;
    item.addEventListener('click', () => {
      close();
      onChoose(value);
    });
    return item;
  });
  const menu = element('ul', { role: 'menu', class: 'popup', 'aria-label': label }, ...items);
  const close = show(button, menu, items, () => {});
}

let closeOpen = () => {};

/** Shows a popup after its button, with the keys that lists have. Returns what closes it. */
function show(button, popup, items, onClose) {
  closeOpen();
  const close = () => {
    if (!popup.isConnected) return;
    const hadFocus = popup.contains(document.activeElement);
    popup.remove();
    button.setAttribute('aria-expanded', 'false');
    document.removeEventListener('click', elsewhere, true);
    document.removeEventListener('keydown', keys, true);
    closeOpen = () => {};
    onClose();
    if (hadFocus) button.focus();
  };
  const elsewhere = (event) => {
    if (popup.contains(event.target)) return;
    close();
    // The button that opened it would open it again.
    if (button.contains(event.target)) event.stopPropagation();
  };
  const keys = (event) => {
    const shown = items.filter((item) => !item.hidden);
    const at = shown.indexOf(document.activeElement);
    const writing = document.activeElement instanceof HTMLInputElement;
    const go = { ArrowDown: at + 1, ArrowUp: Math.max(at - 1, 0), Home: 0, End: shown.length - 1 }[event.key];
    if (event.key === 'Escape' || event.key === 'Tab') {
      if (event.key === 'Escape') event.preventDefault();
      close();
    } else if (go !== undefined && !(writing && (event.key === 'Home' || event.key === 'End'))) {
      event.preventDefault();
      shown[Math.min(go, shown.length - 1)]?.focus();
    } else if (at >= 0 && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault();
      shown[at].click();
    }
  };
  button.after(popup);
  button.setAttribute('aria-expanded', 'true');
  document.addEventListener('click', elsewhere, true);
  document.addEventListener('keydown', keys, true);
  const chosen = items.find((item) => item.matches('[aria-selected="true"], [aria-checked="true"]'));
  (popup.querySelector('input') ?? chosen ?? items[0])?.focus();
  closeOpen = close;
  return close;
}
