import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { type Context, EXIT } from "../context.ts";
import { stackObjects, withUpstream } from "../operator/stack-objects.ts";
import { requireStack } from "../project-dir.ts";
import { readApplication } from "../release/application.ts";
import { UserError } from "../user-error.ts";

interface Options {
  readonly backend?: string;
  readonly repository?: string;
  readonly branch?: string;
  readonly organization?: string;
  readonly namespace?: string;
  readonly gitSecret?: string;
  readonly serviceAccount?: string;
  readonly image?: string;
}

/** Prints the Stack objects with which the Pulumi Kubernetes Operator keeps these stacks, in the order of promotion. */
export async function operator({ io, options: global, selector }: Context, names: string[], options: Options): Promise<number> {
  const project = await selector.project();
  const { promotion, repository } = readApplication(project);
  const platforms = project.platforms ?? [];
  const known = { ...project, stacks: [...project.stacks, ...platforms.filter((name) => !project.stacks.includes(name))] };
  const environments = promotion.path.filter((name) => project.stacks.includes(name));
  const asked = names.length === 0 ? [...platforms, ...environments] : [...new Set(names)].map((name) => requireStack(known, name));
  const stacks = withUpstream(asked, promotion, platforms);
  const { backend } = options;
  if (backend === undefined)
    throw new UserError("Where is the state? Say --backend azblob://…, s3://…, or https://api.pulumi.com for Pulumi Cloud.", 2);
  if (!URL.canParse(backend) || backend.startsWith("file:"))
    throw new UserError(
      `--backend takes an address that pods can reach, such as azblob://state or https://api.pulumi.com; not "${backend}".`,
      2,
    );
  if (backend.startsWith("https://") && options.organization === undefined)
    throw new UserError("Pulumi Cloud keeps stacks by organisation: add --organization NAME.", 2);
  const address =
    options.repository ?? (repository && `${repository.baseUrl ?? "https://github.com/"}${repository.owner}/${repository.name}`);
  if (address === undefined)
    throw new UserError("Where is the program? Say --repository https://…, or declare application.repository in Pulumi.yaml.", 2);
  const objects = stackObjects(stacks, {
    project: project.name,
    promotion,
    platforms,
    repository: address,
    branch: options.branch ?? repository?.defaultBranch ?? "main",
    folder: await folderIn(project.dir),
    backend,
    organization: options.organization ?? "organization",
    namespace: options.namespace ?? "pulumi",
    gitSecret: options.gitSecret,
    serviceAccount: options.serviceAccount,
    image: options.image,
  });
  if (global.json) io.out(JSON.stringify(objects, null, 2));
  else
    io.out(
      objects
        .map((object) => stringify(object, { lineWidth: 0 }))
        .join("---\n")
        .trimEnd(),
    );
  const along = stacks.filter((name) => !asked.includes(name));
  if (along.length > 0)
    io.err(
      io.colors.dim(`${along.join(", ")} ${along.length === 1 ? "comes" : "come"} along: ${asked.join(", ")} would wait for ever without.`),
    );
  const secret = backend.startsWith("https://") ? "accessToken" : "passphrase";
  io.err(
    io.colors.dim(
      `They read the Secret ${project.name}-pulumi (key ${secret}) of their namespace. The image of their workspaces needs Node 24.`,
    ),
  );
  return EXIT.done;
}

/** Where the program stands within its repository; empty at its root, or outside of one. */
async function folderIn(dir: string): Promise<string> {
  const run = promisify(execFile)("git", ["-C", dir, "rev-parse", "--show-prefix"]);
  return run.then(({ stdout }) => path.posix.normalize(stdout.trim() || ".").replace(/^\.$|\/$/g, "")).catch(() => "");
}
