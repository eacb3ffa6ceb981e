// name.js: the accessible name (accname-1.2).

const FROM_CONTENT = new Set(['button', 'cell', 'checkbox', 'columnheader', 'gridcell', 'heading', 'link', 'menuitem', 'menuitemcheckbox',
  'menuitemradio', 'option', 'radio', 'row', 'rowheader', 'switch', 'tab', 'tooltip', 'treeitem', 'term']);

const NAME_PROHIBITED = new Set(['caption', 'code', 'definition', 'deletion', 'emphasis', 'generic', 'insertion', 'mark', 'paragraph',
  'presentation', 'none', 'strong', 'subscript', 'superscript', 'time']);

const byIds = (element, attribute) => {
  const ids = (element.getAttribute(attribute) || '').split(/\s+/).filter(id => id);
  const root = element.getRootNode();
  return ids.map(id => root.getElementById ? root.getElementById(id) : document.getElementById(id)).filter(found => found);
};

const pseudo = (element, which) => {
  const style = getComputedStyle(element, which);
  const content = style.content;
  if (!content || content === 'none' || content === 'normal' || style.display === 'none' || style.visibility === 'hidden') return '';
  const spoken = /\/\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(content);
  const texts = spoken ? [spoken[0]] : content.match(/"((?:[^"\\]|\\.)*)"/g) || [];
  const text = texts.map(quoted => quoted.replace(/^[^"]*"|"\s*$/g, '').replace(/\\(.)/g, '$1')).join('');
  return text && style.display !== 'inline' ? ` ${text} ` : text;
};

const nameOf = element => remembered(memo.name, element, () => {
  const role = roleOf(element);
  if (NAME_PROHIBITED.has(role)) return '';
  return fold(nameFrom(element, {seen: new Set(), inLabel: false, inContent: false, hiddenToo: isBlank(element)}));
});

// One element's contribution: to its own name, to that of one it is in, or to that of one it labels.
const nameFrom = (element, at) => {
  if (at.seen.has(element)) return '';
  if (!at.hiddenToo && isBlank(element)) return visibleAgain(element, at);
  if (!at.inLabel) {
    const labels = byIds(element, 'aria-labelledby');
    if (labels.length && !at.inLabelledBy) {
      const name = labels.map(label => nameFrom(label, {...at, seen: new Set(), inLabel: true, inLabelledBy: true, inContent: false, hiddenToo: isBlank(label)})).join(' ');
      if (fold(name)) return name;
    }
  }
  const role = roleOf(element);
  // A control within a label or content counts with its value.
  if (at.inLabel || at.inContent) {
    if (role === 'textbox' || role === 'searchbox') {
      at.seen.add(element);
      return tag(element) === 'input' || tag(element) === 'textarea' ? element.value : textOf(element);
    }
    if (role === 'combobox' || role === 'listbox') {
      at.seen.add(element);
      const chosen = tag(element) === 'select' ? [...element.selectedOptions] : [...below(element)].filter(option => roleOf(option) === 'option' && option.getAttribute('aria-selected') === 'true');
      if (chosen.length || tag(element) !== 'input') return chosen.map(option => textOf(option)).join(' ');
      return element.value;
    }
    if (['progressbar', 'scrollbar', 'slider', 'spinbutton', 'meter'].includes(role)) {
      at.seen.add(element);
      return element.getAttribute('aria-valuetext') || element.getAttribute('aria-valuenow') || (element.value !== undefined ? String(element.value) : '');
    }
  }
  const label = fold(element.getAttribute('aria-label') || '');
  if (label) {
    at.seen.add(element);
    return label;
  }
  if (role !== 'none' && role !== 'presentation') {
    const native = nativeName(element, at);
    if (native !== null && native !== '') {
      at.seen.add(element);
      return native;
    }
  }
  const isSummary = tag(element) === 'summary';
  if (FROM_CONTENT.has(role) || isSummary || at.inLabel || at.inContent) {
    at.seen.add(element);
    const content = contentName(element, {...at, inContent: true});
    if (fold(content)) return content;
  }
  if (role !== 'none' && role !== 'presentation' || tag(element) === 'iframe') {
    at.seen.add(element);
    return element.getAttribute('title') || '';
  }
  return '';
};

// What is invisible may hold something that is made visible again.
const visibleAgain = (element, at) => isHiddenFromTree(element) ? '' : contentName(element, {...at, inContent: true});

const contentName = (element, at) => {
  const pieces = [pseudo(element, '::before')];
  for (const child of childrenOf(element)) {
    if (child.nodeType === 3) {
      if (at.hiddenToo || styleOf(element).visibility === 'visible') pieces.push(child.data);
    } else if (isElement(child) && !NEVER_SEEN.has(tag(child))) {
      const text = nameFrom(child, at);
      pieces.push(isBlock(child) || styleOf(child).display === 'inline-block' ? ` ${text} ` : text);
    }
  }
  for (const owned of byIds(element, 'aria-owns')) pieces.push(` ${nameFrom(owned, at)} `);
  pieces.push(pseudo(element, '::after'));
  return pieces.join('');
};

const labelsOf = element => [...(element.labels || [])];

// The name that HTML gives it (HTML-AAM, 4.1).
const nativeName = (element, at) => {
  const from = other => nameFrom(other, {...at, seen: new Set([element]), inLabel: true, inContent: true, hiddenToo: isBlank(other)});
  const child = name => [...element.children].find(found => tag(found) === name);
  const labels = () => at.inLabel ? '' : labelsOf(element).map(from).map(fold).filter(text => text).join(' ');
  switch (tag(element)) {
    case 'input':
      if (BUTTONS.includes(element.type)) {
        const value = element.value || {submit: 'Submit', reset: 'Reset'}[element.type] || '';
        return labels() || value || element.title;
      }
      if (element.type === 'image') return labels() || element.getAttribute('alt') || element.title || 'Submit';
      if (element.type === 'file') return labels() || element.title || 'Choose File';
      return labels() || element.getAttribute('title') || element.getAttribute('aria-placeholder') || placeholderOf(element);
    case 'textarea': return labels() || element.getAttribute('title') || placeholderOf(element);
    case 'select': case 'meter': case 'progress': case 'output': return labels();
    case 'button': return labels() || null;
    case 'fieldset': return child('legend') ? from(child('legend')) : null;
    case 'figure': return child('figcaption') ? from(child('figcaption')) : null;
    case 'table': return child('caption') ? from(child('caption')) : element.getAttribute('summary');
    case 'img': case 'area': return element.getAttribute('alt');
    case 'optgroup': return element.label;
    case 'option': return element.label ? fold(element.label) : null;
    case 'svg': return child('title') ? child('title').textContent : null;
    default: return null;
  }
};

const placeholderOf = element => ['input', 'textarea'].includes(tag(element)) ? element.placeholder : '';
