import { z } from "zod";
import { StackName } from "./primitives.ts";

const Reason = z.string().min(1, { error: "must say why" }).describe("Printed wherever it applies");
const Until = z.iso.date({ error: "must be a date such as 2027-03-31" }).describe("Counts up to this day; left out, for good");
const Only = z.array(StackName).min(1).optional().describe("Environments that it holds for; left out, all of them");

const Ignore = z
  .strictObject({
    manager: z.string().min(1).optional().describe("Field manager, `*` stands for any text: cert-manager*"),
    kind: z.string().min(1).optional().describe("Kind of object, `*` stands for any text"),
    name: z.string().min(1).optional().describe("Name of the object, `*` stands for any text"),
    path: z
      .string()
      .min(1)
      .optional()
      .describe('Field as findings print it, and all below it, `*` stands for any text: metadata.annotations["a.b/*"]'),
    only: Only,
    reason: Reason,
    until: Until.optional(),
  })
  .refine(({ manager, kind, name, path }) => [manager, kind, name, path].some((given) => given !== undefined), {
    error: "must name a manager, kind, name or path: to ignore everything is to have no drift",
  });
export type DriftIgnore = z.infer<typeof Ignore>;

/** What others may change in the live system: operators, mesh injectors, an on-call engineer with a reason. */
export const DriftSettings = z.strictObject({ ignore: z.array(Ignore).default([]) });
export type DriftSettings = z.infer<typeof DriftSettings>;

const Acknowledgement = z.strictObject({
  difference: z.string().min(1).describe("As `liftlock diff` prints it, `*` stands for any text: secret api-secrets.STRIPE_KEY"),
  only: Only,
  reason: Reason,
  until: Until.optional(),
});
export type Acknowledgement = z.infer<typeof Acknowledgement>;

/** Differences between environments that are meant, although no stack file says so; and secrets that two environments share. */
export const DifferenceSettings = z.strictObject({ acknowledged: z.array(Acknowledgement).default([]) });
export type DifferenceSettings = z.infer<typeof DifferenceSettings>;
