import { expect, test } from "vitest";
import { exampleNames, exampleSettings } from "../../ops/init/example.ts";
import { nextVersion } from "../../ops/init/next-version.ts";

const stack = (version: string) => `config:\n  shop:environment: {}\n  shop:release:\n    version: ${version}\n`;

test("the next release of a new project, of one that runs, and of one between two environments", () => {
  expect(nextVersion({ "Pulumi.yaml": "name: shop\n" })).toBe("0.1.0");
  expect(nextVersion({ "Pulumi.yaml": "name: shop\n", "Pulumi.dev.yaml": stack("0.0.0") })).toBe("0.1.0");
  expect(nextVersion({ "Pulumi.dev.yaml": stack("1.10.0"), "Pulumi.prod.yaml": stack("1.9.3") })).toBe("1.11.0");
});

test.each(exampleNames())("%s: higher than what any of its environments runs", (example) => {
  const { files } = exampleSettings(example);
  const running = Object.values(files).flatMap((text) =>
    [...text.matchAll(/^ {4}version: (\d+)\.(\d+)\./gm)].map(([, major, minor]) => [major, minor]),
  );
  expect(running.length).toBeGreaterThan(0);
  const [major, minor] = nextVersion(files).split(".").map(Number);
  for (const [itsMajor, itsMinor] of running) expect(major! * 1000 + minor!).toBeGreaterThan(Number(itsMajor) * 1000 + Number(itsMinor));
});
