import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, statSync, truncateSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openBackend } from "../../local/engine/backend/index.ts";
import type { ResourceState, Snapshot, StackBackend } from "../../local/engine/state.ts";
import { Secret } from "../../local/engine/values.ts";
import { checkpointFile, filesUnder, open, PASSPHRASE, resource, snapshot, worldWithStack } from "./support.ts";

const PROCESS = path.join(import.meta.dirname, "process.ts");
const journaling = (dir: string): Promise<StackBackend> =>
  openBackend({ backendDir: dir, project: "p", stack: "dev", passphrase: PASSPHRASE, journalFrom: 0 });
const journalOf = (dir: string): string => checkpointFile(dir).replace(/json$/, "journal");
const fileOf = (dir: string) => JSON.parse(readFileSync(checkpointFile(dir), "utf8")) as { version: number; features?: string[] };
const loaded = async (dir: string): Promise<Snapshot> => (await (await open(dir)).load())!;

describe("the journal of a large stack", () => {
  it("holds what changed since the checkpoint, whatever changed", async () => {
    const dir = await worldWithStack();
    const pool = Array.from({ length: 8 }, (_, i) => resource(`r${i}`, { inputs: { secret: new Secret(`s3cr3t-${i}`) } }));
    const pick = fc.uniqueArray(fc.nat(7), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(pick, pick, fc.nat(3)), { minLength: 1, maxLength: 8 }), async (states) => {
        const backend = await journaling(dir);
        for (const [present, pending, size] of states) {
          const of = (i: number): ResourceState => ({ ...pool[i]!, outputs: { size } });
          const saved: Snapshot = {
            ...snapshot(...present.map(of)),
            pendingOperations: pending.map((i) => ({ type: "creating" as const, resource: of(i) })),
          };
          await backend.save(saved);
          expect(await loaded(dir)).toEqual(saved);
        }
      }),
      { numRuns: 25, seed: 3 },
    );
    for (const { file, text } of filesUnder(dir)) expect(text, file).not.toContain("s3cr3t");
  });

  it("is gone at the end of a run, and the checkpoint is whole and of the plain format", async () => {
    const dir = await worldWithStack();
    const backend = await journaling(dir);
    const lock = await backend.lock();
    await backend.save(snapshot(resource("a")));
    await backend.save(snapshot(resource("a"), resource("b")));
    // Pulumi refuses a checkpoint with a feature that it does not know, so it cannot take this one for all there is.
    expect(fileOf(dir)).toMatchObject({ version: 4, features: ["liftlock.journal"] });
    expect(existsSync(journalOf(dir))).toBe(true);
    await lock.release();
    expect(existsSync(journalOf(dir))).toBe(false);
    expect(fileOf(dir)).toMatchObject({ version: 3 });
    expect(fileOf(dir).features).toBeUndefined();
    expect((await loaded(dir)).resources.map(({ id }) => id)).toEqual([undefined, "a", "b"]);
  });

  it("is taken over by the next owner of the lock; a line that a crash tore is not", async () => {
    const dir = await worldWithStack();
    const backend = await journaling(dir);
    await backend.save(snapshot());
    for (const count of [1, 2, 3]) await backend.save(snapshot(...Array.from({ length: count }, (_, i) => resource(`r${i}`))));
    const { size } = statSync(journalOf(dir));
    const line = readFileSync(journalOf(dir), "utf8").trimEnd().split("\n").at(-1)!;
    for (const cut of [0, 1, 10, line.length]) {
      truncateSync(journalOf(dir), size - cut);
      expect((await loaded(dir)).resources).toHaveLength(cut === 0 ? 4 : 3);
      if (cut === 0) continue;
      appendFileSync(journalOf(dir), `${line}\n`.slice(-cut));
    }
    truncateSync(journalOf(dir), size - 5);
    const lock = await (await journaling(dir)).lock();
    await lock.release();
    expect(existsSync(journalOf(dir))).toBe(false);
    expect(fileOf(dir).version).toBe(3);
    expect((await loaded(dir)).resources).toHaveLength(3);
  });

  it("that a later checkpoint made void does not count", async () => {
    const dir = await worldWithStack();
    const first = await journaling(dir);
    await first.save(snapshot());
    await first.save(snapshot(resource("a")));
    const old = readFileSync(journalOf(dir), "utf8");
    const second = await journaling(dir);
    await second.save(snapshot(resource("b")));
    appendFileSync(journalOf(dir), "");
    expect(readFileSync(journalOf(dir), "utf8")).toBe(old);
    expect((await loaded(dir)).resources.map(({ id }) => id)).toEqual([undefined, "b"]);
  });

  it("that cannot be read is a damage, named", async () => {
    const dir = await worldWithStack();
    const backend = await journaling(dir);
    await backend.save(snapshot());
    await backend.save(snapshot(resource("a")));
    const file = journalOf(dir);
    const [head] = readFileSync(file, "utf8").split("\n");
    appendFileSync(file, `${head}\nnot JSON\n{}\n`);
    await expect(loaded(dir)).rejects.toThrow(/damaged: its journal .*dev\.journal cannot be read/);
  });

  it("keeps what a killed process reported as saved, at any moment", async () => {
    const dir = await worldWithStack();
    const child = spawn(process.execPath, [PROCESS, "save-forever", dir, "0"], { stdio: ["ignore", "pipe", "inherit"] });
    let reported = "";
    for await (const chunk of child.stdout.setEncoding("utf8")) {
      reported += chunk;
      if (reported.split("\n").length > 60) child.kill("SIGKILL");
    }
    const last = Number(reported.trim().split("\n").at(-1));
    const found = (await loaded(dir)).resources.slice(1).map(({ id }) => id);
    expect(found.length).toBeGreaterThanOrEqual(last);
    expect(found).toEqual(found.map((_, i) => String(i + 1)));
    expect(fileOf(dir).version).toBe(4);
  });

  it("makes what is written grow as the state does, not as its square", async () => {
    const written = async (count: number): Promise<number> => {
      const dir = await worldWithStack();
      const backend = await journaling(dir);
      const all: ResourceState[] = [];
      let bytes = 0;
      for (let i = 0; i < count; i++) {
        all.push(resource(`r${i}`, { inputs: { text: "x".repeat(500) } }));
        const before = existsSync(journalOf(dir)) ? statSync(journalOf(dir)).size : 0;
        await backend.save(snapshot(...all));
        const after = existsSync(journalOf(dir)) ? statSync(journalOf(dir)).size : 0;
        bytes += after > before ? after - before : statSync(checkpointFile(dir)).size;
      }
      return bytes;
    };
    expect((await written(160)) / (await written(40))).toBeLessThan(5.5);
  });
});
