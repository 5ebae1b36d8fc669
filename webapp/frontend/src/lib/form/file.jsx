// A file: chosen from the device or dropped here, sent at once, so that the form only names it. What the server refuses is said at the field.
import { descriptionId } from '@rjsf/utils';
import { useRef, useState } from 'react';
import { post } from '../send.js';
import { sizeWords } from '../values.js';

const MEGA = 1024 * 1024;

const REFUSED = {
  signedOut: 'You are signed out. Sign in in another tab, then choose the file again; the rest of what you entered is kept.',
  offline: 'The server did not answer. Choose the file again in a moment.',
};

function whyNot(file, kinds, largest) {
  if (largest && file.size > largest) return `“${file.name}” has ${(file.size / MEGA).toFixed(1)} MB; at most ${largest / MEGA} MB are kept.`;
  const ending = file.name.includes('.') ? file.name.split('.').pop().toLowerCase() : '';
  if (kinds.length && !kinds.includes(ending)) return `“${file.name}” is of a kind that is not kept here. Kept are ${kinds.join(', ')}.`;
  return null;
}

export function FileField({ formData, schema, required, disabled, readonly, rawErrors = [], fieldPathId, registry, onChange }) {
  const { files } = registry.formContext;
  const [state, setState] = useState({ status: 'ready' });
  const [over, setOver] = useState(false);
  const input = useRef(null);
  const id = fieldPathId.$id;
  const chosen = formData?.sha256 ? formData : null;
  const bad = rawErrors.length > 0 || state.status === 'refused';

  const take = async (file) => {
    if (!file) return;
    const refused = whyNot(file, files.kinds, files.largest);
    if (refused) {
      setState({ status: 'refused', message: refused });
      return;
    }
    setState({ status: 'sending', message: `Sending “${file.name}”…` });
    const { kind, body } = await post(`${files.url}?name=${encodeURIComponent(file.name)}`, file, 'application/octet-stream');
    if (kind === 'ok' && body?.sha256) {
      setState({ status: 'ready' });
      onChange(body, fieldPathId.path);
    } else {
      setState({ status: 'refused', message: body?.detail ?? REFUSED[kind] ?? 'The server did not take the file. Choose it again.', hint: body?.hint });
    }
  };
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  const locked = disabled || readonly || state.status === 'sending';

  return (
    <div className={`field${bad ? ' has-error' : ''}`} data-field={id}>
      <label htmlFor={id} className="form-label">
        {schema.title}
        {required && <span className="field-required" aria-hidden="true"> *</span>}
      </label>
      {schema.description && <div id={descriptionId(fieldPathId)} className="form-hint">{schema.description}</div>}
      <div className={`file-field${over ? ' is-over' : ''}`} onDragOver={(event) => { event.preventDefault(); setOver(!locked); }} onDragLeave={() => setOver(false)} onDrop={locked ? undefined : drop}>
        {chosen && <p className="file-chosen"><strong>{chosen.name}</strong> <span className="text-secondary">{sizeWords(chosen.size)}</span></p>}
        {!chosen && readonly && <p className="text-secondary mb-0">No file</p>}
        {!readonly && (
          <div className="file-tools">
            {/* the name of the button is the field's: the input itself would always say that no file is chosen */}
            <input
              ref={input}
              id={id}
              type="file"
              className="visually-hidden"
              accept={files.kinds.map((kind) => `.${kind}`).join(',')}
              disabled={locked}
              aria-invalid={bad || undefined}
              aria-describedby={`${descriptionId(fieldPathId)} ${id}__said`}
              onChange={(event) => {
                take(event.target.files[0]);
                event.target.value = '';
              }}
            />
            <button type="button" className="btn" disabled={locked} aria-hidden="true" tabIndex={-1} onClick={() => input.current.click()}>{chosen ? 'Choose another file' : 'Choose a file'}</button>
            {chosen && <button type="button" className="btn-quiet" disabled={locked} onClick={() => onChange(undefined, fieldPathId.path)}>Take it away</button>}
            {!chosen && <span className="form-hint">or drop it here</span>}
          </div>
        )}
        <div id={`${id}__said`} role={state.status === 'refused' ? 'alert' : 'status'}>
          {state.status === 'sending' && <p className="form-hint mb-0">{state.message}</p>}
          {state.status === 'refused' && <p className="field-error mb-0"><span className="visually-hidden">Error: </span>{state.message} {state.hint}</p>}
        </div>
      </div>
    </div>
  );
}
