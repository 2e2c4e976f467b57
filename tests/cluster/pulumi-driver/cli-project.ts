import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import picocolors from "picocolors";
import { inject } from "vitest";
import type { LedgerEvent } from "../../../ops/ledger/event.ts";
import { openLedger } from "../../../ops/ledger/ledger.ts";
import { main } from "../../../ops/main.ts";
import type { Io } from "../../../ops/terminal/io.ts";
import { type Ended, Project } from "../promotion/project.ts";

const STAND_IN = path.join(import.meta.dirname, "../../pulumi-driver/stand-in/pulumi");

/** The same application, without --local: the real driver, and the stand-in for the CLI that executes the program. */
export class CliProject extends Project {
  readonly backendDir = path.join(this.dir, "backend");
  readonly #log = path.join(this.dir, "asked.jsonl");

  /** As `pulumi stack init`. */
  initStack(stack: string): void {
    const file = path.join(this.backendDir, ".pulumi/stacks/shop", `${stack}.json`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, '{"version":3,"checkpoint":{}}');
  }

  get env(): Record<string, string | undefined> {
    return {
      ...process.env,
      KUBECONFIG: inject("controlPlane").kubeconfig,
      HOME: path.join(this.dir, "home"),
      LIFTLOCK_COMMAND: "liftlock",
      PULUMI_COMMAND: STAND_IN,
      PULUMI_BACKEND_URL: `file://${this.backendDir}`,
      PULUMI_CONFIG_PASSPHRASE: "a passphrase that nobody may see",
      STAND_IN_KUBECONFIG: inject("controlPlane").kubeconfig,
      STAND_IN_LOG: this.#log,
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
    const lines = existsSync(this.#log) ? readFileSync(this.#log, "utf8").trimEnd().split("\n") : [];
    return lines
      .map((line) => (JSON.parse(line) as { argv: string[] }).argv)
      .flatMap((argv) => (argv[0] === command ? [argv.join(" ")] : []));
  }
}
