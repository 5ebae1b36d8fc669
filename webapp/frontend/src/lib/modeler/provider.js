// The properties panel's provider for this product's BPMN vocabulary. Keeps what is useful of the standard groups, drops what the engine refuses.
import { dataGroups } from './groups-data.js';
import { eventGroups } from './groups-event.js';
import { messageGroups } from './groups-message.js';
import { processGroups } from './groups-process.js';
import { taskGroups } from './groups-task.js';

const GROUPS = [...processGroups, ...taskGroups, ...messageGroups, ...eventGroups, ...dataGroups];
const STANDARD = new Set([
  'general', 'documentation', 'timer', 'error', 'signal', 'escalation', 'link', 'compensation', 'adHocCompletion',
]);
const AFTER_STANDARD = 300; // the standard provider has 1000: it adds its groups first

class FitsmProvider {
  constructor(propertiesPanel, injector, catalog) {
    this.injector = injector;
    this.catalog = catalog;
    propertiesPanel.registerProvider(AFTER_STANDARD, this);
  }

  getGroups(element) {
    const context = { element, injector: this.injector, catalog: this.catalog };
    const own = GROUPS.map((group) => group(context)).filter(Boolean);
    for (const group of own) {
      group.shouldOpen = true;
      group.entries = group.entries?.map((entry) => ({ element, ...entry }));
    }
    return (standard) => {
      const kept = standard.filter((group) => STANDARD.has(group.id));
      for (const group of kept) group.shouldOpen = group.id !== 'documentation';
      const general = kept.filter((group) => group.id === 'general');
      return [...general, ...own, ...kept.filter((group) => group.id !== 'general')];
    };
  }
}
FitsmProvider.$inject = ['propertiesPanel', 'injector', 'fitsmCatalog'];

const EMPTY = { forms: [], decisions: [], messages: [], roles: [], registers: [] };

export const providerModule = (catalog) => ({
  __init__: ['fitsmProvider'],
  fitsmProvider: ['type', FitsmProvider],
  fitsmCatalog: ['value', { ...EMPTY, ...catalog }],
});
