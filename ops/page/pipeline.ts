import { html } from "hono/html";
import type { Verdict } from "../gates/gate.ts";
import { nameOf } from "../gates/report.ts";
import { moment } from "../gates/words.ts";
import { count } from "../report/text.ts";
import type { Page } from "./model.ts";

type Environment = Page["pipeline"][number];
type Tone = "good" | "bad" | "warn" | "plain";

const mark: Record<Tone, string> = { good: "✓", bad: "✕", warn: "!", plain: "·" };
/** Said in words as well: colour and sign alone tell some readers nothing. */
const badge = (tone: Tone, text: string) => html`<li class="badge ${tone}"><span aria-hidden="true">${mark[tone]}</span> ${text}</li>`;

/** The environments in order: what runs, what stands before the next release, what is wrong. */
export const pipeline = ({ pipeline: environments }: Page) =>
  html`<ol class="pipeline">${environments.map((environment) => html`<li>${card(environment)}</li>`)}</ol>`;

function card(environment: Environment) {
  const { stack, release, declared, requested, address, next, unread } = environment;
  return html`<article class="card" aria-labelledby="env-${stack}">
    <h3 id="env-${stack}">${stack}</h3>
    ${
      release === undefined
        ? html`<p class="release">${unread ?? "nothing runs there yet"}</p>`
        : html`<p class="release"><strong>${release.version}</strong> <code>${release.id}</code></p>
    <p class="quiet">${release.liveSince === undefined ? "" : html`live since <time datetime="${release.liveSince}">${moment(release.liveSince)}</time>`}</p>`
    }
    ${requested === undefined ? "" : html`<p class="quiet">requests ${requested.cpu} CPU, ${requested.memory}${requested.pods === undefined ? "" : `, ${count(requested.pods, "pod")}`}</p>`}
    ${address === undefined ? "" : html`<p class="quiet"><a href="${address}">${address}</a></p>`}
    <ul class="badges">${[
      ...environment.red.map((text) => badge("bad", `broken glass: ${text}`)),
      ...environment.incidents.map(({ incident, summary, at }) => badge("bad", `incident ${incident} since ${moment(at)}: ${summary}`)),
      ...environment.freezes.map(({ reason, until, by }) =>
        badge("warn", `frozen ${until === undefined ? "" : `until ${moment(until)} `}by ${by}: ${reason}`),
      ),
      ...environment.holds.map(({ releaseId, reason }) => badge("warn", `held back ${releaseId}: ${reason}`)),
      ...(declared === undefined ? [] : [badge("warn", `declared ${declared.version}, which does not run yet`)]),
      drift(environment),
      ...environment.checklist.map(({ subject, text }) => badge("warn", `to check: ${subject ?? ""} ${text}`)),
    ]}</ul>
    ${next === undefined ? html`<p class="quiet">nothing waits to go there</p>` : gates(stack, next)}
  </article>`;
}

function drift({ drift: last }: Environment) {
  if (last === undefined) return badge("plain", "nobody looked for drift yet");
  const left = last.findings - (last.fixed ?? 0);
  return left > 0
    ? badge("bad", `drift: ${count(left, "finding")} on ${moment(last.at)}`)
    : badge("good", `no drift on ${moment(last.at)}`);
}

function gates(stack: string, { version, from, lane, verdicts }: NonNullable<Environment["next"]>) {
  const closed = verdicts.filter(({ open }) => !open);
  const open = verdicts.filter((verdict) => verdict.open);
  const what = `${version}${from.length === 0 ? "" : ` from ${from.join(", ")}`}${lane === "normal" ? "" : `, ${lane}`}`;
  return html`<h4>Next: ${what}</h4>
    <p class="${closed.length === 0 ? "good" : "warn"}">${closed.length === 0 ? `every gate is open` : `${count(closed.length, "gate")} of ${verdicts.length} closed`}</p>
    <ul class="gates">${closed.map((verdict) => gate(verdict))}</ul>
    ${open.length === 0 ? "" : html`<details><summary>${count(open.length, "open gate")} of ${stack}</summary><ul class="gates">${open.map((verdict) => gate(verdict))}</ul></details>`}`;
}

const gate = (verdict: Verdict) => html`<li>
    <span class="${verdict.open ? "good" : "bad"}"><span aria-hidden="true">${verdict.open ? mark.good : mark.bad}</span> <span class="said">${verdict.open ? "open:" : "closed:"}</span> <b>${nameOf(verdict)}</b></span>
    ${verdict.text}
    ${verdict.opensAt === undefined ? "" : html`<br><span class="quiet">opens by itself at ${moment(verdict.opensAt)}</span>`}
    ${verdict.next === undefined ? "" : html`<br><code>${verdict.next}</code>`}
  </li>`;
