import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { backupScript, smokeScript } from "../../components/scripts.ts";

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

/** Stands in for the database's tools: writes what a test wants, and notes how it was called. */
describe("the backup", () => {
  const bin = path.join(folder, "bin");
  const target = path.join(folder, "backups");
  const url = path.join(folder, "url");
  const calls = path.join(folder, "calls");
  const tool = (name: string, body: string) => {
    writeFileSync(path.join(bin, name), `#!/bin/sh\necho "${name} $*" >> "${calls}"\n${body}\n`);
    chmodSync(path.join(bin, name), 0o755);
  };
  const dumpWith = (text: string) =>
    `for argument; do case $argument in --file=*) printf '%s' '${text}' > "\${argument#--file=}";; esac; done`;
  beforeEach(() => {
    for (const dir of [bin, target]) rmSync(dir, { recursive: true, force: true });
    for (const dir of [bin, target]) mkdirSync(dir, { recursive: true });
    writeFileSync(calls, "");
    writeFileSync(url, "postgresql://app:secret@db:5432/app");
    tool("pg_dump", dumpWith("PGDMP data"));
    tool("pg_restore", "exit 0");
  });
  const backup = (keepDays = "7") =>
    execa("sh", ["-c", backupScript, "backup", url, target, keepDays], { reject: false, env: { PATH: `${bin}:${process.env.PATH}` } });
  const kept = () => readdirSync(target).sort();

  test("leaves a dump that was read back in full, and its checksum", async () => {
    const result = await backup();
    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^verified \d{8}T\d{6}Z\.dump \(\s*10 bytes\)$/) });
    expect(kept()).toEqual([expect.stringMatching(/^\d{8}T\d{6}Z\.dump$/), expect.stringMatching(/\.dump\.sha256$/)]);
    expect(readFileSync(calls, "utf8")).toMatch(/pg_dump .*\npg_restore --file=\/dev\/null .*\.dump\.part\n$/);
    await execa("sha256sum", ["--check", kept()[1]!], { cwd: target });
  });
  test("fails, and leaves nothing, when the dump cannot be restored", async () => {
    tool("pg_restore", "echo 'pg_restore: error: corrupt' >&2; exit 1");
    expect(await backup()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("the dump cannot be restored") });
    expect(kept()).toEqual([]);
  });
  test("fails when the dump is empty, or cannot be taken", async () => {
    tool("pg_dump", dumpWith(""));
    expect(await backup()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("the dump is empty") });
    tool("pg_dump", "exit 3");
    expect((await backup()).exitCode).toBe(3);
    expect(kept()).toEqual([]);
  });
  test("removes old dumps only after a new one is verified", async () => {
    const old = path.join(target, "20200101T000000Z.dump");
    writeFileSync(old, "old");
    utimesSync(old, new Date(2020, 0, 1), new Date(2020, 0, 1));
    tool("pg_restore", "exit 1");
    await backup();
    expect(kept()).toEqual(["20200101T000000Z.dump"]);
    tool("pg_restore", "exit 0");
    await backup();
    expect(kept()).not.toContain("20200101T000000Z.dump");
    expect(kept()).toHaveLength(2);
  });
  test.each([
    ["postgres://a:b@h/d?schema=public", "postgresql://a:b@h/d"],
    [
      "postgresql://a:b@h/d?schema=public&sslmode=require&pgbouncer=true&connect_timeout=5",
      "postgresql://a:b@h/d?sslmode=require&connect_timeout=5",
    ],
    ["postgresql+asyncpg://a:b@h/d?sslmode=verify-full", "postgresql://a:b@h/d?sslmode=verify-full"],
  ])("%s is understood by libpq as %s", async (written, understood) => {
    writeFileSync(url, `${written}\n`);
    expect((await backup()).exitCode).toBe(0);
    expect(readFileSync(calls, "utf8")).toContain(`--dbname=${understood}\n`);
  });
});
