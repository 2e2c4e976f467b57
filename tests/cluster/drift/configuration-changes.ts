import { base64, type Change, create, edit, job, patch, remake, remove } from "./steps.ts";
import { planted } from "./world.ts";

/** To batch jobs, configuration and secrets. */
export const configurationChanges: readonly Change[] = [
  // Batch
  {
    name: "a cron job suspended",
    where: "CronJob/nightly",
    path: "spec.suspend",
    make: edit("cronjobs", "nightly", { spec: { suspend: true } }),
  },
  {
    name: "a schedule changed",
    where: "CronJob/nightly",
    path: "spec.schedule",
    make: edit("cronjobs", "nightly", { spec: { schedule: "0 3 * * *" } }),
  },
  {
    name: "a cron job's image replaced",
    where: "CronJob/nightly",
    path: "spec.jobTemplate.spec.template.spec.containers[run].image",
    make: edit("cronjobs", "nightly", {
      spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: "run", image: "registry.example.com/other:1" }] } } } } },
    }),
  },
  { name: "a cron job deleted", where: "CronJob/nightly", make: remove("cronjobs", "nightly") },
  { name: "a job deleted", where: "Job/migrate", make: remove("jobs", "migrate") },
  { name: "a job added", where: "Job/extra", make: create("jobs", "batch/v1", "Job", { spec: job }) },
  {
    name: "a cron job added",
    where: "CronJob/extra",
    make: create("cronjobs", "batch/v1", "CronJob", { spec: { schedule: "0 1 * * *", jobTemplate: { spec: job } } }),
  },
  // Configuration and secrets
  {
    name: "a setting changed",
    where: "ConfigMap/settings",
    path: "data.LEVEL",
    make: edit("configmaps", "settings", { data: { LEVEL: "debug" } }),
  },
  {
    name: "a setting added",
    where: "ConfigMap/settings",
    path: "data.EXTRA",
    make: edit("configmaps", "settings", { data: { EXTRA: "1" } }),
  },
  {
    name: "a setting removed",
    where: "ConfigMap/settings",
    path: "data.LEVEL",
    make: patch("configmaps", "settings", { op: "remove", path: "/data/LEVEL" }),
  },
  {
    name: "a secret copied into a ConfigMap",
    where: "ConfigMap/settings",
    path: "data.NOTE",
    make: edit("configmaps", "settings", { data: { NOTE: `it is ${planted}` } }),
  },
  {
    name: "an immutable ConfigMap made anew",
    where: "ConfigMap/fixed",
    path: "data.LEVEL",
    make: remake("configmaps", "fixed", { LEVEL: "debug" }),
  },
  { name: "a ConfigMap deleted", where: "ConfigMap/settings", make: remove("configmaps", "settings") },
  { name: "a ConfigMap added", where: "ConfigMap/extra", make: create("configmaps", "v1", "ConfigMap", { data: { a: "b" } }) },
  {
    name: "a secret value edited",
    where: "Secret/credentials",
    path: "data.PASSWORD",
    make: edit("secrets", "credentials", { stringData: { PASSWORD: `${planted}-other` } }),
  },
  {
    name: "a secret key added",
    where: "Secret/credentials",
    path: "data.TOKEN",
    make: edit("secrets", "credentials", { data: { TOKEN: base64(`${planted}-token`) } }),
  },
  {
    name: "a secret key removed",
    where: "Secret/credentials",
    path: "data.USER",
    make: patch("secrets", "credentials", { op: "remove", path: "/data/USER" }),
  },
  {
    name: "an immutable Secret made anew",
    where: "Secret/sealed",
    path: "data.PASSWORD",
    make: remake("secrets", "sealed", { PASSWORD: base64(`${planted}-new`) }),
  },
  { name: "a Secret deleted", where: "Secret/credentials", make: remove("secrets", "credentials") },
  { name: "a Secret added", where: "Secret/extra", make: create("secrets", "v1", "Secret", { stringData: { KEY: `${planted}-extra` } }) },
  {
    name: "kubectl apply's own annotation, with a secret in it",
    where: "Secret/credentials",
    path: "metadata.annotations",
    make: edit(
      "secrets",
      "credentials",
      {
        metadata: {
          annotations: { "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify({ data: { PASSWORD: base64(planted) } }) },
        },
      },
      "kubectl-client-side-apply",
    ),
  },
];
