import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type PostgresServer, startPostgres, unprivileged } from "./postgres.ts";
import { kept, run } from "./scripts.ts";

/** The very scripts of the Jobs, against a real PostgreSQL server with its real tools, and files kept beside it. */
const folder = mkdtempSync(path.join(os.tmpdir(), "liftlock-backup-"));
const [bin, backups, uploads, url] = ["bin", "backups", "uploads", "url"].map((name) => path.join(folder, name)) as [
  string,
  string,
  string,
  string,
];
let server: PostgresServer;
let env: Record<string, string>;
let database: string;
let count = 0;

const schema = `
  CREATE SCHEMA crm;
  CREATE TABLE seats (id serial PRIMARY KEY, label text);
  CREATE TABLE crm."Odd ""table'" (seat int REFERENCES public.seats (id), note text);
  CREATE VIEW crm.labels AS SELECT label FROM public.seats;
  CREATE FUNCTION crm.planted() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM crm.labels';
  INSERT INTO seats (label) SELECT 'seat ' || n FROM generate_series(1, 5000) n;
  INSERT INTO seats (label) VALUES (E'COPY x FROM stdin;\\n\\\\.\\nplanted');
  INSERT INTO crm."Odd ""table'" VALUES (1, 'it''s');
  SELECT lo_from_bytea(4711, 'a large object');
`;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  for (const dir of [bin, backups, uploads]) {
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true });
  }
  database = `app${++count}`;
  await server.createDatabase(database);
  await server.sql(database, schema);
  writeFileSync(url, `${server.url(database).replace("postgresql://", "postgresql+asyncpg://")}?schema=public&pgbouncer=true\n`);
  writeFileSync(path.join(uploads, "plan.txt"), "as it was");
  env = { KIND: "postgresql", URL_FILE: url, BACKUPS: backups, FOLDERS: uploads, PATH: `${bin}:${server.bin}:${process.env.PATH}` };
});

const sql = (statements: string) => server.sql(database, statements);
const taken = async (more: Record<string, string> = {}): Promise<string> => {
  const { exitCode, all, report } = await run("backup", { ...env, ...more });
  expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
  return report.id;
};
const spoil = async () => {
  await sql(
    "DROP VIEW crm.labels; DELETE FROM seats WHERE id > 2; CREATE TABLE since (n int); INSERT INTO since VALUES (7); SELECT lo_unlink(4711)",
  );
  await sql("SELECT lo_from_bytea(4712, 'since')");
  writeFileSync(path.join(uploads, "plan.txt"), "since");
};
const expectSpoilt = async () => {
  expect(
    await sql(
      "SELECT n FROM since; SELECT count(*) FROM seats; SELECT to_regclass('crm.labels') IS NULL; SELECT convert_from(lo_get(4712), 'utf8')",
    ),
  ).toEqual(["7", "2", "t", "since"]);
  expect([kept(folder).filter((name) => name.startsWith(".")), readFileSync(path.join(uploads, "plan.txt"), "utf8")]).toEqual([
    [],
    "since",
  ]);
};
/** A tool that does something else. */
const replace = (name: string, body: string) => {
  writeFileSync(path.join(bin, name), `#!/bin/sh\n${body}\n`);
  chmodSync(path.join(bin, name), 0o755);
};

describe("a backup", () => {
  test("counts every row of every table, and holds the files", async () => {
    const id = await taken();
    const rows = readFileSync(path.join(backups, id, "rows"), "utf8")
      .trim()
      .split("\n")
      .sort();
    expect(rows).toEqual([`1\tcrm."Odd ""table'"`, "5001\tpublic.seats"]);
    await execa("sha256sum", ["--check", "SHA256SUMS"], { cwd: path.join(backups, id) });
    expect(await execa("tar", ["-tzf", path.join(backups, id, "files-1.tar.gz")])).toMatchObject({
      stdout: expect.stringContaining("plan.txt"),
    });
  });

  test.each([1, 50, 90, 99])("of which only %i per cent arrived is none", async (share) => {
    replace(
      "pg_dump",
      `set -e\n"${server.bin}/pg_dump" "$@"\nfor argument; do case $argument in --file=*) file=\${argument#--file=};; esac; done\ntruncate -s "$(($(wc -c < "$file") * ${share} / 100))" "$file"`,
    );
    expect(await run("backup", env)).toMatchObject({
      exitCode: 1,
      all: expect.stringContaining("cannot be restored: no backup was taken"),
      report: undefined,
    });
    expect(kept(backups)).toEqual([]);
  });

  test("of a database that does not answer leaves nothing, and says no password", async () => {
    writeFileSync(url, "postgresql://a:planted-password@127.0.0.1:1/x");
    const { exitCode, all } = await run("backup", env);
    expect({ exitCode, all }).toMatchObject({ exitCode: 1, all: expect.not.stringContaining("planted-password") });
    expect(kept(backups)).toEqual([]);
  });
});

describe("a restore", () => {
  test.each(["sh", "bash"])("brings everything back as it was, and keeps what was there (%s)", async (shell) => {
    const id = await taken();
    await spoil();
    const { exitCode, all, report } = await run("restore", { ...env, BACKUP: id }, { shell });
    expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
    expect(report).toMatchObject({ restored: id, rows: 5002, schemaVersion: "b" });
    expect(
      await sql("SELECT crm.planted(); SELECT count(*) FROM seats WHERE label LIKE '%planted'; SELECT to_regclass('since') IS NULL"),
    ).toEqual(["5001", "1", "t"]);
    expect(
      await sql(`SELECT note FROM crm."Odd ""table'"; SELECT oid FROM pg_largeobject_metadata; SELECT convert_from(lo_get(4711), 'utf8')`),
    ).toEqual(["it's", "4711", "a large object"]);
    await expect(sql(`INSERT INTO crm."Odd ""table'" VALUES (999999)`)).rejects.toThrow(/foreign key/);
    expect(await sql("INSERT INTO seats (label) VALUES ('new') RETURNING id")).toEqual(["5002"]);
    expect(readFileSync(path.join(uploads, "plan.txt"), "utf8")).toBe("as it was");
    expect((await run("restore", { ...env, BACKUP: report.before })).exitCode).toBe(0);
    await expectSpoilt();
  });

  test("into an empty new database, as after a point-in-time restore or a lost server", async () => {
    const id = await taken();
    await server.createDatabase(`new${count}`);
    writeFileSync(url, server.url(`new${count}`));
    expect(await run("restore", { ...env, BACKUP: id })).toMatchObject({ exitCode: 0 });
    expect(await server.sql(`new${count}`, "SELECT crm.planted()")).toEqual(["5001"]);
  });

  test("of a backup that is torn is refused, and nothing changes", async () => {
    const id = await taken();
    truncateSync(path.join(backups, id, "database"), 4000);
    await spoil();
    expect(await run("restore", { ...env, BACKUP: id })).toMatchObject({
      exitCode: 1,
      all: expect.stringContaining("nothing was changed"),
    });
    await expectSpoilt();
    expect(kept(backups)).toEqual([id]);
  });

  test.each<[string, string]>([
    ["is cut off before its end", `case $* in *single*) "$REAL" "$@" | head -c 60000;; *) exec "$REAL" "$@";; esac`],
    ["ends just before it commits", `case $* in *single*) "$REAL" "$@" | sed '/^COMMIT;$/d';; *) exec "$REAL" "$@";; esac`],
    ["loses one row", `case $* in *single*) "$REAL" "$@" | sed '/seat 4711$/d';; *) exec "$REAL" "$@";; esac`],
    ["fails in one statement", `case $* in *single*) "$REAL" "$@" | sed 's/^CREATE VIEW/CREATE VIEWS/';; *) exec "$REAL" "$@";; esac`],
  ])("that %s leaves what was there, rows and files", async (_, body) => {
    const id = await taken();
    await spoil();
    replace("pg_restore", `REAL="${server.bin}/pg_restore"\n${body}`);
    const { exitCode, all } = await run("restore", { ...env, BACKUP: id });
    expect({ exitCode, all }).toMatchObject({ exitCode: 1, all: expect.stringContaining("what was there is put back") });
    await expectSpoilt();
  });

  test("whose connection is lost half-way leaves what was there", async () => {
    const id = await taken();
    await spoil();
    replace("psql", `"${server.bin}/psql" "$@"& pid=$!; sleep 0.3; kill -9 $pid; wait $pid`);
    replace(
      "pg_restore",
      `case $* in *single*) "${server.bin}/pg_restore" "$@" | head -c 60000; exec sleep 1;; *) exec "${server.bin}/pg_restore" "$@";; esac`,
    );
    expect((await run("restore", { ...env, BACKUP: id })).exitCode).toBe(1);
    await expectSpoilt();
  });

  test("is not begun when what is there cannot be backed up", async () => {
    const id = await taken();
    await spoil();
    replace("pg_dump", "exit 1");
    expect(await run("restore", { ...env, BACKUP: id })).toMatchObject({
      exitCode: 1,
      all: expect.stringContaining("nothing was changed"),
    });
    await expectSpoilt();
  });
});

describe("a drill", () => {
  // The scratch server refuses to run as root, as a Job's pod never does.
  const user = unprivileged();
  const open = async () => execa("chmod", ["-R", "a+rwX", folder]);

  test("restores into a server of its own, counts, and throws it away", async () => {
    const id = await taken();
    await spoil();
    await open();
    const { exitCode, all, report } = await run("drill", { ...env, URL_FILE: "/dev/null", BACKUP: id }, user);
    expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
    expect(report).toMatchObject({ drilled: id, rows: 5002 });
    expect(kept(backups)).toEqual([id]);
    await expectSpoilt();
  });

  test("fails on a backup that does not load, though each of its parts is whole", async () => {
    const id = await taken();
    await open();
    replace(
      "pg_restore",
      `case $* in *single*) "${server.bin}/pg_restore" "$@" | sed 's/^CREATE VIEW/CREATE VIEWS/';; *) exec "${server.bin}/pg_restore" "$@";; esac`,
    );
    expect(await run("drill", { ...env, BACKUP: id }, user)).toMatchObject({
      exitCode: 1,
      all: expect.stringContaining("could not be restored into the scratch server"),
      report: undefined,
    });
    expect(kept(backups)).toEqual([id]);
  });
});
