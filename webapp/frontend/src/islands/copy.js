// A button that copies the value of the field named by data-from, and says so.
export function mount(button) {
  const field = document.getElementById(button.dataset.from);
  const word = button.textContent;
  button.addEventListener('click', async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      if (!document.execCommand('copy')) return; // selected: the keyboard can copy it
    }
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = word; }, 2000);
  });
}
