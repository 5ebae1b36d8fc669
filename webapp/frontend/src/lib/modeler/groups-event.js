// Properties of events that the standard panel leaves out: what a conditional event waits for, which records a timer start waits for.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { expression, select } from './entries.js';
import { propertyOf } from './groups-task.js';

function conditionGroup({ element, injector }) {
  if (!is(element, 'bpmn:Event')) return null;
  const definition = getBusinessObject(element).eventDefinitions?.find((one) => is(one, 'bpmn:ConditionalEventDefinition'));
  if (!definition) return null;
  const write = (body) => {
    const condition = body ? Object.assign(injector.get('bpmnFactory').create('bpmn:FormalExpression', { body }), { $parent: definition }) : undefined;
    injector.get('modeling').updateModdleProperties(element, definition, { condition });
  };
  return { id: 'condition', label: 'Condition', entries: [expression('event-condition', 'Happens when', () => definition.condition?.body ?? '', write, 'free < 10')] };
}

function recordGroup(context) {
  const bo = getBusinessObject(context.element);
  const waits = is(bo, 'bpmn:StartEvent') && bo.eventDefinitions?.some((one) => is(one, 'bpmn:TimerEventDefinition'));
  if (!waits || bo.$parent?.triggeredByEvent) return null;
  const cycle = bo.eventDefinitions.some((one) => one.timeCycle);
  return {
    id: 'dates',
    label: 'Dates of records',
    entries: [
      select('event-register', 'Register', context.catalog.registers, ...propertyOf(context)('register'), {
        description: 'Begins a case when the date of one of its records comes. The timer is then a date of the record, such as next_review_on.',
      }),
      ...(cycle ? [expression('event-while', 'Goes round while', ...propertyOf(context)('while'), 'state == "active"')] : []),
    ],
  };
}

export const eventGroups = [conditionGroup, recordGroup];
