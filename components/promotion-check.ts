import * as pulumi from "@pulumi/pulumi";
import { now } from "./clock.ts";
import { type History, known, QualifiedRelease } from "./history.ts";
import type { Settings } from "./model.ts";
import { seconds } from "./primitives.ts";
import { releaseId } from "./release.ts";
import { refusal } from "./release-check.ts";
import { gatesOf, sourcesOf, stacksOf } from "./upstream.ts";

type Ran = readonly QualifiedRelease[] | undefined | "unknown";

/** Refuses a release that the environments before this one have not proven. A preview only warns: it is what a pull request shows. */
export async function checkRelease({ stack, application, release }: Settings, history: History): Promise<void> {
  const { promotion } = application;
  const sources = sourcesOf(promotion, stack);
  const upstream = stacksOf(sources);
  const ran = new Map(await Promise.all(upstream.map(async (name) => [name, await ranIn(name)] as const)));
  if ([...ran.values()].includes("unknown")) return;
  const { soak, hotfix } = gatesOf(promotion, stack);
  const reason = refusal({
    stack,
    release: { ...release, id: releaseId(release) },
    own: history.qualified,
    sources,
    ran: (name) => ran.get(name) as Exclude<Ran, "unknown">,
    soak: soak === undefined ? 0 : Math.min(seconds(soak), seconds(hotfix.soak ?? soak)),
    now: now(),
  });
  if (reason === undefined) return;
  if (!pulumi.runtime.isDryRun()) throw new pulumi.RunError(reason);
  await pulumi.log.warn(reason);
}

/**
 * What ran in another stack of this project. A StackReference to a stack that does not exist ends the program with an error of the
 * engine's own, in previews too; the function behind it can be asked and answered.
 */
async function ranIn(stack: string): Promise<Ran> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`;
  let read: { outputs?: unknown };
  try {
    read = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
  } catch (error) {
    // The CLI says `unknown stack`; anything else (no network, no rights) must not pass for "never deployed".
    if (/unknown stack|no such stack|no stack named/.test(String(error))) return undefined;
    throw error;
  }
  if (pulumi.isUnknown(read.outputs)) return "unknown";
  const outputs = (read.outputs ?? {}) as Record<string, unknown>;
  // A stack that was destroyed, or never got through its first update, has no outputs.
  return "qualified" in outputs ? known(QualifiedRelease, outputs.qualified) : undefined;
}
