// How a field, a group and the list of errors look. Label, help, error, input: in that order, so that it reads from top to bottom.
import { descriptionId, errorId, getUiOptions, helpId } from '@rjsf/utils';
import { useEffect, useRef } from 'react';
import { humanise } from './fields.js';
import { labelId } from './widgets.jsx';

const GROUPS = new Set(['radio', 'checkboxes']);

const Required = () => <span className="field-required" aria-hidden="true"> *</span>;

function FieldLabel({ id, label, required, widget }) {
  const text = (
    <>
      {label}
      {required ? <Required /> : null}
    </>
  );
  if (GROUPS.has(widget)) return <div id={labelId(id)} className="form-label">{text}</div>;
  return <label id={labelId(id)} htmlFor={id} className="form-label">{text}</label>;
}

export function FieldTemplate({ id, children, displayLabel, label, required, rawErrors = [], errors, help, rawDescription, hidden, schema, uiSchema }) {
  if (hidden) return <div hidden>{children}</div>;
  if (schema.type === 'object' || schema.properties) return <>{errors}{children}</>;
  const widget = getUiOptions(uiSchema).widget;
  const title = label && label !== id ? label : humanise(id.replace(/^root_/, ''));
  const picker = ['recordPicker', 'personPicker', 'choicesPicker'].includes(widget);
  const labelled = (displayLabel && widget !== 'checkbox') || picker || widget === 'checkboxes';
  return (
    <div className={`field${rawErrors.length ? ' has-error' : ''}`} data-field={id}>
      {labelled && <FieldLabel id={id} label={title} required={required} widget={widget} />}
      {rawDescription && (labelled || widget === 'checkbox') && <div id={descriptionId(id)} className="form-hint">{rawDescription}</div>}
      {errors}
      {children}
      {help}
    </div>
  );
}

export function FieldErrorTemplate({ errors = [], fieldPathId }) {
  if (errors.length === 0) return null;
  return (
    <div id={errorId(fieldPathId)} className="field-error">
      {errors.map((error, index) => <p key={index}><span className="visually-hidden">Error: </span>{error}</p>)}
    </div>
  );
}

export function FieldHelpTemplate({ help, fieldPathId }) {
  return help ? <div id={helpId(fieldPathId)} className="form-hint">{help}</div> : null;
}

export function DescriptionField({ id, description }) {
  return description ? <p id={id} className="form-hint">{description}</p> : null;
}

export function ObjectFieldTemplate({ title, description, properties, fieldPathId }) {
  const fields = properties.map((property) => <div key={property.name} hidden={property.hidden}>{property.content}</div>);
  if (fieldPathId.$id === 'root') return <div className="fields">{fields}</div>;
  return (
    <fieldset className="field-group">
      {title && <legend>{title}</legend>}
      {description && <p className="form-hint">{description}</p>}
      <div className="fields">{fields}</div>
    </fieldset>
  );
}

export function ArrayFieldTemplate({ title, items, canAdd, onAddClick, disabled, readonly, required, schema, rawErrors = [] }) {
  return (
    <fieldset className={`field-group${rawErrors.length ? ' has-error' : ''}`}>
      <legend>{title}{required ? <Required /> : null}</legend>
      {schema.description && <p className="form-hint">{schema.description}</p>}
      {items.length === 0 && <p className="form-hint">No entries yet.</p>}
      <div className="array-items">{items}</div>
      {canAdd && !readonly && !disabled && (
        <button type="button" className="btn btn-sm" onClick={onAddClick}>
          <span aria-hidden="true">+&nbsp;</span>Add an entry<span className="visually-hidden"> to {title}</span>
        </button>
      )}
    </fieldset>
  );
}

export function ArrayFieldItemTemplate({ children, buttonsProps, hasToolbar, index }) {
  const { hasRemove, hasMoveUp, hasMoveDown, onRemoveItem, onMoveUpItem, onMoveDownItem, disabled, readonly } = buttonsProps;
  const locked = disabled || readonly;
  return (
    <div className="array-item">
      <div className="array-item-body">{children}</div>
      {hasToolbar && !locked && (
        <div className="array-item-tools">
          {hasMoveUp && <button type="button" className="btn btn-sm" aria-label={`Move entry ${index + 1} up`} onClick={onMoveUpItem}><span aria-hidden="true">↑</span></button>}
          {hasMoveDown && <button type="button" className="btn btn-sm" aria-label={`Move entry ${index + 1} down`} onClick={onMoveDownItem}><span aria-hidden="true">↓</span></button>}
          {hasRemove && <button type="button" className="btn btn-sm" aria-label={`Remove entry ${index + 1}`} onClick={onRemoveItem}><span aria-hidden="true">×</span></button>}
        </div>
      )}
    </div>
  );
}

/** The DOM element that a field's error should lead to. */
export function controlOf(property) {
  const id = ['root', ...property.split('.').filter(Boolean)].join('_');
  return document.getElementById(id) ?? document.querySelector(`[data-field="${CSS.escape(id)}"] :is(input, select, textarea, button)`);
}

function goToField(event, property) {
  event.preventDefault();
  const control = controlOf(property);
  const target = control?.matches('[role="radiogroup"], [role="group"]') ? control.querySelector('input:checked, input') : control;
  target?.focus();
  control?.closest('.field')?.scrollIntoView({ block: 'center' });
}

function inOrderOfFields(errors) {
  const fields = [...document.querySelectorAll('[data-field]')];
  const place = (error) => fields.indexOf(controlOf(error.property)?.closest('[data-field]'));
  return [...errors].sort((left, right) => place(left) - place(right));
}

export function ErrorSummary({ errors, at }) {
  const box = useRef();
  useEffect(() => {
    box.current?.focus();
    box.current?.scrollIntoView({ block: 'start' });
  }, [at]); // at: the attempt, so that mending one field does not move the focus
  return (
    <div ref={box} className="notice notice-danger error-summary" role="alert" tabIndex={-1}>
      <h2 className="notice-title">{errors.length === 1 ? 'One field needs your attention' : `${errors.length} fields need your attention`}</h2>
      <ul>
        {inOrderOfFields(errors).map((error, index) => (
          <li key={index}>
            {error.property && controlOf(error.property) ? <a href={`#${controlOf(error.property)?.id ?? ''}`} onClick={(event) => goToField(event, error.property)}>{error.stack}</a> : error.stack}
          </li>
        ))}
      </ul>
    </div>
  );
}
