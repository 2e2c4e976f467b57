import { readFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseSettings } from "../../components/parse.ts";
import { rawSettings, stackFiles } from "../settings/projects.ts";
import { examples, settingsOf } from "./examples.ts";

const root = path.resolve(import.meta.dirname, "../..");
const schema = (name: string) =>
  new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(readFileSync(path.join(root, "schemas", name), "utf8")));
const [project, stackFile] = [schema("project.schema.json"), schema("stack.schema.json")];

test("the five systems are there, each with its environments", () => {
  expect(Object.fromEntries(examples.map(({ name, stacks }) => [name, stacks]))).toEqual({
    academiclab: ["staging", "production"],
    contestlet: ["development", "staging", "production"],
    "job-automation": ["staging", "production"],
    "life-os": ["staging", "production"],
    studysphere: ["development", "testing", "production"],
  });
});

describe.each(examples)("$name", ({ name, dir, stacks }) => {
  test("keeps the schemas that editors check by", () => {
    for (const file of ["Pulumi.yaml", ...stackFiles(dir)]) {
      const validate = file === "Pulumi.yaml" ? project : stackFile;
      expect(validate(parse(readFileSync(path.join(dir, file), "utf8"))), `${file}: ${JSON.stringify(validate.errors)}`).toBe(true);
    }
  });
  test.each(stacks)("%s is right, and runs the same images as every environment", (stack) => {
    expect(settingsOf(name, stack).release).toEqual(settingsOf(name, stacks[0]!).release);
  });
  test("real data is backed up and protected; before the last environment somebody or something has to say yes", () => {
    for (const stack of stacks) {
      const { environment } = settingsOf(name, stack);
      if (environment.database?.data !== "real") continue;
      expect(environment, stack).toMatchObject({ protect: true, database: { backup: { keepDays: expect.any(Number) } } });
    }
    const { promotion } = settingsOf(name, stacks[0]!).application;
    const gates = promotion.gates[stacks.at(-1)!]!;
    expect(gates.approvals.length + gates.checks.filter(({ when }) => when === "before").length).toBeGreaterThan(0);
  });
});

/** One stack with one key changed, and what is said about it. */
function faultsOf(
  name: string,
  stack: string,
  change: (environment: Record<string, never>, values: Record<string, string>) => void,
): string[] {
  const written = rawSettings(path.join(root, "examples", name), name, stack);
  const raw = { ...written, values: { ...written.values } };
  const environment = JSON.parse(raw.values[`${name}:environment`]!);
  change(environment, raw.values);
  const parsed = parseSettings({ ...raw, values: { ...raw.values, [`${name}:environment`]: JSON.stringify(environment) } });
  return parsed.ok ? [] : parsed.faults.map(({ path: where, message }) => `${where}: ${message}`);
}
// biome-ignore lint/suspicious/noExplicitAny: settings as a person writes them
type Any = any;

describe("what each strategy rules out", () => {
  test.each<[string, string, string, (environment: Any, values: Any) => void, RegExp]>([
    [
      "contestlet: a telephone number of Twilio's in development",
      "contestlet",
      "development",
      (_, values) => (values["contestlet:TWILIO_PHONE_NUMBER"] = "+15551234567"),
      /^TWILIO_PHONE_NUMBER: must not be set here/,
    ],
    [
      "contestlet: exceptions of staging among production's",
      "contestlet",
      "staging",
      (_, values) => (values["contestlet:SENTRY_DSN"] = "https://key@sentry.example.com/1"),
      /^SENTRY_DSN: must not be set here/,
    ],
    [
      "contestlet: a secret that nobody set",
      "contestlet",
      "production",
      (_, values) => delete values["contestlet:SECRET_KEY"],
      /^SECRET_KEY: is missing.*--stack production/,
    ],
    ["life-os: a database that is no Redis", "life-os", "staging", (e) => (e.config["api-config"].REDIS_DB = "1"), /REDIS_DB.*is surplus/],
    [
      "life-os: a door without its password",
      "life-os",
      "staging",
      (_, values) => delete values["life-os:STAGING_USERS"],
      /^STAGING_USERS: is missing/,
    ],
    [
      "contestlet: a key that development has not",
      "contestlet",
      "production",
      (e) => delete e.config["api-config"].SMS_LIMITS,
      /SMS_LIMITS.*is missing/,
    ],
    ["contestlet: a key too many", "contestlet", "staging", (e) => (e.config["api-config"].TWILIO_MODE = "x"), /TWILIO_MODE.*is surplus/],
    [
      "job-automation: a second replica",
      "job-automation",
      "production",
      (e) => (e.services = { app: { replicas: { min: 2, max: 2 } } }),
      /one writer/,
    ],
    [
      "job-automation: an autoscaler",
      "job-automation",
      "staging",
      (e) => (e.services = { app: { replicas: { min: 1, max: 3 } } }),
      /one writer/,
    ],
    [
      "job-automation: two colours",
      "job-automation",
      "production",
      (e) => (e.services = { app: { strategy: { kind: "blueGreen" } } }),
      /one writer/,
    ],
    [
      "job-automation: a canary",
      "job-automation",
      "production",
      (e) => (e.services = { app: { strategy: { kind: "canary" } } }),
      /one writer/,
    ],
    [
      "job-automation: production's account in staging",
      "job-automation",
      "staging",
      (e) => (e.config["app-config"].PRODUCTION_ACCOUNT = "live"),
      /PRODUCTION_ACCOUNT.*must not be set here/,
    ],
    [
      "job-automation: a reset of production",
      "job-automation",
      "production",
      (e) => (e.database.reset = { schedule: "0 4 * * 1" }),
      /never reset/,
    ],
    ["life-os: a reset of production", "life-os", "production", (e) => (e.database.reset = { schedule: "0 4 * * 1" }), /never reset/],
    [
      "studysphere: a reset of production",
      "studysphere",
      "production",
      (e) => (e.database.reset = { schedule: "0 4 * * 1" }),
      /never reset/,
    ],
    ["studysphere: an open dashboard in production", "studysphere", "production", (e) => (e.access.admin = "open"), /must not be open/],
  ])("%s", (_, name, stack, change, said) => {
    expect(faultsOf(name, stack, change).join("\n")).toMatch(said);
  });
});
