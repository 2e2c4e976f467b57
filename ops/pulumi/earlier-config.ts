import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse, stringify } from "yaml";
import type { HistoryEntry } from "../engine.ts";
import { UserError } from "../user-error.ts";

type Earlier = HistoryEntry["config"];

/**
 * Runs with a settings file that holds an earlier configuration (`--config-file`): plain values as they were then, secrets and the key to
 * them as the stack's own file has them now. The file lives in a folder of its own, outside the project, for as long as the run.
 */
export async function withEarlierConfig<T>(
  earlier: Earlier,
  stack: { name: string; project: string; file: string; current: Readonly<Record<string, string>> },
  run: (configFile: string) => Promise<T>,
): Promise<T> {
  const now = (parse(await readFile(stack.file, "utf8")) ?? {}) as StackFile;
  const text = stringify(earlierFile(earlier, now, stack), { lineWidth: 0 });
  const dir = await mkdtemp(path.join(tmpdir(), "liftlock-config-"));
  try {
    const file = path.join(dir, `Pulumi.${stack.name}.yaml`);
    await writeFile(file, text, { mode: 0o600 });
    return await run(file);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

interface StackFile {
  config?: Record<string, unknown>;
  [key: string]: unknown;
}

/** Throws a UserError when a secret that the earlier configuration needs is no longer set. */
export function earlierFile(
  earlier: Earlier,
  now: StackFile,
  { name: stack, project, current }: { name: string; project: string; current: Readonly<Record<string, string>> },
): StackFile {
  const kept = new Map(Object.entries(now.config ?? {}).map(([key, value]) => [key.includes(":") ? key : `${project}:${key}`, value]));
  const missing = Object.keys(earlier).filter((key) => earlier[key]!.secret && !kept.has(key) && current[key] !== "[secret]");
  if (missing.length > 0) {
    throw new UserError(
      `The configuration to go back to needs secrets that are no longer set: ${missing.join(", ")}.\n` +
        `Set them (pulumi config set --secret KEY --stack ${stack}), then try again.`,
    );
  }
  const config = Object.entries(earlier).flatMap(([key, { value, objectValue, secret }]): [string, unknown][] => {
    if (!secret) return [[key, objectValue ?? value ?? ""]];
    return kept.has(key) ? [[key, kept.get(key)]] : []; // otherwise an environment of Pulumi ESC brings it
  });
  return { ...now, config: Object.fromEntries(config) };
}
