import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { execa, type Options } from "execa";
import { backupScript } from "../../components/backup/backup-script.ts";
import { drillScript } from "../../components/backup/drill-script.ts";
import { restoreScript } from "../../components/backup/restore-script.ts";

const scripts = { backup: backupScript, restore: restoreScript, drill: drillScript };

export interface Ended {
  readonly exitCode: number | undefined;
  readonly all: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a Job reports
  readonly report: any;
}

/** Runs the script that a Job runs, as it runs it: `sh -c`, with everything in the environment. */
export async function run(
  script: keyof typeof scripts,
  env: Record<string, string>,
  { shell = "sh", ...options }: Options & { shell?: string } = {},
): Promise<Ended> {
  const report = path.join(env.BACKUPS!, "..", `report-${process.pid}-${Math.random()}`);
  const { exitCode, all } = await execa(shell, ["-c", scripts[script], script], {
    reject: false,
    all: true,
    env: { RELEASE: "1.4.0", SCHEMA: "b", REASON: "schedule", KEEP_DAYS: "7", JOB: "", FOLDERS: "", ...env, REPORT: report },
    ...options,
  });
  return { exitCode, all: String(all), report: existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : undefined };
}

/** Ids of the backups in a directory, oldest first; anything else that lies there too. */
export const kept = (directory: string): string[] => readdirSync(directory).sort();
