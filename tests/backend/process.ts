/*
 * What tests run in processes of their own:
 *   count DIR WORKER ROUNDS      adds one resource a round under the lock, asking again while others hold it
 *   die DIR SUFFIX               saves, and is killed at the moment it renames a file to one that ends in SUFFIX
 *   save-forever DIR [FROM]      saves growing states until it is killed or refused, with a journal from so many characters on; prints the count of each
 *                                save that is done
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { setTimeout as pause } from "node:timers/promises";
import { openBackend } from "../../local/engine/backend/index.ts";
import type { ResourceState, Snapshot } from "../../local/engine/state.ts";
import { Secret } from "../../local/engine/values.ts";

const [, , what, dir = "", ...rest] = process.argv;
const STACK_URN = "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev";
const stack: ResourceState = { urn: STACK_URN, custom: false, type: "pulumi:pulumi:Stack", inputs: {}, outputs: {} };
const thing = (id: string): ResourceState => ({
  urn: `urn:pulumi:dev::p::test:index:Thing::${id}`,
  custom: true,
  id,
  type: "test:index:Thing",
  inputs: { secret: new Secret("x".repeat(2000)) },
  outputs: {},
  parent: STACK_URN,
});
const state = (resources: ResourceState[]): Snapshot => ({ resources, pendingOperations: [] });
const journalFrom = what === "save-forever" && rest[0] !== undefined ? Number(rest[0]) : undefined;
const backend = await openBackend({ backendDir: dir, project: "p", stack: "dev", passphrase: "correct horse", journalFrom });

if (what === "count") {
  const [worker, rounds] = rest;
  for (let round = 0; round < Number(rounds); ) {
    const lock = await backend.lock().catch((error: Error) => {
      if (!error.message.includes("is locked")) throw error;
    });
    if (lock === undefined) {
      await pause(2);
      continue;
    }
    const { resources } = (await backend.load())!;
    await backend.save(state([...resources, thing(`${worker}-${round}`)]));
    await lock.release();
    round++;
  }
} else if (what === "die") {
  const { rename } = fs.promises;
  fs.promises.rename = async (from, to) => {
    if (String(to).endsWith(rest[0]!)) process.kill(process.pid, "SIGKILL");
    return rename(from, to);
  };
  syncBuiltinESMExports();
  await backend.save(state([stack, thing("new")]));
} else if (what === "save-forever") {
  const resources = [stack];
  for (let i = 1; ; i++) {
    resources.push(thing(String(i)));
    try {
      await backend.save(state(resources));
    } catch (error) {
      fs.writeSync(2, (error as Error).message);
      process.exit(1);
    }
    fs.writeSync(1, `${i}\n`);
  }
}
