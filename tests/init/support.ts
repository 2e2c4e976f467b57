import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { programFiles, settingsFiles } from "../../ops/init/files.ts";
import { choicesOf, type InitFlags } from "../../ops/init/flags.ts";
import { writeFiles } from "../../ops/init/write.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** An empty folder, called as the application is to be. */
export function emptyFolder(): string {
  const parent = mkdtempSync(path.join(os.tmpdir(), "liftlock-init-"));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const dir = path.join(parent, "shop");
  mkdirSync(dir);
  return dir;
}

/** A project as `init` writes it, whose program is this checkout's instead of the package's. */
export function project(flags: InitFlags): string {
  const dir = emptyFolder();
  writeFiles(dir, { ...settingsFiles(choicesOf(flags, dir)), ...programFiles("shop", "1.0.0") }, false);
  writeFileSync(path.join(dir, "index.ts"), `export { default } from ${JSON.stringify(path.join(root, "index.ts"))};\n`);
  symlinkSync(path.join(root, "node_modules"), path.join(dir, "node_modules"));
  return dir;
}

export const SERVICES = {
  one: ["web=ghcr.io/acme/web,path=/"],
  many: ["web=ghcr.io/acme/web,port=3000,path=/", "api=ghcr.io/acme/api,path=/api", "jobs=ghcr.io/acme/jobs,kind=worker"],
  stateful: ["app=ghcr.io/acme/app,kind=stateful,path=/"],
} as const;
