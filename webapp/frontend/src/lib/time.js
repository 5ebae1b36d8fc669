// Times for people: ISO 8601 in, words in the reader's zone out. No DOM.
const UNITS = [
  ['y', 365 * 86_400],
  ['mo', 30 * 86_400],
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
];
const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const DATE_TIME = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit',
});
const FULL = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' });
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** A Date, or null if the text is no time. A bare date is that day in the reader's zone. */
export function parseTime(text) {
  const bareDate = /^\d{4}-\d\d-\d\d$/.test(text ?? '');
  const date = new Date(bareDate ? `${text}T00:00` : text);
  return Number.isNaN(date.getTime()) ? null : date;
}

export const dateText = (date) => DATE.format(date);
export const dateTimeText = (date) => DATE_TIME.format(date);
export const fullText = (date) => FULL.format(date);
export const clockText = (date) => CLOCK.format(date);

/** "in 3 h", "5 min ago", "now". */
export function ageText(date, now = new Date()) {
  const seconds = Math.round((date - now) / 1000);
  const size = Math.abs(seconds);
  const unit = UNITS.find(([, length]) => size >= length);
  if (!unit) return 'now';
  const amount = `${Math.floor(size / unit[1])} ${unit[0]}`;
  return seconds > 0 ? `in ${amount}` : `${amount} ago`;
}
