import { expect, test } from "vitest";
import type { InitFlags } from "../../ops/init/flags.ts";
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
