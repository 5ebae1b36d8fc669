// SPDX-License-Identifier: Apache-2.0
// Answers on each line of standard input, {schema, data, today}, with what the browser's check of a form says: the fields it refuses.
// {"schema": n} names a schema sent before; a schema is sent once, as {"is": n, "schema": {…}}.
import { createInterface } from 'node:readline';
import { withoutHeading } from '../../webapp/frontend/src/lib/form/ui.js';
import { validatorAt } from '../../webapp/frontend/src/lib/form/validator.js';

const schemas = new Map();
for await (const line of createInterface({ input: process.stdin })) {
  const { is, schema, data, today } = JSON.parse(line);
  if (is !== undefined) {
    schemas.set(is, withoutHeading(schema));
    continue;
  }
  const { errors } = validatorAt(today).validateFormData(data, schemas.get(schema));
  process.stdout.write(`${JSON.stringify(errors.map((error) => error.property || error.stack))}\n`);
}
