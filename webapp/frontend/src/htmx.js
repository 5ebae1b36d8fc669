// htmx 4 with this product's settings: no injected styles, no eval, and the CSRF token on every request.
import htmx from 'htmx.org';

htmx.config.includeIndicatorCSS = false;
htmx.config.selfRequestsOnly = true;

document.addEventListener('htmx:config:request', (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  const headers = event.detail?.ctx?.request?.headers;
  if (token && headers) headers['X-CSRFToken'] = token;
});
