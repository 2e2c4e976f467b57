import type { Context } from "./context.ts";
import type { EngineEvent, RunOptions, RunResult } from "./engine.ts";
import { Inventory } from "./report/inventory.ts";
import { Progress } from "./report/progress.ts";
import type { EngineRequest, Selected } from "./selector.ts";
import { statusLine } from "./terminal/status-line.ts";

export interface Followed {
  readonly result: RunResult;
  readonly inventory: Inventory;
}

const TICK_MS = 200;
const PULSE_MS = 30_000;

/** Runs something of an engine and shows it as it goes: lines for people, or the engine's own events as JSON lines. */
export async function follow(context: Context, what: string, run: (options: RunOptions) => Promise<RunResult>): Promise<Followed> {
  const { io, options, signal } = context;
  const inventory = new Inventory();
  if (options.json) {
    const onEvent = (event: EngineEvent) => {
      inventory.add(event);
      io.out(JSON.stringify(event));
    };
    return { result: await run({ onEvent, signal }), inventory };
  }
  const progress = new Progress({ stopping: () => signal.aborted, live: io.screen !== undefined });
  const status = await statusLine(io, what, io.out);
  const tick = setInterval(() => status.now(`${what}: ${progress.now()}`), TICK_MS);
  // A log without a moving line still shows that the run lives.
  const pulse = io.screen ? undefined : setInterval(() => progress.busy && status.line(`    still at ${progress.now()}`), PULSE_MS);
  try {
    const onEvent = (event: EngineEvent) => {
      inventory.add(event);
      for (const line of progress.add(event)) status.line(line);
    };
    return { result: await run({ onEvent, signal }), inventory };
  } finally {
    clearInterval(tick);
    clearInterval(pulse);
    status.stop();
  }
}

/** Chooses the engine and says which one it is. Starting the local control plane is shown: the first start builds it. */
export async function selected(context: Context, request: Omit<EngineRequest, "onProgress" | "signal">): Promise<Selected> {
  const { io, selector, signal } = context;
  const status = await statusLine(io, "choosing the engine");
  let last = "";
  const onProgress: EngineRequest["onProgress"] = ({ message, done, total }) => {
    status.now(total ? `${message} (${done ?? 0} of ${total})` : message);
    if (message !== last) status.line(message);
    last = message;
  };
  try {
    const chosen = await selector.select({ ...request, signal, onProgress });
    context.say(io.colors.dim(`${chosen.engine.name} · ${chosen.target}`));
    return chosen;
  } finally {
    status.stop();
  }
}
