// Takes out of the palette and the menus what publishing would refuse, or what the properties cannot be given for here,
// so that nobody draws in vain.
const REFUSED = /complex|service-task|multi-?instance|parallel-mi|sequential-mi|loop|data-object/i;
const LOW = 100;

const allowed = (entries) => Object.fromEntries(Object.entries(entries).filter(([id]) => !REFUSED.test(id)));

class MenuFilter {
  constructor(palette, popupMenu) {
    palette.registerProvider(LOW, this);
    for (const menu of ['bpmn-replace']) popupMenu.registerProvider(menu, LOW, this);
  }

  getPaletteEntries() {
    return allowed;
  }

  getPopupMenuEntries() {
    return allowed;
  }

  getPopupMenuHeaderEntries() {
    return allowed;
  }
}
MenuFilter.$inject = ['palette', 'popupMenu'];

export const menuFilterModule = { __init__: ['fitsmMenuFilter'], fitsmMenuFilter: ['type', MenuFilter] };
