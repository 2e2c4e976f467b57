import { writeFileSync } from "node:fs";
import { CLASSES } from "./classes.ts";
import { reduceSdk } from "./reduce.ts";

/** One line a class and a type: a new version of the SDK shows what it changed. */
export function sdkText(): string {
  const { classes, types } = reduceSdk(Object.keys(CLASSES));
  const lines = (entries: object) =>
    Object.entries(entries)
      .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
      .join(",\n");
  return `{"classes":{\n${lines(classes)}\n},"types":{\n${lines(types)}\n}}\n`;
}

if (import.meta.main) writeFileSync(new URL("sdk.json", import.meta.url), sdkText());
