import type { Declare } from "./program.ts";
import { UserError } from "./user-error.ts";

const every = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** The parser's own words would repeat what was typed. */
function refuseValues({ args }: { args: string[] }): void {
  if (args.length <= 3) return;
  throw new UserError(
    "secret takes no value on the command line: other processes read it there, and the shell remembers it. Leave it out and type it when asked, or hand it over on standard input. Was it a real one? Then make another.",
    2,
  );
}

/** Commands that begin a project, and keep what belongs to it beside its settings. */
export function describeProjectCommands(command: Declare): void {
  command(
    "init [folder]",
    "write a project of its own that uses liftlock: settings, program, workflows, document; asks when nothing is said",
    async () => (await import("./commands/init.ts")).init,
  )
    .option("--name <name>", "name of the application (default: the folder's)")
    .option("--example <name>", "start from academiclab, contestlet, job-automation, life-os or studysphere")
    .option("--branch-model <model>", "trunk, branches or tags: where releases come from (default: trunk)")
    .option("--environments <names>", "first to last, separated by commas (default: development,staging,production)")
    .option("--service <service>", "NAME=IMAGE[,kind=web|worker|stateful][,port=8080][,path=/]; repeatable", every)
    .option("--database <kind>", "none, postgresql or sqlite (default: none)")
    .option("--migrate <command>", "command of the first service that migrates the database")
    .option("--secret <key>", "key of a secret that the application needs; repeatable", every)
    .option("--domain <domain>", "hosts are made below it (default: example.com)")
    .option("--soak <duration>", "before the last environment: how long a release runs in the one before, such as 24h")
    .option("--approver <person>", "before the last environment: who may approve, an e-mail address or @login; repeatable", every)
    .option("--approvals <n>", "how many of them (default: 1)")
    .option("--check <name>", "before the last environment: a check that must have passed in the one before; repeatable", every)
    .option("--watch <duration>", "how long a release is watched after it went live")
    .option("--repository <owner/name>", "its repository on GitHub: writes workflows and the rules of branches")
    .option("--plan <plan>", "the owner's plan: free, pro, team or enterprise (default: free)")
    .option("--visibility <visibility>", "public, private or internal (default: public)")
    .option("--code-owner <owner>", "@login or @organisation/team that owns the code; repeatable", every)
    .option(
      "--from-namespace <name>",
      "read what runs in a namespace, propose settings and take it over; with --local, or --local --context NAME",
    )
    .option("--as <stack>", "with --from-namespace: the environment that the namespace is (default: the last)")
    .option("--kubeconfig <file>", "with --from-namespace: where the cluster's context is found (default: as kubectl)")
    .option("--package <spec>", "where npm gets liftlock from (default: this version; from a checkout: a tarball in vendor/)")
    .option("--no-install", "write the files, install nothing and preview nothing")
    .option("--force", "write these files anew where they exist");
  command(
    "document",
    "write DEPLOYMENT.md: deployment, rollback and monitoring as the settings have them",
    async () => (await import("./commands/document.ts")).document,
  ).option("--check", "write nothing; end with exit code 3 when it is missing or differs");
  command(
    "secret <action> [stack] [key]",
    "set, rotate or list an environment's secrets; a value is typed unseen or read from standard input",
    async () => (await import("./commands/secret.ts")).secret,
  )
    .allowExcessArguments()
    .hook("preAction", refuseValues);
  command(
    "setup",
    "make what the stacks need in the real world: backend, secrets provider, the stacks themselves",
    async () => (await import("./commands/setup.ts")).setup,
  )
    .option(
      "--backend <url>",
      "where the Pulumi CLI keeps state, such as azblob://state?storage_account=acme (default: where it is logged in)",
    )
    .option(
      "--secrets-provider <url>",
      "what encrypts secrets, such as azurekeyvault://acme.vault.azure.net/keys/pulumi (default: the backend's)",
    )
    .option("-y, --yes", "ask nothing");
}
