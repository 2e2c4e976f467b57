import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listProcesses } from "../../../local/cluster/builder/processes.js";
import { clusterClient, eventually } from "../setup.ts";
import type { Job, Point } from "./support/job.ts";
import { CrashWorld, succeeded } from "./support/world.ts";

/** `npm run test:crash` takes 200. */
const points = Number(process.env.CRASH_POINTS ?? 30);

/** What is killed, from a stack that is as the other version declares: how it is got ready, what runs. */
const phases: { name: string; share: number; prepare(from: number): Promise<void>; job(to: number): Job }[] = [
  {
    name: "a first up",
    share: 0.25,
    prepare: async (from) => void succeeded(await (await world.engine(from)).destroy({})),
    job: (to) => world.job(to),
  },
  { name: "an up that changes, replaces and deletes", share: 0.4, prepare: async () => {}, job: (to) => world.job(to) },
  { name: "a refresh of what drifted", share: 0.15, prepare: drift, job: (to) => world.job(to, { operation: "refresh" }) },
  { name: "a destroy", share: 0.2, prepare: async () => {}, job: (to) => world.job(to, { operation: "destroy" }) },
];

let world: CrashWorld;
beforeAll(async () => {
  world = await CrashWorld.open();
});
afterAll(() => world.close());

/** Somebody changes one object and deletes another. */
async function drift(from: number): Promise<void> {
  const { core } = clusterClient();
  const { namespace } = world;
  await core.replaceNamespacedConfigMap({
    namespace,
    name: `only-${from}`,
    body: { metadata: { name: `only-${from}` }, data: { by: "hand" } },
  });
  await core.deleteNamespacedService({ namespace, name: "web" });
}

describe(
  `a process killed at ${points} points`,
  () => {
    let version = 1;
    test.each(phases)(
      "during $name: the state loads, and the next up makes everything as declared",
      async ({ name, share, prepare, job }) => {
        succeeded(await (await world.engine(version)).up({}));
        const next = () => (version === 1 ? 2 : 1);
        await prepare(version);
        const counted = (await world.child(job(next())))!;
        succeeded(await (await world.engine(next())).up({ refresh: true }));
        version = next();

        const chosen = spread(counted, Math.round(points * share));
        let killed = 0;
        for (const [index, point] of chosen.entries()) {
          await prepare(version);
          const target = next();
          // Every other four points with the journal that larger states have.
          const journal = index % 8 < 4 ? {} : { journalFrom: 0 };
          const died = (await world.child({ ...job(target), ...journal, point })) === undefined;
          if (died) killed++;
          await expectSettled(target, died, `${name} ${JSON.stringify(point)}`, index % 5 === 0);
          version = target;
        }
        // What happens side by side is not counted alike every time: the last points may lie behind the end.
        expect(killed).toBeGreaterThanOrEqual(Math.floor(chosen.length * 0.8));
        console.log(`${name}: killed at ${killed} of ${chosen.length} points (${counted.writes} writes, ${counted.requests} requests)`);
      },
    );

    test("no program outlives its engine", async () => {
      await eventually("all programs have ended", async () =>
        listProcesses().some(({ argv }) => argv.join(" ").includes(world.dir)) ? undefined : true,
      );
    });
  },
  40_000 * points,
);

async function expectSettled(target: number, died: boolean, what: string, thoroughly: boolean): Promise<void> {
  try {
    await world.state();
    world.expectNoSecretInFiles();
    const engine = await world.engine(target);
    if (died) {
      const refused = await engine.up({}).then(
        () => "",
        (error: Error) => error.message,
      );
      if (refused !== "") {
        expect(refused).toMatch(/Stack dev is locked:[\s\S]*no longer running[\s\S]*liftlock cancel dev/);
        expect(await engine.cancel()).toMatchObject([{ alive: false }]);
      }
    }
    succeeded(await engine.up({ refresh: true }));
    await world.expectConverged(target);
    if (thoroughly) expect(Object.keys(succeeded(await engine.up({})).changeSummary)).toEqual(["same"]);
    world.expectNoSecretInFiles();
  } catch (error) {
    throw new Error(`after a kill in ${what}: ${(error as Error).message}`, { cause: error });
  }
}

/** So many points, evenly over all writes and requests, alternately before and after them. */
function spread({ writes, requests }: { writes: number; requests: number }, count: number): Point[] {
  return Array.from({ length: count }, (_, i) => {
    const what = i % 2 === 0 ? "writes" : "requests";
    const total = what === "writes" ? writes : requests;
    const nth = 1 + Math.floor((i * total) / count);
    return { what, nth, when: i % 4 < 2 ? "before" : "after" } as const;
  });
}
