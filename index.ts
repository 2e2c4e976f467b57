import { BackupSchedules, createBackup } from "./components/backup.ts";
import { connectCluster } from "./components/cluster.ts";
import { Configuration } from "./components/configuration.ts";
import { createCopy } from "./components/copy.ts";
import { Environment } from "./components/environment.ts";
import type { Extension } from "./components/extension.ts";
import { readHistory } from "./components/history.ts";
import { createMigration } from "./components/migration.ts";
import { summarize } from "./components/outputs.ts";
import { checkRelease } from "./components/promotion-check.ts";
import { ReleaseRecord } from "./components/record.ts";
import { createReset } from "./components/reset.ts";
import { afterRestore, retiring, stopWriters } from "./components/restore.ts";
import { Routes } from "./components/route.ts";
import { loadStack, readRestore } from "./components/settings.ts";
import { createSmoke } from "./components/smoke.ts";
import { createVolumes } from "./components/volumes.ts";
import { createWorkloads } from "./components/workloads.ts";
import { extend } from "./extend.ts";

/**
 * One environment, in the order in which it comes up: each part waits for what it depends on; or, where the settings say so, what
 * environments share. Returns the stack's outputs.
 */
export default async function program(ownResources: Extension = extend) {
  const loaded = loadStack();
  if ("platform" in loaded) return (await import("./components/platform/platform.ts")).createPlatform(loaded);
  const restore = readRestore();
  if (restore?.stage === "stopped") stopWriters();
  const history = afterRestore(await readHistory(), restore);
  await checkRelease(loaded, history);
  const azure = loaded.environment.azure && (await (await import("./components/azure/read-platform.ts")).readPlatform(loaded));
  const cluster = connectCluster(loaded.environment.cluster, azure?.kubeconfig);
  const options = { providers: [cluster] };

  const environment = new Environment("environment", { settings: loaded, quotas: history.quotas }, options);
  const { namespace, quotas } = environment;
  const inAzure =
    azure && (await import("./components/azure/environment.ts")).createAzureEnvironment(loaded, azure, namespace, retiring(restore));
  const settings = inAzure?.settings ?? loaded;
  const place = [environment, ...(inAzure ? [inAzure] : [])];
  const within = { ...options, dependsOn: place };

  const configuration = new Configuration("configuration", { settings, namespace, vault: inAzure?.vault }, within);
  const backup = createBackup({ settings, namespace, configuration }, within);
  createReset({ settings, namespace, configuration }, within);
  createCopy({ settings, namespace, configuration }, within);
  if (inAzure?.restored)
    (await import("./components/azure/restore-check.ts")).createRestoreCheck(inAzure, { settings, namespace, configuration }, within);

  const volumes = createVolumes({ settings, namespace }, within);
  const furnished = { ...within, dependsOn: [...within.dependsOn, ...(volumes ? [volumes] : [])] };

  // A release: backup -> migration -> rollout -> smoke test -> record.
  const migration = createMigration(
    { settings, namespace, configuration, backup, migrations: history.migrations, restored: history.restored },
    furnished,
  );
  const migrated = { ...options, dependsOn: [...furnished.dependsOn, ...(migration ? [migration] : [])] };
  if (backup)
    new BackupSchedules("schedules", backup, migration?.schemaVersion ?? history.migrations.at(-1)?.schemaVersion ?? "", migrated);
  const workloads = createWorkloads({ settings, namespace, configuration }, migrated);
  const routes = new Routes("routes", { settings, namespace }, within);
  const rolledOut = { ...options, dependsOn: [...Object.values(workloads), routes] };
  const smoke = createSmoke({ settings, namespace, configuration, restored: history.restored }, rolledOut);
  const tested = { ...options, dependsOn: smoke ? [smoke] : rolledOut.dependsOn };
  const record = new ReleaseRecord("release", { settings, namespace, qualified: history.qualified }, tested);

  if (settings.environment.monitoring !== undefined)
    await (await import("./components/monitoring/monitoring.ts")).createMonitoring({ settings, namespace, inAzure: azure }, within);

  const onGithub = settings.environment.github && (await import("./components/github/environment-rules.ts"));
  const github = onGithub?.createEnvironmentRules(settings);

  const ofOwn = { provider: cluster, dependsOn: [environment] };
  const own = await ownResources({ settings, namespace, workloads, options: ofOwn });
  const outputs = summarize({ settings, quotas, namespace, workloads, record, migration, history, restore, github, own });
  return { ...outputs, ...(inAzure && { azure: inAzure.outputs }) };
}
