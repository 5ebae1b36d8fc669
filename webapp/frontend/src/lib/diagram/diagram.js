// A BPMN diagram to look at: loads it, fits it, marks where a case stands. Used by the viewer and the replay island.
// The bpmn.io mark that bpmn-js draws stays visible and free: its licence asks for that.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import '../../css/diagram.css';
import { el } from '../dom.js';
import { getText } from '../send.js';

const STATES = ['done', 'active', 'failed'];
const SIGNS = { done: '✓', active: '●', failed: '!' };
const WORDS = { done: 'done', active: 'now', failed: 'failed' };
const READABLE = 0.55; // below this scale labels cannot be read: show a part instead of all
const MAX_SCALE = 1.1;
const MARGIN = 0.05; // of the size, around a fitted diagram
const PADDING = 20;
const STEP = 1.25;

/** Legend under a diagram: what the colours and signs mean; `words` says which there are. */
export function legend({ step = false, words = WORDS } = {}) {
  const here = step ? el('li', {}, el('span', { class: 'diagram-mark is-step', 'aria-hidden': 'true' }), ' this step') : null;
  return el('ul', { class: 'diagram-legend' }, here, ...STATES.filter((state) => words[state]).map((state) => el('li', {}, el('span', { class: `diagram-mark is-${state}`, 'aria-hidden': 'true' }, SIGNS[state]), ` ${words[state]}`)));
}

function toolbar(diagram) {
  const button = (label, sign, action) => el('button', { type: 'button', class: 'diagram-tool', 'aria-label': label, title: label, onclick: action }, sign);
  return el(
    'div',
    { class: 'diagram-tools' },
    button('Zoom in', '+', () => diagram.zoomBy(STEP)),
    button('Zoom out', '−', () => diagram.zoomBy(1 / STEP)),
    button('Show the whole diagram', '⤢', () => diagram.fit(true)),
  );
}

/** On a touch screen one finger moves the diagram sideways; up and down stays the page's. */
function panByTouch(host, canvas) {
  let last = null;
  host.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'touch') last = event.clientX;
  });
  host.addEventListener('pointermove', (event) => {
    if (last === null || event.pointerType !== 'touch') return;
    canvas.scroll({ dx: event.clientX - last, dy: 0 });
    last = event.clientX;
  });
  for (const end of ['pointerup', 'pointercancel']) host.addEventListener(end, () => (last = null));
}

export class Diagram {
  constructor(viewer, host) {
    this.viewer = viewer;
    this.host = host;
    this.canvas = viewer.get('canvas');
    this.registry = viewer.get('elementRegistry');
    this.overlays = viewer.get('overlays');
    this.marked = [];
    this.moved = false;
  }

  has(id) {
    return Boolean(id && this.registry.get(id));
  }

  nameOf(id) {
    return this.registry.get(id)?.businessObject?.name?.replaceAll(/\s+/g, ' ') || id;
  }

  /** Show all of it; if that would be too small to read, show the part around what is active. */
  fit(whole = false) {
    this.moved = false;
    this.canvas.resized();
    this.canvas.zoom('fit-viewport', 'auto');
    const scale = this.canvas.zoom() * (1 - MARGIN);
    if (whole || scale >= READABLE) {
      this.canvas.zoom(Math.min(scale, MAX_SCALE), 'auto');
      this.#centre();
      return;
    }
    this.canvas.zoom(READABLE + 0.15, 'auto');
    this.reveal(this.inFocus ?? this.firstActive());
  }

  #centre() {
    const { inner, outer, scale } = this.canvas.viewbox();
    const [width, height] = [outer.width / scale, outer.height / scale];
    this.canvas.viewbox({ x: inner.x + (inner.width - width) / 2, y: inner.y + (inner.height - height) / 2, width, height });
  }

  // a finger cannot pan up and down here, so the picture must use the height it has
  #keepInHeight() {
    const { inner, outer, scale, x, y } = this.canvas.viewbox();
    const height = outer.height / scale;
    const free = height - inner.height;
    const top = free >= 0 ? inner.y - free / 2 : Math.min(Math.max(y, inner.y - PADDING), inner.y + inner.height + PADDING - height);
    this.canvas.viewbox({ x, y: top, width: outer.width / scale, height });
  }

  firstActive() {
    const marked = [...(this.marks?.active ?? []), ...(this.marks?.failed ?? [])];
    return marked.find((id) => this.has(id)) ?? this.registry.find((element) => element.type === 'bpmn:StartEvent')?.id;
  }

  reveal(id) {
    if (!this.has(id)) return;
    this.canvas.scrollToElement(id, { top: 70, right: 70, bottom: 70, left: 70 });
    this.#keepInHeight();
  }

  zoomBy(factor) {
    this.moved = true;
    this.canvas.zoom(Math.min(4, Math.max(0.2, this.canvas.zoom() * factor)), 'auto');
  }

  /** marks: { done, active, failed: [ids], counts: {id: n}, current: id }. Ids that are not in the diagram are ignored. */
  mark(marks) {
    for (const [id, name] of this.marked) this.canvas.removeMarker(id, name);
    this.overlays.clear();
    this.marked = [];
    this.marks = marks;
    const state = new Map();
    for (const name of STATES) for (const id of marks[name] ?? []) if (this.has(id)) state.set(id, name);
    for (const [id, name] of state) {
      this.#add(id, `is-${name}`);
      this.#sign(id, name, marks.counts?.[id]);
    }
    if (this.has(marks.current)) this.#add(marks.current, 'is-current');
  }

  #add(id, name) {
    this.canvas.addMarker(id, name);
    this.marked.push([id, name]);
  }

  #sign(id, name, count) {
    const element = this.registry.get(id);
    if (element.waypoints || ['bpmn:Participant', 'bpmn:Lane'].includes(element.type)) return;
    const text = count > 1 ? `${SIGNS[name]} ${count}×` : SIGNS[name];
    this.overlays.add(id, { position: { top: -11, right: 11 }, html: el('span', { class: `diagram-mark is-${name}` }, text) });
  }

  /** The same in words, for those who cannot see the picture. `words` as for the legend. */
  describe(words = { active: 'Now at', failed: 'Failed', done: 'Done' }) {
    const often = (id) => (this.marks.counts?.[id] > 1 ? ` (${this.marks.counts[id]})` : '');
    const list = (ids) => (ids ?? []).filter((id) => this.registry.get(id) && !this.registry.get(id).waypoints).map((id) => this.nameOf(id) + often(id)).join(', ');
    const { active, done, failed } = this.marks ?? {};
    return [[words.active, active], [words.failed, failed], [words.done, done]].filter(([, ids]) => list(ids)).map(([word, ids]) => `${word}: ${list(ids)}.`).join(' ');
  }
}

/** Load the diagram at `src` into `frame`; `height` in px. Throws with a sentence for people when it cannot be shown. */
export async function openDiagram(frame, src, { height, label = 'Process diagram' } = {}) {
  const host = el('div', { class: 'diagram-canvas' });
  frame.classList.add('diagram');
  frame.append(host);
  if (height) host.style.height = `${Number.parseInt(height, 10)}px`;
  const viewer = new NavigatedViewer({ container: host, zoomScroll: { enabled: false } });
  try {
    await viewer.importXML(await getText(src));
  } catch (error) {
    throw new Error(`The diagram cannot be shown: ${error.message}`);
  }
  const diagram = new Diagram(viewer, host);
  const svg = host.querySelector('svg[data-element-id], svg');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  frame.append(toolbar(diagram));
  panByTouch(host, diagram.canvas);
  viewer.on('canvas.viewbox.changing', () => (diagram.moved ||= host.matches(':active')));
  new ResizeObserver(() => host.clientWidth && !diagram.moved && diagram.fit()).observe(host);
  diagram.fit();
  return diagram;
}
