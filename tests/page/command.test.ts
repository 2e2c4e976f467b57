import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { releaseId } from "../../components/release.ts";
import type { Declarations } from "../../ops/difference/declared.ts";
import { writtenSettings } from "../components/support.ts";
import { liftlock } from "../ops/support/harness.ts";
import { entries } from "./sample.ts";

const dir = mkdtempSync(path.join(tmpdir(), "liftlock-report-"));
afterAll(() => rmSync(dir, { recursive: true }));

const ledger = {
  read: async () => ({ events: entries(60), findings: ["entry 3 was changed"] }),
  append: async () => ({ events: [], unsynced: 0 }),
  sync: async () => ({ sent: 0, received: 0, offline: false }),
};
const engine = (stack: string) => {
  const { application, environment, release } = structuredClone(writtenSettings("ferry", stack));
  const config = {
    "ferry:application": JSON.stringify(application),
    "ferry:environment": JSON.stringify(environment),
    "ferry:release": JSON.stringify(release),
    "ferry:DATABASE_URL": "[secret]",
  };
  const outputs = { release: { id: releaseId(release), ...release }, urls: { web: `https://${stack}.example.com/`, api: "no address" } };
  return { config: async () => config, outputs: async () => outputs };
};
const declarations: Declarations = {
  resources: async () => [],
  secrets: async () => ({ prints: new Map(), from: "closed" }),
};
const run = (line: string) => liftlock(line, { engine, ledger, declarations });

test("liftlock report writes one file that names every environment, what runs and where", async () => {
  const file = path.join(dir, "deep", "report.html");
  const { exitCode, out } = await run(`report --local --out ${file}`);
  expect({ exitCode, out }).toEqual({ exitCode: 0, out: `Open file://${file}` });
  const text = readFileSync(file, "utf8");
  for (const stack of ["development", "staging", "production"]) expect(text).toContain(`https://${stack}.example.com`);
  expect(text).toContain("entry 3 was changed");
  expect(text).toContain("of 60 entries");
  expect(text).toMatch(/Not compared: There is no Pulumi\.\w+\.yaml in \/nowhere/);
});
test("--json gives the page's data; a place that cannot be written is said", async () => {
  const { out } = await run("report --local --json");
  expect(JSON.parse(out)).toMatchObject({
    project: "ferry",
    pipeline: [{ stack: "development" }, { stack: "staging" }, { stack: "production" }],
  });
  const file = path.join(dir, "a-file");
  writeFileSync(file, "");
  const nowhere = await run(`report --local --out ${file}/report.html`);
  expect(nowhere).toMatchObject({ exitCode: 1, err: expect.stringMatching(/could not be written to .*--out FILE/) });
});
