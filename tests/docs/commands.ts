import { globSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import picocolors from "picocolors";
import { buildProgram } from "../../ops/program.ts";
import type { Io } from "../../ops/terminal/io.ts";
import { root } from "./pages.ts";

/** What a command line asks for, by the command line's own parser. */
export interface Asked {
  readonly command: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** What stands where the command takes stacks. */
  readonly stacks: readonly string[];
}

const silent = { colors: picocolors.createColors(false), out: () => {}, err: () => {} } as unknown as Io;
export const commandNames = (): string[] => buildProgram(silent, async () => {}).commands.map((command) => command.name());

/** Throws what the parser has against it. */
export function parsed(args: readonly string[]): Asked {
  const said: string[] = [];
  const io = { colors: picocolors.createColors(false), out: () => {}, err: (text: string) => said.push(text) } as unknown as Io;
  let asked: Asked | undefined;
  const program = buildProgram(io, async () => {});
  for (const command of program.commands) command.exitOverride();
  program.hook("preAction", (_, command) => {
    asked = { command: command.name(), options: command.optsWithGlobals(), stacks: stacksIn(command) };
  });
  try {
    program.parse(
      args.filter((arg) => arg !== "--help"),
      { from: "user" },
    );
  } catch (error) {
    throw new Error(said.join("\n") || String(error));
  }
  return asked!;
}

function stacksIn(command: Command): string[] {
  return command.registeredArguments.flatMap((argument, index) => {
    if (!["stack", "stacks", "from", "to", "stack-or-confirm"].includes(argument.name())) return [];
    const given = command.processedArgs[index] as string | string[] | undefined;
    return [given ?? []].flat().filter((name) => name !== "confirm");
  });
}

/** The stacks of the project in a folder of the checkout. */
export const stacksOf = (folder: string): string[] =>
  globSync("Pulumi.*.yaml", { cwd: path.join(root, folder) }).map((file) => file.slice("Pulumi.".length, -".yaml".length));
