import { execa } from "execa";
import { afterAll, expect, inject, test } from "vitest";
import { kubernetesFactory } from "../../../local/providers/kubernetes/index.ts";
import { ReferenceProject } from "../../engine/support/reference.ts";
import { succeeded } from "../../engine/support/stack.ts";
import { clusterClient } from "../setup.ts";

/** The real CLI with its kubernetes provider, where this machine has them; a reason why not otherwise. */
async function realEngine(): Promise<{ missing?: string }> {
  const version = await execa("pulumi", ["version"], { reject: false });
  if (version.failed) return { missing: "no pulumi on PATH" };
  const plugins = await execa("pulumi", ["plugin", "ls", "--json"], { reject: false });
  return /"kubernetes"/.test(plugins.stdout) ? {} : { missing: "pulumi has no kubernetes provider installed" };
}

const project = new ReferenceProject("conformance");
/** Not `dev`: its namespace is conformance.test.ts's, which may run beside this. */
const stack = "turns";
afterAll(async () => {
  project.remove();
  await clusterClient()
    .core.deleteNamespace({ name: `conformance-${stack}` })
    .catch(() => {});
});

test("one stack, worked on by this engine and the Pulumi CLI in turn: neither finds anything to change after the other", async () => {
  const { missing } = await realEngine();
  if (missing !== undefined) {
    console.log(`not run: the round trip of state through the Pulumi CLI (${missing})`);
    return;
  }
  const { kubeconfig } = inject("controlPlane");
  const ours = (step: string, greeting: string) =>
    project.engine({ step, greeting }, [kubernetesFactory({ kind: "cluster", kubeconfig })], stack);
  const theirs = (...args: string[]) =>
    execa("pulumi", [...args, "--stack", stack, "--non-interactive"], {
      cwd: project.dir,
      env: { KUBECONFIG: kubeconfig, PULUMI_BACKEND_URL: `file://${project.dir}/backend`, PULUMI_CONFIG_PASSPHRASE: "conformance" },
    });
  succeeded(await (await ours("1", "hello")).up({}));
  await theirs("preview", "--expect-no-changes", "--config", "conformance:step=1", "--config", "conformance:greeting=hello");
  await theirs("up", "--yes", "--skip-preview", "--config", "conformance:step=2", "--config", "conformance:greeting=bonjour");
  const after = succeeded(await (await ours("2", "bonjour")).preview({}));
  expect(Object.keys(after.changeSummary)).toEqual(["same"]);
  project.unprotect(stack);
  succeeded(await (await ours("7", "bonjour")).destroy({}));
}, 300_000);
