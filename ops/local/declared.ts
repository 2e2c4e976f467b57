import path from "node:path";
import canonicalize from "canonicalize";
import { declaredSecrets } from "../../components/secrets.ts";
import type { RenderedResource } from "../../local/engine/embedded.ts";
import type { StackConfig } from "../../local/engine/state.ts";
import type { Value } from "../../local/engine/values.ts";
import { findWorld } from "../../local/world.ts";
import type { Declarations, DeclaredResource, Parts, SecretPrint, Secrets } from "../difference/declared.ts";
import { printOf } from "../difference/fingerprint.ts";
import { generatedValue, keptSecret } from "../local-secrets.ts";
import type { Json } from "../report/diff.ts";
import { applicationOf } from "./application.ts";

/** What stacks declare, rendered offline by the embedded engine. `local`: secrets are those that the local world generates. */
export function localDeclarations(options: { local: boolean; env: Readonly<Record<string, string | undefined>> }): Declarations {
  return {
    resources,
    secrets: (projectDir, stack) => secrets(projectDir, stack, options),
  };
}

async function resources(projectDir: string, stack: string, parts: Parts = {}): Promise<DeclaredResource[]> {
  const [{ renderProgram }, { azureNativeFactory }, { githubFactory }, { kubernetesFactory }, { loadProject }] = await Promise.all([
    import("../../local/engine/embedded.ts"),
    import("../../local/providers/azure-native/index.ts"),
    import("../../local/providers/github/index.ts"),
    import("../../local/providers/kubernetes/index.ts"),
    import("../../local/engine/project.ts"),
  ]);
  const { redact } = await import("../../local/engine/values.ts");
  const project = await loadProject(projectDir);
  const placeholders = declaredSecrets(applicationOf(project), stack).map(({ key }) => [key, { value: "[secret]", secret: true }]);
  const given = Object.entries(parts).map(([part, value]) => [part, { value: canonicalize(value), secret: false, object: true }]);
  const extra = [...placeholders, ...given].map(([key, value]) => [`${project.name}:${key}`, value]);
  const rendered = await renderProgram({
    projectDir,
    stack,
    providers: [kubernetesFactory({ kind: "offline" }), azureNativeFactory({ kind: "offline" }), githubFactory({ kind: "offline" })],
    extraConfig: Object.fromEntries(extra) as StackConfig,
  });
  const own = ({ custom, type }: RenderedResource) => custom && !type.startsWith("pulumi:");
  return rendered.filter(own).map(({ type, name, inputs }) => ({ type, name, inputs: plain(redact(inputs)) as Json }));
}

/** References and values that only a run would know, as text. */
function plain(value: Value): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (value.constructor !== Object) return "urn" in value ? String(value.urn) : "[unknown]";
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, plain(v)]));
}

async function secrets(
  projectDir: string,
  stack: string,
  { local, env }: { local: boolean; env: Readonly<Record<string, string | undefined>> },
): Promise<Secrets> {
  const { loadProject, loadStackConfig, stackSalt } = await import("../../local/engine/project.ts");
  const project = await loadProject(projectDir);
  const world = findWorld(projectDir);
  const declared = declaredSecrets(applicationOf(project), stack);
  const key = env.LIFTLOCK_FINGERPRINT_KEY ?? (await keptSecret(path.join(world.dir, "fingerprint.key")));
  const print = (value: string): SecretPrint => printOf(value, `${key}\0${project.name}`);
  if (local) {
    const seed = await keptSecret(world.secretsFile);
    const value = (name: string, format: Parameters<typeof generatedValue>[2]) =>
      generatedValue(seed, { project: project.name, stack, key: name }, format);
    // Generated addresses all name the same host that does not exist: only the value counts.
    const prints = declared.map(({ key: name, format }) => [name, { fingerprint: print(value(name, format)).fingerprint }] as const);
    return { prints: new Map(prints), from: "the local world" };
  }
  const salt = stackSalt(project, stack);
  const passphrase = env.PULUMI_CONFIG_PASSPHRASE;
  if (salt === undefined || passphrase === undefined) return { prints: new Map(), from: "closed" };
  const { passphraseCrypter } = await import("../../local/engine/backend/index.ts");
  const config = await loadStackConfig(project, stack, await passphraseCrypter(salt, passphrase));
  const prints = declared.flatMap(({ key: name }) => {
    const found = config[`${project.name}:${name}`];
    return found === undefined ? [] : [[name, print(found.value)] as const];
  });
  return { prints: new Map(prints), from: "the stack file" };
}
