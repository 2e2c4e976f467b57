import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { kept, run } from "./scripts.ts";

/** The very scripts of the Jobs, with the real sqlite3, on a real file beside which files are kept. */
let folder: string;
let env: Record<string, string>;
let file: string;
let backups: string;
let uploads: string;

const sql = (statements: string, database = file): unknown[] => {
  const db = new DatabaseSync(database);
  try {
    if (/^(SELECT|PRAGMA)/.test(statements)) return db.prepare(statements).all();
    db.exec(statements);
    return [];
  } finally {
    db.close();
  }
};
const titles = () => sql("SELECT title FROM jobs ORDER BY id").map((row) => (row as { title: string }).title);

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "liftlock-sqlite-"));
  [file, backups, uploads] = [path.join(folder, "data/app.db"), path.join(folder, "backups"), path.join(folder, "data/uploads")];
  mkdirSync(uploads, { recursive: true });
  mkdirSync(backups);
  env = { KIND: "sqlite", DATABASE: file, BACKUPS: backups, FOLDERS: uploads };
  sql("PRAGMA journal_mode = wal");
  sql("CREATE TABLE jobs (id INTEGER PRIMARY KEY, title TEXT); INSERT INTO jobs (title) VALUES ('planted')");
  sql(`CREATE TABLE "odd ""name'" (n); INSERT INTO "odd ""name'" VALUES (1), (2)`);
  writeFileSync(path.join(uploads, "letter one.txt"), "as it was");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const taken = async (more: Record<string, string> = {}): Promise<string> => {
  const { exitCode, all, report } = await run("backup", { ...env, ...more });
  expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
  return report.id;
};
const spoil = () => {
  sql("DELETE FROM jobs; INSERT INTO jobs (title) VALUES ('written since')");
  writeFileSync(path.join(uploads, "letter one.txt"), "written since");
  writeFileSync(path.join(uploads, "new.txt"), "new");
};
/** Nothing of a run is left where the application looks. */
const expectTidy = () => {
  for (const name of ["app.db.liftlock-before", "app.db.liftlock-new", ".liftlock-restore", "app.db-journal"])
    expect(existsSync(path.join(folder, "data", name)), name).toBe(false);
};

describe("a backup", () => {
  test("names what it holds, and says the same to whoever asks the Job", async () => {
    const { exitCode, report } = await run("backup", { ...env, JOB: "backup-b" });
    expect(exitCode).toBe(0);
    const { kept: listed, ...manifest } = report;
    expect(manifest).toMatchObject({
      release: "1.4.0",
      schemaVersion: "b",
      reason: "schedule",
      job: "backup-b",
      kind: "sqlite",
      verified: true,
    });
    expect(manifest.id).toMatch(/^\d{8}T\d{6}Z-1\.4\.0$/);
    expect(listed).toEqual([manifest.id]);
    expect(kept(backups)).toEqual([manifest.id]);
    expect(JSON.parse(readFileSync(path.join(backups, manifest.id, "manifest.json"), "utf8"))).toEqual(manifest);
    expect(kept(path.join(backups, manifest.id))).toEqual([
      "SHA256SUMS",
      "database",
      "files-1.sha256",
      "files-1.tar.gz",
      "manifest.json",
      "rows",
    ]);
    expect(readFileSync(path.join(backups, manifest.id, "rows"), "utf8")).toBe(`1\tjobs\n2\todd "name'\n`);
  });

  test("is of one moment while somebody writes, and several are", async () => {
    sql("CREATE TABLE a (n); CREATE TABLE b (n)");
    // Each transaction adds the same to both tables: a copy that is torn would show them apart.
    const worker = new Worker(
      `const { DatabaseSync } = require("node:sqlite"); const { workerData, parentPort } = require("node:worker_threads");
       const db = new DatabaseSync(workerData); db.exec("PRAGMA busy_timeout = 10000");
       let n = 0; parentPort.on("message", () => process.exit(0));
       const step = () => { for (let i = 0; i < 50; i++) { n++; db.exec("BEGIN IMMEDIATE; INSERT INTO a VALUES (" + n + "); INSERT INTO b VALUES (randomblob(3000)); COMMIT"); } parentPort.postMessage(n); setImmediate(step); };
       step();`,
      { eval: true, workerData: file },
    );
    let written = 0;
    worker.on("message", (n: number) => {
      written = n;
    });
    await expect.poll(() => written, { timeout: 20_000 }).toBeGreaterThan(100);
    const seen: number[] = [];
    for (let round = 0; round < 3; round++) {
      const began = written;
      const database = path.join(backups, await taken(), "database");
      const counted = sql("SELECT (SELECT count(*) FROM a) AS a, (SELECT count(*) FROM b) AS b", database)[0] as { a: number; b: number };
      expect(counted.a).toBe(counted.b);
      expect(counted.a).toBeGreaterThanOrEqual(began);
      seen.push(counted.a);
      await expect.poll(() => written, { timeout: 20_000 }).toBeGreaterThan(counted.a);
    }
    expect(new Set(seen).size).toBe(3);
    await worker.terminate();
  });

  test("of a file that SQLite refuses is none, and older ones stay", async () => {
    const first = await taken();
    sql("PRAGMA wal_checkpoint(TRUNCATE)");
    const bytes = readFileSync(file);
    bytes.fill(0xff, 4096 + 8, 4096 + 200);
    writeFileSync(file, bytes);
    const { exitCode, all, report } = await run("backup", { ...env, KEEP_DAYS: "0" });
    expect({ exitCode, report }).toEqual({ exitCode: 1, report: undefined });
    expect(all).toMatch(/no backup was taken/);
    expect(kept(backups)).toEqual([first]);
  });

  test("of a database that is not there yet is nothing; of one that was there before it fails", async () => {
    rmSync(file);
    expect(await run("backup", env)).toMatchObject({ exitCode: 0, report: { empty: true } });
    expect([kept(backups), existsSync(file)]).toEqual([[], false]);
    sql("CREATE TABLE t (n)");
    await taken();
    rmSync(uploads, { recursive: true });
    expect(await run("backup", env)).toMatchObject({
      exitCode: 1,
      all: expect.stringMatching(/uploads is not there, though files in it were backed up/),
    });
    rmSync(file);
    expect(await run("backup", env)).toMatchObject({
      exitCode: 1,
      all: expect.stringMatching(/app\.db is not there, though it was backed up before/),
    });
  });

  test("takes away what is older than the days to keep, and never the newest", async () => {
    const old = await taken();
    const [ancient, recent] = ["20200101T020000Z-1.0.0", "20990101T020000Z-9.0.0"];
    for (const name of [ancient, recent]) {
      mkdirSync(path.join(backups, name));
      copyFileSync(path.join(backups, old, "manifest.json"), path.join(backups, name, "manifest.json"));
    }
    rmSync(path.join(backups, old), { recursive: true });
    const id = await taken();
    expect(kept(backups)).toEqual([id, recent]);
    const only = await taken({ KEEP_DAYS: "0" });
    expect(kept(backups)).toContain(only);
  });
});

describe("a restore", () => {
  test.each(["sh", "bash"])("brings the planted row and the file back, and keeps what was there (%s)", async (shell) => {
    const id = await taken();
    spoil();
    const { exitCode, all, report } = await run("restore", { ...env, BACKUP: id }, { shell });
    expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
    expect(report).toEqual({ restored: id, schemaVersion: "b", rows: 3, before: expect.stringMatching(/^\d{8}T\d{6}Z-/) });
    expect(titles()).toEqual(["planted"]);
    expect([kept(uploads), readFileSync(path.join(uploads, "letter one.txt"), "utf8")]).toEqual([["letter one.txt"], "as it was"]);
    expectTidy();
    // And what was there is a backup itself: the restore can be undone.
    expect((await run("restore", { ...env, BACKUP: report.before })).exitCode).toBe(0);
    expect(titles()).toEqual(["written since"]);
    expect(kept(uploads)).toEqual(["letter one.txt", "new.txt"]);
  });

  test("knows a backup by the Job that took it, and the newest", async () => {
    const first = await taken({ JOB: "backup-b" });
    spoil();
    const second = await taken({ JOB: "backup-c" });
    expect((await run("restore", { ...env, BACKUP: "latest" })).report.restored).toBe(second);
    expect((await run("restore", { ...env, BACKUP: "backup-b" })).report.restored).toBe(first);
    expect(titles()).toEqual(["planted"]);
    const { exitCode, all } = await run("restore", { ...env, BACKUP: "backup-x" });
    expect({ exitCode, all }).toMatchObject({
      exitCode: 1,
      all: expect.stringMatching(/there is no backup backup-x\. There are: .*1\.4\.0/),
    });
  });

  test.each<[string, (dir: string) => void]>([
    ["whose database lost its end", (dir) => truncateSync(path.join(dir, "database"), 4096)],
    [
      "in which one byte turned",
      (dir) => writeFileSync(path.join(dir, "database"), Buffer.concat([readFileSync(path.join(dir, "database")), Buffer.from("x")])),
    ],
    ["whose files are gone", (dir) => rmSync(path.join(dir, "files-1.tar.gz"))],
    ["whose files lost their end", (dir) => truncateSync(path.join(dir, "files-1.tar.gz"), 40)],
    ["whose list was changed with it", (dir) => writeFileSync(path.join(dir, "SHA256SUMS"), "")],
  ])("of a backup %s is refused, and nothing changes", async (_, damage) => {
    const id = await taken();
    damage(path.join(backups, id));
    spoil();
    const { exitCode, all } = await run("restore", { ...env, BACKUP: id });
    expect({ exitCode, all }).toMatchObject({ exitCode: 1, all: expect.stringMatching(/nothing was changed/) });
    expect([titles(), kept(uploads)]).toEqual([["written since"], ["letter one.txt", "new.txt"]]);
    expect(kept(backups)).toEqual([id]);
    expectTidy();
  });

  test("is refused while somebody still writes", async () => {
    const id = await taken();
    const db = new DatabaseSync(file);
    db.exec("BEGIN IMMEDIATE; INSERT INTO jobs (title) VALUES ('under way')");
    const { exitCode, all } = await run("restore", { ...env, BACKUP: id, BUSY_MS: "100" });
    db.exec("COMMIT");
    db.close();
    expect({ exitCode, all }).toMatchObject({ exitCode: 1, all: expect.stringContaining("somebody still writes") });
    expect(titles()).toEqual(["planted", "under way"]);
  });

  test("mends a database that is damaged, and keeps the damaged file", async () => {
    const id = await taken();
    sql("PRAGMA wal_checkpoint(TRUNCATE)");
    writeFileSync(file, "this was a database once");
    const { exitCode, report } = await run("restore", { ...env, BACKUP: id });
    expect({ exitCode, before: report?.before }).toEqual({ exitCode: 0, before: expect.stringMatching(/^damaged-/) });
    expect(titles()).toEqual(["planted"]);
    expect(readFileSync(path.join(backups, report.before, "app.db"), "utf8")).toBe("this was a database once");
  });

  test("brings back a database that is gone", async () => {
    const id = await taken();
    rmSync(path.join(folder, "data"), { recursive: true });
    mkdirSync(path.join(folder, "data"));
    expect(await run("restore", { ...env, BACKUP: id })).toMatchObject({ exitCode: 0, report: { before: "" } });
    expect([titles(), kept(uploads)]).toEqual([["planted"], ["letter one.txt"]]);
  });

  test("that ends at any of its steps is finished by the next one, or leaves what was there", async () => {
    const id = await taken();
    const bin = path.join(folder, "bin");
    mkdirSync(bin);
    // Kills the script when the n-th file changes its place.
    const { stdout: mv } = await execa("sh", ["-c", "command -v mv"]);
    writeFileSync(
      path.join(bin, "mv"),
      `#!/bin/sh\ncase "$*" in *part-*) exec ${mv} "$@";; esac\nn=$(cat "$COUNT"); [ "$n" -gt 0 ] || { kill -9 "$PPID"; exit 1; }\necho $((n - 1)) > "$COUNT"\nexec ${mv} "$@"\n`,
    );
    chmodSync(path.join(bin, "mv"), 0o755);
    const count = path.join(folder, "count");
    let finished = false;
    for (let step = 0; step < 10 && !finished; step++) {
      spoil();
      writeFileSync(count, String(step));
      const more = { BACKUP: id, COUNT: count, PATH: `${bin}:${process.env.PATH}` };
      finished = (await run("restore", { ...env, ...more })).exitCode === 0;
      if (!finished) expect(await run("restore", { ...env, BACKUP: id }), `after step ${step}`).toMatchObject({ exitCode: 0 });
      expect([titles(), kept(uploads)], `after step ${step}`).toEqual([["planted"], ["letter one.txt"]]);
      expectTidy();
    }
    expect(finished).toBe(true);
  });

  test("whose last check fails puts back what was there", async () => {
    const id = await taken();
    spoil();
    const bin = path.join(folder, "bin");
    mkdirSync(bin);
    const { stdout: mv } = await execa("sh", ["-c", "command -v mv"]);
    // What arrives is not what was sent.
    writeFileSync(
      path.join(bin, "mv"),
      `#!/bin/sh\ncase "$*" in *liftlock-new*) echo rot >> "\${2}"; truncate -s 4096 "\${2}";; esac\nexec ${mv} "$@"\n`,
    );
    chmodSync(path.join(bin, "mv"), 0o755);
    const { exitCode, all } = await run("restore", { ...env, BACKUP: id, PATH: `${bin}:${process.env.PATH}` });
    expect({ exitCode, all }).toMatchObject({ exitCode: 1, all: expect.stringContaining("what was there is put back") });
    expect([titles(), kept(uploads)]).toEqual([["written since"], ["letter one.txt", "new.txt"]]);
    expectTidy();
  });
});

describe("a drill", () => {
  test("restores into a scratch place, counts, throws it away, and touches nothing", async () => {
    const id = await taken();
    spoil();
    expect(await run("drill", { ...env, DATABASE: "/nowhere/app.db", BACKUP: "latest" })).toMatchObject({
      exitCode: 0,
      report: { drilled: id, rows: 3 },
    });
    expect([titles(), kept(backups)]).toEqual([["written since"], [id]]);
  });
  test("fails on a backup that cannot be restored", async () => {
    const id = await taken();
    truncateSync(path.join(backups, id, "database"), 4096);
    expect(await run("drill", { ...env, BACKUP: id })).toMatchObject({ exitCode: 1, report: undefined });
    expect(kept(backups)).toEqual([id]);
  });
});
