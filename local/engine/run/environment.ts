import os from "node:os";

/** What history records of the machine and the engine, under Pulumi's own keys. */
export function runEnvironment(): Record<string, string> {
  return {
    "exec.kind": "liftlock",
    "pulumi.arch": os.arch() === "x64" ? "amd64" : os.arch(),
    "pulumi.os": os.platform(),
    "runtime.executable": "node",
    "runtime.name": "nodejs",
    "runtime.version": process.version,
  };
}
