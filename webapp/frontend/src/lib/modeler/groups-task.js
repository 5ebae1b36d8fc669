// Properties of tasks, gateways' flows and call activities: what a person does, what is computed, where the case goes.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { area, check, expression, select, text } from './entries.js';
import { body, extensionWriter, property } from './extensions.js';

const UI_FILE = /\.ui\.json$/;
const isUiFile = (name) => UI_FILE.test(name);
const performs = (element) => is(element, 'bpmn:Activity') || is(element, 'bpmn:Event');

export function propertyOf({ injector, element }) {
  const bo = getBusinessObject(element);
  const write = extensionWriter(injector, element, bo);
  return (name) => [() => property(bo, name), (value) => write.property(name, value)];
}

function fitsmGroup(context) {
  if (!performs(context.element)) return null;
  const of = propertyOf(context);
  return { id: 'fitsm', label: 'FitSM activity', entries: [text('fitsm-id', 'Catalogue id', ...of('fitsm'), { description: 'Which activity of the standard this performs, such as PR9.A1.2. Several: separate by blanks.' })] };
}

function formGroup(context) {
  const { element, catalog, injector } = context;
  if (!is(element, 'bpmn:UserTask') && !is(element, 'bpmn:ManualTask')) return null;
  const of = propertyOf(context);
  const bo = getBusinessObject(element);
  const [readForm, writeForm] = of('formJsonSchemaFilename');
  const write = extensionWriter(injector, element, bo);
  const layouts = catalog.forms.filter(isUiFile);
  const chooseForm = (file) => {
    writeForm(file);
    const layout = file.replace(/\.json$/, '.ui.json');
    if (layouts.includes(layout)) write.property('formUiSchemaFilename', layout);
  };
  return {
    id: 'form',
    label: 'Form',
    entries: [
      select('form-schema', 'Form', catalog.forms.filter((name) => !isUiFile(name)), readForm, chooseForm),
      select('form-ui', 'Layout of the form', layouts, ...of('formUiSchemaFilename')),
      area('instructions', 'Instructions', () => body(bo, 'InstructionsForEndUser'), (value) => write.body('InstructionsForEndUser', value), { description: 'Markdown; {{ expression }} inserts a value of the case.' }),
    ],
  };
}

function workGroup(context) {
  const { element } = context;
  if (!is(element, 'bpmn:UserTask') && !is(element, 'bpmn:ManualTask')) return null;
  const of = propertyOf(context);
  return {
    id: 'work',
    label: 'Who and until when',
    entries: [
      expression('assignee', 'Person', ...of('assignee'), 'owner. Empty: anybody with the role of the lane'),
      expression('offered_to', 'Role', ...of('offered_to'), '"sms_owner". Empty: the role of the lane'),
      expression('excluded', 'Not by', ...of('excluded'), 'author. Who may not do it: four eyes'),
      expression('priority', 'Priority', ...of('priority'), '"P3"'),
      expression('due', 'Due', ...of('due'), 'add_working_time(now(), "PT4H")'),
    ],
  };
}

function decisionGroup({ element, catalog, injector }) {
  if (!is(element, 'bpmn:BusinessRuleTask')) return null;
  const bo = getBusinessObject(element);
  const write = extensionWriter(injector, element, bo);
  return { id: 'decision', label: 'Decision table', entries: [select('decision-id', 'Decision', catalog.decisions, () => body(bo, 'CalledDecisionId'), (value) => write.body('CalledDecisionId', value))] };
}

function scriptGroup({ element, injector }) {
  if (!is(element, 'bpmn:ScriptTask')) return null;
  const bo = getBusinessObject(element);
  const write = (value) => injector.get('modeling').updateProperties(element, { script: value || undefined });
  return { id: 'script', label: 'Script', entries: [area('script-text', 'Assignments', () => bo.script ?? '', write, { monospace: true, rows: 6, description: 'One assignment a line, such as total = hours * rate' })] };
}

function callGroup({ element, injector }) {
  if (!is(element, 'bpmn:CallActivity')) return null;
  const bo = getBusinessObject(element);
  const write = (value) => injector.get('modeling').updateProperties(element, { calledElement: value || undefined });
  return { id: 'call', label: 'Called process', entries: [text('called-process', 'Process id', () => bo.calledElement ?? '', write)] };
}

function conditionGroup({ element, injector }) {
  const bo = getBusinessObject(element);
  const source = bo.sourceRef;
  if (!is(element, 'bpmn:SequenceFlow') || !source?.$instanceOf('bpmn:Gateway') || source.$type === 'bpmn:ParallelGateway' || source.$type === 'bpmn:EventBasedGateway') return null;
  const modeling = injector.get('modeling');
  const make = (value) => Object.assign(injector.get('bpmnFactory').create('bpmn:FormalExpression', { body: value }), { $parent: bo });
  const isDefault = source.default === bo;
  const setDefault = (on) => modeling.updateProperties(element.source, { default: on ? bo : undefined });
  const condition = expression('condition', 'Taken if', () => bo.conditionExpression?.body ?? '', (value) => modeling.updateProperties(element, { conditionExpression: value ? make(value) : undefined }), 'major and priority == "P1"');
  return { id: 'condition', label: 'Condition', entries: [check('default-flow', 'Taken if no other is (default)', () => isDefault, setDefault), ...(isDefault ? [] : [condition])] };
}

export const taskGroups = [fitsmGroup, formGroup, workGroup, decisionGroup, scriptGroup, callGroup, conditionGroup];
