// Walks through a case step by step: the diagram at that moment, who did what on which data, and the same as a table.
import '../css/replay.css';
import { openDiagram, legend } from '../lib/diagram/diagram.js';
import { el, part } from '../lib/dom.js';
import { humanise } from '../lib/form/fields.js';
import { stepPanel } from '../lib/replay/panel.js';
import { scopesAfter } from '../lib/replay/scopes.js';
import { stepTable } from '../lib/replay/table.js';
import { dateTimeText, parseTime } from '../lib/time.js';

const PLAY_PAUSE = 1_200;
const HASH = /^#step=(\d+)$/;

const when = (step) => (parseTime(step.at) ? dateTimeText(parseTime(step.at)) : step.at);

function controls(onMove, onPlay, count) {
  const button = (label, sign, action, name) => el('button', { type: 'button', class: 'btn replay-button', 'aria-label': label, title: label, 'data-control': name, onclick: action }, sign);
  const slider = el('input', { type: 'range', class: 'form-range replay-slider', min: 1, max: count, step: 1, 'aria-label': 'Step' });
  slider.addEventListener('input', () => onMove(() => Number(slider.value) - 1));
  const play = button('Play', '▶', onPlay, 'play');
  const bar = el(
    'div',
    { class: 'replay-controls', role: 'group', 'aria-label': 'Replay' },
    button('First step', '⇤', () => onMove(() => 0), 'first'),
    button('One step back', '←', () => onMove((at) => at - 1), 'back'),
    play,
    button('One step forward', '→', () => onMove((at) => at + 1), 'forward'),
    button('Last step', '⇥', () => onMove(() => count - 1), 'last'),
    slider,
  );
  return { bar, slider, play };
}

class Replay {
  constructor(element, steps) {
    this.steps = steps;
    this.at = -1;
    this.timer = null;
    this.controls = controls((move) => this.stop() || this.go(move(this.at)), () => (this.timer ? this.stop() : this.play()), steps.length);
    this.said = el('p', { class: 'replay-said', role: 'status' });
    this.panel = el('section', { class: 'replay-panel card', 'aria-label': 'This step' });
    this.frame = el('div');
    this.table = stepTable(steps, when);
    this.stage = el('div', { class: 'replay-stage' }, this.frame, legend({ step: true }));
    element.replaceChildren(
      el('div', { class: 'replay' }, el('div', { class: 'replay-left' }, this.controls.bar, this.said, this.stage), this.panel),
      el('h2', { class: 'replay-heading' }, 'All steps'),
      this.table.element,
    );
  }

  /** `sources`: where the diagram of each definition is that the case ran on; most cases have one. */
  async open(sources) {
    this.diagrams = new Map();
    for (const [digest, src] of Object.entries(sources)) {
      const frame = el('div');
      this.frame.append(frame);
      const diagram = await openDiagram(frame, src, { label: 'Process diagram at the shown step' });
      this.diagrams.set(digest, { frame, diagram });
    }
  }

  /** Put the diagram on the stage that the case was on after a step. */
  #turnTo(digest) {
    const shown = this.diagrams.get(digest) ?? this.diagrams.values().next().value;
    for (const { frame } of this.diagrams.values()) frame.hidden = frame !== shown.frame;
    this.diagram = shown.diagram;
  }

  /** Show step number `index` (0-based, kept within the list). */
  go(index, { hash = true } = {}) {
    const next = Math.min(this.steps.length - 1, Math.max(0, index));
    if (next === this.at) return;
    this.at = next;
    const step = this.steps[next];
    this.#turnTo(step.digest);
    this.diagram.inFocus = step.element ?? undefined;
    this.diagram.mark({ done: step.done, active: step.active, failed: step.failed, current: step.element });
    this.diagram.reveal(this.diagram.has(step.element) ? step.element : step.active?.[0]);
    this.#show(step);
    if (hash) history.replaceState(history.state, '', `#step=${step.seq}`);
  }

  #show(step) {
    const text = `Step ${this.at + 1} of ${this.steps.length}: ${step.title || humanise(step.kind)}`;
    const { slider, bar } = this.controls;
    slider.value = this.at + 1;
    slider.setAttribute('aria-valuetext', text);
    this.said.textContent = `${text} · ${when(step)}`;
    this.panel.replaceChildren(...stepPanel(step, when(step), this.diagram, this.#dataAt(this.at), scopesAfter(this.steps.slice(0, this.at + 1))));
    this.table.select(this.at);
    const ends = { first: this.at === 0, back: this.at === 0, forward: this.at === this.steps.length - 1, last: this.at === this.steps.length - 1 };
    for (const [name, atEnd] of Object.entries(ends)) bar.querySelector(`[data-control="${name}"]`).setAttribute('aria-disabled', atEnd);
  }

  /** The case's data after step number `index`: what all steps up to it have changed. */
  #dataAt(index) {
    const data = {};
    for (const step of this.steps.slice(0, index + 1)) for (const { name, after } of step.changes ?? []) data[name] = after;
    return data;
  }

  play() {
    if (this.at === this.steps.length - 1) this.go(0);
    this.#showPlaying(true);
    this.timer = setInterval(() => (this.at === this.steps.length - 1 ? this.stop() : this.go(this.at + 1)), PLAY_PAUSE);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.#showPlaying(false);
  }

  #showPlaying(playing) {
    const { play } = this.controls;
    play.textContent = playing ? '❚❚' : '▶';
    play.setAttribute('aria-label', playing ? 'Pause' : 'Play');
    play.title = playing ? 'Pause' : 'Play';
  }

  goToHash() {
    const seq = HASH.exec(location.hash)?.[1];
    const index = this.steps.findIndex((step) => String(step.seq) === seq);
    this.go(index < 0 ? Math.max(0, this.at) : index, { hash: index >= 0 });
  }

  press(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest?.('input, textarea, select, [contenteditable], .djs-container')) return;
    const moves = { ArrowLeft: this.at - 1, ArrowRight: this.at + 1, Home: 0, End: this.steps.length - 1 };
    if (!(event.key in moves)) return;
    event.preventDefault();
    this.stop();
    this.go(moves[event.key]);
  }
}

export async function mount(element) {
  const steps = part(element, 'steps', []) ?? [];
  if (steps.length === 0) {
    element.replaceChildren(el('div', { class: 'empty-state' }, el('p', { class: 'empty-state-title' }, 'Nothing has happened in this case yet')));
    return;
  }
  const sources = part(element, 'sources') ?? { '': element.dataset.src };
  const replay = new Replay(element, steps);
  await replay.open(sources);
  replay.goToHash();
  addEventListener('hashchange', () => replay.goToHash());
  const press = (event) => (element.isConnected ? replay.press(event) : document.removeEventListener('keydown', press));
  document.addEventListener('keydown', press);
}
