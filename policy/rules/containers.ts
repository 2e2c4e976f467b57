import { at, eachOf, UNKNOWN } from "../rule.ts";
import { containersOf, makesPods } from "./pods.ts";

const PINNED = /@sha256:[0-9a-f]{64}$/;

/** What runs is what was tested: a tag can be moved, a digest cannot. */
export const imageDigest = eachOf("image-digest", "Every image is pinned by its digest", makesPods, (resource) =>
  containersOf(resource).flatMap(({ name, spec }) => {
    const image = at(spec, "image");
    if (image === UNKNOWN || (typeof image === "string" && PINNED.test(image))) return [];
    return [
      {
        message: `container ${name} runs ${image ?? "no image"}, which can change under its name`,
        fix: "name the image with @sha256:<digest>",
      },
    ];
  }),
);

/** The scheduler and the kubelet decide by these; without them one container can starve a node. */
export const containerResources = eachOf(
  "container-resources",
  "Every container says what it requests and what it may use at most",
  makesPods,
  (resource) =>
    containersOf(resource).flatMap(({ name, spec }) => {
      const missing = [
        ["requests", "cpu"],
        ["requests", "memory"],
        ["limits", "memory"],
      ].filter((path) => at(spec, "resources", ...path) === undefined);
      return missing.map((path) => ({
        message: `container ${name} has no resources.${path.join(".")}`,
        fix: `set resources.${path.join(".")}`,
      }));
    }),
);
