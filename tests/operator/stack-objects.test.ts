import { describe, expect, test } from "vitest";
import { PromotionSettings } from "../../components/gates.schema.ts";
import { type OperatorOptions, objectName, stackObjects, withUpstream } from "../../ops/operator/stack-objects.ts";

const options: OperatorOptions = {
  project: "ferry",
  promotion: PromotionSettings.parse({ path: ["development", "staging", "production"] }),
  platforms: ["platform"],
  repository: "https://github.com/acme/ferry",
  branch: "main",
  folder: "",
  backend: "azblob://state",
  organization: "organization",
  namespace: "pulumi",
};
const all = ["platform", "development", "staging", "production"];
const upstream = (more: Partial<OperatorOptions> = {}) =>
  Object.fromEntries(
    stackObjects(all, { ...options, ...more }).map(({ spec, metadata }) => [
      metadata.name,
      (spec.prerequisites as { name: string }[]).map(({ name }) => name),
    ]),
  );

describe("Stack objects", () => {
  test("wait for those before them on the path, and for what environments share", () => {
    expect(upstream()).toEqual({
      "ferry-platform": [],
      "ferry-development": ["ferry-platform"],
      "ferry-staging": ["ferry-platform", "ferry-development"],
      "ferry-production": ["ferry-platform", "ferry-staging"],
    });
  });
  test("a fan-in waits for all of its upstream", () => {
    const promotion = PromotionSettings.parse({
      path: ["development", "staging", "production"],
      gates: { production: { upstream: { all: ["development", "staging"] } } },
    });
    expect(upstream({ promotion, platforms: [] })["ferry-production"]).toEqual(["ferry-development", "ferry-staging"]);
  });
  test("come with all that they wait for, each once and before what waits", () => {
    const { promotion } = options;
    expect(withUpstream(["production", "platform"], promotion, ["platform"])).toEqual(["platform", "development", "staging", "production"]);
    expect(withUpstream(["staging", "development"], promotion, [])).toEqual(["development", "staging"]);
    expect(withUpstream(["platform"], promotion, ["platform"])).toEqual(["platform"]);
  });
  test("deleting one deletes no environment, and a stack that nobody made is not made", () => {
    for (const { spec } of stackObjects(all, options)) expect(spec).toMatchObject({ destroyOnFinalize: false, useLocalStackOnly: true });
  });
  test("hold the names of secrets, never a value; the passphrase, or Pulumi Cloud's token", () => {
    const [object] = stackObjects(["staging"], { ...options, gitSecret: "git", folder: "deploy" });
    expect(object!.spec).toMatchObject({
      stack: "organization/ferry/staging",
      repoDir: "deploy",
      gitAuth: { accessToken: { type: "Secret", secret: { name: "git", key: "token" } } },
      envRefs: { PULUMI_CONFIG_PASSPHRASE: { type: "Secret", secret: { name: "ferry-pulumi", key: "passphrase" } } },
    });
    const [cloud] = stackObjects(["staging"], { ...options, backend: "https://api.pulumi.com", organization: "acme" });
    expect(cloud!.spec).toMatchObject({ stack: "acme/ferry/staging", envRefs: { PULUMI_ACCESS_TOKEN: { type: "Secret" } } });
  });
  test("names are short enough, and stay apart", () => {
    expect(objectName("ferry", "Staging_EU.1")).toBe("ferry-staging-eu-1");
    const [a, b] = ["europe-west-production-blue", "europe-west-production-green"].map((stack) =>
      objectName("a-project-with-a-long-name", stack),
    );
    expect(a!.length).toBeLessThanOrEqual(42);
    expect(a).not.toBe(b);
  });
});
