import type { Selector } from "../selector.ts";
import type { Ledger, LedgerEvent } from "./event.ts";

/** A selector whose ledgers say what is added to them. */
export function listening(selector: Selector, added: (ledger: Ledger, events: readonly LedgerEvent[]) => void): Selector {
  return {
    ...selector,
    ledger: async (...args) => {
      const ledger = await selector.ledger(...args);
      return {
        read: () => ledger.read(),
        sync: () => ledger.sync(),
        ...(ledger.actor === undefined ? {} : { actor: () => ledger.actor!() }),
        ...(ledger.audit === undefined ? {} : { audit: () => ledger.audit!() }),
        append: async (...what) => {
          const appended = await ledger.append(...what);
          added(ledger, appended.events);
          return appended;
        },
      };
    },
  };
}
