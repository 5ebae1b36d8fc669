// Turns a form's schema into the UI schema RJSF needs, so that a form author does not have to: record and person pickers from the
// x- keywords, radio buttons for few choices, human labels for bare enum values. What the author's UI file says always wins.
import { fieldsOf, humanise, requiredOf, resolve } from './fields.js';

const RADIO_LIMIT = 5;
const LONG_TEXT = 200;
const BOXES_LIMIT = 12;

const isChoice = (field) => Array.isArray(field.enum) || (field.oneOf ?? []).some((option) => 'const' in option);
const choiceCount = (field) => field.enum?.length ?? field.oneOf?.length ?? 0;

function pickerFor(field) {
  if (field['x-register']) return { 'ui:widget': 'recordPicker', 'ui:options': { register: field['x-register'] } };
  if (field['x-person']) return { 'ui:widget': 'personPicker', 'ui:options': { role: field['x-role'] } };
  return null;
}

function choiceFor(field) {
  const ui = choiceCount(field) <= RADIO_LIMIT ? { 'ui:widget': 'radio' } : { 'ui:widget': 'select' };
  if (field.enum) ui['ui:enumNames'] = field.enum.map(humanise);
  return ui;
}

function listFor(field, root) {
  const items = resolve(field.items, root);
  const picker = pickerFor(items);
  if (picker) return { ...picker, 'ui:options': { ...picker['ui:options'], many: true } };
  if (isChoice(items) && field.uniqueItems && choiceCount(items) > BOXES_LIMIT) return { 'ui:widget': 'choicesPicker' };
  if (isChoice(items) && field.uniqueItems) return { 'ui:widget': 'checkboxes', ...(items.enum ? { 'ui:enumNames': items.enum.map(humanise) } : {}) };
  return { items: uiFor(items, root) };
}

const YES_NO = { 'ui:widget': 'radio', 'ui:options': { inline: true } };

function uiFor(field, root, required = false) {
  const type = Array.isArray(field.type) ? field.type.find((name) => name !== 'null') : field.type;
  const picker = pickerFor(field);
  if (picker) return picker;
  if (field['x-file']) return { 'ui:field': 'file' };
  if (type === 'array') return listFor(field, root);
  if (type === 'object' || field.properties) return uiOfObject(field, root);
  // a required yes/no must be answered: an untouched checkbox would be "no answer", not "no"
  if (type === 'boolean' && !isChoice(field)) return required && field.const === undefined ? YES_NO : { 'ui:widget': 'checkbox' };
  if (isChoice(field)) return choiceFor(field);
  if (type === 'string' && !field.format && field.maxLength > LONG_TEXT) return { 'ui:widget': 'textarea', 'ui:options': { rows: 4 } };
  return {};
}

function uiOfObject(schema, root) {
  const ui = {};
  const required = requiredOf(schema, root);
  for (const [name, field] of fieldsOf(schema, root)) ui[name] = uiFor(field, root, required.has(name));
  return ui;
}

function merge(derived, written) {
  const result = { ...derived };
  for (const [key, value] of Object.entries(written ?? {})) {
    const both = value && derived?.[key] && typeof value === 'object' && typeof derived[key] === 'object' && !Array.isArray(value);
    result[key] = both ? merge(derived[key], value) : value;
  }
  return result;
}

// ui:order must name every field or hold "*"; an author's list that forgot one would make RJSF fail
function withWildcard(ui) {
  const order = ui['ui:order'];
  return Array.isArray(order) && !order.includes('*') ? { ...ui, 'ui:order': [...order, '*'] } : ui;
}

/** The UI schema for a form: derived from the schema, overridden by the author's. */
export function uiSchemaFor(schema, written) {
  const ui = merge(uiOfObject(schema, schema), written);
  return withWildcard({ ...ui, 'ui:submitButtonOptions': { norender: true } });
}

/** The schema without its own title and description at the top: the page already shows them. */
export function withoutHeading(schema) {
  const { title: _title, description: _description, ...rest } = schema;
  return rest;
}
