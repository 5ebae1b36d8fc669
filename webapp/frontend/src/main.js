// Island loader: finds [data-island], loads that island's own chunk, mounts it once. Knows nothing of any island.
const islands = import.meta.glob('./islands/*.{js,jsx}');

function loader(name) {
  return islands[`./islands/${name}.js`] ?? islands[`./islands/${name}.jsx`];
}

function tellFailure(element, error) {
  console.error(`island ${element.dataset.island}`, error);
  element.dataset.error = String(error?.message ?? error);
  const notice = document.createElement('div');
  notice.className = 'notice notice-danger';
  notice.setAttribute('role', 'alert');
  const sentence = element.dataset.error;
  notice.textContent = `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}. Reload the page to try again.`;
  element.replaceChildren(notice);
}

async function mount(element) {
  element.dataset.mounted = 'true';
  try {
    const load = loader(element.dataset.island);
    if (!load) throw new Error(`there is no island “${element.dataset.island}”`);
    await (await load()).mount(element);
    element.dataset.ready = 'true';
  } catch (error) {
    tellFailure(element, error);
  }
}

/** Mount every island below `root` that is not mounted yet. */
export function hydrate(root = document) {
  for (const element of root.querySelectorAll('[data-island]:not([data-mounted])')) mount(element);
}

// the user's menu and the small forms behind a button close on Escape and on a click elsewhere
function closeMenus(event) {
  if (event.type === 'keydown' && event.key !== 'Escape') return;
  for (const menu of document.querySelectorAll('details:is(.app-user, .action-panel)[open]')) {
    if (event.type === 'click' && menu.contains(event.target)) continue;
    menu.open = false;
    if (event.type === 'keydown' && menu.contains(document.activeElement)) menu.querySelector('summary')?.focus();
  }
}

hydrate();
// on a phone the menu scrolls: the section one is in must be visible
document.querySelector('.app-nav [aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' });
document.addEventListener('htmx:after:swap', () => hydrate());
document.addEventListener('click', closeMenus);
document.addEventListener('keydown', closeMenus);
