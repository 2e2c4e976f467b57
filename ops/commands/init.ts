import path from "node:path";
import { type Context, EXIT } from "../context.ts";
import { checkFiles } from "../init/check.ts";
import { keepsRules } from "../init/environments.ts";
import { exampleSettings } from "../init/example.ts";
import { type Files, programFiles, settingsFiles } from "../init/files.ts";
import { choicesOf, HOW, type InitFlags, refuseBesideExample } from "../init/flags.ts";
import { beginRepository, dependencyOn, install } from "../init/install.ts";
import type { Adoption } from "../init/namespace/adopt.ts";
import { nextVersion } from "../init/next-version.ts";
import { refuseProject, writeFiles } from "../init/write.ts";
import type { Io } from "../terminal/io.ts";
import { UserError } from "../user-error.ts";

/** Writes a project of its own that uses liftlock as a package, installs it, and ends with a preview. */
export async function init(context: Context, [folder = "."]: string[], flags: InitFlags): Promise<number> {
  const { io } = context;
  const dir = path.resolve(io.cwd, folder);
  const nothingSaid = Object.keys(flags).every((flag) => HOW.includes(flag));
  const { fromNamespace } = flags;
  if (fromNamespace === undefined && (flags.as ?? flags.kubeconfig) !== undefined)
    throw new UserError("--as and --kubeconfig go with --from-namespace.", 2);
  const asks = nothingSaid && io.interactive;
  if (asks && flags.force !== true) refuseProject(dir, ["Pulumi.yaml", ...Object.keys(programFiles("", ""))]);
  const asked = asks ? await (await import("../init/ask.ts")).askFor(flags, dir) : flags;
  const adoption =
    fromNamespace === undefined
      ? undefined
      : await (await import("../init/namespace/adopt.ts")).adoptionOf(context, { ...flags, fromNamespace }, dir);
  const { name, files, notes } = adoption === undefined ? settingsOf(asked, dir) : adopted(adoption);
  const dependency = dependencyOn(asked.package);
  const written = writeFiles(dir, { ...files, ...programFiles(name, dependency.spec), ...adoption?.program }, asked.force === true);
  if (beginRepository(dir)) context.say(`begun     git repository, branch main`);
  for (const file of written.sort()) context.say(`written   ${file}`);
  const own = { ...io, cwd: dir, env: { ...(adoption?.cluster.env ?? io.env), LIFTLOCK_COMMAND: "./liftlock" } };
  if ((await generated(own, files)) !== EXIT.done) return EXIT.failed;
  for (const note of notes) context.say(`note      ${note}`);
  const place = path.relative(io.cwd, dir) || ".";
  if (adoption !== undefined) await keepSecrets(adoption, name, dir);
  const steps = adoption === undefined ? ["./liftlock preview --local"] : nextSteps(adoption);
  if (asked.install === false) {
    await dependency.prepare(dir, io.env);
    context.say(`Next, in ${place}: ${steps.join(", then ")}`);
    return EXIT.done;
  }
  context.say("Installing packages: some minutes the first time, seconds later.");
  await dependency.prepare(dir, io.env);
  await install(dir, io.env, `The files are written. Later, in ${place}: ${steps.join(", then ")} (it installs what is missing).`);
  if (adoption !== undefined) return takenOver(own, context, adoption, place);
  const code = await liftlock(own, "preview", "--local");
  context.say(
    `\nNext, in ${place}:\n  ./liftlock up ${firstOf(files)} --local     brings it up on this machine\n  ./liftlock release create ${nextVersion(files)}       once there are images\n  ./liftlock setup                      backend, secrets and stacks of the real world`,
  );
  return code;
}

function settingsOf(flags: InitFlags, dir: string): { name: string; files: Files; notes: string[] } {
  if (flags.example !== undefined) {
    refuseBesideExample(flags);
    return { ...exampleSettings(flags.example), notes: [] };
  }
  const choices = choicesOf(flags, dir);
  const { environments, gates } = choices;
  const bare = choices.repository !== undefined && !keepsRules(choices);
  const files = settingsFiles(choices);
  checkFiles(choices.name, files);
  return {
    name: choices.name,
    files,
    notes: [
      "The releases are placeholders, and so are digests of zeros, addresses of databases and hosts: `grep -n 'example.com\\|0000\\|cidrs' Pulumi*.yaml` shows them.",
      ...(gates.soak !== undefined && environments.length === 1
        ? [`There is no environment before ${environments[0]} where a release could soak: --soak is left out.`]
        : []),
      ...(bare ? ["GitHub keeps no rules for a private repository of its free plan: none are declared (--plan, --visibility)."] : []),
    ],
  };
}

function adopted({ choices, files, lines }: Adoption): ReturnType<typeof settingsOf> {
  checkFiles(choices.name, files);
  return { name: choices.name, files, notes: [lines.join("\n")] };
}

/** Straight from the cluster to where the stack keeps its secrets. */
async function keepSecrets({ stack, secretValues }: Adoption, name: string, dir: string): Promise<void> {
  const { keepValues } = await import("../local/secret-values.ts");
  if (secretValues.size > 0) await keepValues(dir, name, stack, Object.fromEntries(secretValues));
}

const nextSteps = ({ stack, cluster }: Adoption): string[] =>
  ["import", "preview"].map((verb) =>
    [`${cluster.before}./liftlock`, verb, stack, ...(verb === "import" ? ["--declared"] : []), ...cluster.options].join(" "),
  );

/** Takes what runs into the stack's state, and says what an `up` would change. */
async function takenOver(own: Io, context: Context, { stack, cluster }: Adoption, place: string): Promise<number> {
  const code = await liftlock(own, "import", stack, "--declared", ...cluster.options);
  if (code !== EXIT.done) return code;
  const previewed = await liftlock(own, "preview", stack, ...cluster.options);
  const where = cluster.options.join(" ");
  context.say(
    `\nNext, in ${place}:\n  look through the settings and the preview, then\n  ${cluster.before}./liftlock up ${stack} ${where}`,
  );
  return previewed;
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
