// `node local/cluster/builder/main.js [--while PID]`: builds the local control plane, or does nothing when it is built. The wrapper script starts it
// beside `npm ci`; --while ends it (resumably) when that process is gone.
import process from "node:process";
import { ensureBuild } from "./build.js";
import { BuildError } from "./go.js";
import { findProcess } from "./processes.js";

const abort = new AbortController();
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.on(signal, () => abort.abort(new Error(signal)));

const flag = process.argv.indexOf("--while");
if (flag > 0) {
  const pid = Number(process.argv[flag + 1]);
  const started = findProcess(pid)?.started;
  setInterval(() => {
    if (!started || findProcess(pid)?.started !== started) abort.abort(new Error(`process ${pid} is gone`));
  }, 500).unref();
}

try {
  await ensureBuild({
    signal: abort.signal,
    onProgress: ({ message, done, total }) => console.log(total ? `${message}: ${done} of ${total} packages` : message),
  });
} catch (error) {
  if (!abort.signal.aborted) console.error(error instanceof BuildError ? error.message : error);
  process.exitCode = 1;
}
