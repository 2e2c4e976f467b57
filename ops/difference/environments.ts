import type { ApplicationSettings } from "../../components/application.schema.ts";
import type { Context } from "../context.ts";
import { readRelease } from "../promotion/configuration.ts";
import type { ProjectSummary } from "../selector.ts";
import { withAcknowledgements } from "./acknowledged.ts";
import { compareResources, type Subject } from "./compare.ts";
import type { Declarations } from "./declared.ts";
import type { Difference } from "./difference.ts";
import { type LiveSide, liveDifferences } from "./live.ts";
import { readLive } from "./read-live.ts";
import type { DiffReport } from "./report.ts";
import { newestApplied, schemaDifferences } from "./schema.ts";
import { secretDifferences } from "./secrets.ts";
import { settingsDifferences } from "./settings.ts";
import { declaredRelease, declaredSubject, formerSubject, outputsOf, secretSide, updateWith } from "./sides.ts";

export interface About {
  readonly context: Context;
  readonly declarations: Declarations;
  readonly project: ProjectSummary;
  readonly application: ApplicationSettings;
  readonly today: string;
}

/** Two environments: what their files declare, their secrets, their databases, and with `live` what runs. */
export async function compareEnvironments(about: About, stacks: readonly [string, string], live: boolean): Promise<DiffReport> {
  const { context, declarations, project, application } = about;
  const each = <T>(make: (stack: string) => Promise<T>): Promise<[T, T]> => Promise.all([make(stacks[0]), make(stacks[1])]);
  const subjects = stacks.map((stack) => declaredSubject(declarations, project, application, stack)) as [Subject, Subject];
  const [secrets, outputs, running] = await Promise.all([
    each((stack) => secretSide(declarations, project, application, stack)),
    each((stack) => outputsOf(context, project, stack)),
    live ? each((stack) => readLive(about, stack)) : undefined,
  ]);
  const [left, right] = subjects;
  const schema = subjects.map((subject, i) => ({
    stack: subject.stack,
    declared: declaredRelease(subject)?.schemaVersion,
    applied: newestApplied(outputs[i]),
    place: subject.place("release", ["schemaVersion"]),
  }));
  const closed = secrets.filter((side) => side.secrets.from === "closed").map(({ stack }) => stack);
  const notCompared = [
    ...(closed.length === 0
      ? []
      : [`secret values of ${closed.join(", ")}: set PULUMI_CONFIG_PASSPHRASE to open the stack files, or say --local`]),
    ...(application.database === undefined
      ? []
      : schema
          .filter(({ applied }) => applied === undefined)
          .map(({ stack }) => `the database of ${stack}: no update of it has recorded migrations here`)),
    ...(running ?? []).flatMap(({ unread }) => unread),
  ];
  const more: Difference[] = [
    ...secretDifferences(...secrets),
    ...schemaDifferences(...schema),
    ...(running === undefined
      ? []
      : liveDifferences(
          ...([0, 1].map((i) => ({
            stack: stacks[i]!,
            declared: declaredRelease(subjects[i]!),
            deployed: readRelease(outputs[i]?.release),
            drift: running[i]!.drift,
          })) as [LiveSide, LiveSide]),
        )),
  ];
  return finished(about, left, right, stacks, more, notCompared);
}

/** One environment at two of its releases. */
export async function compareReleases(about: About, stack: string, releases: readonly [string, string]): Promise<DiffReport> {
  const { context, declarations, project, application } = about;
  const subject = async (release: string) =>
    formerSubject(declarations, project, application, stack, await updateWith(context, project, stack, release));
  const [left, right] = await Promise.all([subject(releases[0]), subject(releases[1])]);
  return finished(about, left, right, [stack], [], ["secret values: histories keep none"]);
}

async function finished(
  { declarations, project, application, today }: About,
  left: Subject,
  right: Subject,
  stacks: readonly string[],
  more: readonly Difference[],
  notCompared: readonly string[],
): Promise<DiffReport> {
  const rendered = await compareResources(declarations, project.dir, application, left, right);
  const untried = rendered.untried === undefined ? [] : [`which resources differ beyond the settings: ${rendered.untried}`];
  const all = [...settingsDifferences(application, left, right), ...more, ...rendered.differences];
  const differences = withAcknowledgements(all, application.differences.acknowledged, stacks, today);
  return {
    left: left.stack,
    right: right.stack,
    differences,
    explained: rendered.explained,
    folded: rendered.folded,
    notCompared: [...notCompared, ...untried],
  };
}
