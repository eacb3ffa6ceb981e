// actionable.js: whether an element can be acted on now, and where.

// The next frame; soon, where nothing is painted.
const frame = () => new Promise(resolve => {
  const timer = setTimeout(resolve, 60);
  requestAnimationFrame(() => { clearTimeout(timer); resolve(); });
});

const boxOf = element => element.getBoundingClientRect();
const sameBox = (one, two) => ['x', 'y', 'width', 'height'].every(side => Math.abs(one[side] - two[side]) < 0.01);

// The innermost element at a point, through shadow roots.
const atPoint = (x, y) => {
  let hit = document.elementFromPoint(x, y);
  while (hit && hit.shadowRoot) {
    const inner = hit.shadowRoot.elementFromPoint(x, y);
    if (!inner || inner === hit) break;
    hit = inner;
  }
  return hit;
};

// Whether an event at `hit` is one for `element`: within it, or on a label that hands it on.
const reaches = (hit, element) => {
  if (holds(element, hit)) return true;
  const label = hit.closest && hit.closest('label');
  return Boolean(label && label.control && label.control === element);
};

// Points that are worth a try: the middle of what is seen of each of its boxes, then around it.
const pointsOf = element => {
  const points = [];
  const boxes = [...element.getClientRects()].filter(box => box.width > 0 && box.height > 0);
  for (const box of boxes.slice(0, 4)) {
    const left = Math.max(box.left, 0), top = Math.max(box.top, 0);
    const right = Math.min(box.right, innerWidth), bottom = Math.min(box.bottom, innerHeight);
    if (right - left < 1 || bottom - top < 1) continue;
    for (const [across, down] of [[0.5, 0.5], [0.25, 0.5], [0.75, 0.5], [0.5, 0.25], [0.5, 0.75], [0.1, 0.1], [0.9, 0.9]]) {
      const x = Math.floor(left + (right - left) * across), y = Math.floor(top + (bottom - top) * down);
      points.push([Math.max(x, Math.ceil(left)), Math.max(y, Math.ceil(top))]);
    }
  }
  return points;
};

// A point where an event would reach it, or what is in the way.
const hitPoint = element => {
  const points = pointsOf(element);
  let covering = null;
  for (const [x, y] of points) {
    const hit = atPoint(x, y);
    if (hit && reaches(hit, element)) return {point: [x, y]};
    covering = covering || hit;
  }
  if (!points.length) return {why: 'it is outside of the window'};
  return {why: covering ? `it is covered by ${describe(covering)}` : 'nothing of it can be hit'};
};

// How far a point is from the middle of what is seen of the first box (WebDriver, "in-view center point"), by which drivers aim.
const offsetOf = (element, [x, y]) => {
  const [box] = element.getClientRects();
  const middle = (start, end, size) => Math.floor((Math.max(0, start) + Math.min(size, end)) / 2);
  return [x - middle(box.left, box.right, innerWidth), y - middle(box.top, box.bottom, innerHeight)];
};

const PLACES = ['center', 'end', 'start', 'nearest'];

const scrollTo = (element, attempt) => {
  const block = PLACES[attempt % PLACES.length];
  element.scrollIntoView({block, inline: block === 'nearest' ? 'nearest' : 'center', behavior: 'instant'});
};

const isWithinWindow = element => {
  const box = boxOf(element);
  const x = box.left + box.width / 2, y = box.top + box.height / 2;
  return x >= 0 && y >= 0 && x < innerWidth && y < innerHeight;
};

// One look: the one element that is meant, or why there is none.
const theOne = (locator, seen) => {
  const found = seen ? find(locator) : findAny(locator);
  if (found.length === 1) return {element: found[0]};
  if (found.length === 0) return {why: seen ? whyNone(locator) : 'it is not there'};
  const shown = found.slice(0, 5).map((element, index) => `${index + 1}. ${describe(element)}`).join('  ');
  return {why: `${found.length} elements match, and it is not said which (\`nth\`): ${shown}${found.length > 5 ? '  …' : ''}`};
};

const CHECKS = {
  enabled: element => isDisabled(element) ? `it is disabled: ${describe(element)}` : null,
  editable: element => {
    if (isEditable(element)) return null;
    const isField = ['input', 'textarea'].includes(tag(element)) && element.readOnly;
    return isField ? `it is read-only: ${describe(element)}` : `it is nothing that can be filled: ${describe(element)}`;
  },
};

// Waits until an element can be acted on, for `budget` milliseconds at most; whoever asks asks again.
const prepare = async ({locator, needs, budget}) => {
  const until = performance.now() + budget;
  let why;
  for (let attempt = 0; ; attempt += 1) {
    forget();
    const look = theOne(locator, !needs.includes('any'));
    if (look.element) {
      why = await readiness(look.element, needs, attempt);
      if (!why.why) return {state: 'ready', ...why};
      why = why.why;
    } else {
      why = look.why;
    }
    if (performance.now() >= until) return {state: 'not', why};
    await frame();
  }
};

const readiness = async (element, needs, attempt) => {
  for (const [need, check] of Object.entries(CHECKS)) {
    const why = needs.includes(need) ? check(element) : null;
    if (why) return {why};
  }
  if (needs.includes('stable')) {
    const before = boxOf(element);
    await frame();
    const between = boxOf(element);
    await frame();
    if (!element.isConnected) return {why: 'it has just been replaced'};
    if (!sameBox(before, between) || !sameBox(between, boxOf(element))) return {why: `it is moving: ${describe(element)}`};
  }
  // Within a frame the window that is seen is another one; the nearest place moves nothing that is in view already.
  if (needs.includes('scrolled') && (!isWithinWindow(element) || window !== window.top)) {
    scrollTo(element, isWithinWindow(element) ? PLACES.length - 1 : 0);
    await frame();
  }
  if (!needs.includes('hit')) return {element, ...facts(element)};
  let hit = hitPoint(element);
  if (hit.why && attempt > 0 && needs.includes('scrolled')) {
    // Something that sticks to an edge may hide it: another place in the window is tried each time.
    scrollTo(element, attempt);
    await frame();
    hit = hitPoint(element);
  }
  return hit.why ? {why: hit.why} : {element, point: hit.point, offset: offsetOf(element, hit.point), ...facts(element)};
};

const facts = element => ({
  described: describe(element),
  tag: tag(element),
  type: tag(element) === 'input' ? element.type : null,
  checked: checkedOf(element),
  multiple: Boolean(element.multiple),
  draggable: Boolean(element.draggable),
  form: tag(element) === 'form' || Boolean(element.form),
});

// What is done to the element that was prepared, where an event of the pointer is not the way.
const DO = {
  focus: element => { element.focus(); return {}; },
  // As a person does with Control+A: what is typed then replaces it.
  select_all: element => {
    element.focus();
    if (['input', 'textarea'].includes(tag(element))) {
      element.select();
      return {empty: element.value === ''};
    }
    const range = document.createRange();
    range.selectNodeContents(element);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return {empty: textOf(element) === ''};
  },
  // As if it were pasted: the events are the browser's own.
  insert_text: (element, {value}) => ({inserted: document.execCommand('insertText', false, value)}),
  // Inputs that are not typed into: a picker sets them in one go.
  set_value: (element, {value}) => {
    const native = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value');
    element.focus();
    native.set.call(element, value);
    element.dispatchEvent(new Event('input', {bubbles: true, composed: true}));
    element.dispatchEvent(new Event('change', {bubbles: true}));
    return element.value === value ? {} : {why: `it does not take \`${value}\`; it holds \`${element.value}\``};
  },
  choose: (element, {options}) => {
    if (tag(element) !== 'select') return {why: `it is no <select>: ${describe(element)}`};
    const all = [...element.options];
    const named = wanted => all.find(option => fold(option.label) === fold(wanted)) || all.find(option => option.value === wanted);
    const chosen = options.map(named);
    const missing = options.find((_, index) => !chosen[index]);
    if (missing !== undefined) return {why: `it has no option \`${missing}\`; it has: ${all.slice(0, 10).map(option => `\`${fold(option.label)}\``).join(', ')}`};
    const disabled = chosen.find(isDisabled);
    if (disabled) return {why: `the option \`${fold(disabled.label)}\` is disabled`};
    if (options.length > 1 && !element.multiple) return {why: 'it takes one option only'};
    element.focus();
    for (const option of all) if (element.multiple) option.selected = chosen.includes(option);
    if (!element.multiple) chosen[0].selected = true;
    element.dispatchEvent(new Event('input', {bubbles: true, composed: true}));
    element.dispatchEvent(new Event('change', {bubbles: true}));
    return {};
  },
  // Native dragging, where the browser takes none from a driver: the events that it would send, with one store of data.
  drop_on: (element, {to}) => {
    const target = theOne(to, true).element;
    if (!target) return {why: 'what it is dropped on has just gone'};
    const data = new DataTransfer();
    const send = (on, type) => {
      const box = boxOf(on);
      const init = {bubbles: true, cancelable: true, composed: true, dataTransfer: data, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2};
      return on.dispatchEvent(new DragEvent(type, init));
    };
    if (!send(element, 'dragstart')) return {};
    send(target, 'dragenter');
    // A page that does not cancel it takes nothing.
    if (!send(target, 'dragover')) send(target, 'drop');
    send(element, 'dragend');
    return {};
  },
  submit: element => {
    const form = tag(element) === 'form' ? element : element.form || element.closest('form');
    if (!form) return {why: `it is in no form: ${describe(element)}`};
    // As a button would: what must be filled in is checked, and the page gets its `submit` event.
    form.requestSubmit();
    return {};
  },
  checked: element => ({checked: checkedOf(element)}),
  control: element => ({element: tag(element) === 'label' ? element.control : element}),
  content: element => ({element: element.contentWindow}),
};

const perform = (element, request) => {
  forget();
  if (!element.isConnected) return {why: 'it has just been replaced'};
  return DO[request.what](element, request);
};
