import fc from "fast-check";
import { expect, test } from "vitest";
import { isWithin, parsePath, renderPath } from "../../local/providers/kubernetes/paths.ts";

const segment = fc.oneof(
  fc.string({ minLength: 1 }).filter((s) => !s.includes("\\") && s !== "*"),
  fc.nat(99),
);
const path = fc
  .tuple(
    fc.string({ minLength: 1 }).filter((s) => !s.includes("\\")),
    fc.array(segment),
  )
  .map(([first, rest]) => [first, ...rest]);

test("paths are written as Pulumi writes them, and read back", () => {
  expect(renderPath(["metadata", "labels", "app.kubernetes.io/name"])).toBe('metadata.labels["app.kubernetes.io/name"]');
  expect(renderPath(["spec", "containers", 0, "image"])).toBe("spec.containers[0].image");
  fc.assert(
    fc.property(path, (p) => {
      expect(parsePath(renderPath(p))).toEqual(p);
    }),
  );
});

test("a prefix holds what lies under it, a wildcard any index, a text that is no path nothing", () => {
  expect(isWithin(["spec", "containers", 1, "image"], parsePath("spec.containers[*].image"))).toBe(true);
  expect(isWithin(["spec", "replicas"], parsePath("spec"))).toBe(true);
  expect(isWithin(["spec"], parsePath("spec.replicas"))).toBe(false);
  expect(isWithin(["specs"], parsePath("spec"))).toBe(false);
  expect(isWithin(["spec"], parsePath("[[["))).toBe(false);
});
