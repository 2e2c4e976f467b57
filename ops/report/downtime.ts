import type { Change } from "./changes.ts";
import { at } from "./diff.ts";

/** Whether nobody serves in between: two pods of a StatefulSet never bear one name, so its only one is stopped before the new one starts. */
export const stopsFirst = ({ kind, verb, leaves, new: next }: Change): boolean =>
  kind === "StatefulSet" &&
  verb === "update" &&
  at(next?.inputs, ["spec", "replicas"]) === 1 &&
  leaves.some(({ path: [part, field] }) => part === "spec" && field === "template");
