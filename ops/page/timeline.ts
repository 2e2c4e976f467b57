import { html, raw } from "hono/html";
import type { LedgerEvent } from "../ledger/event.ts";
import { actorInWords, inWords } from "../ledger/words.ts";
import type { Page } from "./model.ts";

/** Rows that stand in the page itself; what is older is added from its data when asked for. */
const SHOWN = 100;

/** An entry as the page's script reads it: number, time, kind, environment, who, what. */
type Row = readonly [number: number, at: string, kind: string, stack: string, who: string, what: string];

const rowOf = ({ number, at, what, actor }: LedgerEvent): Row => {
  const stack = what.kind === "promotion" ? what.to : "stack" in what ? (what.stack ?? "") : "";
  return [number, `${at.slice(0, 16).replace("T", " ")}Z`, what.kind, stack, actorInWords(actor), inWords(what)];
};

/** Everything that was recorded, newest first, with filters. */
export function timeline({ events, findings, pipeline }: Page) {
  const rows = events.map(rowOf).reverse();
  const kinds = [...new Set(rows.map(([, , kind]) => kind))].sort();
  return html`${findings.length === 0 ? "" : html`<ul class="badges">${findings.map((text) => html`<li class="badge bad">ledger: ${text}</li>`)}</ul>`}
  <form id="filters" role="search" aria-label="Filter the timeline">
    <label>environment <select name="stack"><option value="">all</option>${pipeline.map(({ stack }) => html`<option>${stack}</option>`)}</select></label>
    <label>kind <select name="kind"><option value="">all</option>${kinds.map((kind) => html`<option>${kind}</option>`)}</select></label>
    <label>text <input name="text" type="search" autocomplete="off"></label>
  </form>
  <p id="shown" role="status">${Math.min(SHOWN, rows.length)} of ${rows.length} entries</p>
  <div class="wide" role="region" aria-label="Entries" tabindex="0">
  <table id="timeline">
    <thead><tr><th scope="col">#</th><th scope="col">when</th><th scope="col">what</th><th scope="col">who</th></tr></thead>
    <tbody>${rows.slice(0, SHOWN).map(([number, at, , , who, what]) => html`<tr><td class="number">${number}</td><td>${at}</td><td>${what}</td><td>${who}</td></tr>`)}</tbody>
  </table>
  </div>
  <button id="more" type="button" hidden>Show more</button>
  <script type="application/json" id="entries">${raw(inScript(rows))}</script>`;
}

/** JSON inside a script element: what could end the element is written as escapes (https://html.spec.whatwg.org/#restrictions-for-contents-of-script-elements). */
const inScript = (value: unknown): string =>
  JSON.stringify(value).replaceAll("<", "\\u003c").replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
