// Entry descriptors for the properties panel: what a group file needs to describe a field in one line.
// `read()` gives the text shown, `write(text)` stores it as one undoable command.
import {
  CheckboxEntry, isCheckboxEntryEdited, isSelectEntryEdited, isTextAreaEntryEdited, isTextFieldEntryEdited, SelectEntry, TextAreaEntry, TextFieldEntry,
} from '@bpmn-io/properties-panel';
import { h } from '@bpmn-io/properties-panel/preact';
import { useService } from 'bpmn-js-properties-panel';

function wrap(Entry, extra = {}) {
  return function BoundEntry({ element, id, label, description, read, write, options, rows, monospace }) {
    const debounce = useService('debounceInput');
    return h(Entry, { element, id, label, description, debounce, rows, monospace, getValue: read, setValue: write, getOptions: options && (() => options), ...extra });
  };
}

const Text = wrap(TextFieldEntry);
const Area = wrap(TextAreaEntry, { autoResize: true });
const Select = wrap(SelectEntry);
const Check = wrap(CheckboxEntry);

const trimmed = (write) => (value) => write(value?.trim() || '');

export const text = (id, label, read, write, more = {}) => ({ id, label, read, write: trimmed(write), component: Text, isEdited: isTextFieldEntryEdited, ...more });
export const area = (id, label, read, write, more = {}) => ({ id, label, read, write: (value) => write(value ?? ''), rows: 3, component: Area, isEdited: isTextAreaEntryEdited, ...more });
export const check = (id, label, read, write, more = {}) => ({ id, label, read, write, component: Check, isEdited: isCheckboxEntryEdited, ...more });

/** A choice of `values` (strings or {value, label}); what is stored but not in the list is shown as such. */
export function select(id, label, values, read, write, more = {}) {
  const listed = values.map((value) => (typeof value === 'string' ? { value, label: value } : value));
  const current = read();
  const unknown = current && !listed.some(({ value }) => value === current) ? [{ value: current, label: `${current} (not in the catalogue)` }] : [];
  const options = [{ value: '', label: '(none)' }, ...unknown, ...listed];
  return { id, label, read, write: (value) => write(value ?? ''), options, component: Select, isEdited: isSelectEntryEdited, ...more };
}

/** An expression of the diagram language. */
export const expression = (id, label, read, write, example) => text(id, label, read, write, { monospace: true, description: example ? `Expression, such as ${example}` : 'Expression' });
