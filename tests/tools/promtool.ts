import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";

const module = path.join(import.meta.dirname, "promtool");
const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache"), "liftlock");

/**
 * The path of promtool, built once from its Go module, outside the repository. Its versions are those of promtool/go.mod; without the
 * clients of every cloud (remove_all_sd), which only Prometheus itself needs.
 */
export async function buildPromtool(): Promise<string> {
  const { stdout: version } = await execa("go", ["list", "-m", "-f", "{{.Version}}", "github.com/prometheus/prometheus"], {
    cwd: module,
    env: { GOWORK: "off", GOFLAGS: "-mod=mod" },
  });
  const folder = path.join(cache, `promtool-${version}`);
  const program = path.join(folder, "promtool");
  if (existsSync(program)) return program;
  await mkdir(folder, { recursive: true });
  const draft = `${program}.${process.pid}`;
  const flags = ["-mod=readonly", "-tags=remove_all_sd", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-gcflags=all=-dwarf=false"];
  await execa("go", ["build", ...flags, "-o", draft, "github.com/prometheus/prometheus/cmd/promtool"], {
    cwd: module,
    env: { GOWORK: "off" },
  });
  await rename(draft, program);
  return program;
}

/** What promtool says of rules, and of tests of them if there are any. */
export async function promtool(program: string, rules: object, tests?: readonly object[]): Promise<{ ok: boolean; said: string }> {
  const dir = await mkdtemp(path.join(tmpdir(), "promtool-"));
  try {
    await writeFile(path.join(dir, "rules.yaml"), stringify(rules, { lineWidth: 0 }));
    const run = async (...args: string[]) => execa(program, args, { cwd: dir, reject: false, all: true });
    const checked = await run("check", "rules", "--lint=all", "--lint-fatal", "rules.yaml");
    if (checked.exitCode !== 0 || tests === undefined) return { ok: checked.exitCode === 0, said: checked.all };
    await writeFile(
      path.join(dir, "tests.yaml"),
      stringify({ rule_files: ["rules.yaml"], evaluation_interval: "1m", tests }, { lineWidth: 0, aliasDuplicateObjects: false }),
    );
    const { exitCode, all } = await run("test", "rules", "tests.yaml");
    return { ok: exitCode === 0, said: all };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
