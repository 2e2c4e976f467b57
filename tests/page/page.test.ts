import { describe, expect, test } from "vitest";
import { runsOf } from "../../ops/metrics/runs.ts";
import { pageHtml } from "../../ops/page/page.ts";
import { weeksOf } from "../../ops/page/weeks.ts";
import { entries, samplePage } from "./sample.ts";

describe("the page", () => {
  test("holds what somebody wrote as text, never as markup", async () => {
    const text = await pageHtml(samplePage(300));
    expect(text).not.toMatch(/<img|<script>alert/);
    expect(text).toContain("seats &lt;img src=x onerror=alert(1)&gt;");
    const data = /<script type="application\/json" id="entries">(.*)<\/script>/.exec(text)![1]!;
    expect(data).not.toContain("<");
    expect(JSON.parse(data)).toHaveLength(300);
  });
  test("says why environments are not compared", async () => {
    expect(await pageHtml({ ...samplePage(6), compared: { because: "a file is wrong" } })).toContain("Not compared: a file is wrong");
  });
  test("of an empty ledger, with nothing that runs", async () => {
    const page = samplePage(1);
    const text = await pageHtml({ ...page, events: [], metrics: [], pipeline: [{ ...page.pipeline[0]!, release: undefined }] });
    expect(text).toContain("nothing runs there yet");
    expect(text).toContain("0 of 0 entries");
  });
});

test("weeks count each run once, up to now", () => {
  const now = Date.parse("2026-11-21T12:00:00Z");
  const events = entries(600);
  const weeks = weeksOf(runsOf(events, "production"), now, 26);
  const total = weeks.reduce((sum, { succeeded, failed }) => sum + succeeded + failed, 0);
  expect(total).toBe(runsOf(events, "production").length);
  expect(weeks).toHaveLength(26);
  expect(weeks[0]!.from).toBe("2026-05-23");
});
