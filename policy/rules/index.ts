import type { Rule } from "../rule.ts";
import { autoscalerOwnsReplicas, disruptionBudget, networkPolicy } from "./availability.ts";
import { containerResources, imageDigest } from "./containers.ts";
import { credentialsInClear, leastRights, noPublicAccess } from "./exposure.ts";
import { podSecurity } from "./pod-security.ts";
import { databaseAvailability, protectedData } from "./production-data.ts";

/** Everything that no environment may break. */
export const RULES: readonly Rule[] = [
  podSecurity,
  containerResources,
  imageDigest,
  disruptionBudget,
  autoscalerOwnsReplicas,
  networkPolicy,
  noPublicAccess,
  credentialsInClear,
  leastRights,
  protectedData,
  databaseAvailability,
];
