import { html } from "hono/html";
import type { Metric } from "../metrics/measure.ts";
import { basisInWords, TITLES, targetInWords, valueInWords } from "../metrics/words.ts";
import type { Page } from "./model.ts";
import type { Week } from "./weeks.ts";

/** A table for each environment, and its releases by week. */
export const metrics = ({ metrics: all }: Page) =>
  html`${all.map(
    ({ stack, from, to, metrics: figures, weeks }) => html`<div class="metrics">
      <div class="wide" role="region" aria-label="Figures of ${stack}" tabindex="0"><table>
        <caption>${stack}, ${from.slice(0, 10)} to ${to.slice(0, 10)}</caption>
        <thead><tr><th scope="col">figure</th><th scope="col">measured</th><th scope="col">target</th><th scope="col">by</th></tr></thead>
        <tbody>${figures.map(row)}</tbody>
      </table></div>
      ${bars(stack, weeks)}
    </div>`,
  )}`;

const row = (metric: Metric) => html`<tr>
  <th scope="row">${TITLES[metric.name]}</th>
  <td class="number">${valueInWords(metric)}</td>
  <td class="${metric.met === undefined ? "" : metric.met ? "good" : "bad"}">${targetInWords(metric)}${metric.met === undefined ? "" : metric.met ? " ✓ met" : " ✕ missed"}</td>
  <td class="quiet">${basisInWords(metric)}</td>
</tr>`;

const WIDTH = 14;
const HEIGHT = 60;

/** Releases a week as a picture; the same in words for those who hear it. */
function bars(stack: string, weeks: readonly Week[]) {
  const most = Math.max(1, ...weeks.map(({ succeeded, failed }) => succeeded + failed));
  const total = weeks.reduce((sum, { succeeded }) => sum + succeeded, 0);
  const failures = weeks.reduce((sum, { failed }) => sum + failed, 0);
  const said = `${stack}: ${total} releases and ${failures} failed runs in ${weeks.length} weeks`;
  const scale = (n: number) => (n / most) * (HEIGHT - 4);
  return html`<figure>
    <svg viewBox="0 0 ${weeks.length * WIDTH} ${HEIGHT}" role="img" aria-label="${said}" preserveAspectRatio="none">${weeks.map(
      ({ from, succeeded, failed }, index) => html`<g>
      <title>week of ${from}: ${succeeded} succeeded, ${failed} failed</title>
      <rect class="empty" x="${index * WIDTH}" y="0" width="${WIDTH - 2}" height="${HEIGHT}"></rect>
      <rect class="succeeded" x="${index * WIDTH}" y="${HEIGHT - scale(succeeded)}" width="${WIDTH - 2}" height="${scale(succeeded)}"></rect>
      <rect class="failed" x="${index * WIDTH}" y="${HEIGHT - scale(succeeded + failed)}" width="${WIDTH - 2}" height="${scale(failed)}"></rect>
    </g>`,
    )}</svg>
    <figcaption>runs by week, ${weeks[0]?.from ?? ""} until now</figcaption>
  </figure>`;
}
