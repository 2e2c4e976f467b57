import { accessChanges } from "./access-changes.ts";
import { configurationChanges } from "./configuration-changes.ts";
import type { Change } from "./steps.ts";
import { workloadChanges } from "./workload-changes.ts";

export { harmless } from "./harmless.ts";
export type { Change } from "./steps.ts";

/** Changes by hand that must be found: each a call of the API under another field manager. */
export const changes: readonly Change[] = [...workloadChanges, ...configurationChanges, ...accessChanges];
