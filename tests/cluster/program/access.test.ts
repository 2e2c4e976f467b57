import { afterAll, beforeAll, expect, test } from "vitest";
import { render } from "../../components/support.ts";
import { projects } from "../../settings/projects.ts";
import { temporaryNamespace } from "../setup.ts";
import { DryRun } from "../support/dry-run.ts";

/** Whether a real API server, with the definitions of the Gateway API and of Envoy Gateway, takes what the program says about access. */
const plurals: Record<string, string> = {
  HTTPRoute: "httproutes",
  SecurityPolicy: "securitypolicies",
  BackendTrafficPolicy: "backendtrafficpolicies",
};
let place: Awaited<ReturnType<typeof temporaryNamespace>>;
let server: DryRun;
beforeAll(async () => {
  place = await temporaryNamespace("access");
  server = new DryRun(place.namespace, plurals);
});
afterAll(() => place?.remove());

const routed = async (project: (typeof projects)[number]["project"], stack: string) => server.manifests(await render(project, stack));

test.each(projects.flatMap(({ project, stacks }) => stacks.map((stack) => [project, stack] as const)))(
  "%s %s: routes and policies are taken as they are, no field unknown",
  async (project, stack) => {
    const objects = await routed(project, stack);
    expect(objects.length).toBeGreaterThanOrEqual(3);
    for (const object of objects)
      expect(await server.create(object), `${object.kind} ${object.metadata.name}`).toMatchObject({ spec: object.spec });
  },
);

test("an unknown field, a target of another kind and a wrong unit are refused", async () => {
  const objects = await routed("studysphere", "production");
  const policy = (kind: string) => structuredClone(objects.find((object) => object.kind === kind));
  const security = policy("SecurityPolicy");
  security.spec.authorisation = {};
  await expect(server.create(security)).rejects.toThrow(/unknown field .*spec\.authorisation/);
  const target = policy("SecurityPolicy");
  target.spec.targetRefs[0].kind = "Service";
  await expect(server.create(target)).rejects.toThrow(/targetRefs\[\*\]\.kind/);
  const traffic = policy("BackendTrafficPolicy");
  traffic.spec.rateLimit.local.rules[0].limit.unit = "Fortnight";
  await expect(server.create(traffic)).rejects.toThrow(/Unsupported value/);
});
