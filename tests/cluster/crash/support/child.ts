/*
 * One run of the embedded engine in a process of its own, killed at a point counted in writes of the state or requests to the API
 * server. Reads its job from standard input, prints `{ writes, requests }` when it got through.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";
import { text } from "node:stream/consumers";
import { Connection } from "../../../../local/providers/kubernetes/api/connection.ts";
import { engineFor, type Job } from "./job.ts";

const job = JSON.parse(await text(process.stdin)) as Job;
const { point } = job;
const counted = { writes: 0, requests: 0 };
const die = (): Promise<never> => {
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => {});
};
async function around<T>(what: keyof typeof counted, act: () => Promise<T>): Promise<T> {
  const now = ++counted[what] === point?.nth && point.what === what;
  if (now && point.when === "before") return die();
  const result = await act();
  return now ? die() : result;
}

const { rename } = fs.promises;
fs.promises.rename = (from, to) => (String(to).endsWith("/dev.json") ? around("writes", () => rename(from, to)) : rename(from, to));
syncBuiltinESMExports();
// Lines of the journal.
const handle = await fs.promises.open(os.devNull, "w");
const handles = Object.getPrototypeOf(handle) as typeof handle;
const { appendFile } = handles;
handles.appendFile = function (this: typeof handle, ...given) {
  return around("writes", () => appendFile.apply(this, given));
};
await handle.close();
const { request } = Connection.prototype;
Connection.prototype.request = function (options) {
  return around("requests", () => request.call(this, options));
};

const engine = await engineFor(job);
const result = await engine[job.operation]({ refresh: job.refresh });
if (result.result !== "succeeded") throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
console.log(JSON.stringify(counted));
