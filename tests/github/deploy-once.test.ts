import { expect, test } from "vitest";
import { parse } from "yaml";
import type { Happening, Ledger, LedgerEvent } from "../../ops/ledger/event.ts";
import { projectOnGithub } from "../../ops/workflows/from-project.ts";
import { workflowFiles } from "../../ops/workflows/workflows.ts";
import { fakeEngine, liftlock } from "../ops/support/harness.ts";
import { readYaml } from "../settings/projects.ts";
import { commandLines } from "./command-lines.ts";
import { root } from "./support.ts";

/** Strategy 002 starts a deployment by a push to main and by the tag of the same release. */
test("a push to main and the tag of its release are one deployment", async () => {
  const dir = `${root}/examples/job-automation`;
  const project = { name: "job-automation", dir, stacks: ["staging", "production", "platform"], platforms: ["platform"] };
  const files = workflowFiles(projectOnGithub(project, "").workflows);
  const { on, jobs } = parse(files["deploy-production.yml"]!);
  expect(on.push).toEqual({ branches: ["main"], tags: ["v*"] });
  expect(jobs.deploy.concurrency).toEqual({ group: "liftlock-production", "cancel-in-progress": false, queue: "max" });
  const [line] = commandLines(jobs.deploy.steps.find(({ name }: { name?: string }) => name === "Deploy").run);
  expect(line?.args).toEqual(["up", "production", "--yes"]);

  // The two runs, one after the other: what the first did, the second finds done.
  const release = readYaml(dir, "Pulumi.production.yaml").config["job-automation:release"];
  const appended: Happening[] = [];
  const ledger: Ledger = {
    read: async () => ({ events: appended.map((what, number) => ({ number, what }) as LedgerEvent), findings: [] }),
    append: async (...what) => {
      appended.push(...what);
      return { events: [], unsynced: 0 };
    },
    sync: async () => ({ sent: 0, received: 0, offline: false }),
  };
  let ran = 0;
  const up: ReturnType<typeof fakeEngine>["up"] = async (options) => {
    const result = await fakeEngine().up(options);
    return ran++ === 0 ? { ...result, changeSummary: { create: 9 } } : result;
  };
  const engine = { up, config: async () => ({ "ferry:release": JSON.stringify(release) }) };
  for (const trigger of ["push", "tag"])
    expect(await liftlock(line!.args.join(" "), { ledger, engine }), trigger).toMatchObject({ exitCode: 0 });
  expect(ran).toBe(2);
  expect(appended).toMatchObject([{ kind: "deployment", stack: "production", result: "succeeded", release: { version: "1.0.0" } }]);
});
