import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { cancel, refuseLocked } from "./locks.ts";
import { type Place, placeOf } from "./place.ts";

/** What the real CLI 3.260 answers to the command lines of the Automation API and of our driver; see README.md. */
const RUNS = ["preview", "up", "refresh", "destroy", "import"];

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: {
    stack: { type: "string" },
    "event-log": { type: "string" },
    "config-file": { type: "string" },
    message: { type: "string" },
    target: { type: "string", multiple: true },
    color: { type: "string" },
    "exec-kind": { type: "string" },
    "page-size": { type: "string" },
    file: { type: "string" },
    protect: { type: "string" },
    "generate-code": { type: "string" },
    json: { type: "boolean" },
    yes: { type: "boolean" },
    refresh: { type: "boolean" },
    "skip-preview": { type: "boolean" },
    "preview-only": { type: "boolean" },
    "show-secrets": { type: "boolean" },
    "full-dates": { type: "boolean" },
    "non-interactive": { type: "boolean" },
    "suppress-progress": { type: "boolean" },
    "no-select": { type: "boolean" },
  },
});
export type Values = typeof values;

/** What a test asserts on: the command line, and the settings file that was handed over. */
function record(): void {
  const log = process.env.STAND_IN_LOG;
  if (log === undefined) return;
  const file = values["config-file"];
  const config = file === undefined ? undefined : { file, text: readFileSync(file, "utf8") };
  appendFileSync(log, `${JSON.stringify({ argv: process.argv.slice(2), ...(config ? { config } : {}) })}\n`);
}

function init({ checkpointFile }: Place): void {
  mkdirSync(path.dirname(checkpointFile), { recursive: true });
  writeFileSync(checkpointFile, '{"version":3,"checkpoint":{}}');
}

function fail(text: string): never {
  process.stderr.write(`error: ${text}\n`);
  process.exit(255);
}

async function main(): Promise<void> {
  record();
  const [command = "", ...rest] = positionals;
  if (command === "version") return void process.stdout.write(`${process.env.STAND_IN_VERSION ?? "v3.260.0"}\n`);
  if (process.env.STAND_IN_REFUSAL !== undefined) fail(process.env.STAND_IN_REFUSAL);
  if (command === "whoami") return void process.stdout.write('{"user":"ada","url":"file://~"}\n');
  if (command === "plugin") return void process.stdout.write(`${process.env.STAND_IN_PLUGINS ?? "[]"}\n`);
  const place: Place = placeOf(values.stack ?? "");
  if (command === "stack" && rest[0] === "init") return init(placeOf(rest[1]!));
  const { read } = await import("./reads.ts");
  if (command === "stack" && rest[0] === "ls") return read(place, "ls", values);
  if (!existsSync(place.checkpointFile)) fail(`no stack named '${place.stack}' found`);
  if (command === "cancel") return cancel(place);
  if (command === "config") return read(place, "config", values);
  if (command === "stack") return read(place, rest.join(" "), values);
  if (!RUNS.includes(command)) fail(`unknown command "${command}" for "pulumi"`);
  const changes = command !== "preview" && !values["preview-only"];
  if (changes) refuseLocked(place, fail);
  const { run } = await import("./run.ts");
  process.exitCode = await run(place, command, values, changes);
}

// Output may still be on its way: the process ends by itself.
await main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`error: ${/passphrase does not open/.test(message) ? "incorrect passphrase" : message}\n`);
  process.exitCode = 255;
});
