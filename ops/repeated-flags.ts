import type { GlobalOptions } from "./context.ts";
import { quoted } from "./report/next-steps.ts";

/** The options that a suggested command has to repeat to mean the same world. */
export function repeatedFlags(options: GlobalOptions): string {
  return [
    options.local ? " --local" : "",
    options.context === undefined ? "" : ` --context ${quoted(options.context)}`,
    options.pulumi === undefined ? "" : ` --pulumi ${quoted(options.pulumi)}`,
    options.stackDir === undefined ? "" : ` --stack-dir ${quoted(options.stackDir)}`,
  ].join("");
}
