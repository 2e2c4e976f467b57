import type { Verdict } from "../gates/gate.ts";

export interface PromotionText {
  readonly from: string;
  readonly to: string;
  readonly release: {
    readonly id: string;
    readonly version: string;
    readonly commit: string;
    readonly images: Readonly<Record<string, string>>;
  };
  readonly replaces: string | undefined;
  readonly gates: readonly Verdict[];
  readonly wayBack: readonly string[];
  readonly migrations: readonly string[];
  readonly commits: readonly { readonly id: string; readonly subject: string }[];
  readonly requester: string | undefined;
}

const COMMITS = 50;
/** GitHub's own limit is 65,536 characters. */
const LONGEST = 60_000;

/** What people decide by, for a pull request. The same state gives the same text. */
export function promotionText(about: PromotionText): { title: string; body: string } {
  const { from, to, release, replaces, gates, wayBack, migrations, commits, requester } = about;
  const closed = gates.filter(({ open }) => !open);
  const lines = [
    `Moves \`${release.id}\` from **${from}** to **${to}**${replaces === undefined ? "" : `, which runs \`${replaces}\``}. It changes the release in one file, and nothing else.`,
    "",
    ...(requester === undefined ? [] : [`Asked for by ${cell(requester)}: their own review does not count.`, ""]),
    "### Gates",
    "",
    ...(gates.length === 0 ? [`None stands before ${to}.`] : ["| gate | | |", "| --- | --- | --- |"]),
    ...gates.map(
      ({ gate, subject, open, text, next }) =>
        `| ${cell(subject === undefined ? gate : `${gate}: ${subject}`)} | ${open ? "open" : "**closed**"} | ${cell(open || next === undefined ? text : `${text} (${next})`)} |`,
    ),
    "",
    closed.length === 0
      ? "Every gate was open when this was written. Merging deploys it."
      : `${closed.length === 1 ? "One gate was" : `${closed.length} gates were`} closed when this was written. An approving review of this pull request is an approval; the deployment after the merge asks every gate again.`,
    "",
    "### Way back",
    "",
    ...wayBack.map((line) => `- ${cell(line)}`),
    "",
    "### Migrations",
    "",
    ...(migrations.length === 0 ? ["None."] : migrations.map((name) => `- \`${name}\``)),
    "",
    "### Images",
    "",
    ...Object.entries(release.images).map(([service, image]) => `- ${service}: \`${image}\``),
    "",
    `### Commits, up to ${release.commit.slice(0, 12)}`,
    "",
    ...(commits.length === 0
      ? ["Not known here."]
      : commits.slice(0, COMMITS).map(({ id, subject }) => `- ${id.slice(0, 12)} ${cell(subject)}`)),
    ...(commits.length > COMMITS ? [`- and ${commits.length - COMMITS} more`] : []),
  ];
  const body = lines.join("\n");
  return {
    title: `Promote ${release.version} to ${to}`,
    body: body.length <= LONGEST ? body : `${body.slice(0, LONGEST)}\n\n(cut off)`,
  };
}

/** Text of others within Markdown: no mention, no table, no tag. */
export const cell = (text: string): string =>
  text
    .replaceAll("|", "\\|")
    .replaceAll("\n", " ")
    .replaceAll("<", "&lt;")
    .replace(/@(?=\w)/g, "@\u200b");
