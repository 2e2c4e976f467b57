import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pageHtml } from "../../ops/page/page.ts";
import { samplePage } from "../page/sample.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const dir = mkdtempSync(path.join(tmpdir(), "liftlock-page-"));
const url = pathToFileURL(path.join(dir, "report.html")).href;
let browser: Browser;

beforeAll(async () => {
  const executablePath = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((file) => existsSync(file));
  if (executablePath === undefined) throw new Error("These tests need a browser: install Debian's package chromium.");
  writeFileSync(path.join(dir, "report.html"), await pageHtml(samplePage(10_000)));
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
});
afterAll(async () => {
  await browser?.close();
  rmSync(dir, { recursive: true });
});

/** The page, opened from its file. What a browser complains of, asks for or pops up is gathered. */
async function open(options: Parameters<Browser["newPage"]>[0] = {}): Promise<{ page: Page; trouble: string[] }> {
  const page = await browser.newPage(options);
  const trouble: string[] = [];
  page.on("pageerror", (error) => trouble.push(error.message));
  page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
  page.on("dialog", (dialog) => trouble.push(`dialog: ${dialog.message()}`));
  page.on("request", (request) => request.url() !== url && !request.url().startsWith("data:") && trouble.push(`asks for ${request.url()}`));
  await page.goto(url);
  return { page, trouble };
}

describe("the report in a browser, with 10,000 entries", () => {
  test.each(["light", "dark"] as const)("%s: nothing that axe objects to, nothing loaded, nothing executed", async (colorScheme) => {
    const { page, trouble } = await open({ colorScheme, bypassCSP: true });
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    await page.evaluate(axe);
    const violations = (await page.evaluate("axe.run()")) as { violations: { id: string; nodes: { html: string }[] }[] };
    expect(violations.violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    expect(trouble).toEqual([]);
    await page.close();
  });

  test("the keyboard is enough: skip to the content, filter, show more", async () => {
    const { page, trouble } = await open();
    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").textContent()).toBe("Skip to content");
    await page.keyboard.press("Enter");
    expect(await page.locator(":focus").getAttribute("id")).toBe("main");
    await page.getByLabel("kind").focus();
    await page.keyboard.type("approval");
    await expect.poll(() => page.locator("#shown").textContent()).toBe("200 of 1666 entries");
    await page.getByRole("button", { name: "Show more" }).press("Enter");
    expect(await page.locator("#shown").textContent()).toBe("400 of 1666 entries");
    expect(await page.locator("#timeline tbody tr").count()).toBe(400);
    expect(trouble).toEqual([]);
    await page.close();
  });

  test("text and environment narrow the timeline; what concerns all environments stays", async () => {
    const { page } = await open();
    await page.getByLabel("text").fill("1.1600.0");
    const found = await page.locator("#timeline tbody tr").allTextContents();
    expect(found).toHaveLength(6);
    await page.locator("select[name=stack]").selectOption("staging");
    const rows = await page.locator("#timeline tbody tr").allTextContents();
    expect(rows.length).toBeLessThan(6);
    expect(rows.every((row) => !row.includes("to production"))).toBe(true);
    await page.close();
  });

  test("on a narrow screen nothing but the tables is wider than it", async () => {
    const { page } = await open({ viewport: { width: 360, height: 800 } });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
    await page.close();
  });

  test("without scripts the newest entries stand there", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(url);
    expect(await page.locator("#timeline tbody tr").count()).toBe(100);
    await context.close();
  });
});
