import { count } from "../../report/text.ts";
import type { Outbox } from "./outbox.ts";

/** What waits, in words; undefined: nothing. */
export function waitingInWords({ waiting, statuses }: Outbox): string | undefined {
  const of = (as: string) => waiting.filter((one) => one.as === as).length;
  const parts = [
    ...(of("deployment") > 0 ? [count(of("deployment"), "deployment")] : []),
    ...(statuses.length > 0 ? [`the gates of ${count(statuses.length, "release")}`] : []),
    ...(of("pull-request") > 0 ? [count(of("pull-request"), "pull request")] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(", ");
}
