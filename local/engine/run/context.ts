import type { ProviderRegistry } from "../providers/registry.ts";
import type { LogSeverity } from "../registration.ts";
import type { SeedSource } from "../seed.ts";
import type { ResourceState } from "../state.ts";
import { nameOf } from "../urn.ts";
import type { Hooks } from "./hooks.ts";
import type { Reporter } from "./reporter.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

/** What every part of one run shares. */
export interface RunContext {
  readonly project: string;
  readonly stack: string;
  readonly preview: boolean;
  readonly registry: ProviderRegistry;
  readonly store: SnapshotStore;
  readonly reporter: Reporter;
  readonly hooks: Hooks;
  readonly seed: SeedSource;
  /** Aborted when the run is to stop: by a person, or because a step failed. */
  readonly signal: AbortSignal;
  /** URNs to which the run is limited; undefined means all. */
  readonly targets?: ReadonlySet<string>;
}

/** The part of a provider call that is the same for all of them. */
export function common(context: RunContext, state: Pick<ResourceState, "urn" | "type">) {
  return {
    urn: state.urn,
    type: state.type,
    name: nameOf(state.urn),
    signal: context.signal,
    log: (severity: "status" | "report" | LogSeverity, message: string) => {
      const ephemeral = severity === "status" || severity === "report";
      const shown = severity === "status" ? "info" : severity === "report" ? "warning" : severity;
      context.reporter.diagnostic(shown, message, { urn: state.urn, ephemeral });
    },
  };
}

/** The provider that manages a resource, made from the state if the program has not registered it (yet). */
export function providerOf(context: RunContext, state: ResourceState) {
  return context.registry.ensure(state.provider ?? "", context.store.base);
}
