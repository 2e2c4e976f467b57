import { readFileSync } from "node:fs";
import path from "node:path";
import { getClientConfig } from "@pulumi/azure-native/authorization/getClientConfig.js";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import type { Settings } from "../model.ts";
import { connectAzure } from "./connect.ts";
import type { ReadOutputs } from "./outputs.ts";
import { PlatformAzure } from "./platform.schema.ts";
import { standInOutputs } from "./stand-in.ts";

/** Azure as an environment finds it. */
export interface InAzure {
  readonly provider: ReturnType<typeof connectAzure>;
  readonly platform: pulumi.Output<ReadOutputs>;
  /** Of the platform's cluster; nothing in the local world, which has a cluster of its own. */
  readonly kubeconfig: pulumi.Output<string | undefined> | undefined;
}

/** A subscription that nobody has: the local world's. */
const NOBODYS = "00000000-0000-0000-0000-000000000000";

/**
 * What the platform stack gave out. Before it exists a preview shows the environment with its place still unknown, and an update is
 * refused; in the local world the names that the platform's settings lead to stand in for it.
 */
export async function readPlatform({ environment, project, stack }: Settings): Promise<InAzure> {
  const of = environment.azure!.platform;
  const name = `${pulumi.getOrganization()}/${project}/${of}`;
  if (await givesOutAzure(name)) {
    const reference = new pulumi.StackReference("platform", { name });
    const platform = reference.requireOutput("azure") as pulumi.Output<ReadOutputs>;
    const subscription = platform.apply(({ subscriptionId }) => subscriptionId);
    const kubeconfig = reference.getOutput("kubeconfig").apply((text: string | undefined) => (text === "" ? undefined : text));
    return { provider: connectAzure(subscription), platform, kubeconfig };
  }
  const provider = connectAzure(undefined);
  const { subscriptionId, tenantId } = await getClientConfig({ provider });
  const advice = `Bring it up first: liftlock up ${of}`;
  if (subscriptionId === NOBODYS) {
    await pulumi.log.info(`"${of}" has not come up: the names of its settings stand in for it.`);
    return {
      provider,
      platform: pulumi.output(standInOutputs(settingsOf(project, of, stack), { subscriptionId, tenantId })),
      kubeconfig: undefined,
    };
  }
  if (!pulumi.runtime.isDryRun()) throw new pulumi.RunError(`"${of}" gives out no Azure yet, and "${stack}" lives in it. ${advice}`);
  await pulumi.log.warn(`"${of}" gives out no Azure yet: what comes from it is shown as unknown, its cluster too. ${advice}`);
  const unknown = pulumi.output(pulumi.unknown) as pulumi.Output<never>;
  return { provider, platform: unknown, kubeconfig: unknown };
}

/** A StackReference to a stack that does not exist ends the program with an error of the engine's own, in previews too: so ask first. */
async function givesOutAzure(name: string): Promise<boolean> {
  try {
    const { outputs } = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as { outputs?: unknown };
    if (pulumi.isUnknown(outputs)) return false;
    return (outputs as { azure?: unknown } | undefined)?.azure !== undefined;
  } catch (error) {
    if (/unknown stack|no such stack|no stack named/.test(String(error))) return false;
    throw error;
  }
}

/** `platform.azure` of the platform's own stack file. */
function settingsOf(project: string, platform: string, stack: string): PlatformAzure {
  const file = `Pulumi.${platform}.yaml`;
  let read: unknown;
  try {
    read = parse(readFileSync(path.join(process.cwd(), file), "utf8"))?.config?.[`${project}:platform`]?.azure;
  } catch {
    read = undefined;
  }
  const parsed = PlatformAzure.safeParse(read);
  if (parsed.success) return parsed.data;
  throw new pulumi.RunError(
    `${file} declares no platform.azure that can be read, and "${stack}" lives in it: mend it (liftlock preview ${platform}).`,
  );
}
