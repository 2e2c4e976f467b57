import { isMap, type PropertyMap, Secret, type Value } from "../../engine/values.ts";

/** Keys of a CustomResourceDefinition's schema that the SDK spells with underscores. */
const SDK_TO_API: Record<string, string> = Object.fromEntries(
  ["embedded-resource", "int-or-string", "list-map-keys", "list-type", "map-type", "preserve-unknown-fields", "validations"].map((key) => [
    `x_kubernetes_${key.replaceAll("-", "_")}`,
    `x-kubernetes-${key}`,
  ]),
);
const API_TO_SDK: Record<string, string> = Object.fromEntries(Object.entries(SDK_TO_API).map(([sdk, api]) => [api, sdk]));

const renamed = (value: Value, names: Record<string, string>): Value => {
  if (value instanceof Secret) return new Secret(renamed(value.value, names));
  if (Array.isArray(value)) return value.map((x) => renamed(x, names));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, x]) => [names[key] ?? key, renamed(x, names)]));
};

export const fromSdkKeys = (object: PropertyMap): PropertyMap => renamed(object, SDK_TO_API) as PropertyMap;
export const toSdkKeys = (object: PropertyMap): PropertyMap => renamed(object, API_TO_SDK) as PropertyMap;
