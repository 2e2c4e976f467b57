import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Running } from "./run.ts";
import { writeHistory } from "./state.ts";

export interface Recording {
  /** Which runs it answers: `up`, `preview`, `refresh`, `destroy`, `import`. */
  readonly command: string;
  /** JSON lines, beside the script. */
  readonly events: string;
  /** The checkpoint that the run left. */
  readonly state?: string;
  readonly code?: number;
  readonly stderr?: string;
  /** Hold the last events back until SIGINT: from the first event on that contains this text. */
  readonly until?: string;
}

/** Answers with the first recording of the script that is for this command and not used up. */
export async function replay({ place, command, stream, interrupted, changes, values }: Running): Promise<number> {
  const file = process.env.STAND_IN_SCRIPT!;
  const script = JSON.parse(readFileSync(file, "utf8")) as (Recording & { used?: boolean })[];
  const recording = script.find((one) => one.command === command && !one.used);
  if (recording === undefined) throw new Error(`no recording is left for ${command}`);
  recording.used = true;
  writeFileSync(file, JSON.stringify(script));
  const { events, state, code = 0, stderr, until } = recording;
  for (const line of readFileSync(path.join(path.dirname(file), events), "utf8").split("\n")) {
    if (line === "") continue;
    if (until !== undefined && line.includes(until)) {
      await Promise.race([interrupted, new Promise((resolve) => setTimeout(resolve, 60_000).unref())]);
      stream.send({ diagnosticEvent: { prefix: "error: ", message: "update canceled\n", color: "never", severity: "error" } });
      stream.send({
        summaryEvent: { maybeCorrupt: false, durationSeconds: 1, resourceChanges: { same: 8 }, PolicyPacks: {}, result: "failed" },
      });
      if (changes) await writeHistory(place, command, "failed", values);
      process.stderr.write("error: update canceled\n");
      return 1;
    }
    stream.send(JSON.parse(line));
  }
  if (state !== undefined) {
    mkdirSync(path.dirname(place.checkpointFile), { recursive: true });
    copyFileSync(path.join(path.dirname(file), state), place.checkpointFile);
  }
  if (changes) await writeHistory(place, command, code === 0 ? "succeeded" : "failed", values);
  if (stderr !== undefined) process.stderr.write(stderr);
  return code;
}
