// The panel beside the diagram: one step in words. Who, when, for whom, with which data, and what it changed.
import { el } from '../dom.js';
import { humanise } from '../form/fields.js';
import { fullText, parseTime } from '../time.js';
import { valueText } from '../values.js';
import { scopeName } from './scopes.js';

function facts(pairs) {
  const list = el('dl', { class: 'facts' });
  for (const [name, value] of pairs) if (value) list.append(el('dt', {}, name), el('dd', {}, value));
  return list;
}

function formFacts(form) {
  const pairs = Object.entries(form).map(([name, value]) => [humanise(name), valueText(value)]);
  if (pairs.length === 0) return [];
  return [el('h3', {}, 'Filled in'), facts(pairs)];
}

function changesTable(changes, title = 'Changed') {
  if (!changes?.length) return [];
  const rows = changes.map(({ name, before, after }) =>
    el('tr', {}, el('th', { scope: 'row' }, humanise(name)), el('td', { class: 'before' }, before === null || before === undefined ? '' : valueText(before)), el('td', { class: 'after' }, valueText(after))));
  const head = el('thead', {}, el('tr', {}, ...['What', 'Before', 'After'].map((title) => el('th', { scope: 'col' }, title))));
  return [el('h3', {}, title), el('div', { class: 'table-wrap' }, el('table', { class: 'changes' }, head, el('tbody', {}, ...rows)))];
}

function conflictNotices(conflicts, diagram) {
  return (conflicts ?? []).map(({ variable, value, instead_of: before, others }) =>
    el('div', { class: 'notice notice-warning' }, `${humanise(variable)}: a parallel branch (${others.map((id) => diagram.nameOf(id)).join(', ')}) gave it ${valueText(before)}. ${valueText(value)} holds.`));
}

const scopeChanges = (locals) => (locals ?? []).flatMap((local) => changesTable(local.changes, `Changed in ${scopeName(local)}`));

function dataThen(data, of = 'the case') {
  const pairs = Object.entries(data);
  if (pairs.length === 0) return [];
  return [el('details', { class: 'replay-data' }, el('summary', {}, `Data of ${of} at this step (${pairs.length})`), facts(pairs.map(([name, value]) => [humanise(name), value === null ? '–' : valueText(value)])))];
}

function timeOf(step, text) {
  const date = parseTime(step.at);
  return el('time', { datetime: step.at, title: date ? fullText(date) : undefined }, text);
}

/** The elements of the panel for `step`; `data` is what the case knew after it, `scopes` what is known within it only. */
export function stepPanel(step, whenText, diagram, data, scopes) {
  const where = diagram.has(step.element) ? diagram.nameOf(step.element) : step.element;
  return [
    el('div', { class: 'card-header' }, el('h2', { class: 'card-title' }, step.title || humanise(step.kind))),
    el(
      'div',
      { class: 'card-body' },
      facts([
        ['When', timeOf(step, whenText)],
        ['Who', step.actor || 'the engine'],
        ['On behalf of', step.on_behalf_of],
        ['What', step.kind && el('span', { class: 'badge tone-neutral' }, step.kind)],
        ['Where', where],
        ['Number', String(step.seq)],
      ]),
      ...formFacts(step.form ?? {}),
      ...changesTable(step.changes),
      ...scopeChanges(step.locals),
      ...(step.moved?.length ? [el('h3', {}, 'With the move'), el('ul', {}, ...step.moved.map((sentence) => el('li', {}, sentence)))] : []),
      ...conflictNotices(step.conflicts, diagram),
      ...dataThen(data),
      ...scopes.flatMap((scope) => dataThen(scope.data, scopeName(scope))),
      ...(step.failed?.length ? [el('div', { class: 'notice notice-danger' }, `Failed here: ${step.failed.map((id) => diagram.nameOf(id)).join(', ')}`)] : []),
    ),
  ];
}
