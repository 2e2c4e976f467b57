import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { libpqUrl, smokeScript } from "../../components/scripts.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "liftlock-scripts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the smoke test", () => {
  const answers: Record<string, [number, string]> = {
    "/ok": [200, '{"status":"ok","errors":0}'],
    "/created": [201, ""],
    "/broken": [500, "oops"],
    "/missing": [404, "no"],
    "/says-error": [200, '{"status":"Error"}'],
    "/moved": [302, ""],
  };
  const server = createServer((request, response) => {
    const [code, body] = answers[request.url ?? ""] ?? [404, ""];
    response.writeHead(code, code === 302 ? { location: "/ok" } : {}).end(body);
  });
  let base = "";
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  afterAll(() => server.close());

  const smoke = (...checks: string[]) =>
    execa("sh", ["-c", smokeScript, "smoke", ...checks.flatMap((check) => [base + check, "error"])], { reject: false });

  test.each(["/ok", "/created", "/moved"])("%s passes", async (check) => {
    expect(await smoke(check)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`ok   ${base}${check}`) });
  });
  test.each([
    ["/broken", "answers 500"],
    ["/missing", "answers 404"],
    ["/says-error", 'answers 200, but its body says "error"'],
  ])("%s fails, and says why", async (check, reason) => {
    expect(await smoke(check)).toMatchObject({ exitCode: 1, stdout: `FAIL ${base}${check} ${reason}` });
  });
  test("one bad answer among good ones fails, and every check is made", async () => {
    const { exitCode, stdout } = await smoke("/ok", "/broken", "/created");
    expect(exitCode).toBe(1);
    expect(stdout.split("\n")).toHaveLength(3);
  });
});

test.each([
  ["postgres://a:b@h/d?schema=public", "postgresql://a:b@h/d"],
  [
    "postgresql://a:b@h/d?schema=public&sslmode=require&pgbouncer=true&connect_timeout=5",
    "postgresql://a:b@h/d?sslmode=require&connect_timeout=5",
  ],
  ["postgresql+asyncpg://a:b@h/d?sslmode=verify-full", "postgresql://a:b@h/d?sslmode=verify-full"],
])("%s is understood by libpq as %s", async (written, understood) => {
  const file = path.join(folder, "url");
  writeFileSync(file, `${written}\n`);
  const { stdout } = await execa("sh", ["-c", `${libpqUrl}\nlibpq_url "$1"`, "url", file]);
  expect(stdout).toBe(understood);
});
