import { readFileSync } from "node:fs";
import path from "node:path";
import { parse, stringify } from "yaml";
import { declaredSecrets } from "../../components/secrets.ts";
import { type RenderedResource, renderProgram } from "../../local/engine/embedded.ts";
import type { StackConfig } from "../../local/engine/state.ts";
import { type PropertyMap, redact } from "../../local/engine/values.ts";
import { azureNativeFactory } from "../../local/providers/azure-native/index.ts";
import { githubFactory } from "../../local/providers/github/index.ts";
import { kubernetesFactory } from "../../local/providers/kubernetes/index.ts";
import { projects } from "../settings/projects.ts";

export type ProjectName = (typeof projects)[number]["project"];

/** Planted in the place of every secret: nothing that is shown may hold it. */
export const planted = "planted-secret-4711";
const encoded = Buffer.from(planted).toString("base64").slice(0, 20);

/** Does a text hold the planted secret, in clear or in the base64 of a Secret's data? */
export const leaks = (text: string): boolean => text.includes(planted) || text.includes(encoded);

// biome-ignore lint/suspicious/noExplicitAny: settings as a person writes them
type Written = any;
export interface WrittenSettings {
  application: Written;
  environment: Written;
  release: Written;
  rollout?: Written;
}

/** The committed settings of a stack, as written. */
export function writtenSettings(project: ProjectName, stack: string): WrittenSettings & { dir: string } {
  const { dir } = projects.find((candidate) => candidate.project === project)!;
  const read = (file: string) => parse(readFileSync(path.join(dir, file), "utf8")).config;
  const config = read(`Pulumi.${stack}.yaml`);
  return {
    dir,
    application: read("Pulumi.yaml").application.value,
    environment: config[`${project}:environment`],
    release: config[`${project}:release`],
  };
}

/** Configuration that goes over a stack's own: changed settings, and a planted value for every secret. */
export function overlay(project: string, stack: string, settings: WrittenSettings): StackConfig {
  const object = (value: unknown) => ({ value: JSON.stringify(value), secret: false, object: true });
  const secrets = declaredSecrets(settings.application, stack).map(({ key }) => [`${project}:${key}`, { value: planted, secret: true }]);
  return {
    [`${project}:application`]: object(settings.application),
    [`${project}:environment`]: object(settings.environment),
    [`${project}:release`]: object(settings.release),
    ...(settings.rollout === undefined ? {} : { [`${project}:rollout`]: object(settings.rollout) }),
    ...Object.fromEntries(secrets),
  };
}

/** What the program declares for a stack, after `change` has been made to its settings. */
export async function render(
  project: ProjectName,
  stack: string,
  change: (settings: WrittenSettings) => void = () => {},
): Promise<RenderedResource[]> {
  const { dir, ...settings } = writtenSettings(project, stack);
  change(settings);
  return renderProgram({
    projectDir: dir,
    stack,
    providers: [kubernetesFactory({ kind: "offline" }), githubFactory({ kind: "offline" }), azureNativeFactory({ kind: "offline" })],
    extraConfig: overlay(project, stack, settings),
  });
}

/** One object of a render, without secrets; fails when there is not exactly one. */
export function find(resources: readonly RenderedResource[], kind: string, name: string): RenderedResource & { inputs: Written } {
  const found = resources.filter((resource) => resource.type.endsWith(`:${kind}`) && resource.name === name);
  if (found.length !== 1)
    throw new Error(`${found.length} resources ${kind} ${name} among ${resources.map((r) => `${r.type} ${r.name}`).join(", ")}`);
  return { ...found[0]!, inputs: redact(found[0]!.inputs) as PropertyMap };
}

/** A render as a reviewer reads it: sorted, without secrets, each resource with what it waits for. */
export function readable(resources: readonly RenderedResource[]): string {
  const nameOf = new Map(resources.map((resource) => [resource.urn, `${resource.type} ${resource.name}`]));
  const entries = resources.map((resource) => ({
    resource: nameOf.get(resource.urn),
    ...(resource.parent === undefined ? {} : { parent: nameOf.get(resource.parent) }),
    ...(resource.protect ? { protect: true } : {}),
    ...(resource.ignoreChanges.length > 0 ? { ignoreChanges: resource.ignoreChanges } : {}),
    ...(resource.dependencies.length > 0 ? { after: resource.dependencies.map((urn) => nameOf.get(urn)).sort() } : {}),
    ...(resource.custom ? { inputs: redact(resource.inputs) } : {}),
    ...(resource.custom || Object.keys(resource.outputs).length === 0 ? {} : { outputs: redact(resource.outputs) }),
  }));
  entries.sort((a, b) => ((a.resource ?? "") < (b.resource ?? "") ? -1 : 1));
  return stringify(entries, { lineWidth: 0, aliasDuplicateObjects: false });
}
