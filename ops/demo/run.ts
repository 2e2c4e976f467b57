import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { type Context, EXIT } from "../context.ts";
import type { KubeconfigTarget } from "../live.ts";
import { main } from "../main.ts";
import { duration } from "../report/text.ts";
import type { Io } from "../terminal/io.ts";
import type { DemoProgram } from "./program.ts";
import { type Expected, STEPS, type Step } from "./steps.ts";

/** Goes through the steps as a person would, on a cluster that is there. Returns the exit code. */
export async function runDemo(context: Context, cluster: KubeconfigTarget, { dir }: DemoProgram): Promise<number> {
  const { say, io, signal } = context;
  const { bold, cyan, red, green } = io.colors;
  await repository(dir);
  const began = performance.now();
  for (const [index, step] of STEPS.entries()) {
    say(`\n${bold(cyan(`${index + 1}/${STEPS.length} ${step.title}`))}\n${step.say}`);
    const wrong = await doStep(context, cluster, dir, step);
    if (signal.aborted) {
      io.err("\nThe demo was stopped.");
      return EXIT.failed;
    }
    if (wrong !== undefined) {
      io.err(`\n${red(bold("The demo went wrong:"))} ${wrong}`);
      return EXIT.failed;
    }
  }
  say(`\n${green(bold("That was all of it"))}, in ${duration((performance.now() - began) / 1000)}.`);
  return EXIT.done;
}

/** Says what did not behave as it should, or nothing. */
async function doStep(context: Context, cluster: KubeconfigTarget, dir: string, { commands }: Step): Promise<string | undefined> {
  for (const expected of commands) {
    const { exitCode, text } = await command(context, cluster, dir, expected);
    if (context.signal.aborted) return undefined;
    const what = `liftlock ${expected.args.join(" ")}`;
    if (exitCode !== expected.exitCode) return `\`${what}\` ended with ${exitCode}, not ${expected.exitCode}.`;
    if (expected.shows !== undefined && !expected.shows.test(text))
      return `\`${what}\` did not say what it should (${expected.shows.source}).`;
  }
  return undefined;
}

async function command(
  context: Context,
  cluster: KubeconfigTarget,
  dir: string,
  { args }: Expected,
): Promise<{ exitCode: number; text: string }> {
  const { io, say, signal } = context;
  const name = contextOf(cluster);
  const said: string[] = [];
  const tell = (to: (text: string) => void) => (text: string) => {
    said.push(text);
    to(text.replaceAll(/^/gm, "    "));
  };
  say(`\n${io.colors.bold(`$ liftlock ${args.map((arg) => (/\s/.test(arg) ? `"${arg}"` : arg)).join(" ")}`)}`);
  const own: Io = {
    ...io,
    cwd: dir,
    env: { ...io.env, KUBECONFIG: cluster.kubeconfig, HOME: path.join(dir, "home"), LIFTLOCK_COMMAND: "liftlock" },
    interactive: false,
    screen: undefined,
    out: tell(say),
    err: tell(io.err),
    onInterrupt: (handler) => {
      const stop = () => handler("SIGINT");
      signal.addEventListener("abort", stop, { once: true });
      return () => signal.removeEventListener("abort", stop);
    },
  };
  const exitCode = await main([...args, "--local", "--context", name, "--confirm-context", name], own);
  return { exitCode, text: said.join("\n") };
}

const contextOf = ({ kubeconfig, context }: KubeconfigTarget): string => context ?? configOf(kubeconfig).getCurrentContext();

function configOf(kubeconfig: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return config;
}

/** A repository of its own: releases are made of its commit, and the ledger lives in it. */
async function repository(dir: string): Promise<void> {
  const env = { ...process.env, HOME: path.join(dir, "home") };
  const git = (...args: string[]) => promisify(execFile)("git", ["-c", "commit.gpgSign=false", ...args], { cwd: dir, env });
  await git("init", "-q", "-b", "main");
  await git("config", "user.name", "Ada");
  await git("config", "user.email", "ada@example.com");
  await git("add", "-A");
  await git("commit", "-q", "--no-verify", "-m", "The demo's program");
}

/** Takes away what the demo made: its namespaces, which hold everything, and its folder. */
export async function cleanUp({ io }: Context, cluster: KubeconfigTarget, { dir, namespaces }: DemoProgram): Promise<void> {
  const config = configOf(cluster.kubeconfig);
  if (cluster.context !== undefined) config.setCurrentContext(cluster.context);
  const core = config.makeApiClient(CoreV1Api);
  const gone = await Promise.allSettled(namespaces.map((name) => core.deleteNamespace({ name })));
  const left = namespaces.filter((_, index) => {
    const result = gone[index]!;
    return result.status === "rejected" && (result.reason as { code?: number }).code !== 404;
  });
  if (left.length > 0) io.err(`Could not delete: namespace ${left.join(", ")}.`);
  rmSync(dir, { recursive: true, force: true });
}
