// JSON values as words for people.
import { humanise } from './form/fields.js';
import { dateTimeText, parseTime } from './time.js';

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** One line (or a few) for any JSON value. */
export function valueText(value) {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length ? value.map(valueText).join(', ') : 'none';
  if (typeof value === 'object') return Object.entries(value).map(([name, inner]) => `${humanise(name)}: ${valueText(inner)}`).join('; ');
  if (typeof value === 'string' && ISO_TIME.test(value)) {
    const date = parseTime(value);
    if (date) return dateTimeText(date);
  }
  return String(value);
}
