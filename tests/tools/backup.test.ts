import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { backupScript } from "../../components/scripts.ts";
import { type PostgresServer, startPostgres } from "./postgres.ts";

/** The backup's script, run against a real PostgreSQL server with its real tools. */
const folder = mkdtempSync(path.join(os.tmpdir(), "liftlock-backup-"));
const bin = path.join(folder, "bin");
const target = path.join(folder, "backups");
const url = path.join(folder, "url");
let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
  await server.createDatabase("app");
  await server.sql(
    "app",
    "CREATE TABLE seats (id serial PRIMARY KEY, label text); INSERT INTO seats (label) SELECT 'seat ' || n FROM generate_series(1, 5000) n",
  );
  writeFileSync(url, `${server.url("app")}?schema=public\n`);
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  for (const dir of [bin, target]) {
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true });
  }
});

const backup = () =>
  execa("sh", ["-c", backupScript, "backup", url, target, "7"], {
    reject: false,
    env: { PATH: `${bin}:${server.bin}:${process.env.PATH}` },
  });
const kept = () => readdirSync(target).sort();

/** A pg_dump that answers well, and whose file then loses its end. */
const truncate = (share: number) => {
  const body = `"${server.bin}/pg_dump" "$@"
for argument; do case $argument in --file=*) file=\${argument#--file=};; esac; done
truncate -s "$(($(wc -c < "$file") * ${share} / 100))" "$file"`;
  writeFileSync(path.join(bin, "pg_dump"), `#!/bin/sh\nset -e\n${body}\n`);
  chmodSync(path.join(bin, "pg_dump"), 0o755);
};

test("a backup brings everything back", async () => {
  expect(await backup()).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^verified /) });
  const [dump] = kept();
  await execa("sha256sum", ["--check", kept()[1]!], { cwd: target });
  await server.createDatabase("restored");
  await execa(path.join(server.bin, "pg_restore"), [
    "--no-owner",
    "--exit-on-error",
    `--dbname=${server.url("restored")}`,
    path.join(target, dump!),
  ]);
  expect(await server.sql("restored", "SELECT count(*) FROM seats; SELECT label FROM seats WHERE id = 4711")).toEqual([
    "5000",
    "seat 4711",
  ]);
});

test.each([1, 50, 90, 99])("a dump of which only %i % arrived is no backup", async (share) => {
  truncate(share);
  const { exitCode, stderr } = await backup();
  expect(exitCode).toBe(1);
  expect(stderr).toContain("the dump cannot be restored");
  expect(kept()).toEqual([]);
});

test("a database that does not answer leaves no file", async () => {
  writeFileSync(url, "postgresql://a:b@127.0.0.1:1/x");
  expect((await backup()).exitCode).not.toBe(0);
  expect(kept()).toEqual([]);
});
