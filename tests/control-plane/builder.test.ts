import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ensureBuild } from "../../local/cluster/builder/build.js";
import { cacheRoot, findBuild, modulesDir, neededGo, pinnedVersions, programs, versionKey } from "../../local/cluster/builder/versions.js";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-builder-"));
  vi.stubEnv("LIFTLOCK_CACHE", dir);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

/** A `go` on PATH that is this shell script; node stays reachable. */
function fakeGo(script: string): void {
  const bin = path.join(dir, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(path.join(bin, "go"), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(bin, "go"), 0o755);
  vi.stubEnv("PATH", `${bin}:/usr/bin:/bin`);
}

/** Does what the builder asks of Go: names three packages, "compiles" two of them, writes the programs. Each call is a line of `calls`. */
const workingGo = `
echo "$*" >> "$LIFTLOCK_CACHE/calls"
case "$1 $2" in
  "env GOVERSION") echo go1.99.0 ;;
  "list -mod=readonly")
    case "$3" in
      -deps) for i in $(seq 30); do echo "go: downloading example.test/$i v1.0.0" >&2; done; printf 'one\\ntwo\\nthree\\n' ;;
      -f) mkdir -p "$LIFTLOCK_CACHE/gw/config/crd/standard"; echo "kind: X" > "$LIFTLOCK_CACHE/gw/config/crd/standard/gateway.networking.k8s.io_gateways.yaml"; echo "$LIFTLOCK_CACHE/gw" ;;
    esac ;;
  "build -v")
    mkdir -p "$GOCACHE"; touch "$GOCACHE/big"
    echo one >&2; echo "# a warning" >&2; echo two >&2
    [ -z "\${FAIL:-}" ] || { echo "two: no space left on device" >&2; exit 1; }
    while [ $# -gt 0 ]; do [ "$1" != -o ] || out=$2; shift; done
    for name in server kube-apiserver kube-controller-manager kube-scheduler kwok; do echo program > "$out$name"; done ;;
esac`;

describe("versions", () => {
  test("are those that go.mod pins, and go.sum holds a checksum of each module", () => {
    expect(pinnedVersions()).toEqual({
      kubernetes: expect.stringMatching(/^v1\.\d+\.\d+$/),
      etcd: expect.stringMatching(/^v3\.\d+\.\d+$/),
      kwok: expect.stringMatching(/^v\d/),
      gatewayApi: expect.stringMatching(/^v1\.\d+\.\d+$/),
    });
    const sums = readFileSync(path.join(modulesDir, "go.sum"), "utf8");
    for (const [module, version] of [
      ["k8s.io/kubernetes", pinnedVersions().kubernetes],
      ["go.etcd.io/etcd/server/v3", pinnedVersions().etcd],
      ["sigs.k8s.io/kwok", pinnedVersions().kwok],
      ["sigs.k8s.io/gateway-api", pinnedVersions().gatewayApi],
    ]) {
      expect(sums).toMatch(new RegExp(`^${module} ${version} h1:`, "m"));
    }
  });

  test("every program that is built is a tool of go.mod", () => {
    const goMod = readFileSync(path.join(modulesDir, "go.mod"), "utf8");
    for (const { main } of Object.values(programs)) expect(goMod).toContain(`\t${main}\n`);
  });

  test("the cache is $LIFTLOCK_CACHE, else $XDG_CACHE_HOME, else ~/.cache", () => {
    expect(cacheRoot()).toBe(path.join(dir, "liftlock", "control-plane"));
    vi.stubEnv("LIFTLOCK_CACHE", "");
    vi.stubEnv("XDG_CACHE_HOME", "/xdg");
    expect(cacheRoot()).toBe("/xdg/liftlock/control-plane");
    vi.stubEnv("XDG_CACHE_HOME", "");
    vi.stubEnv("HOME", "/home of/mine");
    expect(cacheRoot()).toBe("/home of/mine/.cache/liftlock/control-plane");
  });
});

describe("building", () => {
  test("builds once, reports packages, and leaves the programs and nothing else", async () => {
    fakeGo(workingGo);
    const seen: string[] = [];
    const built = await ensureBuild({ onProgress: ({ message, done, total }) => seen.push(total ? `${done}/${total}` : message) });
    expect(built).toMatchObject({
      builtNow: true,
      dir: path.join(cacheRoot(), versionKey()),
      manifest: { go: "go1.99.0", versions: pinnedVersions() },
    });
    expect(Object.keys(built.manifest.files)).toEqual([
      "etcd",
      "gateway-api/gateway.networking.k8s.io_gateways.yaml",
      "kube-apiserver",
      "kube-controller-manager",
      "kube-scheduler",
      "kwok",
    ]);
    expect(seen).toEqual(expect.arrayContaining(["looking for Go", "1/3", "2/3"]));
    expect(seen.filter((line) => line.startsWith("downloading"))).toEqual(["downloading Go modules (1)", "downloading Go modules (25)"]);
    expect(readdirSync(cacheRoot())).toEqual([versionKey()]);
    const builds = readFileSync(path.join(dir, "calls"), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("build"));
    expect(builds).toHaveLength(1);
    expect(builds[0]).toContain("-mod=readonly");

    fakeGo("exit 1"); // not needed any more
    expect(await ensureBuild()).toMatchObject({ builtNow: false, dir: built.dir });
  });

  test("a program that was damaged in the cache is built again", async () => {
    fakeGo(workingGo);
    const { dir: cached } = await ensureBuild();
    writeFileSync(path.join(cached, "kwok"), "cut off"); // another size
    expect(findBuild()).toBeUndefined();
    expect(await ensureBuild()).toMatchObject({ builtNow: true });
    expect(findBuild()).toBeDefined();
  });

  test("a failed build says why in Go's own words, and the next one resumes with what is compiled", async () => {
    fakeGo(workingGo);
    vi.stubEnv("FAIL", "yes");
    await expect(ensureBuild()).rejects.toThrow("no space left on device");
    const work = path.join(cacheRoot(), `.building-${versionKey()}`);
    expect(existsSync(path.join(work, "gocache", "big"))).toBe(true);
    expect(readFileSync(path.join(work, "compiled"), "utf8")).toBe("one\ntwo\n");
    vi.stubEnv("FAIL", "");
    expect(await ensureBuild()).toMatchObject({ builtNow: true });
    expect(existsSync(work)).toBe(false);
  });

  test("two at once: one builds, the other waits for it", async () => {
    fakeGo(workingGo);
    const both = await Promise.all([ensureBuild(), ensureBuild()]);
    expect(both.map(({ dir: found }) => found)).toEqual([findBuild()?.dir, findBuild()?.dir]);
    expect(readFileSync(path.join(dir, "calls"), "utf8").match(/^build/gm)).toHaveLength(1);
  });

  test("called off: Go is ended, and the lock is free", async () => {
    // In the midst of the compiling: what else the script begins would go on without it.
    fakeGo(`[ "$1" = build ] && { echo > "$LIFTLOCK_CACHE/compiling"; exec sleep 60; }; ${workingGo}`);
    const abort = new AbortController();
    const ended = expect(ensureBuild({ signal: abort.signal })).rejects.toThrow("called off");
    await expect.poll(() => existsSync(path.join(dir, "compiling"))).toBe(true);
    abort.abort(new Error("called off"));
    await ended;
    expect(readdirSync(cacheRoot())).toEqual([`.building-${versionKey()}`]);
  });

  test("called off before Go is asked: it is not", async () => {
    fakeGo(workingGo);
    await expect(ensureBuild({ signal: AbortSignal.abort(new Error("called off")) })).rejects.toThrow("called off");
    expect(existsSync(path.join(dir, "calls"))).toBe(false);
  });
});

describe("without a Go that can build", () => {
  const ways = /Install Go \d.*--local --context NAME.*liftlock render/s;

  test("none installed", async () => {
    vi.stubEnv("PATH", path.join(dir, "empty"));
    const building = ensureBuild();
    await expect(building).rejects.toThrow("Go is not installed");
    await expect(building).rejects.toThrow(ways);
  });

  test("one too old that may not fetch a newer one", async () => {
    fakeGo(
      `[ "$GOTOOLCHAIN" = local ] && { echo go1.21.0; exit; }; echo "go: go.mod requires go >= 1.26.0 (running go 1.21.0; GOTOOLCHAIN=local)" >&2; exit 1`,
    );
    const building = ensureBuild();
    await expect(building).rejects.toThrow(`Go ${neededGo()} or newer is needed; found go1.21.0, and it could not fetch a newer one`);
    await expect(building).rejects.toThrow("requires go >= 1.26.0");
    await expect(building).rejects.toThrow(ways);
  });

  test("one from before 1.21, which does not know its version", async () => {
    fakeGo(`[ "$GOTOOLCHAIN" = local ] && exit; echo "go.mod:6: unknown directive: tool" >&2; exit 1`);
    await expect(ensureBuild()).rejects.toThrow("found a Go older than 1.21");
  });

  test("the program that the wrapper starts says the same, and ends with 1", () => {
    const main = fileURLToPath(new URL("../../local/cluster/builder/main.js", import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [main], {
      encoding: "utf8",
      env: { LIFTLOCK_CACHE: dir, PATH: path.join(dir, "empty") },
    });
    expect(stderr).toMatch(ways);
    expect(stderr).not.toMatch(/at .*\.js:\d+/);
    expect(status).toBe(1);
  });
});
