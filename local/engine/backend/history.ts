import { constants, copyFile, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { HistoryEntry } from "../../../ops/engine.ts";
import { UserError } from "../../../ops/user-error.ts";
import type { NewHistoryEntry, StackConfig } from "../state.ts";
import { privateDir, writeAtomic } from "./atomic-file.ts";
import { nowNanoseconds } from "./clock.ts";
import type { Crypter } from "./crypter.ts";
import { escapeSeparators, jsonObject, jsonText, sortedKeys } from "./json-text.ts";
import type { StackLayout } from "./layout.ts";

const SUFFIX = ".history.json";
const IMPORT = "resource-import"; // Pulumi's word for it in files

/** Writes `<stack>-<nanoseconds>.history.json` and beside it a copy of the checkpoint that the run left. */
export async function writeHistory(layout: StackLayout, entry: NewHistoryEntry, crypter: Crypter): Promise<void> {
  const text = jsonObject([
    ["kind", JSON.stringify(entry.kind === "import" ? IMPORT : entry.kind)],
    ["startTime", seconds(entry.startTime)],
    ["message", JSON.stringify(entry.message)],
    ["environment", jsonText(entry.environment)],
    ["config", configJson(entry.config, crypter)],
    ["version", "0"],
    ["result", JSON.stringify(entry.result)],
    ["endTime", seconds(entry.endTime)],
    ["resourceChanges", Object.keys(entry.resourceChanges).length > 0 ? jsonText(entry.resourceChanges) : undefined],
  ]);
  await privateDir(layout.historyDir);
  const base = path.join(layout.historyDir, `${layout.stack}-${nowNanoseconds()}`);
  await writeAtomic(`${base}${SUFFIX}`, escapeSeparators(text));
  await copyFile(layout.checkpointFile, `${base}.checkpoint.json`, constants.COPYFILE_FICLONE).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error; // the run failed before the stack had any state
  });
}

const seconds = (time: Date): string => String(Math.floor(time.getTime() / 1000));

/** As Pulumi keeps configuration: text, a structure as itself, a secret as `{"secure": ciphertext}`. */
function configJson(config: StackConfig, crypter: Crypter): string {
  return jsonObject(
    sortedKeys(config).map((key) => {
      const { value, secret, object } = config[key]!;
      if (secret) return [key, jsonText({ secure: crypter.encrypt(value) })] as const;
      return [key, object ? jsonText(JSON.parse(value)) : JSON.stringify(value)] as const;
    }),
  );
}

/** Every run of the stack, newest first; secret values are left out. */
export async function readHistory(layout: StackLayout): Promise<HistoryEntry[]> {
  let names: string[];
  try {
    names = await readdir(layout.historyDir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const files = names.filter((name) => name.startsWith(`${layout.stack}-`) && name.endsWith(SUFFIX)).sort((a, b) => compareTimes(b, a));
  return Promise.all(files.map((name) => readEntry(path.join(layout.historyDir, name))));
}

const nanoseconds = (name: string): string => name.slice(name.lastIndexOf("-") + 1, -SUFFIX.length).padStart(20, "0");
const compareTimes = (a: string, b: string): number => (nanoseconds(a) < nanoseconds(b) ? -1 : 1);

async function readEntry(file: string): Promise<HistoryEntry> {
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(await readFile(file, "utf8"));
  } catch {
    throw new UserError(`The history file ${file} is damaged. Remove it: nothing else depends on it.`);
  }
  const { kind, startTime, endTime, message, environment, config, result, resourceChanges } = json;
  return {
    version: 0,
    kind: (kind === IMPORT ? "import" : kind) as HistoryEntry["kind"],
    startTime: isoTime(startTime),
    message: String(message ?? ""),
    environment: (environment ?? {}) as Record<string, string>,
    config: shownConfig((config ?? {}) as Record<string, unknown>),
    result: result as HistoryEntry["result"],
    ...(result === "in-progress"
      ? {}
      : { endTime: isoTime(endTime), resourceChanges: (resourceChanges ?? {}) as HistoryEntry["resourceChanges"] }),
  };
}

const isoTime = (unixSeconds: unknown): string => new Date(Number(unixSeconds) * 1000).toISOString();

function shownConfig(config: Record<string, unknown>): HistoryEntry["config"] {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, shownValue(value)]));
}

function shownValue(value: unknown): HistoryEntry["config"][string] {
  if (holdsSecure(value)) return { secret: true };
  if (typeof value === "object" && value !== null) return { value: jsonText(value), objectValue: value, secret: false };
  return { value: typeof value === "string" ? value : JSON.stringify(value), secret: false };
}

const holdsSecure = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  ((Object.hasOwn(value, "secure") && Object.keys(value).length === 1) || Object.values(value).some(holdsSecure));
