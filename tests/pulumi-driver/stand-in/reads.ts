import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { readHistory } from "../../../local/engine/backend/history.ts";
import { loadProject, loadStackConfig } from "../../../local/engine/project.ts";
import type { Values } from "./main.ts";
import { needPassphrase, type Place } from "./place.ts";

const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

export async function read(place: Place, what: string, values: Values): Promise<void> {
  if (what === "ls") return print(stacks(place));
  if (what === "config") return print(await config(place, values["config-file"]));
  if (what === "tag ls") return print({});
  if (what === "history") return print((await readHistory(place)).slice(0, Number(values["page-size"] ?? 10)).map(asPrinted));
  if (what === "export") return print(exported(place));
  if (what !== "output") throw new Error(`unknown command "stack ${what}" for "pulumi"`);
  needPassphrase();
  const { createEmbeddedEngine } = await import("../../../local/engine/embedded.ts");
  const engine = await createEmbeddedEngine({
    projectDir: place.dir,
    stack: place.stack,
    backendDir: place.backendDir,
    passphrase: place.passphrase,
    providers: [],
    allowForeign: true,
  });
  print(await engine.outputs({ showSecrets: values["show-secrets"] ?? false }));
}

function exported({ checkpointFile }: Place): object {
  const { version, checkpoint } = JSON.parse(readFileSync(checkpointFile, "utf8"));
  return { version, deployment: checkpoint.latest ?? { manifest: {}, metadata: {} } };
}

const asPrinted = (entry: { kind: string }) => ({ ...entry, kind: entry.kind === "import" ? "resource-import" : entry.kind });

function stacks({ checkpointFile }: Place): object[] {
  const dir = path.dirname(checkpointFile);
  const files = existsSync(dir) ? readdirSync(dir).filter((file) => file.endsWith(".json")) : [];
  return files.map((file) => {
    const { checkpoint } = JSON.parse(readFileSync(path.join(dir, file), "utf8"));
    return {
      name: file.replace(/\.json$/, ""),
      current: false,
      lastUpdate: "2026-11-21T09:52:56.000Z",
      resourceCount: checkpoint.latest?.resources?.length ?? 0,
    };
  });
}

async function config({ dir, stack }: Place, file: string | undefined): Promise<object> {
  if (file !== undefined) throw new Error("only the stack's own file is listed here");
  const found = await loadStackConfig(await loadProject(dir), stack);
  return Object.fromEntries(
    Object.entries(found).map(([key, { value, secret, object }]) => [
      key,
      secret ? { secret } : { value, ...(object ? { objectValue: JSON.parse(value) } : {}), secret },
    ]),
  );
}
