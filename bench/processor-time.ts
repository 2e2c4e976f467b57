import { existsSync, readFileSync } from "node:fs";

/** Seconds of processor time (user and system) of this process and, on Linux, of all that it started and that ended. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  // proc_pid_stat(5): cutime and cstime, in hundredths of a second, after the name, which may hold anything.
  const text = existsSync("/proc/self/stat") ? readFileSync("/proc/self/stat", "utf8") : "";
  const ended = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .slice(13, 15);
  return (user + system) / 1e6 + ended.reduce((sum, ticks) => sum + Number(ticks) / 100, 0);
}
