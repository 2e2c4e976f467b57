import { expect, test } from "vitest";
import { looksLikeCredential } from "../../components/rules/credentials.ts";
import { declaredSecrets } from "../../components/secrets.ts";
import { errorOf, faultsOf, valid } from "./support.ts";

const prod = "Pulumi.prod.yaml";

test("a missing secret says how to set it", () => {
  expect(faultsOf({ change: (s) => delete s.secrets.DATABASE_URL })).toEqual([
    `${prod} DATABASE_URL: is missing. Set it: pulumi config set --secret DATABASE_URL --stack prod`,
  ]);
});

test("a secret in clear is refused by name, and its value is not repeated", () => {
  const error = errorOf({ change: (s) => (s.secrets.DATABASE_URL = "planted-in-clear"), clear: ["DATABASE_URL"] });
  expect(error).toContain(
    "DATABASE_URL: is a secret, and stands here in clear. Encrypt it: pulumi config set --secret DATABASE_URL --stack prod",
  );
  expect(error).not.toContain("planted-in-clear");
});

test("a secret among the configuration values is refused by name", () => {
  const error = errorOf({ change: (s) => (s.environment.config.settings.DATABASE_URL = "planted-in-clear") });
  expect(error).toContain("environment.config.settings.DATABASE_URL: is a secret: remove it here and run pulumi config set --secret");
  expect(error).not.toContain("planted-in-clear");
});

test("a secret that the environment does not have, and one that nobody declared", () => {
  const dev = (s: ReturnType<typeof valid>) => (s.environment.config.settings.TRACE = true);
  expect(faultsOf({ stack: "dev", change: dev })).toEqual([
    "Pulumi.dev.yaml SENTRY_DSN: must not be set here: application.secrets leaves out dev for it",
  ]);
  expect(faultsOf({ change: (s) => (s.secrets.OTHER = "x") })).toEqual([
    `${prod} OTHER: is a secret that the application does not declare: add it to a set of application.secrets`,
  ]);
});

test("an unknown key beside the settings", () => {
  expect(faultsOf({ change: (s) => (s.secrets.enviroment = "{}"), clear: ["enviroment"] })).toEqual([
    `${prod} enviroment: is not a known setting; known here: environment, release, and the secrets that the application declares`,
  ]);
});

test.each([
  ["a URL with a password", "postgresql://app:hunter2@db.example.com/app"],
  ["a private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE"],
  ["a private key", "-----BEGIN PRIVATE KEY-----"],
  ["a GitHub token", `ghp_${"a1".repeat(18)}`],
  ["a GitHub token", `github_pat_${"a1".repeat(20)}`],
  ["a GitLab token", `glpat-${"a1".repeat(10)}`],
  ["an AWS access key", "AKIAABCDEFGHIJKLMNOP"],
  ["an Azure account key", `DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${"ab".repeat(20)}==`],
  ["a shared access signature", `https://x.blob.core.windows.net/c?sv=1&sig=${"ab".repeat(15)}`],
  ["a Google API key", `AIza${"b".repeat(35)}`],
  ["an OpenAI or Anthropic key", `sk-proj-${"c".repeat(24)}`],
  ["a Stripe key", `sk_live_${"d".repeat(24)}`],
  ["a Slack token", "xoxb-123456789012-abcdef"],
  ["a SendGrid key", `SG.${"e".repeat(22)}.${"f".repeat(43)}`],
  ["an npm token", `npm_${"a".repeat(36)}`],
  ["a JSON Web Token", `eyJ${"a".repeat(20)}.eyJ${"b".repeat(20)}.sig`],
])("%s in the settings is refused, and not repeated", (kind, value) => {
  expect(looksLikeCredential(value)).toBe(kind);
  const error = errorOf({
    change: (s) => {
      s.application.config.settings.keys.LOG_LEVEL = {};
      s.environment.config.settings.LOG_LEVEL = value;
    },
  });
  expect(error).toContain(`environment.config.settings.LOG_LEVEL: looks like ${kind}: declare it in application.secrets`);
  expect(error).not.toContain(value);
});

test.each([
  "https://app.example.com/path?x=1",
  "sha256:".padEnd(71, "a"),
  "redis://cache:6379/1",
  "user@example.com",
  "task-runner",
  "1.2.3",
])("%s is no credential", (value) => expect(looksLikeCredential(value)).toBeUndefined());

test("no message ever holds a value: planted values in every place", () => {
  const planted = "planted-value-4711";
  const error = errorOf({
    change: (s) => {
      s.environment.config.settings = { LOG_LEVEL: planted, TRACE: planted, OTHER: planted };
      s.environment.flags.fast = planted;
      s.environment.host = planted;
      s.environment.database.backup = { schedule: planted, timeZone: planted, keepDays: planted, size: planted };
      s.release = { version: planted, commit: planted, schemaVersion: `${planted} `, images: { api: planted } };
      s.secrets = { DATABASE_URL: planted, OTHER: planted };
    },
    clear: ["DATABASE_URL", "OTHER"],
  });
  expect(error.split("\n").length).toBeGreaterThan(9);
  expect(error).not.toContain(planted);
});

test("an encrypted value inside the structured settings is refused", () => {
  expect(
    errorOf({
      change: (s) => {
        s.secrets.environment = JSON.stringify(s.environment);
        delete s.environment;
      },
    }),
  ).toContain("environment: holds an encrypted value: move it to a flat secret key beside it");
});

test("declared secrets, of all environments and of one", () => {
  const { application } = valid();
  expect(declaredSecrets(application)).toEqual([
    { key: "DATABASE_URL", set: "keys", format: "postgresql-url", only: undefined, except: undefined },
    { key: "SENTRY_DSN", set: "keys", format: "text", only: ["prod"], except: undefined },
  ]);
  expect(declaredSecrets(application, "dev").map(({ key }) => key)).toEqual(["DATABASE_URL"]);
  expect(declaredSecrets({ name: "not an application" })).toEqual([]);
});
