import type { PropertyMap } from "../../engine/values.ts";
import type { Session } from "./client.ts";

/** What a resource's calls work on: plain values, without secret marks. */
export interface Work {
  session: Session;
  inputs: PropertyMap;
  signal: AbortSignal;
}
export interface Found {
  id: string;
  /** Every property of the resource, inputs as GitHub has them now and what GitHub adds. */
  outputs: PropertyMap;
}

/** How one resource type is made, read, changed and deleted. */
export interface Handler {
  /** With `existing`, its id is said in full: the object is there already and nobody's. */
  create(work: Work): Promise<Found>;
  /** From the id alone (`olds` empty) this is an import; ids of both kinds are as the real provider has them. */
  read(work: Omit<Work, "inputs"> & { id: string; olds: PropertyMap }): Promise<Found | undefined>;
  update(work: Work & { id: string; olds: PropertyMap; ignoreChanges: readonly string[] }): Promise<Found>;
  delete(work: Omit<Work, "inputs"> & { id: string; olds: PropertyMap }): Promise<void>;
  /** The id with which `pulumi import` takes over what stands in the way of a create. */
  importId?(inputs: PropertyMap, session: Session): Promise<string | undefined>;
}

export const text = (value: unknown): string => (typeof value === "string" ? value : "");
/** `a:b:c`, with colons inside the parts written as the real provider writes them. */
export const idOf = (...parts: string[]): string => parts.map((part) => part.replaceAll(":", "??")).join(":");
export const partsOf = (id: string): string[] => id.split(":").map((part) => part.replaceAll("??", ":"));
