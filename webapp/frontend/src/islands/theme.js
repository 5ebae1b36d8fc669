// Theme button: light → dark → follow the system. theme.js paints; this only stores the wish and says what it is.
const ORDER = ['auto', 'light', 'dark'];
const WORDS = { auto: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' };
const SIGNS = { auto: '◐', light: '☀', dark: '☾' };

const current = () => document.documentElement.dataset.theme ?? 'auto';

function show(button) {
  const theme = current();
  const next = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
  const sign = document.createElement('span');
  sign.setAttribute('aria-hidden', 'true');
  sign.textContent = SIGNS[theme];
  button.replaceChildren(sign);
  button.setAttribute('aria-label', `${WORDS[theme]}. Change to ${next === 'auto' ? 'system' : next}`);
  button.title = WORDS[theme];
}

export function mount(button) {
  button.addEventListener('click', () => {
    const next = ORDER[(ORDER.indexOf(current()) + 1) % ORDER.length];
    try {
      localStorage.setItem('fitsm-theme', next);
    } catch {
      document.documentElement.dataset.theme = next; // no storage: it holds for this page only
    }
    dispatchEvent(new Event('fitsm:theme'));
    show(button);
  });
  addEventListener('storage', () => show(button));
  show(button);
}
