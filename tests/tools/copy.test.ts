import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { copyScript } from "../../components/copy-script.ts";
import { type PostgresServer, startPostgres } from "./postgres.ts";

/** The script that copies production's data down, run against a real PostgreSQL server. Its rows carry a planted name. */
const planted = "Alice Planted";
const plantedMail = "alice.planted@example.com";
const personal = ["users.name", "users.email", "crm.contacts.phone"];
const anonymise = [
  "UPDATE users SET name = 'Person ' || id, email = 'person' || id || '@example.invalid'",
  "UPDATE crm.contacts SET phone = NULL",
];

const source = `
  CREATE EXTENSION pgcrypto;
  CREATE SCHEMA crm;
  CREATE TABLE users (id serial PRIMARY KEY, name text, email text UNIQUE NOT NULL, joined date DEFAULT '2026-01-01');
  CREATE TABLE notes (text text);
  CREATE TABLE crm.contacts (id int PRIMARY KEY, owner int NOT NULL REFERENCES users (id), phone text);
  CREATE TABLE audit (entry text);
  CREATE FUNCTION keep_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.audit VALUES (OLD.email); RETURN NEW; END $$;
  CREATE TRIGGER keep_old BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION keep_old();
  CREATE MATERIALIZED VIEW names AS SELECT name FROM users;
  INSERT INTO users (name, email) VALUES ('${planted}', '${plantedMail}'), ('Bob', 'bob@example.com'), (NULL, 'c@example.com'), ('', 'd@example.com');
  INSERT INTO users (name, email) SELECT 'Other ' || n, 'other' || n || '@example.com' FROM generate_series(1, 500) n;
  INSERT INTO crm.contacts VALUES (1, 1, '+43 1 4711');
  INSERT INTO notes SELECT 'note ' || n FROM generate_series(1, 300) n;
  REFRESH MATERIALIZED VIEW names;
  SELECT lo_from_bytea(0, 'a large object');
`;
const old = "CREATE TABLE old (text text); INSERT INTO old VALUES ('as it was'); CREATE VIEW old_view AS SELECT * FROM old;";

const folder = mkdtempSync(path.join(os.tmpdir(), "liftlock-copy-"));
const bin = path.join(folder, "bin");
let server: PostgresServer;
let count = 0;
let from = "";
let to = "";

beforeAll(async () => {
  server = await startPostgres();
  await server.createDatabase("production");
  await server.sql("production", source);
  from = "production";
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  rmSync(bin, { recursive: true, force: true });
  mkdirSync(bin, { recursive: true });
  to = `testing${++count}`;
  await server.createDatabase(to);
  await server.sql(to, old);
});

interface Changed {
  statements?: string[];
  columns?: string[];
  source?: string;
  /** The shell that runs the script: dash and busybox differ from bash. */
  shell?: string;
}
async function copy({ statements = anonymise, columns = personal, source: url = server.url(from), shell = "sh" }: Changed = {}) {
  const files = [path.join(folder, "source"), path.join(folder, "target")] as const;
  writeFileSync(files[0], `${url.replace("postgresql://", "postgresql+asyncpg://")}?schema=public&pgbouncer=true\n`);
  writeFileSync(files[1], server.url(to));
  const args = ["-c", copyScript, "copy", ...files, JSON.stringify(statements), JSON.stringify(columns)];
  return execa(shell, args, { reject: false, all: true, env: { PATH: `${bin}:${server.bin}:${process.env.PATH}` } });
}

/** The target holds what it held, and nothing else. */
async function expectUnchanged() {
  expect(
    await server.sql(to, "SELECT text FROM old_view; SELECT count(*) FROM pg_tables WHERE schemaname !~ '^(pg_|information_schema)'"),
  ).toEqual(["as it was", "1"]);
}

describe("a copy", () => {
  test("arrives anonymised: the planted row is there, and nothing of the person", async () => {
    const result = await copy();
    expect(result).toMatchObject({ exitCode: 0, all: expect.stringMatching(/copied, anonymised and checked$/) });
    expect(await server.sql(to, "SELECT id, name, email FROM users WHERE id <= 2 ORDER BY id")).toEqual([
      "1|Person 1|person1@example.invalid",
      "2|Person 2|person2@example.invalid",
    ]);
    expect(await server.sql(to, "SELECT count(*) FROM users; SELECT count(*) FROM notes; SELECT phone IS NULL FROM crm.contacts")).toEqual([
      "504",
      "300",
      "t",
    ]);
    const { stdout: dump } = await execa(path.join(server.bin, "pg_dump"), [`--dbname=${server.url(to)}`]);
    for (const value of [planted, plantedMail, "4711", "bob@example.com", "other7@"]) expect(dump, value).not.toContain(value);
    expect(result.all).not.toMatch(/planted|4711/i);
  });

  test("leaves no earlier version of a row in the target's files", async () => {
    await copy();
    await server.admin("postgres", "CHECKPOINT");
    const holding = async (database: string) => {
      const [oid] = await server.admin("postgres", `SELECT oid FROM pg_database WHERE datname = '${database}'`);
      const files = path.join(server.dataDir, "base", oid!);
      return readdirSync(files).some((file) => readFileSync(path.join(files, file)).includes(plantedMail));
    };
    expect(await holding(from)).toBe(true);
    expect(await holding(to)).toBe(false);
  });

  test("brings keys, indexes, triggers, sequences, views and extensions, and takes away what was there before", async () => {
    await copy();
    expect(await server.sql(to, "SELECT to_regclass('old') IS NULL, to_regclass('users_email_key') IS NOT NULL")).toEqual(["t|t"]);
    await server.sql(to, "INSERT INTO users (email) VALUES ('new@example.invalid'); SELECT gen_random_uuid()");
    expect(await server.sql(to, "SELECT max(id) FROM users; SELECT count(*) FROM names WHERE name LIKE 'Person %'")).toEqual([
      "505",
      "504",
    ]);
    await expect(server.sql(to, "INSERT INTO crm.contacts VALUES (2, 999, '1')")).rejects.toThrow(/foreign key/);
    await server.sql(to, "UPDATE users SET name = 'x' WHERE id = 1");
    expect(await server.sql(to, "SELECT entry FROM audit")).toEqual(["person1@example.invalid"]);
  });

  test("can be made again over itself", async () => {
    await copy();
    expect((await copy()).exitCode).toBe(0);
    expect(await server.sql(to, "SELECT count(*) FROM users")).toEqual(["504"]);
  });

  test("shows nobody a row that is not anonymised, also while it is being made", async () => {
    await server.sql(to, "CREATE TABLE users (email text); INSERT INTO users VALUES ('before@example.invalid')");
    const running = copy({ statements: [...anonymise, "SELECT pg_sleep(0.5)"] });
    const seen = new Set<string>();
    let done = false;
    void running.finally(() => {
      done = true;
    });
    while (!done) for (const email of await server.sql(to, "SELECT email FROM users")) seen.add(email);
    expect((await running).exitCode).toBe(0);
    for (const email of await server.sql(to, "SELECT email FROM users")) seen.add(email);
    expect([...seen].filter((email) => !email.endsWith("@example.invalid"))).toEqual([]);
    expect(seen.size).toBeGreaterThan(500);
  });

  test("of data that is anonymised already needs no statements", async () => {
    expect((await copy({ statements: [], columns: [] })).exitCode).toBe(0);
    expect(await server.sql(to, "SELECT count(*) FROM users")).toEqual(["504"]);
  });
});

describe("a copy is refused, and the target keeps what it had,", () => {
  test.each<[string, Changed, RegExp]>([
    ["when one row is left", { statements: [anonymise[0]!.concat(" WHERE id > 1"), anonymise[1]!] }, /users\.name: 1 rows still hold/],
    ["when one column is left", { statements: [anonymise[0]!] }, /crm\.contacts\.phone: 1 rows still hold/],
    [
      "when values only changed places",
      { statements: ["UPDATE users SET name = NULL, email = reverse(email)", "UPDATE users SET email = reverse(email)", anonymise[1]!] },
      /users\.email: 504 rows still hold/,
    ],
    ["when nothing is anonymised", { statements: ["SELECT 1"] }, /users\.name: 502 rows still hold/],
    ["when a statement fails", { statements: ["UPDATE users SET id = name::int"] }, /anonymise\[0\] failed with SQLSTATE 22P02/],
    ["when a statement would end the transaction", { statements: ["COMMIT"] }, /anonymise\[0\] failed with SQLSTATE/],
    ["when a personal column does not exist", { columns: ["users.mail"] }, /personal column users\.mail: the source has no such column/],
    ["when a personal table does not exist", { columns: ["people.mail"] }, /personal column people\.mail: the source has no such column/],
  ])("%s", async (_, changed, reason) => {
    const { exitCode, all } = await copy(changed);
    expect(exitCode).toBe(1);
    expect(all).toMatch(reason);
    expect(all).toMatch(/nothing was changed$/);
    expect(all).not.toMatch(/planted/i);
    await expectUnchanged();
  });

  test("when source and target are one database", async () => {
    const { exitCode, all } = await copy({ source: server.url(to) });
    expect([exitCode, all]).toEqual([1, "source and target are the same database: nothing was changed"]);
    await expectUnchanged();
  });

  test("when the source does not answer", async () => {
    const { exitCode } = await copy({ source: "postgresql://a:b@127.0.0.1:1/x" });
    expect(exitCode).not.toBe(0);
    await expectUnchanged();
  });

  /** A pg_dump whose connection breaks after so many bytes. */
  const breakAfter = (bytes: number, section: string) => {
    const real = path.join(server.bin, "pg_dump");
    const body = `case "$*" in *${section}*) "${real}" "$@" | head -c ${bytes}; exit 1;; *) exec "${real}" "$@";; esac`;
    writeFileSync(path.join(bin, "pg_dump"), `#!/bin/sh\n${body}\n`);
    chmodSync(path.join(bin, "pg_dump"), 0o755);
  };
  test("wherever the source's dump is cut off", async () => {
    const { stdout } = await execa(path.join(server.bin, "pg_dump"), [
      "--section=pre-data",
      "--section=data",
      "--no-blobs",
      `--dbname=${server.url(from)}`,
    ]);
    const insideNotes = stdout.indexOf("note 150");
    expect(insideNotes).toBeGreaterThan(0);
    for (const bytes of [0, 500, insideNotes, insideNotes + 4, insideNotes + 9, stdout.length - 100, stdout.length]) {
      breakAfter(bytes, "section=data");
      const { exitCode, all } = await copy();
      expect([bytes, exitCode, all?.endsWith("nothing was changed")]).toEqual([bytes, 1, true]);
      await expectUnchanged();
    }
  });
  test("when its indexes cannot be read", async () => {
    breakAfter(200, "section=post-data");
    expect((await copy()).exitCode).toBe(1);
    await expectUnchanged();
  });
});
