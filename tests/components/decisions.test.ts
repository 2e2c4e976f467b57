import { FlagdCore } from "@openfeature/flagd-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ApplicationSettings } from "../../components/application.schema.ts";
import { EnvironmentSettings } from "../../components/environment.schema.ts";
import { flagsFile } from "../../components/flags.ts";
import { type AppliedMigration, carryForward, planMigration, type QualifiedRelease, recordMigration } from "../../components/history.ts";
import { keyOf } from "../../components/migration.ts";
import { type Settings, scaleOf } from "../../components/model.ts";
import { bytes, millicores } from "../../components/quantities.ts";
import { followQuota, largestContainer, maxSurge, type Quotas, quotaOf } from "../../components/quota.ts";
import { ReleaseSettings } from "../../components/release.schema.ts";
import { releaseId } from "../../components/release.ts";
import { urlOf } from "../../components/workload.ts";
import { valid } from "../settings/support.ts";

const settings = (): Settings => {
  const { application, environment, release } = valid();
  return {
    project: "shop",
    stack: "prod",
    application: ApplicationSettings.parse(application),
    environment: EnvironmentSettings.parse(environment),
    release: ReleaseSettings.parse(release),
    rollout: {},
  };
};

describe("the quota", () => {
  const replicas = fc
    .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }))
    .map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));
  const amount = fc.record({
    cpu: fc.integer({ min: 1, max: 4000 }).map((n) => `${n}m`),
    memory: fc.integer({ min: 1, max: 8192 }).map((n) => `${n}Mi`),
  });
  const scale = fc.record({ replicas, resources: fc.record({ requests: amount, limits: amount }) });

  test("holds every service at its maximum, in the middle of a rolling update, beside a Job", () => {
    fc.assert(
      fc.property(scale, scale, (web, api) => {
        const base: Settings = {
          ...settings(),
          environment: EnvironmentSettings.parse({ ...valid().environment, services: { web, api } }),
        };
        const hard = quotaOf(base);
        const needed = (measure: (quantity: string) => number, which: "requests" | "limits", key: "cpu" | "memory") =>
          base.application.services
            .map((service) => ({ service, own: scaleOf(service, base.environment) }))
            .reduce(
              (sum, { service, own }) => {
                const surge = service.kind === "stateful" ? 0 : Math.ceil(own.replicas.max * maxSurge);
                return sum + (own.replicas.max + surge) * measure(own.resources[which][key]);
              },
              measure(scaleOf(base.application.services[1]!, base.environment).resources[which][key]),
            );
        for (const which of ["requests", "limits"] as const) {
          expect(millicores(hard[`${which}.cpu`]!)).toBeGreaterThanOrEqual(needed(millicores, which, "cpu"));
          expect(bytes(hard[`${which}.memory`]!)).toBeGreaterThanOrEqual(needed(bytes, which, "memory"));
        }
        // The LimitRange admits whatever the services declare.
        for (const service of base.application.services) {
          expect(millicores(largestContainer(base).cpu)).toBeGreaterThanOrEqual(
            millicores(scaleOf(service, base.environment).resources.limits.cpu),
          );
        }
      }),
    );
  });

  test("is no larger than it has to be: growth of one service shows in it", () => {
    const more = settings();
    more.environment.services.web = { replicas: { min: 2, max: 8 } };
    expect(Number(quotaOf(more).pods) - Number(quotaOf(settings()).pods)).toBe(4 + 2 * (Math.ceil(8 * maxSurge) - Math.ceil(4 * maxSurge)));
    expect(quotaOf(more)).toMatchObject({ "services.loadbalancers": "0", "services.nodeports": "0" });
  });

  test("holds the pods of the settings before, until those change again; what it was is all it has to know", () => {
    const sized = (cpu: string, memory: string): Settings => {
      const given = settings();
      const amount = { cpu, memory, ephemeralStorage: "1Gi" };
      given.environment.services.web = { ...given.environment.services.web, resources: { requests: amount, limits: amount } };
      return given;
    };
    const [large, small, mixed] = [sized("2", "100Mi"), sized("100m", "100Mi"), sized("1500m", "2Gi")];
    const update = (given: Settings, quotas: Quotas) => followQuota(given, quotas);
    const first = update(large, []);
    expect(first).toEqual({ quotas: [quotaOf(large)], hard: quotaOf(large) });
    expect(update(large, first.quotas)).toEqual(first);
    const lowered = update(small, first.quotas);
    expect(lowered.hard).toEqual(quotaOf(large)); // 2 cores are more than 100m, whatever their digits
    expect(update(small, lowered.quotas)).toEqual(lowered);
    expect(update(large, lowered.quotas).hard).toEqual(quotaOf(large));
    const third = update(mixed, lowered.quotas);
    expect(third.hard).toEqual(quotaOf(mixed));
    const back = update(small, third.quotas).hard;
    expect([back["requests.cpu"], back["requests.memory"]]).toEqual([quotaOf(mixed)["requests.cpu"], quotaOf(mixed)["requests.memory"]]);
  });
});

describe("flags, read by flagd's own evaluator", () => {
  const evaluate = (value: boolean | { percent: number }, user: string): boolean => {
    const core = new FlagdCore();
    core.setConfigurations(flagsFile({ dashboard: value }));
    return core.resolveBooleanEvaluation("dashboard", !value, { targetingKey: user }, quiet).value;
  };
  const quiet = { error() {}, warn() {}, info() {}, debug() {} };
  const users = Array.from({ length: 1000 }, (_, n) => `user-${n}`);

  test("on and off", () => {
    expect(evaluate(true, "a")).toBe(true);
    expect(evaluate(false, "a")).toBe(false);
  });
  test("a share reaches that share of the users", () => {
    for (const percent of [10, 25, 50]) {
      const reached = users.filter((user) => evaluate({ percent }, user)).length / 10;
      expect(Math.abs(reached - percent), `${percent} %: ${reached}`).toBeLessThan(4);
    }
    expect(users.some((user) => evaluate({ percent: 0 }, user))).toBe(false);
    expect(users.every((user) => evaluate({ percent: 100 }, user))).toBe(true);
  });
  test("a growing share takes nobody's flag away", () => {
    const small = users.filter((user) => evaluate({ percent: 10 }, user));
    expect(small.length).toBeGreaterThan(50);
    expect(small.every((user) => evaluate({ percent: 40 }, user))).toBe(true);
  });
  test("does not depend on the order in which flags are written", () => {
    expect(flagsFile({ a: true, b: false })).toBe(flagsFile({ b: false, a: true }));
  });
});

describe("the list of releases that went live", () => {
  const live = (id: string, liveSince: string): QualifiedRelease => ({ id, version: id, images: {}, liveSince });
  const name = fc.string({ minLength: 1, maxLength: 3 });

  test("stays as it is when nothing new went live, puts what did at its head, and remembers twenty", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, name), { maxLength: 40 }), (events) => {
        let list: QualifiedRelease[] = [];
        for (const [id, since] of events) {
          const [head] = list;
          const known = head?.id === id && head.liveSince === since;
          const expected = known ? list : [live(id, since), ...list].slice(0, 20);
          list = carryForward(list, live(id, since));
          expect(list).toEqual(expected);
          expect(carryForward(list, live(id, since))).toEqual(list);
        }
      }),
    );
  });

  test("the twenty-first pushes the oldest out", () => {
    const many = Array.from({ length: 30 }, (_, n) => live(String(n), `t${n}`)).reduce<QualifiedRelease[]>(carryForward, []);
    expect(many.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, n) => String(29 - n)));
  });

  test("a release that comes back is live anew; its earlier time stays", () => {
    const list = carryForward([live("2", "t2"), live("1", "t1")], live("1", "t3"));
    expect(list.map(({ id, liveSince }) => `${id} ${liveSince}`)).toEqual(["1 t3", "2 t2", "1 t1"]);
  });
});

describe("what to do about a schema version", () => {
  const ran: AppliedMigration[] = [
    { schemaVersion: "1", release: "a" },
    { schemaVersion: "2", release: "b" },
  ];
  test.each([
    ["the first of all", [], "1", { job: "1", alreadyRan: false }],
    ["a new one", ran, "3", { job: "3", alreadyRan: false }],
    ["the newest", ran, "2", { job: "2", alreadyRan: true }],
    ["an older one, in a rollback: the Job of the newest stays", ran, "1", { job: "2", alreadyRan: true }],
  ] as const)("%s", (_, migrations, schemaVersion, plan) => {
    expect(planMigration([...migrations], schemaVersion)).toEqual(plan);
  });
  test("each is recorded once, with the release that brought it", () => {
    expect(recordMigration(ran, { schemaVersion: "3", release: "c" }).at(-1)).toEqual({ schemaVersion: "3", release: "c" });
    expect(recordMigration(ran, { schemaVersion: "1", release: "x" })).toEqual(ran);
  });
  test("names of Jobs are valid, and differ when schema versions do", () => {
    const version = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(`migrate-${keyOf(a)}`).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
        if (a !== b) expect(keyOf(a)).not.toBe(keyOf(b));
      }),
    );
  });
});

describe("small decisions", () => {
  test("a release's id depends on all that it consists of, and on no order of writing", () => {
    const release = settings().release;
    const reordered = { ...release, images: Object.fromEntries(Object.entries(release.images).reverse()) };
    expect(releaseId(reordered)).toBe(releaseId(release));
    expect(releaseId(release)).toMatch(/^1\.2\.3-[0-9a-f]{8}$/);
    for (const other of [{ commit: "f".repeat(40) }, { schemaVersion: "8" }, { images: { ...release.images, api: release.images.web! } }]) {
      expect(releaseId({ ...release, ...other })).not.toBe(releaseId(release));
    }
  });
  test("a service with a volume runs once unless told otherwise, and is never autoscaled", () => {
    const { application, environment } = settings();
    expect(scaleOf(application.services[3]!, environment)).toMatchObject({ replicas: { min: 1, max: 1 }, autoscaled: false });
    expect(scaleOf(application.services[0]!, environment)).toMatchObject({ replicas: { min: 2, max: 4 }, autoscaled: true });
  });
  test("URLs: outside for a route, inside without one, none for a worker", () => {
    const all = settings();
    expect(all.application.services.map((service) => urlOf(service, all))).toEqual([
      "https://shop.example.com/",
      "https://shop.example.com/api",
      undefined,
      "http://store.shop-prod.svc",
    ]);
  });
});
