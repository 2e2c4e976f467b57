import { describe, expect, test } from "vitest";
import { renderProgram } from "../../local/engine/embedded.ts";
import { Secret, UNKNOWN } from "../../local/engine/values.ts";
import { UserError } from "../../ops/user-error.ts";
import { fakeFactory } from "./support/fake-provider.ts";
import { type Spec, TestProject } from "./support/stack.ts";

function render(project: TestProject, spec: Spec) {
  const settings = { "thing:spec": { value: JSON.stringify({ resources: [], ...spec }), secret: false, object: true } };
  const secrets = Object.entries(project.secrets).map(([key, value]) => [`thing:${key}`, { value, secret: true }]);
  return renderProgram({
    projectDir: project.dir,
    stack: "dev",
    providers: [fakeFactory(project.cloud)],
    extraConfig: { ...settings, ...Object.fromEntries(secrets) },
  });
}

describe("renderProgram", () => {
  const spec: Spec = {
    resources: [
      { name: "group", component: true },
      { name: "a", parent: "group", inputs: { token: "<secret:token>" }, options: { protect: true } },
      { name: "b", inputs: { size: "<a.serial>" }, dependsOn: ["a"] },
    ],
    outputs: { label: "<a.label>" },
    references: ["organization/thing/dev", "organization/thing/other"],
  };

  test("gives what is declared, in order, with its marks, and touches nothing", async () => {
    const project = new TestProject();
    project.secrets.token = "hush-hush";
    const rendered = await render(project, spec);
    const [stack, , a, b] = rendered;
    expect(rendered.map(({ name }) => name)).toEqual(["thing-dev", "group", "a", "b"]);
    expect(a).toMatchObject({ urn: "urn:pulumi:dev::thing::test:index:Group$test:index:Thing::a", protect: true, custom: true });
    expect(a?.inputs.token).toEqual(new Secret("hush-hush"));
    expect(b?.inputs.size).toBe(UNKNOWN);
    expect(b?.dependencies).toEqual([a?.urn]);
    expect(stack?.outputs).toEqual({
      label: a?.inputs.label,
      "stack organization/thing/dev": {},
      "stack organization/thing/other": UNKNOWN,
    });
    expect(project.cloud.calls).toEqual([]);
  });

  test("automatic names follow the content: the same twice, another for other content", async () => {
    const project = new TestProject();
    const labels = async (size: number) =>
      (await render(project, { resources: [{ name: "a", inputs: { size } }] })).map(({ inputs }) => inputs.label).filter(Boolean);
    const [first, again, other] = [await labels(1), await labels(1), await labels(2)];
    expect(first).toEqual(again);
    expect(first).not.toEqual(other);
  });

  test("a program that fails is a UserError with its own words", async () => {
    const project = new TestProject();
    const failing = render(project, { fail: "port: 70000 is no port" });
    await expect(failing).rejects.toThrow(new UserError("port: 70000 is no port"));
    await expect(failing).rejects.toBeInstanceOf(UserError);
    await expect(render(project, { resources: [{ name: "a", inputs: { size: -1 } }] })).rejects.toThrow(
      /Thing::a, size: must not be negative/,
    );
    await expect(render(project, { resources: [{ name: "a", type: "aws:s3:Bucket" }] })).rejects.toThrow(
      /no provider "aws" \(it has: pulumi, test\)/,
    );
  });
});
