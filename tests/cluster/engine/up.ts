// One `up` of a recorded program in a process of its own, so that a test can kill it.
import { createEmbeddedEngine } from "../../../local/engine/embedded.ts";
import { kubernetesFactory } from "../../../local/providers/kubernetes/index.ts";

const [, , projectDir, backendDir, scenario, kubeconfig] = process.argv as string[];
const engine = await createEmbeddedEngine({
  projectDir: projectDir!,
  stack: "dev",
  backendDir: backendDir!,
  passphrase: "scenarios",
  providers: [kubernetesFactory({ kind: "cluster", kubeconfig: kubeconfig! })],
  extraConfig: { "scenarios:scenario": { value: scenario!, secret: false } },
  allowForeign: true,
});
await engine.up({});
