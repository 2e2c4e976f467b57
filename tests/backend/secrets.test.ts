import { readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { passphraseCrypter, WrongPassphrase } from "../../local/engine/backend/index.ts";
import { Secret } from "../../local/engine/values.ts";
import { checkpointFile, filesUnder, open, recorded, refusal, resource, snapshot, temporaryDir } from "./support.ts";

const PLANTED = "planted-1c9e5d";

describe("secrets", () => {
  it("are in no file that the backend writes", async () => {
    const dir = temporaryDir();
    const backend = await open(dir);
    const lock = await backend.lock();
    const thing = resource("db", {
      inputs: { password: new Secret(PLANTED), list: [new Secret({ deep: PLANTED })] },
      outputs: { password: new Secret(PLANTED), __inputs: { password: new Secret(PLANTED) } },
    });
    const state = { ...snapshot(thing), pendingOperations: [{ resource: thing, type: "updating" as const }] };
    await backend.save(state);
    await backend.save(state); // so that there is a backup, too
    await backend.appendHistory({
      kind: "update",
      startTime: new Date(),
      endTime: new Date(),
      message: "",
      result: "succeeded",
      environment: {},
      config: {
        "p:password": { value: PLANTED, secret: true },
        "p:object": { value: JSON.stringify({ deep: PLANTED }), secret: true, object: true },
      },
      resourceChanges: { create: 1 },
    });
    const files = filesUnder(dir);
    expect(files.map(({ file }) => path.extname(file))).toEqual(expect.arrayContaining([".bak", ".json", ".yaml", ".pulumi-tags"]));
    expect(files.filter(({ file }) => file.includes("/history/")).length).toBe(2);
    expect(files.filter(({ file }) => file.includes("/locks/")).length).toBe(1);
    const encoded = [PLANTED, Buffer.from(PLANTED).toString("base64").slice(0, -4), Buffer.from(PLANTED).toString("hex")];
    for (const { file, text } of files) for (const needle of encoded) expect(text.includes(needle), `${needle} in ${file}`).toBe(false);
    expect(JSON.stringify([await backend.history(), await backend.export()])).not.toContain(PLANTED);
    expect((await (await open(dir)).load())!.resources[1]).toEqual(thing);
    await lock.release();
  });

  it("are readable by their owner only", async () => {
    const dir = temporaryDir();
    await (await open(dir)).save(snapshot());
    for (const { file } of filesUnder(dir)) expect(statSync(file).mode & 0o777, file).toBe(0o600);
    expect(statSync(path.dirname(checkpointFile(dir))).mode & 0o777).toBe(0o700);
  });

  it("keep their ciphertext in the next process as long as they do not change", async () => {
    const dir = temporaryDir();
    const state = (value: string) => snapshot(resource("db", { inputs: { a: new Secret(value), b: new Secret("stays") } }));
    const saved = async (value: string) => {
      const backend = await open(dir);
      await backend.load();
      await backend.save(state(value));
      return JSON.parse(readFileSync(checkpointFile(dir), "utf8")).checkpoint.latest.resources[1].inputs;
    };
    const first = await saved("one");
    expect(await saved("one")).toEqual(first);
    const changed = await saved("two");
    expect(changed.b).toEqual(first.b);
    expect(changed.a).not.toEqual(first.a);
  });

  it("need the passphrase that they were made with", async () => {
    const dir = temporaryDir();
    await (await open(dir)).save(snapshot(resource("db", { inputs: { a: new Secret(PLANTED) } })));
    const error = await refusal((await open(dir, { passphrase: "guess" })).load());
    expect(error.message).toContain(checkpointFile(dir));
    expect(error.message).toMatch(/passphrase does not open the state of stack dev/);
    expect(error.message).not.toContain(PLANTED);
    // nor may anything be written over what it cannot open
    const before = readFileSync(checkpointFile(dir), "utf8");
    await refusal((await open(dir, { passphrase: "guess" })).save(snapshot()));
    expect(readFileSync(checkpointFile(dir), "utf8")).toBe(before);
  });

  it("that were tampered with are refused with their place", async () => {
    const { backend, file } = await recorded("conformance", "step2");
    writeFileSync(file, readFileSync(file, "utf8").replace("uPYCeCNAZyF", "uPYCeCNAZyG"));
    const error = await refusal(backend.load());
    expect(error.message).toMatch(/kubernetes:core\/v1:Secret::api-secret: inputs\.data: the ciphertext was not made with this passphrase/);
  });
});

describe("passphraseCrypter", () => {
  it("opens what the Pulumi CLI encrypted", async () => {
    const crypter = await passphraseCrypter("v1:k3FxDwA0KQM=:v1:5QxjktdWuF/ikYcd:KRlTs5wjUSjHTH0cTOLGRGXI6vb+uA==", "conformance");
    expect(crypter.decrypt("v1:d1/GMY6fAr4YEqYV:DTr+ogHBEnLWv8csEq6s+TCnZ2fWoRIMyHxpNQ==")).toBe("s3cr3t-t0ken");
  });

  it("makes a salt that the same passphrase opens again, and no other", async () => {
    const made = await passphraseCrypter(undefined, "one");
    expect(made.salt).toMatch(/^v1:[\w+/]{11}=:v1:[\w+/]{16}:[\w+/]+=*$/);
    const again = await passphraseCrypter(made.salt, "one");
    expect(again.decrypt(made.encrypt("wörld\u2028"))).toBe("wörld\u2028");
    await expect(passphraseCrypter(made.salt, "other")).rejects.toBeInstanceOf(WrongPassphrase);
    expect(made.encrypt("same")).not.toBe(made.encrypt("same"));
  });
});
