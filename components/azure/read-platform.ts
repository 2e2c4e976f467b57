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
  /** Of the platform's cluster; undefined where it has none, so that the environment's own settings say which. */
  readonly kubeconfig: pulumi.Output<string> | undefined;
  /** Id of the platform's workspace for logs; undefined where it has none. */
  readonly logs: pulumi.Output<string> | undefined;
}

/** A subscription that nobody has: the local world's. */
const NOBODYS = "00000000-0000-0000-0000-000000000000";

/**
 * What the platform stack gave out. Until it did, a preview shows the environment with its place still unknown and an update is refused:
 * it would go to whatever cluster the machine's own kubeconfig names. In the local world a preview shows the names that the platform's
 * settings lead to.
 */
export async function readPlatform({ environment, project, stack }: Settings): Promise<InAzure> {
  const of = environment.azure!.platform;
  const name = `${pulumi.getOrganization()}/${project}/${of}`;
  const given = await outputsOf(name);
  if (given?.azure !== undefined) {
    const reference = new pulumi.StackReference("platform", { name });
    const platform = reference.requireOutput("azure") as pulumi.Output<ReadOutputs>;
    const provider = connectAzure(
      platform.apply(({ subscriptionId }) => subscriptionId),
      environment.azure!,
    );
    const { cluster } = given.azure;
    const logs = given.azure.logs === undefined ? undefined : platform.apply((outputs) => outputs.logs!);
    if (cluster === undefined) return { provider, platform, logs, kubeconfig: undefined };
    if (given.kubeconfig) return { provider, platform, logs, kubeconfig: reference.requireOutput("kubeconfig") as pulumi.Output<string> };
    await refuseOrWarn(`"${of}" gives out no login of its cluster ${cluster} yet`, {
      shown: "the cluster is shown as unknown",
      because: `"${stack}" runs there`,
      advice: `Bring it up again: liftlock up ${of}`,
    });
    return { provider, platform, logs, kubeconfig: pulumi.output(pulumi.unknown) as pulumi.Output<never> };
  }
  const provider = connectAzure(undefined, environment.azure!);
  const { subscriptionId, tenantId } = await getClientConfig({ provider });
  const isLocal = subscriptionId === NOBODYS;
  await refuseOrWarn(`"${of}" gives out no Azure yet`, {
    shown: isLocal ? "the names of its settings stand in for it" : "what comes from it is shown as unknown, its cluster too",
    because: `"${stack}" lives in it`,
    advice: `Bring it up first: liftlock up ${of}`,
  });
  const unknown = pulumi.output(pulumi.unknown) as pulumi.Output<never>;
  if (!isLocal) return { provider, platform: unknown, kubeconfig: unknown, logs: unknown };
  const settings = settingsOf(project, of, stack);
  const standIn = standInOutputs(settings, { subscriptionId, tenantId });
  const logs = standIn.logs === undefined ? undefined : pulumi.output(standIn.logs);
  return { provider, platform: pulumi.output(standIn), kubeconfig: settings.cluster && unknown, logs };
}

async function refuseOrWarn(what: string, why: { shown: string; because: string; advice: string }): Promise<void> {
  if (!pulumi.runtime.isDryRun()) throw new pulumi.RunError(`${what}, and ${why.because}. ${why.advice}`);
  await pulumi.log.warn(`${what}: ${why.shown}. ${why.advice}`);
}

/** A StackReference to a stack that does not exist ends the program with an error of the engine's own, in previews too: so ask first. */
async function outputsOf(name: string): Promise<{ azure?: { cluster?: string; logs?: string }; kubeconfig?: unknown } | undefined> {
  try {
    const { outputs } = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as { outputs?: unknown };
    return pulumi.isUnknown(outputs) ? undefined : (outputs as object | undefined);
  } catch (error) {
    if (/unknown stack|no such stack|no stack named/.test(String(error))) return undefined;
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
