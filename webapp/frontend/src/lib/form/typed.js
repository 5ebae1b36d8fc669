// What a person typed, held to what JSON Schema cannot say: text that is only blanks, lengths of time, days that are over.
// The server checks the same (engine/typed.py says the rules). Pure: no React, no DOM.
import { fieldsOf, resolve } from './fields.js';

const LONGEST = 'P100Y';
const BLANKS = /^[\s\u001c-\u001f\u0085\u00ad\u180e\u200b-\u200d\u2060\ufeff]+$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/;
const DURATION = /^P(?!$)(?:(?<weeks>\d+)W|(?:(?<years>\d+)Y)?(?:(?<months>\d+)M)?(?:(?<days>\d+)D)?(?:T(?!$)(?:(?<hours>\d+)H)?(?:(?<minutes>\d+)M)?(?:(?<seconds>\d+)S)?)?)$/;
const SECONDS = { years: 31556952, months: 2629746, weeks: 604800, days: 86400, hours: 3600, minutes: 60, seconds: 1 };

function parts(text) {
  const found = DURATION.exec(text)?.groups;
  return found && Object.keys(SECONDS).map((unit) => [Number(found[unit] ?? 0), unit]).filter(([count]) => count > 0);
}

const lengthOf = (units) => units.reduce((sum, [count, unit]) => sum + count * SECONDS[unit], 0);
const said = (units) => units.map(([count, unit]) => `${count} ${count === 1 ? unit.slice(0, -1) : unit}`).join(' ');

function blank(field, value) {
  return field.minLength > 0 && BLANKS.test(value) ? 'Fill this in: there are only blanks in it.' : '';
}

function length(field, value) {
  const units = field.format === 'duration' ? parts(value) : null;
  if (!units) return '';
  if (!units.length) return `${value} is no time at all. Write how long, as in P1M (a month) or PT4H (four hours).`;
  const [least, most] = [parts(field['x-least'] ?? ''), parts(field['x-most'] ?? LONGEST)];
  if (least && lengthOf(units) < lengthOf(least)) return `${value} is too short: ${said(least)} at least.`;
  return lengthOf(units) > lengthOf(most) ? `${value} is too long: ${said(most)} at most.` : '';
}

// what is no day or moment of the calendar is another rule's business
function isTime(text) {
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  const real = !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text.slice(0, 10);
  return real && (DAY.test(text) || (MOMENT.test(text) && !Number.isNaN(Date.parse(text))));
}

// days are compared as they are written, moments as moments
function isBefore(value, other) {
  if (!isTime(value) || !isTime(other)) return false;
  if (DAY.test(value) || DAY.test(other)) return value.slice(0, 10) < other.slice(0, 10);
  return Date.parse(value) < Date.parse(other);
}

function before(field, value, { beside, described, today }) {
  for (const limit of [field['x-not-before'] ?? []].flat()) {
    const other = limit === 'today' ? today : beside?.[limit];
    if (typeof other === 'string' && isBefore(value, other)) {
      if (limit === 'today') return `${value.slice(0, 10)} is over. Choose today or a later day.`;
      return `This is before “${described.get(limit)?.title ?? limit}” (${other.slice(0, 10)}). Choose the same day or a later one.`;
    }
  }
  return '';
}

function ofValue(field, value, around, path) {
  if (Array.isArray(value)) {
    const inner = field.items && resolve(field.items, around.root);
    return inner ? value.flatMap((item, number) => ofValue(inner, item, { ...around, beside: {}, described: new Map() }, [...path, number])) : [];
  }
  if (value !== null && typeof value === 'object') return ofGroup(field, value, around, path);
  if (typeof value !== 'string') return [];
  const message = blank(field, value) || length(field, value) || before(field, value, around);
  return message ? [{ path, message }] : [];
}

function ofGroup(schema, data, { root, today }, path) {
  const described = fieldsOf(schema, root);
  return Object.entries(data).flatMap(([name, value]) =>
    described.has(name) ? ofValue(described.get(name), value, { root, today, beside: data, described }, [...path, name]) : []);
}

/** `[{path, message}]`, one for each field in which something is wrong. Without `today`, no day is over. */
export function typedFaults(schema, data, today) {
  return ofGroup(schema, data ?? {}, { root: schema, today }, []);
}
