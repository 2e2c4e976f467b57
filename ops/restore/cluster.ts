import type { BatchV1Api, CoreV1Api, V1Job, V1Pod } from "@kubernetes/client-node";
import { clientOf } from "../cluster-client.ts";
import type { ClusterTarget } from "../live.ts";
import { UserError } from "../user-error.ts";

/** What a restore asks of the cluster beside the engine: the environment's own Jobs, run on demand, and what they said. */
export class BackupCluster {
  readonly namespace: string;
  readonly #batch: BatchV1Api;
  readonly #core: CoreV1Api;

  private constructor(namespace: string, batch: BatchV1Api, core: CoreV1Api) {
    this.namespace = namespace;
    this.#batch = batch;
    this.#core = core;
  }

  static async of(target: ClusterTarget, namespace: string): Promise<BackupCluster> {
    const { k8s, config } = await clientOf(target);
    return new BackupCluster(namespace, config.makeApiClient(k8s.BatchV1Api), config.makeApiClient(k8s.CoreV1Api));
  }

  /** Jobs of the environment's backups, whoever started them. */
  async jobs(): Promise<V1Job[]> {
    const { items } = await this.#batch.listNamespacedJob({ namespace: this.namespace, labelSelector: "app.kubernetes.io/name=backup" });
    return items;
  }

  async podsOf(job: string): Promise<V1Pod[]> {
    const { items } = await this.#core.listNamespacedPod({
      namespace: this.namespace,
      labelSelector: `batch.kubernetes.io/job-name=${job}`,
    });
    return items;
  }

  /** Pods that do not belong to a Job, and so may write; those of finished Jobs too that are still there are no writers. */
  async writers(): Promise<string[]> {
    const { items } = await this.#core.listNamespacedPod({ namespace: this.namespace });
    return items
      .filter(({ status }) => status?.phase !== "Succeeded" && status?.phase !== "Failed")
      .map(({ metadata }) => metadata?.name ?? "?");
  }

  /** Refuses an environment that declares no backups. */
  async requireBackups(): Promise<void> {
    await this.#template("backup");
  }

  /** Starts a Job from a CronJob's template, as `kubectl create job --from` does, with some of its variables set. */
  async start(cronJob: string, suffix: string, env: Readonly<Record<string, string>>): Promise<string> {
    const from = await this.#template(cronJob);
    const template = structuredClone(from.spec!.jobTemplate);
    for (const container of template.spec?.template.spec?.containers ?? [])
      container.env = [
        ...(container.env ?? []).filter(({ name }) => !Object.hasOwn(env, name)),
        ...Object.entries(env).map(([name, value]) => ({ name, value })),
      ];
    const name = `${cronJob}-${suffix}`;
    await this.#batch.createNamespacedJob({
      namespace: this.namespace,
      // By this name drift knows it for ours.
      fieldManager: "liftlock",
      body: {
        metadata: {
          name,
          labels: template.metadata?.labels,
          annotations: { ...template.metadata?.annotations, "cronjob.kubernetes.io/instantiate": "manual" },
          // Takes it along when the environment goes; no stack has it in its state.
          ownerReferences: [{ apiVersion: "batch/v1", kind: "CronJob", name: cronJob, uid: from.metadata!.uid!, controller: false }],
        },
        spec: template.spec!,
      },
    });
    return name;
  }

  async #template(cronJob: string) {
    return this.#batch.readNamespacedCronJob({ name: cronJob, namespace: this.namespace }).catch((error: { code?: number }) => {
      if (error.code !== 404) throw error;
      throw new UserError(
        `There is no CronJob ${cronJob} in namespace ${this.namespace}: the environment declares no backups (environment.database.backup), or was last brought up by an older version. Run \`up\` first.`,
      );
    });
  }

  async job(name: string): Promise<V1Job> {
    return this.#batch.readNamespacedJob({ name, namespace: this.namespace });
  }

  async remove(name: string): Promise<void> {
    await this.#batch.deleteNamespacedJob({ name, namespace: this.namespace, propagationPolicy: "Background" });
  }
}
