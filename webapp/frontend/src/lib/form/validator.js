// RJSF's validator port over @cfworker/json-schema (2020-12). It interprets the schema instead of compiling it to code,
// because the pages forbid eval (script-src 'self'): Ajv builds its validators with `new Function` and is blocked there.
// The server validates the same schema again; this one is for the person at the keyboard.
import { Validator } from '@cfworker/json-schema';
import { createErrorHandler, toErrorSchema, unwrapErrorHandler, validationDataMerge } from '@rjsf/utils';
import { fieldAt, titleAt, withoutEmptyFiles } from './fields.js';
import { plainWords } from './plain-words.js';
import { typedFaults } from './typed.js';

const LEAVES = new Set([
  'required', 'type', 'enum', 'const', 'minLength', 'maxLength', 'pattern', 'format', 'minimum', 'maximum', 'exclusiveMinimum',
  'exclusiveMaximum', 'multipleOf', 'minItems', 'maxItems', 'uniqueItems', 'oneOf', 'anyOf',
]);
const compiled = new WeakMap(); // schema object → Map(root → Validator)

const plainCopy = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
const steps = (pointer) => pointer.replace(/^#?\/?/, '').split('/').filter(Boolean)
  .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));

function validatorFor(schema, root) {
  const byRoot = compiled.get(schema) ?? compiled.set(schema, new WeakMap()).get(schema);
  if (!byRoot.has(root)) {
    const whole = { ...schema };
    if (root.$defs) whole.$defs = { ...root.$defs, ...schema.$defs };
    if (root.definitions) whole.definitions = { ...root.definitions, ...schema.definitions };
    byRoot.set(root, new Validator(plainCopy(whole), '2020-12', false)); // a copy: the library writes into the schema
  }
  return byRoot.get(root);
}

// the value of a keyword where the library found it; null behind a $ref
function keywordValue(schema, location) {
  return steps(location).reduce((node, step) => node?.[step], schema);
}

function missingName(error) {
  return /required property "(.*)"\.$/.exec(error.error)?.[1];
}

// the branches of a oneOf/anyOf complain one by one; only the choice as a whole is of use to a person
const insideChoice = (error) => /\/(oneOf|anyOf)\/\d+/.test(error.keywordLocation);

function describe(error, schema) {
  const missing = error.keyword === 'required' ? missingName(error) : undefined;
  const path = [...steps(error.instanceLocation), ...(missing === undefined ? [] : [missing])];
  const field = fieldAt(path, schema);
  const message = plainWords(error.keyword, keywordValue(schema, error.keywordLocation) ?? field?.[error.keyword], field);
  const title = titleAt(path, schema);
  return {
    name: error.keyword,
    property: path.length ? `.${path.join('.')}` : '',
    message,
    title,
    params: {},
    schemaPath: error.keywordLocation,
    stack: title ? `${title}: ${message}` : message,
  };
}

/** One error per field: the first is the one to mend first. */
function onePerField(errors) {
  const seen = new Set();
  return errors.filter((error) => !seen.has(error.property) && seen.add(error.property));
}

function describeTyped({ path, message }, schema) {
  const title = titleAt(path, schema);
  return { name: 'typed', property: `.${path.join('.')}`, message, title, params: {}, schemaPath: '', stack: title ? `${title}: ${message}` : message };
}

export const validator = {
  // when this day began, where the organisation is; without it no day is over
  today: undefined,

  isValid(schema, data, root) {
    if (typeof schema === 'boolean') return schema;
    if (data === undefined) return schema.type === undefined && !schema.required?.length;
    return validatorFor(schema, root ?? schema).validate(plainCopy(data)).valid;
  },

  rawValidation(schema, data) {
    try {
      const { errors } = validatorFor(schema, schema).validate(plainCopy(data ?? {}));
      return { errors: errors.filter((error) => LEAVES.has(error.keyword) && !insideChoice(error)) };
    } catch (validationError) {
      return { errors: [], validationError };
    }
  },

  validateFormData(data, schema, customValidate, transformErrors, uiSchema) {
    const given = withoutEmptyFiles(data, schema);
    const raw = this.rawValidation(schema, given);
    const typed = typedFaults(schema, given, this.today).map((fault) => describeTyped(fault, schema));
    let errors = onePerField([...raw.errors.map((error) => describe(error, schema)), ...typed]);
    if (raw.validationError) errors.push({ property: '', message: raw.validationError.message, stack: `The form itself is faulty: ${raw.validationError.message}` });
    if (transformErrors) errors = transformErrors(errors, uiSchema);
    const result = { errors, errorSchema: toErrorSchema(errors) };
    if (!customValidate) return result;
    const handler = customValidate(data, createErrorHandler(data), uiSchema, result.errorSchema);
    return validationDataMerge(result, unwrapErrorHandler(handler));
  },

  reset() {},
};

/** The same, with days before `today` told as over. */
export const validatorAt = (today) => ({ ...validator, today });
