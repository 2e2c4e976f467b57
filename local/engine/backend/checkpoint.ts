import { createHash } from "node:crypto";
import type { PendingKind, Snapshot } from "../state.ts";
import { timestamp } from "./clock.ts";
import type { Crypter } from "./crypter.ts";
import type { Parts } from "./journal.ts";
import { PropertyCodec } from "./property-codec.ts";
import { decodeResource, encodeResource, placeOf, ResourceError } from "./resource-codec.ts";
import { TextMemo } from "./text-memo.ts";

/** A checkpoint as it lies in the file, values still encrypted (apitype.VersionedCheckpoint over CheckpointV3). */
export interface Checkpoint {
  version: number;
  features?: string[];
  checkpoint: { stack?: string; latest?: Deployment };
  /**
   * The mark of the local world, beside `version`: Pulumi decodes a checkpoint into a struct with Go's encoding/json, which skips keys it
   * does not know, and drops them when it writes. So a stack that Pulumi has written since has lost the mark, and is refused.
   */
  liftlock?: { world: "local"; journal?: string };
}
export interface Deployment {
  manifest: { time: string; magic: string; version: string };
  secrets_providers?: { type: string; state?: { salt?: string } };
  resources?: unknown[];
  pending_operations?: { resource: unknown; type: string }[];
  metadata?: object;
}

/** Version of the format that is written; 4 is the same with `features`, of which one of our own is known here. */
export const CHECKPOINT_VERSION = 3;
/**
 * A checkpoint that may not be all: a journal beside it says what was done since. Only while a large stack is worked on, and after a crash.
 * Pulumi refuses a checkpoint with a feature that it does not know (pkg/resource/stack/checkpoint.go), so it never takes such a one for whole.
 */
export const JOURNAL_FEATURE = "liftlock.journal";
export interface TextOptions {
  qualifiedName: string;
  engineVersion: string;
  marked: boolean;
  journal?: string;
}
const DEPLOYMENT_FIELDS = new Set(["manifest", "secrets_providers", "resources", "pending_operations", "metadata"]);

/** Pulumi's integrity cookie over a manifest: a hash of the engine's version. */
export const magicOf = (version: string): string => createHash("sha256").update(version).digest("hex");

/** Turns snapshots of one stack into text and back. Keeps ciphertexts between the two, so that an unchanged secret stays as it was. */
export class CheckpointCodec {
  readonly #crypter: Crypter;
  readonly #codec: PropertyCodec;
  readonly #resources = new TextMemo();
  readonly #pending = new TextMemo();

  constructor(crypter: Crypter) {
    this.#crypter = crypter;
    this.#codec = new PropertyCodec(crypter);
  }

  parts(snapshot: Snapshot): Parts {
    const resources = snapshot.resources.map((r) =>
      this.#resources.textOf(r, () => encodeResource(r, this.#codec, placeOf(r.urn, r.id, r.delete))),
    );
    const pending = snapshot.pendingOperations.map(({ resource, type }) => {
      const text = this.#pending.textOf(resource, () => encodeResource(resource, this.#codec, pendingPlace(resource.urn)));
      return `{"resource":${text},"type":${JSON.stringify(type)}}`;
    });
    return { resources, pending };
  }

  encode(snapshot: Snapshot, options: TextOptions): string {
    return this.text(this.parts(snapshot), options);
  }

  /** The checkpoint as a whole; `journal` is the id of the journal that goes on from it. */
  text({ resources, pending }: Parts, { qualifiedName, engineVersion, marked, journal }: TextOptions): string {
    const manifest = JSON.stringify({ time: timestamp(), magic: magicOf(engineVersion), version: engineVersion });
    const secrets = JSON.stringify({ type: "passphrase", state: { salt: this.#crypter.salt } });
    const latest = [
      `"manifest":${manifest}`,
      `"secrets_providers":${secrets}`,
      ...(resources.length > 0 ? [`"resources":[${resources.join(",")}]`] : []),
      ...(pending.length > 0 ? [`"pending_operations":[${pending.join(",")}]`] : []),
      `"metadata":{}`,
    ];
    const checkpoint = `{"stack":${JSON.stringify(qualifiedName)},"latest":{${latest.join(",")}}}`;
    if (journal !== undefined) {
      const features = JSON.stringify([JOURNAL_FEATURE]);
      const mark = JSON.stringify({ world: "local", journal });
      return `{"version":${CHECKPOINT_VERSION + 1},"features":${features},"checkpoint":${checkpoint},"liftlock":${mark}}`;
    }
    const mark = marked ? `,"liftlock":{"world":"local"}` : "";
    return `{"version":${CHECKPOINT_VERSION},"checkpoint":${checkpoint}${mark}}`;
  }

  /** Throws `ResourceError`. */
  decode(deployment: Deployment): Snapshot {
    const unknown = Object.keys(deployment).filter((k) => !DEPLOYMENT_FIELDS.has(k));
    if (unknown.length > 0) throw new ResourceError(`the deployment has the field "${unknown[0]}", which this version does not know`);
    const resources = (deployment.resources ?? []).map((r, i) => decodeResource(r, i, this.#codec));
    const pendingOperations = (deployment.pending_operations ?? []).map(({ resource, type }, i) => ({
      resource: decodeResource(resource, i, this.#codec, pendingPlace),
      type: type as PendingKind,
    }));
    return { resources, pendingOperations };
  }
}

const pendingPlace = (urn: string): string => `pending\n${urn}`;
