import type { Choices } from "./choices.ts";

/**
 * What nobody can know before the first release. A digest of zeros is no image's: a real cluster pulls nothing by it, and says so; the
 * local world pulls nothing at all, and runs with it at once.
 */
export const NO_DIGEST = `sha256:${"0".repeat(64)}`;

/** Replaced by `release create` in the first environment, and by `promote` in the others. */
export const noRelease = ({ services, database, migrate }: Pick<Choices, "services" | "database" | "migrate">) => ({
  version: "0.0.0",
  commit: "0".repeat(40),
  ...(database !== "none" && migrate !== undefined ? { schemaVersion: "none" } : {}),
  images: Object.fromEntries(services.map(({ name, image }) => [name, `${image}:0.0.0@${NO_DIGEST}`])),
});
