import picocolors from "picocolors";
import { buildProgram } from "../../ops/program.ts";
import type { Io } from "../../ops/terminal/io.ts";

export interface CommandLine {
  readonly text: string;
  readonly args: readonly string[];
}

/** The command lines of ours in a script, as the shell would split them; a variable stands for its own name. */
export function commandLines(script: string): CommandLine[] {
  return script.split("\n").flatMap((line) => {
    if (line.trimStart().startsWith("#")) return [];
    const [, rest] = /(?:^|\s)\.\/liftlock\s+(.*)$/.exec(line) ?? [];
    if (rest === undefined) return [];
    const command = rest.split(/\s(?:\d?>|\||&&|\|\|)|;/)[0]!;
    const words = command.match(/"[^"]*"|\S+/g) ?? [];
    return [{ text: line.trim(), args: words.map((word) => word.replaceAll('"', "").replace(/\$\{?(\w+)[^}\s]*\}?/g, "$1")) }];
  });
}

/** What the command line's own parser has against some arguments; undefined when it takes them. */
export function usage(args: readonly string[]): string | undefined {
  const said: string[] = [];
  const io = { colors: picocolors.createColors(false), out: () => {}, err: (text: string) => said.push(text) } as unknown as Io;
  const program = buildProgram(io, async () => {});
  for (const command of program.commands) command.exitOverride();
  try {
    program.parse([...args], { from: "user" });
    return undefined;
  } catch (error) {
    return said.join("\n") || String(error);
  }
}
