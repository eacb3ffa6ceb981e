// The agent runs in the page as one function, sent with every call: nothing of it stays there, and a page that forbids `eval`
// does not forbid it. dom.js: what is where, what is seen, how it reads.

const fold = text => text.replace(/[\s\u00a0\u200b]+/g, ' ').trim();

// Results of one call. The page may change between two looks, so nothing is kept longer than one.
let memo = {};
const forget = () => { memo = {style: new Map(), text: new Map(), hidden: new Map(), visible: new Map(), name: new Map()}; };
const remembered = (map, key, compute) => {
  if (!map.has(key)) map.set(key, compute());
  return map.get(key);
};

const isElement = node => node.nodeType === 1;
const tag = element => element.localName;
const styleOf = element => remembered(memo.style, element, () => getComputedStyle(element));

// The element around it, out of shadow roots too.
const parentOf = element => {
  if (element.assignedSlot) return element.assignedSlot;
  const parent = element.parentNode;
  if (!parent) return null;
  if (parent.nodeType === 11) return parent.host || null;
  return isElement(parent) ? parent : null;
};

const holds = (outer, inner) => {
  for (let at = inner; at; at = parentOf(at)) if (at === outer) return true;
  return false;
};

// All elements below a root in document order, those of open shadow roots before the children of their host.
function* below(root) {
  const children = root.children || [];
  if (root.shadowRoot) yield* below(root.shadowRoot);
  for (const child of children) {
    yield child;
    yield* below(child);
  }
}

// The document and every open shadow root in it.
const roots = () => {
  const found = [document];
  for (const element of below(document)) if (element.shadowRoot) found.push(element.shadowRoot);
  return found;
};

const NEVER_SEEN = new Set(['script', 'style', 'noscript', 'template', 'head', 'title', 'meta', 'link', 'base']);

// Whether no style sheet could ever show it: what stands in the head, and what only holds something.
const NEVER_RENDERS = 'head, head *, script, style, template, datalist, datalist *, source, track, param, input[type=hidden]';
const neverRenders = element => element.matches(NEVER_RENDERS);

// Whether it takes part in the layout now.
const isRendered = element => {
  if (!element.isConnected) return false;
  if (['option', 'optgroup'].includes(tag(element))) {
    const list = element.closest('select');
    return list ? isRendered(list) : false;
  }
  if (element.checkVisibility) return element.checkVisibility() || styleOf(element).display === 'contents';
  for (let at = element; at; at = parentOf(at)) if (styleOf(at).display === 'none') return false;
  return true;
};

// Whether a person sees it: it takes room and is not made invisible.
const isVisible = element => remembered(memo.visible, element, () => {
  if (!isRendered(element)) return false;
  if (['option', 'optgroup'].includes(tag(element))) return isVisible(element.closest('select'));
  const style = styleOf(element);
  if (style.display === 'contents') {
    return [...element.childNodes].some(child => isElement(child) ? isVisible(child) : child.nodeType === 3 && takesRoom(child));
  }
  if (style.visibility !== 'visible') return false;
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0;
});

const takesRoom = text => {
  const range = document.createRange();
  range.selectNode(text);
  const box = range.getBoundingClientRect();
  return box.width > 0 && box.height > 0;
};

// Whether assistive technology does not get to know it.
const isHiddenFromTree = element => remembered(memo.hidden, element, () => {
  if (NEVER_SEEN.has(tag(element))) return true;
  const parent = parentOf(element);
  if (parent && isHiddenFromTree(parent)) return true;
  if (element.getAttribute('aria-hidden') === 'true') return true;
  if (['option', 'optgroup'].includes(tag(element))) return false;
  const style = styleOf(element);
  if (style.display === 'none') return true;
  if (style.display !== 'contents' && element.checkVisibility && !element.checkVisibility()) return true;
  return false;
});

// Made invisible itself; what is in it may be made visible again.
const isBlank = element => isHiddenFromTree(element) || (styleOf(element).visibility !== 'visible' && tag(element) !== 'option');

const isBlock = element => {
  if (tag(element) === 'br') return true;
  const display = styleOf(element).display;
  return !display.startsWith('inline') && display !== 'contents' && !display.startsWith('ruby');
};

// What stands in it, in the order of reading: slots are filled, hidden things are left out unless all of it is hidden.
const childrenOf = node => {
  if (tag(node) === 'slot') {
    const assigned = node.assignedNodes();
    return assigned.length ? assigned : [...node.childNodes];
  }
  // What is folded away is not there, its bare text included.
  if (tag(node) === 'details' && !node.open) return [...node.children].filter(child => tag(child) === 'summary').slice(0, 1);
  return [...(node.shadowRoot || node).childNodes];
};

const BUTTONS = ['submit', 'button', 'reset'];

// The text of an element as a person reads it, white space folded, the case of the source kept.
const textOf = element => remembered(memo.text, element, () => {
  if (tag(element) === 'input') return BUTTONS.includes(element.type) ? fold(element.value) : '';
  if (NEVER_SEEN.has(tag(element))) return fold(element.textContent);
  const all = !isRendered(element);
  const pieces = [];
  collect(element, pieces, all, () => false);
  return fold(pieces.join(''));
});

const collect = (element, pieces, all, leftOut) => {
  for (const child of childrenOf(element)) {
    if (child.nodeType === 3) {
      if (all || styleOf(element).visibility === 'visible') pieces.push(child.data);
    } else if (isElement(child) && !NEVER_SEEN.has(tag(child)) && !leftOut(child)) {
      if (!all && styleOf(child).display === 'none') continue;
      if (!all && child.checkVisibility && !child.checkVisibility() && styleOf(child).display !== 'contents' && tag(child) !== 'option') continue;
      const gap = tag(child) === 'br' ? '\n' : isBlock(child) ? '\n' : '';
      pieces.push(gap);
      if (tag(child) === 'input' && BUTTONS.includes(child.type)) pieces.push(child.value);
      else if (tag(child) !== 'textarea') collect(child, pieces, all, leftOut);
      pieces.push(gap);
    }
  }
};

// The text that is seen, line by line.
const seenText = (element, leftOut) => {
  const pieces = [];
  collect(element, pieces, false, leftOut);
  const separate = pieces.map(piece => piece === '\n' ? '\n' : piece.replace(/\s+/g, ' ')).join('');
  return separate.split('\n').map(fold).filter(line => line).join('\n');
};

// `<button class="primary">Sign in</button>`, cut.
const describe = element => {
  const cut = (text, length) => text.length > length ? `${text.slice(0, length - 1)}…` : text;
  const shown = ['id', 'class', 'name', 'type', 'href', 'role', 'aria-label', 'placeholder', 'alt', 'title', 'data-testid'];
  const attributes = shown.filter(name => element.hasAttribute(name))
    .map(name => ` ${name}="${cut(element.getAttribute(name), 40)}"`).join('');
  const start = `<${tag(element)}${cut(attributes, 120)}>`;
  const text = NEVER_SEEN.has(tag(element)) ? '' : textOf(element);
  const isVoid = ['input', 'img', 'br', 'hr', 'meta', 'link', 'area'].includes(tag(element));
  return isVoid ? start : `${start}${cut(text, 60)}</${tag(element)}>`;
};
