import { beforeAll, describe, expect, test } from "vitest";
import { type RenderedResource, renderProgram } from "../../local/engine/embedded.ts";
import type { StackConfig } from "../../local/engine/state.ts";
import { kubernetesFactory } from "../../local/providers/kubernetes/index.ts";
import { find, overlay, writtenSettings } from "../components/support.ts";

/** Production with SQLite and files on a volume, at rest and while it is restored. */
async function rendered(restore?: object): Promise<RenderedResource[]> {
  const { dir, ...settings } = writtenSettings("ferry", "production");
  const { application, environment, release } = settings;
  application.services.push({
    name: "store",
    kind: "stateful",
    uid: 20_002,
    image: "registry.example.com/ferry/store",
    volumes: [{ name: "data", path: "/srv", size: "1Gi" }],
  });
  release.images.store = `registry.example.com/ferry/store:1@sha256:${"5".repeat(64)}`;
  const { tools } = application.database;
  const files = {
    service: "store",
    folders: [
      { volume: "data", path: "uploads" },
      { volume: "data", path: "letters" },
    ],
  };
  application.database = {
    kind: "sqlite",
    service: "store",
    volume: "data",
    file: "app.db",
    tools,
    files,
    migration: { service: "store", command: ["migrate"] },
  };
  delete environment.database.cidrs;
  delete environment.github;
  environment.storageClass = "kept";
  const extra: StackConfig =
    restore === undefined ? {} : { "ferry:restore": { value: JSON.stringify(restore), secret: false, object: true } };
  return renderProgram({
    projectDir: dir,
    stack: "production",
    providers: [kubernetesFactory({ kind: "offline" })],
    extraConfig: { ...overlay("ferry", "production", settings), ...extra },
  });
}

describe("an environment whose data is a file", () => {
  let resources: RenderedResource[];
  beforeAll(async () => {
    resources = await rendered();
  }, 60_000);
  const podOf = (name: string) => find(resources, "CronJob", name).inputs.spec.jobTemplate.spec.template.spec;

  test("protects its volume and that of the backups, and asks for the class that keeps them", () => {
    for (const name of ["store-data", "backup"]) {
      const claim = find(resources, "PersistentVolumeClaim", name);
      expect([claim.protect, claim.inputs.spec.storageClassName], name).toEqual([true, "kept"]);
    }
  });

  test("hands its Jobs the volume on its own node, as the user that owns it, and no network but name resolution", () => {
    for (const name of ["backup", "restore"]) {
      const pod = podOf(name);
      expect(pod.securityContext, name).toMatchObject({ runAsUser: 20_002, fsGroup: 20_002 });
      expect(pod.volumes, name).toContainEqual({ name: "data-data", persistentVolumeClaim: { claimName: "store-data" } });
      expect(pod.volumes, name).toContainEqual({ name: "backups", persistentVolumeClaim: { claimName: "backups" } });
      expect(JSON.stringify(pod.affinity), name).toContain('"app.kubernetes.io/name":"store"');
      const env = Object.fromEntries(pod.containers[0].env.map(({ name: key, value }: { name: string; value?: string }) => [key, value]));
      expect(env, name).toMatchObject({ KIND: "sqlite", DATABASE: "/data/data/app.db", FOLDERS: "/data/data/uploads\n/data/data/letters" });
    }
    const { spec } = find(resources, "NetworkPolicy", "backup").inputs;
    expect(spec.ingress).toBeUndefined(); // with the type Ingress: nobody comes in
    expect(spec).toMatchObject({
      policyTypes: ["Ingress", "Egress"],
      egress: [{ ports: [{ port: 53 }, { port: 53 }] }],
    });
    // A restore on trial does not even see what runs.
    expect(JSON.stringify(podOf("drill").volumes)).not.toContain("store-data");
    const migrate = resources.find(({ type, name }) => type.endsWith(":Job") && name.startsWith("migrate-"))!;
    expect(JSON.stringify(migrate.inputs)).toContain("store-data");
  });

  test("has the volume before the backup of its first migration, which mounts it", () => {
    const { urn } = find(resources, "PersistentVolumeClaim", "store-data");
    expect(resources.find(({ type }) => type === "liftlock:database:Migration")?.dependencies).toContain(urn);
  });

  test("restores only when asked: the Job is suspended, and is not begun again once it has said no", () => {
    const { spec } = find(resources, "CronJob", "restore").inputs;
    expect(spec.suspend).toBe(true);
    expect(spec.jobTemplate.spec.podFailurePolicy.rules).toEqual([{ action: "FailJob", onExitCodes: { operator: "In", values: [1] } }]);
    expect(find(resources, "CronJob", "backup").inputs.spec.suspend).toBeUndefined();
  });
});

test("while it is restored nothing writes, and everything else is as it was", async () => {
  const [atRest, stopped] = [await rendered(), await rendered({ stage: "stopped", backup: "x" })];
  const isWriter = ({ type }: RenderedResource) => /:(Deployment|StatefulSet)$/.test(type);
  expect(stopped.filter(isWriter).map(({ name, inputs }) => [name, (inputs.spec as { replicas: number }).replicas])).toEqual([
    ["web", 0],
    ["api", 0],
    ["store", 0],
  ]);
  expect(find(stopped, "CronJob", "backup").inputs.spec.suspend).toBe(true);
  const others = (all: RenderedResource[]) =>
    all
      .filter((one) => !isWriter(one) && one.type !== "kubernetes:batch/v1:CronJob" && one.custom)
      .map(({ urn, inputs }) => [urn, JSON.stringify(inputs)]);
  expect(others(stopped)).toEqual(others(atRest));
}, 60_000);
