// The two questions the modeler asks: with which comment to publish, and whether to go on with a kept draft.
import { el } from '../dom.js';

function open(title, ...children) {
  const heading = el('h2', { id: 'modeler-dialog-title' }, title);
  const dialog = el('dialog', { class: 'dialog', 'aria-labelledby': 'modeler-dialog-title' }, heading, ...children);
  document.body.append(dialog);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.showModal();
  return dialog;
}

/** Ask whether to go on with the draft kept in this browser. Resolves to true for the draft. Leaving the question keeps the draft. */
export function askAboutDraft(time, isOutdated) {
  return new Promise((resolve) => {
    const answer = (useDraft) => () => {
      resolve(useDraft);
      dialog.close();
    };
    const dialog = open(
      'Go on with your draft?',
      el('p', {}, `This browser keeps a draft of ${time} that was not published.`),
      isOutdated ? el('div', { class: 'notice notice-warning' }, 'It is based on an older version: publishing it would take back what was published since.') : null,
      el(
        'div',
        { class: 'dialog-actions' },
        el('button', { type: 'button', class: 'btn btn-primary', onclick: answer(true) }, 'Restore my draft'),
        el('button', { type: 'button', class: 'btn', onclick: answer(false) }, 'Throw it away, show the published version'),
      ),
    );
    dialog.addEventListener('cancel', answer(true));
  });
}

/** The publish dialog. `send(comment)` is called on Publish and resolves to a sentence to show, or null when the dialog may close. */
export function askForComment({ comment, problems, send, remember }) {
  const field = el('textarea', { class: 'form-control', id: 'publish-comment', rows: 3, required: true, 'aria-describedby': 'publish-hint publish-trouble' });
  field.value = comment;
  const trouble = el('p', { class: 'field-error', id: 'publish-trouble', role: 'alert' });
  field.addEventListener('input', () => {
    remember(field.value);
    trouble.textContent = '';
  });
  const publish = el('button', { type: 'submit', class: 'btn btn-primary' }, 'Publish');
  const form = el(
    'form',
    { novalidate: true },
    problems ? el('div', { class: 'notice notice-warning' }, problems) : null,
    el('label', { class: 'form-label', for: 'publish-comment' }, 'What did you change, and why?'),
    el('p', { class: 'form-hint', id: 'publish-hint' }, 'It is kept with the version for everybody who looks at it later. Running cases stay on their version.'),
    field,
    trouble,
    el('div', { class: 'dialog-actions' }, publish, el('button', { type: 'button', class: 'btn', onclick: () => dialog.close() }, 'Not yet')),
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (!field.value.trim()) {
      trouble.textContent = 'Write a short comment.';
      field.focus();
      return;
    }
    publish.disabled = true;
    trouble.textContent = '';
    const sentence = await send(field.value.trim());
    publish.disabled = false;
    if (sentence === null) dialog.close();
    else trouble.textContent = sentence;
  });
  const dialog = open('Publish a new version', form);
  field.focus();
}
