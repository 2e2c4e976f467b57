import { declaredSecrets } from "../../components/secrets.ts";
import { typed } from "../confirm.ts";
import { type Context, EXIT } from "../context.ts";
import { environmentsOf } from "../project-dir.ts";
import { readStackFile } from "../promotion/stack-file.ts";
import { findBackend } from "../pulumi/backend.ts";
import { type Cli, type CliFailure, findCli } from "../pulumi/cli.ts";
import { explain } from "../pulumi/reasons.ts";
import { readApplication } from "../release/application.ts";
import { ciphertexts } from "../secret/keep.ts";
import { environmentIn } from "../secret/vault.ts";
import type { ProjectSummary } from "../selector.ts";
import { commandLine, setupSteps } from "../setup/plan.ts";
import { UserError } from "../user-error.ts";

interface Options {
  readonly backend?: string;
  readonly secretsProvider?: string;
  readonly yes?: boolean;
}

/** Says what the real world lacks for this project, and makes it through the Pulumi CLI. What is there already stays as it is. */
export async function setup(context: Context, _: string[], options: Options): Promise<number> {
  const { io, say } = context;
  if (context.options.local) throw new UserError("setup is for the real world: the local one needs none. Leave --local out.", 2);
  const project = await context.selector.project();
  const wanted = { backend: options.backend, secretsProvider: options.secretsProvider };
  const setting = { stacks: project.stacks, backend: findBackend(project.dir, io.env).url, wanted };
  const cli = await findCli({ env: io.env, cwd: io.cwd, given: context.options.pulumi }).catch((error: UserError) => {
    const byHand = setupSteps(setting).map((step) => `  ${commandLine(step)}`);
    throw new UserError(`${error.message}\nBy hand, once it is there:\n${byHand.join("\n")}`, 2);
  });
  const login = wanted.backend !== undefined && wanted.backend !== setting.backend;
  const steps = setupSteps({ ...setting, existing: login ? [] : await stacksOf(cli, project, io.env) });
  if (steps.length === 0) say("Backend and stacks are there.");
  for (const step of steps) say(`  ${step.what}\n    ${commandLine(step)}`);
  if (steps.length > 0 && !options.yes) {
    const warning = "This makes the above through the Pulumi CLI.";
    await typed(io, { warning, expected: "yes", question: 'Type "yes" to go on: ', flag: "--yes" });
  }
  for (const step of steps) {
    await cli.run([...step.args], project.dir).catch((error: CliFailure) => {
      // Made by somebody else meanwhile, or by a run before that ended halfway.
      if (/already exists/.test(error.stderr)) return;
      throw new UserError(
        `${commandLine(step)} failed: ${error.stderr.trim().split("\n")[0]}. What came before it is made; the same command goes on.`,
      );
    });
    say(`made  ${step.what}`);
  }
  return secretsLeft(context, project);
}

async function stacksOf(cli: Cli, project: ProjectSummary, env: Readonly<Record<string, string | undefined>>): Promise<string[]> {
  try {
    const { stdout } = await cli.run(["stack", "ls", "--json"], project.dir);
    return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name.slice(name.lastIndexOf("/") + 1));
  } catch (error) {
    throw explain(error, { stack: "this project's stacks", projectDir: project.dir, backend: findBackend(project.dir, env).words, env });
  }
}

function secretsLeft({ say, command }: Context, project: ProjectSummary): number {
  const application = readApplication(project);
  const missing = environmentsOf(project).flatMap((stack) => {
    const set = ciphertexts(readStackFile(project.dir, stack), project.name);
    return declaredSecrets(application, stack, environmentIn(project, stack)).flatMap(({ key }) =>
      key in set ? [] : [`  ${command} secret set ${stack} ${key}`],
    );
  });
  if (missing.length > 0) say(`Secrets that are not set yet:\n${missing.join("\n")}`);
  else say("Every declared secret is set.");
  return EXIT.done;
}
