import { isRecord } from "../../report/diff.ts";
import { resourcesIn } from "../../report/exported.ts";
import { UserError } from "../../user-error.ts";

/** The moments whose data a server can still give. ISO 8601 in UTC. */
export interface RestoreWindow {
  readonly server: string;
  readonly earliest: string;
  readonly latest: string;
  readonly retentionDays: number;
  readonly geoRedundant: boolean;
}

const DAY_MS = 86_400_000;

/**
 * What state says of the server: it keeps its last `backupRetentionDays`, and nothing from before it was made. Azure's own word of the earliest
 * moment is as old as the last run; what it has become since follows from the days. Undefined: no such server is up.
 */
export function windowOf(exported: Readonly<Record<string, unknown>>, server: string, now: Date): RestoreWindow | undefined {
  const resource = serversIn(exported).find(({ name }) => name === server);
  if (resource === undefined) return undefined;
  const { backup, created } = resource;
  const retentionDays = typeof backup.backupRetentionDays === "number" ? backup.backupRetentionDays : 7;
  const known = [created, backup.earliestRestoreDate].map((time) => (typeof time === "string" ? Date.parse(time) : Number.NaN));
  const earliest = Math.max(now.getTime() - retentionDays * DAY_MS, ...known.filter((time) => !Number.isNaN(time)));
  return {
    server,
    earliest: new Date(earliest).toISOString(),
    latest: now.toISOString(),
    retentionDays,
    geoRedundant: backup.geoRedundantBackup === "Enabled",
  };
}

interface InState {
  readonly name: unknown;
  readonly backup: Readonly<Record<string, unknown>>;
  readonly created: unknown;
  readonly host: unknown;
}

/** The address of a server that is up. */
export const hostOf = (exported: Readonly<Record<string, unknown>>, server: string): string => {
  const host = serversIn(exported).find(({ name }) => name === server)?.host;
  return typeof host === "string" && host !== "" ? host : `${server}.postgres.database.azure.com`;
};

export function serversIn(exported: Readonly<Record<string, unknown>>): InState[] {
  return resourcesIn(exported).flatMap((resource) => {
    if (resource.type !== "azure-native:dbforpostgresql:Server") return [];
    const { inputs, outputs, created } = resource;
    if (!isRecord(inputs)) return [];
    const of = (from: unknown) => (isRecord(from) && isRecord(from.backup) ? from.backup : {});
    const host = isRecord(outputs) ? outputs.fullyQualifiedDomainName : undefined;
    return [{ name: inputs.serverName, backup: { ...of(inputs), ...of(outputs) }, created, host }];
  });
}

/** A moment as people write it, in UTC. It names its zone: 10:00 is another moment in Lisbon than in Vienna. */
export async function readMoment(text: string): Promise<string> {
  const bad = (why: string) => new UserError(`--to ${text}: ${why}, such as 2026-01-15T10:00:00Z or 2026-01-15T11:00:00+01:00.`, 2);
  if (/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?$/.test(text)) throw bad("say the time and its zone");
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i.test(text)) throw bad("is no time in ISO 8601 with a zone");
  const { Temporal } = await import("temporal-polyfill");
  try {
    const instant = Temporal.Instant.from(text.toUpperCase());
    return instant.toString({ smallestUnit: instant.epochMilliseconds % 1000 === 0 ? "second" : "millisecond" });
  } catch {
    throw bad("is no time that exists");
  }
}

/** Refuses what the server cannot give any more, or not yet. */
export function requireWithin({ earliest, latest, server, retentionDays }: RestoreWindow, at: string): void {
  const said = `${server} can be restored to any moment from ${earliest} to ${latest} (${retentionDays} days are kept)`;
  if (Date.parse(at) > Date.parse(latest)) throw new UserError(`${at} is in the future. ${said}. Nothing was changed.`, 2);
  if (Date.parse(at) < Date.parse(earliest)) throw new UserError(`${at} is too long ago. ${said}. Nothing was changed.`, 2);
}
