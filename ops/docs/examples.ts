import { execFileSync } from "node:child_process";
import { cpSync, existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import picocolors from "picocolors";
import { main } from "../main.ts";

const root = path.join(import.meta.dirname, "../../examples");

/** Folders of the examples. */
export const exampleFolders = (): string[] => readdirSync(root).map((name) => path.join(root, name));

/** What an example has beside its settings and its README: what `liftlock workflows` and `liftlock document` write in a repository of its own. */
export async function exampleFiles(dir: string): Promise<Record<string, string>> {
  const copy = mkdtempSync(path.join(os.tmpdir(), "liftlock-example-"));
  try {
    for (const file of globSync("Pulumi*.yaml", { cwd: dir })) cpSync(path.join(dir, file), path.join(copy, file));
    execFileSync("git", ["init", "--quiet"], { cwd: copy });
    for (const command of ["workflows", "document"]) await liftlock(copy, command);
    return written(copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Those of them that stand in a folder now. */
export function written(dir: string): Record<string, string> {
  const files = ["DEPLOYMENT.md", ...globSync(".github/**/*", { cwd: dir })]
    .filter((file) => existsSync(path.join(dir, file)) && statSync(path.join(dir, file)).isFile())
    .sort();
  return Object.fromEntries(files.map((file) => [file, readFileSync(path.join(dir, file), "utf8")]));
}

async function liftlock(cwd: string, command: string): Promise<void> {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const code = await main([command], {
    cwd,
    env: { ...process.env, LIFTLOCK_COMMAND: "./liftlock" },
    colors: picocolors.createColors(false),
    interactive: false,
    screen: undefined,
    out: say,
    err: say,
    ask: async () => "",
    onInterrupt: () => () => {},
    kill: (exitCode) => {
      throw new Error(`ended with ${exitCode}`);
    },
  });
  if (code !== 0) throw new Error(`liftlock ${command} in ${cwd} ended with ${code}:\n${said.join("\n")}`);
}
