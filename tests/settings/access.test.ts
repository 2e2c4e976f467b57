import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { readSiblings } from "../../components/siblings.ts";
import { faultsOf, type Variation, type valid } from "./support.ts";

type Settings = ReturnType<typeof valid>;
const prod = "Pulumi.prod.yaml environment.access";
const withAdmin = (change: (s: Settings) => void) => (s: Settings) => {
  s.application.services[0].route.admin = "/admin";
  s.application.secrets.users = { keys: { USERS: { format: "htpasswd" } } };
  s.secrets.USERS = "planted";
  change(s);
};

describe("who reaches an environment", () => {
  test.each<[string, (s: Settings) => void]>([
    ["a few addresses", (s) => (s.environment.access = { admin: { cidrs: ["203.0.113.0/24", "2001:db8::/32"] } })],
    ["users with a password", (s) => (s.environment.access = { admin: { basicAuth: { secret: "USERS" } } })],
    [
      "a rate and users everywhere",
      (s) =>
        (s.environment.access = {
          basicAuth: { secret: "USERS" },
          rateLimit: { requests: 10, per: "second" },
          admin: { cidrs: ["203.0.113.7/32"] },
        }),
    ],
    [
      "everybody, where data is not real",
      (s) => {
        s.environment.access = { admin: "open" };
        s.environment.database.data = "anonymised";
      },
    ],
  ])("may be limited to %s", (_, change) => {
    expect(faultsOf({ change: withAdmin(change) })).toEqual([]);
  });

  const refused: Record<string, [Variation, string[]]> = {
    "nobody says who reaches the admin path": [
      { change: withAdmin(() => {}) },
      [`${prod}.admin: is missing: say who reaches web's /admin: cidrs, basicAuth or both; or open`],
    ],
    "an open admin path beside real data": [
      { change: withAdmin((s) => (s.environment.access = { admin: "open" })) },
      [`${prod}.admin: must not be open: this environment holds real data`],
    ],
    "limits that limit nothing": [
      { change: withAdmin((s) => (s.environment.access = { admin: {} })) },
      [`${prod}.admin: must name cidrs, basicAuth or both; or be open`],
    ],
    "an empty list of addresses": [
      { change: withAdmin((s) => (s.environment.access = { cidrs: [], admin: { cidrs: ["203.0.113.0/24"] } })) },
      [`${prod}.cidrs: must name an address range, or be left out`],
    ],
    "limits of an admin path that does not exist": [
      { change: (s) => (s.environment.access = { admin: { cidrs: ["203.0.113.0/24"] } }) },
      [`${prod}.admin: restricts nothing: no service declares route.admin`],
    ],
    "an admin path beside the route's": [
      {
        change: withAdmin((s) => {
          s.environment.access = { admin: { cidrs: ["203.0.113.0/24"] } };
          s.application.services[1].route.admin = "/apiadmin";
        }),
      },
      ["Pulumi.yaml application.services[1].route.admin: must lie below the route's path /api, such as /api/admin"],
    ],
    "users nobody declared": [
      {
        change: withAdmin((s) => (s.environment.access = { basicAuth: { secret: "PEOPLE" }, admin: { basicAuth: { secret: "NOBODY" } } })),
      },
      [
        `${prod}.basicAuth.secret: "PEOPLE" is not declared for prod: add it to a set of application.secrets, with format: htpasswd`,
        `${prod}.admin.basicAuth.secret: "NOBODY" is not declared for prod: add it to a set of application.secrets, with format: htpasswd`,
      ],
    ],
    "users that a service could read": [
      { change: withAdmin((s) => (s.environment.access = { admin: { basicAuth: { secret: "SENTRY_DSN" } } })) },
      [`${prod}.admin.basicAuth.secret: "SENTRY_DSN" must have format: htpasswd in application.secrets, so that no service is given it`],
    ],
    "a rate of another kind": [
      { change: (s) => (s.environment.access = { rateLimit: { requests: 0, per: "week" } }) },
      [`${prod}.rateLimit.requests: must be 1 or more`, `${prod}.rateLimit.per: must be one of second, minute, hour`],
    ],
    "a service with the name of an admin route": [
      {
        change: withAdmin((s) => {
          s.environment.access = { admin: { cidrs: ["203.0.113.0/24"] } };
          s.application.services[2].name = "web-admin";
          s.release.images["web-admin"] = s.release.images.mailer;
          s.application.services[2].image = "ghcr.io/acme/mailer";
          delete s.release.images.mailer;
        }),
      },
      ["Pulumi.yaml application.services[2].name: is the name of web's admin route: choose another name"],
    ],
  };
  test.each(Object.entries(refused))("%s", (_, [variation, faults]) => {
    expect(faultsOf(variation)).toEqual(faults);
  });
});

describe("a copy of data", () => {
  const at = "Pulumi.dev.yaml environment.database.copy";
  const siblings = [{ stack: "prod", namespace: "p", cluster: "main", hosts: [], data: "real" }];
  const copied =
    (change: (s: Settings) => void = () => {}) =>
    (s: Settings) => {
      s.application.config.settings.keys = { LOG_LEVEL: {} };
      s.application.secrets.keys.keys = { DATABASE_URL: { format: "postgresql-url" } };
      s.application.secrets.source = { keys: { SOURCE_URL: { format: "postgresql-url", only: ["dev"] } } };
      s.application.database.personal = ["users.email"];
      s.secrets = { DATABASE_URL: "planted", SOURCE_URL: "planted" };
      s.environment.database.data = "anonymised";
      s.environment.database.copy = {
        from: "prod",
        secret: "SOURCE_URL",
        cidrs: ["10.9.0.0/24"],
        anonymise: ["UPDATE users SET email = id"],
      };
      change(s);
    };
  const faults = (change?: (s: Settings) => void, others = siblings) =>
    faultsOf({ stack: "dev", change: copied(change), siblings: others });

  test("comes down the promotion path, anonymised", () => {
    expect(faults()).toEqual([]);
    const anonymised = siblings.map((sibling) => ({ ...sibling, data: "anonymised" }));
    expect(faults((s) => delete s.environment.database.copy.anonymise, anonymised)).toEqual([]);
  });

  test.each<[string, (s: Settings) => void, string[]]>([
    ["over real data", (s) => (s.environment.database.data = "real"), [`${at}: would overwrite real data: remove it`]],
    [
      "under the name of synthetic data",
      (s) => (s.environment.database.data = "synthetic"),
      [`${at}: would put prod's data where synthetic data is declared: set database.data to anonymised`],
    ],
    [
      "into a shared database",
      (s) => (s.environment.database.tenancy = "shared"),
      [`${at}: replaces the whole database, which other environments share: it needs tenancy: dedicated`],
    ],
    [
      "where a reset does the same",
      (s) => (s.environment.database.reset = { schedule: "0 4 * * 1" }),
      [`${at}: and database.reset replace each other's data: keep one of them`],
    ],
    ["of itself", (s) => (s.environment.database.copy.from = "dev"), [`${at}.from: is this environment itself`]],
    [
      "of nothing",
      (s) => (s.environment.database.copy.from = "live"),
      [`${at}.from: there is no environment "live" with a stack file in application.promotion.path`],
    ],
    [
      "up the path",
      (s) => (s.application.promotion.path = ["prod", "dev"]),
      [`${at}.from: comes before dev in application.promotion.path: data is copied down the path, never up`],
    ],
    [
      "as it is",
      (s) => (s.environment.database.copy.anonymise = []),
      [`${at}.anonymise: is missing: prod holds real data, and it must not arrive here as it is`],
    ],
    [
      "that nobody could check",
      (s) => delete s.application.database.personal,
      ["Pulumi.yaml application.database.personal: is missing: name the columns with personal data, so that every copy is checked"],
    ],
    [
      "of a column that is none",
      (s) => (s.application.database.personal = ["email"]),
      ["Pulumi.yaml application.database.personal[0]: must be a column as table.column or schema.table.column, such as users.email"],
    ],
    [
      "from its own database",
      (s) => (s.environment.database.copy.secret = "DATABASE_URL"),
      [`${at}.secret: "DATABASE_URL" is this environment's own database: declare another key for the source`],
    ],
    [
      "with a secret that is not declared here",
      (s) => {
        s.application.secrets.source.keys.SOURCE_URL.only = ["prod"];
        delete s.secrets.SOURCE_URL;
      },
      [`${at}.secret: "SOURCE_URL" is not declared for dev: add it to a set of application.secrets`],
    ],
    [
      "with a secret that a service would read",
      (s) => s.application.services[1].secrets.push("source"),
      [`${at}.secret: "SOURCE_URL" would be given to api, which reads its set: put it into a set of its own`],
    ],
  ])("is refused %s", (_, change, expected) => {
    expect(faults(change)).toEqual(expected);
  });

  test("of an environment that does not say what its data is counts as real", () => {
    const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-siblings-"));
    writeFileSync(path.join(dir, "Pulumi.prod.yaml"), "config: { 'shop:environment': { host: shop.example.com, database: {} } }");
    const [prod] = readSiblings(dir, "shop", "dev");
    rmSync(dir, { recursive: true });
    expect(prod).toMatchObject({ stack: "prod", data: "real" });
  });
});
