import { beforeAll, describe, expect, test } from "vitest";
import type { RenderedResource } from "../../local/engine/embedded.ts";
import { ask } from "./gateway.ts";
import { find, leaks, readable, render } from "./support.ts";

let development: readonly RenderedResource[];
let testing: readonly RenderedResource[];
let production: readonly RenderedResource[];
beforeAll(async () => {
  [development, testing, production] = await Promise.all([
    render("studysphere", "development"),
    render("studysphere", "testing"),
    render("studysphere", "production"),
  ]);
}, 60_000);

const team = "203.0.113.9";
const stranger = "192.0.2.1";

describe("StudySphere from outside", () => {
  test("development is open, its admin dashboard too", () => {
    const host = "dev.studysphere.example.com";
    expect(ask(development, { host, path: "/" })).toBe("frontend");
    expect(ask(development, { host, path: "/admin" })).toBe("frontend");
    expect(ask(development, { host, path: "/api/courses" })).toBe("api");
  });

  test("testing asks for a password, everywhere", () => {
    const host = "test.studysphere.example.com";
    for (const path of ["/", "/admin", "/Admin/users", "/api/courses", "/auth/login"]) {
      expect(ask(testing, { host, path }), path).toBe(401);
      expect(ask(testing, { host, path, password: true }), path).toMatch(/^(frontend|api|auth-service)$/);
    }
  });

  test.each(["/admin", "/admin/", "/admin/users/7", "/Admin", "/ADMIN/users"])(
    "production refuses outsiders at %s, and lets the team in",
    (path) => {
      const host = "studysphere.example.com";
      expect(ask(production, { host, path, from: stranger })).toBe(403);
      expect(ask(production, { host, path, from: team })).toBe("frontend");
    },
  );
  test.each([
    ["/", "frontend"],
    ["/administration", "frontend"],
    ["/courses/admin", "frontend"],
    ["/api/admin", "api"],
  ])("production leaves %s open", (path, service) => {
    expect(ask(production, { host: "studysphere.example.com", path, from: stranger })).toBe(service);
  });

  test("without TLS every environment sends on to https, and answers nothing else", () => {
    const hosts = {
      "dev.studysphere.example.com": development,
      "test.studysphere.example.com": testing,
      "studysphere.example.com": production,
    };
    for (const [host, resources] of Object.entries(hosts)) {
      for (const path of ["/", "/admin", "/api"]) expect(ask(resources, { scheme: "http", host, path }), host + path).toBe("301 https");
    }
    expect(ask(production, { host: "dev.studysphere.example.com", path: "/" })).toBe(404);
  });

  test("production limits how often one address may ask", () => {
    for (const name of ["frontend", "frontend-admin", "api", "auth-service"]) {
      const { spec } = find(production, "BackendTrafficPolicy", name).inputs;
      expect(spec.targetRefs).toEqual([{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", name }]);
      expect(spec.rateLimit.local.rules.map(({ limit }: { limit: object }) => limit)).toEqual(
        Array(2).fill({ requests: 600, unit: "Minute" }),
      );
    }
  });

  test("policies stand before their routes: a route is never open first", () => {
    const routes = [...testing, ...production].filter(({ type }) => type.endsWith(":HTTPRoute"));
    for (const { name, dependencies } of routes.filter((route) => route.name !== "redirect-to-https")) {
      expect(dependencies.filter((urn) => urn.includes("gateway.envoyproxy.io")).length, name).toBeGreaterThan(0);
    }
  });

  test("the users' list is a Secret for the Gateway; no pod is given it, nor the URL of production's database", () => {
    const users = JSON.stringify(testing.find(({ name }) => name === "users-test-users")?.inputs);
    expect(users).toContain('".htpasswd":');
    expect(leaks(users)).toBe(true);
    expect(
      testing
        .filter(({ type }) => type.endsWith(":Secret"))
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["azure-secrets", "copy-source", "users-test-users"]);
    // Production's own come from its vault.
    const ofProduction = production.filter(({ type }) => type.endsWith(":Secret")).map(({ type, name }) => `${type} ${name}`);
    expect(ofProduction).toEqual(["DATABASE-URL", "JWT-SECRET"].map((name) => `azure-native:keyvault:Secret azure-vault-${name}`));
    // The pods themselves: the smoke test's annotations name every set, so that it runs again when one changes.
    const pods = testing
      .filter(({ type }) => /:(Deployment|Job)$/.test(type))
      .map(({ type, name }) => JSON.stringify(find(testing, type.split(":")[2]!, name).inputs.spec.template.spec));
    expect(pods).toHaveLength(6);
    expect(pods.filter((pod) => /users-|copy-source/.test(pod))).toEqual([]);
    expect(leaks(readable(testing))).toBe(false);
  });
});

test("the network opens to the namespace in which the Gateway's proxies run; a redirect can be left to something else", async () => {
  const resources = await render("ferry", "production", ({ environment }) => {
    environment.gateway.proxies = "envoy-gateway-system";
    environment.access = { redirect: false };
  });
  const from = find(resources, "NetworkPolicy", "web").inputs.spec.ingress[0].from[0];
  expect(from.namespaceSelector.matchLabels).toEqual({ "kubernetes.io/metadata.name": "envoy-gateway-system" });
  expect(ask(resources, { scheme: "http", host: "ferry.example.com", path: "/" })).toBe(404);
});

test("what the admin path says of itself takes the place of the environment's limits, the rest of these holds", async () => {
  const resources = await render("studysphere", "testing", ({ environment }) => {
    environment.access = { basicAuth: { secret: "TEST_USERS" }, cidrs: ["198.51.100.0/24"], admin: { cidrs: ["203.0.113.0/24"] } };
  });
  const host = "test.studysphere.example.com";
  expect(ask(resources, { host, path: "/admin", from: team })).toBe(401);
  expect(ask(resources, { host, path: "/admin", from: team, password: true })).toBe("frontend");
  expect(ask(resources, { host, path: "/admin", from: "198.51.100.1", password: true })).toBe(403);
  expect(ask(resources, { host, path: "/", from: "198.51.100.1", password: true })).toBe("frontend");
});

describe("StudySphere's copy of production's data", () => {
  test("waits in testing to be asked for, with two secrets and a way to two databases", () => {
    const { spec } = find(testing, "CronJob", "copy").inputs;
    expect(spec).toMatchObject({ suspend: true, concurrencyPolicy: "Forbid" });
    const job = spec.jobTemplate.spec;
    expect(job).toMatchObject({ backoffLimit: 0, activeDeadlineSeconds: 4 * 3600 });
    const [source, target, anonymise, personal] = job.template.spec.containers[0].args;
    expect([source, target]).toEqual(["/var/run/secrets/copy-source/PRODUCTION_READ_URL", "/var/run/secrets/azure-secrets/DATABASE_URL"]);
    expect(JSON.parse(anonymise)).toEqual([expect.stringMatching(/^UPDATE "User" SET email/)]);
    expect(JSON.parse(personal)).toEqual(["User.email", "User.name"]);
    const reached = find(testing, "NetworkPolicy", "copy").inputs.spec.egress.slice(1);
    expect(reached.map(({ to }: { to: { ipBlock: { cidr: string } }[] }) => to[0]!.ipBlock.cidr)).toEqual(["10.40.1.0/24", "10.40.2.0/24"]);
  });
  test("exists nowhere else", () => {
    for (const resources of [development, production]) expect(readable(resources)).not.toContain("CronJob copy");
  });
  test("runs when it is scheduled", async () => {
    const resources = await render("studysphere", "testing", ({ environment }) => {
      environment.database.copy.schedule = "0 1 * * 0";
    });
    expect(find(resources, "CronJob", "copy").inputs.spec).toMatchObject({ schedule: "0 1 * * 0", suspend: false });
  });
});
