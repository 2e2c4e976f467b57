import path from "node:path";
import type { z } from "zod";
import { KubernetesName } from "../../components/primitives.ts";
import { UserError } from "../user-error.ts";
import { BRANCH_MODELS, type Choices, DATABASES, type RepositoryChoice, SERVICE_KINDS, type ServiceChoice } from "./choices.ts";

/** Options of `liftlock init`, as the command line gives them. */
export interface InitFlags {
  readonly name?: string;
  readonly branchModel?: string;
  readonly environments?: string;
  readonly domain?: string;
  readonly service?: readonly string[];
  readonly database?: string;
  readonly migrate?: string;
  readonly secret?: readonly string[];
  readonly soak?: string;
  readonly approver?: readonly string[];
  readonly approvals?: string;
  readonly check?: readonly string[];
  readonly watch?: string;
  readonly repository?: string;
  readonly plan?: string;
  readonly visibility?: string;
  readonly codeOwner?: readonly string[];
  readonly example?: string;
  readonly fromNamespace?: string;
  readonly as?: string;
  readonly kubeconfig?: string;
  readonly package?: string;
  readonly install?: boolean;
  readonly force?: boolean;
}

/** What flags say, with a default for each that is left out; shapes are checked here, values by the settings' own schema. */
export function choicesOf(flags: InitFlags, dir: string): Choices {
  const name = applicationName(flags.name ?? nameOf(dir));
  refuseUnheard(flags);
  const environments = listOf(flags.environments ?? "development,staging,production");
  if (environments.length === 0) throw new UserError("--environments names no environment.", 2);
  // Its file would be that of the stack which holds what environments share.
  if (environments.includes("platform"))
    throw new UserError('"platform" is the stack of what environments share: give the environment another name.', 2);
  const given = (flags.service ?? []).map(service);
  const services: ServiceChoice[] =
    given.length > 0 ? given : [{ name: "web", kind: "web", image: `registry.example.com/${name}/web`, port: 8080, path: "/" }];
  const database = oneOf("--database", flags.database ?? "none", DATABASES);
  if (database === "sqlite" && !services.some(({ kind }) => kind === "stateful"))
    throw new UserError("--database sqlite needs a service that holds the file: --service NAME=IMAGE,kind=stateful.", 2);
  if (database === "none" && flags.migrate !== undefined) throw new UserError("--migrate needs --database postgresql or sqlite.", 2);
  return {
    name,
    branchModel: oneOf("--branch-model", flags.branchModel ?? "trunk", BRANCH_MODELS),
    environments,
    domain: flags.domain ?? "example.com",
    services,
    database,
    migrate: flags.migrate,
    secrets: flags.secret ?? [],
    gates: {
      soak: flags.soak,
      approvers: flags.approver ?? [],
      approvals: wholeNumber("--approvals", flags.approvals ?? "1"),
      checks: flags.check ?? [],
      watch: flags.watch,
    },
    repository: flags.repository === undefined ? undefined : repository(flags.repository, flags),
  };
}

/** Namespaces, hosts and images are called after it: its own fault would be said once for each of them. */
function applicationName(name: string): string {
  const fault = faultOf(KubernetesName, name);
  if (fault !== undefined) throw new UserError(`The application's name (--name) ${fault}; not "${name}".`, 2);
  return name;
}

/** What a value does not fulfil, in the schema's own words: `must be …`. */
export const faultOf = (schema: { safeParse(value: unknown): z.ZodSafeParseResult<unknown> }, value: unknown): string | undefined =>
  schema.safeParse(value).error?.issues[0]?.message;

/** Options that say more of another one say nothing without it. */
const GO_WITH: readonly [keyof InitFlags, readonly (keyof InitFlags)[]][] = [
  ["approver", ["approvals"]],
  ["repository", ["plan", "visibility", "codeOwner"]],
];

function refuseUnheard(flags: InitFlags): void {
  for (const [leader, followers] of GO_WITH)
    for (const follower of followers)
      if (flags[leader] === undefined && flags[follower] !== undefined)
        throw new UserError(`${optionOf(follower)} goes with ${optionOf(leader)}.`, 2);
}

/** An example brings settings of its own: what else is said of them would not be heard. */
export function refuseBesideExample(flags: InitFlags): void {
  const unheard = Object.entries(flags).filter(([flag, value]) => value !== undefined && !HOW.includes(flag) && flag !== "example");
  if (unheard.length === 0) return;
  const said = unheard.map(([flag]) => optionOf(flag)).join(", ");
  throw new UserError(
    `--example brings its own settings: leave ${said} out, and change ${unheard.length === 1 ? "it" : "them"} in the files that it writes.`,
    2,
  );
}

/** Options that say how to write a project, and nothing of what it is. */
export const HOW: readonly string[] = ["install", "force", "package"];

/** `codeOwner` is typed --code-owner. */
export const optionOf = (flag: string): string => `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The folder's name, as far as names of namespaces allow. */
export const nameOf = (dir: string): string =>
  path
    .basename(path.resolve(dir))
    .replaceAll("ß", "ss")
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 30)
    .replace(/-+$/, "") || "application";

export const listOf = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

/** `NAME=IMAGE[,kind=web|worker|stateful][,port=N][,path=/PATH]` */
export function service(text: string): ServiceChoice {
  const shape = "NAME=IMAGE[,kind=web|worker|stateful][,port=8080][,path=/]";
  const [first = "", ...rest] = text.split(",");
  const [name, image, more] = first.split("=");
  if (!name || !image || more !== undefined) throw new UserError(`--service takes ${shape}; not "${text}".`, 2);
  const options = new Map(rest.map((part) => part.split("=", 2) as [string, string]));
  for (const key of options.keys())
    if (!["kind", "port", "path"].includes(key)) throw new UserError(`--service ${name}: there is no "${key}"; it takes ${shape}.`, 2);
  const kind = oneOf(`--service ${name}: kind`, options.get("kind") ?? "web", SERVICE_KINDS);
  return { name, kind, image, port: wholeNumber(`--service ${name}: port`, options.get("port") ?? "8080"), path: options.get("path") };
}

function repository(text: string, { plan, visibility, codeOwner }: InitFlags): RepositoryChoice {
  const [owner, name, more] = text.split("/");
  if (!owner || !name || more !== undefined) throw new UserError(`--repository takes OWNER/NAME; not "${text}".`, 2);
  return { owner, name, plan: plan ?? "free", visibility: visibility ?? "public", codeOwners: codeOwner ?? [] };
}

function oneOf<T extends string>(what: string, value: string, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new UserError(`${what} must be one of ${known.join(", ")}; not "${value}".`, 2);
  return found;
}

function wholeNumber(what: string, text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new UserError(`${what} must be a whole number; not "${text}".`, 2);
  return Number(text);
}
