import type { Gates } from "../../components/gates.schema.ts";
import { directUpstream, gatesOf } from "../../components/upstream.ts";
import type { Documented } from "./settings.ts";
import { approvalsInWords, listed, windowInWords } from "./words.ts";

/** How a release is made, and how it moves on. */
export function deployment({ application, environments }: Documented): string[] {
  const { promotion } = application;
  const first = promotion.path[0]!;
  return [
    "## Deployment",
    "",
    `A release goes through ${promotion.path.map((stack) => `**${stack}**`).join(" → ")}. It is the same images by digest everywhere; only settings differ.`,
    "",
    "```sh",
    `./liftlock release create 1.2.3        # version, commit and images by digest, into Pulumi.${first}.yaml`,
    `./liftlock up ${first}`,
    ...promotion.path
      .slice(1)
      .map((stack) => ({ stack, from: directUpstream(promotion, stack)?.nodes[0] }))
      .map(({ stack, from }) => `./liftlock promote ${from} ${stack}`),
    "```",
    "",
    `One update does, in this order: ${order(application)}. Each waits for the one before; a failure stops what comes after.`,
    ...environments.flatMap(({ stack, settings }) => [
      "",
      `### ${stack}`,
      "",
      `- Address: https://${settings.host}, namespace \`${settings.namespace}\`, cluster \`${settings.cluster.identifier}\`.`,
      ...deployedBy(settings.github),
      ...before(gatesOf(promotion, stack), directUpstream(promotion, stack)?.nodes ?? []),
      ...(settings.protect ? ["- Protected: what holds data cannot be destroyed or replaced."] : []),
    ]),
    "",
    `What a release still waits for: \`./liftlock why STACK\`. In an emergency: \`./liftlock hotfix\`, and ${promotion.secondPerson ? "with a second person " : ""}\`./liftlock break-glass STACK\`${promotion.secondPerson ? "" : "; the team has one person, whose word the ledger keeps"}.`,
  ];
}

function order({ database, smoke, services }: Documented["application"]): string {
  const migrates = database?.migration !== undefined;
  return listed([
    "namespace and configuration",
    ...(migrates ? ["verified backup", "migration"] : []),
    `rollout of ${listed(services.map(({ name }) => name))}`,
    ...(smoke === undefined ? [] : ["smoke test"]),
    "record of the release",
  ]);
}

function deployedBy(github: Documented["environments"][number]["settings"]["github"]): string[] {
  if (github === undefined) return [];
  const { branches, tags } = github.deployFrom;
  const from = listed([...branches.map((name) => `branch ${name}`), ...tags.map((name) => `tag ${name}`)]);
  return [`- On GitHub: ${github.deploy.on === "push" ? "a push deploys" : "somebody starts the workflow"}; allowed from ${from}.`];
}

/** What stands before an environment; nothing is said of what is not declared. */
function before(gates: Gates, upstream: readonly string[]): string[] {
  const { soak, approvals, checks, windows, confirmMigrations, backupMaxAge, restoreTested, rehearsal } = gates;
  const early = checks.filter(({ when }) => when === "before");
  const late = checks.filter(({ when }) => when === "after");
  const open = [
    ...(upstream.length > 0 ? [`it runs in ${listed(upstream)}, with its tests passed`] : []),
    ...(soak === undefined ? [] : [`it ran there for ${soak} without trouble`]),
    ...approvalsInWords(approvals).map((words) => `it has ${words}`),
    ...early.map(
      ({ name, in: where, evidence }) => `check \`${name}\` passed${where ? ` in ${where}` : ""}${evidence ? ", with evidence" : ""}`,
    ),
    ...windows.map(windowInWords),
    ...(confirmMigrations ? ["somebody confirmed its migrations by name, if it has any"] : []),
    ...(backupMaxAge === undefined ? [] : [`the last verified backup is not older than ${backupMaxAge}, if it migrates`]),
    ...(restoreTested === undefined ? [] : [`a backup was restored within ${restoreTested}`]),
    ...(rehearsal === undefined ? [] : [`its rollback was rehearsed in ${rehearsal.in}`]),
  ];
  return [
    ...(open.length === 0 ? [] : ["- A release goes in when:", ...open.map((line) => `  - ${line};`)]),
    ...(late.length === 0 ? [] : [`- Afterwards somebody checks: ${listed(late.map(({ name }) => `\`${name}\``))}.`]),
  ];
}
