// The findings of the server's check: a list under the canvas, and marks on the elements they speak of.
import { el } from '../dom.js';

const SEVERITIES = { error: 'Error', warning: 'Warning', info: 'Hint' };
const count = (findings, severity) => findings.filter((finding) => finding.severity === severity).length;
const plural = (number, word) => `${number} ${word}${number === 1 ? '' : 's'}`;

function summaryText(findings) {
  if (findings.length === 0) return 'No problems found.';
  return [plural(count(findings, 'error'), 'error'), plural(count(findings, 'warning'), 'warning')].join(', ');
}

export class Findings {
  constructor(modeler) {
    this.canvas = modeler.get('canvas');
    this.registry = modeler.get('elementRegistry');
    this.overlays = modeler.get('overlays');
    this.selection = modeler.get('selection');
    this.marked = [];
    this.current = [];
    this.summary = el('p', { class: 'findings-summary', role: 'status' }, 'Checking…');
    this.list = el('ul', { class: 'findings-list' });
    this.element = el('section', { class: 'card findings', 'aria-label': 'Findings' }, el('div', { class: 'card-header' }, el('h2', { class: 'card-title' }, 'Findings'), this.summary), this.list);
  }

  get errors() {
    return count(this.current, 'error');
  }

  say(text) {
    this.summary.textContent = text;
  }

  show(findings) {
    this.current = findings;
    this.say(summaryText(findings));
    this.list.replaceChildren(...findings.map((finding) => this.#item(finding)));
    this.#mark();
  }

  #item(finding) {
    const { severity = 'error', line, element, rule, message, hint } = finding;
    const where = [element, line && `line ${line}`, rule].filter(Boolean).join(' · ');
    const content = [
      el('span', { class: `badge tone-${severity === 'error' ? 'danger' : severity === 'warning' ? 'warning' : 'info'}` }, SEVERITIES[severity] ?? severity),
      el('span', { class: 'finding-text' }, el('span', { class: 'finding-message' }, message), hint ? el('span', { class: 'finding-hint' }, hint) : null),
      el('span', { class: 'finding-where' }, where),
    ];
    const target = this.#shape(element);
    const box = target ? el('button', { type: 'button', class: 'finding', onclick: () => this.go(element) }, ...content) : el('div', { class: 'finding' }, ...content);
    return el('li', {}, box);
  }

  /** The drawn element for an id; what is not drawn itself (the process of a pool, the timer of an event) leads to the element that holds it. */
  #shape(id) {
    if (!id) return null;
    const holds = ({ businessObject }) => businessObject?.processRef?.id === id || businessObject?.eventDefinitions?.some((definition) => definition.id === id);
    return this.registry.get(id) ?? this.registry.find(holds) ?? null;
  }

  go(id) {
    const element = this.#shape(id);
    if (!element) return;
    const root = this.canvas.findRoot(element);
    if (root && root !== this.canvas.getRootElement()) this.canvas.setRootElement(root);
    this.selection.select(element);
    if (element.parent) this.canvas.scrollToElement(element, 100);
  }

  #mark() {
    for (const [id, marker] of this.marked) if (this.registry.get(id)) this.canvas.removeMarker(id, marker);
    this.overlays.remove({ type: 'finding' });
    this.marked = [];
    const worst = new Map();
    for (const { element, severity, message } of this.current) {
      const shape = this.#shape(element);
      if (!shape?.parent) continue;
      const old = worst.get(shape.id);
      worst.set(shape.id, { severity: old?.severity === 'error' ? 'error' : severity, title: [old?.title, message].filter(Boolean).join('\n') });
    }
    for (const [id, { severity, title }] of worst) this.#markOne(id, severity, title);
  }

  #markOne(id, severity, title) {
    const marker = severity === 'error' ? 'has-error' : 'has-warning';
    this.canvas.addMarker(id, marker);
    this.marked.push([id, marker]);
    if (this.registry.get(id).waypoints) return;
    this.overlays.add(id, 'finding', { position: { top: -10, left: -10 }, html: el('span', { class: `finding-mark ${marker}`, title }, severity === 'error' ? '!' : '?') });
  }
}
