import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { loadSettings } from "../../components/settings.ts";
import { projects, rawSettings } from "./projects.ts";

const [{ dir, project }] = projects;

beforeAll(() => {
  pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, project, "staging");
});
afterEach(() => vi.restoreAllMocks());

const load = (change: (values: Record<string, string>) => void = () => {}) => {
  const raw = rawSettings(dir, project, "staging");
  const values = { ...raw.values };
  change(values);
  vi.spyOn(process, "cwd").mockReturnValue(dir);
  pulumi.runtime.setAllConfig(values, [...raw.secretKeys]);
  return loadSettings();
};

test("secrets keep their mark on the way into the program", async () => {
  const { secrets } = load();
  expect(Object.keys(secrets)).toEqual(["DATABASE_URL", "SESSION_KEY"]);
  for (const secret of Object.values(secrets)) expect(await pulumi.isSecret(secret)).toBe(true);
});

test("faults surface as one RunError, which Pulumi prints without a stack trace", () => {
  const broken = () =>
    load((values) => {
      delete values["ferry:DATABASE_URL"];
      values["ferry:environment"] = values["ferry:environment"]!.replace("staging.ferry.example.com", "ferry.example.com");
    });
  expect(broken).toThrow(pulumi.RunError);
  expect(broken).toThrow(
    [
      "Pulumi.staging.yaml is not valid:",
      "  DATABASE_URL: is missing. Set it: pulumi config set --secret DATABASE_URL --stack staging",
      "  environment.host: is a host of production too (Pulumi.production.yaml): each environment needs its own",
    ].join("\n"),
  );
});
