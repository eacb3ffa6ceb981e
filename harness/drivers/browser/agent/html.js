// html.js: the document as HTML that compares: one element a line, attributes in alphabetical order, without what scripts and styles hold.

const VOID = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr']);

const escapeText = text => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const escapeAttribute = text => text.replace(/&/g, '&amp;').replace(/"/g, '&quot;');

const htmlLines = (root, leftOut) => {
  const lines = [];
  htmlOf(root, '', lines, leftOut);
  return lines.join('\n');
};

const htmlOf = (node, indent, lines, leftOut) => {
  if (node.nodeType === 3) {
    const text = fold(node.data);
    if (text) lines.push(`${indent}${escapeText(text)}`);
    return;
  }
  if (!isElement(node) || leftOut(node)) return;
  const start = startTag(node);
  const name = tag(node);
  if (VOID.has(name)) {
    lines.push(`${indent}${start}`);
    return;
  }
  const end = `</${name}>`;
  if (name === 'script' || name === 'style') {
    lines.push(`${indent}${start}${end}`);
    return;
  }
  const inner = [];
  if (node.shadowRoot) {
    inner.push(`${indent}  <template shadowrootmode="open">`);
    for (const child of node.shadowRoot.childNodes) htmlOf(child, `${indent}    `, inner, leftOut);
    inner.push(`${indent}  </template>`);
  }
  for (const child of (name === 'template' ? node.content : node).childNodes) htmlOf(child, `${indent}  `, inner, leftOut);
  const only = node.childNodes.length === 1 && !node.shadowRoot && node.firstChild.nodeType === 3 && inner.length === 1;
  if (!inner.length) lines.push(`${indent}${start}${end}`);
  else if (only) lines.push(`${indent}${start}${inner[0].trim()}${end}`);
  else lines.push(`${indent}${start}`, ...inner, `${indent}${end}`);
};

const startTag = element => {
  // A nonce is another one every time, and browsers hide it anyway.
  const attributes = [...element.attributes].filter(attribute => attribute.name !== 'nonce')
    .sort((one, two) => one.name < two.name ? -1 : 1)
    .map(({name, value}) => value === '' ? ` ${name}` : ` ${name}="${escapeAttribute(value)}"`);
  return `<${tag(element)}${attributes.join('')}>`;
};
