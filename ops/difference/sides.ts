import type { ApplicationSettings } from "../../components/application.schema.ts";
import { releaseId } from "../../components/release.ts";
import { declaredSecrets } from "../../components/secrets.ts";
import type { Context } from "../context.ts";
import type { HistoryEntry } from "../engine.ts";
import { type Release, readRelease, releaseOf, settingOf } from "../promotion/configuration.ts";
import { readStackFile, readValue } from "../promotion/stack-file.ts";
import { isRecord } from "../report/diff.ts";
import { environmentIn, keptInVault } from "../secret/vault.ts";
import type { ProjectSummary } from "../selector.ts";
import { UserError } from "../user-error.ts";
import type { Subject } from "./compare.ts";
import type { Declarations } from "./declared.ts";
import { replacer } from "./normal.ts";
import { placesIn } from "./place.ts";
import type { SecretSide } from "./secrets.ts";

/** An environment as its stack file declares it. */
export function declaredSubject(
  declarations: Declarations,
  project: ProjectSummary,
  application: ApplicationSettings,
  stack: string,
): Subject {
  const file = readStackFile(project.dir, stack);
  const [environment, release] = ["environment", "release"].map((part) => readValue(file, project.name, part));
  return {
    ...parts(stack, application, environment, release),
    place: placesIn(file, project.name),
    resources: underWay(declarations.resources(project.dir, stack)),
  };
}

/** An environment as one of its updates left it: its configuration then, under the program of today. */
export function formerSubject(
  declarations: Declarations,
  project: ProjectSummary,
  application: ApplicationSettings,
  stack: string,
  entry: HistoryEntry,
): Subject {
  const [environment, release] = ["environment", "release"].map((part) => settingOf(entry.config, project.name, part));
  const when = { file: `deployed ${(entry.endTime ?? entry.startTime).slice(0, 16).replace("T", " ")}Z`, line: 0 };
  const subject = parts(stack, application, environment, release);
  return {
    ...subject,
    stack: `${stack} ${readRelease(release)?.version ?? entry.version}`,
    place: () => when,
    resources: underWay(declarations.resources(project.dir, stack, { environment, release })),
  };
}

/** What fails is told where it is awaited. */
function underWay<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

function parts(stack: string, application: ApplicationSettings, environment: unknown, release: unknown) {
  const { namespace, host, github } = (isRecord(environment) ? environment : {}) as { namespace?: string; host?: string; github?: unknown };
  const branch = isRecord(github) && isRecord(github.branch) && typeof github.branch.name === "string" ? github.branch.name : undefined;
  const names = {
    stack,
    application: application.name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(host === undefined ? {} : { host }),
    ...(branch === undefined ? {} : { branch }),
  };
  const replaced = replacer(names);
  const walk = (value: unknown): unknown => {
    if (typeof value === "string") return replaced(value);
    if (Array.isArray(value)) return value.map(walk);
    return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, v]) => [key, walk(v)])) : value;
  };
  return { stack, names, environment: walk(environment), release, written: { environment, release } };
}

/** The newest successful update that brought a release, by version or id. */
export async function updateWith(context: Context, project: ProjectSummary, stack: string, named: string): Promise<HistoryEntry> {
  const { engine } = await context.selector.select({ projectDir: project.dir, stack, cluster: "none" });
  const updates = (await engine.history()).filter(({ kind, result }) => kind === "update" && result === "succeeded");
  const releases = updates.map((entry) => ({ entry, release: releaseOf(entry.config, project.name) }));
  const found = releases.find(({ release }) => release !== undefined && (release.version === named || releaseId(release) === named));
  if (found !== undefined) return found.entry;
  const known = [...new Set(releases.flatMap(({ release }) => release?.version ?? []))];
  throw new UserError(`${stack} never ran a release "${named}". It ran: ${known.join(", ") || "none"}.`, 2);
}

export async function secretSide(
  declarations: Declarations,
  project: ProjectSummary,
  application: ApplicationSettings,
  stack: string,
): Promise<SecretSide> {
  const place = placesIn(readStackFile(project.dir, stack), project.name);
  return {
    stack,
    secrets: await declarations.secrets(project.dir, stack),
    declared: [...new Set(declaredSecrets(application, stack, environmentIn(project, stack)).map(({ key }) => key))],
    vault: keptInVault(project, application, stack),
    place: (key) => place(key, []),
  };
}

/** Outputs of a stack's last update; undefined where nothing was deployed, or nobody can be asked. */
export async function outputsOf(context: Context, project: ProjectSummary, stack: string): Promise<Record<string, unknown> | undefined> {
  try {
    const { engine } = await context.selector.select({ projectDir: project.dir, stack, cluster: "none" });
    return await engine.outputs();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

export const declaredRelease = (subject: Pick<Subject, "release">): Release | undefined => readRelease(subject.release);
