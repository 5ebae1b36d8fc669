// Properties of registers in a diagram: which register a data store is, what a task writes to it, which record it reads.
import { ListGroup } from '@bpmn-io/properties-panel';
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { expression, select, text } from './entries.js';

function definitionsOf(bo) {
  let node = bo;
  while (node && node.$type !== 'bpmn:Definitions') node = node.$parent;
  return node;
}

function registerGroup({ element, injector, catalog }) {
  if (!is(element, 'bpmn:DataStoreReference')) return null;
  const bo = getBusinessObject(element);
  const modeling = injector.get('modeling');
  const set = (register) => {
    const definitions = definitionsOf(bo);
    let store = definitions.get('rootElements').find((root) => root.$type === 'bpmn:DataStore' && root.name === register);
    if (register && !store) {
      store = Object.assign(injector.get('bpmnFactory').create('bpmn:DataStore', { id: `DataStore_${register}`, name: register }), { $parent: definitions });
      modeling.updateModdleProperties(element, definitions, { rootElements: [...definitions.get('rootElements'), store] });
    }
    modeling.updateProperties(element, { dataStoreRef: register ? store : undefined, ...(bo.name ? {} : { name: register.replaceAll('_', ' ') }) });
  };
  return { id: 'register', label: 'Register', entries: [select('register-name', 'Register', catalog.registers, () => bo.dataStoreRef?.name ?? '', set)] };
}

/** Access to the list of assignments of a data association, each write one command. */
function assignments({ element, injector }) {
  const bo = getBusinessObject(element);
  const modeling = injector.get('modeling');
  const factory = injector.get('bpmnFactory');
  const list = () => bo.get('assignment') ?? [];
  const make = (from, to) => {
    const assignment = Object.assign(factory.create('bpmn:Assignment'), { $parent: bo });
    for (const [side, value] of [['from', from], ['to', to]]) assignment[side] = Object.assign(factory.create('bpmn:FormalExpression', { body: value }), { $parent: assignment });
    return assignment;
  };
  const store = (next) => modeling.updateModdleProperties(element, bo, { assignment: next });
  return {
    list,
    add: (from, to) => store([...list(), make(from, to)]),
    remove: (index) => store(list().filter((_, position) => position !== index)),
    set: (index, side, value) => {
      const old = list()[index];
      const next = make(old?.from?.body ?? '', old?.to?.body ?? '');
      next[side].body = value;
      store(index < list().length ? list().map((item, position) => (position === index ? next : item)) : [...list(), next]);
    },
    text: (index, side) => list()[index]?.[side]?.body ?? '',
  };
}

function writeGroup(context) {
  if (!is(context.element, 'bpmn:DataOutputAssociation')) return null;
  const data = assignments(context);
  const items = data.list().map((_, index) => ({
    id: `assignment-${index}`,
    label: `${data.text(index, 'to') || '?'} = ${data.text(index, 'from') || '?'}`,
    entries: [
      text(`assignment-${index}-to`, 'Field of the record', () => data.text(index, 'to'), (value) => data.set(index, 'to', value), { description: 'id names an existing record; without it a new record is made.' }),
      expression(`assignment-${index}-from`, 'Value', () => data.text(index, 'from'), (value) => data.set(index, 'from', value), '"classified"'),
    ].map((entry) => ({ element: context.element, ...entry })),
    autoFocusEntry: `assignment-${index}-to`,
    remove: (event) => {
      event.stopPropagation();
      data.remove(index);
    },
  }));
  const add = (event) => {
    event.stopPropagation();
    data.add('', '');
  };
  return { id: 'register-write', label: 'Writes to the record', component: ListGroup, items, add };
}

function readGroup(context) {
  if (!is(context.element, 'bpmn:DataInputAssociation')) return null;
  const data = assignments(context);
  return {
    id: 'register-read',
    label: 'Reads the record',
    entries: [
      expression('read-from', 'Id of the record', () => data.text(0, 'from'), (value) => data.set(0, 'from', value), 'incident_id'),
      text('read-to', 'Variable that receives it', () => data.text(0, 'to'), (value) => data.set(0, 'to', value)),
    ],
  };
}

export const dataGroups = [registerGroup, writeGroup, readGroup];
