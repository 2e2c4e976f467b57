import { ApplicationSettings } from "../../components/application.schema.ts";
import { EnvironmentSettings } from "../../components/environment.schema.ts";
import { releaseId } from "../../components/release.ts";
import { strategyOf } from "../../components/strategy/colours.ts";
import type { Context } from "../context.ts";
import type { Followed } from "../follow.ts";
import type { HappeningOf } from "../ledger/event.ts";
import { settingOf, withValue } from "../promotion/configuration.ts";
import type { Deploying } from "../promotion/deploy.ts";
import { followed } from "../rollback/fail-fast.ts";
import { sleep } from "../sleep.ts";
import { adopted, needAdoption } from "./adopt.ts";
import { affectedBy } from "./affected.ts";
import { ask } from "./checks.ts";
import { writeRollout } from "./file.ts";
import { countReplicas, sized } from "./live-count.ts";
import { type PlannedStep, planSteps } from "./plan.ts";
import { atRest, completed, type Rollout, rolloutOf, strategicOf, withRollout } from "./position.ts";
import { failing, joined, type Progress, stopped } from "./progress.ts";

export interface Driven {
  readonly run: Followed;
  readonly watch: Progress;
  /** What is to be put back if this failed: the deployment of before, in the colours of before. */
  readonly deploying: Deploying;
  /** What the strategies did, for the ledger. */
  readonly rollout?: HappeningOf<"deployment">["rollout"];
}

/**
 * Brings a stack to what its files say, the way its services' strategies want it: step by step, each an update of its own with the
 * position written into the stack file before it. So what the file says is what a plain update would make of the stack, and an
 * interrupted run leaves a position that the next one goes on from.
 */
export async function drive(context: Context, deploying: Deploying, early: boolean): Promise<Driven> {
  const { project, stack, chosen, before, refresh, message } = deploying;
  const up = (what: string, configuration = deploying.configuration, first = true) =>
    followed(
      context,
      what,
      early,
      (o) => chosen.engine.up({ ...o, refresh: first ? refresh : false, message, configuration }),
      deploying.onChange,
    );
  const settings = settingsOf(before.configuration, project);
  const written = rolloutOf(before.configuration, project);
  const strategic = settings === undefined ? [] : strategicOf(settings.application, settings.environment);
  const moves = strategic.length > 0 || Object.values(written).some(({ other }) => other !== undefined);
  if (settings === undefined || !moves || deploying.isRollback || deploying.configuration !== undefined || before.declared === undefined)
    return { ...(await up(`up ${stack}`)), deploying };
  const { application, environment } = settings;
  const position = completed(written, application, environment);
  // Nobody uses what never ran: the first release needs no second colour.
  if (before.deployments.length === 0) return { ...(await up(`up ${stack}`)), deploying };

  const { dir } = await context.selector.project();
  const write = (rollout: Rollout) => writeRollout(dir, project, stack, rollout);
  const progress = joined();

  const last = before.deployments[0]!;
  if (needAdoption(last.configuration, project, written, strategic)) {
    context.say(
      `${context.io.colors.bold(stack)}: ${strategic.join(", ")} ${strategic.length === 1 ? "gets" : "get"} a configuration for each colour, with the release that runs`,
    );
    await write(position);
    progress.add(await up(`up ${stack} (colours)`, adopted(last.configuration, project, position)));
    if (progress.run.result.result !== "succeeded") return { ...progress.end(), deploying };
  }
  const home = withRollout(last.configuration, project, atRest({ ...position, ...rolloutOf(last.configuration, project) }));
  const from: Deploying = {
    ...deploying,
    before: { ...before, deployments: [{ ...last, configuration: home }, ...before.deployments.slice(1)] },
  };

  const settled = withValue(before.configuration, project, "rollout", atRest(position));
  const preview = await chosen.engine.preview({ signal: context.signal, configuration: settled });
  if (preview.result !== "succeeded") return { ...progress.endWith(preview), deploying: from };
  const affected = affectedBy(preview.steps, position);

  const { namespace } = environment;
  const counts = await countReplicas(chosen.cluster, namespace);
  const steps = planSteps({
    rollout: position,
    strategies: Object.fromEntries(strategic.map((name) => [name, strategyOf({ name }, environment)])),
    affected,
    release: releaseId(before.declared),
    previous: last.id,
    replicas: (name) =>
      Math.max(counts(name, position[name]!.active) ?? 0, environment.services[name]?.replicas?.min ?? environment.defaults.replicas.min),
    now: new Date(),
  });
  let now = position;
  const account = () =>
    strategic
      .filter((name) => affected.has(name))
      .map((service) => {
        const { active, other } = now[service]!;
        const reached = other?.role === "candidate" ? other.weight : 100;
        return { service, strategy: strategyOf({ name: service }, environment).kind, reached, active };
      });
  const ended = (end: { run: Followed; watch: Progress }): Driven => ({
    ...end,
    deploying: from,
    ...(affected.size > 0 && steps.length > 1 ? { rollout: account() } : {}),
  });
  for (const [index, step] of steps.entries()) {
    if (context.signal.aborted) return ended(progress.endWith(stopped()));
    now = step.position(new Date());
    await write(now);
    if (step.title !== "") context.say(`\n${context.io.colors.bold(stack)}: step ${index + 1} of ${steps.length}, ${step.title}`);
    progress.add(await up(step.title === "" ? `up ${stack}` : `up ${stack} (${step.kind})`, undefined, index === 0));
    if (progress.run.result.result !== "succeeded") return ended(progress.end());
    const fault = await proven(context, deploying, step, { dir, namespace });
    if (context.signal.aborted) return ended(progress.endWith(stopped()));
    if (fault !== undefined) return ended(progress.endWith(failing(fault)));
  }
  return ended(progress.end());
}

/** Waits as a step wants it, and asks its checks. Returns why the rollout must end here, or undefined. */
async function proven(
  context: Context,
  { stack, chosen, before }: Deploying,
  step: PlannedStep,
  { dir, namespace }: { dir: string; namespace: string },
): Promise<string | undefined> {
  const short = await sized(chosen.cluster, namespace, step.sized, context.signal);
  if (short !== undefined) return short;
  if (step.pause > 0) {
    const until = new Date(Date.now() + step.pause * 1000);
    context.say(`${context.io.colors.bold(stack)}: waiting until ${until.toISOString().slice(11, 19)}Z, then the checks`);
    await sleep(step.pause * 1000, context.signal);
  }
  const release = before.declared === undefined ? "" : releaseId(before.declared);
  for (const check of step.checks) {
    if (context.signal.aborted) return undefined;
    const asked = { dir, env: context.io.env, stack, namespace, release, signal: context.signal };
    const fault = await ask(check, asked);
    const about = `${check.service} at ${check.weight} %`;
    if (fault !== undefined) return `${about}: the check failed: ${fault}`;
    context.say(`${context.io.colors.bold(stack)}: ${about}: ${check.check.kind === "command" ? check.check.command[0] : "metric"} passed`);
  }
  return undefined;
}

function settingsOf(configuration: Deploying["before"]["configuration"], project: string) {
  const application = ApplicationSettings.safeParse(settingOf(configuration, project, "application")).data;
  const environment = EnvironmentSettings.safeParse(settingOf(configuration, project, "environment")).data;
  return application === undefined || environment === undefined ? undefined : { application, environment };
}
