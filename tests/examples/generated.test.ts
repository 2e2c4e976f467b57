import path from "node:path";
import { expect, test } from "vitest";
import { exampleFiles, exampleFolders, written } from "../../ops/docs/examples.ts";

test.each(exampleFolders().map((dir) => [path.basename(dir), dir]))(
  "%s: its workflows, CODEOWNERS and DEPLOYMENT.md are what its settings say (npm run docs)",
  async (_, dir) => {
    const wanted = await exampleFiles(dir);
    expect(Object.keys(wanted)).toEqual(expect.arrayContaining(["DEPLOYMENT.md", ".github/workflows/deploy-production.yml"]));
    expect(Object.keys(written(dir))).toEqual(Object.keys(wanted));
    for (const [file, text] of Object.entries(wanted)) expect(written(dir)[file], file).toBe(text);
  },
);
