import { digestOf } from "../promotion/configuration.ts";
import type { Survey } from "../promotion/survey.ts";
import { sleep } from "../sleep.ts";
import { UserError } from "../user-error.ts";
import { type Health, HealthWatch, LIMITS } from "./health.ts";

const EVERY_MS = 2_000;

export interface Watching {
  read(): Promise<readonly Health[]>;
  readonly minutes: number;
  readonly signal: AbortSignal;
  seen(sample: readonly Health[]): void;
  /** Between two looks, milliseconds. */
  readonly every?: number;
  /** Seconds for which the cluster may give no answer: an API server that is restarted says nothing about the release. */
  readonly patience?: number;
}

/** Looks until the time is over, somebody interrupts, or something is wrong: then what. */
export async function watching({ read, minutes, signal, seen, every = EVERY_MS, patience = LIMITS.unreadySeconds }: Watching) {
  const judge = new HealthWatch();
  const seconds = () => performance.now() / 1000;
  const until = seconds() + minutes * 60;
  let silentSince: number | undefined;
  while (!signal.aborted && seconds() < until) {
    try {
      const sample = await read();
      silentSince = undefined;
      seen(sample);
      const fault = judge.add(sample, seconds());
      if (fault !== undefined) return fault;
    } catch (error) {
      silentSince ??= seconds();
      const silent = seconds() - silentSince;
      if (silent >= patience) throw new UserError(noAnswer(silent, error));
    }
    await sleep(Math.max(0, Math.min(every, (until - seconds()) * 1000)), signal);
  }
  return undefined;
}

const noAnswer = (seconds: number, error: unknown): string =>
  `The cluster has given no answer for ${Math.round(seconds)} s, so nobody knows how the release is: ${(error instanceof Error ? error.message : String(error)).split("\n")[0]}. Nothing was recorded or put back: watch it again.`;

/** Has somebody else changed the stack since? Then what is wrong now is not the watched release's, and putting it back would undo theirs. */
export function movedOn(before: Pick<Survey, "deployments" | "settled">, now: typeof before, project: string): string | undefined {
  const [was] = before.deployments;
  const [last] = now.deployments;
  const digest = ({ configuration }: NonNullable<typeof last>) => digestOf(configuration, project);
  if (last === undefined || was === undefined) return "it was taken away meanwhile";
  if (last.id !== was.id) return `${last.id} went live there meanwhile`;
  if (digest(last) !== digest(was)) return "it got another configuration meanwhile";
  return before.settled && !now.settled ? "another run has begun there, or did not get through" : undefined;
}
