import { defineConfig } from "vitest/config";

// `fast` needs nothing but Node; `tools` needs PostgreSQL's server programs; `cluster` starts the local control plane, which it builds on first use.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "fast",
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/cluster/**", "tests/tools/**"],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "tools",
          include: ["tests/tools/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "cluster",
          include: ["tests/cluster/**/*.test.ts"],
          globalSetup: ["tests/cluster/setup.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
