import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { root } from "./support.ts";

/** Files and packages that a file needs as soon as it is loaded. */
function needs(file: string): string[] {
  const text = readFileSync(path.join(root, file), "utf8");
  const specifiers = [...text.matchAll(/^(?:import|export)\s(?!type\b)[^;]*?from "([^"]+)";/gms)].map(([, specifier]) => specifier!);
  return specifiers.map((specifier) => (specifier.startsWith(".") ? path.join(path.dirname(file), specifier) : specifier));
}

test("a program that has nothing on GitHub loads nothing of it", () => {
  const reached = new Set<string>();
  const follow = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    if (file.endsWith(".ts")) needs(file).forEach(follow);
  };
  follow("index.ts");
  expect([...reached]).toContain("components/settings.ts");
  expect([...reached]).toContain("@pulumi/kubernetes");
  expect([...reached].filter((target) => target.startsWith("@pulumi/github"))).toEqual([]);
  follow("components/platform/github.ts");
  expect([...reached].filter((target) => target.startsWith("@pulumi/github")).length).toBeGreaterThan(5);
});
