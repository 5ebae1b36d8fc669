// Properties of a process and its lanes: what a case is called, who may start it, which role a lane stands for.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { check, expression, select, text } from './entries.js';
import { extensionWriter, property } from './extensions.js';

// with nothing selected the panel shows the collaboration; its one process is what people look for there
function onlyProcess(collaboration) {
  const processes = (collaboration.participants ?? []).map(({ processRef }) => processRef).filter(Boolean);
  return processes.length === 1 ? processes[0] : null;
}

function processOf(element) {
  if (is(element, 'bpmn:Participant')) return getBusinessObject(element).processRef ?? null;
  if (is(element, 'bpmn:Collaboration')) return onlyProcess(getBusinessObject(element));
  return is(element, 'bpmn:Process') ? getBusinessObject(element) : null;
}

const words = (value) => value.split(/\s+/).filter(Boolean);

function caseGroup({ element, injector }) {
  const process = processOf(element);
  if (!process) return null;
  const write = extensionWriter(injector, element, process);
  const of = (name) => [() => property(process, name), (value) => write.property(name, value)];
  return {
    id: 'case',
    label: 'Case',
    entries: [
      expression('case-title', 'Title of a case', ...of('title'), 'incident["title"]'),
      expression('business-key', 'Business key', ...of('business_key'), 'incident_id'),
      text('case-word', 'What a case is called', ...of('case_word'), { description: 'One word, such as incident' }),
    ],
  };
}

function starterGroup({ element, injector, catalog }) {
  const process = processOf(element);
  if (!process) return null;
  const write = extensionWriter(injector, element, process);
  const chosen = () => words(property(process, 'startable_by'));
  const known = catalog.roles.map(({ id }) => id);
  const roles = [...catalog.roles, ...chosen().filter((id) => !known.includes(id)).map((id) => ({ id, title: `${id} (not in the catalogue)` }))];
  const set = (id, on) => write.property('startable_by', (on ? [...chosen(), id] : chosen().filter((other) => other !== id)).join(' '));
  return { id: 'startable-by', label: 'Who may start a case', entries: roles.map(({ id, title }) => check(`starter-${id}`, title, () => chosen().includes(id), (on) => set(id, on))) };
}

function laneGroup({ element, injector, catalog }) {
  if (!is(element, 'bpmn:Lane')) return null;
  const bo = getBusinessObject(element);
  const write = extensionWriter(injector, element, bo);
  const roles = catalog.roles.map(({ id, title }) => ({ value: id, label: title }));
  return { id: 'lane', label: 'Role', entries: [select('lane-role', 'Role that does the tasks', roles, () => property(bo, 'role'), (value) => write.property('role', value))] };
}

export const processGroups = [caseGroup, starterGroup, laneGroup];
