import type { Ledger, LedgerEvent } from "../ledger/event.ts";
import { listening } from "../ledger/listen.ts";
import type { Selector } from "../selector.ts";
import type { Io } from "../terminal/io.ts";

/** Messages of one run: gathered while it goes on, sent beside it, waited for at its end. */
export class Notifications {
  readonly #io: Io;
  readonly #local: boolean;
  #under: Promise<void>[] = [];

  constructor(io: Io, local: boolean) {
    this.#io = io;
    this.#local = local;
  }

  /** A selector whose ledgers tell people what is added to them. */
  listen(selector: Selector): Selector {
    return listening(selector, (ledger, events) => void this.#under.push(this.#tell(selector, ledger, events)));
  }

  /** Resolves when everybody was told, or could not be. */
  async settled(): Promise<void> {
    await Promise.all(this.#under.splice(0));
  }

  async #tell(selector: Selector, ledger: Ledger, events: readonly LedgerEvent[]): Promise<void> {
    const { notify } = await import("./outbox.ts");
    const said = await notify(await selector.project(), ledger, events, { env: this.#io.env, local: this.#local });
    for (const line of said) this.#io.err(this.#io.colors.dim(line));
  }
}
