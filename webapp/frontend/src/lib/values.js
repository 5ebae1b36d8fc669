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

/** How large a file is, as the pages say it: "812 bytes", "24 kB", "1.5 MB". */
export function sizeWords(size) {
  if (size < 1_000) return `${size} byte${size === 1 ? '' : 's'}`;
  return size < 999_500 ? `${Math.round(size / 1_000)} kB` : `${(size / 1_000_000).toFixed(1)} MB`;
}
