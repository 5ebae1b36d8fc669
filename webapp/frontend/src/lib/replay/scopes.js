// The scopes within a case: turns of loops, subprocesses and activities with data of their own.

/** What people call a scope. */
export const scopeName = ({ name, turn }) => (turn ? `${name}, turn ${turn}` : name);

/** [{ name, turn, data }] of the scopes that are under way after `steps`, the oldest first. */
export function scopesAfter(steps) {
  const found = new Map();
  for (const { scope, name, turn, over, changes } of steps.flatMap((step) => step.locals ?? [])) {
    const known = found.get(scope) ?? { name, turn, data: {} };
    for (const change of changes) known.data[change.name] = change.after;
    if (over) found.delete(scope);
    else found.set(scope, known);
  }
  return [...found.values()];
}
