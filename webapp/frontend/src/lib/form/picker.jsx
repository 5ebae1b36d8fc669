// Search-as-you-type combobox (ARIA 1.2 pattern) for records and people. The value is an id, or a list of ids when `many`.
import { ariaDescribedByIds } from '@rjsf/utils';
import { useEffect, useId, useRef, useState } from 'react';
import { getJson } from '../send.js';

const TYPING_PAUSE = 200;

const withQuery = (url, query) => {
  const target = new URL(url, location.href);
  for (const [key, value] of Object.entries(query)) if (value) target.searchParams.set(key, value);
  return target;
};

/** Long lists of choices that the form itself brings: endpoint → rows. They are searched here. */
const own = new Map();
const MOST_SHOWN = 10;

const among = (rows, query) => {
  const words = query.toLowerCase().split(/\s+/);
  return rows.filter((row) => words.every((word) => row.label.toLowerCase().includes(word))).slice(0, MOST_SHOWN);
};

/** Looks labels up by id once and remembers them for the page. */
const labels = new Map();
async function lookUp(endpoint, id) {
  if (own.has(endpoint)) return own.get(endpoint).find((row) => row.id === id) ?? { id, label: id, hint: 'no longer there' };
  const key = `${endpoint} ${id}`;
  if (!labels.has(key)) {
    const rows = await getJson(withQuery(endpoint, { id }));
    if (!rows) return { id, label: id, hint: '' };
    labels.set(key, rows.find((row) => row.id === id) ?? rows[0] ?? { id, label: id, hint: 'no longer there' });
  }
  return labels.get(key);
}

function useChosen(endpoint, ids) {
  const [chosen, setChosen] = useState([]);
  const key = ids.join('\n');
  useEffect(() => {
    let current = true;
    Promise.all(ids.map((id) => lookUp(endpoint, id))).then((rows) => current && setChosen(rows));
    return () => {
      current = false;
    };
  }, [endpoint, key]);
  return ids.map((id) => chosen.find((row) => row.id === id) ?? labels.get(`${endpoint} ${id}`) ?? { id, label: id });
}

function useSearch(endpoint, role) {
  const [state, setState] = useState({ rows: [], status: 'idle' });
  const timer = useRef();
  const running = useRef();
  const search = (text, pause = TYPING_PAUSE) => {
    clearTimeout(timer.current);
    running.current?.abort();
    if (own.has(endpoint)) return setState({ rows: among(own.get(endpoint), text), status: 'found' });
    setState((old) => ({ ...old, status: 'searching' }));
    timer.current = setTimeout(async () => {
      running.current = new AbortController();
      try {
        const rows = await getJson(withQuery(endpoint, { q: text, role }), running.current.signal);
        for (const row of rows ?? []) labels.set(`${endpoint} ${row.id}`, row);
        setState({ rows: rows ?? [], status: rows ? 'found' : 'failed' });
      } catch {
        // aborted: a newer search runs
      }
    }, pause);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return { ...state, search };
}

function statusText({ status, rows }, text) {
  if (status === 'searching') return 'Searching…';
  if (status === 'failed') return 'The search did not answer. Try again in a moment.';
  if (status === 'found' && rows.length === 0) return text ? `Nothing found for “${text}”.` : 'There is nothing to choose from.';
  if (status === 'found') return `${rows.length} found. Use the arrow keys to choose.`;
  return '';
}

function Options({ listId, rows, active, label, onPick }) {
  return (
    <ul id={listId} role="listbox" aria-label={label} className="picker-list">
      {rows.map((row, index) => (
        <li
          key={row.id}
          id={`${listId}-${index}`}
          role="option"
          aria-selected={index === active}
          className={`picker-option${index === active ? ' is-active' : ''}`}
          onMouseDown={(event) => event.preventDefault() /* keeps the focus in the field */}
          onClick={() => onPick(row)}
        >
          <span className="picker-label">{row.label}</span>
          {row.hint && <span className="picker-hint">{row.hint}</span>}
        </li>
      ))}
    </ul>
  );
}

function Chips({ rows, onRemove, locked }) {
  return (
    <ul className="picker-chips">
      {rows.map((row) => (
        <li key={row.id} className="picker-chip">
          <span>{row.label}</span>
          {!locked && (
            <button type="button" className="picker-chip-remove" aria-label={`Remove ${row.label}`} onClick={() => onRemove(row.id)}>
              <span aria-hidden="true">×</span>
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function Combobox({ id, endpoint, role, label, selected, required, invalid, describedBy, clearable, onPick, onClear, onLeave }) {
  const [text, setText] = useState(null); // null: nobody is typing, the chosen label shows
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const input = useRef();
  const popup = useRef();
  const listId = useId();
  const results = useSearch(endpoint, role);
  useEffect(() => {
    if (open) popup.current.scrollIntoView({ block: 'nearest' });
  }, [open, results.rows]);
  const shown = text ?? selected?.label ?? '';
  const rows = open ? results.rows : [];

  const show = (query, pause) => {
    setOpen(true);
    setActive(-1);
    results.search(query, pause);
  };
  const close = () => {
    setOpen(false);
    setActive(-1);
  };
  const pick = (row) => {
    onPick(row);
    setText(null);
    close();
    input.current?.focus();
  };
  const clear = () => {
    onClear();
    setText(null);
    close();
    input.current?.focus();
  };
  const type = (event) => {
    setText(event.target.value);
    if (event.target.value === '' && selected) onClear();
    show(event.target.value);
  };
  const move = (by) => {
    if (!open) return show(text ?? '', 0);
    const next = rows.length ? (active + by + rows.length + (active < 0 && by < 0 ? 1 : 0)) % rows.length : -1;
    setActive(next);
    document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: 'nearest' });
  };
  const keys = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => open && rows[active] && pick(rows[active]),
    Escape: () => (open ? close() : text !== null && setText(null)),
  };
  const press = (event) => {
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault(); // Enter in a half-typed search must not send the form
    action();
  };
  const leave = () => {
    const same = results.rows.filter((row) => row.label.toLowerCase() === (text ?? '').trim().toLowerCase());
    if (text && same.length === 1) onPick(same[0]);
    if (selected || same.length === 1 || text === '') setText(null);
    close();
    onLeave();
  };

  const leftOver = text && !open && !selected;
  const status = open ? statusText(results, text) : '';
  const statusId = `${listId}-status`;
  return (
    <div className="picker-box">
      <input
        ref={input}
        id={id}
        type="text"
        className={`form-control picker-input${invalid ? ' is-invalid' : ''}`}
        role="combobox"
        aria-expanded={open}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
        aria-invalid={invalid || undefined}
        aria-required={required || undefined}
        aria-describedby={[describedBy, statusId].filter(Boolean).join(' ')}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck="false"
        inputMode="search"
        placeholder="Type to search"
        value={shown}
        onChange={type}
        onKeyDown={press}
        onClick={() => !open && show('', 0)}
        onBlur={leave}
      />
      {clearable && (selected || text) && (
        <button type="button" className="picker-clear" aria-label={`Clear ${label}`} onMouseDown={(event) => event.preventDefault()} onClick={clear}>
          <span aria-hidden="true">×</span>
        </button>
      )}
      <div ref={popup} className={`picker-popup${open ? ' is-open' : ''}`}>
        <Options listId={listId} rows={rows} active={active} label={label} onPick={pick} />
        {open && (rows.length === 0 || results.status !== 'found') && <p className="picker-status" aria-hidden="true">{status}</p>}
      </div>
      <span id={statusId} className={leftOver ? 'picker-left-over' : 'visually-hidden'} role="status">
        {leftOver ? `“${text}” is not chosen yet: pick an entry from the list.` : status}
      </span>
      {selected?.hint && text === null && <span className="picker-hint picker-chosen-hint">{selected.hint}</span>}
    </div>
  );
}

function Picker({ id, endpoint, role, many, value, label, required, disabled, readonly, rawErrors, onChange, onBlur }) {
  const ids = (many ? value ?? [] : [value]).filter((item) => item !== undefined && item !== null && item !== '');
  const chosen = useChosen(endpoint, ids);
  const locked = disabled || readonly;
  const single = many ? null : chosen[0] ?? (ids[0] ? { id: ids[0], label: ids[0] } : null);
  if (locked && !many) return <p id={id} className="form-control-plaintext" tabIndex={-1}>{single?.label ?? '–'} {single?.hint && <span className="picker-hint">{single.hint}</span>}</p>;
  const pick = (row) => onChange(many ? [...new Set([...ids, row.id])] : row.id);
  const remove = (gone) => onChange(ids.filter((item) => item !== gone));
  return (
    <div className="picker">
      {many && <Chips rows={chosen} onRemove={remove} locked={locked} />}
      {locked ? null : (
        <Combobox
          id={id}
          endpoint={endpoint}
          role={role}
          label={label}
          selected={single}
          required={required}
          invalid={Boolean(rawErrors?.length)}
          describedBy={ariaDescribedByIds(id)}
          clearable={!many}
          onPick={pick}
          onClear={() => !many && onChange(undefined)}
          onLeave={() => onBlur(id, value)}
        />
      )}
    </div>
  );
}

export function RecordPicker(props) {
  const { options, registry } = props;
  const endpoint = registry.formContext.search.replace('{register}', encodeURIComponent(options.register));
  return <Picker {...props} endpoint={endpoint} many={options.many} />;
}

export function PersonPicker(props) {
  const { options, registry } = props;
  return <Picker {...props} endpoint={registry.formContext.people} role={options.role} many={options.many} />;
}

/** Several of many choices of the schema: looked for by typing instead of a wall of boxes. */
export function ChoicesPicker(props) {
  const endpoint = `choices of ${props.id}`;
  own.set(endpoint, (props.options.enumOptions ?? []).map(({ value, label }) => ({ id: value, label, hint: '' })));
  return <Picker {...props} endpoint={endpoint} many />;
}
