// A form from JSON Schema 2020-12: fill in, save as draft, complete. The server has the last word on every value.
import { withTheme } from '@rjsf/core';
import { Theme } from '@rjsf/react-bootstrap';
import { useMemo, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { part } from '../lib/dom.js';
import { Banner, bannerFor, RestoredNotice } from '../lib/form/banners.jsx';
import { fieldsOf, titleAt, withoutEmptyFiles } from '../lib/form/fields.js';
import { FileField } from '../lib/form/file.jsx';
import { MarkdownEditor } from '../lib/form/markdown.jsx';
import { ChoicesPicker, PersonPicker, RecordPicker } from '../lib/form/picker.jsx';
import * as templates from '../lib/form/templates.jsx';
import { uiSchemaFor, withoutHeading } from '../lib/form/ui.js';
import { openMirror, useDraft } from '../lib/form/use-draft.js';
import { validatorAt } from '../lib/form/validator.js';
import { Checkbox, Checkboxes, LongText, Radios, Select, TextInput } from '../lib/form/widgets.jsx';
import { goTo, postJson, refreshToken } from '../lib/send.js';

const Rjsf = withTheme(Theme);
const WIDGETS = {
  recordPicker: RecordPicker,
  personPicker: PersonPicker,
  choicesPicker: ChoicesPicker,
  markdown: MarkdownEditor,
  TextareaWidget: LongText,
  SelectWidget: Select,
  RadioWidget: Radios,
  CheckboxesWidget: Checkboxes,
  CheckboxWidget: Checkbox,
};
const FIELDS = { file: FileField };
const { ErrorSummary, controlOf: _controlOf, ...FIELD_TEMPLATES } = templates;
const TEMPLATES = { ...FIELD_TEMPLATES, BaseInputTemplate: TextInput };
// an unanswered yes/no stays unanswered: the person must decide, not the form
const DEFAULTS = { constAsDefaults: 'never', requiredBooleanDefault: 'skip', arrayMinItems: { populate: 'requiredOnly' } };

/** `[{path, message}]` of the server → RJSF's tree of errors. */
function errorTree(errors) {
  const tree = {};
  for (const { path, message } of errors) {
    const node = path.reduce((parent, step) => (parent[step] ??= {}), tree);
    (node.__errors ??= []).push(message);
  }
  return tree;
}

function summaryOf(serverErrors, schema) {
  return serverErrors.map(({ path, message }) => {
    const title = titleAt(path.map(String), schema);
    return { property: path.length ? `.${path.join('.')}` : '', stack: title ? `${title}: ${message}` : message };
  });
}

const changedField = (id) => id?.replace(/^root_?/, '') ?? '';
const fieldOfError = (error) => error.path.join('_');

function App({ schema, written, saved, options }) {
  const uiSchema = useMemo(() => uiSchemaFor(schema, written), [schema, written]);
  const bare = useMemo(() => withoutHeading(schema), [schema]);
  const validator = useMemo(() => validatorAt(options.today), []);
  const mirror = useMemo(() => openMirror(options.draftKey, saved), []);
  const [data, setData] = useState(mirror.data);
  const [restored, setRestored] = useState(mirror.restored);
  const [banner, setBanner] = useState(null);
  const [summary, setSummary] = useState(null);
  const [serverErrors, setServerErrors] = useState([]);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const settled = useRef(mirror.restored);
  const lastKind = useRef('');

  const hear = (kind, body) => {
    lastKind.current = kind;
    setBanner(bannerFor(kind, body));
  };
  const draft = useDraft({
    url: options.readonly ? null : options.draft,
    mirror,
    saved,
    // a draft need not be valid, and a lost connection shows in the status line: no banner for these unless asked for
    kindSeen: (kind, body, asked) => (asked || kind === 'signedOut' || kind === 'conflict' || kind === 'ok') && hear(kind, body),
  });

  const change = ({ formData, errors }, id) => {
    setData(formData);
    const given = withoutEmptyFiles(formData, schema);
    if (id === undefined && !settled.current) draft.settle(given);
    else draft.touch(given);
    settled.current = true;
    const left = serverErrors.filter((error) => !`${changedField(id)}_`.startsWith(`${fieldOfError(error)}_`));
    if (left.length !== serverErrors.length) setServerErrors(left);
    if (summary && tried) setSummary({ ...summary, errors: [...errors, ...summaryOf(left, schema)].filter(unique) });
  };
  const refuse = (errors) => {
    setTried(true);
    setSummary({ errors, at: Date.now() });
  };
  const complete = async ({ formData }) => {
    setBusy(true);
    draft.pause();
    draft.mirrorNow();
    if (lastKind.current === 'signedOut') await refreshToken();
    const { kind, body } = await postJson(options.action, { data: withoutEmptyFiles(formData, schema), key: mirror.key });
    if (kind === 'ok' && body?.location) {
      draft.finish();
      goTo(body.location);
      return; // stays busy until the next page is there
    }
    setBusy(false);
    const errors = kind === 'invalid' ? body?.errors ?? [] : [];
    setServerErrors(errors);
    if (errors.length) refuse(summaryOf(errors, schema));
    else setSummary(null);
    hear(kind === 'ok' || (kind === 'invalid' && !errors.length) ? 'failed' : kind, body);
  };
  const saveDraft = async () => {
    if (lastKind.current === 'signedOut') await refreshToken();
    await draft.saveNow();
  };
  const discard = () => {
    mirror.slot.clear();
    setData(saved);
    draft.touch(saved);
    setRestored(false);
  };

  return (
    <div className={options.readonly ? 'form-frame is-readonly' : 'form-frame'}>
      {restored && <RestoredNotice onDiscard={discard} onKeep={() => setRestored(false)} />}
      {summary?.errors.length > 0 && <ErrorSummary errors={summary.errors} at={summary.at} />}
      <Rjsf
        schema={bare}
        uiSchema={uiSchema}
        validator={validator}
        fields={FIELDS}
        widgets={WIDGETS}
        templates={TEMPLATES}
        formContext={{ search: options.search, people: options.people, preview: options.preview, compare: options.compare, files: options.files }}
        formData={data}
        extraErrors={serverErrors.length ? errorTree(serverErrors) : undefined}
        readonly={options.readonly}
        disabled={busy}
        liveValidate={tried ? 'onChange' : false}
        omitExtraData
        noHtml5Validate
        showErrorList={false}
        experimental_defaultFormStateBehavior={DEFAULTS}
        onChange={change}
        onError={refuse}
        onSubmit={complete}
      >
        {options.readonly ? (
          <></>
        ) : (
          <div className="action-bar">
            {banner && <Banner {...banner} />}
            <div className="action-bar-row">
              <button type="submit" className="btn btn-primary" disabled={busy}>{busy ? 'Sending…' : options.submitLabel}</button>
              {options.draft && <button type="button" className="btn" disabled={busy} onClick={saveDraft}>Save draft</button>}
              <span className="action-bar-status" role="status">{draft.status}</span>
            </div>
          </div>
        )}
      </Rjsf>
    </div>
  );
}

function unique(error, index, errors) {
  return errors.findIndex((other) => other.property === error.property) === index;
}

export function mount(element) {
  const { action, draft, draftKey, submitLabel, search, people, preview, today, files, fileKinds, fileLargest, readonly } = element.dataset;
  const schema = part(element, 'schema', { type: 'object' });
  const written = part(element, 'ui', {});
  const saved = part(element, 'value', {}) ?? {};
  const options = {
    action,
    draft,
    draftKey: draftKey ?? action ?? location.pathname,
    submitLabel: submitLabel ?? 'Complete',
    search: search ?? '/registers/search/{register}',
    people: people ?? '/people/search',
    preview: preview ?? '/documents/preview',
    today,
    compare: part(element, 'compare', {}),
    files: { url: files ?? '/files', kinds: fileKinds?.split(' ') ?? [], largest: Number(fileLargest ?? 0) },
    readonly: readonly !== undefined && readonly !== 'false',
  };
  const host = document.createElement('div');
  element.replaceChildren(host);
  if (fieldsOf(schema).size === 0) host.dataset.noFields = 'true';
  createRoot(host).render(<App schema={schema} written={written} saved={saved} options={options} />);
}
