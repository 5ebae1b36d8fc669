// One open diagram in the modeler: loads it, keeps the draft, has it checked, publishes it.
import BpmnModeler from 'bpmn-js/lib/Modeler';
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule } from 'bpmn-js-properties-panel';
import minimapModule from 'diagram-js-minimap';
import { el, later, uuid } from '../dom.js';
import { keptInBrowser, keptInTab } from '../kept.js';
import { getText, goTo, post, postJson, refreshToken } from '../send.js';
import { clockText, dateTimeText } from '../time.js';
import { askAboutDraft, askForComment } from './dialogs.js';
import { Findings } from './findings.js';
import { menuFilterModule } from './menu-filter.js';
import spiffworkflow from './moddle.json';
import { providerModule } from './provider.js';
import { fitBesidePalette, fillToolbar } from './toolbar.js';

const DRAFT_PAUSE = 400;
const CHECK_PAUSE = 800;
const KEPT = 'Your drawing is kept in this browser.';
const REFUSALS = {
  signedOut: `You are signed out, or may not publish this. ${KEPT} Sign in in another tab, then publish again.`,
  offline: `There is no connection to the server. ${KEPT} Publish again when you are back online.`,
  failed: `The server could not take this. ${KEPT} Try again in a moment.`,
};

export class Studio {
  constructor(layout, options) {
    this.layout = layout;
    this.options = options;
    this.modeler = new BpmnModeler({
      container: layout.canvas,
      propertiesPanel: { parent: layout.panel },
      moddleExtensions: { spiffworkflow },
      additionalModules: [BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, providerModule(options.catalog), menuFilterModule, minimapModule],
    });
    this.findings = new Findings(this.modeler);
    this.draft = keptInBrowser(`modeler:${options.draftKey ?? options.src}`);
    this.published = keptInTab('modeler:published');
    this.dirty = false;
    this.comment = '';
    this.attempt = null;
    this.keepSoon = later(() => this.keep(), DRAFT_PAUSE);
    this.checkSoon = later(() => this.check(), CHECK_PAUSE);
  }

  /** Load the published diagram, or the draft of it that this browser keeps. */
  async open() {
    const xml = await getText(this.options.src);
    const kept = this.draft.read();
    let useDraft = false;
    if (kept?.xml && kept.xml !== xml) useDraft = await askAboutDraft(dateTimeText(new Date(kept.at)), kept.digest !== this.options.digest);
    if (!useDraft) this.draft.clear();
    await this.#show(useDraft ? kept.xml : xml, xml);
    this.toolbar = fillToolbar(this);
    this.modeler.on('commandStack.changed', () => this.#changed());
    if (useDraft) this.#setDirty(true, `Draft of ${dateTimeText(new Date(kept.at))} restored`);
    this.#sayPublished();
    this.#guard();
    await this.check();
  }

  async #show(xml, fallback) {
    try {
      await this.modeler.importXML(xml);
    } catch (error) {
      if (xml === fallback) throw new Error(`The diagram cannot be shown: ${error.message}`);
      this.notice('warning', `The kept draft could not be read (${error.message}). This is the published version.`);
      await this.modeler.importXML(fallback);
    }
    this.modeler.get('minimap').close();
    const svg = this.layout.canvas.querySelector('.djs-container svg');
    svg?.setAttribute('aria-label', 'Diagram editor');
    fitBesidePalette(this.modeler);
  }

  #changed() {
    this.#setDirty(true, 'Not published yet');
    this.keepSoon();
    this.checkSoon();
    this.toolbar.refresh();
  }

  #setDirty(dirty, text) {
    this.dirty = dirty;
    this.toolbar?.say(text);
  }

  xml() {
    return this.modeler.saveXML({ format: true }).then((result) => result.xml);
  }

  /** Keep the drawing in this browser. */
  async keep() {
    const at = new Date();
    const done = this.draft.write({ xml: await this.xml(), digest: this.options.digest, at: at.toISOString() });
    this.toolbar.say(done ? `Saved in this browser ${clockText(at)}, not published yet` : 'This browser cannot keep a draft: publish or download before you leave');
  }

  /** Have the server check the drawing; only the answer to the newest question counts. */
  async check() {
    if (!this.options.validate) return;
    this.checking?.abort();
    this.checking = new AbortController();
    const { kind, body } = await post(this.options.validate, await this.xml(), 'text/xml', { signal: this.checking.signal });
    if (kind === 'aborted') return;
    if (body?.findings) this.findings.show(body.findings);
    else this.findings.say(kind === 'signedOut' ? 'Not checked: you are signed out.' : 'Not checked: the server did not answer.');
  }

  async download() {
    const url = URL.createObjectURL(new Blob([await this.xml()], { type: 'application/xml' }));
    el('a', { href: url, download: `${this.modeler.getDefinitions().rootElements.find(({ $type }) => $type === 'bpmn:Process')?.id ?? 'diagram'}.bpmn` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }

  async startPublishing() {
    await this.keep();
    const { errors } = this.findings;
    askForComment({
      comment: this.comment,
      remember: (comment) => (this.comment = comment),
      problems: errors ? `The check found ${errors === 1 ? 'an error' : `${errors} errors`}: the server will not take this version until ${errors === 1 ? 'it is' : 'they are'} mended.` : '',
      send: (comment) => this.#publish(comment),
    });
  }

  // the same drawing with the same comment keeps its key, so that sending it again after a lost answer publishes it once
  #keyFor(xml, comment) {
    if (this.attempt?.xml !== xml || this.attempt?.comment !== comment) this.attempt = { xml, comment, key: uuid() };
    return this.attempt.key;
  }

  async #publish(comment) {
    const xml = await this.xml();
    if (this.lastKind === 'signedOut') await refreshToken();
    const { kind, body } = await postJson(this.options.publish, { xml, comment, base_digest: this.options.digest, key: this.#keyFor(xml, comment) });
    this.lastKind = kind;
    if (kind === 'ok' && body?.location) return this.#leave(body);
    if (kind === 'invalid') {
      this.findings.show(body?.findings ?? []);
      return body?.message ?? `Not published: ${body?.findings?.length === 1 ? 'one thing is' : 'some things are'} to mend first. See the findings under the diagram.`;
    }
    if (kind === 'conflict') {
      this.notice('warning', `${body?.message ?? 'Somebody published another version in between.'} ${KEPT}`, body?.location);
      return null;
    }
    return body?.message ?? REFUSALS[kind] ?? REFUSALS.failed;
  }

  #leave({ location: place, version }) {
    this.keepSoon.cancel();
    this.checkSoon.cancel();
    this.draft.clear();
    this.dirty = false;
    this.published.write(version ? `Published version ${version}.` : 'Published.');
    goTo(place);
    return null;
  }

  #sayPublished() {
    const text = this.published.read();
    this.published.clear();
    if (text && !document.querySelector('main .notice-success')) this.notice('success', text);
  }

  notice(tone, text, link) {
    const box = el('div', { class: `notice notice-${tone}`, role: tone === 'success' ? 'status' : 'alert' }, text, link ? ' ' : null, link ? el('a', { href: link, target: '_blank', rel: 'noopener' }, 'Show that version in another tab') : null);
    this.layout.notices.replaceChildren(box);
    box.scrollIntoView({ block: 'nearest' });
  }

  #guard() {
    addEventListener('beforeunload', (event) => this.dirty && event.preventDefault());
    addEventListener('pagehide', () => this.keepSoon.now());
    document.addEventListener('keydown', (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return;
      event.preventDefault();
      this.keep();
    });
  }
}
