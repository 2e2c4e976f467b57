import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { z } from "zod";
import { Actor, Happening, type LedgerEvent } from "./event.ts";

/** What is said of an entry besides what happened. */
const Envelope = z.object({
  id: z.string().regex(/^[0-9a-f]{64}$/),
  number: z.int().min(1),
  previous: z.string().nullable(),
  at: z.iso.datetime({ offset: false }),
  actor: Actor,
  what: z.unknown(),
});

/** Canonical JSON: RFC 8785, so the same entry has the same text (and the same id) wherever it is written. */
export const canonicalText = (value: unknown): string => canonicalize(value) as string;

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** An entry with its place in the chain. `id` covers everything else, `previous` included. */
export function seal(unsealed: Omit<LedgerEvent, "id">): LedgerEvent {
  const { number, previous, at, actor, what } = unsealed;
  // Through JSON, so that what is handed out is what will be read: no `undefined`, no prototypes.
  const plain = JSON.parse(canonicalText({ number, previous, at, actor, what })) as Omit<LedgerEvent, "id">;
  return { id: sha256(canonicalText(plain)), ...plain };
}

export const entryText = (event: LedgerEvent): string => `${canonicalText(event)}\n`;

/** What the next entry chains to when this text is the last one, damaged or not: a ledger must stay writable to say what happened. */
export function idOf(text: string): string {
  try {
    const { id } = JSON.parse(text) as { id?: unknown };
    if (typeof id === "string") return id;
  } catch {}
  return sha256(text);
}

export type Opened = { event: LedgerEvent; unknown?: string } | { fault: string };

/** Reads one entry and checks it by itself: its shape, and that its content matches its id. */
export function open(text: string): Opened {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { fault: "is no JSON: it was changed or damaged" };
  }
  const envelope = Envelope.safeParse(json);
  if (!envelope.success) return { fault: `has not the shape of an entry (${envelope.error.issues[0]?.path.join(".") || "whole"})` };
  const { id, ...content } = json as LedgerEvent;
  if (sha256(canonicalText(content)) !== id) return { fault: "was changed: its content does not match its id" };
  const event = json as LedgerEvent;
  // An entry of a later version is whole and chained, but says something that we cannot weigh.
  const known = Happening.safeParse(event.what);
  return known.success ? { event } : { event, unknown: String((event.what as { kind?: unknown } | null)?.kind) };
}
