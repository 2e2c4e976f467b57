import { describe, expect, test } from "vitest";
import { releaseId } from "../../components/release.ts";
import { Happening, type HappeningOf } from "../../ops/ledger/event.ts";

import { activeHolds, holdOn } from "../../ops/promotion/holds.ts";
import { ann, approved, ben, deployed, judge, ledger, live, only, rolledBack, the, time } from "./support.ts";

/** Each is a bug that another tool shipped, named as its users reported it. */
describe("what other promotion tools got wrong", () => {
  const day = { soak: "24h" };
  const regions = (of: string[]) => ({
    path: ["development", "eu", "us", "production"],
    gates: {
      regions: { passThrough: true, upstream: { all: ["eu", "us"] } },
      production: { upstream: { all: of }, ...day },
    },
  });
  const ran = { eu: [live("b", 0)], us: [live("b", 12)] };

  test("kargo#4586: soak with fan-in of all its upstreams counts each, and none for another", () => {
    expect(only("soak", { promotion: regions(["eu", "us"]), ran, now: time(24) }).map(({ open }) => open)).toEqual([true, false]);
    expect(only("soak", { promotion: regions(["eu", "us"]), ran, now: time(36) }).map(({ open }) => open)).toEqual([true, true]);
  });

  test("kargo#6360: soak is earned behind a node that only passes on", () =>
    expect(only("soak", { promotion: regions(["regions"]), ran, now: time(36) }).map(({ open }) => open)).toEqual([true, true]));

  test("kargo#4238: a superseded release keeps the soak that it earned, and earns no more", () => {
    const soak = (superseded: number) =>
      the("soak", { gates: day, ran: { staging: [live("c", superseded), live("b", 0)] }, now: time(99) });
    expect(soak(24)).toMatchObject({ open: true });
    expect(soak(23)).toMatchObject({ open: false, code: "superseded" });
  });

  test("kargo#5342: where releases follow too fast for any to soak, it says so and offers a pause", () => {
    const staging = ["f", "e", "d", "c", "b"].map((id, index) => live(id, 40 - index * 10));
    const verdict = the("soak", { gates: day, ran: { staging } });
    expect(verdict).toMatchObject({ open: false, text: expect.stringContaining("none may ever get there") });
    expect(verdict.next).toContain("freeze staging");
  });

  test("kargo#6334: a new version of the tool moves no environment: identities and holds of the old one stand", () => {
    const pinned = {
      version: "1.5.0",
      commit: "a".repeat(40),
      schemaVersion: "s1",
      images: { web: `w@sha256:${"1".repeat(64)}`, api: "a:1" },
    };
    // As written by the first version. Another id would make every environment's release a new one.
    expect(releaseId(pinned)).toBe("1.5.0-e4cfdded");
    expect(releaseId({ ...pinned, images: { api: "a:1", web: pinned.images.web } })).toBe(releaseId(pinned));
    const asWritten = { kind: "hold", stack: "production", releaseId: "1.5.0-e4cfdded", reason: "exams", automatic: false };
    const events = ledger([0, Happening.parse(asWritten)], [1, deployed("production", "c", 1)]);
    expect(holdOn(activeHolds(events, "production"), "1.5.0-e4cfdded", "any")).toMatchObject({ reason: "exams" });
  });

  test("kargo PR 6562 and 6572: an approval is one release's: of the same version from elsewhere it is none", () => {
    const [here, there] = ["a", "b"].map((commit) => releaseId({ version: "2.0.0", commit: commit.repeat(40), images: {} }));
    expect(here).not.toBe(there);
    const gates = { approvals: [{ roles: ["qa"] }] };
    const asked = (id: string) =>
      the("approval", {
        gates,
        release: { id },
        requester: ben,
        events: ledger([1, approved("production", here!, "qa"), ann]),
        now: time(2),
      });
    expect(asked(here!)).toMatchObject({ open: true });
    expect(asked(there!)).toMatchObject({ open: false, code: "approved-another-release" });
  });

  test("kargo#6741: what stands is worked out anew each time; entries of a newer version do not freeze it", () => {
    const newer = { kind: "teleported", stack: "staging", releaseId: "b" } as unknown as HappeningOf<"hold">;
    const events = ledger(
      [0, deployed("staging", "b", 0)],
      [1, newer],
      [2, { ...rolledBack("staging", "x", "b"), extra: 1 } as unknown as Happening],
    );
    expect(judge({ events }).every(({ open }) => open)).toBe(true);
    expect(
      judge({ events: ledger([0, deployed("staging", "b", 0)], [1, newer], [2, rolledBack("staging", "b", "a")]) }).some(
        ({ open }) => !open,
      ),
    ).toBe(true);
  });

  test("windows across daylight saving: the hour is that of the wall clock", () => {
    const windows = [{ days: ["fri" as const], from: "16:00", to: "18:00", timeZone: "Europe/Vienna" }];
    const open = (now: string) => the("window", { gates: { windows }, now: new Date(now) }).open;
    expect([open("2026-03-27T15:30:00Z"), open("2026-04-03T14:30:00Z")]).toEqual([true, true]);
    expect([open("2026-03-27T14:30:00Z"), open("2026-04-03T16:30:00Z")]).toEqual([false, false]);
  });

  test("clock skew: a cluster whose clock is ahead gives no soak away", () => {
    const soak = (since: number, now: number) => the("soak", { gates: day, ran: { staging: [live("b", since)] }, now: time(now) });
    expect(soak(30, 24)).toMatchObject({ open: false, code: "clock-skew" });
    expect(soak(0, 24)).toMatchObject({ open: true });
  });
});
