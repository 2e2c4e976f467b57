import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PropertyMap, reveal, Secret, UNKNOWN } from "../../local/engine/values.ts";
import { check } from "../../local/providers/kubernetes/check.ts";
import { isNamespacedByTable } from "../../local/providers/kubernetes/scope.ts";
import { checkRequest, states } from "./requests.ts";

const options = { defaultNamespace: "default", isNamespaced: isNamespacedByTable };
const run = (type: string, news: PropertyMap, more = {}) => check(checkRequest(type, "api-config", news, more), options);
const configMap = (fields: PropertyMap = {}): PropertyMap => ({ apiVersion: "v1", kind: "ConfigMap", ...fields });
const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";

describe("names", () => {
  test("an object without a name gets one from its seed, and says so", async () => {
    const { inputs, failures } = await run(CONFIG_MAP, configMap({ metadata: { namespace: "n", labels: { a: "b" } } }));
    expect(failures).toEqual([]);
    expect(inputs.metadata).toEqual({
      namespace: "n",
      labels: { a: "b" },
      name: "api-config-abababab",
      annotations: { "pulumi.com/autonamed": "true" },
    });
  });

  test("an update keeps the automatic name, also when its annotations are not known yet", async () => {
    const oldInputs = (await run(CONFIG_MAP, configMap())).inputs;
    const again = await run(CONFIG_MAP, configMap({ data: { a: "b" } }), { oldInputs, randomSeed: new Uint8Array(32).fill(1) });
    expect(again.inputs.metadata).toEqual(oldInputs.metadata);
    const unknown = await run(CONFIG_MAP, configMap({ metadata: { annotations: UNKNOWN } }));
    expect(unknown.inputs.metadata).toMatchObject({ name: "api-config-abababab", annotations: UNKNOWN });
  });

  test("a name that the program gave up is not adopted", async () => {
    const oldInputs = configMap({ metadata: { name: "named", namespace: "default" } });
    expect((await run(CONFIG_MAP, configMap(), { oldInputs })).inputs.metadata).toMatchObject({ name: "api-config-abababab" });
  });

  test("names that are unknown yet, and metadata that is, are left alone", async () => {
    expect((await run(CONFIG_MAP, configMap({ metadata: { name: UNKNOWN } }))).inputs.metadata).toEqual({
      name: UNKNOWN,
      namespace: "default",
    });
    expect((await run(CONFIG_MAP, configMap({ metadata: UNKNOWN }))).inputs.metadata).toBe(UNKNOWN);
  });

  test("generateName is refused", async () => {
    expect((await run(CONFIG_MAP, configMap({ metadata: { generateName: "a-" } }))).failures).toMatchObject([
      { property: "metadata.generateName" },
    ]);
  });

  test("every automatic name is a valid object name that tells seeds apart", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.uint8Array({ minLength: 32, maxLength: 32 }), async (a, b) => {
        const [one, two] = await Promise.all([a, b].map((randomSeed) => run(CONFIG_MAP, configMap(), { randomSeed })));
        expect((one!.inputs.metadata as PropertyMap).name).toMatch(/^api-config-[0-9a-f]{8}$/);
        const same = Buffer.from(a.subarray(0, 4)).equals(Buffer.from(b.subarray(0, 4)));
        expect((one!.inputs.metadata as PropertyMap).name === (two!.inputs.metadata as PropertyMap).name).toBe(same);
      }),
    );
  });
});

test("namespace: the program's, or the default, or none for what has none", async () => {
  expect((await run(CONFIG_MAP, configMap({ metadata: { name: "a" } }))).inputs.metadata).toEqual({ name: "a", namespace: "default" });
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "a" } };
  expect((await run("kubernetes:core/v1:Namespace", namespace)).inputs.metadata).toEqual({ name: "a" });
  const route = { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", metadata: { name: "a" } };
  expect((await run("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", route)).inputs.metadata).toEqual({
    name: "a",
    namespace: "default",
  });
});

describe("Secrets", () => {
  const secret = (fields: PropertyMap): PropertyMap => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "a", namespace: "n" },
    ...fields,
  });
  const SECRET = "kubernetes:core/v1:Secret";

  test("stringData becomes base64 data, secret as a whole (recorded: step1)", async () => {
    const recorded = states.step1!.find(({ type }) => type === SECRET)!;
    const { inputs } = await run(
      SECRET,
      secret({ data: { a: "YQ==", b: "Yg==" }, stringData: { b: new Secret("s3cr3t-t0ken"), c: "plain" } }),
    );
    expect(inputs.stringData).toBeUndefined();
    expect(inputs.data).toBeInstanceOf(Secret);
    expect(recorded.inputs.data).toBeInstanceOf(Secret);
    expect(reveal(inputs.data!)).toEqual({ a: "YQ==", b: "czNjcjN0LXQwa2Vu", c: Buffer.from("plain").toString("base64") });
  });

  test("what a preview cannot know stays unknown, and secret", async () => {
    const { inputs } = await run(SECRET, secret({ stringData: { a: new Secret(UNKNOWN), b: new Secret("planted-value") } }));
    expect(inputs.stringData).toEqual(new Secret({ a: UNKNOWN, b: "planted-value" }));
    expect(inputs.data).toBeUndefined();
  });

  test("marks are kept elsewhere too, on the whole list when the list holds one", async () => {
    const { inputs } = await run("kubernetes:core/v1:Pod", {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "a", namespace: "n", annotations: { open: "1", closed: new Secret("planted-value") } },
      spec: { containers: [{ env: [{ name: "A", value: new Secret("planted-value") }] }], hostname: "h" },
    });
    expect(inputs.metadata).toMatchObject({ annotations: { open: "1", closed: new Secret("planted-value") } });
    expect(inputs.spec).toEqual({ containers: new Secret([{ env: [{ name: "A", value: "planted-value" }] }]), hostname: "h" });
  });
});

describe("what cannot be right", () => {
  const refused: [string, string, PropertyMap, string, RegExp][] = [
    ["another apiVersion", CONFIG_MAP, { apiVersion: "v2", kind: "ConfigMap" }, "apiVersion", /"v2".*"v1"/],
    ["another kind", CONFIG_MAP, { apiVersion: "v1", kind: "Secret" }, "kind", /"Secret".*"ConfigMap"/],
    ["an unknown top-level field", CONFIG_MAP, configMap({ datas: { a: "b" } }), "datas", /has no field "datas".*data/],
    [
      "a spec that is spelt wrong",
      "kubernetes:apps/v1:Deployment",
      { apiVersion: "apps/v1", kind: "Deployment", replicas: 2 },
      "replicas",
      /spec/,
    ],
    ["a name with capitals", CONFIG_MAP, configMap({ metadata: { name: "Api" } }), "metadata.name", /lower-case/],
    [
      "a label value with a space",
      CONFIG_MAP,
      configMap({ metadata: { name: "a", labels: { team: "a b" } } }),
      'metadata.labels["team"]',
      /no label value/,
    ],
    [
      "a number as an annotation",
      CONFIG_MAP,
      configMap({ metadata: { name: "a", annotations: { n: 1 } } }),
      'metadata.annotations["n"]',
      /text/,
    ],
    ["a number as data", CONFIG_MAP, configMap({ metadata: { name: "a" }, data: { PORT: 8080 } }), 'data["PORT"]', /text/],
    ["a list kind", "kubernetes:core/v1:ConfigMapList", { apiVersion: "v1", kind: "ConfigMapList" }, "", /one by one/],
    ["a patch kind", "kubernetes:core/v1:ConfigMapPatch", configMap(), "", /Pulumi CLI/],
    ["a Helm release", "kubernetes:helm.sh/v3:Release", {}, "", /Pulumi CLI/],
  ];
  test.each(refused)("%s", async (_what, type, news, property, reason) => {
    const { failures } = await run(type, news);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({ property, reason: expect.stringMatching(reason) });
  });

  test("the recorded objects are all right, and come out as they were recorded", async () => {
    for (const { type, inputs } of Object.values(states).flat()) {
      expect(await run(type, inputs), `${type} ${JSON.stringify(inputs.metadata)}`).toEqual({ inputs, failures: [] });
    }
  });

  test("null is absence, and read-only metadata is dropped", async () => {
    const { inputs } = await run(
      CONFIG_MAP,
      configMap({ immutable: null, metadata: { name: "a", namespace: "n", uid: "1", resourceVersion: "2", labels: null } }),
    );
    expect(inputs).toEqual(configMap({ metadata: { name: "a", namespace: "n" } }));
  });
});
