import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { faultsOf } from "../settings/support.ts";
import { committed, declared, demands, examples } from "./environments.ts";

// biome-ignore lint/suspicious/noExplicitAny: tests write what the schema must refuse
type Written = any;
const azure = {
  resourceGroup: "shop-rg",
  location: "westeurope",
  workspace: "/subscriptions/0/resourceGroups/shop-rg/providers/Microsoft.Monitor/accounts/shop",
};
const prober = { address: "blackbox.example.net:9115" };
const faults = (monitoring: Written, change: (settings: Written) => void = () => {}): string[] =>
  faultsOf({
    change: (settings) => {
      settings.application.monitoring = structuredClone(declared);
      settings.environment.monitoring = monitoring;
      change(settings);
    },
  });

test.each(Object.entries(demands))("right: %s", (_, monitoring) => expect(faults(monitoring)).toEqual([]));

test.each(Object.entries(demands))("some environment asks for it, and so promtool judges it (tests/tools): %s", (_, demand) => {
  const wanted = demand as { alerts?: object; objectives?: { availability?: number } };
  // An environment behind a password cannot be asked from outside: StudySphere's testing promises no availability.
  const { availability: _of, ...objectives } = wanted.objectives ?? {};
  const asked = [...committed, ...examples].map(([, { environment }]) => environment.monitoring!);
  const holds = (given: object | undefined, of: object) =>
    Object.entries(of).every(([key, value]) => key === "hold" || isDeepStrictEqual((given as Written)?.[key], value));
  for (const [key, value] of Object.entries(wanted.alerts ?? {}))
    expect(asked.filter(({ alerts }) => holds(alerts, { [key]: value })).length, `alerts.${key}: ${value}`).toBeGreaterThan(0);
  expect(asked.filter((monitoring) => holds(monitoring.objectives, objectives)).length).toBeGreaterThan(0);
});

describe("refused, with what to do", () => {
  test.each<[string, Written, string | RegExp]>([
    ["nobody who watches", {}, /environment.monitoring: must name prometheus, azure or both/],
    ["an objective of 100 %", { prometheus: {}, objectives: { requests: 100 } }, /objectives.requests: must be at most 99.999/],
    [
      "an objective whose budget cannot burn 14.4 times",
      { prometheus: {}, objectives: { requests: 90 } },
      /objectives.requests: must be 93.1 or more/,
    ],
    [
      "down, when nobody asks",
      { prometheus: {}, alerts: { down: "5m" } },
      /alerts.down: needs application.monitoring.health and somebody who asks/,
    ],
    [
      "availability that only a web test knows",
      {
        azure: { ...azure, insights: azure.workspace },
        objectives: { availability: 99 },
        receivers: [{ kind: "email", to: ["a@example.com"] }],
      },
      /objectives.availability: needs/,
    ],
    [
      "alerts on Azure that nobody hears",
      { azure, alerts: { errors: 1 } },
      /receivers: is empty: Azure would raise alerts that nobody hears/,
    ],
    [
      "Slack on Azure",
      { azure, receivers: [{ kind: "slack", secret: "SENTRY_DSN" }] },
      /receivers\[0\].kind: Azure Monitor cannot write to Slack/,
    ],
    [
      "a webhook that is no secret here",
      { prometheus: {}, receivers: [{ kind: "slack", secret: "NOWHERE" }] },
      /receivers\[0\].secret: "NOWHERE" is no secret of this environment/,
    ],
    [
      "a prober that is down when the cluster is",
      { prometheus: { prober: { address: "blackbox.monitoring.svc:9115" } } },
      /prober.address: is in this cluster/,
    ],
    ["the same by its short name", { prometheus: { prober: { address: "blackbox:9115" } } }, /prober.address: is in this cluster/],
    ["a mail for nobody", { prometheus: {}, receivers: [{ kind: "email" }] }, /receivers\[0\]: reaches nobody/],
    ["a role that is none", { prometheus: {}, receivers: [{ kind: "email", roles: ["cook"] }] }, /receivers\[0\].roles: names "cook"/],
    [
      "an answer that may take longer than the time between two",
      { prometheus: { prober: { ...prober, every: "15s" } } },
      /prober.every: must be longer than/,
    ],
  ])("%s", (_, monitoring, message) => {
    const found = faults(monitoring, ({ application }) => {
      if (String(message).includes("longer than")) application.monitoring.health.slow = 14.5;
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  test("Azure, without a place there and without a platform that has one", () => {
    const of = (azure: object) => faults({ azure, objectives: {} });
    expect(of({})).toEqual(
      ["resourceGroup", "location", "workspace"].map((key) => expect.stringContaining(`monitoring.azure.${key}: is missing`)),
    );
    expect(of(azure)).toEqual([]);
  });
  test("an environment behind a password, unless Azure leaves the question out", () => {
    const of = (own: object) =>
      faults({ azure: { ...azure, insights: azure.workspace, ...own } }, ({ application, environment, secrets }) => {
        application.secrets.users = { keys: { USERS: { format: "htpasswd" } } };
        secrets.USERS = "planted";
        environment.access = { basicAuth: { secret: "USERS" } };
      });
    expect(of({})).toEqual([expect.stringContaining("environment.monitoring.azure: would be asked for the environment's password")]);
    expect(of({ webTest: false })).toEqual([]);
  });
  test("a prober in the cluster, where nobody asks from outside; beside Azure's web test it may be", () => {
    const inside = { prober: { address: "blackbox.monitoring.svc:9115" } };
    expect(faults({ prometheus: inside, azure: { ...azure, insights: azure.workspace } })).toEqual([]);
    expect(faults({ prometheus: inside, azure: { ...azure, insights: azure.workspace, webTest: false } })).toHaveLength(1);
  });
  test("monitoring of what is not declared", () =>
    expect(faults({ prometheus: {} }, ({ application }) => delete application.monitoring)).toEqual([
      expect.stringContaining("environment.monitoring: needs application.monitoring"),
    ]));
  test("a prober that would be asked for a password", () => {
    const found = faults({ prometheus: { prober } }, ({ application, environment, secrets }) => {
      application.secrets.users = { keys: { USERS: { format: "htpasswd" } } };
      secrets.USERS = "planted";
      environment.access = { basicAuth: { secret: "USERS" } };
    });
    expect(found).toEqual([expect.stringContaining("environment.monitoring.prometheus: would be asked for the environment's password")]);
  });
  test("query times without a database", () => {
    const found = faults({ prometheus: {}, alerts: { queries: 1 } }, ({ application, environment }) => {
      delete application.database;
      delete environment.database;
      application.services[3] = { ...application.services[3] };
    });
    expect(found).toContainEqual(expect.stringContaining("alerts.queries: there is no application.database"));
  });
  test("metrics of a worker, a health check of a service without a route, and a variable that is set anyway", () => {
    const found = faults({ prometheus: {} }, ({ application, environment }) => {
      application.monitoring.scrape.services = ["mailer", "nobody"];
      application.monitoring.health.service = "store";
      application.config.settings.keys.SENTRY_RELEASE = {};
      environment.config.settings.SENTRY_RELEASE = "1";
    });
    expect([...new Set(found)]).toEqual([
      expect.stringMatching(/scrape.services\[0\]: "mailer" is a worker/),
      expect.stringMatching(/scrape.services\[1\]: there is no service "nobody"/),
      expect.stringMatching(/health.service: "store" has no route/),
      expect.stringMatching(/config.settings.keys.SENTRY_RELEASE: is set from the release/),
    ]);
  });
});
