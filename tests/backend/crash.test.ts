import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { SaveQueue } from "../../local/engine/backend/save-queue.ts";
import type { Snapshot } from "../../local/engine/state.ts";
import { checkpointFile, open, refusal, resource, snapshot, worldWithStack } from "./support.ts";

const PROCESS = path.join(import.meta.dirname, "process.ts");
const ids = (s: Snapshot | undefined): (string | undefined)[] => s!.resources.slice(1).map((r) => r.id);

describe("a process killed while it saves", () => {
  it.each([
    ["before the backup is in place", "dev.json.bak"],
    ["between writing and renaming", "dev.json"],
  ])("%s: the state before is there, whole", async (_name, suffix) => {
    const dir = await worldWithStack();
    const backend = await open(dir);
    await backend.save(snapshot(resource("older")));
    await backend.save(snapshot(resource("old")));
    const child = spawn(process.execPath, [PROCESS, "die", dir, suffix], { stdio: "inherit" });
    expect((await once(child, "exit"))[1]).toBe("SIGKILL");
    const folder = path.dirname(checkpointFile(dir));
    expect(readdirSync(folder).some((name) => name.endsWith(".tmp"))).toBe(true);
    expect(ids(await (await open(dir)).load())).toEqual(["old"]);
    // whoever locks next clears away what was left half-done, and goes on
    const next = await open(dir);
    const lock = await next.lock();
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp") && name.startsWith("dev.json."))).toEqual([]);
    await next.save(snapshot(resource("newer")));
    await lock.release();
    expect(ids(await (await open(dir)).load())).toEqual(["newer"]);
    expect(JSON.parse(readFileSync(`${checkpointFile(dir)}.bak`, "utf8")).checkpoint.latest.resources[1].id).toBe("old");
  });

  it("at any moment: what it reported as saved is there", async () => {
    const dir = await worldWithStack();
    const child = spawn(process.execPath, [PROCESS, "save-forever", dir], { stdio: ["ignore", "pipe", "inherit"] });
    let reported = "";
    for await (const chunk of child.stdout.setEncoding("utf8")) {
      reported += chunk;
      if (reported.split("\n").length > 25) child.kill("SIGKILL");
    }
    const last = Number(reported.trim().split("\n").at(-1));
    const found = ids(await (await open(dir)).load());
    expect(found.length).toBeGreaterThanOrEqual(last);
    expect(found).toEqual(found.map((_, i) => String(i + 1)));
  });
});

describe("a disk that is full", () => {
  it.each([
    ["a whole checkpoint", []],
    ["the journal", ["0"]],
  ])("loses nothing that was saved to %s, and is named", async (_name, from) => {
    const dir = await worldWithStack();
    // Files may not grow beyond 64 blocks: a write comes back short, then fails, as on a full disk.
    const limited = `trap '' XFSZ; ulimit -f 64; exec "$@"`;
    const args = ["-c", limited, "sh", process.execPath, PROCESS, "save-forever", dir, ...from];
    const child = spawn("sh", args, { stdio: ["ignore", "pipe", "pipe"] });
    const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(error).toMatch(/The state of stack dev could not be written: .*[\s\S]*dev\.json\nIt still holds what was written last\./);
    const last = Number(out.trim().split("\n").at(-1));
    expect(last).toBeGreaterThan(2);
    expect(ids(await (await open(dir)).load())).toEqual(Array.from({ length: last }, (_, i) => String(i + 1)));
    const lock = await (await open(dir)).lock();
    await lock.release();
    expect(ids(await (await open(dir)).load())).toHaveLength(last);
  });
});

describe("saves that do not wait for each other", () => {
  it("end with the newest, each resolved only when it is on disk", async () => {
    const dir = await worldWithStack();
    const backend = await open(dir);
    const names = Array.from({ length: 30 }, (_, i) => `r${i}`);
    const onDisk = async (): Promise<number> =>
      JSON.parse(readFileSync(checkpointFile(dir), "utf8")).checkpoint.latest.resources.length - 1;
    await Promise.all(
      names.map(async (_, i) => {
        await backend.save(snapshot(...names.slice(0, i + 1).map((n) => resource(n))));
        expect(await onDisk()).toBeGreaterThanOrEqual(i + 1);
      }),
    );
    expect(ids(await (await open(dir)).load())).toEqual(names);
  });

  it("write what was set anew in a resource that was saved before", async () => {
    const dir = await worldWithStack();
    const backend = await open(dir);
    const thing = resource("a");
    await backend.save(snapshot(thing));
    thing.outputs = { port: 1 };
    await backend.save(snapshot(thing));
    thing.protect = true;
    await backend.save(snapshot(thing));
    expect((await (await open(dir)).load())!.resources[1]).toEqual({ ...resource("a"), outputs: { port: 1 }, protect: true });
  });

  it("fail for themselves only", async () => {
    const dir = await worldWithStack();
    const backend = await open(dir);
    const broken = refusal(backend.save(snapshot(resource("a"), resource("a"))));
    await setImmediate();
    await backend.save(snapshot(resource("b")));
    expect((await broken).message).toMatch(/is there twice/);
    expect(ids(await (await open(dir)).load())).toEqual(["b"]);
  });

  it("leave out those that a newer one overtook", async () => {
    const written: number[] = [];
    const queue = new SaveQueue(async ({ resources }) => {
      await setImmediate();
      written.push(resources.length);
    });
    const state = (size: number): Snapshot => ({ resources: Array.from({ length: size }, () => resource("x")), pendingOperations: [] });
    const first = queue.save(state(1));
    await Promise.resolve().then(() => {}); // it is under way
    await Promise.all([first, ...[2, 3, 4].map((n) => queue.save(state(n)))]);
    expect(written).toEqual([1, 4]);
  });
});
