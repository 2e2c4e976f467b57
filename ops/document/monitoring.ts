import type { MetricTargets } from "../../components/metrics.schema.ts";
import { gatesOf } from "../../components/upstream.ts";
import type { Documented } from "./settings.ts";
import { listed } from "./words.ts";

/** How trouble is seen, and who hears of it. */
export function monitoring({ application, environments }: Documented): string[] {
  const { services, smoke, notifications, promotion } = application;
  return [
    "## Monitoring",
    "",
    "Where releases stand, and what is wrong: `./liftlock status`. What was changed by hand: `./liftlock drift STACK`.",
    "",
    "| service | ready when | restarted unless |",
    "| --- | --- | --- |",
    ...services.map(({ name, probes }) => `| ${name} | ${probe(probes.readiness)} | ${probe(probes.liveness)} |`),
    ...(smoke === undefined
      ? []
      : ["", `After every rollout the smoke test asks ${listed(smoke.checks.map(({ service, path }) => `${service} \`${path}\``))}.`]),
    ...environments.flatMap(({ stack }) => {
      const { watch } = gatesOf(promotion, stack);
      return watch === undefined
        ? []
        : ["", `${stack} is watched for ${watch} after a release went live; trouble in that time rolls it back.`];
    }),
    ...(notifications.receivers.length === 0
      ? ["", "Nobody is told of events: `application.notifications` names no receiver."]
      : [
          "",
          "Who is told:",
          "",
          ...notifications.receivers.map(({ kind, on, stacks }) => `- ${kind}: ${listed(on)}${stacks ? ` of ${listed(stacks)}` : ""}`),
        ]),
    ...targets(application.metrics.targets, application.metrics.stack ?? promotion.path.at(-1)!),
  ];
}

const probe = (what: string | readonly string[]): string => `\`${typeof what === "string" ? what : what.join(" ")}\``;

function targets(targets: MetricTargets, stack: string): string[] {
  const { deploymentsPerWeek, leadTime, changeFailureRate, timeToRestore, deploymentSuccess, uptime } = targets;
  const lines = [
    ...(deploymentsPerWeek === undefined ? [] : [`at least ${deploymentsPerWeek} releases a week`]),
    ...(leadTime === undefined ? [] : [`at most ${leadTime} from commit to live`]),
    ...(changeFailureRate === undefined ? [] : [`at most ${changeFailureRate} % of the releases fail`]),
    ...(timeToRestore === undefined ? [] : [`at most ${timeToRestore} to restore`]),
    ...(deploymentSuccess === undefined ? [] : [`at least ${deploymentSuccess} % of the runs succeed`]),
    ...(uptime === undefined ? [] : [`at least ${uptime} % uptime`]),
  ];
  return lines.length === 0 ? [] : ["", `Targets for ${stack} (\`./liftlock metrics\`):`, "", ...lines.map((line) => `- ${line}`)];
}
