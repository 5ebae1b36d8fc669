// Same-origin requests. Every answer becomes one of a few kinds, so that an island decides by kind and not by status code.
//
// kinds: ok · invalid (422) · conflict (409) · signedOut (401, 403, 419, 440, a redirect, a rejected CSRF token) · failed · offline

const SIGNED_OUT = new Set([401, 403, 419, 440]);

const token = () => document.querySelector('meta[name="csrf-token"]');

function kindOf(response) {
  if (response.type === 'opaqueredirect' || SIGNED_OUT.has(response.status)) return 'signedOut';
  if (response.status === 422) return 'invalid';
  if (response.status === 409) return 'conflict';
  return response.ok ? 'ok' : 'failed';
}

async function bodyOf(response) {
  if (response.status === 204 || response.type === 'opaqueredirect') return null;
  try {
    return await response.json();
  } catch {
    return null;
  }
}

/** Fetch the page again and take its CSRF token: after a new sign-in the old one is void. Errors are ignored. */
export async function refreshToken() {
  try {
    const response = await fetch(location.href, { redirect: 'manual', headers: { Accept: 'text/html' } });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const fresh = page.querySelector('meta[name="csrf-token"]')?.content;
    if (fresh && token()) token().content = fresh;
  } catch {
    // offline: the next attempt says so
  }
}

/** POST text; returns `{ kind, status, body }`, never throws. */
export async function post(url, text, type, options = {}) {
  const headers = { 'Content-Type': type, Accept: 'application/json', 'X-CSRFToken': token()?.content ?? '' };
  try {
    const response = await fetch(url, { method: 'POST', redirect: 'manual', headers, body: text, ...options });
    const body = await bodyOf(response);
    const tokenRefused = response.status === 400 && body === null; // a CSRF guard answers with a page, not with JSON
    return { kind: tokenRefused ? 'signedOut' : kindOf(response), status: response.status, body };
  } catch (error) {
    return { kind: error.name === 'AbortError' ? 'aborted' : 'offline', status: 0, body: null };
  }
}

/** POST JSON; see `post`. */
export const postJson = (url, value, options) => post(url, JSON.stringify(value), 'application/json', options);

/** GET JSON; null when it did not work. Throws only AbortError. */
export async function getJson(url, signal) {
  try {
    const response = await fetch(url, { signal, redirect: 'manual', headers: { Accept: 'application/json' } });
    return response.ok ? await response.json() : null;
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    return null;
  }
}

/** GET text; throws with a sentence for people when it did not work. */
export async function getText(url) {
  const response = await fetch(url, { redirect: 'manual' });
  if (!response.ok) throw new Error(`the diagram could not be loaded (${response.status || 'you may be signed out'})`);
  return response.text();
}

/** Go to a place the server named, if it is on this site. */
export function goTo(place) {
  const url = new URL(place, location.href);
  if (url.origin !== location.origin) throw new Error('the server named a place on another site');
  location.assign(url);
}
