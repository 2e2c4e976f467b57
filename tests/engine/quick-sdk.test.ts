import { expect, test } from "vitest";
import { errorsOf, TestProject } from "./support/stack.ts";

/** Lines that a program of so many statements printed. */
async function printed(body: string): Promise<string[]> {
  const project = new TestProject(`
    import * as pulumi from "@pulumi/pulumi";
    import debuggable from "@pulumi/pulumi/runtime/debuggable.js";
    import settings from "@pulumi/pulumi/runtime/settings.js";
    ${body}
  `);
  const result = await project.up({} as object);
  expect(errorsOf(result)).toBe("");
  return result.diagnostics.map(({ message }) => message);
}

test("the SDK keeps no stack of its promises, and an error of the program still has its own", async () => {
  const lines = await printed(`
    const promise = Promise.resolve(1);
    console.log(await debuggable.debuggablePromise(promise, "it"), promise._debugCtx, String(promise._debugStackTrace).includes(" at "));
    console.log(new Error("mine").stack.includes("index.ts"));
    await debuggable.debuggablePromise(Promise.reject(new Error("no")), "it").catch(({ message }) => console.log(message));
  `);
  expect(lines).toEqual(["1 it false", "true", "no"]);
});

test("debug messages, which nobody is shown, are no calls; others are", async () => {
  const lines = await printed(`
    const engine = settings.getEngine();
    const [log, sent] = [engine.log.bind(engine), []];
    engine.log = (request, ...rest) => { sent.push(request.getMessage()); return log(request, ...rest); };
    class Thing extends pulumi.CustomResource {}
    await new Thing("test:index:Thing", "a", {}).urn.promise();
    await pulumi.log.debug("quiet");
    await pulumi.log.info("loud");
    console.log(JSON.stringify(sent));
  `);
  expect(lines).toEqual(["loud", '["loud"]']);
});

test("a function is serialized with what it captures, though nobody debugs from the start", async () => {
  const lines = await printed(`
    const base = 41;
    const { text } = await pulumi.runtime.serializeFunction((given) => given + base);
    console.log(/base\\s*[:=]\\s*41/.test(text));
  `);
  expect(lines).toEqual(["true"]);
});

test("an error of compiled code of the program's own is told by its map; the SDK's maps are not read", async () => {
  const map = Buffer.from(JSON.stringify({ version: 3, sources: ["mine.ts"], names: [], mappings: "AASA" })).toString("base64");
  const lines = await printed(`
    import { writeFileSync } from "node:fs";
    import { createRequire } from "node:module";
    const file = import.meta.dirname + "/mine.cjs";
    writeFileSync(file, ["module.exports = new Error('mine').stack;", "//# source" + "MappingURL=data:application/json;base64,${map}"].join("\\n"));
    const require = createRequire(import.meta.url);
    console.log(require(file).includes("mine.ts:10"));
    try { new pulumi.CustomResource("", "a", {}); } catch ({ stack }) { console.log(/pulumi.resource\\.(js|ts)/.exec(stack)?.[1]); }
  `);
  expect(lines).toEqual(["true", "js"]);
});
