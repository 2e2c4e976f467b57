import path from "node:path";
import { declaredSecrets } from "../../components/secrets.ts";
import { type RenderedResource, renderProgram } from "../../local/engine/embedded.ts";
import type { StackConfig } from "../../local/engine/state.ts";
import { redact } from "../../local/engine/values.ts";
import { azureNativeFactory } from "../../local/providers/azure-native/index.ts";
import { githubFactory } from "../../local/providers/github/index.ts";
import { kubernetesFactory } from "../../local/providers/kubernetes/index.ts";
import { readYaml } from "../settings/projects.ts";
import { root } from "./support.ts";

export const planted = "planted-secret-4711";

// biome-ignore lint/suspicious/noExplicitAny: inputs as GitHub's provider gets them
type Inputs = any;
export interface Declared extends Omit<RenderedResource, "inputs"> {
  readonly inputs: Inputs;
}

/** What a stack of an example declares on GitHub, with a planted value for every secret. */
export async function declaredOn(project: string, stack: string, change: (config: Inputs) => void = () => {}): Promise<Declared[]> {
  const projectDir = project === "ferry" ? root : path.join(root, "examples", project);
  const application = readYaml(projectDir, "Pulumi.yaml").config.application.value;
  const written = readYaml(projectDir, `Pulumi.${stack}.yaml`).config;
  const config = { application, ...Object.fromEntries(Object.entries(written).map(([key, value]) => [key.split(":")[1], value])) };
  change(config);
  const secrets = declaredSecrets(config.application, stack).map(({ key }) => [`${project}:${key}`, { value: planted, secret: true }]);
  const objects = Object.entries(config).map(([key, value]) => [
    `${project}:${key}`,
    { value: JSON.stringify(value), secret: false, object: true },
  ]);
  const resources = await renderProgram({
    projectDir,
    stack,
    providers: [kubernetesFactory({ kind: "offline" }), githubFactory({ kind: "offline" }), azureNativeFactory({ kind: "offline" })],
    extraConfig: Object.fromEntries([...objects, ...secrets]) as StackConfig,
  });
  return resources
    .filter(({ type }) => type.startsWith("github:") || type.startsWith("liftlock:github:"))
    .map((resource) => ({ ...resource, inputs: redact(resource.inputs), outputs: redact(resource.outputs) as Declared["outputs"] }));
}

const ofType = (resources: readonly Declared[], type: string) => resources.filter((resource) => resource.type.endsWith(`:${type}`));

/** The protection of a branch; fails unless there is exactly one. */
export function protectionOf(resources: readonly Declared[], pattern: string): Inputs {
  const found = ofType(resources, "BranchProtection").filter(({ inputs }) => inputs.pattern === pattern);
  if (found.length !== 1) throw new Error(`${found.length} protections of ${pattern}`);
  const { inputs } = found[0]!;
  const [reviews] = inputs.requiredPullRequestReviews ?? [];
  const [checks] = inputs.requiredStatusChecks ?? [];
  return { ...inputs, reviews, checks };
}
export const all = (resources: readonly Declared[], type: string): Inputs[] => ofType(resources, type).map(({ inputs }) => inputs);
export const one = (resources: readonly Declared[], type: string): Declared => {
  const found = ofType(resources, type);
  if (found.length !== 1) throw new Error(`${found.length} of ${type}`);
  return found[0]!;
};
