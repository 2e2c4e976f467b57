import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PropertyMap, Secret, UNKNOWN } from "../../../local/engine/values.ts";
import { managedFields } from "../../../local/providers/kubernetes/managed-fields.ts";
import { CONFIG_MAP, configMap, DEPLOYMENT, deployment, failing, JOB, job, plain, SECRET, SERVICE, World } from "./harness.ts";

let world: World;
beforeAll(async () => {
  world = await World.open(
    "refusals",
    {},
    { "pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "restricted" },
  );
});
afterAll(() => world.close());
const configMaps = () => `/api/v1/namespaces/${world.namespace}/configmaps`;

describe("a preview", () => {
  const preview = { preview: true };

  test("shows what the server would fill in, makes nothing, and passes off nothing invented as known", async () => {
    const { id, outputs } = await world.create(
      SERVICE,
      "web",
      { apiVersion: "v1", kind: "Service", metadata: { name: "web", namespace: world.namespace }, spec: { ports: [{ port: 80 }] } },
      preview,
    );
    expect(id).toBe("");
    expect(plain(outputs).spec.type).toBe("ClusterIP");
    expect(plain(outputs).spec.clusterIP).toBeUndefined();
    expect(plain(outputs).metadata).toEqual({ name: "web", namespace: world.namespace });
    expect(await world.live("v1", "services", "web")).toBeUndefined();
  });

  test("shows Pod Security warnings", async () => {
    await world.create(DEPLOYMENT, "insecure", deployment(world.namespace, "insecure", "nginx:1.28"), preview);
    expect(
      world.log.find(
        ({ severity, message }) => severity === "warning" && message.includes('would violate PodSecurity "restricted:latest"'),
      ),
    ).toBeDefined();
  });

  test("refuses an object that somebody else made, and says how to take it over", async () => {
    await world.asSomebody("POST", configMaps(), { metadata: { name: "by-hand" }, data: { a: "0" } }, "application/json", "kubectl-create");
    const { error } = await failing(() => world.create(CONFIG_MAP, "exists", configMap(world.namespace, "by-hand", { a: "1" }), preview));
    expect(error.message).toContain(`ConfigMap ${world.namespace}/by-hand already exists`);
    expect(error.message).toContain('made by "kubectl-create"');
    expect(error.message).toContain(`import: "${world.namespace}/by-hand"`);
    expect(error.partial).toBeUndefined();
  });

  test("of a replacement of our own object judges the new one", async () => {
    await world.create(JOB, "again", job(world.namespace, "again", "busybox:ok", {}, {}, { "pulumi.com/skipAwait": "true" }));
    const next = await world.create(JOB, "again", job(world.namespace, "again", "busybox:ok2"), preview);
    expect(plain(next.outputs).metadata.name).toBe("again");
    const { error } = await failing(() =>
      world.create(JOB, "again", job(world.namespace, "again", "busybox:ok", {}, { restartPolicy: "Sometimes" }), preview),
    );
    expect(error.message).toMatch(/spec\.template\.spec\.restartPolicy/);
  });

  test("takes a namespace that is not there yet, a kind that is not served yet and what is unknown as they are", async () => {
    const elsewhere = await world.create(CONFIG_MAP, "a", configMap("not-there-yet", "a", {}), preview);
    expect(elsewhere.outputs).toEqual(elsewhere.inputs);
    const unknown = await world.create(CONFIG_MAP, "a", configMap(world.namespace, "a", { a: UNKNOWN }), preview);
    expect(unknown.outputs).toEqual(unknown.inputs);
    const later = { apiVersion: "later.example.com/v1", kind: "Later", metadata: { name: "a", namespace: world.namespace } };
    expect((await world.create("kubernetes:later.example.com/v1:Later", "a", later, preview)).outputs).toEqual(later);
  });

  test("of an update is a dry run too", async () => {
    const made = await world.create(CONFIG_MAP, "dry", configMap(world.namespace, "dry", { a: "1" }));
    const seen = await world.update(made, configMap(world.namespace, "dry", { a: "2" }), preview);
    expect(plain(seen.outputs).data).toEqual({ a: "2" });
    expect(plain((await world.live("v1", "configmaps", "dry"))!.data)).toEqual({ a: "1" });
  });
});

describe("what the API server refuses is said field by field", () => {
  const cases: [string, (namespace: string) => [string, PropertyMap], RegExp][] = [
    [
      "an unknown field",
      (ns) => [DEPLOYMENT, deployment(ns, "a", "nginx", { spec: { replicaz: 2 } })],
      /Deployment \S+\/a: the API server refuses to create it:\n {2}spec\.replicaz: unknown field/,
    ],
    [
      "a quantity that is none",
      (ns) => [DEPLOYMENT, deployment(ns, "a", "nginx", { container: { resources: { requests: { cpu: "lots" } } } })],
      /quantit/,
    ],
    [
      "several at once",
      (ns) => [JOB, job(ns, "a", "busybox", { backoffLimit: -1 }, { restartPolicy: "Always" })],
      /spec\.backoffLimit: [^\n]+\n {2}spec\.template\.spec\.restartPolicy: /,
    ],
    [
      "a pod that Pod Security forbids",
      (ns) => [
        "kubernetes:core/v1:Pod",
        { apiVersion: "v1", kind: "Pod", metadata: { name: "a", namespace: ns }, spec: { containers: [{ name: "a", image: "a" }] } },
      ],
      /violates PodSecurity "restricted:latest"/,
    ],
  ];
  for (const preview of [true, false]) {
    test.each(cases)(`%s (${preview ? "preview" : "up"})`, async (_what, declare, message) => {
      const [type, news] = declare(world.namespace);
      const { error } = await failing(() => world.create(type, "a", news, { preview }));
      expect(error.message).toMatch(message);
      expect(error.partial).toBeUndefined();
    });
  }

  test("a namespace that is not there", async () => {
    const { error } = await failing(() => world.create(CONFIG_MAP, "a", configMap("nowhere", "a", {})));
    expect(error.message).toMatch(
      /^ConfigMap nowhere\/a: its namespace does not exist \(namespaces "nowhere" not found\): create it first/,
    );
  });

  test("a namespace that this very run makes is waited for", async () => {
    const name = `${world.namespace}-late`;
    const late = world.create(CONFIG_MAP, "a", configMap(name, "a", { a: "1" }));
    const made = await world.create("kubernetes:core/v1:Namespace", "late", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
    expect((await late).id).toBe(`${name}/a`);
    await world.delete(made);
  });

  test("a quota", async () => {
    await world.create("kubernetes:core/v1:ResourceQuota", "quota", {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "quota", namespace: world.namespace },
      spec: { hard: { "count/secrets": "0" } },
    });
    const { error } = await failing(() =>
      world.create(
        SECRET,
        "over",
        {
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name: "over", namespace: world.namespace },
          stringData: { a: new Secret("planted-4b2e") },
        },
        { preview: true },
      ),
    );
    expect(error.message).toMatch(/exceeded quota: quota/);
    await world.asSomebody("DELETE", `/api/v1/namespaces/${world.namespace}/resourcequotas/quota`, null);
  });

  test("without the secret that it quotes", async () => {
    const planted = "planted value/9a";
    const { error } = await failing(() =>
      world.create(
        DEPLOYMENT,
        "leak",
        deployment(world.namespace, "leak", "nginx", {
          container: {
            env: [{ name: "A", value: "x", valueFrom: { fieldRef: { fieldPath: "b" } } }],
            workingDir: "w",
            image: "i",
            imagePullPolicy: new Secret(planted),
          },
        }),
      ),
    );
    expect(error.message).toContain("imagePullPolicy");
    expect(error.message).toContain("[secret]");
    expect(error.message).not.toContain(planted);
  });
});

describe("an object that an interrupted creation left", () => {
  const one = () => configMap(world.namespace, "orphan", { a: "1" }, { immutable: false });

  test("is found by the inputs of that creation, and can be changed from there", async () => {
    const lost = await world.create(CONFIG_MAP, "orphan", one());
    const found = (await world.find(CONFIG_MAP, "orphan", lost.inputs))!;
    expect(plain(found.outputs).metadata.uid).toBe(plain(lost.outputs).metadata.uid);
    expect(found.id).toBe(lost.id);
    expect(world.log.at(-1)!.message).toContain("adopting it");
    await world.update({ ...lost, ...found }, configMap(world.namespace, "orphan", { a: "2" }, { immutable: false }));
    expect(plain((await world.live("v1", "configmaps", "orphan"))!.data)).toEqual({ a: "2" });
    // Once applied it is no orphan any more: another interrupted creation is not believed.
    expect(await world.find(CONFIG_MAP, "orphan", lost.inputs)).toBeUndefined();
  });

  test("is nobody's with other contents, made by somebody else, or not there", async () => {
    const made = await world.create(CONFIG_MAP, "mine", configMap(world.namespace, "mine", { a: "1" }));
    expect(await world.find(CONFIG_MAP, "mine", { ...made.inputs, data: { a: "other" } })).toBeUndefined();
    const { error: again } = await failing(() => world.create(CONFIG_MAP, "mine", configMap(world.namespace, "mine", { a: "1" })));
    expect(again.message).toContain("already exists");
    await world.asSomebody("POST", configMaps(), { metadata: { name: "theirs" }, data: { a: "1" } }, "application/json", "kubectl-create");
    const theirs = configMap(world.namespace, "theirs", { a: "1" });
    expect(await world.find(CONFIG_MAP, "theirs", theirs)).toBeUndefined();
    const { error } = await failing(() => world.create(CONFIG_MAP, "theirs", theirs));
    expect(error.message).toContain('made by "kubectl-create"');
    expect(await world.find(CONFIG_MAP, "nowhere", configMap(world.namespace, "nowhere", {}))).toBeUndefined();
  });
});

describe("fields that others have set", () => {
  const scale = (name: string) =>
    world.asSomebody(
      "PATCH",
      `/apis/apps/v1/namespaces/${world.namespace}/deployments/${name}/scale`,
      { spec: { replicas: 3 } },
      "application/merge-patch+json",
      "kubectl",
    );
  const skip = { "pulumi.com/skipAwait": "true" };

  test("are a conflict that names each with its owner, in the preview too; patchForce takes them", async () => {
    const made = await world.create(DEPLOYMENT, "scaled", deployment(world.namespace, "scaled", "nginx:1.28", { annotations: skip }));
    const applied = await world.update(made, deployment(world.namespace, "scaled", "nginx:1.29", { annotations: skip }));
    await scale("scaled");
    const next = (annotations: PropertyMap) => deployment(world.namespace, "scaled", "nginx:1.30", { annotations });
    for (const preview of [true, false]) {
      const { error } = await failing(() => world.update(applied, next(skip), { preview }));
      expect(error.message).toMatch(/\.spec\.replicas is set by "kubectl" \(scale\)/);
      expect(error.message).toContain("pulumi.com/patchForce");
    }
    const forced = await world.update(applied, next({ ...skip, "pulumi.com/patchForce": "true" }));
    expect(plain(forced.outputs).spec.replicas).toBe(1);
  });

  test("are left to them under ignoreChanges", async () => {
    const made = await world.create(DEPLOYMENT, "ignored", deployment(world.namespace, "ignored", "nginx:1.28", { annotations: skip }));
    await scale("ignored");
    const news = deployment(world.namespace, "ignored", "nginx:1.29", { annotations: skip });
    const updated = await world.update(made, news, { ignoreChanges: ["spec.replicas"] });
    expect(plain(updated.outputs).spec).toMatchObject({ replicas: 3, template: { spec: { containers: [{ image: "nginx:1.29" }] } } });
    const owners = managedFields(updated.outputs).filter(({ fields }) => plain(fields)["f:spec"]?.["f:replicas"] !== undefined);
    expect(owners.map(({ manager }) => manager)).toEqual(["kubectl"]);
  });

  test("by kubectl edit are taken over, and a preview says so by passing", async () => {
    const made = await world.create(CONFIG_MAP, "edited", configMap(world.namespace, "edited", { a: "1" }));
    const applied = await world.update(made, configMap(world.namespace, "edited", { a: "2" }));
    await world.asSomebody("PATCH", `${configMaps()}/edited`, { data: { a: "by hand" } }, "application/merge-patch+json");
    await world.update(applied, configMap(world.namespace, "edited", { a: "3" }), { preview: true });
    const updated = await world.update(applied, configMap(world.namespace, "edited", { a: "3" }));
    expect(plain(updated.outputs).data).toEqual({ a: "3" });
  });

  test("an object that is gone is not updated", async () => {
    const made = await world.create(CONFIG_MAP, "lost", configMap(world.namespace, "lost", { a: "1" }));
    await world.asSomebody("DELETE", `${configMaps()}/lost`, null);
    const { error } = await failing(() => world.update(made, configMap(world.namespace, "lost", { a: "2" })));
    expect(error.message).toMatch(/gone from the cluster.*refresh/);
  });
});
