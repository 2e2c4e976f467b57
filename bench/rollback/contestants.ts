import { imageOf, manifests, SERVICES, writeChart } from "./manifests.ts";
import { writeProgram } from "./program.ts";
import { run, type Tool } from "./tools.ts";

/** How one way of deploying brings a version, and what it does by itself when that fails. */
export interface Contestant {
  readonly name: string;
  readonly defaults: string;
  /** Brings a version and waits; after a failure, also whatever brings the one before back. */
  deploy(version: string, cap: number): Promise<void>;
  /** Namespaces that it makes itself. */
  readonly namespace: string;
  readonly ownsNamespace: boolean;
}

interface World {
  readonly dir: string;
  readonly kubeconfig: string;
  readonly id: string;
}

export function liftlock({ dir, kubeconfig, id }: World): Contestant {
  const namespace = `bench-liftlock-${id}`;
  const program = writeProgram(dir, namespace, kubeconfig);
  return {
    name: "liftlock up",
    defaults: "settle 10s, progress 10m",
    namespace,
    ownsNamespace: true,
    deploy: (version, cap) => program.up(version, cap),
  };
}

/** What a pipeline without a tool does: apply, wait for each rollout, undo all when one does not come through. `timeout`: of the wait. */
export function kubectl(tool: Tool, { kubeconfig, id }: World, timeout: string | undefined): Contestant {
  const namespace = `bench-kubectl-${timeout ?? "default"}-${id}`;
  const env = { ...process.env, KUBECONFIG: kubeconfig };
  const call = (args: readonly string[], cap: number, input?: string) => run(tool.command, ["-n", namespace, ...args], env, cap, input);
  return {
    name: "kubectl apply + rollout status + rollout undo",
    defaults: timeout === undefined ? "defaults (progressDeadlineSeconds 600)" : `rollout status --timeout=${timeout}`,
    namespace,
    ownsNamespace: false,
    async deploy(version, cap) {
      const deadline = performance.now() / 1000 + cap;
      const left = () => Math.max(0.1, deadline - performance.now() / 1000);
      await call(["apply", "-f", "-"], left(), manifests(version));
      const wait = ["rollout", "status", ...(timeout === undefined ? [] : [`--timeout=${timeout}`])];
      const ends = await Promise.all(SERVICES.map((name) => call([...wait, `deployment/${name}`], left())));
      if (ends.some(({ capped }) => capped) || ends.every(({ exitCode }) => exitCode === 0)) return;
      await call(["rollout", "undo", ...SERVICES.map((name) => `deployment/${name}`)], left());
    },
  };
}

/** Helm's own way back: `--rollback-on-failure` since Helm 4, `--atomic` before. `timeout`: of the wait. */
export function helm(tool: Tool, { dir, kubeconfig, id }: World, timeout: string | undefined): Contestant {
  const namespace = `bench-helm-${timeout ?? "default"}-${id}`;
  const chart = writeChart(dir);
  const flag = /v?4\./.test(tool.version) ? "--rollback-on-failure" : "--atomic";
  return {
    name: `helm upgrade ${flag}`,
    defaults: timeout === undefined ? "defaults (--timeout 5m)" : `--timeout ${timeout}`,
    namespace,
    ownsNamespace: false,
    async deploy(version, cap) {
      const values = SERVICES.flatMap((name) => ["--set-string", `${name}=${imageOf(name, version)}`]);
      const wait = timeout === undefined ? [] : ["--timeout", timeout];
      const args = ["upgrade", "bench", chart, "--install", flag, "-n", namespace, ...wait, ...values];
      await run(
        tool.command,
        args,
        { ...process.env, KUBECONFIG: kubeconfig, HELM_CACHE_HOME: dir, HELM_CONFIG_HOME: dir, HELM_DATA_HOME: dir },
        cap,
      );
    },
  };
}
