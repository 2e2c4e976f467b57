import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { currentContext, findContext } from "../kubeconfig.ts";
import { findBackend } from "../pulumi/backend.ts";
import { type Cli, findCli, onPath } from "../pulumi/cli.ts";
import { explain } from "../pulumi/reasons.ts";
import { UserError } from "../user-error.ts";
import { type Finding, good, wanting } from "./finding.ts";

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The program's folder, when there is one. */
  readonly projectDir: string | undefined;
  /** `--pulumi PATH`. */
  readonly given: string | undefined;
}

/** What real environments need: the CLI, the place of its state, the keys to both, and a cluster. Changes nothing. */
export async function pulumiFindings(around: Surroundings): Promise<Finding[]> {
  const cli = await findCli(around).catch(asError);
  const asked = cli instanceof UserError ? [] : [backendFinding(around, cli), pluginFinding(around, cli)];
  return [
    await nodeFinding(around),
    cliFinding(cli),
    ...(await Promise.all(asked)),
    passphraseFinding(around),
    kubeconfigFinding(around),
  ].flat();
}

function asError(error: unknown): UserError {
  if (error instanceof UserError) return error;
  throw error;
}
const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split("\n")[0]!;

/** `pulumi up` by hand takes PATH's Node.js; liftlock hands the CLI its own. */
async function nodeFinding({ env }: Surroundings): Promise<Finding> {
  const name = "PATH node";
  const node = onPath("node", env);
  if (node === undefined) return wanting(name, "`pulumi up` by hand needs a node on PATH: install Node.js 24 or newer");
  const { stdout } = await promisify(execFile)(node, ["--version"]).catch(() => ({ stdout: "" }));
  const version = stdout.trim().replace(/^v/, "");
  if (Number(version.split(".")[0]) >= 24) return good(name, version, "runs the program under `pulumi up` by hand");
  return wanting(
    name,
    `${node} is ${version || "broken"}: \`pulumi up\` by hand needs Node.js 24 or newer there (liftlock brings its own)`,
  );
}

const cliFinding = (cli: Cli | UserError): Finding =>
  cli instanceof UserError
    ? wanting("Pulumi CLI", `${firstLine(cli)} See https://www.pulumi.com/docs/install/`)
    : good("Pulumi CLI", cli.version.version, `drives real environments (${cli.command})`);

async function backendFinding({ env, cwd, projectDir }: Surroundings, cli: Cli): Promise<Finding> {
  const dir = projectDir ?? cwd;
  const { words } = findBackend(dir, env);
  try {
    const { stdout } = await cli.run(["whoami", "--json"], dir);
    const { user, url } = JSON.parse(stdout) as { user?: string; url?: string };
    return good("backend", user ?? "reachable", `keeps the state: ${words === "no backend" ? (url ?? "?") : words}`);
  } catch (error) {
    return wanting("backend", firstLine(explain(error, { stack: "this project's stacks", projectDir: dir, backend: words, env })));
  }
}

async function pluginFinding({ env, cwd, projectDir }: Surroundings, cli: Cli): Promise<Finding> {
  const { version } = createRequire(import.meta.url)("@pulumi/kubernetes/package.json") as { version: string };
  const name = "plugin";
  const wanted = version.replace(/^v/, "");
  if (onPath("pulumi-resource-kubernetes", env) !== undefined)
    return good(name, "on PATH", "pulumi-resource-kubernetes, the provider of Kubernetes objects");
  const { stdout } = await cli.run(["plugin", "ls", "--json"], projectDir ?? cwd).catch(() => ({ stdout: "[]" }));
  const plugins = JSON.parse(stdout || "[]") as { name: string; kind: string; version?: string }[];
  if (plugins.some((plugin) => plugin.name === "kubernetes" && plugin.version === wanted))
    return good(name, wanted, "the provider of Kubernetes objects");
  return wanting(
    name,
    `the Kubernetes provider is not installed: the first run downloads it, or: pulumi plugin install resource kubernetes ${wanted}`,
  );
}

/** Only for stacks whose secrets are kept under one. */
function passphraseFinding({ env, projectDir }: Surroundings): Finding[] {
  const sealed = projectDir === undefined ? [] : stacksUnderPassphrase(projectDir);
  if (sealed.length === 0) return [];
  const name = "passphrase";
  const { PULUMI_CONFIG_PASSPHRASE: phrase, PULUMI_CONFIG_PASSPHRASE_FILE: file } = env;
  if (phrase !== undefined) return [good(name, "set", "opens the stacks' secrets")];
  if (file && existsSync(file)) return [good(name, "in a file", "opens the stacks' secrets")];
  const what = file
    ? `PULUMI_CONFIG_PASSPHRASE_FILE names ${file}, which is not there`
    : "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE";
  return [wanting(name, `the secrets of ${sealed.join(", ")} are kept under a passphrase: ${what}`)];
}

function stacksUnderPassphrase(dir: string): string[] {
  return readdirSync(dir).flatMap((file) => {
    const [, stack] = /^Pulumi\.(.+)\.ya?ml$/.exec(file) ?? [];
    if (stack === undefined) return [];
    const settings = readYaml(path.join(dir, file));
    return settings?.encryptionsalt === undefined ? [] : [stack];
  });
}

function readYaml(file: string): { encryptionsalt?: unknown } | undefined {
  try {
    return parse(readFileSync(file, "utf8")) as { encryptionsalt?: unknown };
  } catch {
    return undefined; // a damaged file is said where it is used
  }
}

function kubeconfigFinding({ env }: Surroundings): Finding {
  try {
    const { context, server } = findContext(currentContext(env), env);
    return good("kubeconfig", context, `the current context (${server}); a stack's settings may name another`);
  } catch (error) {
    return wanting("kubeconfig", `${firstLine(asError(error))} Get one of your cluster, for example: az aks get-credentials`);
  }
}
