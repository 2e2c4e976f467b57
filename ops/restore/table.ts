import { moment } from "../gates/words.ts";
import type { Backup } from "./report.ts";

const COLUMNS: readonly (readonly [name: string, of: (backup: Backup) => string | undefined])[] = [
  ["backup", ({ id }) => id],
  ["taken", ({ takenAt }) => moment(takenAt)],
  ["size", ({ bytes }) => (bytes === undefined ? undefined : sizeOf(bytes))],
  ["release", ({ version }) => version],
  ["schema", ({ schemaVersion }) => (schemaVersion === "" ? "none" : schemaVersion)],
  ["why", ({ reason }) => reason],
];

/** Backups as a table, without the columns of which nothing is known; their names are `unknown`. */
export function backupTable(backups: readonly Backup[]): { head: string[]; rows: string[][]; unknown: string[] } {
  const shown = COLUMNS.filter(([, of]) => backups.some((backup) => of(backup) !== undefined));
  return {
    head: shown.map(([name]) => name),
    rows: backups.map((backup) => shown.map(([, of]) => of(backup) ?? "not known")),
    unknown: COLUMNS.filter((column) => !shown.includes(column)).map(([name]) => name),
  };
}

const sizeOf = (bytes: number): string => {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
};
