import path from "node:path";
import { execa } from "execa";
import { processorTime } from "./processor-time.ts";

// `node bench/start.ts`: what loading the SDKs costs a program at its start, as the engine starts it and as Node would by itself: CPU seconds
// (the least of five, so that other work on the machine counts little) and memory, with the compiled code cached in both. Then the same of a whole
// preview of this repository's application with nothing running: the command, the engine and the program together.
const repository = path.resolve(import.meta.dirname, "..");
const script = `require("@pulumi/kubernetes");
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ cpu: (user + system) / 1e6, memory: process.memoryUsage().rss / 1e6, files: Object.keys(require.cache).length }));`;
const cache = path.join(repository, "node_modules/.cache/liftlock");

async function measured(...args: string[]): Promise<Record<string, string>> {
  const runs: { cpu: number; memory: number; files: number }[] = [];
  for (let i = 0; i < 6; i++) {
    const options = { cwd: repository, env: { NODE_COMPILE_CACHE: cache } };
    runs.push(JSON.parse((await execa(process.execPath, [...args, "--eval", script], options)).stdout) as (typeof runs)[number]);
  }
  const warm = runs.slice(1);
  const least = (of: (run: (typeof runs)[number]) => number): number => Math.min(...warm.map(of));
  return {
    "CPU, s": least((run) => run.cpu).toFixed(2),
    "memory, MB": least((run) => run.memory).toFixed(0),
    files: String(runs[0]!.files),
  };
}

console.table({
  "the SDKs as they are": await measured(),
  "as the engine loads them": await measured("--require", path.join(repository, "local/engine/host/lazy-sdk.cjs")),
});

async function preview(): Promise<Record<string, string>> {
  const runs: { cpu: number; clock: number }[] = [];
  for (let i = 0; i < 6; i++) {
    const [cpu, clock] = [processorTime(), performance.now()];
    await execa(path.join(repository, "liftlock"), ["preview", "development", "--local"], { cwd: repository });
    runs.push({ cpu: processorTime() - cpu, clock: (performance.now() - clock) / 1000 });
  }
  const warm = runs.slice(1);
  return {
    "CPU, s": Math.min(...warm.map(({ cpu }) => cpu)).toFixed(2),
    "clock, s": Math.min(...warm.map(({ clock }) => clock)).toFixed(2),
  };
}

console.table({ "a preview": await preview() });
