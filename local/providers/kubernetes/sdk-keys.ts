import { isMap, type PropertyMap, Secret, type Value } from "../../engine/values.ts";

/** Keys of a CustomResourceDefinition's schema that the SDK spells with underscores. */
const SDK_TO_API: ReadonlyMap<string, string> = new Map(
  ["embedded-resource", "int-or-string", "list-map-keys", "list-type", "map-type", "preserve-unknown-fields", "validations"].map((key) => [
    `x_kubernetes_${key.replaceAll("-", "_")}`,
    `x-kubernetes-${key}`,
  ]),
);
const API_TO_SDK: ReadonlyMap<string, string> = new Map([...SDK_TO_API].map(([sdk, api]) => [api, sdk]));

const renamed = (value: Value, names: ReadonlyMap<string, string>): Value => {
  if (value instanceof Secret) return new Secret(renamed(value.value, names));
  if (Array.isArray(value)) return value.map((x) => renamed(x, names));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, x]) => [names.get(key) ?? key, renamed(x, names)]));
};

const isDefinition = ({ kind }: PropertyMap): boolean => kind === "CustomResourceDefinition";

export const fromSdkKeys = (object: PropertyMap): PropertyMap =>
  isDefinition(object) ? (renamed(object, SDK_TO_API) as PropertyMap) : object;
export const toSdkKeys = (object: PropertyMap): PropertyMap =>
  isDefinition(object) ? (renamed(object, API_TO_SDK) as PropertyMap) : object;
