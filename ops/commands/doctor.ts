import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Context, EXIT } from "../context.ts";
import type { Finding } from "../doctor/finding.ts";
import { findProjectDir } from "../project-dir.ts";
import { UserError } from "../user-error.ts";

interface Tool {
  readonly name: string;
  readonly args: readonly string[];
  readonly version: RegExp;
  readonly needed: string;
  readonly required?: boolean;
}

const TOOLS: readonly Tool[] = [
  {
    name: "node",
    args: ["--version"],
    version: /v(\S+)/,
    needed: "runs liftlock and the program (the wrapper brings its own Node 24 when this one is older)",
    required: true,
  },
  { name: "git", args: ["--version"], version: /(\d+\.\S+)/, needed: "finds the checkout, and with it the local world" },
  { name: "go", args: ["version"], version: /go(\d\S*)/, needed: "builds the local control plane, once; without it use --context" },
  { name: "kubectl", args: ["version", "--client"], version: /v(\d\S*)/, needed: "to look around in a cluster; liftlock needs none" },
];

/** What is there and what is missing. Without --local also what real environments need. */
export async function doctor(context: Context): Promise<number> {
  const { io, options, say } = context;
  const findings = [
    ...(await Promise.all(TOOLS.map(look))),
    ...(options.local ? [] : await forPulumi(context)),
    ...(await forGithub(context)),
  ];
  if (options.json) io.out(JSON.stringify(findings, null, 2));
  else {
    const width = (text: (finding: Finding) => string) => Math.max(...findings.map((finding) => text(finding).length));
    const [names, versions] = [width(({ name }) => name), width(({ version }) => version ?? "")];
    for (const { name, version, needed } of findings) {
      const mark = version === undefined ? io.colors.yellow("missing") : io.colors.green("found  ");
      say(`${mark}  ${name.padEnd(names)}  ${(version ?? "").padEnd(versions)}  ${io.colors.dim(needed)}`);
    }
  }
  return findings.some((f) => f.required && f.version === undefined) ? EXIT.failed : EXIT.done;
}

async function forPulumi({ io, options }: Context): Promise<Finding[]> {
  const { pulumiFindings } = await import("../doctor/pulumi.ts");
  return pulumiFindings({ env: io.env, cwd: io.cwd, given: options.pulumi, projectDir: projectDir(io.cwd, options.stackDir) });
}

/** Only where the settings name a repository. */
async function forGithub({ io, options, selector }: Context): Promise<Finding[]> {
  if (projectDir(io.cwd, options.stackDir) === undefined) return [];
  const { githubSettings } = await import("../github/settings.ts");
  const project = await selector.project();
  const settings = githubSettings(project);
  if (settings === undefined) return [];
  const connection = await selector.github(project);
  if (connection === undefined && options.local) return [];
  const { wanting } = await import("../doctor/finding.ts");
  if (connection === undefined)
    return [wanting("GitHub token", "set GITHUB_TOKEN for rules and approvals on GitHub: docs/how-to/connect-github.md")];
  const [{ githubFindings }, { openApi }] = await Promise.all([import("../doctor/github.ts"), import("../github/api.ts")]);
  return githubFindings(openApi(connection, settings.repository), settings);
}

/** It also helps outside of a project. */
function projectDir(cwd: string, stackDir: string | undefined): string | undefined {
  try {
    return findProjectDir(cwd, stackDir);
  } catch (error) {
    if (error instanceof UserError && stackDir === undefined) return undefined;
    throw error;
  }
}

async function look({ name, args, version, needed, required = false }: Tool): Promise<Finding> {
  const found = await promisify(execFile)(name, [...args], { timeout: 10_000 }).catch(() => undefined);
  return { name, version: found && (version.exec(found.stdout)?.[1] ?? "unknown"), needed, required };
}
