import type { Acknowledgement } from "../../components/drift.schema.ts";
import { like } from "../drift/ignored.ts";
import type { Difference } from "./difference.ts";

/** Notes by whom of the settings a difference is meant. One that ran out, or is for other environments, counts no more. */
export function withAcknowledgements(
  differences: readonly Difference[],
  acknowledgements: readonly Acknowledgement[],
  stacks: readonly string[],
  today: string,
): Difference[] {
  const valid = acknowledgements.filter(
    ({ only, until }) => (only === undefined || stacks.every((stack) => only.includes(stack))) && (until === undefined || until >= today),
  );
  return differences.map((difference) => {
    const found = difference.kind === "expected" ? undefined : valid.find(({ difference: pattern }) => like(pattern, difference.name));
    return found === undefined ? difference : { ...difference, acknowledged: found.reason };
  });
}

/** What ends the command with exit code 3. */
export const counts = ({ kind, acknowledged }: Difference): boolean => kind !== "expected" && acknowledged === undefined;
