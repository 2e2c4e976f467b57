import { z } from "zod";

/**
 * One entry of the ledger: what happened to which stack and release, who did it, when. Entries are never changed; what undoes one
 * (a released hold, a closed incident) is an entry of its own. Shapes only grow: a reader meets entries of later versions.
 */

/** What a release is, by content: the id that every gate, approval and check refers to (components/release.ts computes it). */
export const ReleaseReference = z.object({
  id: z.string(),
  version: z.string(),
  commit: z.string(),
  schemaVersion: z.string().optional(),
  /** Service to image reference with digest. */
  images: z.record(z.string(), z.string()),
});
export type ReleaseReference = z.infer<typeof ReleaseReference>;

/** Who: as git knows them, or as GitHub does. `bot` when an automation acted; then `requestedBy` is the person who asked. */
export const Actor = z.object({
  name: z.string(),
  email: z.string().optional(),
  login: z.string().optional(),
  bot: z.boolean().optional(),
  requestedBy: z.string().optional(),
});
export type Actor = z.infer<typeof Actor>;

const Time = z.iso.datetime({ offset: false });
const of = <K extends string, T extends z.ZodRawShape>(kind: K, shape: T) => z.object({ kind: z.literal(kind), ...shape });
const stack = z.string();
const releaseId = z.string();
const reason = z.string().min(1);

/** What happened, by kind. */
export const Happening = z.discriminatedUnion("kind", [
  of("release", {
    release: ReleaseReference,
    commits: z.array(z.object({ id: z.string(), subject: z.string(), at: Time })),
    reason: reason.optional(),
  }),
  of("promotion", { from: stack, to: stack, release: ReleaseReference, lane: z.enum(["normal", "hotfix", "break-glass"]) }),
  /** One end of a run of `up`: `restored` means that the previous release was put back by itself. */
  of("deployment", {
    stack,
    release: ReleaseReference,
    result: z.enum(["succeeded", "failed", "restored", "cancelled"]),
    startedAt: Time,
    endedAt: Time,
    /** Number of the update in the stack's own history: cross-checks the ledger. */
    update: z.number().int().optional(),
    engine: z.string(),
    migrations: z.array(z.string()).optional(),
    cause: z.string().optional(),
    /** What strategies did in this run: the share that the new colour had reached, and the colour that serves afterwards. */
    rollout: z.array(z.object({ service: z.string(), strategy: z.string(), reached: z.number(), active: z.string() })).optional(),
  }),
  of("rollback", {
    stack,
    from: ReleaseReference,
    to: ReleaseReference,
    automatic: z.boolean(),
    cause: reason,
    class: z.enum(["safe", "config-coupled", "schema-coupled"]),
    /** From the cluster's first report (automatic) or the command (by hand) until the previous release was ready. */
    secondsToRestore: z.number().optional(),
  }),
  of("approval", {
    stack,
    releaseId,
    role: z.string(),
    verdict: z.enum(["approved", "rejected"]),
    source: z.string(),
    codeOwner: z.boolean().optional(),
    note: z.string().optional(),
  }),
  of("migrations-confirmed", { stack, releaseId, migrations: z.array(z.string()) }),
  of("check", {
    stack,
    releaseId,
    name: z.string(),
    result: z.enum(["passed", "failed"]),
    evidence: z.string().optional(),
    measuredAt: Time.optional(),
  }),
  /** With `configuration` (a digest of the plain values) only that configuration of the release is held: the release itself ran before. */
  of("hold", { stack, releaseId, reason, automatic: z.boolean(), configuration: z.string().optional() }),
  of("hold-released", { stack, releaseId, reason }),
  of("freeze", { stack: stack.optional(), reason, until: Time.optional() }),
  of("unfreeze", { stack: stack.optional(), reason }),
  of("incident-opened", { incident: z.string(), stack, releaseId: releaseId.optional(), summary: reason }),
  of("incident-closed", { incident: z.string(), stack, summary: z.string().optional() }),
  /** `alone`: by a team of one, so that nobody else was asked. */
  of("hotfix", { stack, release: ReleaseReference, reason, alone: z.literal(true).optional() }),
  of("break-glass", { stack, releaseId, reason, incident: z.string(), confirmBy: Time, expires: Time, alone: z.literal(true).optional() }),
  of("break-glass-confirmed", { stack, releaseId, breakGlass: z.string() }),
  /** `reason`: somebody's word, where git does not show it. */
  of("back-ported", { stack, releaseId, to: z.array(z.string()), reason: reason.optional() }),
  of("watch", { stack, releaseId, result: z.enum(["passed", "failed"]), minutes: z.number(), cause: z.string().optional() }),
  of("rehearsal", { stack, from: releaseId, to: releaseId, result: z.enum(["passed", "failed"]), seconds: z.number() }),
  of("backup", {
    stack,
    backup: z.string(),
    verified: z.boolean(),
    takenAt: Time,
    bytes: z.number().optional(),
    /** Version that ran when it was taken, and the schema that the data had; "" before any migration. */
    version: z.string().optional(),
    schemaVersion: z.string().optional(),
    reason: z.string().optional(),
    job: z.string().optional(),
  }),
  /**
   * `drill`: restored into a scratch place, counted, and thrown away. `before`: the backup of what was there. `server`: by another database server,
   * which has the data of `to`, or is the one from before.
   */
  of("restore", {
    stack,
    backup: z.string(),
    result: z.enum(["succeeded", "failed"]),
    seconds: z.number(),
    drill: z.boolean().optional(),
    before: z.string().optional(),
    server: z.string().optional(),
    to: Time.optional(),
    cause: z.string().optional(),
  }),
  /** A restore by another server is over: one of the two was taken away. */
  of("server-retired", { stack, server: z.string(), serving: z.string(), seconds: z.number() }),
  of("drift", { stack, findings: z.number().int(), fixed: z.number().int().optional() }),
]);
export type Happening = z.infer<typeof Happening>;
export type HappeningOf<K extends Happening["kind"]> = Extract<Happening, { kind: K }>;

/** An entry as it stands in the ledger. `id` is the SHA-256 of the entry's canonical text, which includes `previous`: a chain. */
export interface LedgerEvent<K extends Happening["kind"] = Happening["kind"]> {
  readonly id: string;
  /** 1, 2, 3 … without holes. */
  readonly number: number;
  readonly previous: string | null;
  /** UTC, ISO 8601 with milliseconds. */
  readonly at: string;
  readonly actor: Actor;
  readonly what: HappeningOf<K>;
}

/** Where entries are kept. Reads are whole: a ledger of 10,000 entries is read within a second. */
export interface Ledger {
  /** Who appends here. */
  actor?(): Promise<Actor>;
  /** Oldest first. Tampering and holes are findings, never silently skipped. */
  read(): Promise<{ events: LedgerEvent[]; findings: string[] }>;
  /** Appends in order and atomically (compare-and-swap); works offline, `unsynced` counts what the remote has not seen, `reason` says why. */
  append(...what: Happening[]): Promise<{ events: LedgerEvent[]; unsynced: number; reason?: string }>;
  /** Exchanges entries with the remote; entries made offline are chained anew behind the remote's. */
  sync(): Promise<{ sent: number; received: number; offline: boolean; reason?: string }>;
  /** Looks through the whole history, commit by commit, for what `read` cannot see; slower. Absent where there is no such history. */
  audit?(): Promise<{ commits: number; signed: number; findings: readonly string[] }>;
}
