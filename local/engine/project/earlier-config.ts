import type { HistoryEntry } from "../../../ops/engine.ts";
import { UserError } from "../../../ops/user-error.ts";
import type { StackConfig } from "../state.ts";

/**
 * The configuration that an update had earlier, with the secrets of now: a rotated password must not come back. Throws a UserError when a
 * secret that it needs is no longer set.
 */
export function earlierConfig(earlier: HistoryEntry["config"], current: StackConfig, stack: string): StackConfig {
  const missing = Object.keys(earlier).filter((key) => earlier[key]!.secret && !current[key]?.secret);
  if (missing.length > 0) {
    throw new UserError(
      `The configuration to go back to needs secrets that are no longer set: ${missing.join(", ")}.\n` +
        `Set them (pulumi config set --secret KEY --stack ${stack}), then try again.`,
    );
  }
  return Object.fromEntries(
    Object.entries(earlier).map(([key, { value, objectValue, secret }]) => {
      if (secret) return [key, current[key]!];
      return [key, { value: value ?? "", secret: false, ...(objectValue === undefined ? {} : { object: true }) }];
    }),
  );
}
