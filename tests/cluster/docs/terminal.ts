import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

export interface Typed {
  readonly exitCode: number;
  readonly printed: string;
}

/** How a command's question ends. */
const QUESTION = /(: |\? |\] )$|(^|\n)\? [^\n]*(\n[^\n]*)?$/;
const SILENCE_MILLISECONDS = 240_000;
const UNANSWERED_MILLISECONDS = 10_000;

/** A person's terminal: commands are typed one after the other, each in the folder that the one before was left in. */
export class Terminal {
  #folder: string;
  readonly #scratch: string;
  readonly #env: Readonly<Record<string, string>>;

  /** `scratch`: a folder for what it needs itself. */
  constructor(folder: string, scratch: string, env: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#scratch = scratch;
    this.#env = env;
  }

  cd(folder: string): void {
    this.#folder = folder;
  }

  /** Types one command; its questions are answered from `answers`, in order. One that asks more, or says nothing for minutes, is hung up on. */
  async type(command: string, answers: string[] = []): Promise<Typed> {
    const script = path.join(this.#scratch, "typed.sh");
    const left = path.join(this.#scratch, "left");
    writeFileSync(script, `cd "$FOLDER"\n${command}\ncode=$?\npwd > "$LEFT"\nexit $code\n`);
    // script(1) gives it a terminal: without one, commands ask nothing.
    const args = process.platform === "darwin" ? ["-q", "/dev/null", "bash", script] : ["-qefc", `bash '${script}'`, "/dev/null"];
    const env = { ...this.#env, FOLDER: this.#folder, LEFT: left };
    const child = spawn("script", args, { env, stdio: ["pipe", "pipe", "inherit"] });
    const hangUp = () => child.kill("SIGTERM");
    let silence = setTimeout(hangUp, SILENCE_MILLISECONDS);
    let printed = "";
    let answered = 0;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      clearTimeout(silence);
      const asks = QUESTION.test(plain(printed.slice(answered)));
      const answer = asks ? answers.shift() : undefined;
      silence = setTimeout(hangUp, asks && answer === undefined ? UNANSWERED_MILLISECONDS : SILENCE_MILLISECONDS);
      if (answer === undefined) return;
      answered = printed.length;
      child.stdin.write(`${answer}\n`);
    });
    const exitCode = await new Promise<number>((resolve, reject) => child.on("error", reject).on("close", (code) => resolve(code ?? 129)));
    clearTimeout(silence);
    if (existsSync(left)) this.#folder = readFileSync(left, "utf8").trim();
    return { exitCode, printed: plain(printed) };
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal is sent
const plain = (text: string): string => text.replace(/\x1b\[[0-9;?]*[A-Za-z]|\r/g, "");
