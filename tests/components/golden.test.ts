import path from "node:path";
import { describe, expect, test } from "vitest";
import { projects } from "../settings/projects.ts";
import { leaks, readable, render } from "./support.ts";

const folder = path.resolve(import.meta.dirname, "../golden");

/**
 * Everything that each committed stack declares, as reviewed files: a change of the program shows its effect on every environment. They
 * are rewritten only by hand (vitest -u); what must hold is named in the tests beside this one.
 */
describe.each(projects)("$project", ({ project, stacks }) => {
  test.each(stacks)("%s declares what was reviewed", async (stack) => {
    const text = readable(await render(project, stack));
    expect(leaks(text)).toBe(false);
    await expect(text).toMatchFileSnapshot(path.join(folder, `${project}-${stack}.yaml`));
  });
});
