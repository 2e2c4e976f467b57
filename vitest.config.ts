import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Tests of whole worlds: programs under the embedded engine as processes of their own, or a GitHub through all that it answers. */
const wholeWorlds = [
  "tests/control-plane/wrapper.test.ts",
  "tests/github-promotion/promotion.test.ts",
  "tests/github-promotion/begun.test.ts",
  "tests/github-promotion/publish.test.ts",
  "tests/github-promotion/way-back.test.ts",
  "tests/github-stand-in/routes.test.ts",
  "tests/github-stand-in/weather.test.ts",
  "tests/provider-github/classes.test.ts",
  "tests/github-stand-in/pushes.test.ts",
  "tests/provider-azure/coexistence.test.ts",
  "tests/provider-azure/lifecycle.test.ts",
  "tests/provider-github/lifecycle.test.ts",
  "tests/provider-github/render.test.ts",
  "tests/difference/examples.test.ts",
  "tests/engine/**",
  "tests/examples/policy.test.ts",
  "tests/azure/environment.test.ts",
  "tests/azure/lifecycle.test.ts",
  "tests/azure/platform.test.ts",
  "tests/azure/vault.test.ts",
  "tests/components/access.test.ts",
  "tests/components/golden.test.ts",
  "tests/components/release-chain.test.ts",
  "tests/components/render.test.ts",
  "tests/restore/render.test.ts",
  "tests/restore/server-render.test.ts",
  "tests/strategy/render.test.ts",
  "tests/gates/release-check.test.ts",
  "tests/github/environments.test.ts",
  "tests/github/examples.test.ts",
  "tests/github/read-back.test.ts",
  "tests/github-promotion/local.test.ts",
  "tests/github-promotion/read-back.test.ts",
  "tests/github/strategies.test.ts",
  "tests/init/preview.test.ts",
  "tests/ops/cli.test.ts",
  "tests/preview/since.test.ts",
  "tests/pulumi-driver/contract.test.ts",
  "tests/pulumi-driver/runs.test.ts",
];

/** Tests that break, stop or count what a control plane has: each by itself. All others share one and keep to namespaces of their own. */
const alone = ["tests/cluster/control-plane/**", "tests/cluster/crash/**", "tests/cluster/drift/**", "tests/cluster/provider/**"];

/** A short file with the longest tests: Vitest, which takes large files first where it knows no times, would begin it last and wait for it alone. */
const longest = "tests/cluster/docs/pages.test.ts";

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLongest = ({ moduleId }: TestSpecification) => moduleId.endsWith(longest);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

/** What is awaited may be late on a busy machine; Vitest's own second is short. */
const patient = { poll: { timeout: 15_000 } };

/** Left to itself, Vitest keeps one core free: on two cores half of the machine would idle. */
const everyCore = "100%";

// `fast` and `engine` need nothing but Node; `tools` needs PostgreSQL's server programs and a browser; `cluster` starts the local control plane, which it builds on first use.
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "fast",
          expect: patient,
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/cluster/**", "tests/tools/**", ...wholeWorlds],
          maxWorkers: everyCore,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "engine",
          expect: patient,
          include: wholeWorlds.map((glob) => glob.replace(/\*\*$/, "**/*.test.ts")),
          maxWorkers: everyCore,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "tools",
          expect: patient,
          include: ["tests/tools/**/*.test.ts"],
          maxWorkers: everyCore,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "cluster",
          expect: patient,
          include: ["tests/cluster/**/*.test.ts"],
          exclude: alone,
          globalSetup: ["tests/cluster/setup.ts"],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 240_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          name: "cluster-alone",
          expect: patient,
          include: alone.map((glob) => glob.replace(/\*\*$/, "**/*.test.ts")),
          globalSetup: ["tests/cluster/setup.ts"],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 120_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
