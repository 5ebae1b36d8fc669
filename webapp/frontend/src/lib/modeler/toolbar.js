// The bar above the canvas: undo, zoom, save, publish, and what state the drawing is in.
import { el } from '../dom.js';

const PALETTE = 140; // px that the palette covers on the left
const MARGIN = 30;
const STEP = 1.25;

/** Show the whole diagram, but not under the palette. */
export function fitBesidePalette(modeler) {
  const canvas = modeler.get('canvas');
  canvas.resized();
  canvas.zoom('fit-viewport');
  const { inner, outer } = canvas.viewbox();
  const scale = Math.min((outer.width - PALETTE - MARGIN) / inner.width, (outer.height - 2 * MARGIN) / inner.height, 1);
  if (!(scale > 0)) return; // an empty diagram, or a canvas without a size
  const spare = Math.max(0, outer.height / scale - inner.height) / 2;
  canvas.viewbox({ x: inner.x - PALETTE / scale, y: inner.y - spare, width: outer.width / scale, height: outer.height / scale });
}

function group(label, ...buttons) {
  return el('div', { class: 'btn-list', role: 'group', 'aria-label': label }, ...buttons);
}

function button(label, sign, action, name) {
  return el('button', { type: 'button', class: 'btn btn-sm', title: label, 'aria-label': label, 'data-tool': name, onclick: action }, sign);
}

/** { refresh(), say(text) } */
export function fillToolbar(studio) {
  const { modeler, layout } = studio;
  const stack = modeler.get('commandStack');
  const canvas = modeler.get('canvas');
  const undo = button('Undo (Ctrl+Z)', '↶', () => stack.undo(), 'undo');
  const redo = button('Redo (Ctrl+Y)', '↷', () => stack.redo(), 'redo');
  const state = el('span', { class: 'modeler-state', role: 'status' });
  const zoom = (factor) => () => canvas.zoom(Math.min(4, Math.max(0.2, canvas.zoom() * factor)));
  layout.toolbar.replaceChildren(
    group('Change', undo, redo),
    group('View', button('Zoom in', '+', zoom(STEP), 'zoom-in'), button('Zoom out', '−', zoom(1 / STEP), 'zoom-out'), button('Show the whole diagram', '⤢', () => fitBesidePalette(modeler), 'fit')),
    state,
    group(
      'File',
      el('button', { type: 'button', class: 'btn btn-sm', 'data-tool': 'download', onclick: () => studio.download() }, 'Download'),
      el('button', { type: 'button', class: 'btn btn-sm', 'data-tool': 'save', onclick: () => studio.keep() }, 'Save draft'),
      el('button', { type: 'button', class: 'btn btn-sm btn-primary', 'data-tool': 'publish', onclick: () => studio.startPublishing() }, 'Publish…'),
    ),
  );
  const refresh = () => {
    undo.disabled = !stack.canUndo();
    redo.disabled = !stack.canRedo();
  };
  refresh();
  return { refresh, say: (text) => (state.textContent = text) };
}
