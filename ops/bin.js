#!/usr/bin/env node
// The command of the published package. In a checkout, the script `liftlock` at the root does more: it installs what is missing.
const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  process.stderr.write(`liftlock: Node.js 24 or newer is needed; found ${process.version}. Install it: https://nodejs.org/en/download\n`);
  process.exit(1);
}
process.env.LIFTLOCK_COMMAND ??= "npx liftlock";
await import("./cli.js");
