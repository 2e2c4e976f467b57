import { KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Served } from "../../../ops/drift/cluster-api.ts";
import type { Finding } from "../../../ops/drift/finding.ts";
import { apply } from "../../../ops/drift/fix.ts";
import { remedies } from "../../../ops/drift/fix-plan.ts";
import { KubernetesDrift } from "../../../ops/drift/kubernetes.ts";
import { remove } from "../../../ops/drift/removal.ts";
import { openLedger } from "../../../ops/ledger/ledger.ts";
import { type Change, changes, harmless } from "./changes.ts";
import { DriftWorld, planted } from "./world.ts";

/** One environment; each change is made by hand, looked for, and put back before the next one. */
let world: DriftWorld;
let kinds: Served[];
beforeAll(async () => {
  const { kubeconfig } = inject("controlPlane");
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  world = new DriftWorld(kubeconfig, config.getCurrentContext());
  await world.up();
  kinds = await world.api.served();
});
afterAll(() => world?.remove());

const isAbout = (finding: Finding, { where, path }: Change): boolean => {
  const [kind = "", name = ""] = where.split("/");
  if (finding.subject.kind !== kind || !finding.subject.name.includes(name)) return false;
  return path === undefined ? finding.path === undefined : (finding.path?.startsWith(path) ?? false);
};
const holdsSecret = (value: unknown): boolean => {
  const text = JSON.stringify(value);
  return text.includes(planted) || text.includes(Buffer.from(planted).toString("base64").slice(0, 20));
};

describe("drift on a real API server", () => {
  test("nothing that belongs to controllers is reported, and nothing where nobody was", async () => {
    const alarms: string[] = [];
    for (const { name, make } of harmless) {
      await make(world.hand);
      const { found } = await world.look();
      alarms.push(...found.map((finding) => `${name}: ${JSON.stringify(finding)}`));
    }
    expect(alarms).toEqual([]);
  });

  test(`each of ${changes.length} changes by hand is found, told by whom, shown without secrets, and put back`, async () => {
    expect(changes.length).toBeGreaterThanOrEqual(60);
    const missed: string[] = [];
    const failures: string[] = [];
    for (const change of changes) {
      await change.make(world.hand);
      const looked = await world.look();
      const { found } = looked;
      if (!found.some((finding) => isAbout(finding, change))) missed.push(`${change.name}: ${JSON.stringify(found)}`);
      // The change before this one is gone, and what this one did not touch is not spoken of.
      const [kind] = change.where.split("/");
      for (const finding of found) if (finding.subject.kind !== kind) failures.push(`${change.name}: also ${JSON.stringify(finding)}`);
      if (holdsSecret(found)) failures.push(`${change.name}: shows a secret`);
      for (const { change: what, by } of found)
        if ((what === "added" || what === "created") && by === undefined && kind !== "Role" && kind !== "ServiceAccount")
          failures.push(`${change.name}: by nobody`);
      const named = found.map(({ subject }) => `${subject.kind}/${subject.name}`);
      for (const remedy of remedies(looked.drifted, new Set(found), named)) {
        const result =
          remedy.kind === "none" ? { failed: remedy.why } : await apply(world.api, remedy, kinds, new AbortController().signal);
        if (result.failed !== undefined) failures.push(`${change.name}: not put back: ${result.failed}`);
      }
    }
    expect({ missed, failures }).toEqual({ missed: [], failures: [] });
    await expect.poll(async () => (await world.look()).found, { timeout: 30_000 }).toEqual([]);
  });

  test("what finalizers keep is said so, by drift and by what deletes it, which waits until it is gone", async () => {
    const metadata = { name: "kept", finalizers: ["example.com/nobody"] };
    await world.hand.create("configmaps", { apiVersion: "v1", kind: "ConfigMap", metadata });
    const path = `/api/v1/namespaces/${world.namespace}/configmaps/kept`;
    const live = await world.api.call({ method: "GET", path });
    const { signal } = new AbortController();
    const why = await remove(world.api, path, live, signal, 0);
    expect(why).toMatch(/^it is being deleted since \d{4}-\S+Z; finalizers keep it: example\.com\/nobody$/);
    expect((await world.look()).found).toMatchObject([
      {
        change: "created",
        subject: { name: "kept" },
        note: expect.stringMatching(/^is being deleted since \d{4}-\S+Z; finalizers keep it$/),
      },
    ]);
    let gone = false;
    const removed = remove(world.api, path, live, signal).finally(() => {
      gone = true;
    });
    await world.hand.list("configmaps");
    expect(gone).toBe(false);
    await world.hand.patch("configmaps", "kept", [{ op: "remove", path: "/metadata/finalizers" }]);
    expect(await removed).toBeUndefined();
    expect(await remove(world.api, path, live, signal)).toBeUndefined();
    expect((await world.look()).found).toEqual([]);
  });

  test("after all that, up changes nothing", async () => {
    const { changeSummary } = await world.up();
    expect(Object.keys(changeSummary)).toEqual(["same"]);
  });

  test("what a refresh took into state is an addition all the same", async () => {
    await world.hand.edit("services", "api", { metadata: { annotations: { "example.com/by-hand": "1" } } });
    await (await world.engine()).refresh({});
    world.forget();
    const { found } = await world.look();
    expect(found).toMatchObject([
      { change: "added", path: 'metadata.annotations["example.com/by-hand"]', by: { manager: "kubectl-edit" } },
    ]);
    await world.hand.patch("services", "api", [{ op: "remove", path: "/metadata/annotations/example.com~1by-hand" }]);
    expect((await world.look()).found).toEqual([]);
  });
});

describe("the command", () => {
  test("says what drifted and ends with 3; puts back what it may, and deletes what is named", async () => {
    expect(await world.liftlock("drift live")).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/live: no drift \(\d+ objects of the state/),
    });
    await world.hand.edit("secrets", "credentials", { stringData: { PASSWORD: `${planted}-other` } });
    await world.hand.create("configmaps", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "extra" }, data: { NOTE: planted } });
    const seen = await world.liftlock("drift live");
    expect(seen.exitCode).toBe(3);
    expect(seen.out).toMatch(/live: 2 findings in 2 objects/);
    expect(seen.out).toMatch(/data\.PASSWORD +changed \(\[secret\]\) {2}by kubectl-edit, \d{4}-/);
    expect(seen.out).toMatch(/\+ ConfigMap .*\/extra was added {2}by kubectl-create/);

    const unasked = await world.liftlock("drift live --fix");
    expect(unasked).toMatchObject({ exitCode: 2, err: expect.stringContaining("add --yes") });
    const first = await world.liftlock("drift live --fix --yes");
    expect(first).toMatchObject({ exitCode: 3, out: expect.stringMatching(/leave {3}ConfigMap .*--include ConfigMap\/extra deletes it/) });
    expect(first.out).toMatch(/replace \/data\/PASSWORD {2}\[secret\]/);
    const wrong = await world.liftlock("drift live --fix --yes --include ConfigMap/other");
    expect(wrong).toMatchObject({ exitCode: 2, err: expect.stringContaining("nothing of that name drifted") });
    const second = await world.liftlock("drift live --fix --yes --include ConfigMap/extra --json");
    expect(second.exitCode).toBe(0);
    expect(JSON.parse(second.out)).toMatchObject([{ stack: "live", findings: [] }]);
    const { events } = await (await openLedger({ projectDir: world.dir, local: true })).read();
    const kept = events.flatMap(({ what }) => (what.kind === "drift" ? [[what.findings, what.fixed]] : []));
    expect(kept).toEqual([
      [2, undefined],
      [2, 1],
      [1, 1],
    ]);
    expect(holdsSecret([seen, unasked, first, wrong, second, events])).toBe(false);
  });

  test("answers decide, object by object", async () => {
    await world.hand.edit("configmaps", "settings", { data: { LEVEL: "debug" } });
    await world.hand.edit("cronjobs", "nightly", { spec: { suspend: true } });
    const { exitCode, out } = await world.liftlock("drift live --fix", ["no", "yes"]);
    expect({ exitCode, out }).toMatchObject({ exitCode: 3, out: expect.stringMatching(/live: 1 finding in 1 object/) });
    expect((await world.liftlock("drift live --fix --yes")).exitCode).toBe(0);
  });

  test("settings say what others may change, with a reason, until a day", async () => {
    await world.hand.edit("services", "api", { metadata: { annotations: { "mesh.example.com/port": "1" } } }, "mesh-operator");
    const ignore = { manager: "mesh-*", path: 'metadata.annotations["mesh.example.com/*"]', reason: "the mesh writes its ports" };
    world.write({ ignore: [ignore] });
    const ignored = await world.liftlock("drift live");
    expect(ignored).toMatchObject({ exitCode: 0, out: expect.stringContaining("ignored 1 finding: the mesh writes its ports") });
    world.write({ ignore: [{ ...ignore, until: "2020-01-01" }] });
    const expired = await world.liftlock("drift live --markdown");
    expect(expired).toMatchObject({ exitCode: 3, out: expect.stringContaining("| Service ") });
    world.write();
    await world.hand.patch("services", "api", [{ op: "remove", path: "/metadata/annotations/mesh.example.com~1port" }]);
  });
});

test("rights that do not suffice: what could not be read is said, and nothing is called deleted", async () => {
  const { namespace, hand } = world;
  await hand.create("serviceaccounts", { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "auditor" } });
  const rules = [{ apiGroups: ["apps"], resources: ["*"], verbs: ["get", "list"] }];
  await hand.create("roles", { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name: "auditor" }, rules });
  await hand.create("rolebindings", {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: "auditor" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "auditor" },
    subjects: [{ kind: "ServiceAccount", name: "auditor", namespace }],
  });
  const limited = await world.as("auditor");
  const source = new KubernetesDrift(await (await world.engine()).export({ showSecrets: true }), limited);
  const found = await source.findings();
  await limited.close();
  expect(found).toEqual([]);
  expect(source.unread).toContainEqual(
    expect.objectContaining({ what: `secrets in ${namespace}`, why: expect.stringContaining("forbidden"), declared: true }),
  );
  expect(source.unread).toContainEqual(expect.objectContaining({ what: "clusterrolebindings of the whole cluster", declared: false }));
  expect(source.unread.some(({ what }) => what === `deployments in ${namespace}`)).toBe(false);
});
