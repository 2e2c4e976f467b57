import { describe, expect, test } from "vitest";
import { find, leaks, readable, render, type WrittenSettings } from "../components/support.ts";

const canary = (rollout?: object) => (settings: WrittenSettings) => {
  settings.environment.services = { ...settings.environment.services, api: { strategy: { kind: "canary" } } };
  if (rollout !== undefined) settings.rollout = { api: rollout };
};
const candidate = (weight: number) => ({ active: "blue", other: { role: "candidate", release: "x", weight, replicas: 8 } });
// biome-ignore lint/suspicious/noExplicitAny: manifests
const selected = (service: any) => service.inputs.spec.selector["app.kubernetes.io/name"];

describe("the second colour", () => {
  test("on trial: everything that the first has, of its own; the first stays as it is, and the environment's release is not recorded yet", async () => {
    const resources = await render("ferry", "production", canary(candidate(25)));
    const [blue, green] = ["api", "api-green"].map((name) => find(resources, "Deployment", name));
    expect(blue!.ignoreChanges).toEqual(["spec"]);
    expect(green!.ignoreChanges).toEqual([]);
    expect(green!.inputs.spec.selector.matchLabels).toEqual({ "app.kubernetes.io/name": "api-green" });
    const container = (deployment: typeof blue) => deployment!.inputs.spec.template.spec.containers[0];
    for (const part of ["image", "readinessProbe", "livenessProbe", "startupProbe", "resources", "securityContext", "lifecycle"])
      expect(container(green)[part], part).toEqual(container(blue)[part]);
    expect(green!.inputs.spec.template.spec.serviceAccountName).toBe("api");

    const scaler = (name: string) => find(resources, "HorizontalPodAutoscaler", name).inputs.spec;
    expect([scaler("api").scaleTargetRef.name, scaler("api").minReplicas]).toEqual(["api", 3]);
    expect([scaler("api-green").scaleTargetRef.name, scaler("api-green").minReplicas]).toEqual(["api-green", 8]);
    expect(green!.inputs.spec.replicas).toBeUndefined();
    expect(find(resources, "PodDisruptionBudget", "api-green").inputs.spec.selector.matchLabels).toEqual({
      "app.kubernetes.io/name": "api-green",
    });
    const policy = (name: string) => find(resources, "NetworkPolicy", name).inputs.spec;
    expect({ ...policy("api-green"), podSelector: null }).toEqual({ ...policy("api"), podSelector: null });
    expect(JSON.stringify(policy("web").egress)).toContain("api-green");

    expect(["api", "api-blue", "api-green"].map((name) => selected(find(resources, "Service", name)))).toEqual(["api", "api", "api-green"]);
    const route = find(resources, "HTTPRoute", "api").inputs.spec.rules[0].backendRefs;
    expect(route).toEqual([
      { name: "api", port: 80, weight: 75 },
      { name: "api-green", port: 80, weight: 25 },
    ]);
    expect(find(resources, "Job", "api-suite-smoke").inputs.spec.template.spec.containers[0].args).toEqual([
      "http://api-green.ferry-production.svc/health/ready",
      "error",
    ]);
    for (const [kind, name, ignored] of [
      ["ConfigMap", "api-config.api.blue", ["data"]],
      ["ConfigMap", "api-config.api.green", []],
      ["Secret", "api-secrets.api.blue", ["stringData"]],
      ["Secret", "api-secrets.api.green", []],
      ["ConfigMap", "release", ["data"]],
      ["Job", "smoke", ["spec"]],
    ] as const)
      expect(find(resources, kind, name).ignoreChanges, `${kind} ${name}`).toEqual(ignored);
    expect(leaks(readable(resources))).toBe(false);
  }, 60_000);

  test("after the switch: the address leads to the new colour, the old one is frozen and as large as it was; without traffic the route names nobody else", async () => {
    const kept = { active: "green", other: { role: "kept", release: "x", replicas: 5, until: "2026-11-03T10:00:00Z" } };
    const resources = await render("ferry", "production", canary(kept));
    expect(selected(find(resources, "Service", "api"))).toBe("api-green");
    expect(find(resources, "Deployment", "api").ignoreChanges).toEqual(["spec"]);
    expect(find(resources, "Deployment", "api-green").ignoreChanges).toEqual([]);
    expect(find(resources, "HorizontalPodAutoscaler", "api").inputs.spec.minReplicas).toBe(5);
    expect(find(resources, "HorizontalPodAutoscaler", "api-green").inputs.spec.minReplicas).toBe(3);
    expect(find(resources, "HTTPRoute", "api").inputs.spec.rules[0].backendRefs).toEqual([{ name: "api", port: 80 }]);
    expect(find(resources, "ConfigMap", "release").ignoreChanges).toEqual([]);
    expect(resources.filter(({ name }) => name.includes("suite"))).toEqual([]);
    // The Service follows its pods, never the other way round.
    const service = find(resources, "Service", "api");
    expect(service.dependencies).toContain(find(resources, "Deployment", "api-green").urn);
  }, 60_000);

  test("the quota holds both colours at their largest", async () => {
    const pods = async (change?: Parameters<typeof render>[2]) =>
      Number(find(await render("ferry", "production", change), "ResourceQuota", "environment-quota").inputs.spec.hard.pods);
    // Ten replicas of the second colour, and the Job of its smoke test.
    expect(await pods(canary())).toBe((await pods()) + 11);
  }, 60_000);
});
