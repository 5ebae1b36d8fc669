// Walks a form's JSON Schema and says which fields it has, wherever they are described (properties, allOf, if/then/else, $defs).
// Pure: no React, no DOM.

const BRANCHES = ['then', 'else'];
const LISTS = ['allOf', 'anyOf', 'oneOf'];

/** Follow a local `$ref` (`#/$defs/x`); siblings of the reference win. */
export function resolve(schema, root) {
  if (!schema?.$ref?.startsWith?.('#/')) return schema ?? {};
  const target = schema.$ref
    .slice(2)
    .split('/')
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((node, step) => node?.[step], root);
  const { $ref: _, ...siblings } = schema;
  return { ...resolve(target, root), ...siblings };
}

/** All fields of an object schema: Map of name → field schema. A field described twice is merged, the first wins. */
export function fieldsOf(schema, root = schema, found = new Map()) {
  const node = resolve(schema, root);
  for (const [name, field] of Object.entries(node.properties ?? {})) {
    found.set(name, { ...resolve(field, root), ...found.get(name) });
  }
  for (const branch of BRANCHES) if (node[branch]) fieldsOf(node[branch], root, found);
  for (const list of LISTS) for (const item of node[list] ?? []) fieldsOf(item, root, found);
  return found;
}

/** The names an object schema requires, always or under a condition. */
export function requiredOf(schema, root = schema, found = new Set()) {
  const node = resolve(schema, root);
  for (const name of node.required ?? []) found.add(name);
  for (const branch of BRANCHES) if (node[branch]) requiredOf(node[branch], root, found);
  for (const list of LISTS) for (const item of node[list] ?? []) requiredOf(item, root, found);
  return found;
}

/** The field at a path of names (array indexes are skipped), or null. */
export function fieldAt(path, root) {
  let node = root;
  for (const step of path) {
    const resolved = resolve(node, root);
    node = /^\d+$/.test(step) && resolved.items ? resolved.items : fieldsOf(resolved, root).get(step);
    if (!node) return null;
  }
  return resolve(node, root);
}

/** "service_request" → "Service request": a label for a value that nobody gave one. */
export function humanise(value) {
  const text = String(value).replaceAll(/[_-]+/g, ' ').trim();
  return /^[a-z]/.test(text) ? text[0].toUpperCase() + text.slice(1) : text;
}

/** Title of a field for messages; an entry of a list is counted: "What was tried 2: What". */
export function titleAt(path, root) {
  const words = [];
  path.forEach((step, index) => {
    if (/^\d+$/.test(step)) words.push(`${words.pop() ?? ''} ${Number(step) + 1}`.trim());
    else words.push(fieldAt(path.slice(0, index + 1), root)?.title ?? humanise(step));
  });
  return words.join(', ');
}

/** Data without the empty objects that stand where no file was chosen: a file that is not there is not a file without a name. */
export function withoutEmptyFiles(value, schema, root = schema) {
  const described = resolve(schema, root);
  if (Array.isArray(value)) return described.items ? value.map((item) => withoutEmptyFiles(item, described.items, root)) : value;
  if (!value || typeof value !== 'object') return value;
  const fields = fieldsOf(described, root);
  const kept = Object.entries(value).filter(([name, item]) => !(fields.get(name)?.['x-file'] && item && !item.sha256));
  return Object.fromEntries(kept.map(([name, item]) => [name, fields.has(name) ? withoutEmptyFiles(item, fields.get(name), root) : item]));
}
