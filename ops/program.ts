import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import type { Context, GlobalOptions } from "./context.ts";
import { describeGateCommands } from "./gate-commands.ts";
import { describeGithubCommands } from "./github-commands.ts";
import { groupHelp } from "./help-groups.ts";
import { describeProjectCommands } from "./project-commands.ts";
import type { Io } from "./terminal/io.ts";

/** Runs a command with the context that its options call for. */
export type Execute = (options: GlobalOptions, run: (context: Context) => Promise<number>) => Promise<void>;

const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 differences found (with --expect-no-changes).`;

/** The command line: names, options and help. What the commands do is loaded when one runs, so that help is quick. */
export function buildProgram(io: Io, execute: Execute): Command {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  const program = new Command("liftlock")
    .description("Declares whole environments as one Pulumi program and moves releases from one to the next.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: (text) => io.err(text.trimEnd()) })
    .showHelpAfterError("(--help says what the command takes)")
    .exitOverride()
    .addHelpText("after", EXIT_CODES);
  globals(program);
  /** Adds a command whose action is loaded from `load` on first use. */
  const command = (
    usage: string,
    description: string,
    load: () => Promise<(context: Context, args: string[], options: Record<string, never>) => Promise<number>>,
  ): Command =>
    program
      .command(usage)
      .description(description)
      .action(async (...given: unknown[]) => {
        const own = given.at(-1) as Command;
        const args = own.processedArgs.flat().filter((arg): arg is string => arg !== undefined);
        await execute(program.opts(), async (context) => (await load())(context, args, own.opts()));
      });
  describeCommands(command as Declare);
  describeGateCommands(command as Declare);
  describeGithubCommands(command as Declare);
  describeProjectCommands(command as Declare);
  groupHelp(program);
  return program;
}

export type Declare = (
  usage: string,
  description: string,
  load: () => Promise<(context: Context, args: string[], options: never) => Promise<number>>,
) => Command;

function globals(program: Command): void {
  program
    .option("--local", "use the embedded engine and the local world (.liftlock/ of this checkout)")
    .option("--stack-dir <dir>", "folder of the program (default: nearest folder upwards with a Pulumi.yaml)")
    .option("--context <name>", "with --local: another cluster of your kubeconfig instead of the local control plane")
    .option("--pulumi <path>", "without --local: the Pulumi CLI to drive (default: PULUMI_COMMAND, or `pulumi` on PATH)")
    .option("--confirm-context <name>", "repeat the context's name instead of typing it, for scripts")
    .option("--json", "print JSON, and nothing else, on standard output")
    .option("--no-color", "print no colours (as NO_COLOR does)");
}

const every = (value: string, before: readonly string[] = []): string[] => [...before, value];
const yes = () => new Option("-y, --yes", "ask nothing");
const message = () => new Option("-m, --message <text>", "kept in the stack's history");
const unchanged = () => new Option("--expect-no-changes", "end with exit code 3 when there are changes");

function describeCommands(command: Declare): void {
  command(
    "preview [stacks...]",
    "say what up would change, for some or all environments",
    async () => (await import("./commands/preview.ts")).preview,
  )
    .addOption(unchanged())
    .option("--refresh", "read the live objects first")
    .option("--diff", "list every difference, also what is folded otherwise")
    .option("--pin <file>", "record what was previewed in a file, for `up --pinned FILE` elsewhere")
    .option("--base <revision>", "say what the working tree changes since a git revision, offline and without any credential")
    .option(
      "--markdown [file]",
      "write one comment on all environments, and the report in full beside it; without a file, print the comment",
    );
  command("up [stack]", "bring an environment to what the program says", async () => (await import("./commands/up.ts")).up)
    .addOption(unchanged())
    .addOption(message())
    .addOption(yes())
    .option("--refresh", "read the live objects first")
    .option(
      "--pinned [file]",
      "there must be a preview, the last or the one in the file, and the program, the release and the state must be as it saw them",
    )
    .option("--no-pinned", "go on though something moved since the last preview")
    .option("--no-rollback", "leave a failed run as it is: the previous release is not put back by itself");
  command(
    "promote [from] [to]",
    "move the release that is live in one environment to the next, through its gates",
    async () => (await import("./commands/promote.ts")).promote,
  )
    .addOption(message())
    .addOption(yes())
    .option("--dry-run", "say what would happen, gates and way back included, and change nothing")
    .option("--pull-request", "open or update a pull request that changes the release alone; its reviews are approvals")
    .option("--no-up", "write the release into the stack file and leave the update to another run");
  command(
    "rollback [stack]",
    "take an environment back to a release that ran there, with its configuration",
    async () => (await import("./commands/rollback.ts")).rollback,
  )
    .addOption(yes())
    .option("--to <release>", "version or id (default: the release before)")
    .option("--reason <text>", "kept in the ledger")
    .option("--keep-config", "restore images only, and keep today's configuration values")
    .option("--with-secrets", "also restore secrets (refused: says why)")
    .option("--schema-restored", "the database fits the release to go back to");
  command(
    "hotfix [stack]",
    "promote through the shortened gates that an environment declares for hotfixes",
    async () => (await import("./commands/hotfix.ts")).hotfix,
  )
    .addOption(message())
    .addOption(yes())
    .option("--reason <text>", "why it cannot wait; kept in the ledger")
    .option("--from <stack>", "where the release is live (default: the environment before)")
    .option("--dry-run", "say what would happen, and change nothing")
    .option("--no-up", "write the release into the stack file and leave the update to another run");
  command(
    "watch [stack]",
    "look after a release that went live, and put the one before back when it breaks",
    async () => (await import("./commands/watch.ts")).watch,
  )
    .option("--minutes <n>", "how long (default: gates.<stack>.watch, or 30)")
    .option("--no-rollback", "only say and record what broke");
  command(
    "rehearse [stack]",
    "go back one release and forward again, with smoke tests: evidence that the way back works",
    async () => (await import("./commands/rehearse.ts")).rehearse,
  ).option("--to <release>", "version or id to go back to (default: the release before)");
  command(
    "destroy [stack]",
    "delete an environment; refuses when anything in it is protected",
    async () => (await import("./commands/destroy.ts")).destroy,
  )
    .addOption(message())
    .addOption(yes());
  command("refresh [stack]", "take over into state what was changed by hand", async () => (await import("./commands/refresh.ts")).refresh)
    .addOption(unchanged())
    .addOption(message())
    .addOption(yes())
    .option("--preview-only", "say what was changed by hand, and take over nothing");
  command(
    "outputs [stack]",
    "print what an environment exports: namespace, release, addresses",
    async () => (await import("./commands/outputs.ts")).outputs,
  ).option("--show-secrets", "print secret outputs in clear");
  command(
    "history [stack]",
    "print what was done to an environment, newest first",
    async () => (await import("./commands/history.ts")).history,
  );
  command(
    "release <action> [version]",
    "create a release and write it into the first environment's file; list releases, or show one",
    async () => (await import("./commands/release.ts")).release,
  )
    .option("--image <service=image>", "image of a service (default: the application's image, tagged with the version); repeatable", every)
    .option("--commit <revision>", "what it is made of (default: the tag v<version>, or HEAD)")
    .option("--schema-version <name>", "newest database migration in it")
    .option("--migration <name=kind>", "a migration in it, expand or contract, oldest first; repeatable", every)
    .option("--reason <text>", "why a version that is not the next, or a tag without author, may pass");
  command(
    "log [stack]",
    "print the ledger, newest first: who released, promoted, approved or rolled back what, and why",
    async () => (await import("./commands/log.ts")).log,
  )
    .option("--since <when>", "only entries since then: 12h, 7d or 2026-11-21")
    .option("--kind <kinds>", "only entries of these kinds, such as promotion,rollback")
    .option("--limit <n>", "at most so many (default: 30)")
    .option("--sync", "exchange entries with the remote first")
    .option("--verify", "check the whole history of the ledger and compare it with the stacks' own; exit code 1 when anything is wrong");
  command(
    "export [stack]",
    "print an environment's state, as `pulumi stack export` does",
    async () => (await import("./commands/export.ts")).exportStack,
  );
  command(
    "import [stack]",
    "take objects that exist into an environment's state, unchanged, and print the code that keeps them",
    async () => (await import("./commands/import.ts")).importObjects,
  )
    .addOption(message())
    .option("--type <type>", "resource type, e.g. kubernetes:core/v1:ConfigMap")
    .option("--name <name>", "name that the program is to give it")
    .option("--id <id>", "what the provider calls it, e.g. NAMESPACE/NAME")
    .option("--parent <parent>", "URN, or name of something in the state, under which it is to be")
    .option("--file <file>", "several at once, in the format of `pulumi import --file`")
    .option("--declared", "all that the settings declare and the cluster has already, with --local");
  command("cancel [stack]", "take away the lock of a run that died", async () => (await import("./commands/cancel.ts")).cancel).addOption(
    yes(),
  );
  command("stacks", "list the environments of this program", async () => (await import("./commands/stacks.ts")).stacks);
  command(
    "render [stack]",
    "print an environment's manifests, offline and with secrets redacted",
    async () => (await import("./commands/render.ts")).render,
  ).option("--yaml", "one stream of YAML documents, for kubectl and scanners");
  command(
    "local <action>",
    "start, stop or reset the local control plane, or print its status",
    async () => (await import("./commands/local.ts")).local,
  ).addOption(yes());
  command(
    "demo",
    "show on the local world, in about two minutes: up, promote, a gate that says no, a bad release that restores itself",
    async () => (await import("./commands/demo.ts")).demo,
  ).option("--keep", "keep what it made: its folder and its environments");
  command("doctor", "check what this machine has and lacks", async () => (await import("./commands/doctor.ts")).doctor);
}
