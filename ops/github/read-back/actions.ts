import type { PlatformGithub } from "../../../components/platform/github.schema.ts";
import type { Finding } from "../../drift/finding.ts";
import type { AppliedRules } from "./applied.ts";
import type { Authors } from "./authors.ts";
import { SOURCE } from "./differences.ts";
import { keptFindings, type Place } from "./kept.ts";
import type { LiveActions } from "./read-actions.ts";
import type { Known } from "./strangers.ts";

const KINDS = { secret: "ActionsSecret", variable: "ActionsVariable" } as const;

/** Does anybody ask about them? Reading them takes a permission that no other rule needs. */
export const asksForActions = ({ actionsSecrets, actionsVariables }: AppliedRules, platform: PlatformGithub | undefined): boolean =>
  actionsSecrets.length + actionsVariables.length > 0 || platform?.actions !== undefined;

/**
 * The repository's own secrets and variables, which every workflow of it gets. `whole`: also those that no stack made and nobody agreed on,
 * and those that were agreed on and are not there.
 */
export function actionsFindings(
  applied: AppliedRules,
  live: LiveActions,
  authors: Authors,
  whole?: { readonly platform: PlatformGithub; readonly known: Known },
): Finding[] {
  const { secrets = [], variables = [] } = live;
  const agreed = whole?.platform.actions;
  const names = { secret: upper(agreed?.secrets), variable: upper(agreed?.variables) };
  const place: Place = {
    kinds: KINDS,
    prefix: "",
    audited: "repo",
    isStranger: (kind, name) => agreed !== undefined && !whole!.known.actions.has(`${kind} ${name}`) && !names[kind].includes(name),
  };
  const sides = {
    applied: {
      secrets: live.secrets === undefined ? [] : applied.actionsSecrets,
      variables: live.variables === undefined ? [] : applied.actionsVariables,
    },
    live: { secrets, variables },
  };
  const missing = (kind: "secret" | "variable", there: readonly { name: string }[] | undefined): Finding[] =>
    names[kind]
      .filter((name) => there?.every((one) => one.name.toUpperCase() !== name))
      .map((name): Finding => {
        const by = authors.of(new RegExp(`^repo\\..*actions_${kind}`), { key: name });
        const subject = { kind: KINDS[kind], name };
        return {
          source: SOURCE,
          change: "deleted",
          subject,
          ...(by === undefined ? {} : { by }),
          note: "was agreed on, and workflows look for it",
        };
      });
  return [...keptFindings(place, sides, authors), ...missing("secret", live.secrets), ...missing("variable", live.variables)];
}

const upper = (names: readonly string[] = []): string[] => names.map((name) => name.toUpperCase());
