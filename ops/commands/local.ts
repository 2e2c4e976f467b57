import { rm } from "node:fs/promises";
import path from "node:path";
import { controlPlaneStatus, resetControlPlane, startControlPlane, stopControlPlane } from "../../local/cluster/index.ts";
import type { ControlPlaneStatus, Progress } from "../../local/cluster/types.ts";
import { stopGithub } from "../../local/github/running.ts";
import { findWorld, type World } from "../../local/world.ts";
import { typed } from "../confirm.ts";
import { type Context, EXIT } from "../context.ts";
import { similar } from "../project-dir.ts";
import { quoted } from "../report/next-steps.ts";
import { bytes } from "../report/quantity.ts";
import { duration } from "../report/text.ts";
import { statusLine } from "../terminal/status-line.ts";
import { UserError } from "../user-error.ts";

const ACTIONS = { start, stop, status, reset };

/** The control plane belongs to the checkout, not to one program: any folder in it will do. */
export async function local(context: Context, [action = ""]: string[], options: { yes?: boolean }): Promise<number> {
  const { io } = context;
  if (!Object.hasOwn(ACTIONS, action)) {
    const near = similar(action, Object.keys(ACTIONS));
    throw new UserError(`liftlock local ${action}: there is ${Object.keys(ACTIONS).join(", ")}.${near ? ` Did you mean ${near}?` : ""}`, 2);
  }
  const world = findWorld(context.options.stackDir === undefined ? io.cwd : path.resolve(io.cwd, context.options.stackDir));
  return ACTIONS[action as keyof typeof ACTIONS](context, world, options);
}

async function start(context: Context, world: World): Promise<number> {
  const line = await statusLine(context.io, "starting the local control plane");
  try {
    let last = "";
    const onProgress = ({ message, done, total }: Progress) => {
      line.now(total ? `${message} (${done ?? 0} of ${total})` : message);
      if (message !== last) line.line(message);
      last = message;
    };
    const plane = await startControlPlane(world, onProgress, { signal: context.signal });
    line.stop();
    if (context.options.json) context.io.out(JSON.stringify(plane, null, 2));
    else
      context.say(
        `Kubernetes ${plane.version} ${plane.startedNow ? "is up" : "was up already"} at ${plane.server}\nkubectl --kubeconfig ${quoted(plane.kubeconfig)} get namespaces`,
      );
  } finally {
    line.stop();
  }
  return EXIT.done;
}

async function stop(context: Context, world: World): Promise<number> {
  await Promise.all([stopControlPlane(world), stopGithub(world.githubDir)]);
  return status(context, world);
}

async function status(context: Context, world: World): Promise<number> {
  const now = await controlPlaneStatus(world);
  if (context.options.json) context.io.out(JSON.stringify(now, null, 2));
  else for (const line of statusLines(now)) context.say(line);
  return EXIT.done;
}

function statusLines(now: ControlPlaneStatus): string[] {
  if (!now.running)
    return [
      `The local control plane does not run${now.detail === "stopped" ? "" : `: ${now.detail}`}.`,
      `Data: ${bytes(now.dataBytes)} in ${now.dir}`,
    ];
  return [
    `Kubernetes ${now.versions?.kubernetes ?? ""} at ${now.server}, for ${duration(now.uptimeSeconds ?? 0)}`,
    ...now.components.map(
      (c) => `  ${c.name.padEnd(24)} ${c.running ? `process ${c.pid}` : "not running"}${c.port === undefined ? "" : `, port ${c.port}`}`,
    ),
    `Data: ${bytes(now.dataBytes)} in ${now.dir}`,
    `kubectl --kubeconfig ${quoted(now.kubeconfig ?? "")} get namespaces`,
  ];
}

/** The cluster and the state of what ran in it go together: state without its cluster would only mislead. */
async function reset(context: Context, world: World, options: { yes?: boolean }): Promise<number> {
  if (!options.yes) {
    const warning = `This deletes the local control plane's data and the state of every local stack (${world.dir}).`;
    await typed(context.io, { warning, expected: "reset", question: "Type reset to go on: ", flag: "--yes" });
  }
  await Promise.all([resetControlPlane(world), stopGithub(world.githubDir)]);
  for (const dir of [world.backendDir(undefined), world.githubDir]) await rm(dir, { recursive: true, force: true });
  if (context.options.json) return status(context, world);
  context.say("The local world is empty. What was built for it is kept: the next start is quick.");
  return EXIT.done;
}
