// Properties of messages: their name, what they carry, and which case they belong to.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { expression, select, text } from './entries.js';
import { body, extensionWriter, property } from './extensions.js';

/** Where an element keeps its message: in its event definition, or on the task itself. */
function holder(element) {
  const bo = getBusinessObject(element);
  if (is(element, 'bpmn:SendTask') || is(element, 'bpmn:ReceiveTask')) return bo;
  return (bo.eventDefinitions ?? []).find((definition) => definition.$type === 'bpmn:MessageEventDefinition') ?? null;
}

const throws = (element) => is(element, 'bpmn:ThrowEvent') || is(element, 'bpmn:SendTask');

function definitionsOf(bo) {
  let node = bo;
  while (node && node.$type !== 'bpmn:Definitions') node = node.$parent;
  return node;
}

function messages(bo) {
  return (definitionsOf(bo)?.get('rootElements') ?? []).filter((root) => root.$type === 'bpmn:Message');
}

/** Point to the message called `name`; it is put into the file if it is not there yet. */
function setMessage({ injector, element }, part, name) {
  const modeling = injector.get('modeling');
  const commands = [];
  let message = messages(part).find((candidate) => candidate.name === name);
  if (name && !message) {
    const definitions = definitionsOf(part);
    const id = `Message_${name.replaceAll(/[^A-Za-z0-9_]+/g, '_')}`;
    message = Object.assign(injector.get('bpmnFactory').create('bpmn:Message', { id, name }), { $parent: definitions });
    commands.push([definitions, { rootElements: [...definitions.get('rootElements'), message] }]);
  }
  commands.push([part, { messageRef: name ? message : undefined }]);
  for (const [target, attributes] of commands) modeling.updateModdleProperties(element, target, attributes);
}

function messageGroup(context) {
  const { element, injector, catalog } = context;
  const part = holder(element);
  if (!part) return null;
  const write = extensionWriter(injector, element, part);
  const names = [...new Set([...catalog.messages, ...messages(part).map(({ name }) => name)])].filter(Boolean).sort();
  const read = () => part.messageRef?.name ?? '';
  const set = (name) => setMessage(context, part, name);
  const isStart = is(element, 'bpmn:StartEvent');
  const own = (type) => [() => body(part, type), (value) => write.body(type, value)];
  const payload = expression('message-payload', 'What it carries', ...own('MessagePayload'), '{"incident": incident_id}');
  const variable = text('message-variable', 'Variable that receives it', ...own('MessageVariable'), { description: isStart ? 'Empty: each value carried becomes a variable of its own.' : '' });
  const key = expression('correlation-key', 'Belongs to the case with', () => property(part, 'correlationKey'), (value) => write.property('correlationKey', value), 'incident_id. Sender and receiver must give equal values');
  return {
    id: 'fitsm-message',
    label: 'Message',
    entries: [
      select('message-name', 'Message', names, read, set),
      text(`message-new-${read()}`, 'Name of another message', () => '', (name) => name && set(name), { description: 'Fill in to use a message that is not in the list.', isEdited: () => false }),
      ...(throws(element) ? [payload] : [variable]),
      ...(isStart ? [] : [key]),
    ],
  };
}

export const messageGroups = [messageGroup];
