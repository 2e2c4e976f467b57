import type { Place } from "./place.ts";

export type Area =
  | "release"
  | "images"
  | "schema"
  | "configuration"
  | "flags"
  | "secrets"
  | "replicas"
  | "resources"
  | "access"
  | "database"
  | "github"
  | "platform"
  | "other"
  | "live";

/**
 * One difference between two environments. `expected`: a stack file declares it; `missing`: one side lacks what the application declares for
 * both; `unexpected`: nothing that anybody wrote down explains it. Values are words for people, never secrets.
 */
export interface Difference {
  readonly area: Area;
  /** `config api-config.LOG_LEVEL`, `secret DATABASE_URL`, `Deployment api spec.replicas`: what an acknowledgement names. */
  readonly name: string;
  readonly kind: "expected" | "unexpected" | "missing";
  readonly left?: string;
  readonly right?: string;
  /** Where each side is declared. */
  readonly places: readonly Place[];
  readonly note?: string;
  /** Why it is meant, by the settings. */
  readonly acknowledged?: string;
}
