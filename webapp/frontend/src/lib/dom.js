// Small helpers around the DOM that every island needs. No knowledge of any island.

/** The JSON of `<script type="application/json" data-part="name">` in an island, or `fallback`. */
export function part(island, name, fallback = null) {
  const script = island.querySelector(`script[data-part="${name}"]`);
  return script ? JSON.parse(script.textContent) : fallback;
}

/** An element: `el('button', { class: 'btn', onclick: f, 'aria-label': 'x' }, 'text', child)`. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A random UUID. `crypto.randomUUID` is missing on plain http, which a trial in a local network uses. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Run `action` once `delay` ms after the last call; `.now()` runs a pending one at once, `.cancel()` drops it. */
export function later(action, delay) {
  let timer = null;
  const run = () => {
    timer = null;
    action();
  };
  const call = () => {
    clearTimeout(timer);
    timer = setTimeout(run, delay);
  };
  call.cancel = () => {
    clearTimeout(timer);
    timer = null;
  };
  call.now = () => {
    if (timer === null) return;
    call.cancel();
    action();
  };
  return call;
}
