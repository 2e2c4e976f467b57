import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { NewHistoryEntry } from "../../local/engine/state.ts";
import { checkpointFile, open, REFERENCE, recorded, refusal, resource, snapshot, temporaryDir } from "./support.ts";

const entry = (more: Partial<NewHistoryEntry> = {}): NewHistoryEntry => ({
  kind: "update",
  startTime: new Date("2026-11-21T09:52:54.900Z"),
  endTime: new Date("2026-11-21T09:52:56.100Z"),
  message: "promote 1.4.2",
  result: "succeeded",
  environment: { "exec.kind": "cli" },
  config: {
    "p:token": { value: "planted-8d1", secret: true },
    "p:application": { value: '{"port":8080}', secret: false, object: true },
    "p:step": { value: "6", secret: false },
  },
  resourceChanges: { same: 8, create: 1 },
  ...more,
});
const historyDir = (dir: string): string => path.join(dir, ".pulumi", "history", "p", "dev");

describe("a stack's history", () => {
  it("that the CLI wrote is shown as `pulumi stack history --json --full-dates` shows it", async () => {
    const { backend, dir } = await recorded("conformance", "step6");
    cpSync(path.join(REFERENCE, "conformance", "history"), path.join(dir, ".pulumi", "history", "conformance", "dev"), { recursive: true });
    const expected = JSON.parse(readFileSync(path.join(REFERENCE, "conformance", "history.json"), "utf8"));
    // the recording was made before the last two runs; and it shortens a path
    const shown = (await backend.history()).slice(-expected.length);
    for (const e of shown) if (e.environment["runtime.executable"]) e.environment["runtime.executable"] = "node";
    expect(shown).toEqual(expected);
  });

  it("is written as the CLI writes it, with a copy of the checkpoint, and read back newest first", async () => {
    const dir = temporaryDir();
    const backend = await open(dir);
    await backend.save(snapshot(resource("a")));
    await backend.appendHistory(entry());
    await backend.appendHistory(entry({ kind: "import", result: "failed", config: {}, resourceChanges: {} }));
    const names = readdirSync(historyDir(dir)).sort();
    expect(names.map((n) => n.replace(/\d{19}/, "N"))).toEqual(
      ["checkpoint", "history", "checkpoint", "history"].map((k) => `dev-N.${k}.json`),
    );
    const text = readFileSync(path.join(historyDir(dir), names[1]!), "utf8").replace(/v1:[^"]+/, "CIPHER");
    expect(text).toBe(
      '{"kind":"update","startTime":1795254774,"message":"promote 1.4.2","environment":{"exec.kind":"cli"},"config":{"p:application":{"port":8080},"p:step":"6","p:token":{"secure":"CIPHER"}},' +
        '"version":0,"result":"succeeded","endTime":1795254776,"resourceChanges":{"create":1,"same":8}}',
    );
    expect(readFileSync(path.join(historyDir(dir), names[0]!), "utf8")).toBe(readFileSync(checkpointFile(dir), "utf8"));
    const [newest, oldest] = await backend.history();
    expect(newest).toMatchObject({ kind: "import", result: "failed" });
    expect(oldest!.config).toEqual({
      "p:application": { value: '{"port":8080}', objectValue: { port: 8080 }, secret: false },
      "p:step": { value: "6", secret: false },
      "p:token": { secret: true },
    });
    expect(oldest).toMatchObject({
      version: 0,
      startTime: "2026-11-21T09:52:54.000Z",
      endTime: "2026-11-21T09:52:56.000Z",
      message: "promote 1.4.2",
    });
  });

  it("is kept of a run that failed before there was any state", async () => {
    const backend = await open(temporaryDir());
    await backend.appendHistory(entry({ result: "failed" }));
    expect(await backend.history()).toHaveLength(1);
  });

  it("names the file that is damaged", async () => {
    const dir = temporaryDir();
    const backend = await open(dir);
    await backend.appendHistory(entry());
    const file = path.join(historyDir(dir), readdirSync(historyDir(dir))[0]!);
    writeFileSync(file, '{"kind":');
    expect((await refusal(backend.history())).message).toContain(file);
  });
});
