// The studio: draw a process, fill in what the engine needs, see what is wrong, publish. Nothing drawn is ever lost.
import '../lib/modeler/styles.js';
import { el, part } from '../lib/dom.js';
import { Studio } from '../lib/modeler/studio.js';

export async function mount(element) {
  const catalog = part(element, 'catalog', {}) ?? {};
  const options = { ...element.dataset, catalog };
  const layout = {
    notices: el('div', { class: 'modeler-notices' }),
    toolbar: el('div', { class: 'modeler-toolbar', role: 'toolbar', 'aria-label': 'Diagram' }),
    canvas: el('div', { class: 'modeler-canvas' }),
    panel: el('div', { class: 'modeler-panel', role: 'region', 'aria-label': 'Properties', tabindex: '0' }),
  };
  element.replaceChildren(layout.notices, layout.toolbar, el('div', { class: 'modeler-desk' }, layout.canvas, layout.panel));
  const studio = new Studio(layout, options);
  element.append(studio.findings.element);
  element.modeler = studio.modeler; // for browser tests: select what a mouse can hardly hit
  await studio.open();
}
