import { z } from "zod";
import { Duration, ShortName, StackName, TimeZone } from "./primitives.ts";

/** A person as git knows them (an e-mail address) or as GitHub does (@login). */
const Identity = z.string().regex(/^(@[A-Za-z0-9-]{1,39}|[^@\s]+@[^@\s]+)$/, {
  error: "must be an e-mail address, or a GitHub login such as @ann",
});
const Team = z.string().regex(/^[A-Za-z0-9-]+\/[A-Za-z0-9_.-]+$/, { error: "must be a GitHub team, such as acme/qa" });
const PathPattern = z.string().min(1).describe("Path pattern within the repository, such as **/auth/**");
const ClockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day in quotes, such as "16:00"' });

const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const Role = z.strictObject({
  people: z
    .array(z.union([Identity, ShortName], { error: "must be an e-mail address, @login, or a name of promotion.people" }))
    .default([])
    .describe("E-mail addresses, @logins, or names of promotion.people"),
  teams: z.array(Team).default([]).describe("GitHub teams; membership is known only to approvals that come from GitHub"),
});

const ApprovalRule = z.strictObject({
  roles: z.array(ShortName).min(1, { error: "must name a role" }).describe("Any of these roles; one person counts once"),
  count: z.int().min(1, { error: "must be 1 or more" }).max(20, { error: "must be at most 20" }).default(1).describe("How many people"),
  codeOwner: z.boolean().default(false).describe("One of them must be a code owner of what changed"),
  whenChanged: z
    .array(PathPattern)
    .min(1)
    .optional()
    .describe("Only for a release that changed one of these paths; when nobody knows what changed, always"),
});
export type ApprovalRule = z.infer<typeof ApprovalRule>;

const CheckRule = z.strictObject({
  name: ShortName,
  description: z.string().min(1).optional(),
  in: StackName.optional().describe("Environment in which it is made; left out, the one that the release goes to"),
  evidence: z.boolean().default(false).describe("A result counts only with evidence: a link, or the name of a report"),
  maxAge: Duration.optional().describe("An older result no longer counts"),
  when: z
    .enum(["before", "after"], { error: "must be before or after" })
    .default("before")
    .describe("before: a gate; after: on the checklist after deployment, which status shows"),
});
export type CheckRule = z.infer<typeof CheckRule>;

const Window = z.strictObject({
  days: z
    .array(z.enum(weekdays, { error: `must be one of ${weekdays.join(", ")}` }))
    .min(1)
    .default([...weekdays]),
  from: ClockTime,
  to: ClockTime.describe("Before or at `from`: on the next day"),
  timeZone: TimeZone.describe("Keeps its hour across daylight saving"),
  for: z
    .enum(["releases", "migrations"], { error: "must be releases or migrations" })
    .default("releases")
    .describe("migrations: only releases that migrate the database have to wait for it"),
});
export type Window = z.infer<typeof Window>;

const Upstream = z.union(
  [
    z.strictObject({ all: z.array(StackName).min(1, { error: "must name an environment" }) }),
    z.strictObject({ any: z.array(StackName).min(1, { error: "must name an environment" }) }),
  ],
  { error: "must be all: [...] or any: [...]" },
);

const HotfixGates = z.strictObject({
  soak: Duration.optional().describe("Shorter than the normal one; left out, the normal one"),
  approvals: z.array(ApprovalRule).min(1).optional().describe("In place of the normal rules; left out, the normal ones"),
  checks: z.array(ShortName).min(1).optional().describe("The checks that a hotfix still needs; left out, all of them"),
});

const BreakGlass = z.strictObject({
  confirmWithin: Duration.default("4h").describe("How soon a second person must confirm"),
  expiresAfter: Duration.default("24h").describe("How long it opens the gates at most"),
});

/** What stands before one environment. Every gate that is declared must be open. */
export const Gates = z.strictObject({
  passThrough: z.boolean().default(false).describe("No environment of its own: gathers its upstream for others"),
  upstream: Upstream.optional().describe("Environments that must have run the release; left out, the one before on the path"),
  soak: Duration.optional().describe("How long it must have been live there, without a break and without trouble"),
  approvals: z.array(ApprovalRule).default([]),
  approvalsExpire: Duration.default("7d"),
  checks: z.array(CheckRule).default([]),
  windows: z.array(Window).default([]).describe("When releases may go in; none: always"),
  confirmMigrations: z.boolean().default(true).describe("Somebody must confirm the pending migrations by name"),
  backupMaxAge: Duration.optional().describe("A migration needs a verified backup that is not older"),
  restoreTested: Duration.optional().describe(
    "A backup of this environment must have been restored, on trial or in earnest, within this time",
  ),
  rehearsal: z
    .strictObject({ in: StackName, maxAge: Duration.optional() })
    .optional()
    .describe("The rollback of this release must have been rehearsed there"),
  hotfix: HotfixGates.prefault({}),
  rollbackApprovals: z.array(ApprovalRule).default([]).describe("For a rollback by hand; an automatic one asks nobody"),
  breakGlass: BreakGlass.prefault({}),
  watch: Duration.optional().describe("How long a release is watched after it went live"),
});
export type Gates = z.infer<typeof Gates>;

/** `application.promotion`: the order of the environments, who may say yes, and what stands before each of them. */
export const PromotionSettings = z.strictObject({
  path: z
    .array(StackName)
    .min(1, { error: "must name at least one environment" })
    .describe("Environments in the order that a release passes them"),
  people: z.record(ShortName, z.array(Identity).min(1)).default({}).describe("Identities that belong to one person"),
  roles: z.record(ShortName, Role).default({}),
  secondPerson: z
    .boolean()
    .default(true)
    .describe(
      "Somebody else stands by a hotfix without approvals of its own and by broken glass. false: a team of one, whose own word counts and is recorded as such",
    ),
  gates: z.record(StackName, Gates).default({}),
});
export type PromotionSettings = z.infer<typeof PromotionSettings>;
