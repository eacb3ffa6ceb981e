// main.js: one request in, one answer out.

const COMMANDS = {
  prepare: request => prepare(request),
  perform: (request, element) => perform(element, request),
  look,
  facts: () => pageFacts(),
  both: request => ({...pageFacts(), ...look(request)}),
  places,
  still,
  unstill,
  vitals,
  frames: async () => { await frame(); await frame(); return {}; },
  inner: () => ({size: [innerWidth, innerHeight]}),
};

// How a page is told from the one that history brings: by a mark on it, and by its address.
const MARKED = Symbol.for('prodiff-left');
COMMANDS.leave = ({mark}) => { window[MARKED] = mark; return {url: location.href}; };
COMMANDS.arrived = () => ({url: location.href, state: document.readyState, mark: window[MARKED] || null});

const request = JSON.parse(arguments[0]);
const given = arguments[1];
// As text, and a node beside it.
return Promise.resolve().then(() => COMMANDS[request.command](request, given)).then(
  ({element, ...rest}) => [JSON.stringify(rest), element || null],
  error => [JSON.stringify(error instanceof WrongLocator
    ? {state: 'wrong', why: error.message}
    : {state: 'broken', why: `${error.name}: ${error.message} ${error.stack}`}), null],
);
