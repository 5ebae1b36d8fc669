// The plain inputs of a form: choice lists and long text, each tied to its label, help and error for screen readers.
import { ariaDescribedByIds, enumOptionsDeselectValue, enumOptionsIsSelected, enumOptionsSelectValue, optionId } from '@rjsf/utils';
import { Templates } from '@rjsf/react-bootstrap';

const NO_CHOICE = '';
const { BaseInputTemplate } = Templates;

export const labelId = (id) => `${id}__label`;

export function TextInput(props) {
  const bad = Boolean(props.rawErrors?.length);
  return <BaseInputTemplate {...props} extraProps={{ ...props.extraProps, 'aria-invalid': bad || undefined }} />;
}

export function LongText({ id, value, required, disabled, readonly, placeholder, options, rawErrors = [], schema, onChange, onBlur, onFocus }) {
  const left = schema.maxLength ? schema.maxLength - (value ?? '').length : null;
  return (
    <>
      <textarea
        id={id}
        className={`form-control${rawErrors.length ? ' is-invalid' : ''}`}
        rows={options.rows ?? 4}
        value={value ?? ''}
        required={required}
        disabled={disabled}
        readOnly={readonly}
        placeholder={placeholder}
        aria-invalid={rawErrors.length > 0 || undefined}
        aria-describedby={ariaDescribedByIds(id)}
        onChange={(event) => onChange(event.target.value === '' ? options.emptyValue : event.target.value)}
        onBlur={(event) => onBlur(id, event.target.value)}
        onFocus={(event) => onFocus(id, event.target.value)}
      />
      {left !== null && left < 100 && <span className="form-hint" aria-live="polite">{left >= 0 ? `${left} characters left` : `${-left} characters too many`}</span>}
    </>
  );
}

export function Select({ id, value, required, disabled, readonly, options, rawErrors = [], placeholder, onChange, onBlur }) {
  const list = options.enumOptions ?? [];
  const index = list.findIndex((option) => enumOptionsIsSelected(option.value, value));
  return (
    <select
      id={id}
      className={`form-select${rawErrors.length ? ' is-invalid' : ''}`}
      value={index < 0 ? NO_CHOICE : String(index)}
      required={required}
      disabled={disabled || readonly}
      aria-invalid={rawErrors.length > 0 || undefined}
      aria-describedby={ariaDescribedByIds(id)}
      onChange={(event) => onChange(event.target.value === NO_CHOICE ? options.emptyValue : list[Number(event.target.value)].value)}
      onBlur={() => onBlur(id, value)}
    >
      <option value={NO_CHOICE}>{placeholder || (readonly && '–') || (required ? 'Choose…' : 'No choice')}</option>
      {list.map((option, position) => (
        <option key={String(option.value)} value={String(position)} disabled={options.enumDisabled?.includes(option.value)}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

function Choice({ id, name, type, option, checked, disabled, inline, describedBy, onChange }) {
  return (
    <div className={`form-check${inline ? ' form-check-inline' : ''}`}>
      <input id={id} name={name} type={type} className="form-check-input" checked={checked} disabled={disabled} aria-describedby={describedBy} onChange={onChange} />
      <label className="form-check-label" htmlFor={id}>
        {option.label}
        {option.schema?.description && <span className="form-check-description">{option.schema.description}</span>}
      </label>
    </div>
  );
}

export function Radios({ id, value, required, disabled, readonly, options, rawErrors = [], label, onChange }) {
  const list = options.enumOptions ?? [];
  const locked = disabled || readonly;
  const chosen = list.some((option) => enumOptionsIsSelected(option.value, value));
  return (
    <div
      id={id}
      role="radiogroup"
      tabIndex={-1}
      className={`choice-group${rawErrors.length ? ' is-invalid' : ''}`}
      aria-labelledby={labelId(id)}
      aria-describedby={ariaDescribedByIds(id)}
      aria-required={required || undefined}
      aria-invalid={rawErrors.length > 0 || undefined}
    >
      {list.map((option, index) => (
        <Choice
          key={String(option.value)}
          id={optionId(id, index)}
          name={id}
          type="radio"
          option={option}
          inline={options.inline}
          checked={enumOptionsIsSelected(option.value, value)}
          disabled={locked || options.enumDisabled?.includes(option.value)}
          onChange={() => onChange(option.value)}
        />
      ))}
      {!required && chosen && !locked && (
        <button type="button" className="btn-quiet" onClick={() => onChange(options.emptyValue)}>
          Clear choice<span className="visually-hidden"> of {label}</span>
        </button>
      )}
    </div>
  );
}

export function Checkboxes({ id, value, disabled, readonly, options, rawErrors = [], onChange }) {
  const list = options.enumOptions ?? [];
  const chosen = Array.isArray(value) ? value : [];
  const change = (index, checked) =>
    onChange(checked ? enumOptionsSelectValue(index, chosen, list) : enumOptionsDeselectValue(index, chosen, list));
  return (
    <div id={id} role="group" tabIndex={-1} className={`choice-group${rawErrors.length ? ' is-invalid' : ''}`} aria-labelledby={labelId(id)} aria-describedby={ariaDescribedByIds(id)}>
      {list.map((option, index) => (
        <Choice
          key={String(option.value)}
          id={optionId(id, index)}
          name={id}
          type="checkbox"
          option={option}
          inline={options.inline}
          checked={enumOptionsIsSelected(option.value, chosen)}
          disabled={disabled || readonly}
          onChange={(event) => change(index, event.target.checked)}
        />
      ))}
    </div>
  );
}

export function Checkbox({ id, value, label, required, disabled, readonly, rawErrors = [], onChange }) {
  return (
    <div className="form-check">
      <input
        id={id}
        type="checkbox"
        className={`form-check-input${rawErrors.length ? ' is-invalid' : ''}`}
        checked={value === true}
        disabled={disabled || readonly}
        aria-invalid={rawErrors.length > 0 || undefined}
        aria-describedby={ariaDescribedByIds(id)}
        onChange={(event) => onChange(event.target.checked)}
      />
      <label className="form-check-label" htmlFor={id}>
        {label}
        {required && <span className="field-required" aria-hidden="true"> *</span>}
      </label>
    </div>
  );
}
