import { describe, expect, test } from "vitest";
import type { ApplicationSettings } from "../../components/application.schema.ts";
import { releaseId } from "../../components/release.ts";
import { shortCuts, unported } from "../../ops/gates/back-port.ts";
import { candidate, type Evidence, type Facts } from "../../ops/gates/evidence.ts";
import { fixesIn } from "../../ops/gates/fixes.ts";
import { People } from "../../ops/gates/people.ts";
import type { Happening, LedgerEvent } from "../../ops/ledger/event.ts";
import type { Release } from "../../ops/promotion/configuration.ts";
import { at, deployed, judge, ledger, promotionOf, rolledBack } from "./support.ts";

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

describe("what came by a short way must not be lost with the next release", () => {
  const live = { ...deployed("production", id, 1), release: reference } as Happening;
  const next = { ...deployed("production", "b", 3) };
  const held: Happening = { kind: "hold", stack: "production", releaseId: id, reason: "worse", automatic: false };
  const byHand: Happening = { ...ported, reason: "another commit" } as Happening;
  const open = (...entries: Happening[]) =>
    fixesIn(ledger(...entries.map((what, index) => [index, what] as const)), "production").map((fix) => [fix.releaseId, fix.noted]);

  test.each<[string, Happening[], unknown]>([
    ["a hotfix that went live", [hotfix, live], [[id, false]]],
    ["broken glass that went live", [glass, live], [[id, false]]],
    ["one that never went live", [hotfix, { ...live, result: "restored" } as Happening], []],
    ["one that is held back", [hotfix, live, held], []],
    ["one that those before it had: a release of an older line may follow there", [hotfix, live, ported], [[id, true]]],
    ["one that somebody ported as another commit", [hotfix, live, byHand], []],
    ["one that a new release followed, which had to contain it", [hotfix, live, ported, next], []],
    ["one after which only what ran before came back", [deployed("production", "b", 0), hotfix, live, next], [[id, false]]],
    ["one of another environment", [{ ...hotfix, stack: "staging" } as Happening, { ...live, stack: "staging" } as Happening], []],
    ["a rollback is no release", [hotfix, live, rolledBack("production", "b", "a")], [[id, false]]],
  ])("%s", (_, entries, expected) => expect(open(...entries)).toEqual(expected));

  test("a release without it is refused, in a hotfix's lane too; broken glass and a rollback pass", () => {
    const lacks = fixesIn(ledger([0, hotfix], [1, live]), "production");
    const of = (lane: "normal" | "hotfix" | "break-glass" | "rollback") =>
      judge({ lacks, lane }).filter(({ gate, open }) => gate === "hotfix" && !open);
    expect(of("normal")).toEqual([
      expect.objectContaining({
        code: "lacks-hotfix",
        text: expect.stringContaining(`does not contain ${id}`),
        next: expect.stringContaining("liftlock back-port production --reason"),
        evidence: ["e1"],
      }),
    ]);
    expect(of("hotfix")).toHaveLength(1);
    expect(of("break-glass")).toEqual([]);
    expect(of("rollback")).toEqual([]);
    expect(judge({}).filter(({ gate }) => gate === "hotfix")).toEqual([]);
  });

  test("red again where a release of an older line follows below", async () => {
    const events = ledger([0, hotfix], [1, live], [2, ported]);
    expect(await missing(events, { development: other, staging: fix, production: fix })).toEqual(["development"]);
    expect(await missing(events, { development: later, staging: fix, production: fix })).toEqual([]);
  });
});

describe("what goes to an environment next", () => {
  const held: Happening = { kind: "hold", stack: "production", releaseId: id, reason: "crashes", automatic: true };
  const next = (events: LedgerEvent[], declared: Release | undefined, staging: Release | undefined) => {
    const facts = new Map([
      ["staging", { live: staging } as Facts],
      ["production", { live: old, declared } as Facts],
    ]);
    const application = { promotion: promotionOf({}) } as ApplicationSettings;
    return candidate({ application, events, facts } as unknown as Evidence, "production")?.version;
  };
  test.each<[string, LedgerEvent[], Release, Release | undefined, string]>([
    ["what its file names, when that does not run yet", ledger(), fix, later, "1.0.1"],
    ["what ran before it, when its file names what runs", ledger(), old, later, "1.1.0"],
    ["what its file names is held back: what came after that one", ledger([0, held]), fix, later, "1.1.0"],
    [
      "what its file names is held back, and nothing came after it: that one still, and why it is held",
      ledger([0, held]),
      fix,
      fix,
      "1.0.1",
    ],
    ["what its file names is held back, and those before it run what runs here", ledger([0, held]), fix, old, "1.0.1"],
    ["nothing runs before it", ledger(), fix, undefined, "1.0.1"],
  ])("%s", (_, events, declared, staging, version) => expect(next(events, declared, staging)).toBe(version));
});
