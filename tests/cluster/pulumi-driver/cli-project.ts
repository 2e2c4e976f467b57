import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import picocolors from "picocolors";
import { inject } from "vitest";
import type { LedgerEvent } from "../../../ops/ledger/event.ts";
import { openLedger } from "../../../ops/ledger/ledger.ts";
import { main } from "../../../ops/main.ts";
import { onPath } from "../../../ops/pulumi/cli.ts";
import type { Io } from "../../../ops/terminal/io.ts";
import { type Ended, Project } from "../promotion/project.ts";

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

  get env(): Record<string, string | undefined> {
    return {
      ...process.env,
      KUBECONFIG: inject("controlPlane").kubeconfig,
      HOME: path.join(this.dir, "home"),
      LIFTLOCK_COMMAND: "liftlock",
      PULUMI_COMMAND: this.#command,
      PULUMI_BACKEND_URL: `file://${this.backendDir}`,
      PULUMI_CONFIG_PASSPHRASE: "a passphrase that nobody may see",
      STAND_IN_KUBECONFIG: inject("controlPlane").kubeconfig,
    };
  }

  override async liftlock(args: string, answers?: readonly string[], interrupt?: (press: () => void) => void): Promise<Ended> {
    const [out, err]: [string[], string[]] = [[], []];
    const left = [...(answers ?? [])];
    const io: Io = {
      cwd: this.dir,
      env: this.env,
      colors: picocolors.createColors(false),
      interactive: answers !== undefined,
      screen: undefined,
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      ask: async () => left.shift() ?? "",
      onInterrupt: (handler) => {
        interrupt?.(() => handler("SIGINT"));
        return () => {};
      },
      kill: () => {
        throw new Error("killed");
      },
    };
    const exitCode = await main(args.split(" "), io);
    const ended = { exitCode, out: out.join("\n"), err: err.join("\n") };
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
