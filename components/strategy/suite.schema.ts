import { z } from "zod";
import { Duration, PinnedImage, ShortName } from "../primitives.ts";

const Suite = z.strictObject({
  image: PinnedImage,
  command: z.array(z.string().min(1)).min(1, { error: "must name a program" }).optional().describe("Replaces the image's entry point"),
  timeout: Duration.default("10m"),
});

/** `application.suites`: tests that a new colour must pass before it gets traffic. Each finds its address in TARGET_URL; exit code 0 passes. */
export const Suites = z
  .record(
    ShortName.refine((name) => name !== "smoke", { error: "smoke is the smoke test's own name: choose another" }),
    Suite,
  )
  .default({});
export type SuiteSettings = z.infer<typeof Suite>;
