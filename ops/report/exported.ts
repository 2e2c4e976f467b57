import type { Engine } from "../engine.ts";
import { UserError } from "../user-error.ts";
import { isRecord, type Json } from "./diff.ts";

/** The resources of an exported state (`Engine.export()`), or of its `deployment` alone. */
export function resourcesIn(exported: Json): Json[] {
  const deployment = isRecord(exported.deployment) ? exported.deployment : exported;
  return Array.isArray(deployment.resources) ? deployment.resources.filter(isRecord) : [];
}

/** The state that an engine exports; empty for a stack that was never brought up. */
export const exportedBy = (engine: Engine): Promise<Json> =>
  engine.export().catch((error: unknown): Json => {
    if (error instanceof UserError) return {};
    throw error;
  });
