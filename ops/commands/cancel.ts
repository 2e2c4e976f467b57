import { typed } from "../confirm.ts";
import { type Context, EXIT } from "../context.ts";
import type { LockOwner } from "../engine.ts";
import { requireStack } from "../project-dir.ts";
import { listed } from "../report/text.ts";

export async function cancel(context: Context, [name]: string[], options: { yes?: boolean }): Promise<number> {
  const { io, say } = context;
  const project = await context.selector.project();
  const stack = requireStack(project, name);
  const { engine } = await context.selector.select({ projectDir: project.dir, stack, cluster: "none" });
  const holders = await engine.locks();
  if (holders.length > 0 && !options.yes) {
    const warning = `This takes away the lock of ${stack}, which ${listed(holders.map(owner))} holds. A run that still works would go on without it.`;
    await typed(io, { warning, expected: stack, question: "Type the stack's name to go on: ", flag: "--yes" });
  }
  const owners = holders.length === 0 ? [] : await engine.cancel();
  if (context.options.json) io.out(JSON.stringify(owners, null, 2));
  else if (owners.length === 0) say(`Nobody holds ${stack}: there is no lock to take away.`);
  else say(`Taken away: the lock of ${listed(owners.map(owner))}. What that run left behind, the next \`up\` puts right.`);
  return EXIT.done;
}

/** Some backends do not say who held a lock. */
const owner = ({ username, hostname, pid, timestamp, alive }: LockOwner): string =>
  pid === 0 && username === "unknown"
    ? "whoever held it"
    : `${username}@${hostname} (process ${pid}, since ${timestamp}${alive === undefined ? "" : alive ? ", still running" : ", no longer running"})`;
