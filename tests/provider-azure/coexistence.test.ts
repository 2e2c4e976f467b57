import { expect, test, vi } from "vitest";
import type { RenderedResource } from "../../local/engine/embedded.ts";
import { Unknown } from "../../local/engine/values.ts";
import { idOf } from "../../local/providers/azure-native/arm-id.ts";
import { classOf } from "../../local/providers/azure-native/schema/classes.ts";
import { rendered, type Written } from "../azure/support.ts";

vi.setConfig({ testTimeout: 120_000 });

/** Everything of Azure that an environment can have; names that Azure wants unique within their kind alone are one and the same. */
const all = ({ environment, platform }: Written): void => {
  if (platform !== undefined) platform.azure.registry.name = "studysphere";
  if (environment === undefined) return;
  const name = environment.namespace === "production" ? "studysphere" : `studysphere-${environment.namespace}`;
  environment.azure.vault = { name };
  environment.azure.redis = { name };
  environment.azure.budget = { amount: 10, start: "2026-12-01", contacts: ["emil@studysphere.example.com"] };
};

/** Id and who declares it. The platform's group has its name only when it is up; other ids that only a run will know are left out. */
const ids = (stack: string, resources: readonly RenderedResource[]): [string, string][] =>
  resources.flatMap(({ type, name, inputs }): [string, string][] => {
    const own = classOf(type);
    const isOpen = inputs.resourceGroupName instanceof Unknown;
    const named = isOpen ? { ...inputs, resourceGroupName: "studysphere-rg" } : inputs;
    const id = own && idOf(own, named, "00000000-0000-0000-0000-000000000000");
    return id === undefined ? [] : [[id.toLowerCase(), `${stack} ${name}`]];
  });

test("all environments of a project and what they share find room in one resource group", async () => {
  const stacks = ["platform", "development", "testing", "production"];
  const declared = await Promise.all(stacks.map(async (stack) => ids(stack, await rendered(stack, all))));
  const owners = new Map<string, string[]>();
  for (const [id, owner] of declared.flat()) owners.set(id, [...(owners.get(id) ?? []), owner]);
  expect([...owners].filter(([, by]) => by.length > 1)).toEqual([]);
  // Neither empty nor of one environment alone.
  const endpoints = [...owners.keys()].filter((id) => /\/privateendpoints\/[^/]+$/.test(id)).map((id) => id.split("/").at(-1));
  expect(endpoints).toHaveLength(7);
});
