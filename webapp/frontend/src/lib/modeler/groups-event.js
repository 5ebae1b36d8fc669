// Properties of events that the standard panel leaves out: what a conditional event waits for.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { expression } from './entries.js';

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

export const eventGroups = [conditionGroup];
