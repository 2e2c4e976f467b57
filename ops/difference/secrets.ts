import type { Secrets } from "./declared.ts";
import type { Difference } from "./difference.ts";
import type { Place } from "./place.ts";

export interface SecretSide {
  readonly stack: string;
  readonly secrets: Secrets;
  /** Keys that the application declares for this environment. */
  readonly declared: readonly string[];
  /** Where people keep some of its secrets, which nobody can compare from here. */
  readonly vault?: { readonly name: string; readonly keys: ReadonlySet<string> } | undefined;
  place(key: string): Place | undefined;
}

/** Secrets by fingerprint: different values are as they should be; one value in two environments is a finding, under whatever keys. */
export function secretDifferences(left: SecretSide, right: SecretSide): Difference[] {
  const found: Difference[] = [];
  found.push(...unseen(left, right));
  const both = left.declared.filter((key) => right.declared.includes(key));
  const isOpen = (side: SecretSide) => side.secrets.from !== "closed";
  for (const key of both) {
    const lacking = [left, right].filter((side) => isOpen(side) && !side.secrets.prints.has(key));
    const places = [left.place(key), right.place(key)].filter((place) => place !== undefined);
    if (lacking.length === 1) {
      found.push({ area: "secrets", name: `secret ${key}`, kind: "missing", places, note: `${lacking[0]!.stack} has no value` });
      continue;
    }
    const [a, b] = [left.secrets.prints.get(key), right.secrets.prints.get(key)];
    if (a === undefined || b === undefined || a.fingerprint === b.fingerprint) continue;
    const shared = a.place !== undefined && a.place === b.place;
    found.push({
      area: "secrets",
      name: `secret ${key}`,
      kind: shared ? "unexpected" : "expected",
      left: `#${a.fingerprint}`,
      right: `#${b.fingerprint}`,
      places,
      ...(shared ? { note: "different credentials, but the same host and database in both environments" } : {}),
    });
  }
  return [...found, ...shared(left, right)];
}

/** A value in a vault is compared with none: that is said, not passed over. */
function unseen(left: SecretSide, right: SecretSide): Difference[] {
  const has = ({ declared, vault }: SecretSide, key: string) => declared.includes(key) || vault?.keys.has(key) === true;
  const keys = new Set([...(left.vault?.keys ?? []), ...(right.vault?.keys ?? [])]);
  const where = ({ vault, stack }: SecretSide, key: string) => (vault?.keys.has(key) ? `in ${vault.name}` : `of ${stack}`);
  return [...keys].flatMap((key): Difference[] =>
    has(left, key) && has(right, key)
      ? [
          {
            area: "secrets",
            name: `secret ${key}`,
            kind: "expected",
            left: where(left, key),
            right: where(right, key),
            places: [left.place(key), right.place(key)].filter((place) => place !== undefined),
            note: "people keep it in a vault: not compared",
          },
        ]
      : [],
  );
}

function shared(left: SecretSide, right: SecretSide): Difference[] {
  return [...left.secrets.prints].flatMap(([key, { fingerprint }]) =>
    [...right.secrets.prints].flatMap(([other, print]): Difference[] => {
      if (print.fingerprint !== fingerprint) return [];
      return [
        {
          area: "secrets",
          name: key === other ? `secret ${key}` : `secret ${key} = ${other}`,
          kind: "unexpected",
          left: `#${fingerprint}`,
          right: `#${fingerprint}`,
          places: [left.place(key), right.place(other)].filter((place) => place !== undefined),
          note:
            key === other ? "the same value in both environments" : `${left.stack}'s ${key} and ${right.stack}'s ${other} are one value`,
        },
      ];
    }),
  );
}
