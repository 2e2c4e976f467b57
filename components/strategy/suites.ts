import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ApplicationSettings } from "../application.schema.ts";
import { createIdentity } from "../identity.ts";
import { jobSpec, toolResources, toolUser } from "../job.ts";
import { labelsOf, own } from "../labels.ts";
import type { Settings } from "../model.ts";
import { suitePolicy } from "../network.ts";
import { noMounts } from "../pod.ts";
import { seconds } from "../primitives.ts";
import { releaseId } from "../release.ts";
import { smokeScript } from "../scripts.ts";
import type { ServiceSettings } from "../workload.schema.ts";
import { type ColourOf, colourServiceName, strategyOf, suiteRole } from "./colours.ts";

export interface SuitesArgs {
  readonly settings: Settings;
  readonly service: ServiceSettings;
  readonly namespace: pulumi.Input<string>;
  readonly candidate: ColourOf;
  /** Names of the configuration that the candidate reads: another one is tested again. */
  readonly versions: pulumi.Input<string>;
}

interface Suite {
  readonly name: string;
  readonly image: string;
  readonly command?: string[];
  readonly args?: string[];
  readonly timeout: string;
}

/** Jobs that ask a new colour whether it works, at its own address and before it gets any traffic: the smoke test, and what is declared. */
export function createSuites(args: SuitesArgs, dependsOn: pulumi.Resource[], parent: pulumi.Resource): void {
  const { settings, service, namespace, candidate, versions } = args;
  const url = `http://${colourServiceName(service.name, candidate.colour)}.${settings.environment.namespace}.svc`;
  const suites = suitesOf(service, settings, url);
  if (suites.length === 0) return;
  const application = settings.application.name;
  const role = suiteRole(service.name);
  const identity = createIdentity({ name: role, application, namespace, policy: suitePolicy(role, service, settings) }, parent);
  for (const suite of suites) {
    const name = `${role}-${suite.name}`;
    const container = {
      name: role,
      image: suite.image,
      ...(suite.command === undefined ? {} : { command: suite.command }),
      ...(suite.args === undefined ? {} : { args: suite.args }),
      env: [{ name: "TARGET_URL", value: url }],
    };
    const spec = jobSpec({
      role,
      application,
      pod: { uid: toolUser, container, resources: toolResources, mounts: noMounts },
      deadline: seconds(suite.timeout),
      retries: 0,
      annotations: { [own("release")]: releaseId(settings.release), [own("configuration")]: versions },
    });
    const metadata = { name, namespace, labels: labelsOf(role, application), annotations: { "pulumi.com/replaceUnready": "true" } };
    new k8s.batch.v1.Job(name, { metadata, spec }, { parent, dependsOn: [...dependsOn, ...identity] });
  }
}

/** The smoke test's own checks of this service, and the suites that its strategy names. */
function suitesOf(service: ServiceSettings, { application, environment }: Settings, url: string): Suite[] {
  const strategy = strategyOf(service, environment);
  const named = strategy.kind === "rolling" ? [] : strategy.suites;
  return [
    ...smokeOf(service, application, url),
    ...named.map((name): Suite => {
      const { image, command, timeout } = application.suites[name]!;
      return { name, image, timeout, ...(command === undefined ? {} : { command }) };
    }),
  ];
}

function smokeOf(service: ServiceSettings, { smoke }: ApplicationSettings, url: string): Suite[] {
  const checks = smoke?.checks.filter((check) => check.service === service.name) ?? [];
  if (smoke === undefined || checks.length === 0) return [];
  const args = checks.flatMap(({ path, refuse }) => [url + path, refuse]);
  return [{ name: "smoke", image: smoke.image, command: ["sh", "-c", smokeScript, "smoke"], args, timeout: smoke.timeout }];
}
