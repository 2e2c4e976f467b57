import { html } from "hono/html";
import { count } from "../report/text.ts";
import type { Compared, Page } from "./model.ts";

/** Every environment beside every other. */
export function matrix({ compared, pipeline }: Page) {
  if ("because" in compared) return html`<p class="quiet">Not compared: ${compared.because}</p>`;
  const stacks = pipeline.map(({ stack }) => stack);
  const pair = (x: string, y: string) => compared.find(({ a, b }) => (a === x && b === y) || (a === y && b === x));
  const upset = compared.filter(({ findings }) => findings.length > 0);
  return html`<div class="wide" role="region" aria-label="Environments beside each other" tabindex="0"><table class="matrix">
    <caption class="said">Differences between environments</caption>
    <thead><tr><td></td>${stacks.map((stack) => html`<th scope="col">${stack}</th>`)}</tr></thead>
    <tbody>${stacks.map(
      (row) =>
        html`<tr><th scope="row">${row}</th>${stacks.map((column) => (row === column ? html`<td class="same">same</td>` : cell(pair(row, column))))}</tr>`,
    )}</tbody>
  </table></div>
  ${upset.map(
    ({ a, b, findings }) => html`<details><summary>${a} and ${b}: ${count(findings.length, "finding")}</summary>
      <ul>${findings.map((text) => html`<li>${text}</li>`)}</ul></details>`,
  )}`;
}

function cell(pair: Compared | undefined) {
  if (pair === undefined) return html`<td class="quiet">not compared</td>`;
  const { expected, unexpected, missing } = pair;
  const wrong = unexpected + missing;
  return html`<td class="${wrong === 0 ? "good" : "bad"}">${wrong === 0 ? "✓ as declared" : `✕ ${unexpected} unexpected, ${missing} missing`}<br><span class="quiet">${expected} declared</span></td>`;
}
