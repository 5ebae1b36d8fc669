// A diagram with marks: where a case stands, where it has been.
import { openDiagram, legend } from '../lib/diagram/diagram.js';
import { el, part } from '../lib/dom.js';

export async function mount(element) {
  const { src, height, label } = element.dataset;
  const words = part(element, 'words', undefined) ?? undefined;
  const marks = part(element, 'markers', {}) ?? {};
  const frame = el('div');
  element.replaceChildren(frame);
  const diagram = await openDiagram(frame, src, { height: height ?? 420, label });
  diagram.mark(marks);
  diagram.fit();
  const marked = [marks.done, marks.active, marks.failed].some((ids) => ids?.length);
  if (marked) element.append(legend({ words }), el('p', { class: 'visually-hidden' }, diagram.describe(words)));
}
