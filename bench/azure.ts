import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import { renderProgram } from "../local/engine/embedded.ts";
import { azureNativeFactory } from "../local/providers/azure-native/index.ts";

// `node bench/azure.ts [COUNT…]`: what declaring so many resources of Azure takes, offline: seconds on the clock, seconds of the program's
// processor time, its peak memory. With the aliases that @pulumi/azure-native gives every resource (an action group 15, one for each past API
// version) and without; with a stack trace for every promise, as the SDK makes them, and without, as the engine loads it. Each in a process of its own.
const program = (aliases: boolean, report: string) => `
import { writeFileSync } from "node:fs";
import { ActionGroup } from "@pulumi/azure-native/monitor/actionGroup.js";
import * as pulumi from "@pulumi/pulumi";
${aliases ? "" : "pulumi.runtime.registerStackTransformation(({ props, opts }) => ({ props, opts: { ...opts, aliases: [] } }));"}
const count = new pulumi.Config().requireNumber("count");
for (let i = 0; i < count; i++)
  new ActionGroup("group-" + i, { resourceGroupName: "bench", actionGroupName: "group-" + i, groupShortName: "g", location: "Global", enabled: true });
process.on("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(${JSON.stringify(report)}, JSON.stringify({ memory: maxRSS / 1024, cpu: (userCPUTime + systemCPUTime) / 1e6 }));
});
`;

async function one(count: number, aliases: boolean): Promise<void> {
  const dir = realpathSync(mkdtempSync(path.join(os.tmpdir(), "liftlock-azure-")));
  try {
    const report = path.join(dir, "report.json");
    symlinkSync(path.resolve(import.meta.dirname, "../node_modules"), path.join(dir, "node_modules"));
    writeFileSync(path.join(dir, "package.json"), '{ "type": "module" }');
    writeFileSync(path.join(dir, "Pulumi.yaml"), "name: azure\nruntime: nodejs\n");
    writeFileSync(path.join(dir, "Pulumi.dev.yaml"), "config: {}\n");
    writeFileSync(path.join(dir, "index.ts"), program(aliases, report));
    const began = performance.now();
    const resources = await renderProgram({
      projectDir: dir,
      stack: "dev",
      providers: [azureNativeFactory({ kind: "offline" })],
      extraConfig: { "azure:count": { value: String(count), secret: false } },
    });
    const seconds = (performance.now() - began) / 1000;
    const declared = resources.filter(({ type }) => type.endsWith(":ActionGroup")).length;
    if (declared !== count) throw new Error(`${declared} of ${count} resources were declared`);
    const { cpu, memory } = JSON.parse(readFileSync(report, "utf8")) as { cpu: number; memory: number };
    console.log(JSON.stringify({ s: seconds.toFixed(1), "CPU, s": cpu.toFixed(1), "memory, MB": memory.toFixed(0) }));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const args = process.argv.slice(2);
if (args[0] === "--one") await one(Number(args[1]), args[2] === "aliases");
else {
  const rows: object[] = [];
  for (const count of args.length > 0 ? args : ["100", "1000"])
    for (const aliases of ["aliases", "none"])
      for (const stacks of ["stacks", "none"]) {
        // This variable alone makes the engine leave the SDK's stack traces as they are.
        const env = stacks === "none" ? {} : { PULUMI_DEBUG_PROMISE_LEAKS: "true" };
        const { stdout } = await execa(process.execPath, [import.meta.filename, "--one", count, aliases], { env, stderr: "inherit" });
        rows.push({ resources: count, aliases, stacks, ...(JSON.parse(stdout) as object) });
      }
  console.table(rows);
}
