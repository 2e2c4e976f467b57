import path from "node:path";
import { execaNode } from "execa";
import { beforeEach, describe, expect, test } from "vitest";
import { moment } from "../../ops/ledger/select.ts";
import { readTime } from "../../ops/read-time.ts";
import { Kept } from "../ledger/kept.ts";
import { liftlock } from "../ops/support/harness.ts";
import "../../ops/commands/freeze.ts";

const noon = Date.UTC(2026, 10, 21, 12);

describe("a time that somebody types", () => {
  test.each([
    ["2026-11-21T12:00:00Z", noon],
    ["2026-11-21T13:00+01:00", noon],
    ["2026-11-21t12:00:00.000z", noon],
    ["2026-11-21 12:00", noon],
    ["2026-11-21", noon - 12 * 3_600_000],
    ["2028-02-29", Date.UTC(2028, 1, 29)],
  ])("%s", (text, expected) => expect(readTime(text)).toBe(expected));
  test.each(["2026-02-30", "2026-11-31T12:00Z", "2026-02-29", "2026-11-21T25:00Z", "21.11.2026", "soon", "", "2026-11-21T12:00 CET"])(
    "%j is none",
    (text) => {
      expect(readTime(text)).toBeUndefined();
      expect(() => moment(text, 0)).toThrow("--since takes");
    },
  );
  test("without a zone it is UTC, wherever the machine stands", async () => {
    const file = JSON.stringify(path.resolve(import.meta.dirname, "../../ops/read-time.ts"));
    const script = `console.log((await import(${file})).readTime("2026-11-21T12:00"))`;
    const { stdout } = await execaNode({ env: { TZ: "Asia/Tokyo" } })("--input-type=module", ["-e", script]);
    expect(Number(stdout)).toBe(noon);
  });
});

describe("commands", () => {
  let book: Kept;
  beforeEach(() => {
    book = new Kept();
  });
  const config = async () => ({ "ferry:application": JSON.stringify({ name: "ferry" }) });
  const run = (line: string) => liftlock(line, { ledger: book, engine: { config } });
  test.each(["freeze --reason x --until 2099-02-30", "log --since 2026-02-30"])("%s is refused as usage", async (line) =>
    expect(await run(line)).toMatchObject({ exitCode: 2, err: expect.stringContaining("2-30") }),
  );
});
