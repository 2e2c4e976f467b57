import { expect, test } from "vitest";
import { needsControlPlane } from "../../local/install/needs-control-plane.js";

test.each([
  ["up development --local", true],
  ["--local up development", true],
  ["up --stack-dir examples/studysphere --local testing", true],
  ["--stack-dir local destroy --local production", true],
  ["refresh staging --local", true],
  ["local start", true],
  ["", false],
  ["up development", false],
  ["up development --local --context kind-kind", false],
  ["up development --local --context=kind-kind", false],
  ["up --local --help", false],
  ["preview development --local", false],
  ["render development --yaml", false],
  ["local status --json", false],
  ["outputs up --local", false],
])("liftlock %s: %s", (line, expected) => {
  expect(needsControlPlane(line.split(" ").filter(Boolean))).toBe(expected);
});
