import { lock } from "./locks.ts";
import type { Values } from "./main.ts";
import { needPassphrase, type Place } from "./place.ts";
import { Stream } from "./stream.ts";

export interface Running {
  readonly place: Place;
  readonly command: string;
  readonly values: Values;
  readonly changes: boolean;
  readonly stream: Stream;
  /** Resolves on SIGINT. */
  readonly interrupted: Promise<void>;
}

/** A run with its lock, from a recording or by executing the program. Gives the exit code. */
export async function run(place: Place, command: string, values: Values, changes: boolean): Promise<number> {
  needPassphrase();
  const stream = new Stream(values["event-log"]);
  const interrupted = new Promise<void>((resolve) => process.once("SIGINT", () => resolve()));
  const replayed = process.env.STAND_IN_SCRIPT !== undefined;
  const free = changes && replayed ? lock(place) : () => {}; // the program's run takes its own
  try {
    const running = { place, command, values, changes, stream, interrupted };
    return replayed ? await (await import("./replay.ts")).replay(running) : await (await import("./program.ts")).runProgram(running);
  } finally {
    free();
    await stream.end();
  }
}
