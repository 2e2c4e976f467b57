import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { releaseId } from "../../components/release.ts";
import type { HistoryEntry } from "../../ops/engine.ts";
import type { Happening } from "../../ops/ledger/event.ts";
import { configurationOf } from "../../ops/promotion/configuration.ts";
import { writtenSettings } from "../components/support.ts";
import { Kept } from "../ledger/kept.ts";
import { liftlock } from "../ops/support/harness.ts";
import { release } from "./stand-in.ts";
import "../../ops/commands/promote.ts";

/** Staging runs 1.1.0, production 1.0.0. */
const stacks = ["staging", "production"];
const settings = writtenSettings("ferry", "staging");
const runs = (stack: string) => release(stack === "staging" ? "1.1.0" : "1.0.0");
const application = { ...settings.application, promotion: { path: stacks, gates: {} } };

let dir: string;
let book: Kept;
const file = () => path.join(dir, "Pulumi.production.yaml");
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-promote-"));
  book = new Kept();
  writeFileSync(
    path.join(dir, "Pulumi.yaml"),
    stringify({ name: "ferry", runtime: "nodejs", config: { application: { value: application } } }),
  );
  const config = { "ferry:environment": settings.environment, "ferry:release": runs("production") };
  writeFileSync(file(), stringify({ config }));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const engine = (stack: string) => {
  const secrets = { "ferry:DATABASE_URL": "[secret]", "ferry:SESSION_KEY": "[secret]" };
  const values = { "ferry:application": application, "ferry:environment": settings.environment, "ferry:release": runs(stack) };
  const config = { ...secrets, ...Object.fromEntries(Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)])) };
  const liveSince = "2026-01-01T00:00:00Z";
  const id = releaseId(runs(stack));
  const entry: HistoryEntry = {
    ...{ version: 1, kind: "update", startTime: liveSince, message: "", result: "succeeded", environment: {} },
    config: configurationOf(config),
    resourceChanges: { update: 1 },
  };
  const migrations = [{ schemaVersion: runs(stack).schemaVersion }];
  const outputs = {
    namespace: "ferry",
    release: runs(stack),
    migrations,
    qualified: [{ id, version: runs(stack).version, images: {}, liveSince }],
  };
  return { config: async () => config, outputs: async () => outputs, history: async () => [entry] };
};

const promote = (answers: string[], onQuestion: () => void = () => {}) =>
  liftlock("promote staging production --local --no-up", { engine, ledger: book, stacks, dir, answers, onQuestion });

test("a person who says yes promotes, and the ledger says so", async () => {
  expect(await promote(["production"])).toMatchObject({ exitCode: 0 });
  expect(readFileSync(file(), "utf8")).toContain("1.1.0");
  expect(book.events.map(({ what }) => what.kind)).toEqual(["promotion"]);
});

test.each<[string, Happening]>([
  ["a freeze", { kind: "freeze", reason: "audit" }],
  ["a hold", { kind: "hold", stack: "production", releaseId: releaseId(release("1.1.0")), reason: "flaky", automatic: false }],
])("%s that somebody sets while the question is open stands before it", async (_, what) => {
  const { exitCode, err } = await promote(["production"], () => void book.append(what));
  expect({ exitCode, err }).toMatchObject({
    exitCode: 1,
    err: expect.stringMatching(/closed {2}(freeze|hold)[\s\S]*1 gate closed meanwhile/),
  });
  expect(readFileSync(file(), "utf8")).not.toContain("1.1.0");
  expect(book.events.map(({ what: { kind } }) => kind)).toEqual([what.kind]);
});
