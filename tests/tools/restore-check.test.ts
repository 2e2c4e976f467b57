import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import getPort from "get-port";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { restoreCheckScript } from "../../components/azure/restore-check-script.ts";
import { type PostgresServer, startPostgres } from "./postgres.ts";

/** The very script that asks a restored server, against a real PostgreSQL server: the URL names another host, as it does before a cut-over. */
const folder = mkdtempSync(path.join(os.tmpdir(), "liftlock-restore-check-"));
const [file, report] = ["url", "report"].map((name) => path.join(folder, name)) as [string, string];
let server: PostgresServer;
let database: string;
let count = 0;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  database = `app${++count}`;
  await server.createDatabase(database);
  rmSync(report, { force: true });
});

const elsewhere = () => server.url(database).replace("127.0.0.1", "old.example.invalid");
async function check(url = elsewhere(), more: Record<string, string> = {}) {
  writeFileSync(file, `${url.replace("postgresql://", "postgresql+asyncpg://")}?schema=public\n`);
  const env = {
    PATH: `${server.bin}:${process.env.PATH}`,
    URL_FILE: file,
    HOST: "127.0.0.1",
    REPORT: report,
    TRIES: "2",
    WAIT: "0",
    ...more,
  };
  const { exitCode, all } = await execa("sh", ["-c", restoreCheckScript, "restore-check"], {
    reject: false,
    all: true,
    env,
    extendEnv: false,
  });
  return { exitCode, all, report: existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : undefined };
}
const sql = (statements: string) => server.sql(database, statements);

describe("a restored server is asked", () => {
  test("for its tables, with the login of the URL and on the server's own port", async () => {
    await sql("CREATE TABLE a (id int); CREATE SCHEMA crm; CREATE TABLE crm.b (id int); CREATE VIEW c AS SELECT 1;");
    expect(await check()).toMatchObject({ exitCode: 0, report: { tables: 2, schema: "" } });
  });
  test("for the schema version that Prisma wrote, the last one that got through", async () => {
    await sql(`CREATE TABLE _prisma_migrations (migration_name text, finished_at timestamptz, rolled_back_at timestamptz);
      INSERT INTO _prisma_migrations VALUES ('1_init', now() - interval '2 days', NULL), ('2_seats', now() - interval '1 day', NULL),
        ('3_bad', NULL, NULL), ('4_undone', now(), now());`);
    expect(await check()).toMatchObject({ exitCode: 0, report: { tables: 1, schema: "2_seats" } });
  });
  test("for the one that Alembic wrote", async () => {
    await sql("CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('0f3a\"quoted');");
    expect(await check()).toMatchObject({ exitCode: 0, report: { schema: "0f3a-quoted" } });
  });

  test("and refuses a login that it does not know, without saying the password", async () => {
    const ended = await check(elsewhere().replace(/:[^:@/]+@/, ":planted-4711@"));
    expect(ended).toMatchObject({
      exitCode: 1,
      report: undefined,
      all: expect.stringMatching(/127\.0\.0\.1 refuses: .*password authentication failed/),
    });
    expect(ended.all).not.toContain("planted-4711");
  });
  test("again, until it answers; not for ever", async () => {
    const closed = await getPort({ host: "127.0.0.1" });
    const ended = await check(elsewhere().replace(/:\d+\//, `:${closed}/`));
    expect(ended).toMatchObject({ exitCode: 1, all: expect.stringMatching(/does not answer: .*onnection refused/) });
  });

  test("whether the address names it, where people write that", async () => {
    expect(await check(elsewhere(), { NAMED: "yes" })).toMatchObject({ exitCode: 1, all: "the address does not name 127.0.0.1 yet" });
    expect(await check(server.url(database), { NAMED: "yes" })).toMatchObject({ exitCode: 0, report: { tables: 0 } });
  });
});
