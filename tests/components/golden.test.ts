import path from "node:path";
import { describe, expect, test } from "vitest";
import { redact } from "../../local/engine/values.ts";
import { evaluate } from "../../policy/evaluate.ts";
import type { PolicyResource } from "../../policy/rule.ts";
import { projects } from "../settings/projects.ts";
import { leaks, readable, render } from "./support.ts";

const folder = path.resolve(import.meta.dirname, "../golden");

const policyResources = (resources: Awaited<ReturnType<typeof render>>): PolicyResource[] =>
  resources
    .filter(({ custom }) => custom)
    .map(({ urn, type, name, protect, inputs }) => ({ urn, type, name, protect, props: redact(inputs) as Record<string, unknown> }));

/**
 * Everything that each committed stack declares, as reviewed files: a change of the program shows its effect on every environment. They
 * are rewritten only by hand (vitest -u); what must hold is named in the tests beside this one.
 */
describe.each(projects)("$project", ({ project, stacks }) => {
  test.each(stacks)("%s declares what was reviewed, and breaks no rule of the policy pack", async (stack) => {
    const resources = await render(project, stack);
    const text = readable(resources);
    expect(leaks(text)).toBe(false);
    expect(evaluate(policyResources(resources), [], new Date()).findings).toEqual([]);
    await expect(text).toMatchFileSnapshot(path.join(folder, `${project}-${stack}.yaml`));
  });
});
