// aria.js: the accessible tree as YAML, in the form of aria snapshots. Computed here and not by the browser, so that one baseline
// serves every browser.

const ariaTree = (root, leftOut) => {
  const top = {role: 'fragment', name: '', children: [], props: {}};
  ariaVisit(top, root, leftOut, new Set());
  ariaTidy(top);
  const lines = [];
  for (const child of top.children) ariaLines(child, '', lines);
  return lines.join('\n');
};

const ariaVisit = (parent, node, leftOut, seen) => {
  if (seen.has(node)) return;
  seen.add(node);
  if (node.nodeType === 3) {
    const around = parentOfText(node);
    if (around && styleOf(around).visibility === 'visible' && parent.role !== 'textbox') parent.children.push(node.data);
    return;
  }
  if (!isElement(node) || leftOut(node) || isHiddenFromTree(node)) return;
  const isSeen = styleOf(node).visibility === 'visible' || tag(node) === 'option';
  const own = isSeen ? ariaNode(node) : null;
  if (own) parent.children.push(own);
  const into = own || parent;
  const gap = isBlock(node) ? ' ' : '';
  into.children.push(gap);
  if (isSeen) into.children.push(pseudo(node, '::before'));
  if (!(own && own.isLeaf)) {
    for (const child of childrenOf(node)) ariaVisit(into, child, leftOut, seen);
    for (const owned of byIds(node, 'aria-owns')) ariaVisit(into, owned, leftOut, seen);
  }
  if (isSeen) into.children.push(pseudo(node, '::after'));
  into.children.push(gap);
};

const parentOfText = node => {
  if (node.assignedSlot) return node.assignedSlot;
  const parent = node.parentNode;
  return parent && parent.nodeType === 11 ? parent.host : parent;
};

const ariaNode = element => {
  const role = tag(element) === 'iframe' ? 'iframe' : roleOf(element);
  if (!role || role === 'presentation' || role === 'none' || role === 'document') return null;
  const node = {role, name: nameOf(element), children: [], props: {}};
  const supports = roles => roles.includes(role);
  const checked = checkedOf(element);
  if (supports(['checkbox', 'menuitemcheckbox', 'menuitemradio', 'option', 'radio', 'switch', 'treeitem']) && checked) node.checked = checked;
  if (supports(['application', 'button', 'checkbox', 'combobox', 'gridcell', 'group', 'link', 'listbox', 'menuitem', 'menuitemcheckbox',
    'menuitemradio', 'option', 'radio', 'row', 'searchbox', 'slider', 'spinbutton', 'switch', 'tab', 'textbox', 'treeitem'])) {
    node.disabled = isDisabled(element);
    node.expanded = expandedOf(element) === true;
  }
  if (role === 'heading' || element.hasAttribute('aria-level')) node.level = levelOf(element);
  if (role === 'button') node.pressed = pressedOf(element);
  node.selected = selectedOf(element) === true;
  if (role === 'link' && element.hasAttribute('href')) node.props.url = element.getAttribute('href');
  if (['textbox', 'searchbox'].includes(role)) {
    const placeholder = fold(placeholderOf(element) || element.getAttribute('aria-placeholder') || '');
    if (placeholder && placeholder !== node.name) node.props.placeholder = placeholder;
  }
  if (['input', 'textarea'].includes(tag(element)) && !['checkbox', 'radio', 'file', ...BUTTONS, 'image'].includes(element.type)) {
    // What is typed into a password field is nobody's business.
    node.children.push(element.type === 'password' ? '' : element.value);
    node.isLeaf = true;
  }
  if (tag(element) === 'svg' || role === 'img' || role === 'iframe') node.isLeaf = true;
  return node;
};

// Joins texts that stand side by side, folds them, and drops what only repeats the name.
const ariaTidy = node => {
  const children = [];
  let text = [];
  const flush = () => {
    const joined = fold(text.join(''));
    if (joined) children.push(joined);
    text = [];
  };
  for (const child of node.children) {
    if (typeof child === 'string') {
      text.push(child);
    } else {
      flush();
      ariaTidy(child);
      children.push(child);
    }
  }
  flush();
  node.children = children.length === 1 && children[0] === node.name ? [] : children;
};

const ariaLines = (node, indent, lines) => {
  if (typeof node === 'string') {
    lines.push(`${indent}- text: ${yamlValue(node)}`);
    return;
  }
  let key = node.role;
  if (node.name) key += ` ${JSON.stringify(node.name.length > 900 ? `${node.name.slice(0, 900)}…` : node.name)}`;
  if (node.checked) key += node.checked === 'mixed' ? ' [checked=mixed]' : ' [checked]';
  if (node.disabled) key += ' [disabled]';
  if (node.expanded) key += ' [expanded]';
  if (node.level) key += ` [level=${node.level}]`;
  if (node.pressed) key += node.pressed === 'mixed' ? ' [pressed=mixed]' : ' [pressed]';
  if (node.selected) key += ' [selected]';
  const start = `${indent}- ${yamlKey(key)}`;
  const props = Object.entries(node.props);
  if (!node.children.length && !props.length) {
    lines.push(start);
  } else if (node.children.length === 1 && typeof node.children[0] === 'string' && !props.length) {
    lines.push(`${start}: ${yamlValue(node.children[0])}`);
  } else {
    lines.push(`${start}:`);
    for (const [name, value] of props) lines.push(`${indent}  - /${name}: ${yamlValue(value)}`);
    for (const child of node.children) ariaLines(child, `${indent}  `, lines);
  }
};

const needsQuotes = text => text === '' || /^\s|\s$/.test(text) || /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/.test(text) || /^-/.test(text)
  || /[\n:](\s|$)/.test(text) || /\s#/.test(text) || /[\n\r]/.test(text) || /^[&*\],?!>|@"'#%]/.test(text) || /[{}`]/.test(text) || /^\[/.test(text)
  || !Number.isNaN(Number(text)) || ['y', 'n', 'yes', 'no', 'true', 'false', 'on', 'off', 'null'].includes(text.toLowerCase());

const yamlKey = text => needsQuotes(text) ? `'${text.replace(/'/g, '\'\'')}'` : text;
const yamlValue = text => needsQuotes(text) ? JSON.stringify(text) : text;
