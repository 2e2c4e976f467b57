import { declaredSecrets } from "../../components/secrets.ts";
import type { OfflineOptions } from "../../local/engine/embedded.ts";
import type { Project } from "../../local/engine/project.ts";
import type { Snapshot, StackConfig } from "../../local/engine/state.ts";
import type { RunOptions, RunResult } from "../engine.ts";

/** What a stack would hold if its program had been brought up; only `preview` looks into it. */
export type Declared = Snapshot;

export interface Offline {
  /** Empty when there is no project in the folder. */
  stacks(projectDir: string): Promise<readonly string[]>;
  declared(projectDir: string, stack: string, run: RunOptions): Promise<Declared>;
  /** Previews the program of a folder against what another declared; against nothing when there is none. */
  preview(projectDir: string, stack: string, from: Declared | undefined, run: RunOptions): Promise<RunResult>;
  /** The stack's configuration as the program sees it; secrets are "[secret]". */
  config(projectDir: string, stack: string): Promise<Record<string, string>>;
}

/**
 * Programs run by the embedded engine against nobody: no state, passphrase, cluster or network. Secrets are placeholders, and the programs'
 * processes inherit `env` alone.
 */
export async function offline(env: NodeJS.ProcessEnv): Promise<Offline> {
  const [
    { declaredSnapshot, previewFrom },
    { azureNativeFactory },
    { githubFactory },
    { kubernetesFactory },
    { loadProject, loadStackConfig },
  ] = await Promise.all([
    import("../../local/engine/embedded.ts"),
    import("../../local/providers/azure-native/index.ts"),
    import("../../local/providers/github/index.ts"),
    import("../../local/providers/kubernetes/index.ts"),
    import("../../local/engine/project.ts"),
  ]);
  const optionsOf = async (projectDir: string, stack: string): Promise<OfflineOptions> => ({
    projectDir,
    stack,
    providers: [kubernetesFactory({ kind: "offline" }), githubFactory({ kind: "offline" }), azureNativeFactory({ kind: "offline" })],
    extraConfig: placeholders(await loadProject(projectDir), stack),
    env,
  });
  return {
    stacks: async (projectDir) => (await loadProject(projectDir)).stacks(),
    declared: async (projectDir, stack, run) => declaredSnapshot(await optionsOf(projectDir, stack), run),
    preview: async (projectDir, stack, from, run) => previewFrom(await optionsOf(projectDir, stack), from, run),
    async config(projectDir, stack) {
      const project = await loadProject(projectDir);
      const config = await loadStackConfig(project, stack, undefined, placeholders(project, stack));
      return Object.fromEntries(Object.entries(config).map(([key, { value, secret }]) => [key, secret ? "[secret]" : value]));
    },
  };
}

function placeholders(project: Project, stack: string): StackConfig {
  const text = project.configDefaults[`${project.name}:application`]?.value;
  let application: unknown;
  try {
    application = text === undefined ? undefined : JSON.parse(text);
  } catch {
    // What is wrong with it, the program says.
  }
  const declared = declaredSecrets(application, stack);
  return Object.fromEntries(declared.map(({ key }) => [`${project.name}:${key}`, { value: "[secret]", secret: true }]));
}
