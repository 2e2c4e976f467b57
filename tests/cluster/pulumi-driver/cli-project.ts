import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { inject } from "vitest";
import type { LedgerEvent } from "../../../ops/ledger/event.ts";
import { openLedger } from "../../../ops/ledger/ledger.ts";
import { onPath } from "../../../ops/pulumi/cli.ts";
import { Project } from "../promotion/project.ts";
import { liftlock as command, type Ended } from "../support/command.ts";

/** The real CLI, when there is one: then it is what is tested. */
const REAL = onPath("pulumi", process.env);
console.info(
  REAL === undefined
    ? "not run: the driver against a real Pulumi CLI (there is no `pulumi` on PATH); a stand-in executes the program instead"
    : `the driver is tested against ${REAL}`,
);

const STAND_IN = path.join(import.meta.dirname, "../../pulumi-driver/stand-in/pulumi");

/** The same application, without --local: the real driver, and the stand-in for the CLI that executes the program. */
export class CliProject extends Project {
  readonly backendDir = path.join(this.dir, "backend");
  readonly #log = path.join(this.dir, "asked.txt");
  readonly #command = path.join(this.dir, "pulumi");

  constructor() {
    super();
    mkdirSync(this.backendDir);
    // Writes down what the CLI is asked, then becomes the CLI: a signal reaches it as it would without this.
    writeFileSync(this.#command, `#!/bin/sh\nprintf '%s\\n' "$*" >> '${this.#log}'\nexec '${REAL ?? STAND_IN}' "$@"\n`);
    chmodSync(this.#command, 0o755);
  }

  async initStack(stack: string): Promise<void> {
    const init = ["stack", "init", stack, "--no-select", "--non-interactive"];
    await execa(this.#command, init, { cwd: this.dir, env: this.env as Record<string, string> });
  }

  override get env(): Record<string, string | undefined> {
    return {
      ...super.env,
      PULUMI_COMMAND: this.#command,
      PULUMI_BACKEND_URL: `file://${this.backendDir}`,
      PULUMI_CONFIG_PASSPHRASE: "a passphrase that nobody may see",
      STAND_IN_KUBECONFIG: inject("controlPlane").kubeconfig,
    };
  }

  override async liftlock(args: string, answers?: readonly string[], interrupt?: (press: () => void) => void): Promise<Ended> {
    const ended = await command(args.split(" "), { cwd: this.dir, env: this.env, answers, interrupt });
    appendFileSync(path.join(this.dir, "said.txt"), `$ liftlock ${args}\n${ended.out}\n${ended.err}\n`);
    return ended;
  }

  override async ledger(): Promise<LedgerEvent[]> {
    return (await (await openLedger({ projectDir: this.dir })).read()).events;
  }

  /** Command lines that the CLI saw. */
  asked(command: string): string[] {
    return readFileSync(this.#log, "utf8")
      .split("\n")
      .filter((line) => line.startsWith(`${command} `));
  }
}
