import { expect, test } from "vitest";
import { notPrinted } from "./printed.ts";

const printed = `staging: 3 findings in 3 objects (48 objects of the state, 0.3 s)
  ~ Deployment ferry-staging/api   by kubectl, 2026-11-21T14:02:11Z
  pod api-79d4b855d5-wzzlj cannot pull "api:1.6.0@sha256:bad00001aaaa": ImagePullBackOff: denied`;

test("lines are found in their order, whatever the time, ids and spaces", () => {
  expect(
    notPrinted(
      `staging: 3 findings in 3 objects (48 objects of the state, 12 s)\n  pod api-6cbb7f889d-ts864 cannot pull "api:1.6.0@…": ImagePullBackOff: …`,
      printed,
    ),
  ).toBeUndefined();
  expect(notPrinted("  ~ Deployment ferry-staging/api  by kubectl, 2026-01-01T00:00:00Z", printed)).toBeUndefined();
});

test.each([
  ["another number", "staging: 4 findings in 3 objects (48 objects of the state, 0.3 s)"],
  ["another word", "  ~ Deployment ferry-staging/web   by kubectl, 2026-11-21T14:02:11Z"],
  [
    "another order",
    "  ~ Deployment ferry-staging/api   by kubectl, TIME\nstaging: 3 findings in 3 objects (48 objects of the state, 0.3 s)",
  ],
  ["half a line", "staging: 3 findings"],
])("%s is not what was printed", (_, shown) => {
  expect(notPrinted(shown, printed)).toBe(shown.split("\n").at(-1));
});
