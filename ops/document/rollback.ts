import { gatesOf } from "../../components/upstream.ts";
import type { Documented } from "./settings.ts";
import { approvalsInWords, listed } from "./words.ts";

/** The ways back: of a release, and of data. */
export function rollback({ application, environments }: Documented): string[] {
  const { promotion, database } = application;
  return [
    "## Rollback",
    "",
    "When a rollout or its smoke test fails, the release before comes back by itself with its configuration, and the bad one is held. By hand:",
    "",
    "```sh",
    ...promotion.path.map((stack) => `./liftlock rollback ${stack}            # --to RELEASE for another than the one before`),
    "```",
    "",
    "Secrets stay as they are: a rotated password does not come back.",
    ...environments.flatMap(({ stack }) => {
      const approvals = approvalsInWords(gatesOf(promotion, stack).rollbackApprovals);
      return approvals.length === 0 ? [] : ["", `Before a rollback of ${stack} by hand: ${listed(approvals)}.`];
    }),
    ...(database?.migration === undefined
      ? []
      : [
          "",
          "A release whose migrations older ones do not survive is not rolled back: the environment is frozen, and the data is restored, or a fix goes forward.",
        ]),
    ...data({ application, environments }),
  ];
}

function data({ application, environments }: Documented): string[] {
  if (application.database === undefined) return [];
  const backups = environments.flatMap(({ stack, settings: { database } }) =>
    database?.backup === undefined
      ? []
      : [
          `| ${stack} | \`${database.backup.schedule}\` (${database.backup.timeZone}) | ${database.backup.keepDays} days | ${database.data} |`,
        ],
  );
  return [
    "",
    "### Data",
    "",
    ...(backups.length === 0
      ? ["No environment has backups."]
      : ["| environment | backup | kept | data |", "| --- | --- | --- | --- |", ...backups]),
    ...environments.flatMap(({ stack, settings: { database } }) =>
      database?.backup === undefined
        ? []
        : [
            "",
            "```sh",
            `./liftlock backups ${stack}`,
            `./liftlock restore ${stack} --backup latest    # --drill tries it out beside what runs`,
            "```",
          ],
    ),
  ];
}
