// read.js: what is read of a page, in one look.

const elementFacts = (element, attributes) => ({
  described: describe(element),
  visible: isVisible(element),
  rendered: !neverRenders(element),
  enabled: !isDisabled(element),
  checked: checkedOf(element) === null ? null : checkedOf(element) === true,
  focused: (element.getRootNode().activeElement || null) === element,
  text: textOf(element),
  value: valueOf(element),
  attributes: attributes.map(name => element.getAttribute(name)),
});

const valueOf = element => {
  if (['input', 'textarea', 'select', 'output', 'progress', 'meter', 'option', 'button'].includes(tag(element))) return String(element.value);
  return element.hasAttribute('aria-valuenow') ? element.getAttribute('aria-valuetext') || element.getAttribute('aria-valuenow') : null;
};

// A part of the page: its element, and a test for what is left out.
const partOf = ({at, except}) => {
  const leftOut = new Set(except.flatMap(locator => findAll(locator)));
  const within = element => leftOut.has(element);
  if (!at) return {root: document.body || document.documentElement, within};
  const look = theOne(at, true);
  return look.element ? {root: look.element, within} : {why: look.why};
};

const PROBES = {
  elements: ({at, attributes}) => ({elements: findAny(at).slice(0, 10000).map(element => elementFacts(element, attributes))}),
  aria: probe => ofPart(probe, ariaTree),
  text: probe => ofPart(probe, seenText),
  html: probe => ofPart(probe, (root, leftOut) => htmlLines(probe.at ? root : document.documentElement, leftOut)),
  storage: () => {
    try {
      return {storage: Object.entries(localStorage).map(([key, value]) => [key, String(value)])};
    } catch (error) {
      return {storage: []};
    }
  },
};

const ofPart = (probe, render) => {
  const part = partOf(probe);
  return part.why ? {nothing: part.why} : {text: render(part.root, part.within)};
};

const answer = probe => {
  if (!PROBES[probe.kind]) return null;
  try {
    return PROBES[probe.kind](probe);
  } catch (error) {
    if (error instanceof WrongLocator) return {nothing: error.message};
    throw error;
  }
};

const look = ({probes}) => {
  forget();
  return {answers: probes.map(answer)};
};

const pageFacts = () => {
  forget();
  const meta = [...document.querySelectorAll('meta[name], meta[property]')]
    .map(element => [(element.getAttribute('name') || element.getAttribute('property')).toLowerCase(), element.content || '']);
  const links = [...document.querySelectorAll('link[rel]')].map(element => [element.rel.toLowerCase(), element.href]);
  const root = document.documentElement;
  return {
    url: location.href,
    title: document.title,
    meta,
    links,
    overflow: root ? Math.max(0, sideways(root) - root.clientWidth) : 0,
    state: document.readyState,
  };
};

// How wide the page is that can be scrolled to. What the page cuts off at its edge cannot.
const sideways = root => {
  const body = document.body;
  const cuts = element => element && ['hidden', 'clip'].includes(getComputedStyle(element).overflowX);
  return cuts(root) || (getComputedStyle(root).overflowX === 'visible' && cuts(body)) ? root.clientWidth : root.scrollWidth;
};

// Where an image is taken: boxes in CSS pixels from the corner of the document.
const places = ({of, cover}) => {
  forget();
  const place = element => {
    const box = boxOf(element);
    return [box.x + scrollX, box.y + scrollY, box.width, box.height];
  };
  const covered = cover.flatMap(locator => findAll(locator).filter(isVisible)).map(place);
  if (!of) return {covered};
  const one = theOne(of, true);
  return one.element ? {covered, clip: place(one.element)} : {nothing: one.why};
};

// Stands still: what moves is stopped, what is being loaded is waited for, what is to be covered is painted over.
const STILL = 'prodiff-still';
const still = async ({cover}) => {
  const style = document.createElement('style');
  style.id = STILL;
  const sheet = '*, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent !important; scroll-behavior: auto !important; }';
  // A style element falls under the page's policy; an adopted sheet does not.
  try {
    const adopted = new CSSStyleSheet();
    adopted.replaceSync(sheet);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, adopted];
    window[Symbol.for(STILL)] = adopted;
  } catch (error) {
    style.textContent = sheet;
    document.documentElement.append(style);
  }
  if (document.fonts) await Promise.race([document.fonts.ready, new Promise(resolve => setTimeout(resolve, 2000))]);
  await Promise.all([...document.images].filter(image => !image.complete && isWithinWindow(image)).slice(0, 50).map(image => Promise.race([
    new Promise(resolve => { image.onload = resolve; image.onerror = resolve; }), new Promise(resolve => setTimeout(resolve, 2000))])));
  await frame();
  const {covered} = places({of: null, cover});
  for (const [x, y, width, height] of covered) {
    const patch = document.createElement('div');
    patch.className = STILL;
    const box = {position: 'absolute', left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px`, background: '#f0f', 'z-index': '2147483647', margin: '0'};
    for (const [name, value] of Object.entries(box)) patch.style.setProperty(name, value, 'important');
    document.documentElement.append(patch);
  }
  await frame();
  await frame();
  return {};
};

const unstill = () => {
  const adopted = window[Symbol.for(STILL)];
  if (adopted) document.adoptedStyleSheets = [...document.adoptedStyleSheets].filter(sheet => sheet !== adopted);
  delete window[Symbol.for(STILL)];
  for (const element of document.querySelectorAll(`#${STILL}, .${STILL}`)) element.remove();
  return {};
};

const vitals = async () => {
  const entries = type => new Promise(resolve => {
    try {
      const found = [];
      const observer = new PerformanceObserver(list => found.push(...list.getEntries()));
      observer.observe({type, buffered: true});
      setTimeout(() => { found.push(...observer.takeRecords()); observer.disconnect(); resolve(found); }, 100);
    } catch (error) {
      resolve(null);
    }
  });
  const supported = PerformanceObserver.supportedEntryTypes || [];
  const [paints, shifts] = await Promise.all(['largest-contentful-paint', 'layout-shift'].map(type => supported.includes(type) ? entries(type) : null));
  const [navigation] = performance.getEntriesByType('navigation');
  return {
    lcp: paints && paints.length ? paints[paints.length - 1].startTime : null,
    cls: shifts ? worstShift(shifts.filter(shift => !shift.hadRecentInput)) : null,
    ttfb: navigation && navigation.responseStart > 0 ? navigation.responseStart : null,
  };
};

// The worst window of shifts: gaps under one second, five seconds at most.
const worstShift = shifts => {
  let worst = 0, sum = 0, first = 0, last = 0;
  for (const {value, startTime} of shifts) {
    if (sum && startTime - last < 1000 && startTime - first < 5000) {
      sum += value;
    } else {
      sum = value;
      first = startTime;
    }
    last = startTime;
    worst = Math.max(worst, sum);
  }
  return worst;
};
