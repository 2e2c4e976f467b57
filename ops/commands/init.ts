import path from "node:path";
import { type Context, EXIT } from "../context.ts";
import { checkFiles } from "../init/check.ts";
import { keepsRules } from "../init/environments.ts";
import { exampleSettings } from "../init/example.ts";
import { type Files, programFiles, settingsFiles } from "../init/files.ts";
import { choicesOf, type InitFlags } from "../init/flags.ts";
import { beginRepository, dependencyOn, install } from "../init/install.ts";
import { writeFiles } from "../init/write.ts";
import type { Io } from "../terminal/io.ts";

/** Writes a project of its own that uses liftlock as a package, installs it, and ends with a preview. */
export async function init(context: Context, [folder = "."]: string[], flags: InitFlags): Promise<number> {
  const { io } = context;
  const dir = path.resolve(io.cwd, folder);
  const nothingSaid = Object.keys(flags).every((flag) => ["install", "force", "package"].includes(flag));
  const asked = nothingSaid && io.interactive ? await (await import("../init/ask.ts")).askFor(flags, dir) : flags;
  const { name, files, notes } = settingsOf(asked, dir);
  const dependency = dependencyOn(asked.package);
  const written = writeFiles(dir, { ...files, ...programFiles(name, dependency.spec) }, asked.force === true);
  if (beginRepository(dir)) context.say(`begun     git repository, branch main`);
  for (const file of written.sort()) context.say(`written   ${file}`);
  const own = { ...io, cwd: dir, env: { ...io.env, LIFTLOCK_COMMAND: "./liftlock" } };
  if ((await generated(own, files)) !== EXIT.done) return EXIT.failed;
  for (const note of notes) context.say(`note      ${note}`);
  const place = path.relative(io.cwd, dir) || ".";
  if (asked.install === false) {
    context.say(`Next, in ${place}: npm install, then ./liftlock preview --local`);
    return EXIT.done;
  }
  context.say("Installing packages: some minutes the first time, seconds later.");
  await dependency.prepare(dir, io.env);
  await install(dir, io.env);
  const code = await liftlock(own, "preview", "--local");
  context.say(
    `\nNext, in ${place}:\n  ./liftlock up ${firstOf(files)} --local     brings it up on this machine\n  ./liftlock release create 0.1.0       once there are images\n  ./liftlock setup                      backend, secrets and stacks of the real world`,
  );
  return code;
}

function settingsOf(flags: InitFlags, dir: string): { name: string; files: Files; notes: string[] } {
  if (flags.example !== undefined) return { ...exampleSettings(flags.example), notes: [] };
  const choices = choicesOf(flags, dir);
  const bare = choices.repository !== undefined && !keepsRules(choices);
  const files = settingsFiles(choices);
  checkFiles(choices.name, files);
  return {
    name: choices.name,
    files,
    notes: [
      "The releases are placeholders, and so are digests of zeros, addresses of databases and hosts: `grep -n 'example.com\\|0000\\|cidrs' Pulumi*.yaml` shows them.",
      ...(bare ? ["GitHub keeps no rules for a private repository of its free plan: none are declared (--plan, --visibility)."] : []),
    ],
  };
}

/** What is generated from the settings: the document, and for a project on GitHub its workflows. */
async function generated(io: Io, files: Files): Promise<number> {
  const code = await liftlock(io, "document");
  if (code !== EXIT.done || !/^ +repository:/m.test(files["Pulumi.yaml"] ?? "")) return code;
  return liftlock(io, "workflows");
}

const firstOf = (files: Files): string => /path: \[?\s*-? ?([\w.-]+)/.exec(files["Pulumi.yaml"] ?? "")?.[1] ?? "development";

async function liftlock(io: Io, ...args: string[]): Promise<number> {
  const { main } = await import("../main.ts");
  return main(args, io);
}
