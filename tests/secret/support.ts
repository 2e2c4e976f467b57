import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import picocolors from "picocolors";
import { main } from "../../ops/main.ts";
import { project } from "../init/support.ts";

// Put together here, so that a scan of this repository finds nothing.
export const PLANTED = ["postgresql://shop", "planted-word@db.example.com:5432/shop"].join(":");

export interface Ended {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** A project with secrets, and a Pulumi CLI that only remembers what it was told. */
export class World {
  readonly dir = project({
    environments: "staging,production",
    database: "postgresql",
    service: ["api=ghcr.io/acme/api,path=/", "web=ghcr.io/acme/web,path=/web"],
    secret: ["SESSION_KEY"],
  });
  readonly env: Record<string, string | undefined> = {
    PATH: process.env.PATH,
    HOME: this.dir,
    LIFTLOCK_COMMAND: "liftlock",
    PULUMI_BACKEND_URL: "file:///nowhere",
  };

  file(stack = "production"): string {
    return readFileSync(path.join(this.dir, `Pulumi.${stack}.yaml`), "utf8");
  }

  write(stack: string, text: string): void {
    writeFileSync(path.join(this.dir, `Pulumi.${stack}.yaml`), text);
  }

  /** `answers`: shell, such as `stack*) echo '[]';;`, before the answers that every test needs. */
  cli(answers = ""): this {
    const program = path.join(this.dir, "pulumi-stand-in");
    const log = path.join(this.dir, "asked.log");
    writeFileSync(
      program,
      `#!/bin/sh\n[ "$1" = version ] && { echo v3.260.0; exit; }\nprintf '%s\\n' "$*" >> '${log}'\ncase "$*" in\n${answers}\n"config set"*) cat >> '${this.#heard}';;\nesac\n`,
    );
    chmodSync(program, 0o755);
    this.env.PULUMI_COMMAND = program;
    return this;
  }
  get #heard(): string {
    return path.join(this.dir, "heard.log");
  }
  get asked(): string[] {
    const log = path.join(this.dir, "asked.log");
    return existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
  }
  get heard(): string {
    return readFileSync(this.#heard, "utf8");
  }

  async run(args: readonly string[], input = ""): Promise<Ended> {
    const out: string[] = [];
    const err: string[] = [];
    const exitCode = await main(args, {
      cwd: this.dir,
      env: this.env,
      colors: picocolors.createColors(false),
      interactive: false,
      screen: undefined,
      out: (text) => out.push(text),
      err: (text) => err.push(text),
      ask: async () => "",
      input: async () => input,
      onInterrupt: () => () => {},
      kill: () => {
        throw new Error("a command of these tests ended the process");
      },
    });
    return { exitCode, out: out.join("\n"), err: err.join("\n") };
  }
}
