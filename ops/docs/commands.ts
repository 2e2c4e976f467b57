import type { Command } from "commander";
import picocolors from "picocolors";
import { buildProgram } from "../program.ts";
import type { Io } from "../terminal/io.ts";

const HEAD = `# Commands

Made from the command's own help (\`npm run docs\`).

| exit code | meaning |
| --- | --- |
| 0 | done |
| 1 | failed; what was done until then is recorded |
| 2 | wrong usage: nothing was done |
| 3 | differences found, where \`--expect-no-changes\` asked for none |

With \`--json\` standard output holds nothing but JSON. \`preview\` prints what \`pulumi preview --json\` prints (for several stacks a map by stack);
\`up\`, \`refresh\` and \`destroy\` print the engine's events as JSON lines, as \`pulumi up --json\` does; the others an object or a list.
\`NO_COLOR\` and \`FORCE_COLOR\` are obeyed. \`LIFTLOCK_DEBUG=1\` adds a stack trace to a fault of liftlock's own.
`;

/** The reference of all commands, as their --help prints it. */
export function commandsReference(): string {
  const program = buildProgram(SILENT, async () => {});
  const help = (command: Command, name: string) =>
    `## ${name}\n\n\`\`\`text\n${command.configureHelp({ helpWidth: 100 }).helpInformation().trimEnd()}\n\`\`\`\n`;
  const sections = program.commands.map((command) => help(command.configureHelp({ showGlobalOptions: false }), command.name()));
  return [HEAD, help(program, "liftlock"), ...sections].join("\n");
}

const SILENT: Io = {
  cwd: "/",
  env: {},
  colors: picocolors.createColors(false),
  interactive: false,
  screen: undefined,
  out: () => {},
  err: () => {},
  ask: async () => "",
  onInterrupt: () => () => {},
  kill: () => {
    throw new Error("help ends nothing");
  },
};
