// All steps as a table: the way through the case for keyboard and screen reader, and the overview for everybody.
import { el } from '../dom.js';
import { humanise } from '../form/fields.js';

const CELLS = ['Step', 'When', 'Who', 'What', 'Changed'];

/** The names of all that a step has changed, in the case and in scopes within it. */
const changed = (step) => [...new Set([step, ...(step.locals ?? [])].flatMap(({ changes }) => (changes ?? []).map(({ name }) => name)))];

function row(step, when) {
  const title = step.title || humanise(step.kind);
  const who = [step.actor || 'the engine', step.on_behalf_of && `for ${step.on_behalf_of}`].filter(Boolean).join(', ');
  const cells = [
    String(step.seq),
    el('time', { datetime: step.at }, when(step)),
    who,
    el('a', { href: `#step=${step.seq}` }, title),
    changed(step).map(humanise).join(', ') || '–',
  ];
  return el('tr', { role: 'row' }, ...cells.map((cell, index) => el('td', { role: 'cell', 'data-label': CELLS[index] }, cell)));
}

/** { element, select(index) } */
export function stepTable(steps, when) {
  const rows = steps.map((step) => row(step, when));
  rows.forEach((line) => line.addEventListener('click', (event) => event.target.closest('a') ?? line.querySelector('a').click()));
  const head = el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, ...CELLS.map((title) => el('th', { scope: 'col', role: 'columnheader' }, title))));
  const table = el('table', { class: 'table table-dense table-cards replay-table', role: 'table' }, el('caption', { class: 'visually-hidden' }, 'All steps of this case'), head, el('tbody', { role: 'rowgroup' }, ...rows));
  const select = (index) => {
    table.querySelector('[aria-current]')?.removeAttribute('aria-current');
    rows[index].setAttribute('aria-current', 'step');
  };
  return { element: el('div', { class: 'card table-wrap replay-steps' }, table), select };
}
