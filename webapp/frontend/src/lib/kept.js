// What a person typed, kept in the browser until the server has it. Storage may be blocked or full: then nothing is kept, nothing breaks.

// two people may share a browser: neither sees what the other typed
const person = () => document.querySelector('meta[name="person-id"]')?.content ?? '';

/** A slot in `storage` (sessionStorage or localStorage): read() → value or null, write(value) → kept?, clear(). */
export function kept(storage, key) {
  const name = `fitsm-kept:${person()}:${key}`;
  return {
    read() {
      try {
        return JSON.parse(storage().getItem(name));
      } catch {
        return null;
      }
    },
    write(value) {
      try {
        storage().setItem(name, JSON.stringify(value));
        return true;
      } catch {
        return false;
      }
    },
    clear() {
      try {
        storage().removeItem(name);
      } catch {
        // blocked storage held nothing
      }
    },
  };
}

export const keptInTab = (key) => kept(() => sessionStorage, key);
export const keptInBrowser = (key) => kept(() => localStorage, key);
