import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * `npm run build`: what is published, in dist/. Node runs no TypeScript under node_modules, so it is compiled; folders stay as they are, so
 * that a path beside a module means the same in both.
 */
const root = path.join(import.meta.dirname, "../..");
const dist = path.join(root, "dist");

/** What modules read beside themselves, and the examples' settings, which `init` starts from. */
const ASSETS = [
  "ops/page/assets/*",
  "local/cluster/{modules,definitions}/*",
  "local/providers/**/*.json",
  "examples/*/Pulumi*.yaml",
  "policy/{PulumiPolicy.yaml,package.json}",
];

rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [path.join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
for (const file of globSync(ASSETS, { cwd: root })) {
  mkdirSync(path.dirname(path.join(dist, file)), { recursive: true });
  cpSync(path.join(root, file), path.join(dist, file));
}
const { name, version, type } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as Record<string, unknown>;
writeFileSync(path.join(dist, "package.json"), `${JSON.stringify({ name, version, type }, null, 2)}\n`);
// The one module that no TypeScript compiler reads: Pulumi's runner of policy packs begins with it.
const entry = readFileSync(path.join(root, "policy/index.js"), "utf8");
writeFileSync(path.join(dist, "policy/index.js"), entry.replaceAll('.ts"', '.js"'));
