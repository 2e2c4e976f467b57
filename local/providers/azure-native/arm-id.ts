import { createHash } from "node:crypto";
import { type PropertyMap, reveal, Unknown } from "../../engine/values.ts";
import { type ArmClass, pathInputs } from "./schema/classes.ts";

/** Resource id of what inputs describe; undefined while one of its parts is unknown. */
export function idOf({ path }: ArmClass, inputs: PropertyMap, subscriptionId: string): string | undefined {
  let known = true;
  const id = path.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
    if (key === "subscriptionId") return subscriptionId;
    const value = inputs[key] === undefined ? undefined : reveal(inputs[key]);
    if (value === undefined || value instanceof Unknown) known = false;
    return String(value).replace(/^\//, "");
  });
  return known ? id : undefined;
}

/** The inputs that an id is made of; undefined when it is no id of this class. Azure's ids are the same in any case. */
export function inputsOf({ path }: ArmClass, id: string): Record<string, string> | undefined {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const isWhole = (name: string) => name === "scope" || name === "resourceUri";
  const pattern = path.replaceAll(/[.]/g, "\\.").replaceAll(/\{(\w+)\}/g, (_, name: string) => (isWhole(name) ? "(.+)" : "([^/]+)"));
  const found = new RegExp(`^${pattern}$`, "i").exec(id);
  if (found === null) return undefined;
  return Object.fromEntries(
    names.map((name, index) => [name, isWhole(name) ? `/${found[index + 1]}` : found[index + 1]!]).filter(([n]) => n !== "subscriptionId"),
  );
}

/** The input that names the object itself. */
export const nameInput = ({ path }: ArmClass): string => pathInputs(path).at(-1)!;

/** A GUID that is the same for the same text. */
export function guidOf(text: string): string {
  const hex = createHash("sha256").update(text.toLowerCase()).digest("hex");
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join("-");
}
