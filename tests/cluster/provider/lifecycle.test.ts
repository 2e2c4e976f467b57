import { afterAll, beforeAll, expect, test } from "vitest";
import { type PropertyMap, Secret } from "../../../local/engine/values.ts";
import { states } from "../../provider/requests.ts";
import { CONFIG_MAP, configMap, DEPLOYMENT, deployment, failing, plain, SECRET, SERVICE, World } from "./harness.ts";

let world: World;
beforeAll(async () => {
  world = await World.open("lifecycle");
});
afterAll(() => world.close());

/** managedFields without times and with the automatic parts of names taken out. */
const managers = (outputs: unknown) =>
  (plain(outputs as never).metadata.managedFields as { manager: string; operation: string; subresource?: string; fieldsV1: unknown }[])
    .map(({ manager, operation, subresource, fieldsV1 }) => ({
      manager: manager.replace(/-[0-9a-f]{8}$/, "-HEX"),
      operation,
      subresource,
      fieldsV1,
    }))
    .sort((a, b) => a.manager.localeCompare(b.manager));
const recorded = (run: string, type: string, name: string) => states[run]!.find((state) => state.type === type && state.name === name)!;

test("a Deployment is created, updated and deleted with the recorded field managers", async () => {
  const { namespace } = world;
  const more = { replicas: 2, annotations: { "pulumi.com/patchForce": "true" }, spec: { progressDeadlineSeconds: 20 } };
  const envFrom = (name: string): PropertyMap => ({ envFrom: [{ configMapRef: { name } }, { secretRef: { name: "absent" } }] });
  const created = await world.create(DEPLOYMENT, "api", deployment(namespace, "api", "nginx:1.28", { ...more, container: envFrom("one") }));
  expect(created.id).toBe(`${namespace}/api`);
  expect(created.outputs.__fieldManager).toMatch(/^pulumi-kubernetes-[0-9a-f]{8}$/);
  expect(created.outputs.__initialApiVersion).toBe("apps/v1");
  expect(created.outputs.__inputs).toEqual(created.inputs);
  expect(plain(created.outputs.status).availableReplicas).toBe(2);
  expect(managers(created.outputs)).toEqual(managers(recorded("step1", DEPLOYMENT, "api").outputs));

  expect((await world.diff(created, deployment(namespace, "api", "nginx:1.28", { ...more, container: envFrom("one") }))).changes).toBe(
    false,
  );
  const news = deployment(namespace, "api", "nginx:1.29", { ...more, container: envFrom("two") });
  expect(Object.keys((await world.diff(created, news)).detailedDiff)).toEqual([
    "spec.template.spec.containers[0].envFrom[0].configMapRef.name",
    "spec.template.spec.containers[0].image",
  ]);
  const updated = await world.update(created, news);
  expect(updated.outputs.__fieldManager).toBe(created.outputs.__fieldManager);
  expect(managers(updated.outputs)).toEqual(managers(recorded("step2", DEPLOYMENT, "api").outputs));
  expect(plain(updated.outputs.status).updatedReplicas).toBe(2);

  await world.delete(updated);
  expect(await world.live("apps/v1", "deployments", "api")).toBeUndefined();
  await world.delete(updated); // gone already: done
});

test("an auto-named immutable ConfigMap is replaced, a mutable one updated in place, a named one deleted first", async () => {
  const auto = await world.create(CONFIG_MAP, "settings", configMap(world.namespace, undefined, { a: "1" }, { immutable: true }));
  expect(auto.id).toMatch(new RegExp(`^${world.namespace}/settings-[0-9a-f]{8}$`));
  expect(await world.diff(auto, configMap(world.namespace, undefined, { a: "2" }, { immutable: true }))).toMatchObject({
    replaces: ["data.a"],
    deleteBeforeReplace: false,
  });
  const named = await world.create(CONFIG_MAP, "named", configMap(world.namespace, "named", { a: "1" }));
  expect(await world.diff(named, configMap(world.namespace, "named", { a: "2" }))).toMatchObject({
    replaces: ["data.a"],
    deleteBeforeReplace: true,
  });
});

test("a Secret comes back marked, and its values never in clear", async () => {
  const news = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { namespace: world.namespace, name: "token" },
    stringData: { TOKEN: new Secret("planted-7c1d") },
  };
  const secret = await world.create(SECRET, "token", news);
  expect(secret.outputs.data).toBeInstanceOf(Secret);
  expect(JSON.stringify(secret.outputs, (_key, value) => (value instanceof Secret ? "[secret]" : value))).not.toMatch(
    /planted-7c1d|cGxhbnRlZC03YzFk/,
  );
  expect(plain((await world.live("v1", "secrets", "token"))!.data)).toEqual({ TOKEN: "cGxhbnRlZC03YzFk" });
  expect((await world.read(secret))!.inputs.data).toBeInstanceOf(Secret);
});

test("a key may have any name", async () => {
  const data = { constructor: "1", toString: "2", "x-kubernetes-list-type": "3" };
  const made = await world.create(CONFIG_MAP, "keys", configMap(world.namespace, "keys", data));
  expect({ ...plain((await world.live("v1", "configmaps", "keys"))!.data) }).toEqual(data);
  expect((await world.diff(made, configMap(world.namespace, "keys", data))).changes).toBe(false);
});

test("an awaited ClusterIP Service needs no settling time", async () => {
  const started = performance.now();
  await world.create(SERVICE, "web", {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", namespace: world.namespace },
    spec: { selector: { a: "b" }, ports: [{ port: 80 }] },
  });
  expect(performance.now() - started).toBeLessThan(10_000); // as long as pulumi-kubernetes lets it settle
});

test("a Namespace is deleted with all that is in it, and is gone then", async () => {
  const name = `${world.namespace}-inner`;
  const inner = await world.create("kubernetes:core/v1:Namespace", "inner", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  expect(inner.id).toBe(name);
  await world.create(CONFIG_MAP, "kept", configMap(name, "kept", { a: "1" }));
  await world.delete(inner);
  expect(await world.live("v1", "namespaces", name, undefined as never)).toBeUndefined();
});

test("a deletion that something holds up says what, within its timeout", async () => {
  const held = await world.create(CONFIG_MAP, "held", {
    ...configMap(world.namespace, "held", {}),
    metadata: { name: "held", namespace: world.namespace, finalizers: ["example.com/hold"] },
  });
  const { error } = await failing(() => world.delete(held, { timeoutSeconds: 1 }));
  expect(error.message).toMatch(/still there after 1 s.*example\.com\/hold/);
  await world.asSomebody(
    "PATCH",
    `/api/v1/namespaces/${world.namespace}/configmaps/held`,
    { metadata: { finalizers: null } },
    "application/merge-patch+json",
  );
});

test("what is read: changes to what was declared are seen, additions are not, what is gone is gone", async () => {
  const made = await world.create(DEPLOYMENT, "drift", deployment(world.namespace, "drift", "nginx:1.28"));
  const path = `/apis/apps/v1/namespaces/${world.namespace}/deployments/drift`;
  await world.asSomebody(
    "PATCH",
    path,
    { metadata: { labels: { extra: "added" } }, spec: { replicas: 2 } },
    "application/merge-patch+json",
  );
  const read = (await world.read(made))!;
  expect(read.id).toBe(made.id);
  expect(plain(read.inputs).metadata).toEqual(plain(made.inputs).metadata);
  expect(plain(read.inputs).spec).toEqual({ ...plain(made.inputs).spec, replicas: 2 });
  expect(read.outputs.__fieldManager).toBe(made.outputs.__fieldManager);
  expect(Object.keys((await world.diff({ ...made, ...read }, made.inputs)).detailedDiff)).toEqual(["spec.replicas"]);
  await world.asSomebody("DELETE", path, null);
  expect(await world.read(made)).toBeUndefined();
});

test("an import says who it is; the update after it applies the program (recorded: scenario import)", async () => {
  await world.asSomebody(
    "POST",
    `/api/v1/namespaces/${world.namespace}/configmaps`,
    { metadata: { name: "by-hand" }, data: { made: "by hand" } },
    "application/json",
    "kubectl-create",
  );
  const imported = (await world.read({ type: CONFIG_MAP, name: "adopted", id: `${world.namespace}/by-hand` }))!;
  expect(imported.inputs).toEqual({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "by-hand", namespace: world.namespace } });
  const resource = { type: CONFIG_MAP, name: "adopted", ...imported };
  const updated = await world.update(resource, configMap(world.namespace, "by-hand", { made: "by hand" }));
  expect(managers(updated.outputs)).toEqual(managers(recorded("import", CONFIG_MAP, "adopted").outputs));
});

test("custom resources are found by discovery, also when their definition is new", async () => {
  const definition = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "lifts.test.liftlock.dev" },
    spec: {
      group: "test.liftlock.dev",
      scope: "Namespaced",
      names: { kind: "Lift", plural: "lifts" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: { type: "object", properties: { spec: { type: "object", x_kubernetes_preserve_unknown_fields: true } } },
          },
        },
      ],
    },
  };
  const LIFT = "kubernetes:test.liftlock.dev/v1:Lift";
  const lift = (height: number) => ({
    apiVersion: "test.liftlock.dev/v1",
    kind: "Lift",
    metadata: { name: "boat", namespace: world.namespace },
    spec: { height },
  });
  const preview = await world.create(LIFT, "boat", lift(1), { preview: true });
  expect(preview.outputs.spec).toEqual({ height: 1 });
  const crd = await world.create("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", "lifts", definition);
  expect(plain(crd.outputs).spec.versions[0].schema.openAPIV3Schema.properties.spec.x_kubernetes_preserve_unknown_fields).toBe(true);
  const made = await world.create(LIFT, "boat", lift(1));
  expect(Object.keys((await world.diff(made, lift(2))).detailedDiff)).toEqual(["spec.height"]);
  await world.update(made, lift(2));
  await world.delete(crd);
  await world.delete(made); // its kind is gone, and it with it
  expect(await world.read(made)).toBeUndefined();
});
