import type { PromotionSettings } from "../../components/gates.schema.ts";
import type { Actor, LedgerEvent } from "../ledger/event.ts";
import type { Fix } from "./fixes.ts";
import type { Verdict } from "./gate.ts";

/** `rollback`: to what ran here before. `hotfix`: shortened gates. `break-glass`: nothing but holds, with a second person afterwards. */
export type Lane = "normal" | "hotfix" | "rollback" | "break-glass";

/** What a stack remembers of one release that went live and passed its tests: its output `qualified`. */
export interface Ran {
  readonly id: string;
  /** RFC 3339, by the cluster's clock. */
  readonly liveSince: string;
}

/** One person's word on a release, from wherever it was given. */
export interface Approval {
  /** Names the source: `ledger`, `github`. */
  readonly source: string;
  readonly id: string;
  readonly stack: string;
  readonly releaseId: string;
  readonly actor: Actor;
  readonly role: string;
  /** Teams that the source itself knows this person to be in. A ledger entry knows none: anybody could write them there. */
  readonly teams: readonly string[];
  readonly codeOwner: boolean;
  readonly verdict: "approved" | "rejected";
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Where approvals come from. Throws a UserError when it cannot be asked: silence must not pass for consent, nor for a missing veto. */
export interface ApproverSource {
  readonly name: string;
  approvals(about: { stack: string; releaseId: string }): Promise<readonly Approval[]>;
  /** Who asked for the release to go there, where `acting` only lets it through; undefined: nobody else is known. */
  requester?(about: { stack: string; releaseId: string }, acting: Actor): Promise<Actor | undefined>;
}

/** Everything that gates decide by. They ask nothing else: no clock, no file, no network. */
export interface GateInput {
  readonly promotion: PromotionSettings;
  /** Where the release is to go. */
  readonly stack: string;
  readonly lane: Lane;
  readonly release: {
    readonly id: string;
    readonly version: string;
    /** Paths that it changes against what runs on the stack; undefined when nobody knows. */
    readonly changedPaths?: readonly string[];
    /** Migrations that it would run there, oldest first. */
    readonly pendingMigrations: readonly string[];
  };
  /** Who asks for it to go there: may not approve it. */
  readonly requester?: Actor;
  /** The ledger, oldest first. */
  readonly events: readonly LedgerEvent[];
  /** From sources other than the ledger. */
  readonly approvals?: readonly Approval[];
  /** Why a source could not be asked: nothing passes on approvals then, since a veto may be among what is not seen. */
  readonly unseenApprovals?: string;
  /** What ran in each environment, newest first; undefined for one that was never deployed. */
  readonly ran: (stack: string) => readonly Ran[] | undefined;
  /** Hotfixes of the stack that the release does not contain. */
  readonly lacks?: readonly Fix[];
  /** Keys that the application declares for the stack, and those that are set. */
  readonly configuration?: { readonly declared: readonly string[]; readonly set: readonly string[] };
  readonly now: Date;
  /** How the user calls us, for what to do next. */
  readonly command?: string;
}

/** A verdict without its gate's name; `evidence` left out is none. */
export type Found = Omit<Verdict, "gate" | "evidence"> & { readonly evidence?: readonly string[] };

export const verdict = (gate: string, { evidence = [], ...found }: Found): Verdict => ({ gate, ...found, evidence });

export const commandOf = ({ command = "liftlock" }: GateInput): string => command;
