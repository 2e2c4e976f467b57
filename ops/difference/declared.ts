import type { Json } from "../report/diff.ts";

/** A resource as the program declares it, of whatever provider; secrets are `[secret]`. */
export interface DeclaredResource {
  readonly type: string;
  /** Pulumi's name: the same in every environment. */
  readonly name: string;
  readonly inputs: Json;
}

/** A secret by its keyed fingerprint: equal fingerprints are equal values, and nothing more can be learnt from one without the key. */
export interface SecretPrint {
  readonly fingerprint: string;
  /** Of an address: of its host, port and database without user and password. */
  readonly place?: string;
}

export interface Secrets {
  readonly prints: ReadonlyMap<string, SecretPrint>;
  /** Where the values come from; `closed`: they could not be opened. */
  readonly from: "the stack file" | "the local world" | "closed";
}

/** Parts of a stack's settings, in the place of those of its file. */
export type Parts = Readonly<Partial<Record<"environment" | "release", unknown>>>;

/** What the comparison of environments asks of the program; needs no cluster. */
export interface Declarations {
  resources(projectDir: string, stack: string, parts?: Parts): Promise<DeclaredResource[]>;
  secrets(projectDir: string, stack: string): Promise<Secrets>;
}
