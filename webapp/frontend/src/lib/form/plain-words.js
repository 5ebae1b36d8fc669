// What is wrong with a value, said so that a person can mend it. Pure: one function per JSON Schema keyword.
import { humanise } from './fields.js';

const plural = (count, one) => `${count} ${one}${count === 1 ? '' : 's'}`;

const TYPES = {
  number: 'Enter a number.',
  integer: 'Enter a whole number.',
  boolean: 'Choose yes or no.',
  array: 'Choose at least one.',
};

const FORMATS = {
  date: 'Enter a date.',
  'date-time': 'Enter a date and a time.',
  time: 'Enter a time.',
  email: 'Enter an e-mail address, such as name@example.org.',
  uri: 'Enter a full web address, starting with https://.',
  url: 'Enter a full web address, starting with https://.',
  duration: 'Enter a duration, such as PT4H (4 hours) or P5D (5 days).',
};

function missing(field) {
  if (field?.const === true) return 'Tick this to go on.';
  if (TYPES[field?.type]) return TYPES[field.type];
  const isChoice = field?.enum || field?.oneOf || field?.['x-register'] || field?.['x-person'];
  return isChoice ? 'Choose one.' : 'Fill this in.';
}

const WORDS = {
  required: (_, field) => missing(field),
  type: (type) => TYPES[type] ?? 'This has the wrong form.',
  enum: () => 'Choose one of the listed values.',
  oneOf: () => 'Choose one of the listed values.',
  anyOf: () => 'This is not one of the allowed values.',
  const: (value) => (value === true ? 'Tick this to go on.' : `This must be “${humanise(value)}”.`),
  minLength: (limit) => (limit === 1 ? 'Fill this in.' : `Write at least ${plural(limit, 'character')}.`),
  maxLength: (limit) => `Write at most ${plural(limit, 'character')}.`,
  pattern: (_, field) => field?.['x-pattern-hint'] ?? 'This does not have the expected form.',
  format: (format) => FORMATS[format] ?? 'This does not have the expected form.',
  minimum: (limit) => `Enter ${limit} or more.`,
  maximum: (limit) => `Enter ${limit} or less.`,
  exclusiveMinimum: (limit) => `Enter more than ${limit}.`,
  exclusiveMaximum: (limit) => `Enter less than ${limit}.`,
  multipleOf: (step) => `Enter a multiple of ${step}.`,
  minItems: (limit) => (limit === 1 ? 'Choose at least one.' : `Give at least ${plural(limit, 'entry').replace('entrys', 'entries')}.`),
  maxItems: (limit) => `Give at most ${plural(limit, 'entry').replace('entrys', 'entries')}.`,
  uniqueItems: () => 'The same entry is there twice.',
  unknown: () => 'This is not part of the form.',
};

/** The sentence for a keyword, its value in the schema, and the field's schema. */
export function plainWords(keyword, limit, field) {
  return (WORDS[keyword] ?? (() => 'This is not right.'))(limit, field);
}
