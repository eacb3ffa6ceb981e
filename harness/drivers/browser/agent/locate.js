// locate.js: what a locator finds.

// A mistake in a locator: waiting does not help.
class WrongLocator extends Error {}

const patternOf = pattern => {
  // Flags at the beginning are how other dialects write them.
  const flagged = /^\(\?([ims]+)\)/.exec(pattern);
  try {
    return new RegExp(flagged ? pattern.slice(flagged[0].length) : pattern, `u${flagged ? [...new Set(flagged[1])].join('') : ''}`);
  } catch (error) {
    throw new WrongLocator(`\`${pattern}\` cannot be used as a regular expression in a page: ${error.message}`);
  }
};

const matches = (match, text) => {
  const [[kind, value]] = Object.entries(match);
  switch (kind) {
    case 'equals': return text === fold(value);
    case 'contains': return text.includes(fold(value));
    case 'starts_with': return text.startsWith(fold(value));
    case 'ends_with': return text.endsWith(fold(value));
    case 'matches': return patternOf(value).test(text);
    case 'empty': return (text === '') === value;
    case 'not': return !matches(value, text);
    case 'all': return value.every(inner => matches(inner, text));
    case 'any_of': return value.some(inner => matches(inner, text));
    default: throw new WrongLocator(`no such match: ${kind}`);
  }
};

const attributeMatches = (element, name, match) => element.hasAttribute(name) && matches(match, fold(element.getAttribute(name)));

// What a label says, without what stands in the controls within it.
const labelText = label => {
  const pieces = [];
  const isControl = element => ['select', 'textarea', 'button'].includes(tag(element));
  collect(label, pieces, !isRendered(label), isControl);
  return fold(pieces.join(''));
};

const isLabelled = (element, match) => {
  const texts = labelsOf(element).map(labelText);
  const by = byIds(element, 'aria-labelledby');
  if (by.length) texts.push(fold(by.map(textOf).join(' ')));
  if (element.hasAttribute('aria-label')) texts.push(fold(element.getAttribute('aria-label')));
  return texts.some(text => matches(match, text));
};

const TEST = {
  role: (element, {role, name}) => {
    const own = roleOf(element);
    const isIt = own === role || (role === 'image' && own === 'img') || (role === 'none' && own === 'presentation');
    return isIt && (name === undefined || matches(name, nameOf(element)));
  },
  label: isLabelled,
  text: (element, match) => holdsText(element, match) && ![...below(element)].some(inner => holdsText(inner, match) && isVisible(inner) === isVisible(element)),
  placeholder: (element, match) => matches(match, fold(placeholderOf(element) || element.getAttribute('aria-placeholder') || ''))
    && (element.hasAttribute('placeholder') || element.hasAttribute('aria-placeholder')),
  alt: (element, match) => attributeMatches(element, 'alt', match),
  title: (element, match) => attributeMatches(element, 'title', match),
  testid: (element, match) => attributeMatches(element, 'data-testid', match),
};

const holdsText = (element, match) => !NEVER_SEEN.has(tag(element)) && !['html', 'body'].includes(tag(element)) && matches(match, textOf(element));

const byCss = selector => {
  const found = new Set();
  for (const root of roots()) {
    try {
      for (const element of root.querySelectorAll(selector)) found.add(element);
    } catch (error) {
      throw new WrongLocator(`\`${selector}\` is no CSS selector`);
    }
  }
  return found;
};

const byXPath = (path, scopes) => {
  const found = new Set();
  for (const scope of scopes || [document]) {
    try {
      const result = document.evaluate(path, scope, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
      for (let index = 0; index < result.snapshotLength; index += 1) {
        const node = result.snapshotItem(index);
        if (isElement(node)) found.add(node);
      }
    } catch (error) {
      throw new WrongLocator(`\`${path}\` is no XPath that finds elements`);
    }
  }
  return found;
};

const statesHold = (element, states) => {
  const own = {level: levelOf, checked: checkedOf, selected: selectedOf, expanded: expandedOf, pressed: pressedOf, disabled: isDisabled};
  return Object.entries(states).every(([name, value]) => own[name](element) === value || (value === false && own[name](element) === null && name === 'pressed'));
};

// Every element that a locator finds, in document order, hidden ones too; `nth` is not looked at yet.
const findAll = locator => {
  const scopes = locator.within ? find(locator.within) : null;
  if (scopes && scopes.length === 0) return [];
  const sets = [];
  const tests = [];
  for (const part of locator.parts) {
    const [[kind, value]] = Object.entries(part);
    if (kind === 'css') sets.push(byCss(value));
    else if (kind === 'xpath') sets.push(byXPath(value, scopes));
    else tests.push(element => TEST[kind](element, value));
  }
  // A CSS selector sees the whole document; everything else what is in its body.
  const start = sets.length ? document : document.body || document.documentElement;
  const pool = sets.length ? [...below(document)].filter(element => sets.every(set => set.has(element))) : [...below(start)];
  const has = locator.has && findAll(locator.has).filter(isVisible);
  const hasNot = locator.has_not && findAll(locator.has_not).filter(isVisible);
  const inner = (list, element) => list.some(found => found !== element && holds(element, found));
  return pool.filter(element => {
    if (scopes && !scopes.some(scope => scope !== element && holds(scope, element))) return false;
    if (!tests.every(test => test(element))) return false;
    if (!statesHold(element, locator.states)) return false;
    if (has && !inner(has, element)) return false;
    if (hasNot && inner(hasNot, element)) return false;
    return !locator.has_text || matches(locator.has_text, textOf(element));
  });
};

const pick = (list, nth) => {
  if (nth === undefined) return list;
  const one = list[nth > 0 ? nth - 1 : list.length + nth];
  return one ? [one] : [];
};

// What a person could mean by it: visible elements, the nth of them where it says so.
const find = locator => pick(findAll(locator).filter(element => countsFor(locator, element)), locator.nth);

// It must be seen; and told of, where it is looked for by its role.
const countsFor = (locator, element) => isVisible(element) && !(locator.parts.some(part => part.role) && isHiddenFromTree(element));

// Everything, hidden or not; `nth` counts the visible ones as long as there are enough of them.
const findAny = locator => {
  const all = findAll(locator);
  if (locator.nth === undefined) return all;
  const visible = pick(all.filter(element => countsFor(locator, element)), locator.nth);
  return visible.length ? visible : pick(all, locator.nth);
};

// Why nothing that counts was found.
const whyNone = locator => {
  const all = findAll({...locator, nth: undefined});
  const visible = all.filter(element => countsFor(locator, element));
  if (visible.length) return `there are only ${visible.length}`;
  if (all.length) return `it is there but not visible: ${all.slice(0, 3).map(describe).join(', ')}`;
  if (locator.within && find(locator.within).length === 0) return 'what it is to be within is not there';
  const role = locator.parts.map(part => part.role).find(part => part);
  if (!role || !role.name) return 'it is not there';
  const names = [...below(document.body || document)].filter(element => roleOf(element) === role.role && !isHiddenFromTree(element)).map(nameOf).filter(name => name);
  if (!names.length) return `it is not there, nor any other ${role.role}`;
  const shown = [...new Set(names)].slice(0, 6).map(name => `"${name.slice(0, 40)}"`).join(', ');
  return `it is not there; each ${role.role} that is: ${shown}${names.length > 6 ? ', …' : ''}`;
};
