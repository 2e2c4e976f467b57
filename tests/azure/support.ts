import path from "node:path";
import { declaredSecrets } from "../../components/secrets.ts";
import { type RenderedResource, renderProgram } from "../../local/engine/embedded.ts";
import type { StackConfig } from "../../local/engine/state.ts";
import { type PropertyMap, redact } from "../../local/engine/values.ts";
import { azureNativeFactory } from "../../local/providers/azure-native/index.ts";
import { githubFactory } from "../../local/providers/github/index.ts";
import { kubernetesFactory } from "../../local/providers/kubernetes/index.ts";
import { readYaml } from "../settings/projects.ts";

export const root = path.resolve(import.meta.dirname, "../..");
export const planted = "planted-secret-4711";
export const studysphere = path.join(root, "examples/studysphere");

// biome-ignore lint/suspicious/noExplicitAny: settings as a person writes them
export type Written = any;

/** StudySphere's settings of a stack as written, by key without the project's name. */
export function written(stack: string): Written {
  const config = readYaml(studysphere, `Pulumi.${stack}.yaml`).config;
  const own = Object.entries(config).map(([key, value]) => [key.split(":")[1], value]);
  return { application: readYaml(studysphere, "Pulumi.yaml").config.application.value, ...Object.fromEntries(own) };
}

/** Everything that a stack of StudySphere declares, after `change` has been made to its settings. */
export async function rendered(stack: string, change: (settings: Written) => void = () => {}): Promise<RenderedResource[]> {
  const settings = written(stack);
  change(settings);
  const objects = Object.entries(settings).map(([key, value]) => [
    `studysphere:${key}`,
    { value: JSON.stringify(value), secret: false, object: true },
  ]);
  const secrets = declaredSecrets(settings.application, stack).map(({ key }) => [`studysphere:${key}`, { value: planted, secret: true }]);
  return renderProgram({
    projectDir: studysphere,
    stack,
    providers: [kubernetesFactory({ kind: "offline" }), githubFactory({ kind: "offline" }), azureNativeFactory({ kind: "offline" })],
    extraConfig: Object.fromEntries([...objects, ...secrets]) as StackConfig,
  });
}

/** Inputs of the one resource of a class in Azure (`Server`), or of the one of this name. */
export function inputsOf(resources: readonly RenderedResource[], kind: string, name?: string): Written {
  const found = resources.filter(
    ({ type, name: own }) => type.startsWith("azure-native:") && type.endsWith(`:${kind}`) && (name === undefined || own === name),
  );
  if (found.length !== 1) throw new Error(`${found.length} resources ${kind} ${name ?? ""}`);
  return redact(found[0]!.inputs) as PropertyMap;
}
