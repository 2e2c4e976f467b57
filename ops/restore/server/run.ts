import { restoreCheckName } from "../../../components/azure/restore-check.ts";
import { restoreKey } from "../../../components/restore.ts";
import type { Context } from "../../context.ts";
import { follow } from "../../follow.ts";
import type { HappeningOf } from "../../ledger/event.ts";
import { notThrough } from "../../not-through.ts";
import { withValue } from "../../promotion/configuration.ts";
import { readStackFile, writeStackFile } from "../../promotion/stack-file.ts";
import { repeatedFlags } from "../../repeated-flags.ts";
import type { Opened } from "../open.ts";
import { runJob } from "../run-job.ts";
import { liveConfiguration, type Stage, waitUntilStopped } from "../steps.ts";
import { withLineageInFile } from "./file.ts";
import { type Lineage, withLineage } from "./lineage.ts";

/** The steps of a restore to another server. Each run takes what ran last and got through, with the servers as they are to be. */
export class ServerRestore {
  readonly context: Context;
  readonly opened: Opened;
  readonly #began = performance.now();

  constructor(context: Context, opened: Opened) {
    this.context = context;
    this.opened = opened;
  }

  get seconds(): number {
    return Math.round((performance.now() - this.#began) / 100) / 10;
  }

  /** The same command with other options, as a person types it. */
  again(options: string): string {
    const { command, options: flags } = this.context;
    return `${command} restore ${this.opened.stack} ${options}${repeatedFlags(flags)}`;
  }

  /** The settings file says it first: whoever runs `up` from then on does the same. */
  async write(lineage: Lineage): Promise<void> {
    const { project, stack } = this.opened;
    const file = readStackFile(project.dir, stack);
    const text = withLineageInFile(file, project.name, lineage);
    if (text !== file.text) await writeStackFile(file, text);
  }

  /** One run of the engine. False: it did not get through, and that is said. */
  async run(text: string, lineage: Lineage, stage?: Stage): Promise<boolean> {
    const { project, stack, chosen } = this.opened;
    const placed = withLineage(liveConfiguration(this.opened), project.name, lineage);
    const configuration = stage === undefined ? placed : withValue(placed, project.name, restoreKey, stage);
    const run = await follow(this.context, text, (options) => chosen.engine.up({ ...options, message: text, configuration }));
    if (run.result.result === "succeeded") return true;
    notThrough(this.context, "restore", stack, run, chosen);
    return false;
  }

  /** Everything that writes is stopped, and gone. */
  async stop(lineage: Lineage, backup: string, by: string): Promise<boolean> {
    const { stack } = this.opened;
    this.context.say(`\n${this.context.io.colors.bold(stack)}: stopping what writes`);
    const stage = { stage: "stopped", backup, by } as const;
    return (await this.run(`stop ${stack} for a restore`, lineage, stage)) && waitUntilStopped(this.context, this.opened);
  }

  /** The new server is asked, from the environment's own network and with its own login. */
  check(server: string) {
    return runJob(this.context, this.opened.cluster, { cronJob: restoreCheckName, text: `asking ${server} what it holds` });
  }

  async record(what: Omit<HappeningOf<"restore">, "kind" | "stack" | "seconds">): Promise<void> {
    await this.opened.book.append({ kind: "restore", stack: this.opened.stack, seconds: this.seconds, ...what });
  }
}
