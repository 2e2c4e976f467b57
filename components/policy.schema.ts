import { z } from "zod";

/** `application.policy`: rules of the policy pack that this team breaks on purpose. */
export const PolicySettings = z.strictObject({
  exemptions: z
    .array(
      z.strictObject({
        rule: z.string().min(1).describe("Name of the rule, as findings print it"),
        resource: z.string().min(1).describe("Pattern over the resource as findings name it, such as Service public-*"),
        reason: z.string().min(10, { error: "must say why, in a few words" }),
        expires: z.iso.date({ error: "must be a date in quotes, such as 2027-03-31: every exemption ends" }),
      }),
    )
    .default([]),
});
export type PolicySettings = z.infer<typeof PolicySettings>;
