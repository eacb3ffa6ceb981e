// role.js: what an element is (WAI-ARIA 1.2, HTML-AAM), and its states.

const SECTIONING = 'article, aside, main, nav, section, [role=article], [role=complementary], [role=main], [role=navigation], [role=region]';

const hasName = element => element.hasAttribute('aria-label') || element.hasAttribute('aria-labelledby') || element.hasAttribute('title');

const inputRole = element => {
  switch (element.type) {
    case 'button': case 'submit': case 'reset': case 'image': return 'button';
    case 'checkbox': return 'checkbox';
    case 'radio': return 'radio';
    case 'range': return 'slider';
    case 'number': return 'spinbutton';
    case 'search': return element.hasAttribute('list') ? 'combobox' : 'searchbox';
    case 'email': case 'tel': case 'text': case 'url': return element.list ? 'combobox' : 'textbox';
    case 'hidden': return null;
    case 'file': return 'button';
    default: return 'textbox';
  }
};

const cellRole = element => {
  const table = element.closest('table');
  const role = table && table.getAttribute('role');
  return role === 'grid' || role === 'treegrid' ? 'gridcell' : 'cell';
};

const IMPLICIT = {
  a: element => element.hasAttribute('href') ? 'link' : null,
  area: element => element.hasAttribute('href') ? 'link' : null,
  article: () => 'article',
  aside: () => 'complementary',
  blockquote: () => 'blockquote',
  button: () => 'button',
  caption: () => 'caption',
  code: () => 'code',
  datalist: () => 'listbox',
  dd: () => 'definition',
  del: () => 'deletion',
  details: () => 'group',
  dfn: () => 'term',
  dialog: () => 'dialog',
  dt: () => 'term',
  em: () => 'emphasis',
  fieldset: () => 'group',
  figure: () => 'figure',
  footer: element => element.closest(SECTIONING) ? null : 'contentinfo',
  form: element => hasName(element) ? 'form' : null,
  h1: () => 'heading', h2: () => 'heading', h3: () => 'heading', h4: () => 'heading', h5: () => 'heading', h6: () => 'heading',
  header: element => element.closest(SECTIONING) ? null : 'banner',
  hr: () => 'separator',
  html: () => 'document',
  img: element => element.getAttribute('alt') === '' && !hasName(element) ? 'presentation' : 'img',
  input: inputRole,
  ins: () => 'insertion',
  li: () => 'listitem',
  main: () => 'main',
  mark: () => 'mark',
  math: () => 'math',
  menu: () => 'list',
  meter: () => 'meter',
  nav: () => 'navigation',
  ol: () => 'list',
  optgroup: () => 'group',
  option: () => 'option',
  output: () => 'status',
  p: () => 'paragraph',
  progress: () => 'progressbar',
  search: () => 'search',
  section: element => hasName(element) ? 'region' : null,
  select: element => element.hasAttribute('multiple') || element.size > 1 ? 'listbox' : 'combobox',
  strong: () => 'strong',
  sub: () => 'subscript',
  sup: () => 'superscript',
  svg: () => 'img',
  table: () => 'table',
  tbody: () => 'rowgroup',
  td: cellRole,
  textarea: () => 'textbox',
  tfoot: () => 'rowgroup',
  th: element => {
    if (element.scope === 'col' || element.scope === 'colgroup') return 'columnheader';
    if (element.scope === 'row' || element.scope === 'rowgroup') return 'rowheader';
    const row = element.parentElement;
    const isHead = row && [...row.children].every(cell => tag(cell) === 'th');
    return isHead ? 'columnheader' : row && row.firstElementChild === element ? 'rowheader' : 'columnheader';
  },
  thead: () => 'rowgroup',
  time: () => 'time',
  tr: () => 'row',
  ul: () => 'list',
};

const ROLES = new Set(('alert alertdialog application article banner blockquote button caption cell checkbox code columnheader combobox '
  + 'complementary contentinfo definition deletion dialog directory document emphasis feed figure form generic grid gridcell group '
  + 'heading img insertion link list listbox listitem log main mark marquee math meter menu menubar menuitem menuitemcheckbox '
  + 'menuitemradio navigation none note option paragraph presentation progressbar radio radiogroup region row rowgroup rowheader '
  + 'scrollbar search searchbox separator slider spinbutton status strong subscript superscript switch tab table tablist tabpanel term '
  + 'textbox time timer toolbar tooltip tree treegrid treeitem').split(' '));

const GLOBAL_ARIA = ['aria-atomic', 'aria-busy', 'aria-controls', 'aria-describedby', 'aria-details', 'aria-dropeffect', 'aria-flowto',
  'aria-grabbed', 'aria-keyshortcuts', 'aria-label', 'aria-labelledby', 'aria-live', 'aria-owns', 'aria-relevant', 'aria-roledescription'];

const isFocusable = element => {
  if (element.disabled) return false;
  if (element.hasAttribute('tabindex')) return true;
  if (['a', 'area'].includes(tag(element))) return element.hasAttribute('href');
  return ['button', 'details', 'select', 'textarea'].includes(tag(element)) || (tag(element) === 'input' && element.type !== 'hidden');
};

const implicitRole = element => {
  const rule = element.namespaceURI === 'http://www.w3.org/2000/svg' && tag(element) !== 'svg' ? null : IMPLICIT[tag(element)];
  return rule ? rule(element) : null;
};

const roleOf = element => {
  const said = (element.getAttribute('role') || '').split(/\s+/).map(word => word === 'image' ? 'img' : word).find(word => ROLES.has(word));
  if (!said) return implicitRole(element);
  if (said !== 'none' && said !== 'presentation') return said === 'generic' ? null : said;
  // A role that hides what can be used does not count (WAI-ARIA 1.2, 5.3.3).
  return isFocusable(element) || GLOBAL_ARIA.some(name => element.hasAttribute(name)) ? implicitRole(element) : said;
};

const truth = value => value === 'true' ? true : value === 'false' ? false : null;

const levelOf = element => {
  const said = Number(element.getAttribute('aria-level'));
  if (said >= 1) return said;
  const native = /^h([1-6])$/.exec(tag(element));
  return native ? Number(native[1]) : null;
};

// true, false, 'mixed', or null for what cannot be checked.
const checkedOf = element => {
  if (tag(element) === 'input' && ['checkbox', 'radio'].includes(element.type)) return element.indeterminate ? 'mixed' : element.checked;
  if (!['checkbox', 'menuitemcheckbox', 'menuitemradio', 'option', 'radio', 'switch', 'treeitem'].includes(roleOf(element))) return null;
  const said = element.getAttribute('aria-checked');
  if (said === 'mixed') return 'mixed';
  if (said === null && ['option', 'treeitem'].includes(roleOf(element))) return null;
  return said === 'true';
};

const selectedOf = element => {
  if (tag(element) === 'option') return element.selected;
  if (!['columnheader', 'gridcell', 'option', 'row', 'rowheader', 'tab', 'treeitem'].includes(roleOf(element))) return null;
  return element.getAttribute('aria-selected') === 'true';
};

const expandedOf = element => {
  if (tag(element) === 'details') return element.open;
  if (tag(element) === 'summary' && element.parentElement && tag(element.parentElement) === 'details') return element.parentElement.open;
  return truth(element.getAttribute('aria-expanded'));
};

const pressedOf = element => {
  const said = element.getAttribute('aria-pressed');
  return said === 'mixed' ? 'mixed' : truth(said);
};

const isDisabled = element => {
  if ('disabled' in element && element.matches(':disabled')) return true;
  for (let at = element; at; at = parentOf(at)) {
    const said = at.getAttribute('aria-disabled');
    if (said === 'true') return true;
    if (said === 'false') return false;
  }
  return false;
};

const TYPED = ['text', 'search', 'email', 'url', 'tel', 'password', 'number', 'date', 'datetime-local', 'month', 'time', 'week', 'color', 'range'];

const isEditable = element => {
  if (tag(element) === 'textarea') return !element.readOnly;
  if (tag(element) === 'input') return TYPED.includes(element.type) && !element.readOnly;
  return element.isContentEditable;
};
