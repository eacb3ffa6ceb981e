// The list of cases and what each holds. All text reaches the page as text nodes; nothing here reads markup.
(() => {
  'use strict';
  const byId = (id) => document.getElementById(id);
  const read = (id) => { const block = byId(id); return block ? JSON.parse(block.textContent) : null; };
  // element('p', {class: 'x'}, 'text', child, …)
  const element = (name, attributes, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) if (value !== null && value !== undefined) made.setAttribute(key, value);
    for (const child of children.flat(Infinity)) if (child !== null && child !== undefined) made.append(child);
    return made;
  };

  const data = read('rows');
  const { texts, statuses, rows } = data;
  const PASSED = statuses.indexOf('passed'), FLAKY = statuses.indexOf('flaky'), SKIPPED = statuses.indexOf('skipped');
  const [ID, NAME, SUITE, STATUS, ATTEMPTS, DURATION, STARTED, FILE, LINE, TAGS, REASON, FAILURES, FINDINGS, COUNTS] = Array(14).keys();
  const CHUNK_RECORDS = 1024, BATCH = 120;

  const duration = (ms) => ms < 10 ? `${ms.toFixed(1)} ms` : ms < 999.5 ? `${ms.toFixed(0)} ms` : ms < 59995 ? `${(ms / 1000).toFixed(2)} s`
    : `${Math.floor(Math.round(ms / 1000) / 60)} min ${Math.round(ms / 1000) % 60} s`;
  const size = (bytes) => bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  const counted = (n, what) => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`;

  // ---- Which cases are shown.

  const searchText = rows.map((row) => [row[ID], row[NAME], texts[row[SUITE]], row[REASON] || '', ...row[TAGS].map((tag) => texts[tag]),
    ...row[FAILURES].flatMap((failure) => [failure[3], failure[4]])].join('\n').toLowerCase());
  const chosen = new Set();
  let order = 'worst', shown = [], n_rendered = 0, current = -1;
  const list = byId('list'), more = byId('more'), search = byId('search'), tag = byId('tag');

  const select = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = tag.value === '' ? null : Number(tag.value);
    shown = [];
    for (let number = 0; number < rows.length; number += 1) {
      const row = rows[number];
      if (chosen.size > 0 && !chosen.has(row[STATUS])) continue;
      if (wanted !== null && !row[TAGS].includes(wanted)) continue;
      if (!words.every((word) => searchText[number].includes(word))) continue;
      shown.push(number);
    }
    if (order === 'worst') shown.sort((a, b) => rows[a][STATUS] - rows[b][STATUS] || a - b);
    if (order === 'slow') shown.sort((a, b) => rows[b][DURATION] - rows[a][DURATION] || a - b);
    list.replaceChildren();
    n_rendered = 0;
    current = -1;
    renderMore();
    const isAll = shown.length === rows.length;
    byId('shown').textContent = isAll ? counted(rows.length, 'case') : `${shown.length.toLocaleString('en')} of ${counted(rows.length, 'case')}`;
  };

  const renderMore = () => {
    const until = Math.min(n_rendered + BATCH, shown.length);
    const batch = document.createDocumentFragment();
    for (; n_rendered < until; n_rendered += 1) batch.append(item(shown[n_rendered], n_rendered));
    list.append(batch);
    more.hidden = n_rendered >= shown.length;
  };

  const item = (number, position) => {
    const row = rows[number];
    const status = statuses[row[STATUS]];
    const cut = row[ID].indexOf('::') + 2;
    const id = cut > 1 ? [element('span', { class: 'suite' }, row[ID].slice(0, cut)), row[ID].slice(cut)] : [row[ID]];
    const hint = row[FAILURES].length > 0 ? `${row[FAILURES][0][3]}: ${row[FAILURES][0][4]}`
      : row[REASON] || (row[STATUS] < FLAKY && row[FINDINGS].length > 0 ? findingTitle(row[FINDINGS][0]) : null);
    const button = element('button', { type: 'button', class: 'row', 'aria-expanded': 'false' },
      element('span', { class: 'status' }, status),
      element('span', { class: 'id' }, id, row[TAGS].map((one) => element('span', { class: 'tag' }, texts[one]))),
      element('span', { class: 'time' }, row[STATUS] === SKIPPED ? '' : duration(row[DURATION])),
      hint ? element('span', { class: 'hint' }, hint) : null);
    const made = element('li', { class: `case s-${status}` }, button);
    button.addEventListener('click', () => { current = position; toggle(made, number); });
    return made;
  };

  const toggle = (made, number, wanted) => {
    const isOpen = made.classList.contains('open');
    if (wanted === isOpen) return;
    made.classList.toggle('open');
    made.firstChild.setAttribute('aria-expanded', String(!isOpen));
    if (isOpen) made.lastChild.remove();
    else made.append(detail(number));
  };

  // ---- What a case holds.

  let references = null;
  const chunks = new Map();
  const recordsOf = (number) => {
    references = references || read('references');
    return references[number].map((reference) => {
      const chunk = Math.floor(reference / CHUNK_RECORDS);
      if (!chunks.has(chunk)) chunks.set(chunk, read(`chunk-${chunk}`));
      const { texts: own, records } = chunks.get(chunk);
      return { own, record: records[reference % CHUNK_RECORDS] };
    });
  };

  const findingTitle = (number) => {
    const found = byId(`finding-${number}`);
    return found ? `${found.querySelector('.chip').textContent}: ${found.querySelector('h3').textContent}` : 'a finding';
  };

  // Pieces of a value, alternately equal and different.
  const pieces = (parts) => parts.map((part, place) => place % 2 === 1 ? element('mark', null, part) : part);
  const side = (name, parts, absent) => element('figure', { class: `side ${name}` }, element('figcaption', null, name),
    parts === null || parts.length === 0 ? element('p', { class: 'nothing' }, parts === null ? 'nothing here' : absent) : element('pre', null, pieces(parts)));
  const sides = (expected, actual, absent) => element('div', { class: 'sides sides-2' }, side('expected', expected, absent), side('actual', actual, absent));

  const curl = (command) => {
    const copy = element('button', { type: 'button', class: 'copy', 'aria-label': 'Copy the curl command' }, 'Copy');
    copy.addEventListener('click', () => {
      const done = (said) => { copy.textContent = said; setTimeout(() => { copy.textContent = 'Copy'; }, 1500); };
      const byHand = () => {
        const range = document.createRange();
        range.selectNodeContents(copy.previousSibling);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        done(document.execCommand('copy') ? 'Copied' : 'Selected');
      };
      if (navigator.clipboard) navigator.clipboard.writeText(command).then(() => done('Copied'), byHand);
      else byHand();
    });
    return element('div', { class: 'curl' }, element('pre', { class: 'block' }, command), copy);
  };

  const detail = (number) => {
    const row = rows[number];
    const [requests, expectations, snapshots, compared] = row[COUNTS];
    const panel = element('div', { class: 'detail' });
    panel.append(element('p', { class: 'facts' },
      element('code', null, `${texts[row[FILE]]}:${row[LINE]}`),
      element('span', null, `${texts[row[SUITE]]}: ${row[NAME]}`),
      row[ATTEMPTS] > 1 ? element('span', null, counted(row[ATTEMPTS], 'attempt')) : null,
      element('span', null, counted(requests, 'request')),
      element('span', null, counted(expectations, 'expectation')),
      snapshots ? element('span', null, counted(snapshots, 'snapshot')) : null,
      compared ? element('span', null, `${counted(compared, 'observation')} compared`) : null));
    if (row[REASON]) panel.append(element('p', { class: 'why' }, row[REASON]));
    if (row[FINDINGS].length > 0) {
      panel.append(element('h4', null, 'Findings'));
      panel.append(element('ul', null, row[FINDINGS].map((one) => element('li', null, element('a', { href: `#finding-${one}`, class: 'to-finding' }, findingTitle(one))))));
    }
    if (row[FAILURES].length > 0) panel.append(element('h4', null, 'Why'));
    let lastExcerpt = '', lastCommand = '';
    for (const [status, environment, place, step, message, expected, actual, excerpt, command] of row[FAILURES]) {
      const failure = element('div', { class: `failure s-${statuses[status]}` },
        element('p', { class: 'message' }, message),
        element('p', { class: 'at' }, element('code', null, place), element('span', null, step), element('span', null, `on ${environment}`)));
      if (expected.length > 0 || actual.length > 0) failure.append(sides(expected, actual, 'nothing'));
      // Failures of one step mostly quote the same response and the same command.
      if (excerpt && excerpt !== lastExcerpt) failure.append(element('pre', { class: 'block' }, excerpt));
      if (command && command !== lastCommand) failure.append(curl(command));
      [lastExcerpt, lastCommand] = [excerpt, command];
      panel.append(failure);
    }
    const records = recordsOf(number);
    const steps = records.filter(({ record }) => record[0] === 0), kept = records.filter(({ record }) => record[0] === 1);
    if (steps.length > 0) panel.append(element('h4', null, 'Steps'));
    const said = new Set(row[FAILURES].map((failure) => failure[4]));
    for (const one of steps) panel.append(stepDetail(one, row[ATTEMPTS] > 1, said));
    if (kept.length > 0) panel.append(element('h4', null, 'Snapshots'));
    for (const one of kept) panel.append(snapshotDetail(one));
    return panel;
  };

  const stepDetail = ({ own, record }, isRetried, said) => {
    const [, title, status, role, environment, attempt, place, , took, requests, exchange, expectations, captures, messages, , page] = record;
    const response = exchange && exchange[6];
    const made = element('details', { class: `step s-${statuses[status]}` },
      element('summary', null, element('span', null, own[title]),
        data.compare ? element('span', { class: 'tag' }, `${own[role]} ${own[environment]}`) : null,
        isRetried ? element('span', { class: 'tag' }, `attempt ${attempt}`) : null,
        element('span', { class: 'end' }, [response ? response[0] : page ? page[3] : null, duration(took), requests > 1 ? counted(requests, 'request') : null].filter((part) => part !== null).join(' · '))));
    // Filled when it is opened first: most steps never are.
    made.addEventListener('toggle', () => {
      if (!made.open || made.childElementCount > 1) return;
      const inside = element('div', { class: 'inside' }, element('p', { class: 'facts' }, element('code', null, own[place])));
      // What the case says above need not be said again; earlier attempts said something of their own.
      for (const message of messages) if (!said.has(own[message])) inside.append(element('p', { class: 'message' }, own[message]));
      for (const [line, subject, holds, expected, actual] of expectations) inside.append(expectation(own, line, subject, holds, expected, actual));
      if (captures.length > 0) inside.append(element('h5', null, 'Captured'), pairs(own, captures));
      if (exchange) inside.append(...exchangeDetail(own, exchange));
      if (page) inside.append(pageDetail(own, page, own[title], status < FLAKY));
      made.append(inside);
    });
    if (status < FLAKY) made.open = true;
    return made;
  };

  const expectation = (own, line, subject, holds, expected, actual) => {
    const value = (parts) => element('code', null, pieces(parts.map((part) => own[part])));
    const made = element('div', { class: holds ? 'expectation' : 'expectation broken' }, element('span', { class: 'tick', 'aria-hidden': 'true' }, holds ? '✓' : '✗'));
    made.append(holds
      ? element('span', null, own[subject], ' ', element('span', { class: 'said' }, value(expected)), element('span', { class: 'unseen' }, ' holds'))
      : element('span', null, own[subject], element('span', { class: 'said' }, ` does not hold, line ${line}: expected `), value(expected), element('span', { class: 'said' }, ', actual '), actual.length > 0 ? value(actual) : 'nothing'));
    return made;
  };

  const pairs = (own, list) => element('dl', { class: 'pairs' }, list.map(([name, value]) => [element('dt', null, own[name]), element('dd', null, element('code', null, own[value]))]));

  const body = (own, part) => {
    const [kind, bytes, excerpt, stored] = part;
    const text = own[excerpt];
    return [element('p', { class: 'facts' }, element('span', null, `${own[kind].replace('_', ' ')}, ${size(bytes)}`),
      stored === null ? null : element('span', null, 'whole in ', element('code', null, `bodies/${own[stored].slice(0, 16)}…`))),
    text ? element('pre', { class: 'block' }, text) : null].filter(Boolean);
  };

  const exchangeDetail = (own, exchange) => {
    const [method, url, headers, sent, command, redirects, response, fault] = exchange;
    const parts = [element('h5', null, 'Request'), element('p', null, element('code', null, `${own[method]} ${own[url]}`)), pairs(own, headers)];
    if (sent) parts.push(...body(own, sent));
    for (const [status, to] of redirects) parts.push(element('p', { class: 'faint' }, `${status} → `, element('code', null, own[to])));
    if (own[command]) parts.push(curl(own[command]));
    if (fault !== null) parts.push(element('h5', null, 'No whole response'), element('p', null, own[fault]));
    if (response) {
      const [status, version, , received, content, connect, first, total] = response;
      parts.push(element('h5', null, `Response ${status}, HTTP/${own[version]}`));
      const timing = element('div', { class: 'timing', 'aria-hidden': 'true' });
      for (const share of [connect || 0, first - (connect || 0), total - first]) {
        const stretch = element('i');
        stretch.style.width = `${total > 0 ? Math.max(0, share / total * 100) : 0}%`;
        timing.append(stretch);
      }
      parts.push(timing, element('p', { class: 'facts' }, connect === null ? element('span', null, 'pooled connection') : element('span', null, `connected after ${duration(connect)}`),
        element('span', null, `first byte after ${duration(first)}`), element('span', null, `whole after ${duration(total)}`)));
      parts.push(pairs(own, received), ...body(own, content));
    }
    return parts;
  };

  // ---- What a browser saw.

  const picture = (block, width, height, said) => element('img', { src: `data:image/png;base64,${byId(`picture-${block}`).textContent}`, width: width || null, height: height || null, alt: said });

  // All pictures of a step in one dialog: Escape closes it, the arrows go to the one before and behind.
  const zoom = (shots, at) => {
    const image = element('div', { class: 'canvas' }), said = element('p', { class: 'said', role: 'status' });
    const key = (name, label, act) => { const made = element('button', { type: 'button', class: 'key' }, name); made.setAttribute('aria-label', label); made.addEventListener('click', act); return made; };
    const show = (wanted) => {
      at = Math.max(0, Math.min(wanted, shots.length - 1));
      const { block, width, height, title, words } = shots[at];
      image.replaceChildren(picture(block, width, height, words));
      said.textContent = shots.length > 1 ? `${at + 1} of ${shots.length}: ${title}` : title;
      back.disabled = at === 0;
      on.disabled = at === shots.length - 1;
    };
    const back = key('←', 'The step before', () => show(at - 1)), on = key('→', 'The step behind', () => show(at + 1));
    const dialog = element('dialog', { class: 'zoom', 'aria-label': 'Pictures of the page' });
    dialog.append(element('div', { class: 'bar-of-zoom' }, shots.length > 1 ? [back, on] : [], said, key('Close', 'Close', () => dialog.close())), image);
    dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener('keydown', (event) => {
      event.stopPropagation();
      if (event.key === 'ArrowLeft') show(at - 1);
      if (event.key === 'ArrowRight') show(at + 1);
    });
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    show(at);
    dialog.showModal();
  };

  const notHere = (own, path) => element('p', { class: 'faint' }, 'The picture is too large for this page, or gone: ', element('code', null, own[path]));

  const text = (own, [what, path, block, isWhole]) => {
    const name = { aria: 'Accessible tree', html: 'HTML' }[own[what]] || own[what];
    const made = element('details', { class: 'source' }, element('summary', null, name));
    made.addEventListener('toggle', () => {
      if (!made.open || made.childElementCount > 1) return;
      const whole = element('p', { class: 'faint' }, block === null ? 'Not in this page: ' : isWhole ? 'Also in ' : 'Cut here; the whole is in ', element('code', null, own[path]));
      if (block !== null) made.append(element('pre', { class: 'block', tabindex: '0', role: 'region', 'aria-label': name }, read(`text-${block}`)));
      made.append(whole);
    });
    return made;
  };

  const pageDetail = (own, page, step, hasFailed) => {
    const [browser, url, title, status, redirects, console, requests, failed, shot, kept, before, withheld] = page;
    const shots = [...before.map(([earlier, [path, block, width, height]]) => ({ path, block, width, height, title: own[earlier], words: `The page behind the step before, ${own[earlier]}` }))];
    if (shot) shots.push({ path: shot[0], block: shot[1], width: shot[2], height: shot[3], title: step, words: `What ${own[browser]} showed when this failed: ${step}` });
    const seen = shots.filter((one) => one.block !== null);
    const button = (one) => {
      const made = element('button', { type: 'button', class: 'shot', 'aria-label': `${one.words}. Show it large` }, picture(one.block, one.width, one.height, ''));
      made.addEventListener('click', () => zoom(seen, seen.indexOf(one)));
      return made;
    };
    const card = element('div', { class: 'page' });
    const words = element('div', { class: 'words' });
    words.append(element('p', { class: 'title' }, own[title] || 'without a title'), element('p', null, element('code', null, own[url])));
    for (const [code, to] of redirects) words.append(element('p', { class: 'faint' }, `${code} → `, element('code', null, own[to])));
    words.append(element('p', { class: 'facts' }, element('span', null, own[browser]),
      status === null ? null : element('span', null, `status ${status}`),
      element('span', null, requests === null ? 'requests not observed' : counted(requests, 'request')),
      requests === null ? null : element('span', { class: failed.length > 0 ? 'bad' : null }, failed.length > 0 ? `${failed.length} failed` : 'none failed'),
      element('span', null, console === null ? 'console not observed' : console.length === 0 ? 'nothing in the console' : counted(console.length, 'console message'))));
    if (failed.length > 0) words.append(element('h5', null, 'Failed requests'), element('ul', { class: 'said-list' }, failed.map((one) => element('li', { class: 'l-error' }, element('code', null, own[one])))));
    if (console !== null && console.length > 0) {
      words.append(element('h5', null, 'Console'), element('ul', { class: 'said-list' }, console.map(([level, said]) => element('li', { class: `l-${/^(info|warning|error|uncaught)$/.test(own[level]) ? own[level] : 'info'}` },
        own[level] ? element('span', { class: 'level' }, own[level]) : null, element('code', null, own[said])))));
    }
    if (shot || withheld !== null) {
      const figure = element('figure', { class: 'picture' });
      if (shot) {
        const last = shots[shots.length - 1];
        figure.append(last.block === null ? notHere(own, last.path) : button(last),
          element('figcaption', null, last.block === null ? 'The page when it failed' : ['The page when it failed ', element('code', null, own[last.path].split('/').slice(-2).join('/').replace(/([0-9a-f]{8})[0-9a-f]{48,}/, '$1…'))]));
      } else {
        figure.append(element('p', { class: 'withheld' }, `No picture: ${own[withheld]}`));
      }
      card.classList.add('pictured');
      card.append(figure);
    }
    card.append(words);
    const parts = [card];
    if (before.length > 0) {
      parts.push(element('h5', null, before.length === 1 ? 'The step before' : `The ${before.length} steps before`), element('ol', { class: 'strip' }, shots.slice(0, before.length).map((one) =>
        element('li', null, one.block === null ? notHere(own, one.path) : button(one), element('p', null, one.title)))));
    }
    for (const one of kept) parts.push(text(own, one));
    return element('section', { class: 'page-of-step', 'aria-label': hasFailed ? 'The page when the step failed' : 'The page' }, parts);
  };

  const snapshotDetail = ({ own, record }) => {
    const [, name, outcome, environment, path, place, differences, count, title] = record;
    const isEqual = own[outcome] === 'equal';
    const made = element('details', { class: `step s-${isEqual ? 'passed' : 'unreviewed'}` },
      element('summary', null, element('span', null, own[name]), element('span', { class: 'faint' }, own[outcome]), element('span', { class: 'end' }, count > 0 ? counted(count, 'difference') : '')));
    const inside = element('div', { class: 'inside' }, element('p', { class: 'facts' }, element('code', null, `baselines/${own[path]}`), element('code', null, own[place]),
      element('span', null, `${own[title]} on ${own[environment]}`)));
    for (const [kind, at, expected, actual] of differences) {
      const text = (parts) => parts === null ? null : parts.map((part) => own[part]);
      inside.append(element('div', { class: 'difference' }, element('h5', null, own[kind], ' ', element('code', null, own[at])), sides(text(expected), text(actual), 'empty text')));
    }
    if (count > differences.length) inside.append(element('p', { class: 'faint' }, `${counted(count - differences.length, 'difference')} more`));
    made.append(inside);
    made.open = differences.length > 0;
    return made;
  };

  // ---- Going to a case, by key or by link.

  const reach = (position, focus) => {
    if (shown.length === 0) return null;
    current = Math.max(0, Math.min(position, shown.length - 1));
    while (n_rendered <= current) renderMore();
    const made = list.children[current];
    made.scrollIntoView({ block: 'nearest' });
    if (focus) made.firstChild.focus({ preventScroll: true });
    return made;
  };

  const goTo = (id) => {
    let position = shown.findIndex((number) => rows[number][ID] === id);
    if (position < 0) {
      chosen.clear();
      search.value = '';
      tag.value = '';
      press();
      select();
      position = shown.findIndex((number) => rows[number][ID] === id);
    }
    if (position < 0) return;
    const made = reach(position, true);
    toggle(made, shown[position], true);
    made.scrollIntoView({ block: 'start' });
  };

  const press = () => {
    for (const count of document.querySelectorAll('.count')) count.setAttribute('aria-pressed', String(chosen.has(statuses.indexOf(count.dataset.status))));
  };

  document.addEventListener('click', (event) => {
    const link = event.target.closest('a.to-case');
    if (link) { event.preventDefault(); goTo(link.dataset.case); return; }
    const finding = event.target.closest('a.to-finding');
    if (finding) {
      const folded = byId(finding.getAttribute('href').slice(1))?.closest('details.quiet');
      if (folded) folded.open = true;
    }
  });
  for (const count of document.querySelectorAll('.count')) {
    count.addEventListener('click', () => {
      const status = statuses.indexOf(count.dataset.status);
      if (!chosen.delete(status)) chosen.add(status);
      press();
      select();
      byId('cases').scrollIntoView({ block: 'start' });
    });
  }
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === 'Escape') {
      const open = event.target.closest('.case.open') || list.children[current];
      if (isTyping) { search.value = ''; select(); event.target.blur(); }
      else if (open && open.classList.contains('open')) { toggle(open, shown[[...list.children].indexOf(open)], false); open.firstChild.focus(); }
    } else if (isTyping) {
      if (event.key === 'Enter' && event.target === search) reach(0, true);
    } else if (event.key === '/') {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === 'j' || event.key === 'k') {
      event.preventDefault();
      reach(current + (event.key === 'j' ? 1 : -1), true);
    }
  });
  let waiting = 0;
  search.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(select, 60); });
  tag.addEventListener('change', select);
  byId('order').addEventListener('change', (event) => { order = event.target.value; select(); });

  // ---- When what ran.

  const strip = byId('strip');
  let bars = [];
  const drawStrip = () => {
    const started = rows.map((row, number) => number).filter((number) => rows[number][STARTED] >= 0);
    const end = started.reduce((latest, number) => Math.max(latest, rows[number][STARTED] + rows[number][DURATION]), 0);
    if (started.length < 2 || end <= 0) return;
    byId('timeline').hidden = false;
    const ratio = devicePixelRatio || 1, width = strip.clientWidth, height = 56;
    strip.width = width * ratio;
    strip.height = height * ratio;
    started.sort((a, b) => rows[a][STARTED] - rows[b][STARTED]);
    const lanes = [];
    const laneOf = started.map((number) => {
      let lane = lanes.findIndex((free) => free <= rows[number][STARTED]);
      if (lane < 0) lane = lanes.length < 64 ? lanes.push(0) - 1 : lanes.indexOf(Math.min(...lanes));
      lanes[lane] = rows[number][STARTED] + rows[number][DURATION];
      return lane;
    });
    const style = getComputedStyle(document.documentElement);
    const probe = element('span', { hidden: '' });
    document.body.append(probe);
    const colours = statuses.map((status) => { probe.style.color = style.getPropertyValue(`--${status}`); return getComputedStyle(probe).color; });
    probe.remove();
    const context = strip.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const laneHeight = Math.min(12, (height - 8) / lanes.length), scale = (width - 8) / end;
    bars = started.map((number, place) => ({ number, x: 4 + rows[number][STARTED] * scale, y: 4 + laneOf[place] * laneHeight,
      width: Math.max(1.5, rows[number][DURATION] * scale), height: laneHeight }));
    // The worst are drawn last: among thousands they must not be covered. They come first for the mouse.
    bars.sort((a, b) => rows[a.number][STATUS] - rows[b.number][STATUS]);
    const gap = bars.length > 1000 ? 0 : .5;
    for (const { number, x, y, width: long } of [...bars].reverse()) {
      context.globalAlpha = rows[number][STATUS] >= PASSED ? .5 : 1;
      context.fillStyle = colours[rows[number][STATUS]];
      context.fillRect(x, y, Math.max(1, long - gap), Math.max(1, laneHeight - 2 * gap));
    }
    const slowest = [...started].sort((a, b) => rows[b][DURATION] - rows[a][DURATION]).slice(0, 3);
    byId('slowest').replaceChildren(element('span', null, `${counted(started.length, 'case')} in ${duration(end)}, ${lanes.length} at a time. Slowest:`),
      ...slowest.map((number) => element('a', { class: 'to-case', href: '#cases', 'data-case': rows[number][ID] }, `${rows[number][ID].split('::').pop()} ${duration(rows[number][DURATION])}`)));
    strip.setAttribute('aria-label', `${counted(started.length, 'case')} by start and duration over ${duration(end)}`);
  };
  strip.addEventListener('click', (event) => {
    const hit = bars.find((bar) => event.offsetX >= bar.x - 1 && event.offsetX <= bar.x + bar.width + 1 && event.offsetY >= bar.y && event.offsetY <= bar.y + bar.height);
    if (hit) goTo(rows[hit.number][ID]);
  });
  strip.addEventListener('mousemove', (event) => {
    const hit = bars.find((bar) => event.offsetX >= bar.x - 1 && event.offsetX <= bar.x + bar.width + 1 && event.offsetY >= bar.y && event.offsetY <= bar.y + bar.height);
    strip.title = hit ? `${rows[hit.number][ID]}, ${duration(rows[hit.number][DURATION])}` : '';
  });

  // ---- Colours.

  const theme = byId('theme'), themes = ['', 'dark', 'light'], names = { '': 'as the system', dark: 'dark', light: 'light' };
  const remembered = () => { try { return localStorage.getItem('prodiff-theme') || ''; } catch { return ''; } };
  const setTheme = (wanted) => {
    if (wanted) document.documentElement.dataset.theme = wanted;
    else delete document.documentElement.dataset.theme;
    theme.setAttribute('aria-label', `Colours: ${names[wanted]}`);
    theme.title = `Colours: ${names[wanted]}`;
    try { localStorage.setItem('prodiff-theme', wanted); } catch { /* Files may not remember. */ }
  };
  theme.addEventListener('click', () => {
    setTheme(themes[(themes.indexOf(document.documentElement.dataset.theme || '') + 1) % themes.length]);
    drawStrip();
  });

  // ---- Begin.

  const allTags = [...new Set(rows.flatMap((row) => row[TAGS]))].sort((a, b) => texts[a].localeCompare(texts[b]));
  for (const one of allTags) tag.append(element('option', { value: one }, texts[one]));
  tag.closest('label').hidden = allTags.length === 0;
  byId('tools').hidden = rows.length === 0;
  theme.hidden = false;
  byId('keys').hidden = false;
  setTheme(themes.includes(remembered()) ? remembered() : '');
  select();
  new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) renderMore(); }, { rootMargin: '600px' }).observe(more);
  requestAnimationFrame(drawStrip);
  let resizing = 0;
  addEventListener('resize', () => { clearTimeout(resizing); resizing = setTimeout(drawStrip, 150); });
  if (location.hash.startsWith('#case=')) goTo(decodeURIComponent(location.hash.slice(6)));
})();
