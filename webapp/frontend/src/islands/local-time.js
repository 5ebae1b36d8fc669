// <time datetime> in the reader's zone with its age. data-show: both (default), relative, datetime, date.
import { ageText, dateText, dateTimeText, fullText, parseTime } from '../lib/time.js';

const MINUTE = 60_000;
const WORDS = {
  both: (date) => `${dateTimeText(date)} (${ageText(date)})`,
  relative: (date) => ageText(date),
  datetime: (date) => dateTimeText(date),
  date: (date) => dateText(date),
};

function render(time) {
  const date = parseTime(time.getAttribute('datetime'));
  if (!date) return; // what the server wrote stays
  const show = time.dataset.show ?? time.closest('[data-island="local-time"]')?.dataset.show;
  time.textContent = (WORDS[show] ?? WORDS.both)(date);
  time.title = fullText(date);
}

export function mount(element) {
  const times = () => (element.matches('time') ? [element] : element.querySelectorAll('time[datetime]'));
  const renderAll = () => times().forEach(render);
  renderAll();
  const tick = setInterval(() => (element.isConnected ? renderAll() : clearInterval(tick)), MINUTE);
}
