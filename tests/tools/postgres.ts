import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import getPort from "get-port";

/** A PostgreSQL server of the test's own, on loopback, with its data in a temporary folder. */
export interface PostgresServer {
  /** Folder of the server's programs and of its clients. */
  readonly bin: string;
  readonly dataDir: string;
  /** URL of a database, for the role that owns it and may do nothing else. */
  url(database: string): string;
  /** A new database with an owner of its own. */
  createDatabase(name: string): Promise<void>;
  /** Runs SQL as the database's owner; answers with rows as `a|b`. */
  sql(database: string, statements: string): Promise<string[]>;
  /** The same as the server's superuser. */
  admin(database: string, statements: string): Promise<string[]>;
  stop(): Promise<void>;
}

const password = "only-on-loopback";

export async function startPostgres(): Promise<PostgresServer> {
  const bin = findPrograms();
  const folder = mkdtempSync(path.join(os.tmpdir(), "liftlock-postgres-"));
  const dataDir = path.join(folder, "data");
  const user = unprivileged();
  mkdirSync(dataDir, { mode: 0o700 });
  const pwfile = path.join(folder, "password");
  writeFileSync(pwfile, password, { mode: 0o600 });
  for (const owned of [folder, dataDir, pwfile]) if (user.uid !== undefined) chownSync(owned, user.uid, user.gid!);

  const run = { ...user, cwd: folder, env: { LC_ALL: "C.UTF-8" } };
  await execa(path.join(bin, "initdb"), ["-D", dataDir, "-U", "admin", "--auth=scram-sha-256", `--pwfile=${pwfile}`, "--no-sync"], run);
  const port = await getPort({ host: "127.0.0.1" });
  const settings = ["-c", "listen_addresses=127.0.0.1", "-c", `unix_socket_directories=${folder}`, "-c", "fsync=off", "-p", String(port)];
  const server = execa(path.join(bin, "postgres"), ["-D", dataDir, ...settings], { ...run, reject: false });
  const address = `127.0.0.1:${port}`;
  const psql = async (url: string, statements: string): Promise<string[]> => {
    const { stdout } = await execa(path.join(bin, "psql"), ["-XAtq", "--set=ON_ERROR_STOP=1", `--dbname=${url}`], { input: statements });
    return stdout === "" ? [] : stdout.split("\n");
  };
  const admin = (database: string, statements: string) => psql(`postgresql://admin:${password}@${address}/${database}`, statements);
  const url = (database: string) => `postgresql://${database}:${password}@${address}/${database}`;
  await untilReady(bin, port, server);

  return {
    bin,
    dataDir,
    url,
    admin,
    sql: (database, statements) => psql(url(database), statements),
    async createDatabase(name) {
      await admin("postgres", `CREATE ROLE ${name} LOGIN PASSWORD '${password}';\nCREATE DATABASE ${name} OWNER ${name};`);
    },
    async stop() {
      server.kill("SIGINT"); // fast shutdown: clients are disconnected
      await server;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Debian keeps the server's programs out of PATH, one folder for each major version. */
function findPrograms(): string {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => path.join(debian, version, "bin")), ...(process.env.PATH ?? "").split(path.delimiter)];
  const found = folders.find((folder) => ["initdb", "postgres", "psql", "pg_dump"].every((name) => existsSync(path.join(folder, name))));
  if (found !== undefined) return found;
  throw new Error("These tests need PostgreSQL's server programs, and found none: apt-get install postgresql (as .ci/run does)");
}

/** PostgreSQL refuses to run as root: then it runs as nobody. */
export function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

async function untilReady(bin: string, port: number, server: PromiseLike<{ stderr?: unknown }>): Promise<void> {
  let ended: unknown;
  void server.then(({ stderr }) => {
    ended = stderr ?? "";
  });
  while (true) {
    const { exitCode } = await execa(path.join(bin, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", String(port)], { reject: false });
    if (exitCode === 0) return;
    if (ended !== undefined) throw new Error(`PostgreSQL did not start:\n${String(ended)}`);
  }
}
