import { expect, test } from "vitest";
import type { PropertyMap } from "../../local/engine/values.ts";
import { waitForAwaiter } from "../../local/providers/kubernetes/await/wait-for.ts";

const object: PropertyMap = {
  spec: { "a.b": 1 },
  status: {
    phase: "Running",
    conditions: [
      { type: "Ready", status: "True" },
      { type: "Programmed", status: "False" },
    ],
  },
};
const ready = (text: string): boolean => waitForAwaiter(text).judge({ object, pods: [], replicaSets: [], events: [] }).ready;

test.each([
  ["condition=Ready", true],
  ["condition=ready=true", true],
  ["condition=Programmed", false],
  ["condition=Programmed=False", true],
  ["condition=Absent", false],
  ["jsonpath={.status.phase}=Running", true],
  ["jsonpath={.status.phase}='Running'", true],
  ["jsonpath={.status.phase}=Pending", false],
  ["jsonpath={.status.phase}", true],
  ["jsonpath={.status.absent}", false],
  ['jsonpath={.status.conditions[?(@.type=="Ready")].status}=True', true],
  ['["condition=Ready", "jsonpath={.status.phase}=Running"]', true],
  ['["condition=Ready", "condition=Programmed"]', false],
])("%s: %s", (text, expected) => {
  expect(ready(text)).toBe(expected);
});

test.each(["Ready", "[]", "[1]", "jsonpath=.status.phase", '["condition=Ready", "nonsense"]'])("%s is refused", (text) => {
  expect(() => waitForAwaiter(text)).toThrow(/pulumi\.com\/waitFor reads "condition=Type"/);
});
