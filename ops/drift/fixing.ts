import { type Context, EXIT } from "../context.ts";
import { UserError } from "../user-error.ts";
import type { ClusterApi } from "./cluster-api.ts";
import { subjectName } from "./finding.ts";
import { apply } from "./fix.ts";
import { type Remedy, remedies, shownRemedy } from "./fix-plan.ts";
import type { KubernetesDrift } from "./kubernetes.ts";
import type { DriftReport } from "./report.ts";
import { driftLines } from "./report.ts";

interface Options {
  readonly yes?: boolean;
  readonly include?: string[];
}

/** Shows what would be put back, object by object, asks for each, and does it. Counts the findings that are gone. */
export async function fix(
  context: Context,
  api: ClusterApi,
  source: KubernetesDrift,
  report: DriftReport,
  { yes = false, include = [] }: Options,
): Promise<{ fixed: number; failed: boolean }> {
  const { io, say } = context;
  const { red, green } = io.colors;
  for (const line of driftLines(report, io.colors)) say(line);
  const plan = remedies(source.drifted, new Set(report.findings), include);
  checkNames(plan, include);
  const words = (remedy: Remedy) =>
    shownRemedy(
      remedy,
      (value, path, object) => source.redaction.shown(value, path, { kind: object, secret: secretsOf(source, remedy) }) ?? "",
    );
  say("");
  if (!yes && !io.interactive) {
    for (const remedy of plan) for (const line of words(remedy)) say(line);
    throw new UserError("Nobody can be asked here: add --yes to put it back. Nothing was changed.", EXIT.usage);
  }
  const kinds = await api.served();
  let fixed = 0;
  let failed = false;
  for (const remedy of plan) {
    for (const line of words(remedy)) say(line);
    if (remedy.kind === "none") continue;
    if (!yes && !/^y(es)?$/i.test(await io.ask(`${remedy.kind} ${subjectName(remedy.subject)}? [y/N] `))) continue;
    const result = await apply(api, remedy, kinds, context.signal);
    if (result.failed === undefined) {
      fixed += result.findings;
      say(green("        done"));
    } else {
      failed = true;
      io.err(red(`        not put back: ${source.redaction.text(result.failed)}`));
    }
  }
  say("");
  return { fixed, failed };
}

const secretsOf = ({ drifted }: KubernetesDrift, { subject }: Remedy): readonly string[] =>
  drifted.find(({ applied }) => applied !== undefined && applied.urn === subject.urn)?.applied?.secret ?? [];

function checkNames(plan: readonly Remedy[], include: readonly string[]): void {
  const names = plan.map(({ subject: { kind, name } }) => `${kind}/${name}`);
  const unknown = include.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new UserError(`--include ${unknown}: nothing of that name drifted. What did: ${names.join(", ")}.`, EXIT.usage);
}
