import { randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import { freePort } from "../cluster/probe.ts";
import { type Furniture, furnish } from "./furnish.ts";
import { startGithub } from "./index.ts";

/** Where a running stand-in can be found (`server.json`, mode 0600). */
export interface Serving {
  readonly pid: number;
  /** GitHub's addresses: `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Answers to who has the key; POST furniture here, and the answer holds a token. */
  readonly control: string;
  readonly key: string;
}

export const servingFile = (dir: string): string => path.join(dir, "server.json");

const IDLE_MILLISECONDS = 15 * 60_000;
const LOOK_MILLISECONDS = 2_000;

/** The stand-in as a process of its own: several commands share it. It ends when nobody asked it for a while, or its file is taken away. */
export async function serveGithub(dir: string): Promise<void> {
  let asked = Date.now();
  const last = await readFile(path.join(dir, "port"), "utf8").then(Number, () => freePort());
  const options = {
    dir,
    onReply: () => {
      asked = Date.now();
    },
  };
  // The same address as before, so that what somebody noted of it stays true; another one when it was taken.
  const github = await startGithub({ ...options, port: last }).catch(async () => startGithub({ ...options, port: await freePort() }));
  const key = randomBytes(24).toString("hex");
  const right = Buffer.from(`Bearer ${key}`);
  const control = createServer(async (request, response) => {
    asked = Date.now();
    const given = Buffer.from(request.headers.authorization ?? "");
    if (given.length !== right.length || !timingSafeEqual(given, right)) return void response.writeHead(401).end();
    if (request.method === "GET") return void response.end();
    try {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const token = await furnish(github, JSON.parse(Buffer.concat(parts).toString()) as Furniture);
      response.setHeader("content-type", "application/json").end(JSON.stringify({ token }));
    } catch (error) {
      response.writeHead(500).end(error instanceof Error ? error.message : String(error));
    }
  });
  await new Promise<void>((resolve) => control.listen(0, "127.0.0.1", resolve));
  const address = control.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const serving: Serving = { pid: process.pid, url: github.url, control: `http://127.0.0.1:${port}`, key };
  await writeFileAtomic(path.join(dir, "port"), new URL(github.url).port, { mode: 0o600 });
  await writeFileAtomic(servingFile(dir), JSON.stringify(serving), { mode: 0o600 });

  const end = async () => {
    clearInterval(timer);
    control.close();
    control.closeAllConnections();
    await github.close().catch(() => {}); // its folder may be gone
    const mine = await readFile(servingFile(dir), "utf8").then(
      (text) => (JSON.parse(text) as Serving).pid === process.pid,
      () => false,
    );
    if (mine) await rm(servingFile(dir), { force: true });
  };
  const timer = setInterval(() => {
    if (Date.now() - asked > IDLE_MILLISECONDS || !existsSync(servingFile(dir))) void end();
  }, LOOK_MILLISECONDS);
  process.once("SIGTERM", () => void end());
}

const [, program, dir] = process.argv;
if (program === import.meta.filename && dir !== undefined) await serveGithub(dir);
