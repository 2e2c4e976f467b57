import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { InitFlags } from "../../ops/init/flags.ts";
import { keepValue } from "../../ops/local/secret-values.ts";
import { run } from "../github/support.ts";
import { project, SERVICES } from "./support.ts";

/** What a kind of project renders to, held to the policy: a finding ends a preview with 1. */
test.each<InitFlags>([
  { environments: "development,production", service: SERVICES.many, database: "postgresql", migrate: "npm run migrate", secret: ["KEY"] },
  { environments: "staging,production", service: SERVICES.stateful, database: "sqlite", branchModel: "branches", repository: "acme/shop" },
])(
  "a preview of what init wrote finds nothing against the policy: %j",
  async (flags) => {
    const { exitCode, out, err } = await run(["preview", "--local"], project(flags));
    expect(err).toBe("");
    expect(out).toMatch(/production: \d+ created/);
    expect(out).not.toMatch(/rule violation/);
    expect(exitCode).toBe(0);
  },
  60_000,
);

test("a value that a person gave the local world reaches the program; the others are made up", async () => {
  const dir = project({ environments: "staging", secret: ["SESSION_KEY", "OTHER_KEY"] });
  const text = [
    'import { writeFileSync } from "node:fs";',
    'import * as pulumi from "@pulumi/pulumi";',
    "const config = new pulumi.Config();",
    'writeFileSync("seen.json", JSON.stringify([config.require("SESSION_KEY"), config.require("OTHER_KEY")]));',
  ];
  writeFileSync(path.join(dir, "index.ts"), `${text.join("\n")}\n`);
  await keepValue(dir, "shop", "staging", "SESSION_KEY", "given-by-hand");
  const ended = await run(["preview", "--local"], dir);
  expect(ended).toMatchObject({ exitCode: 0, err: "" });
  expect(existsSync(path.join(dir, "seen.json"))).toBe(true);
  const [given, other] = JSON.parse(readFileSync(path.join(dir, "seen.json"), "utf8"));
  expect(given).toBe("given-by-hand");
  expect(other).toMatch(/^[\w-]{40,}$/);
  expect(ended.out).not.toContain("given-by-hand");
}, 30_000);
