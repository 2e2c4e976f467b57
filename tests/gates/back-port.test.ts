import { describe, expect, test } from "vitest";
import type { ApplicationSettings } from "../../components/application.schema.ts";
import { releaseId } from "../../components/release.ts";
import { shortCuts, unported } from "../../ops/gates/back-port.ts";
import type { Facts } from "../../ops/gates/evidence.ts";
import { People } from "../../ops/gates/people.ts";
import type { Happening, LedgerEvent } from "../../ops/ledger/event.ts";
import type { Release } from "../../ops/promotion/configuration.ts";
import { at, ledger, promotionOf } from "./support.ts";

const made = (version: string, commit: string): Release => ({ version, commit: commit.repeat(40), images: {} });
const old = made("1.0.0", "a");
const fix = made("1.0.1", "b");
const later = made("1.1.0", "c");
const other = made("1.2.0", "d");
const id = releaseId(fix);
const reference = { id, version: fix.version, commit: fix.commit, images: {} };

const hotfix: Happening = { kind: "hotfix", stack: "production", release: reference, reason: "login" };
const promoted: Happening = { kind: "promotion", from: "staging", to: "production", release: reference, lane: "break-glass" };
const glass: Happening = {
  kind: "break-glass",
  stack: "production",
  releaseId: id,
  reason: "down",
  incident: "INC-1",
  confirmBy: at(4),
  expires: at(24),
};
const ported: Happening = { kind: "back-ported", stack: "production", releaseId: id, to: ["development", "staging"] };

/** History: `later` was made of `fix`, `other` of `old`. */
const contains = async (commit: string, of: string) => commit === fix.commit && of === later.commit;

async function missing(events: LedgerEvent[], live: Record<string, Release | undefined>): Promise<readonly string[] | undefined> {
  const facts = new Map(Object.entries(live).map(([stack, release]) => [stack, { live: release } as Facts]));
  const application = { promotion: promotionOf({}) } as ApplicationSettings;
  const [only] = await unported({ application, events, facts, project: { name: "shop", dir: ".", stacks: [] } }, contains);
  return only?.missing;
}

describe("what took a short way is open until it is ported back", () => {
  test.each([
    ["they run the same release", fix, []],
    ["they run a later one that contains its commit", later, []],
    ["they run what was there before", old, ["development", "staging"]],
    ["they run a later one that does not contain it: it would be lost with the next promotion", other, ["development", "staging"]],
    ["they were never deployed", undefined, []],
  ])("%s", async (_, release, expected) => {
    const live = { development: release, staging: release, production: fix };
    expect(await missing(ledger([0, hotfix]), live)).toEqual(expected);
    expect(await missing(ledger([0, glass], [1, promoted]), live)).toEqual(expected);
  });
  test("each environment before it counts", async () =>
    expect(await missing(ledger([0, hotfix]), { development: old, staging: later, production: fix })).toEqual(["development"]));
  test("a release whose commit nobody knows is not taken for ported", async () =>
    expect(await missing(ledger([0, glass]), { development: later, staging: later, production: old })).toEqual(["development", "staging"]));
  test("until the ledger says so, and only for this release in this environment", () => {
    const people = new People(promotionOf({}));
    expect(shortCuts(ledger([0, glass], [1, hotfix]), people)).toEqual([{ stack: "production", releaseId: id }]);
    expect(shortCuts(ledger([0, glass], [1, hotfix], [2, ported]), people)).toEqual([]);
    expect(shortCuts(ledger([0, hotfix], [2, { ...ported, stack: "staging" }]), people)).toHaveLength(1);
    expect(shortCuts(ledger([0, hotfix], [2, { ...ported, releaseId: "x" }]), people)).toHaveLength(1);
  });
});
