import { readFileSync } from "node:fs";
import { seconds } from "../../components/primitives.ts";
import type { Context } from "../context.ts";
import type { Evidence } from "../gates/evidence.ts";
import { statusOf } from "../gates/status.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import { measure } from "../metrics/measure.ts";
import { runsOf } from "../metrics/runs.ts";
import { comparedPairs } from "./compared.ts";
import type { LastDrift, Page } from "./model.ts";
import { weeksOf } from "./weeks.ts";

const WEEKS = 26;

/** Asks for everything the page shows. */
export async function gatherPage(context: Context, evidence: Evidence): Promise<Page> {
  const { application, events, project, ledger } = evidence;
  const { path } = application.promotion;
  const now = Date.now();
  const period = { from: now - seconds(application.metrics.window) * 1000, to: now };
  const environments = path.filter((stack) => project.stacks.includes(stack));
  const declarations = await context.selector.declarations();
  const today = new Date(now).toISOString().slice(0, 10);
  // Programs run meanwhile.
  const compared = comparedPairs({ context, declarations, project, application, today }, environments);
  compared.catch(() => {});
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };
  return {
    project: project.name,
    madeAt: new Date(now),
    version,
    pipeline: await Promise.all(
      environments.map(async (stack) => {
        const urls = Object.values(evidence.facts.get(stack)?.outputs?.urls ?? {})
          .map(String)
          .filter((url) => URL.canParse(url));
        const address = urls[0] === undefined ? undefined : new URL(urls[0]).origin;
        return { ...(await statusOf(evidence, stack)), drift: lastDrift(events, stack), address };
      }),
    ),
    metrics: environments.map((stack) => ({
      ...measure(events, stack, period, application.metrics.targets),
      weeks: weeksOf(runsOf(events, stack), now, WEEKS),
    })),
    compared: await compared,
    events,
    findings: (await ledger.read()).findings,
  };
}

function lastDrift(events: readonly LedgerEvent[], stack: string): LastDrift | undefined {
  const last = events.findLast(({ what }) => what.kind === "drift" && what.stack === stack);
  return last?.what.kind === "drift" ? { at: last.at, findings: last.what.findings, fixed: last.what.fixed } : undefined;
}
