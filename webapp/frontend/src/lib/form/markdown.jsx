// A long text in Markdown: write it, see how it will look, see what is different from the text before. Both views come from the server,
// which has the one renderer; nothing that is typed is turned into HTML here.
import { ariaDescribedByIds } from '@rjsf/utils';
import { useEffect, useRef, useState } from 'react';
import { postJson } from '../send.js';

const VIEWS = { write: 'Write', preview: 'Preview', changes: 'Changes' };
const TOOLS = [
  { sign: 'H', label: 'Heading', apply: (text) => `## ${text || 'Heading'}`, line: true },
  { sign: 'B', label: 'Bold', apply: (text) => `**${text || 'bold'}**` },
  { sign: '•', label: 'List', apply: (text) => (text || 'Item').split('\n').map((each) => `- ${each}`).join('\n'), line: true },
  { sign: '▦', label: 'Table', apply: (text) => `| ${text || 'Column'} | Column |\n| --- | --- |\n| … | … |`, line: true },
];

/** The text with a tool used on what is selected, and where the selection is then. */
export function apply(tool, text, from, to) {
  const selected = text.slice(from, to);
  const before = text.slice(0, from);
  const gap = !tool.line || before === '' || before.endsWith('\n\n') ? '' : before.endsWith('\n') ? '\n' : '\n\n';
  const put = gap + tool.apply(selected);
  return { text: before + put + text.slice(to), from: from + gap.length, to: from + put.length };
}

function useLooks(url, text, before, wanted) {
  const [looks, setLooks] = useState({ status: 'waiting' });
  useEffect(() => {
    if (!wanted) return undefined;
    const leaving = new AbortController();
    setLooks({ status: 'waiting' });
    postJson(url, { text, before }, { signal: leaving.signal }).then(({ kind, body }) => {
      if (kind !== 'aborted') setLooks(kind === 'ok' ? { status: 'there', ...body } : { status: kind });
    });
    return () => leaving.abort();
  }, [url, text, before, wanted]);
  return looks;
}

function Looks({ looks, part, onRetry }) {
  if (looks.status === 'waiting') return <p className="text-secondary mb-0" role="status">One moment…</p>;
  if (looks.status === 'there') return <div className={part === 'html' ? 'document' : ''} dangerouslySetInnerHTML={{ __html: looks[part] || '<p class="text-secondary mb-0">There is no text yet.</p>' }} />;
  return (
    <div className="notice notice-warning mb-0" role="alert">
      <p>{looks.status === 'signedOut' ? 'You are signed out, so this cannot be shown. What you typed is kept.' : 'The server did not answer, so this cannot be shown. What you typed is kept.'}</p>
      <button type="button" className="btn btn-sm" onClick={onRetry}>Try again</button>
    </div>
  );
}

function Views({ id, view, views, onChoose }) {
  const press = (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const next = views[(views.indexOf(view) + by + views.length) % views.length];
    onChoose(next);
    document.getElementById(`${id}__${next}`)?.focus();
  };
  return (
    <div className="markdown-views" role="tablist" aria-label="How the text is shown" onKeyDown={press}>
      {views.map((each) => (
        <button key={each} id={`${id}__${each}`} type="button" role="tab" aria-selected={each === view} aria-controls={`${id}__panel`} tabIndex={each === view ? 0 : -1} onClick={() => onChoose(each)}>
          {VIEWS[each]}
        </button>
      ))}
    </div>
  );
}

export function MarkdownEditor({ id, value, required, disabled, readonly, options, rawErrors = [], schema, registry, onChange, onBlur, onFocus }) {
  const { preview, compare } = registry.formContext;
  const opened = useRef(value ?? '');
  const before = compare?.[id.replace(/^root_/, '')] ?? opened.current;
  const views = readonly ? ['preview', 'changes'] : ['write', 'preview', 'changes'];
  const [view, setView] = useState(views[0]);
  const [tries, setTries] = useState(0);
  const area = useRef(null);
  const text = value ?? '';
  const looks = useLooks(`${preview}${tries ? `?again=${tries}` : ''}`, text, before, view !== 'write');
  const left = schema.maxLength ? schema.maxLength - text.length : null;
  const change = (next) => onChange(next === '' ? options.emptyValue : next);

  const use = (tool) => {
    const done = apply(tool, text, area.current.selectionStart, area.current.selectionEnd);
    change(done.text);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(done.from, done.to);
    });
  };

  return (
    <div className={`markdown${rawErrors.length ? ' is-invalid' : ''}`}>
      <div className="markdown-head">
        <Views id={id} view={view} views={views} onChoose={setView} />
        {view === 'write' && (
          <div className="markdown-tools" role="group" aria-label="Put into the text">
            {TOOLS.map((tool) => (
              <button key={tool.label} type="button" title={tool.label} aria-label={tool.label} disabled={disabled} onClick={() => use(tool)}><span aria-hidden="true">{tool.sign}</span></button>
            ))}
          </div>
        )}
      </div>
      <div id={`${id}__panel`} role="tabpanel" aria-labelledby={`${id}__${view}`} tabIndex={view === 'write' ? -1 : 0} className="markdown-panel">
        {view !== 'write' && <Looks looks={looks} part={view === 'preview' ? 'html' : 'changes'} onRetry={() => setTries(tries + 1)} />}
        {/* stays in the page, so that label, error and undo keep their field */}
        <textarea
          ref={area}
          id={id}
          hidden={view !== 'write'}
          className="form-control"
          value={text}
          required={required}
          disabled={disabled}
          readOnly={readonly}
          aria-invalid={rawErrors.length > 0 || undefined}
          aria-describedby={ariaDescribedByIds(id)}
          onChange={(event) => change(event.target.value)}
          onBlur={(event) => onBlur(id, event.target.value)}
          onFocus={(event) => onFocus(id, event.target.value)}
        />
      </div>
      {left !== null && left < 1000 && <span className="form-hint" aria-live="polite">{left >= 0 ? `${left} characters left` : `${-left} characters too many`}</span>}
    </div>
  );
}
