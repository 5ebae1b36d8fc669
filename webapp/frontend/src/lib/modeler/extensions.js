// Reads and writes the spiffworkflow: extension elements of a BPMN business object. Every write is one undoable command.
const NS = 'spiffworkflow:';
const PROPERTIES = `${NS}Properties`;

const valuesOf = (bo) => bo.get('extensionElements')?.get('values') ?? [];
const find = (bo, type) => valuesOf(bo).find((value) => value.$type === type);

/** Text of the extension property `name`, or ''. */
export function property(bo, name) {
  return find(bo, PROPERTIES)?.get('properties').find((item) => item.name === name)?.value ?? '';
}

/** Text of the extension element `type` (such as `CalledDecisionId`), or ''. */
export function body(bo, type) {
  return find(bo, NS + type)?.value ?? '';
}

/** Writers for `element` on the shape and `bo`, which may be a part of it (an event definition, the process of a pool). */
export function extensionWriter(injector, element, bo) {
  const modeling = injector.get('modeling');
  const factory = injector.get('bpmnFactory');
  const create = (type, attributes, parent) => Object.assign(factory.create(type, attributes), { $parent: parent });

  const replace = (old, make) => {
    const kept = valuesOf(bo).filter((value) => value !== old);
    const extensions = create('bpmn:ExtensionElements', { values: kept }, bo);
    const added = make(extensions);
    if (added) kept.push(added);
    for (const value of kept) value.$parent = extensions;
    modeling.updateModdleProperties(element, bo, { extensionElements: kept.length ? extensions : undefined });
  };

  return {
    property(name, text) {
      const old = find(bo, PROPERTIES);
      const others = (old?.get('properties') ?? []).filter((item) => item.name !== name);
      replace(old, (parent) => {
        const properties = [...others.map(({ name: other, value }) => ({ name: other, value })), ...(text ? [{ name, value: text }] : [])];
        if (properties.length === 0) return null;
        const group = create(PROPERTIES, {}, parent);
        group.properties = properties.map((attributes) => create(`${NS}Property`, attributes, group));
        return group;
      });
    },
    body(type, text) {
      replace(find(bo, NS + type), (parent) => (text ? create(NS + type, { value: text }, parent) : null));
    },
  };
}
