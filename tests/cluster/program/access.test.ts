import { CustomObjectsApi } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { redact } from "../../../local/engine/values.ts";
import { render } from "../../components/support.ts";
import { projects } from "../../settings/projects.ts";
import { clusterClient, temporaryNamespace } from "../setup.ts";

/** Whether a real API server, with the definitions of the Gateway API and of Envoy Gateway, takes what the program says about access. */
const plurals: Record<string, string> = {
  HTTPRoute: "httproutes",
  SecurityPolicy: "securitypolicies",
  BackendTrafficPolicy: "backendtrafficpolicies",
};
let place: Awaited<ReturnType<typeof temporaryNamespace>>;
beforeAll(async () => {
  place = await temporaryNamespace("access");
});
afterAll(() => place?.remove());

// biome-ignore lint/suspicious/noExplicitAny: manifests
const create = (object: any) => {
  const [group, version] = object.apiVersion.split("/");
  const body = { ...object, metadata: { ...object.metadata, namespace: place.namespace } };
  return clusterClient().config.makeApiClient(CustomObjectsApi).createNamespacedCustomObject({
    group,
    version,
    namespace: place.namespace,
    plural: plurals[object.kind]!,
    body,
    dryRun: "All",
    fieldValidation: "Strict",
  });
};

const routed = async (project: (typeof projects)[number]["project"], stack: string) =>
  // biome-ignore lint/suspicious/noExplicitAny: manifests
  (await render(project, stack)).map(({ inputs }): any => redact(inputs)).filter(({ kind }) => Object.hasOwn(plurals, kind));

test.each(projects.flatMap(({ project, stacks }) => stacks.map((stack) => [project, stack] as const)))(
  "%s %s: routes and policies are taken as they are, no field unknown",
  async (project, stack) => {
    const objects = await routed(project, stack);
    expect(objects.length).toBeGreaterThanOrEqual(3);
    for (const object of objects)
      expect(await create(object), `${object.kind} ${object.metadata.name}`).toMatchObject({ spec: object.spec });
  },
);

test("an unknown field, a target of another kind and a wrong unit are refused", async () => {
  const objects = await routed("studysphere", "production");
  const policy = (kind: string) => structuredClone(objects.find((object) => object.kind === kind));
  const security = policy("SecurityPolicy");
  security.spec.authorisation = {};
  await expect(create(security)).rejects.toThrow(/unknown field .*spec\.authorisation/);
  const target = policy("SecurityPolicy");
  target.spec.targetRefs[0].kind = "Service";
  await expect(create(target)).rejects.toThrow(/targetRefs\[\*\]\.kind/);
  const traffic = policy("BackendTrafficPolicy");
  traffic.spec.rateLimit.local.rules[0].limit.unit = "Fortnight";
  await expect(create(traffic)).rejects.toThrow(/Unsupported value/);
});
