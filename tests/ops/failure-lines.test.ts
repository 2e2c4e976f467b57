import picocolors from "picocolors";
import { expect, test } from "vitest";
import { failureLines } from "../../ops/report/print.ts";

const plain = picocolors.createColors(false);
const nothing = { next: undefined, object: undefined };
const many = Array.from({ length: 9 }, (_, index) => `line ${index}`);

test("mistakes in settings are all shown, what a cluster says is cut", () => {
  const settings = failureLines([{ what: "stack staging", why: ["Pulumi.staging.yaml is not valid:", ...many], ...nothing }], plain);
  expect(settings).toHaveLength(11);
  const pod = failureLines([{ what: "Deployment api", why: many, ...nothing }], plain);
  expect(pod.at(-1)).toBe("  and 5 more lines (--json has them)");
  expect(pod).toHaveLength(6);
});
