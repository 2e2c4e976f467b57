import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errorOf, faultsOf, parse, type Variation, valid } from "./support.ts";

const prod = "Pulumi.prod.yaml";

/** What a person writes wrong, and every word of the answer. */
const cases: Record<string, [Variation, string[]]> = {
  "an unknown key": [
    { change: (s) => (s.environment.gateway.listner = "https") },
    [`${prod} environment.gateway.listner: is not a known setting; known here: name, namespace, listener, redirectFrom, proxies`],
  ],
  "a missing key": [{ change: (s) => delete s.environment.namespace }, [`${prod} environment.namespace: is missing: add it (text)`]],
  "a part that is missing": [{ change: (s) => delete s.release }, [`${prod} release: is missing: add it`]],
  "a wrong type": [{ change: (s) => (s.application.services = "api") }, ["Pulumi.yaml application.services: must be a list"]],
  "a wrong quantity": [
    {
      change: (s) =>
        (s.environment.defaults = { resources: { requests: { cpu: "100x", memory: "128" }, limits: { cpu: "1", memory: "1Gi" } } }),
    },
    [
      `${prod} environment.defaults.resources.requests.cpu: must be a CPU quantity: cores such as 2 or 0.5, or thousandths such as 100m`,
      `${prod} environment.defaults.resources.requests.memory: must be a quantity of bytes with a binary unit, such as 128Mi or 1Gi`,
    ],
  ],
  "min above max": [
    { change: (s) => (s.environment.defaults = { replicas: { min: 5, max: 2 } }) },
    [`${prod} environment.defaults.replicas: min (5) must not exceed max (2)`],
  ],
  "min above max of one service": [
    { change: (s) => (s.environment.services = { api: { replicas: { min: 3, max: 2 } } }) },
    [`${prod} environment.services.api.replicas: min (3) must not exceed max (2)`],
  ],
  "a request above its limit": [
    {
      change: (s) =>
        (s.environment.services = {
          api: { resources: { requests: { cpu: "1500m", memory: "1Gi" }, limits: { cpu: "1", memory: "512Mi" } } },
        }),
    },
    [
      `${prod} environment.services.api.resources.requests.cpu: 1500m must not exceed limits.cpu (1)`,
      `${prod} environment.services.api.resources.requests.memory: 1Gi must not exceed limits.memory (512Mi)`,
    ],
  ],
  "settings for a service that is not declared": [
    { change: (s) => (s.environment.services = { apo: {} }) },
    [`${prod} environment.services.apo: the application declares no service "apo"`],
  ],
  "two services of one name": [
    {
      change: (s) => {
        s.application.services[2].name = "api";
        s.application.services[2].image = "ghcr.io/acme/api";
        delete s.release.images.mailer;
      },
    },
    ['Pulumi.yaml application.services[2].name: "api" is also the name of services[1]: give one of them another name'],
  ],
  "a service named as a Job of ours": [
    {
      change: (s) => {
        s.application.services[2].name = "smoke";
        s.release.images.smoke = "ghcr.io/acme/mailer@sha256:".padEnd(91, "a");
        delete s.release.images.mailer;
      },
    },
    ['Pulumi.yaml application.services[2].name: "smoke" names a Job of the environment itself: choose another name'],
  ],
  "a port out of range": [
    { change: (s) => (s.application.services[1].port = 70_000) },
    ["Pulumi.yaml application.services[1].port: must be at most 65535"],
  ],
  "a port that needs root": [
    { change: (s) => (s.application.services[1].port = 80) },
    ["Pulumi.yaml application.services[1].port: must be 1024 or more: an unprivileged process cannot bind a lower port"],
  ],
  "a service of a kind that does not exist": [
    { change: (s) => (s.application.services[1].kind = "cron") },
    ["Pulumi.yaml application.services[1].kind: must be one of web, worker, stateful"],
  ],
  "one path for two services": [
    { change: (s) => (s.application.services[1].route.path = "/") },
    [
      'Pulumi.yaml application.services[1].route.path: https://shop.example.com/ leads to "web" already: give one of them another path or host',
    ],
  ],
  "a host of another environment": [
    { siblings: [{ stack: "dev", namespace: "shop-dev", cluster: "main", hosts: ["shop.example.com"] }] },
    [`${prod} environment.host: is a host of dev too (Pulumi.dev.yaml): each environment needs its own`],
  ],
  "a namespace of another environment": [
    { siblings: [{ stack: "dev", namespace: "shop-prod", cluster: "main", hosts: [] }] },
    [`${prod} environment.namespace: is the namespace of dev too (Pulumi.dev.yaml): each environment needs its own`],
  ],
  "a namespace of the cluster": [
    { change: (s) => (s.environment.namespace = "kube-system") },
    [`${prod} environment.namespace: belongs to the cluster: choose a namespace of the environment's own`],
  ],
  "one path for readiness and liveness": [
    { change: (s) => (s.application.services[1].probes = { readiness: "/health", liveness: "/health" }) },
    [
      "Pulumi.yaml application.services[1].probes: readiness and liveness must ask different paths: a slow dependency would restart the container",
    ],
  ],
  "a drain that never ends": [
    { change: (s) => (s.application.services[1].drain = "45s") },
    ["Pulumi.yaml application.services[1].grace: must be longer than drain, which is part of it"],
  ],
  "a call to nobody, and to a worker": [
    { change: (s) => (s.application.services[0].calls = ["apo", "mailer"]) },
    [
      'Pulumi.yaml application.services[0].calls[0]: there is no service "apo"',
      'Pulumi.yaml application.services[0].calls[1]: "mailer" is a worker: it listens on no port',
    ],
  ],
  "sets that are not declared": [
    {
      change: (s) => {
        s.application.services[0].config = ["setings"];
        s.application.services[0].secrets = ["kees"];
      },
    },
    [
      'Pulumi.yaml application.services[0].config[0]: "setings" is not declared: add it to application.config',
      'Pulumi.yaml application.services[0].secrets[0]: "kees" is not declared: add it to application.secrets',
    ],
  ],
  "one variable from two sets": [
    {
      change: (s) => {
        s.application.config.more = { keys: { LOG_LEVEL: {} } };
        s.environment.config.more = { LOG_LEVEL: "x" };
        s.application.services[0].config = ["settings", "more"];
      },
    },
    ['Pulumi.yaml application.services[0].config: both "settings" and "more" set the environment variable LOG_LEVEL: rename one'],
  ],
  "a declared service without an image": [
    { change: (s) => delete s.release.images.api },
    [`${prod} release.images.api: is missing: the application declares the service "api"`],
  ],
  "an image for a service that is not declared": [
    { change: (s) => (s.release.images.apo = s.release.images.api) },
    [`${prod} release.images.apo: the application declares no service "apo"`],
  ],
  "an image from elsewhere": [
    { change: (s) => (s.release.images.api = s.release.images.web) },
    [`${prod} release.images.api: must come from ghcr.io/acme/api, the image that application.services names`],
  ],
  "a tag without digest beyond the first environment": [
    { change: (s) => (s.release.images.api = "ghcr.io/acme/api:1.2.3") },
    [
      `${prod} release.images.api: has a tag but no digest: add @sha256:… of the image that ran in the environment before, so that what was tested is what runs`,
    ],
  ],
  "the tag latest": [
    { change: (s) => (s.release.images.api = s.release.images.api.replace("1.2.3", "latest")) },
    [`${prod} release.images.api: the tag "latest" says nothing: use the version`],
  ],
  "a version that is none": [
    { change: (s) => (s.release.version = "v1.2") },
    [`${prod} release.version: must be a semantic version without a leading v, such as 1.4.0`],
  ],
  "no schema version though there are migrations": [
    { change: (s) => delete s.release.schemaVersion },
    [`${prod} release.schemaVersion: is missing: application.database.migration needs the name of the newest migration in this release`],
  ],
  "a missing configuration key": [
    { change: (s) => delete s.environment.config.settings.LOG_LEVEL },
    [`${prod} environment.config.settings.LOG_LEVEL: is missing: the application declares it`],
  ],
  "a surplus configuration key": [
    { change: (s) => (s.environment.config.settings.LOG_LEVLE = "info") },
    [`${prod} environment.config.settings.LOG_LEVLE: is surplus: the application declares no such key`],
  ],
  "a key that this environment does not have": [
    { change: (s) => (s.environment.config.settings.TRACE = true) },
    [`${prod} environment.config.settings.TRACE: must not be set here: application.config.settings.keys.TRACE leaves out prod`],
  ],
  "a surplus set": [
    { change: (s) => (s.environment.config.other = {}) },
    [`${prod} environment.config.other: is not declared: add it to application.config or remove it`],
  ],
  "a value that is not allowed": [
    { change: (s) => (s.environment.config.settings.LOG_LEVEL = "loud") },
    [`${prod} environment.config.settings.LOG_LEVEL: must be one of debug, info`],
  ],
  "a number that YAML may spoil": [
    { change: (s) => (s.environment.config.settings.LOG_LEVEL = 1.1) },
    [`${prod} environment.config.settings.LOG_LEVEL: must be text, true, false or a whole number (put anything else in quotes)`],
  ],
  "a flag without a value, and one nobody declared": [
    { change: (s) => (s.environment.flags = { fats: true }) },
    [
      `${prod} environment.flags.fast: is missing: the application declares it; set true, false or a share { percent: 10 }`,
      `${prod} environment.flags.fats: is surplus: the application declares no such flag`,
    ],
  ],
  "a share above the whole": [
    { change: (s) => (s.environment.flags.fast = { percent: 101 }) },
    [`${prod} environment.flags.fast.percent: must be at most 100`],
  ],
  "a flag that is neither on nor off": [
    { change: (s) => (s.environment.flags.fast = "on") },
    [`${prod} environment.flags.fast: must be true, false, or { percent: 25 } for a share of the users`],
  ],
  "real data without backups": [
    { change: (s) => delete s.environment.database.backup },
    [`${prod} environment.database.backup: is missing: real data is backed up, and migrated only after a verified backup`],
  ],
  "a reset of real data": [
    { change: (s) => (s.environment.database.reset = { schedule: "0 4 * * 1" }) },
    [`${prod} environment.database.reset: real data is never reset: remove the schedule`],
  ],
  "real data in a shared database": [
    { change: (s) => (s.environment.database.tenancy = "shared") },
    [`${prod} environment.database.tenancy: real data needs a dedicated database`],
  ],
  "a database nobody described": [
    { change: (s) => delete s.environment.database },
    [`${prod} environment.database: is missing: the application declares a database`],
  ],
  "a schedule that is none": [
    { change: (s) => (s.environment.database.backup.schedule = "every night") },
    [`${prod} environment.database.backup.schedule: must be a cron schedule of five fields, such as 0 2 * * * (02:00 every day)`],
  ],
  "a time zone that is none": [
    { change: (s) => (s.environment.database.backup.timeZone = "Europe/Wien") },
    [`${prod} environment.database.backup.timeZone: must be an IANA time zone, such as Europe/Vienna or Etc/UTC`],
  ],
  "a migration in a service that cannot reach the database": [
    { change: (s) => (s.application.database.migration.service = "web") },
    [
      'Pulumi.yaml application.database.migration.service: "web" does not read the secret DATABASE_URL: add its set to the service\'s secrets',
    ],
  ],
  "a smoke test of a worker": [
    { change: (s) => (s.application.smoke.checks[0].service = "mailer") },
    ['Pulumi.yaml application.smoke.checks[0].service: "mailer" is a worker: it answers no request'],
  ],
  "two writers to one volume": [
    { change: (s) => (s.environment.services = { store: { replicas: { min: 2, max: 2 } } }) },
    [
      `${prod} environment.services.store.replicas: "store" allows one writer to its volume: set min and max to 1 (more replicas, or an autoscaler, would corrupt its data)`,
    ],
  ],
  "an autoscaler over one writer": [
    { change: (s) => (s.environment.services = { store: { replicas: { min: 1, max: 3 } } }) },
    [
      `${prod} environment.services.store.replicas: "store" allows one writer to its volume: set min and max to 1 (more replicas, or an autoscaler, would corrupt its data)`,
    ],
  ],
  "an autoscaler over volumes": [
    {
      change: (s) => {
        s.application.services[3].singleWriter = false;
        s.environment.services = { store: { replicas: { min: 1, max: 3 } } };
      },
    },
    [
      `${prod} environment.services.store.replicas: "store" keeps its data in volumes and is not autoscaled: set min and max to the same number`,
    ],
  ],
  "a stack that is not on the path": [
    { stack: "qa", change: (s) => delete s.secrets.SENTRY_DSN },
    ['Pulumi.yaml application.promotion.path: does not lead through "qa": choose one of dev, prod, or add it where it belongs'],
  ],
  "an environment twice on the path": [
    { change: (s) => (s.application.promotion.path = ["dev", "prod", "prod"]) },
    ['Pulumi.yaml application.promotion.path[2]: "prod" stands on the path twice'],
  ],
  "a key for an environment that is not on the path": [
    { change: (s) => (s.application.config.settings.keys.TRACE.only = ["devel"]) },
    ['Pulumi.yaml application.config.settings.keys.TRACE: names "devel", which is not on the promotion path'],
  ],
};

describe("every fault says what is wrong, where, and what to do", () => {
  test("the settings that the cases spoil are right", () => {
    expect(faultsOf({})).toEqual([]);
    expect(parse().ok).toBe(true);
  });
  test.each(Object.entries(cases))("%s", (_, [variation, expected]) => {
    expect(faultsOf(variation)).toEqual(expected);
  });
});

test("the first environment of the path may run a tag, whatever it is called", () => {
  const tagged: Variation["change"] = (s) => {
    s.release.images.api = "ghcr.io/acme/api:main-42";
    s.application.promotion.path = ["prod", "dev"];
  };
  expect(faultsOf({ change: tagged })).toEqual([]);
});

test("all faults are told at once, grouped by file", () => {
  const error = errorOf({
    change: (s) => {
      s.application.services[1].port = 80;
      s.environment.flags = {};
      s.environment.namespace = "Shop";
      s.release.version = "1";
    },
  });
  expect(error).toBe(
    [
      "Pulumi.yaml is not valid:",
      "  application.services[1].port: must be 1024 or more: an unprivileged process cannot bind a lower port",
      "Pulumi.prod.yaml is not valid:",
      "  environment.namespace: must be lower-case letters, digits and dashes, at most 63 (such as shop-staging)",
      "  release.version: must be a semantic version without a leading v, such as 1.4.0",
      "  environment.flags.fast: is missing: the application declares it; set true, false or a share { percent: 10 }",
    ].join("\n"),
  );
});

test("a fault of shape hides no fault of meaning, and causes none", () => {
  const faults = faultsOf({
    change: (s) => {
      s.environment.host = "https://shop.example.com/";
      s.environment.config.settings.LOG_LEVEL = "loud";
      s.environment.config.settings.TRACE = { deep: true };
      s.environment.defaults = { replicas: { min: 5, max: 2 }, cpuTarget: 900 };
      s.environment.services = { api: { replicas: "three" }, apo: {} };
      s.environment.databse = {};
      s.release.images.api = "ghcr.io/acme/api:latest";
      s.release.commit = "c0ffee";
    },
  });
  expect(faults.map((fault) => fault.split(": ")[0])).toEqual([
    `${prod} environment.host`,
    `${prod} environment.defaults.cpuTarget`,
    `${prod} environment.services.api.replicas`,
    `${prod} environment.config.settings.TRACE`,
    `${prod} environment.databse`,
    `${prod} release.commit`,
    `${prod} environment.defaults.replicas`,
    `${prod} environment.services.apo`,
    `${prod} environment.config.settings.LOG_LEVEL`,
    `${prod} release.images.api`, // no digest
    `${prod} release.images.api`, // latest
  ]);
});

test("whatever is put anywhere into the settings, the answer is a list of faults, never a crash", () => {
  const paths = (value: unknown, path: string[] = []): string[][] =>
    typeof value === "object" && value !== null ? [path, ...Object.entries(value).flatMap(([k, v]) => paths(v, [...path, k]))] : [path];
  const everywhere = ["application", "environment", "release"].flatMap((part) => paths(valid()[part], [part]));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...everywhere), fc.jsonValue()), { minLength: 1, maxLength: 4 }), (edits) => {
      const faults = faultsOf({
        change: (s) => {
          for (const [path, value] of edits) {
            const parent = path.slice(0, -1).reduce((at, key) => (typeof at === "object" && at !== null ? at[key] : undefined), s);
            if (typeof parent === "object" && parent !== null) parent[path.at(-1) ?? ""] = value;
          }
        },
      });
      expect(Array.isArray(faults)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
