import { quantity } from "../../../readiness/quantity.ts";
import { isMap, type PropertyMap, reveal, type Value } from "../../engine/values.ts";
import { metadataOf } from "./annotations.ts";
import { CREATE_MANAGER, managedFields } from "./managed-fields.ts";
import { normalize } from "./normalize.ts";
import { own } from "./own.ts";

/**
 * Did an interrupted creation with these inputs make this object? Then it bears the marks of our client-side create and of no later
 * apply, and everything that the inputs said is still there. What state's pending operation does not vouch for is never adopted:
 * an object made by hand, or by another stack, is somebody's.
 */
export function isOurOrphan(live: PropertyMap, interrupted: PropertyMap): boolean {
  const entries = managedFields(live).filter(({ subresource }) => subresource === "");
  const created = entries.some(({ manager, operation }) => manager === CREATE_MANAGER && operation === "Update");
  const applied = entries.some(({ manager, operation }) => manager.startsWith(`${CREATE_MANAGER}-`) && operation === "Apply");
  const dying = metadataOf(live).deletionTimestamp !== undefined;
  return created && !applied && !dying && contains(live, normalize(reveal(interrupted) as PropertyMap));
}

/** Is everything in `wanted` also in `value`? Quantities count as equal however they are written. */
export function contains(value: Value | undefined, wanted: Value): boolean {
  if (isMap(wanted)) return isEmpty(wanted) || (isMap(value) && Object.entries(wanted).every(([key, x]) => contains(own(value, key), x)));
  if (Array.isArray(wanted)) {
    if (wanted.length === 0) return value === undefined || (Array.isArray(value) && value.length === 0);
    return Array.isArray(value) && value.length === wanted.length && wanted.every((x, i) => contains(value[i], x));
  }
  if (value === undefined) return wanted === null || wanted === "" || wanted === false || wanted === 0;
  return value === wanted || sameQuantity(value, wanted);
}

const isEmpty = (value: PropertyMap): boolean => Object.keys(value).length === 0;

/** "1000m" and "1", "1024Mi" and "1Gi" (Kubernetes' resource.Quantity). */
function sameQuantity(a: Value, b: Value): boolean {
  const [x, y] = [quantity(a), quantity(b)];
  return x !== undefined && y !== undefined && Math.abs(x - y) <= Math.abs(x) * 1e-9;
}
